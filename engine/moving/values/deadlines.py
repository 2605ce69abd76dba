"""Deadlines as old ledgers write them: dates in any form, 12月底前, 第二季度, 长期坚持, 每季度末, 立行立改."""

import calendar
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from engine.facts.kinds import FIXED_DATE, LONG
from engine.ledger.package.text_folding import clean_line
from engine.ledger.reading.cell_problem import CellProblem
from engine.ledger.reading.date_words import Yearless
from engine.ledger.reading.moments import FIRST_YEAR, LAST_YEAR, is_nothing, read_moment
from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.values import plain_text
from engine.moving.dictionaries.loading import DeadlinePhrase

_DIGITS = "一二三四五六七八九"
_PARTS = re.compile(r"[;。\n]|(?<=[前底末]),")
_NOTES = re.compile(r"\([^)]*\)")
_SPACES = re.compile(r"\s+")
_ENDING = re.compile(
    r"(?:之?前|以前|内)?(?:全部|全面|基本)?(?:完成整改|完成|办结|落实到位|落实|到位|办理完毕|上报|报送|反馈|报结果|整改到位|整改完成|整改)$"
)
_LAST_DAY, _SERIAL_DIGITS = 31, 5
_LIMITS, _ONE_MONTH = {1: "1天", 3: "3天", 7: "7天"}, "1个月"
_OUT_OF_ORDER = "期限早于交办时间，请核对"
_YEARS = "这一年没有这一天，请核对"


@dataclass(frozen=True, slots=True)
class Deadline:
    """What a phrase becomes. ``limit`` and ``due`` are 办理时限 and 指定期限; ``wording`` is what the date does not
    cover and the matter keeps in words. ``why`` as in ``ReadValue``.
    """

    limit: str | None = None
    due: datetime | None = None
    why: str = ""
    wording: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What completes a phrase without a year or a start: the year of its table, 交办时间 of its row."""

    year: int
    assigned_at: datetime | None = None


def read_deadline(cell: Cell, phrases: Sequence[DeadlinePhrase], context: Context) -> Deadline:
    """What a cell of a deadline column becomes. An empty one becomes nothing."""
    if not isinstance(cell, str):
        return _dated(read_moment(cell), plain_text(cell), context)
    text = _SPACES.sub("", _NOTES.sub("", unicodedata.normalize("NFKC", clean_line(cell.replace("\n", ";")))))
    text = text.strip("。;,、")
    if is_nothing(text):
        return Deadline()
    if text.isdecimal() and len(text) == _SERIAL_DIGITS:
        serial = _dated(read_moment(int(text)), text, context)
        return Deadline(serial.limit, serial.due, "写的是 Excel 的日期序号，请核对", text)
    found = _whole(text, phrases, context)
    if found is None:
        found = _of_parts(text, phrases, context)
    if found is None:
        return Deadline(why="看不懂这个时限，请填办理时限", wording=clean_line(cell))
    if found.due and context.assigned_at and found.due.date() < context.assigned_at.date() and not found.why:
        return Deadline(found.limit, found.due, _OUT_OF_ORDER, found.wording)
    return found


def _whole(text: str, phrases: Sequence[DeadlinePhrase], context: Context) -> Deadline | None:
    """The text as one date or one phrase; ``None`` if it is neither."""
    for candidate in (text, _ENDING.sub("", text)):
        moment = read_moment(candidate)
        if candidate and not (isinstance(moment, CellProblem) and moment.value is None):
            return _dated(moment, text, context)
    for phrase in phrases:
        if found := phrase.pattern.fullmatch(text):
            become = _RULES[phrase.means](_Named(found.groupdict()), context)
            why = phrase.ask or become.why
            wording = text if why or become.limit != FIXED_DATE else become.wording
            return Deadline(become.limit, become.due, why, wording)
    return None


def _of_parts(text: str, phrases: Sequence[DeadlinePhrase], context: Context) -> Deadline | None:
    """Several milestones in one cell: the last date is the limit, all stay in words, and a person confirms."""
    parts = [part for part in _PARTS.split(text) if part]
    if len(parts) < 2:
        parts = re.findall(r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底|末)?(?:之?前)?|\d{4}年", text)
    read = [one for part in parts if (one := _whole(part, phrases, context))]
    dates = [one.due for one in read if one.due]
    if not dates:
        return None
    return Deadline(FIXED_DATE, max(dates), "一格里有几个时间，暂按最后一个", text)


def _dated(moment: datetime | Yearless | CellProblem | None, text: str, context: Context) -> Deadline:
    if moment is None:
        return Deadline()
    if isinstance(moment, Yearless):
        day = _day(context.year, moment.month, moment.day)
        if day is None:
            return Deadline(FIXED_DATE, None, _YEARS, text)
        return Deadline(FIXED_DATE, datetime.combine(day, moment.clock))
    if isinstance(moment, CellProblem):
        if isinstance(moment.value, datetime):
            return Deadline(FIXED_DATE, moment.value)
        return Deadline(why="看不懂这个时限，请填办理时限", wording=text)
    return Deadline(FIXED_DATE, moment)


class _Named:
    """The named groups of a phrase as numbers."""

    def __init__(self, groups: Mapping[str, str | None]) -> None:
        self._groups = groups

    def number(self, name: str) -> int | None:
        text = self._groups.get(name)
        return chinese_number(text) if text else None

    def year(self, context: Context) -> int:
        year = self.number("year")
        return context.year if year is None else year + 2000 if year < 100 else year


def chinese_number(text: str) -> int | None:
    """``12``, ``十二``, ``两`` as a number up to 99; ``None`` for anything else."""
    if text.isdecimal():
        return int(text)
    text = text.replace("两", "二")
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.index(text) + 1 if text in _DIGITS else None
    if (tens and tens not in _DIGITS) or (ones and ones not in _DIGITS):
        return None
    return (_DIGITS.index(tens) + 1 if tens else 1) * 10 + (_DIGITS.index(ones) + 1 if ones else 0)


def _day(year: int, month: int, day: int) -> datetime | None:
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
        return None
    return datetime(year, month, day) if 1 <= day <= calendar.monthrange(year, month)[1] else None


def _on(year: int, month: int | None, day: int) -> Deadline:
    """``day`` 31 is the month's last."""
    if month is None or not 1 <= month <= 12 or not FIRST_YEAR <= year <= LAST_YEAR:
        return Deadline(why="看不懂这个时限，请填办理时限")
    return Deadline(FIXED_DATE, datetime(year, month, min(day, calendar.monthrange(year, month)[1])))


def _in_days(days: int | None, context: Context) -> Deadline:
    if days in _LIMITS:
        return Deadline(_LIMITS[days])
    if days is None or context.assigned_at is None:
        return Deadline(FIXED_DATE, None, "从哪天算起没有写明，请填指定期限")
    due = datetime.combine((context.assigned_at + timedelta(days=days)).date(), time())
    return Deadline(FIXED_DATE, due, f"按交办时间起{days}天计，请核对")


def _in_months(months: int | None, context: Context) -> Deadline:
    if months == 1:
        return Deadline(_ONE_MONTH)
    if months is None or context.assigned_at is None:
        return Deadline(FIXED_DATE, None, "从哪天算起没有写明，请填指定期限")
    year, month = divmod(context.assigned_at.year * 12 + context.assigned_at.month - 1 + months, 12)
    found = _on(year, month + 1, context.assigned_at.day)
    return Deadline(found.limit, found.due, f"按交办时间起{months}个月计，请核对")


_RULES: Mapping[str, Callable[[_Named, Context], Deadline]] = {
    "long": lambda _named, _context: Deadline(LONG),
    "recurring": lambda _named, _context: Deadline(LONG),
    "nothing": lambda _named, _context: Deadline(),
    "month_end": lambda named, context: _on(named.year(context), named.number("month"), _LAST_DAY),
    "tenth": lambda named, context: _on(named.year(context), named.number("month"), 10),
    "twentieth": lambda named, context: _on(named.year(context), named.number("month"), 20),
    "quarter_end": lambda named, context: _on(named.year(context), (named.number("quarter") or 0) * 3, _LAST_DAY),
    "half_year": lambda named, context: _on(named.year(context), 6, _LAST_DAY),
    "year_end": lambda named, context: _on(named.year(context), 12, _LAST_DAY),
    "days": lambda named, context: _in_days(named.number("number"), context),
    "weeks": lambda named, context: _in_days((named.number("number") or 0) * 7 or None, context),
    "months": lambda named, context: _in_months(named.number("number"), context),
    "workdays": lambda _named, _context: Deadline(FIXED_DATE),
}
