"""When an SMS reaches people at home: at night, and on days that are not worked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from engine.policy.workdays import YearNotCoveredError

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class HomeHours:
    """When people are at home: from ``night`` to ``morning``, and on days that are not worked."""

    night: time
    morning: time
    is_workday: Callable[[date], bool]

    def is_night(self, at: datetime) -> bool:
        """Whether the hour lies between ``night`` and ``morning``."""
        return not self.morning <= at.time() < self.night

    def is_off(self, at: datetime) -> bool:
        """Whether the day is not worked; in a year that no calendar covers, Saturday and Sunday: no deadline rests on
        this count.
        """
        try:
            return not self.is_workday(at.date())
        except YearNotCoveredError:
            return at.weekday() >= _SATURDAY

    def morning_after(self, at: datetime) -> int:
        """The day, as its ordinal, on which the night ends in which ``at`` lies."""
        return at.toordinal() + (at.time() >= self.night)
