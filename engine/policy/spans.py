"""How long a limit is: ``8小时``, ``3天``, ``5工作日``, ``1个月``."""

import calendar as month_lengths
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

_FORM = re.compile(r"(\d{1,4})(小时|天|工作日|个月)")


class SpanUnit(StrEnum):
    """What a span counts."""

    HOURS = "小时"
    DAYS = "天"
    WORKDAYS = "工作日"
    MONTHS = "个月"


@dataclass(frozen=True, slots=True)
class LimitSpan:
    """A number of hours, calendar days, workdays or calendar months."""

    count: int
    unit: SpanUnit


def parse_span(text: str) -> LimitSpan:
    """Read one span. Raises ValueError for another form and for a span of nothing."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError(f"时长“{text}”写法不对，应如 8小时、3天、5工作日、1个月")
    if not int(form[1]):
        raise ValueError(f"时长“{text}”为0，没有期限可言，请写1以上的数")
    return LimitSpan(int(form[1]), SpanUnit(form[2]))


def add_months(moment: datetime, count: int) -> datetime:
    """The same day and clock ``count`` months later, clamped to the month's end: 01-31 → 02-28 (reading 3)."""
    months = moment.month - 1 + count
    year, month = moment.year + months // 12, months % 12 + 1
    if moment.day > 28:
        day = min(moment.day, month_lengths.monthrange(year, month)[1])
        return moment.replace(year=year, month=month, day=day)
    return moment.replace(year=year, month=month)


def month_end(day: date) -> datetime:
    """24:00 of the month's last calendar day, as 00:00 of the next (reading 27)."""
    return add_months(datetime(day.year, day.month, 1), 1)
