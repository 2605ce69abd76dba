"""One reading of a sheet's rows: where the rows concerned stand. Memory does not grow with the sheet."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from engine.ledger.patching.addresses import MAX_ROW, Range, column_letters, parse_range
from engine.ledger.patching.refusals import UnsupportedXmlError
from engine.ledger.patching.row_grammar import Grammar, Row, Shared
from engine.ledger.row_hash import cell_text

_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d{1,7})[\"']")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for: ``keys`` (by :func:`cell_text`) in ``key_column``, ``shared`` the indices at which they stand
    among the shared strings; ``rows`` by number; ``append`` is how many rows will be added at most. ``area`` is the
    table's without its totals row.
    """

    area: Range
    key_column: int | None
    keys: Collection[str]
    shared: Mapping[int, str]
    rows: Collection[int]
    append: int
    formulas: bool


@dataclass(slots=True)
class Found:
    """``keys`` are key → numbers of the rows that hold it, ``rows`` all rows that were looked for.

    For appending: ``last`` is the last row of the table that holds anything, ``blanks`` the blank rows that exist after
    it, ``obstacle`` the first row below the table that holds something within the table's columns, ``beyond`` the
    offset of the first row after those that will be filled.
    """

    header: Row | None = None
    rows: dict[int, Row] = field(default_factory=dict)
    keys: dict[str, list[int]] = field(default_factory=dict)
    last: Row | None = None
    blanks: list[Row] = field(default_factory=list)
    obstacle: int | None = None
    beyond: int | None = None
    arrays: list[Range] = field(default_factory=list)
    has_formulas: bool = False


class Scanner:
    """Looks at each row once, in order. Use as a visitor of :func:`read_sheet`."""

    def __init__(self, grammar: Grammar, wanted: Wanted) -> None:
        self.found = Found()
        self._grammar, self._wanted = grammar, wanted
        self._number = 0
        prefix = grammar.prefix
        column = column_letters(wanted.key_column) if wanted.key_column else ""
        self._key_open = b"<%bc r=\"%b%%d\"" % (prefix, column.encode())
        self._shared_key = re.compile(rb'(?: s="\d+")? t="s"><' + re.escape(prefix) + rb"v>(\d+)</")
        self._every_cell, self._addressed = b"<%bc" % prefix, b"<%bc r=\"" % prefix

    def visit(self, rows: list[bytes], position: int) -> int:
        """See :data:`RowVisitor`."""
        number, opening = self._number, len(self._grammar.row_open)
        first, last = self._wanted.area.first_row, self._wanted.area.last_row
        for data in rows:
            number = self._next_number(data, number)
            if b' ref="' in data:
                self._note_arrays(data)
            if first < number <= last:
                self._data_row(number, position, data)
            elif number > last:
                self._row_below(number, position, data)
            elif number == first:
                self.found.header = Row(self._grammar, number, position, data)
            position += opening + len(data)
        if self._wanted.formulas and not self.found.has_formulas:
            self.found.has_formulas = any(self._grammar.formula_open in data for data in rows)
        self._number = number
        return position

    def _next_number(self, data: bytes, before: int) -> int:
        if data.startswith(b' r="') and (written := data[4 : data.find(b'"', 4)]).isdigit():
            number = int(written)
        else:
            tag = self._grammar.row_tag.match(data)
            found = _ROW_NUMBER.search(tag[1]) if tag else None
            number = int(found[1]) if found else before + 1
        if not before < number <= MAX_ROW:
            raise UnsupportedXmlError("工作表的行序混乱，请在 Excel 中打开并另存一次", self._grammar.part)
        return number

    def _note_arrays(self, data: bytes) -> None:
        for formula in Row(self._grammar, 0, 0, data).formulas():
            if formula.get(b"t") in (b"array", b"dataTable") and b"ref" in formula:
                self.found.arrays.append(parse_range(formula[b"ref"].decode(), self._grammar.part))

    def _data_row(self, number: int, position: int, data: bytes) -> None:
        key = self._key(number, position, data) if self._wanted.keys else None
        if key is not None:
            self.found.keys.setdefault(key, []).append(number)
        if key is not None or number in self._wanted.rows:
            self.found.rows[number] = Row(self._grammar, number, position, data)
        if self._wanted.append:
            row = Row(self._grammar, number, position, data)
            if row.is_blank(self._wanted.area.first_column, self._wanted.area.last_column):
                self._blank(row)
            else:
                self.found.last, self.found.beyond = row, None
                self.found.blanks.clear()

    def _row_below(self, number: int, position: int, data: bytes) -> None:
        if not self._wanted.append or self.found.beyond is not None:
            return
        row = Row(self._grammar, number, position, data)
        if not row.is_blank(self._wanted.area.first_column, self._wanted.area.last_column):
            self.found.obstacle, self.found.beyond = number, position
        else:
            self._blank(row)

    def _blank(self, row: Row) -> None:
        """Keep a blank row that may be filled; the first one too far down only as a place to insert before."""
        start = self.found.last.number if self.found.last else self._wanted.area.first_row
        if row.number <= start + self._wanted.append:
            self.found.blanks.append(row)
        elif self.found.beyond is None:
            self.found.beyond = row.start

    def _key(self, number: int, position: int, data: bytes) -> str | None:
        """The wanted key that the row holds, if it holds one."""
        start = data.find(self._key_open % number)
        if start >= 0:
            shared = self._shared_key.match(data, data.index(b'"', start + len(self._addressed)) + 1)
            if shared:
                return self._wanted.shared.get(int(shared[1]))
        elif data.count(self._every_cell) == data.count(self._addressed):
            return None
        row = Row(self._grammar, number, position, data)
        cell = row.cells.get(self._wanted.key_column or 0)
        content = row.content(cell) if cell else None
        if isinstance(content, Shared):
            return self._wanted.shared.get(content.index)
        text = f"{content:.12g}" if isinstance(content, float) else cell_text(content)
        return text if text in self._wanted.keys else None
