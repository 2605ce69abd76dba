"""``duban run`` itself, in a process of its own, with a clock that moves only while the scheduler waits.

    python -m tests.service.driven_run CONFIG CLOCK END [CALLS]

CLOCK is a file with the office time, kept up to date; at END the process gets SIGTERM, as at a shutdown. With CALLS it
kills itself with SIGKILL at that many function calls, wherever it then is: between two statements of a pass, inside a
transaction, halfway through replacing the workbook.
"""

import os
import signal
import sys
import threading
from datetime import datetime, timedelta
from threading import Event
from types import SimpleNamespace

import schedule

import engine.service.clock
import engine.service.host
from engine.cli.main import main

STEP = timedelta(minutes=30)


class DrivenClock:
    """Every wait takes half an hour, no pass any time: the slots of these tests lie on half hours."""

    def __init__(self) -> None:
        self.file = os.open(sys.argv[2], os.O_RDWR)
        self.began = self.at = datetime.fromisoformat(os.pread(self.file, 19, 0).decode())
        self.end = datetime.fromisoformat(sys.argv[3])

    def now(self) -> datetime:
        return self.at

    def elapsed(self) -> float:
        return (self.at - self.began).total_seconds()

    def wait(self, stop: Event, seconds: float) -> None:
        if self.at >= self.end:
            os.kill(os.getpid(), signal.SIGTERM)
            stop.wait(10)
            return
        self.at += STEP
        os.pwrite(self.file, self.at.isoformat(timespec="seconds").encode(), 0)


CLOCK = DrivenClock()


class DrivenDatetime(datetime):
    """What ``schedule`` takes the time from."""

    @classmethod
    def now(cls, tz=None):
        return CLOCK.now()


def kill_at(calls: int) -> None:
    left = [calls]

    def count(frame, event, argument):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    threading.setprofile(count)  # the sender, the receipts and the heartbeat die with it


if __name__ == "__main__":
    schedule.datetime = SimpleNamespace(datetime=DrivenDatetime, timedelta=timedelta)
    engine.service.host.OfficeClock = lambda: CLOCK
    if len(sys.argv) > 4:
        kill_at(int(sys.argv[4]))
    sys.exit(main(["run", "--config", sys.argv[1]]))
