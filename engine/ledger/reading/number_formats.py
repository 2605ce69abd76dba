"""Which cell styles show a number as a date, a time of day or a span of time."""

import re
from collections.abc import Sequence
from enum import Enum

from engine.ledger.package.small_xml import elements

_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.')
_SPAN = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]")
_DATE_LETTERS = re.compile(r"[dmyhs]|a/p|am/pm|上午/下午", re.IGNORECASE)
_DATE_IDS = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
_SPAN_ID = 46


class NumberFormat(Enum):
    """How a number is shown."""

    NUMBER = 0
    DATE = 1
    SPAN = 2


def number_formats(styles: bytes, part: str) -> Sequence[NumberFormat]:
    """How each cell style shows a number, in the order by which cells refer to it."""
    codes: dict[int, str] = {}
    found: list[NumberFormat] = []
    parent = ""
    for element in elements(styles, part):
        if element.depth == 1:
            parent = element.name
        elif element.name == "numFmt" and parent == "numFmts":
            codes[_number(element.attributes.get("numFmtId"))] = element.attributes.get("formatCode", "")
        elif element.name == "xf" and parent == "cellXfs" and element.depth == 2:
            number = _number(element.attributes.get("numFmtId"))
            found.append(_of_code(codes[number]) if number in codes else _built_in(number))
    return found


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _built_in(number: int) -> NumberFormat:
    if number == _SPAN_ID:
        return NumberFormat.SPAN
    return NumberFormat.DATE if number in _DATE_IDS else NumberFormat.NUMBER


def _of_code(code: str) -> NumberFormat:
    first = _LITERALS.sub("", code).partition(";")[0]
    if _SPAN.search(first):
        return NumberFormat.SPAN
    plain = _BRACKETS.sub("", first)
    return NumberFormat.DATE if _DATE_LETTERS.search(plain.replace("General", "")) else NumberFormat.NUMBER
