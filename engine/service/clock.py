"""The one place where the time of day is read: office time, whatever the machine's zone."""

from datetime import datetime
from threading import Event

from sms.elapsed import elapsed
from sms.office_time import ZONE


class OfficeClock:
    """Now, time elapsed, and waiting. Handed to whatever needs a clock, so that a test can hand in another."""

    def now(self) -> datetime:
        """Naive office time (Asia/Shanghai), with seconds."""
        return datetime.now(ZONE).replace(tzinfo=None)

    def elapsed(self) -> float:
        """Seconds that only run forward, as ``elapsed``: what the wall clock is checked against."""
        return elapsed()

    def wait(self, stop: Event, seconds: float) -> None:
        """Sleep that long, or until ``stop`` is set."""
        stop.wait(seconds)
