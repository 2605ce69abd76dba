"""期次: which month, quarter or return a report is about, and its one spelling."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Protocol

_MONTH = re.compile(r"((?:19|20)\d\d)(?:[-./年](\d{1,2})月?|(\d{2}))份?")
_YEAR = re.compile(r"((?:19|20)\d\d)年?[-./]?")
_CHINESE = {"一": "1", "二": "2", "三": "3", "四": "4", "上": "1", "下": "2"}
_RETURN = re.compile(r"第?(\d{1,3})次?")


class PeriodForm(Protocol):
    """How the periods of one kind of duty are spelled. ``example`` is a period in its one spelling, ``hint`` the same
    for somebody who has to type it, ``listed`` for a sentence that lists several kinds.
    """

    @property
    def example(self) -> str:
        """``2026-03``."""

    @property
    def hint(self) -> str:
        """``1（第几次退回）``."""

    @property
    def listed(self) -> str:
        """``第几次退回（1、2、3）``."""

    def parse(self, text: str) -> str:
        """The period in its one spelling; empty where the text can mean none, or more than one."""


@dataclass(frozen=True)
class CalendarPeriod:
    """Stretches of ``months`` whole months that divide the year: ``2026-03``, or with a ``mark`` ``2026Q1``.

    ``word`` is what people write for the mark (季度), accepted with a hint; ``ordinals`` what an SMS calls them, where
    第1, 第2 … will not do (上半年, 下半年). ``since_new_year`` are the law's names for what a report sums up from
    January on (全年), by the number of the period in which it is due.
    """

    months: int
    mark: str = ""
    word: str = ""
    ordinals: str = ""
    since_new_year: tuple[tuple[str, int], ...] = ()

    @cached_property
    def example(self) -> str:
        """A period as it is spelled."""
        return self.spelled(date(2026, 3, 1))

    @property
    def hint(self) -> str:
        """The example says enough."""
        return self.example

    @property
    def listed(self) -> str:
        """Set off from the Chinese around it."""
        return f" {self.example}"

    def first(self, day: date) -> date:
        """The first day of the period that holds ``day``."""
        return date(day.year, day.month - (day.month - 1) % self.months, 1)

    def following(self, day: date) -> date:
        """The first day of the period after the one that holds ``day``."""
        first = self.first(day)
        month = first.month + self.months
        return date(first.year + 1, 1, 1) if month > 12 else date(first.year, month, 1)

    def last(self, day: date) -> date:
        """The last day of the period that holds ``day``."""
        return self.following(day) - timedelta(days=1)

    def ends_year(self, day: date) -> bool:
        """Whether the period that holds ``day`` is the last of its year."""
        return self.following(day).year > day.year

    def spelled(self, day: date | datetime) -> str:
        """The period that holds ``day``: ``2026-03``, ``2026Q1``."""
        if not self.mark:
            return f"{day:%Y-%m}"
        return f"{day.year}{self.mark}{(day.month - 1) // self.months + 1}"

    def in_words(self, period: str) -> str:
        """A period, in its one spelling, as an SMS words it: ``2026-03`` → 3, ``2026Q1`` → 第1."""
        number = int(period[5:])
        if not self.mark:
            return str(number)
        return self.ordinals[number - 1] if self.ordinals else f"第{number}"

    def parse(self, text: str) -> str:
        """The one spelling of ``text``: ``2026年3月`` → ``2026-03``, ``2026年一季度`` → ``2026Q1``."""
        if self.mark:
            found = _YEAR.match(text)
            number = self.number(text[found.end() :]) if found else 0
            return f"{found[1]}{self.mark}{number}" if found and number else ""
        found = _MONTH.fullmatch(text)
        month = int(found[2] or found[3]) if found else 0
        return f"{found[1]}-{month:02}" if found and 1 <= month <= 12 else ""

    def number(self, text: str) -> int:
        """Which period of some year ``text`` means (一季度, Q1, 上半年); 0 for anything else."""
        if word := dict(self.since_new_year).get(text):
            return word
        found = self._form.fullmatch(text) if self.mark else None
        number = int(_CHINESE.get(found[1], found[1])) if found else 0
        return number if number <= 12 // self.months else 0

    def nearest(self, number: int, day: date) -> str:
        """The period of this number whose end lies nearest to ``day``: a report on 全年 may come in January."""
        years = range(day.year - 1, day.year + 2)
        ends = [self.last(date(year, number * self.months, 1)) for year in years]
        return self.spelled(min(ends, key=lambda end: abs((end - day).days)))

    @cached_property
    def _form(self) -> re.Pattern[str]:
        tail = f"{self.word[0]}(?:{self.word[1:]})?"
        halves = "上下" if self.months == 6 else ""
        return re.compile(rf"(?:{self.mark}|第)?([1-4一二三四{halves}])(?:{tail})?", re.IGNORECASE)


@dataclass(frozen=True)
class ReturnNumber:
    """A rectification is about the running number of the return that called for it."""

    example: str = "1"
    hint: str = "1（第几次退回）"
    listed: str = "第几次退回（1、2、3）"

    def parse(self, text: str) -> str:
        """``第1次`` → ``1``."""
        found = _RETURN.fullmatch(text)
        return str(int(found[1])) if found and int(found[1]) else ""


MONTH = CalendarPeriod(1)
QUARTER = CalendarPeriod(3, "Q", "季度", since_new_year=(("上半年", 2), ("前三季度", 3), ("全年", 4)))
HALF_YEAR = CalendarPeriod(6, "H", "半年", "上下")
CALENDAR_FORMS = (MONTH, QUARTER, HALF_YEAR)
RETURN_NUMBER = ReturnNumber()
