"""Workdays of the State Council calendar (调休 included), overridden by the sheet 节假日."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from engine.facts.kinds import DayType

_MOVABLE_FROM = (12, 26)
"""From this day of December on, the next year's notice may still move a day. Those of 2007 and 2012 made weekends of
30 and 31 December worked, those of 2008 and 2019 Saturday the 29th, with the 30th and 31st free; that of 2023 began on
2022-12-31. None reached back before the 29th; a Saturday worked in exchange for a day of 元旦 lies no earlier than
the 26th, the weekend before a Friday 1 January.
"""


class YearNotCoveredError(Exception):
    """Neither the built-in calendar nor the sheet 节假日 knows this year: a finding, never a guess."""

    def __init__(self, year: int) -> None:
        super().__init__(f"{year}年的放假安排尚未录入，无法推算工作日")
        self.year = year


@cache
def _is_official_workday(day: date) -> bool:
    import chinese_calendar  # here: its tables cost start-up time that most passes never need

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise YearNotCoveredError(day.year) from None


@dataclass(frozen=True)
class Workdays:
    """Which days are worked. A year outside the built-in calendar counts as covered once 节假日 names a day of it.

    ``missing`` collects the years for which no calendar was found, so that each is reported once, not once a matter.
    """

    overrides: Mapping[date, DayType] = field(default_factory=dict)
    missing: set[int] = field(default_factory=set, compare=False)

    def is_workday(self, day: date) -> bool:
        """Whether ``day`` is worked. Raises YearNotCoveredError."""
        override = self.overrides.get(day)
        if override is not None:
            return override is DayType.WORKDAY
        try:
            return _is_official_workday(day)
        except YearNotCoveredError:
            if self._sheet_covers(day.year):
                return day.weekday() < 5
            self.missing.add(day.year)
            raise

    def may_move(self, first: date, last: date) -> bool:
        """Whether a day from ``first`` through ``last`` may still be moved by the next year's notice, not known yet.

        What was computed from such days is 暂定: it is computed anew in every pass, and moves once the notice is known.
        """
        return any(
            first <= date(year, 12, 31) and last >= date(year, *_MOVABLE_FROM) and not self._covers(year + 1)
            for year in range(first.year, last.year + 1)
        )

    def _covers(self, year: int) -> bool:
        if self._sheet_covers(year):
            return True
        try:
            _is_official_workday(date(year, 1, 1))
        except YearNotCoveredError:
            return False
        return True

    def _sheet_covers(self, year: int) -> bool:
        return any(known.year == year for known in self.overrides)

    def shift(self, day: date, count: int) -> date:
        """The ``count``-th workday after ``day`` (before it, if negative); ``day`` itself is not counted.

        ``shift(minutes_issued, 3)`` is 印发后3个工作日 (BS-5.2). With 0: ``day`` itself, rolled forward if not worked.
        Raises YearNotCoveredError.
        """
        if count == 0:
            return self.roll_forward(day)
        step = timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def roll_forward(self, day: date) -> date:
        """``day``, or the next workday after it."""
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def roll_back(self, day: date) -> date:
        """``day``, or the last workday before it."""
        while not self.is_workday(day):
            day -= timedelta(days=1)
        return day
