"""Plausible times for what people did: in office hours, on working days, in order."""

import calendar
from datetime import date, datetime, time, timedelta

CLOSE = time(17, 30)
_SATURDAY = 5


def as_moment(value: date | datetime) -> datetime:
    """A TOML date or time as a cell value; a bare date has the clock 00:00."""
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def days_later(moment: datetime, days: int, clock: time) -> datetime:
    """The weekday ``days`` weekdays after ``moment``, at ``clock``."""
    day = moment.date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < _SATURDAY
    return datetime.combine(day, clock)


def shortly_before(due: datetime, hours: int) -> datetime:
    """``hours`` before a deadline, or the afternoon before where that is no office hour."""
    moment = due - timedelta(hours=hours)
    if time(8, 30) <= moment.time() <= time(18, 0):
        return moment
    return datetime.combine(
        due.date() - timedelta(days=due.time() < time(12)), time(15 + hours % 2, 10 + 7 * due.day % 45)
    )


def closing(moment: datetime) -> datetime:
    """A bare date as that day's close of office (reading 2)."""
    return datetime.combine(moment.date(), CLOSE) if moment.time() == time() else moment


def add_month(moment: datetime, months: int = 1) -> datetime:
    """The same day and clock some months on, clamped to the month's end (reading 3)."""
    year, month = moment.year + (moment.month + months - 1) // 12, (moment.month + months - 1) % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def months_between(since: datetime, until: datetime) -> list[datetime]:
    """The first day of every month from that of ``since`` whose end lies before ``until``."""
    month, months = datetime(since.year, since.month, 1), []
    while add_month(month) <= until:
        months.append(month)
        month = add_month(month)
    return months


def last_weekday(month: datetime) -> datetime:
    """The last weekday of a month, at close of office."""
    day = add_month(month) - timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day -= timedelta(days=1)
    return datetime.combine(day.date(), CLOSE)
