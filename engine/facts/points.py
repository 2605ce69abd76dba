"""Points (积分): quarters, and the entries of which every score is the sum."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, Self

_QUARTER = re.compile(r"(\d{4})Q([1-4])")


class Quarter(NamedTuple):
    """A quarter of a year, written ``2026Q1``."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter that a day lies in."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """``2026Q1``. Raises ValueError for anything else, the month and 一季度 among it."""
        found = _QUARTER.fullmatch(text.strip())
        if not found:
            raise ValueError(text)
        return cls(int(found[1]), int(found[2]))

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.following.first - timedelta(days=1)

    @property
    def following(self) -> "Quarter":
        """The next one."""
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


class PointKind(StrEnum):
    """What an entry is for. The first seven of the words that people enter stand in 积分事项.

    ``column`` is the sum of a quarter's score to which it adds, whatever paragraph a regime cites for it.
    """

    column: str

    def __new__(cls, word: str, column: str) -> Self:
        """A member with its column."""
        member = str.__new__(cls, word)
        member._value_, member.column = word, column
        return member

    COMMENDED = "表彰", "commended"
    PROBLEM = "督查发现问题", "problems"
    POOR_COOPERATION = "配合不力致问题", "problems"
    OBSTRUCTION = "不配合阻碍", "others"
    LATE_MATERIAL = "迟报材料", "others"
    SLUGGISH = "推动不力", "system_additions"
    CIRCULAR = "保山通报扣分", "circulars"
    TAKEN_IN = "纳入系统", "system_additions"
    EXCELLENT = "办结优秀", "system_additions"
    GOOD = "办结良好", "system_additions"
    UNURGED = "季度未被催办", "system_additions"
    LATE_REPORT = "报送逾期", "system_deductions"
    ESCALATED = "进入重点督办", "system_deductions"
    SENT_BACK = "退回重报", "system_deductions"
    FAILED = "办结不合格", "system_deductions"


SCORE_COLUMNS = ("commended", "system_additions", "problems", "system_deductions", "others", "circulars")
"""The sums of which a quarter's score consists, in the order of 季度积分."""


@dataclass(frozen=True)
class PointEntry:
    """One addition or deduction of one unit.

    ``tenths`` are tenths of a point, so that sums are exact. ``date`` decides the quarter. ``cause`` distinguishes
    entries of one unit, matter and kind: the duty, the number of the return, the row's document. ``corrects`` is the
    published quarter that a correction mends, empty for every other entry.
    """

    unit: str
    role: str
    matter: str
    clause: str
    kind: PointKind
    tenths: int
    date: date
    evidence: str
    scorer: str
    reading: int | None = None
    cause: str = ""
    corrects: str = ""

    @property
    def points(self) -> float:
        """The points, with their sign."""
        return self.tenths / 10

    @cached_property
    def quarter(self) -> Quarter:
        """The quarter in which it counts."""
        return Quarter.of(self.date)

    @property
    def key(self) -> tuple[str, ...]:
        """The identity of an entry: two with the same key would count one thing twice."""
        return (str(self.quarter), self.unit, self.role, self.matter, self.kind.value, self.cause, self.corrects)


def in_order(entries: list[PointEntry]) -> list[PointEntry]:
    """By unit, day and kind: the same for the same entries, however they were found."""
    return sorted(entries, key=lambda entry: (entry.unit, entry.date, entry.kind, entry.matter, entry.key))


def shown_points(tenths: int) -> str:
    """``+0.5``, ``-5``, ``0``: as people write points."""
    return f"{tenths / 10:+g}" if tenths else "0"
