"""A survey of a sheet's XML before a library that trusts it reads it: how far it reaches, whether it is written as
usual, which cells hold formulas and which error values.

The part is inflated once in pieces (which also checks it); a cell is parsed only where a marker stands.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.ledger.package.addresses import column_number
from engine.ledger.package.masking import masked
from engine.ledger.package.text_content import RARE_ESCAPE
from engine.ledger.reading.formulas import Formula, FormulaKinds

NEAR_ROWS, NEAR_COLUMNS = 99_999, 104
"""Within this rectangle (to CZ99999) the place of the cells does not matter: all of it is not too much."""


@dataclass
class SheetSurvey:
    """``is_regular``: every cell states a plain address first, rows and cells have no namespace prefix, no comment and
    no CDATA stands among them. Only then the rest holds: formulas and error values by (row, column from 0); the bytes
    of all rows, and the rectangle in which all cells with content stand, at most; the first merged blocks.
    """

    is_regular: bool = True
    formulas: dict[tuple[int, int], Formula] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    size: int = 0
    last_row: int = NEAR_ROWS
    last_column: int = NEAR_COLUMNS
    merged: list[str] = field(default_factory=list)

    @property
    def area(self) -> int:
        """How many cells a reader makes that reserves the whole rectangle."""
        return self.last_row * self.last_column


MOST_MERGED = 1_000
"""Merged blocks of a sheet that are named one by one."""
_MERGED = re.compile(rb"""<mergeCell ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})\"""")
_LONGEST_MERGED = 64
_START = re.compile(rb"<sheetData\s*(/?)>")
_END, _NAME = b"</sheetData>", b"sheetData"
_ATTRIBUTES = rb"""(?: [a-z]{1,2}+="[A-Za-z0-9]*+")*+/?+>"""
_NOT_USUAL = re.compile(rb"""<c(?! r="[A-C]?[A-Z][1-9][0-9]{0,4}+\"""" + _ATTRIBUTES + b")")
_ADDRESSED = re.compile(rb"""<c r="([A-Z]{1,3})([1-9][0-9]{0,6})\"""" + _ATTRIBUTES)
_UNUSUAL_ROW = re.compile(rb"""<row(?! r="[1-9][0-9]{0,6}"|>)""")
_CELL = re.compile(rb"""<c r="([A-Z]{1,3})([0-9]{1,7})"([^>]*)>(.*?)</c>""", re.DOTALL)
_FORMULA = re.compile(rb"<f\b([^>]*?)(?:/>|>(.*?)</f>)", re.DOTALL)
_FORMULA_START = re.compile(rb"<f[\s>/]")
_VALUE = re.compile(rb"<v\b[^>]*>([^<]*)</v>")
_ERROR_TYPE = re.compile(rb""" t="e\"""")
_TEXT_TYPE = re.compile(rb""" t="(?:str|inlineStr)\"""")
_SHARED = re.compile(rb"""\ssi\s*=\s*["']([0-9]+)["']""")
_MOST_HEAD = 16 << 20
_MOST_CARRIED = 4 << 20
"""No cell is that long; a hostile one must not make the window grow without end."""


def survey(pieces: Iterable[bytes], part: str) -> SheetSurvey:
    """Go through a worksheet part as far as it is regular. Raises an UnreadableWorkbook for a damaged one."""
    surveyor = _Surveyor()
    for window in _windows(masked(pieces, part), surveyor.found.merged):
        if window is None or not surveyor.take(window):
            return SheetSurvey(is_regular=False)
    return surveyor.found


def _windows(pieces: Iterator[bytes], merged: list[str]) -> Iterator[bytes | None]:
    """The rows in windows that begin and end between cells; ``None`` where that is not possible. The merged blocks,
    which stand below the rows, are added to ``merged``.
    """
    held = b""
    for piece in pieces:
        held += piece
        start = _START.search(held)
        if start or len(held) > _MOST_HEAD:
            break
    else:
        start = None
    if start is None:
        yield None
        return
    held = held[start.end() :] if not start[1] else _END
    for piece in pieces:
        if _END in held:
            held += piece
            break
        cut = max(held.rfind(b"<row"), held.rfind(b"<c "))
        if cut > 0:
            yield held[:cut]
            held = held[cut:]
        elif len(held) > _MOST_CARRIED:
            yield None
            return
        held += piece
    end = held.find(_END)
    yield held[:end] if end >= 0 else None
    held = held[end + len(_END) :]
    for piece in pieces:  # to the end, where size and checksum are compared
        if _NAME in held:
            yield None  # what was taken for the rows may have been an attribute's value
            return
        held = held[_take_merged(held, merged) :] + piece
    if _NAME in held:
        yield None
    _take_merged(held, merged)


def _take_merged(tail: bytes, merged: list[str]) -> int:
    """Note the blocks that stand whole in a piece of the tail. Returns from where on it must be seen once more, with
    what follows.
    """
    end = 0
    for block in _MERGED.finditer(tail):
        end = block.end()
        if len(merged) < MOST_MERGED:
            merged.append(block[1].decode())
    return max(end, len(tail) - _LONGEST_MERGED)


class _Surveyor:
    """The state between windows."""

    def __init__(self) -> None:
        self.found = SheetSurvey()
        self._kinds = FormulaKinds()

    def take(self, window: bytes) -> bool:
        """Whether the window is regular; its cells are noted then."""
        if b"\0" in window or _UNUSUAL_ROW.search(window) or (b"_" in window and RARE_ESCAPE.search(window)):
            return False
        if _NOT_USUAL.search(window) and not self._reach(window):
            return False
        self.found.size += len(window)
        for cell in self._marked(window):
            self._note(cell)
        return True

    def _reach(self, window: bytes) -> bool:
        """Note how far the cells with content reach; false where one is not written as usual."""
        seen = 0
        found = self.found
        for cell in _ADDRESSED.finditer(window):
            seen += 1
            if not cell[0].endswith(b"/>"):  # a blank cell, <c …/>, may stand anywhere
                found.last_row = max(found.last_row, int(cell[2]))
                found.last_column = max(found.last_column, column_number(cell[1].decode()))
        return seen == window.count(b"<c")

    def _marked(self, window: bytes) -> Iterator[re.Match[bytes]]:
        """The cells in which a formula or an error value stands."""
        places: list[int] = []
        if b"f" in window:  # quick to test, and a sheet without formulas hardly has the letter; so with the next
            places += [mark.start() for mark in _FORMULA_START.finditer(window)]
        if b"e" in window:
            places += [mark.start() for mark in _ERROR_TYPE.finditer(window)]
        end = 0
        for place in sorted(places):
            start = window.rfind(b"<c ", 0, place)
            cell = _CELL.match(window, start) if start >= end else None
            if cell:
                end = cell.end()
                yield cell

    def _note(self, cell: re.Match[bytes]) -> None:
        place = (int(cell[2]), column_number(cell[1].decode()) - 1)
        value = _VALUE.search(cell[4])
        if _ERROR_TYPE.search(cell[3]):
            self.found.errors[place] = value[1].decode("utf-8", "replace") if value else "#VALUE!"
        formula = _FORMULA.search(cell[4])
        if formula:
            shared = _SHARED.search(formula[1])
            has_value = bool(value and value[1]) or bool(_TEXT_TYPE.search(cell[3]))
            self.found.formulas[place] = self._kinds.kind(
                formula[2] or b"", shared[1] if shared else None, has_value=has_value
            )
