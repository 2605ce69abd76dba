"""What Excel makes of a value that is assigned to a cell, and what it gives back."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from openpyxl.cell.cell import Cell, MergedCell

_NUMBER = re.compile(r"\s*[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?%?\s*")
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?")
_ERRORS = ("#N/A", "#NAME?", "#DIV/0!", "#REF!", "#VALUE!", "#NUM!", "#NULL!")


def put(cell: Cell | MergedCell, value: Any) -> None:
    """Assign as Excel does: a text that looks like a number or a date becomes one, unless the cell is text or the
    value begins with an apostrophe.
    """
    if isinstance(cell, MergedCell):
        raise NotImplementedError("merged cells are not in the test engine")
    is_text = isinstance(value, str) and not value.startswith("=")
    cell.value = _typed(value, cell.number_format) if isinstance(value, str) else value
    if is_text and isinstance(cell.value, str):
        cell.data_type = "s"


def _typed(text: str, number_format: str) -> object:
    if text.startswith("'"):
        return text[1:]
    if number_format == "@" or not text:
        return text or None
    if _NUMBER.fullmatch(text):
        return float(text.replace(",", "").rstrip("%")) / (100 if text.endswith("%") else 1)
    if day := _DAY.fullmatch(text):
        return datetime(int(day[1]), int(day[2]), int(day[3] or 1))
    return text


def given(value: object) -> object:
    """A cell's value as it comes over the bridge: numbers are floats, dates are datetimes."""
    if type(value) in (str, float, datetime, bool):
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86400
    return value


def cleaned(value: object, dates: Callable[..., object], empty: object, numbers: Any, err_to_str: bool) -> object:
    """The engine's part of reading: the caller's options applied to one value."""
    if value is None:
        return empty
    if type(value) is str and not value.startswith("#"):
        return value
    if isinstance(value, str) and value in _ERRORS:
        return value if err_to_str else None
    if isinstance(value, datetime):
        return dates(
            month=value.month, day=value.day, year=value.year,
            hour=value.hour, minute=value.minute, second=value.second, microsecond=value.microsecond,
        )  # fmt: skip
    if numbers and isinstance(value, float):
        return numbers(value)
    return value
