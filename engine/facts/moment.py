"""Office time: naive ``datetime`` in Asia/Shanghai, whole minutes. A time of 00:00 is a bare date (reading 2)."""

from datetime import datetime, time

MIDNIGHT = time(0, 0)


def is_bare_date(moment: datetime) -> bool:
    """Whether only a day was written (an Excel value with time fraction 0)."""
    return not (moment.hour or moment.minute or moment.second or moment.microsecond)


def to_minute(moment: datetime) -> datetime:
    """Seconds are dropped (reading 2)."""
    return moment.replace(second=0, microsecond=0) if moment.second or moment.microsecond else moment


def precedes(earlier: datetime, later: datetime) -> bool:
    """Whether one time lies before another; compared by day where one of them is a bare date (reading 2)."""
    if is_bare_date(earlier) or is_bare_date(later):
        return earlier.date() < later.date()
    return earlier < later


def as_written(moment: datetime) -> str:
    """A time in a sentence; a bare date without its clock."""
    return f"{moment:%Y-%m-%d}" if is_bare_date(moment) else f"{moment:%Y-%m-%d %H:%M}"


def at_clock(moment: datetime, clock: time) -> datetime:
    """The same day at ``clock``."""
    return datetime.combine(moment.date(), clock)


def bare_as(moment: datetime, clock: time) -> datetime:
    """A bare date read as that day at ``clock`` (close of office); an exact time as it is."""
    return at_clock(moment, clock) if is_bare_date(moment) else moment
