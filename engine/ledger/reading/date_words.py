"""Dates in words: Chinese numerals (二〇二六年三月五日), a day without its year, ends and thirds of a month."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time

_DIGITS = {"〇": 0, "零": 0, "○": 0} | {word: number for number, word in enumerate("一二三四五六七八九", 1)}
_TENS = {"廿": "二十", "卅": "三十"}
_NUMERAL = re.compile(f"[{''.join(_DIGITS)}十廿卅]+(?=\\s*[年月日号时点分])")
_PART = re.compile(r"(?:(\d{4})\s*年\s*)?(\d\d?)\s*月份?\s*([上中下]旬|底|末)|(\d{4})?\s*年[底末]")
_THIRDS = {"上旬": 10, "中旬": 20}


@dataclass(frozen=True, slots=True)
class Yearless:
    """A day written without its year (3月5日 17:30)."""

    month: int
    day: int
    clock: time
    text: str

    def near(self, reference: datetime) -> datetime | None:
        """In the year that brings it nearest to the reference, of two equally near the later; ``None`` if the day
        does not exist in any year around it (2月30日).
        """
        years = range(reference.year - 1, reference.year + 2)
        days = (day_or_none(year, self.month, self.day) for year in years)
        found = [datetime.combine(day, self.clock) for day in days if day]
        return min(found, key=lambda moment: (abs(moment - reference), -moment.year)) if found else None


@dataclass(frozen=True, slots=True)
class MonthPart:
    """The last day of a third of a month, or of a month (``is_end``); ``year`` is 0 where none is written."""

    year: int
    month: int
    day: int
    is_end: bool


def in_digits(text: str) -> str:
    """Chinese numerals in front of 年, 月, 日, 号, 时, 点, 分 as digits: 二〇二六年三月二十五日 → 2026年3月25日."""
    return _NUMERAL.sub(lambda found: _number(found[0]), text)


def _number(word: str) -> str:
    for short, long in _TENS.items():
        word = word.replace(short, long)
    if "十" not in word:
        return "".join(str(_DIGITS[letter]) for letter in word)
    tens, _, ones = word.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return word
    return str((_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0))


def month_part(text: str) -> MonthPart | None:
    """``2026年12月底``, ``3月上旬``, ``年底``; ``None`` for anything else."""
    found = _PART.fullmatch(text)
    if not found:
        return None
    year, month, part = int(found[1] or found[4] or 0), int(found[2] or 12), found[3] or "底"
    if not 1 <= month <= 12:
        return None
    is_end = part not in _THIRDS and part != "下旬"
    day = _THIRDS.get(part, monthrange(year or 2023, month)[1])
    return MonthPart(year, month, day, is_end)


def day_or_none(year: int, month: int, day: int) -> date | None:
    """That day; ``None`` where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
