"""Whether this host's clock is still right between two checks of it against the database."""

from datetime import datetime

from engine.service.clock import OfficeClock

Reading = tuple[datetime, float]
"""Office time, and the seconds elapsed by a clock that nobody can set."""


class ClockCheck:
    """By the office clock and the time elapsed since the last check. ``limit``: by how many seconds it may be wrong."""

    def __init__(self, clock: OfficeClock, limit: float) -> None:
        self._clock, self._limit = clock, limit
        self._since: tuple[float, datetime, float] | None = None  # one value: other threads read it

    def reading(self) -> Reading:
        """The clock as it stands when a check begins."""
        return self._clock.now(), self._clock.elapsed()

    def measured(self, offset: float, since: Reading) -> None:
        """Go on from a check that has found the clock so many seconds ahead. ``since``: the reading at its begin.

        A leap from there on counts, also one that the measurement has seen: until the next check the clock then counts
        as wrong, which costs seconds. A leap that is missed costs every message that is due.
        """
        self._since = (offset, *since)

    def is_right(self) -> bool:
        """Whether it was right at the last check and has not leapt since; not before the first one."""
        if self._since is None:
            return False
        offset, now, elapsed = self._since
        leapt = (self._clock.now() - now).total_seconds() - (self._clock.elapsed() - elapsed)
        return abs(offset + leapt) <= self._limit
