"""Reading one cell as a date or a time, in all the forms in which people write them. Pure."""

import re
from datetime import date, datetime, time, timedelta

from engine.facts.moment import as_written, at_clock, to_minute
from engine.ledger.package.text_folding import clean_line, fold, shown, with_plain_dashes
from engine.ledger.reading.cell_problem import CellProblem, hint
from engine.ledger.reading.date_words import MonthPart, Yearless, day_or_none, in_digits, month_part
from engine.ledger.reading.sheet_cells import Cell

FIRST_YEAR, LAST_YEAR = 1990, 2100
_EPOCH_1900, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_LEAP_DAY = 60
"""Excel takes 1900 for a leap year: up to here its days are one behind."""
_LONGEST = 200
_MOST_DAYS, _MOST_DIGITS = 80_000, 10**14
_REMEDY = "请填成 2026-03-05 或 2026-03-05 17:30 这样的形式。"
_NOTHING = frozenset(("", "-", "--", "—", "——", "/", "\\", "无", "暂无"))
_WEEKDAY = re.compile(r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?")
_BEFORE = re.compile(r"(?:之前|以前|前)$")
_DAY = re.compile(
    r"(?P<year>(?:\d\d)?\d\d)\s*[-./年]\s*(?P<month>\d\d?)\s*[-./月]\s*(?P<day>\d\d?)\s*[日号]?"
    r"|(?P<packed>\d{8})(?!\d{1,3}(?!\d))"
    r"|(?P<short_month>\d\d?)\s*月\s*(?P<short_day>\d\d?)\s*[日号]"
)
_CLOCK = re.compile(
    r"[\sT]*(?P<part>[上下中]午|凌晨|早上|早|傍晚|晚上|晚|AM|PM)?\s*"
    r"(?:(?P<hour>\d\d?)\s*(?:[:时点]\s*(?:(?P<minute>\d\d?)\s*分?|(?P<half>半)|整)?(?:\s*:\s*(?P<second>\d\d?)(?:\.\d+)?)?)"
    r"|(?P<digits>\d{4}(?:\d\d)?))\s*(?P<after>AM|PM)?",
    re.IGNORECASE,
)
_AFTERNOON = ("下午", "傍晚", "晚上", "晚", "PM")


def is_nothing(text: str) -> bool:
    """Whether people mean an empty cell: a dash, a stroke, 无."""
    return text in _NOTHING


def read_moment(value: Cell, date1904: bool = False) -> datetime | Yearless | CellProblem | None:
    """A cell as office time in whole minutes (seconds are dropped, reading 2); a bare date is that day at 00:00.

    Excel stores times as fractions of a day that are often a hair short: they are rounded to the second first.
    """
    match value:
        case None | "":
            return None
        case datetime():
            return _checked(_minute(value), value)
        case date():
            return _checked(datetime.combine(value, time()), value)
        case time() | timedelta():
            return CellProblem("date_without_day", f"“{shown(value)}”只有时间，没有日期。", _REMEDY)
        case int() | float():
            return _from_number(value, date1904)
    return _from_text(value)


def read_day(value: Cell, date1904: bool = False) -> datetime | Yearless | CellProblem | None:
    """A cell as a day: as ``read_moment``, the time of day left out."""
    found = read_moment(value, date1904)
    if isinstance(found, datetime):
        return at_clock(found, time())
    if isinstance(found, Yearless):
        return Yearless(found.month, found.day, time(), found.text)
    if isinstance(found, CellProblem) and isinstance(found.value, datetime):
        return CellProblem(found.rule, found.problem, found.remedy, at_clock(found.value, time()), found.severity)
    return found


def _minute(moment: datetime) -> datetime:
    if moment.microsecond and moment.year <= LAST_YEAR:
        moment += timedelta(microseconds=500_000)
    return to_minute(moment)


def _checked(moment: datetime, value: object) -> datetime | CellProblem:
    if FIRST_YEAR <= moment.year <= LAST_YEAR:
        return moment
    return CellProblem("date_out_of_range", f"“{shown(value)}”的年份不像是对的（{moment.year}年）。", _REMEDY)


def _from_number(value: float, date1904: bool) -> datetime | CellProblem:
    """A number is a serial day, or a date typed as digits: 20260305, 202603051730."""
    if 0 < value < _MOST_DIGITS and value == int(value) and len(str(int(value))) in (8, 12, 14):
        found = _from_text(str(int(value)))
        if isinstance(found, datetime):
            return found
    if 0 < value < _MOST_DAYS:
        moment = (_EPOCH_1904 if date1904 else _EPOCH_1900) + timedelta(seconds=round(value * 86400))
        if FIRST_YEAR <= moment.year <= LAST_YEAR:
            return to_minute(moment)
    return CellProblem("date_unreadable", f"“{shown(value)}”不是日期。", _REMEDY)


def _from_text(value: str) -> datetime | Yearless | CellProblem | None:
    text = clean_line(fold(clean_line(value)[:_LONGEST]))
    if is_nothing(text):
        return None
    unreadable = CellProblem("date_unreadable", f"“{shown(value)}”看不出是哪一天。", _REMEDY)
    bare = _WEEKDAY.sub("", with_plain_dashes(in_digits(text))).strip()
    core = _BEFORE.sub("", bare).strip()
    if part := month_part(core):
        return _of_part(part, text, value)
    found = _DAY.match(core)
    if not found:
        return unreadable
    clock = _clock(core[found.end() :])
    if clock is None:
        return unreadable
    of_day, is_24 = clock
    if found["short_month"]:
        month, day = int(found["short_month"]), int(found["short_day"])
        return Yearless(month, day, of_day, text) if day_or_none(2024, month, day) else unreadable
    day_found = __full_day(found)
    if day_found is None or not FIRST_YEAR <= day_found.year <= LAST_YEAR:
        return unreadable
    moment = datetime.combine(day_found, of_day)
    if core != bare or is_24 or (found["year"] and len(found["year"]) == 2):
        return hint("date_inferred", f"“{shown(value)}”按 {as_written(moment)} 计。", _REMEDY, moment)
    return moment


def _of_part(part: MonthPart, text: str, value: str) -> Yearless | CellProblem:
    """The end of a month is a day; a third of a month has ten days, and no way to tell which."""
    if part.is_end and not part.year and part.month != 2:  # the last day of February hangs on the year
        return Yearless(part.month, part.day, time(), text)
    if part.is_end and part.year and FIRST_YEAR <= part.year <= LAST_YEAR:
        moment = datetime(part.year, part.month, part.day)
        return hint("date_inferred", f"“{shown(value)}”按 {as_written(moment)} 计。", _REMEDY, moment)
    offered = f"{part.year}-{part.month:02}-{part.day:02}" if part.year else f"{part.month}月{part.day}日（写明年份）"
    problem = f"“{shown(value)}”不是确切的一天。"
    return CellProblem("date_vague", problem, f"如指 {offered}，请照此填写；否则请填确切的日期。")


def __full_day(found: re.Match[str]) -> date | None:
    if packed := found["packed"]:
        return day_or_none(int(packed[:4]), int(packed[4:6]), int(packed[6:]))
    year = int(found["year"])
    return day_or_none(year + 2000 if len(found["year"]) == 2 else year, int(found["month"]), int(found["day"]))


def _clock(text: str) -> tuple[time, bool] | None:
    """The time of day that follows a date, and whether it was written as 24:00; ``None`` if it is none.

    24:00 is the last minute of its day, for 00:00 of the next one would read as a bare date (reading 2).
    """
    if not text.strip():
        return time(), False
    found = _CLOCK.fullmatch(text.rstrip())
    if not found:
        return None
    digits = found["digits"]
    hour = int(digits[:2] if digits else found["hour"])
    minute = int(digits[2:4]) if digits else 30 if found["half"] else int(found["minute"] or 0)
    part = (found["part"] or found["after"] or "").upper()
    if (part in _AFTERNOON and hour < 12) or (part == "中午" and hour < 3):
        hour += 12
    elif part in ("AM", "上午", "凌晨", "早", "早上") and hour == 12:
        hour = 0
    if (hour, minute) == (24, 0):
        return time(23, 59), True
    return (time(hour, minute), False) if hour < 24 and minute < 60 else None


def without_date_format(value: Cell, date1904: bool) -> Cell:
    """The number that a cell holds, where a format shows it as a date or a time: a count that somebody had formatted so
    would be written again in every pass, and never be what was written.
    """
    if isinstance(value, datetime):
        days = (value - (_EPOCH_1904 if date1904 else _EPOCH_1900)) / timedelta(days=1)
        return days if date1904 or days > _LEAP_DAY else days - 1
    if isinstance(value, date):
        return without_date_format(datetime.combine(value, time()), date1904)
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86400
    return value / timedelta(days=1) if isinstance(value, timedelta) else value
