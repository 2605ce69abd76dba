"""The fill of each row of an .xlsx sheet, by the name of its colour: offices mark rows red or green and mean something.

Only strong colours are named; white, grey and the bands of a striped table are no marks.
"""

import colorsys
import re
from collections.abc import Mapping

from engine.moving.files.checked_workbook import CheckedWorkbook

_FILLS = re.compile(rb"<fills\b.*?</fills>", re.DOTALL)
_FILL = re.compile(rb"<fill>(.*?)</fill>|<fill\s*/>", re.DOTALL)
_COLOUR = re.compile(rb'<fgColor[^>]*\brgb="(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})"')
_SOLID = b'patternType="solid"'
_FORMATS = re.compile(rb"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_FORMAT = re.compile(rb'<xf\b[^>]*?\bfillId="(\d+)"')
_CELL = re.compile(rb'<c r="[A-Z]{1,3}(\d{1,7})"[^>]*?\bs="(\d+)"')
_HUES = ((0.04, "红"), (0.11, "橙"), (0.19, "黄"), (0.45, "绿"), (0.55, "青"), (0.70, "蓝"), (0.88, "紫"), (1.01, "红"))
_MARKS = frozenset(("红", "橙", "黄", "绿", "紫"))
_PALE = 0.25


def row_colours(book: CheckedWorkbook, sheet: str) -> Mapping[int, str]:
    """Row (from 0) → the colour of its first marked cell; empty where the workbook fills nothing."""
    named = _named_formats(book)
    if not named:
        return {}
    found: dict[int, str] = {}
    carry = b""
    for piece in book.pieces(sheet):
        window = carry + piece
        for cell in _CELL.finditer(window):
            if cell[2] in named:
                found.setdefault(int(cell[1]) - 1, named[cell[2]])
        carry = window[-256:]
    return found


def _named_formats(book: CheckedWorkbook) -> Mapping[bytes, str]:
    """Index of a cell format → the name of its fill's colour."""
    if book.parts.styles is None:
        return {}
    data = book.parts.archive.read(book.parts.styles)
    fills, formats = _FILLS.search(data), _FORMATS.search(data)
    if not fills or not formats:
        return {}
    names = {}
    for index, fill in enumerate(_FILL.finditer(fills[0])):
        colour = _COLOUR.search(fill[1] or b"")
        if colour and _SOLID in (fill[1] or b"") and (name := colour_name(colour[1].decode())):
            names[b"%d" % index] = name
    return {
        b"%d" % index: names[fill[1]] for index, fill in enumerate(_FORMAT.finditer(formats[0])) if fill[1] in names
    }


def colour_name(rgb: str) -> str:
    """``FF0000`` → 红; empty for what is no mark."""
    red, green, blue = (int(rgb[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    if saturation < _PALE or value < _PALE:
        return ""
    name = next(name for limit, name in _HUES if hue < limit)
    return name if name in _MARKS else ""
