"""Values as XML: numbers, dates of both systems, text; and whether a cell holds one of them."""

import math
from datetime import date, datetime, timedelta

from engine.facts.change import Value
from engine.ledger.package.row_hash import cell_text
from engine.ledger.package.text_content import escaped
from engine.ledger.patching.refusals import ValueRefusedError

MAX_TEXT = 32_767
_FIRST_SERIAL = 61
_EPOCH_1900, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_SHIFT_1904 = 1462
_LEAP_1900 = 60
"""Excel takes 1900 for a leap year: before this serial number its days are one behind."""
_GREATEST_EXACT = 2**53
_SAME_MOMENT = timedelta(minutes=1)


def as_text(text: str) -> bytes:
    """Text as the content of ``<t>``. Raises ValueRefusedError past 32,767 UTF-16 units, which Excel would cut."""
    if len(text) > MAX_TEXT // 2 and len(text.encode("utf-16-le", "surrogatepass")) // 2 > MAX_TEXT:
        raise ValueRefusedError(f"内容超过 {MAX_TEXT} 个字，Excel 单元格放不下，请缩短")
    return escaped(text)


def serial(value: date, date1904: bool) -> float:
    """Excel's day number. Raises ValueRefusedError for a date that the sheet's date system does not know."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    if moment.tzinfo is not None:
        raise ValueRefusedError("时间带有时区，台账只用本地时间")
    days = (moment - (_EPOCH_1904 if date1904 else _EPOCH_1900)) / timedelta(days=1)
    if days < (0 if date1904 else _FIRST_SERIAL):
        raise ValueRefusedError(f"日期 {moment:%Y-%m-%d} 早于 Excel 能表示的范围，请核对")
    return days


def as_number(value: int | float | date, date1904: bool) -> bytes:
    """The content of ``<v>``. Raises ValueRefusedError for what a cell cannot hold exactly."""
    number = serial(value, date1904) if isinstance(value, date) else value
    if not math.isfinite(number) or (isinstance(number, int) and abs(number) > _GREATEST_EXACT):
        raise ValueRefusedError("数值不是有限数或过大，单元格放不下，请核对")
    if isinstance(number, float) and number.is_integer() and abs(number) < _GREATEST_EXACT:
        number = int(number)
    return repr(number).encode()


def moment_of(days: float, date1904: bool) -> datetime:
    """The moment of a serial number. Raises OverflowError outside the calendar."""
    if not date1904 and days < _LEAP_1900:
        days += 1
    return (_EPOCH_1904 if date1904 else _EPOCH_1900) + timedelta(days=days)


def days_of_1900(days: float, date1904: bool) -> float:
    """The serial number as a book of the 1900 system would hold it."""
    return days + _SHIFT_1904 if date1904 else days


def same(expected: Value, held: Value, date1904: bool) -> bool:
    """Whether a cell still holds what was read of it. ``held`` is what the file holds: a serial number for a date.

    White space and width do not count, nor does a moment less than a minute off, nor whether a number stands as text.
    """
    if isinstance(expected, date) and isinstance(held, int | float) and not isinstance(held, bool):
        wanted = expected if isinstance(expected, datetime) else datetime(expected.year, expected.month, expected.day)
        try:
            return abs(wanted - moment_of(held, date1904)) < _SAME_MOMENT
        except OverflowError:
            return False
    if isinstance(expected, str) != isinstance(held, str) or (_is_number(expected) and _is_number(held)):
        return _number_text(expected) == _number_text(held)
    return cell_text(expected) == cell_text(held)


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number_text(value: Value) -> str:
    """Text in which 3, 3.0 and “3” are one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return cell_text(value)
    return f"{value:.12g}"
