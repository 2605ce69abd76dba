"""The stretches of time on which a regime may ask for 定期报告: 周, 旬, 双周, 月, 季度, 半年."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal, Protocol

from engine.facts.periods import HALF_YEAR, MONTH, QUARTER

StretchWord = Literal["周", "旬", "双周", "月", "季度", "半年"]
_TEN_DAYS = re.compile(r"((?:19|20)\d\d)(?:[-./年])(\d{1,2})月?(?:份)?([上中下])旬?")
_WEEK_OF = re.compile(r"((?:19|20)\d\d)[-./年](\d{1,2})[-./月](\d{1,2})日?(?:起)?(?:一)?周")
_WEEK = re.compile(r"((?:19|20)\d\d)年?-?(?:W|第)(\d{1,2})周?", re.IGNORECASE)
_PARTS = "上中下"
_FIRST_MONDAY, _FORTNIGHT = date(2024, 1, 1), timedelta(days=14)


class Stretch(Protocol):
    """One way to divide the calendar. Stretches follow one another without a gap."""

    @property
    def example(self) -> str:
        """A stretch in its one spelling."""

    def first(self, day: date) -> date:
        """The first day of the stretch that holds ``day``."""

    def following(self, day: date) -> date:
        """The first day of the stretch after it."""

    def spelled(self, day: date) -> str:
        """The stretch that holds ``day``, as 期次 spells it."""

    def parse(self, text: str) -> str:
        """The one spelling of ``text``; empty where it names none."""


class TenDays:
    """旬: the 1st to the 10th, to the 20th, to the month's end; ``2026-03上旬``."""

    example = "2026-03上旬"

    def first(self, day: date) -> date:
        """The 1st, 11th or 21st."""
        return day.replace(day=min((day.day - 1) // 10, 2) * 10 + 1)

    def following(self, day: date) -> date:
        """The 11th, the 21st, or the 1st of the next month."""
        first = self.first(day)
        return MONTH.following(day) if first.day == 21 else first + timedelta(days=10)

    def spelled(self, day: date) -> str:
        """``2026-03上旬``."""
        return f"{day:%Y-%m}{_PARTS[self.first(day).day // 10]}旬"

    def parse(self, text: str) -> str:
        """``2026年3月上旬`` → ``2026-03上旬``."""
        found = _TEN_DAYS.fullmatch(text)
        return f"{found[1]}-{int(found[2]):02}{found[3]}旬" if found and 1 <= int(found[2]) <= 12 else ""


class Week:
    """周: from Monday to Sunday; named by its Monday, ``2026-03-02周``, unlike the fortnights."""

    example = "2026-03-02周"

    def first(self, day: date) -> date:
        """The Monday."""
        return day - timedelta(days=day.weekday())

    def following(self, day: date) -> date:
        """The next Monday."""
        return self.first(day) + timedelta(days=7)

    def spelled(self, day: date) -> str:
        """``2026-03-02周``."""
        return f"{self.first(day):%Y-%m-%d}周"

    def parse(self, text: str) -> str:
        """``2026年3月4日周`` → ``2026-03-02周``: any day names its week."""
        found = _WEEK_OF.fullmatch(text)
        try:
            return self.spelled(date(int(found[1]), int(found[2]), int(found[3]))) if found else ""
        except ValueError:
            return ""


class Fortnight:
    """双周: fourteen days from a Monday, counted on across the years; named by the ISO week of its last day."""

    example = "2026-W11"

    def first(self, day: date) -> date:
        """The Monday on which it began."""
        return day - (day - _FIRST_MONDAY) % _FORTNIGHT

    def following(self, day: date) -> date:
        """The Monday two weeks later."""
        return self.first(day) + _FORTNIGHT

    def spelled(self, day: date) -> str:
        """``2026-W11``."""
        year, week, _ = (self.following(day) - timedelta(days=1)).isocalendar()
        return f"{year}-W{week:02}"

    def parse(self, text: str) -> str:
        """``2026年第10周`` → ``2026-W11``: either week names the fortnight."""
        found = _WEEK.fullmatch(text)
        if found is None:
            return ""
        try:
            return self.spelled(date.fromisocalendar(int(found[1]), int(found[2]), 1))
        except ValueError:
            return ""


STRETCHES: Mapping[str, Stretch] = {
    "周": Week(),
    "旬": TenDays(),
    "双周": Fortnight(),
    "月": MONTH,
    "季度": QUARTER,
    "半年": HALF_YEAR,
}
