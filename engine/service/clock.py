"""The one place where the time of day is read: office time, whatever the machine's zone."""

import sys
import time
from datetime import datetime
from threading import Event
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


class OfficeClock:
    """Now, time elapsed, and waiting. Handed to whatever needs a clock, so that a test can hand in another."""

    def now(self) -> datetime:
        """Naive office time (Asia/Shanghai), with seconds."""
        return datetime.now(OFFICE_ZONE).replace(tzinfo=None)

    def elapsed(self) -> float:
        """Seconds that only run forward, sleep of the machine included: what the wall clock is checked against."""
        if sys.platform == "linux":
            return time.clock_gettime(time.CLOCK_BOOTTIME)  # a suspended laptop is no jumping clock
        return time.monotonic()

    def wait(self, stop: Event, seconds: float) -> None:
        """Sleep that long, or until ``stop`` is set."""
        stop.wait(seconds)
