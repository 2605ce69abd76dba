"""One reading of a sheet's rows: where the rows concerned stand. Memory does not grow with the sheet."""

import re
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, field
from itertools import pairwise, starmap
from operator import ge

from engine.ledger.patching.addresses import MAX_ROW, Range, column_letters, parse_range
from engine.ledger.patching.refusals import UnsupportedXmlError
from engine.ledger.patching.row_grammar import Grammar, Row, Shared
from engine.ledger.patching.values import plain_text
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
    rows: Set[int]
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
        self._shared = {b"%d" % index: key for index, key in wanted.shared.items()}
        column = column_letters(wanted.key_column) if wanted.key_column else ""
        prefix = re.escape(grammar.prefix)
        # Every row; and at the same stroke number and key, where the key stands in the first column as all programs
        # write it. The search begins at the letter that a sheet hardly has outside of “row”: twice as fast.
        self._rows = re.compile(
            b'w(?<=<%brow)(?: r="(\\d{1,7})"([^<>]*)><%bc r="%b\\d+"(?: s="\\d+")?'
            b'(?: t="s"><%bv>(\\d+)<| t="inlineStr"><%bis><%bt[^<>]*>([^<]*)</%bt></))?'
            % (*(prefix, prefix, column.encode()), *(prefix,) * 4)
        )
        self._key_open = b'<%bc r="%b%%d"' % (grammar.prefix, column.encode())
        self._every_cell, self._addressed = b"<%bc" % grammar.prefix, b'<%bc r="' % grammar.prefix

    def visit(self, block: bytes, position: int) -> None:
        """See :data:`RowVisitor`."""
        rows = self._rows.findall(block)
        # An array's range has a colon; where the only ones are those of the rows' own tags, none need be looked for.
        colons = len(block) - len(block.replace(b":", b""))  # faster than to count
        if colons != sum(row[1].count(b":") for row in rows) and b' ref="' in block:
            self._note_arrays(block)
        if self._wanted.formulas and not self.found.has_formulas:
            self.found.has_formulas = self._grammar.formula_open in block
        if not self._glance(block, position, rows):
            offset = position
            for data in block.split(self._grammar.row_open)[1:]:
                self._row(offset, data)
                offset += len(self._grammar.row_open) + len(data)

    def _glance(self, block: bytes, position: int, rows: list[tuple[bytes, ...]]) -> bool:
        """Deal with a block of data rows at C speed. False where it holds rows to be looked at one by one: the heading
        row, blank rows, rows asked for by number, rows in unusual form.
        """
        numbers = [int(row[0]) for row in rows if row[0]]
        area, wanted = self._wanted.area, self._wanted.rows
        if len(numbers) < len(rows) or not area.first_row < numbers[0] or numbers[-1] > area.last_row:
            return False
        if not self._number < numbers[0] or any(starmap(ge, pairwise(numbers))) or not wanted.isdisjoint(numbers):
            return False
        start = 0
        for number, _, index, text in rows:
            key = self._shared.get(index, "") if index else cell_text(plain_text(text))
            if key in self._wanted.keys:
                start = block.index(b'<%brow r="%b"' % (self._grammar.prefix, number), start)
                self._hit(key, self._cut(block, int(number), start, position))
        self._number = numbers[-1]
        row = self._cut(block, self._number, block.rindex(self._grammar.row_open), position)
        self._filled(row)
        return True

    def _cut(self, block: bytes, number: int, start: int, position: int) -> Row:
        after = start + len(self._grammar.row_open)
        end = block.find(self._grammar.row_open, after)
        return Row(self._grammar, number, position + start, block[after : end if end >= 0 else None])

    def _hit(self, key: str, row: Row) -> None:
        self.found.keys.setdefault(key, []).append(row.number)
        self.found.rows[row.number] = row

    def _row(self, position: int, data: bytes) -> None:
        """Look at one row in whatever form."""
        area, number = self._wanted.area, self._next_number(data, self._number)
        if not self._number < number <= MAX_ROW:
            raise UnsupportedXmlError("工作表的行序混乱，请在 Excel 中打开并另存一次", self._grammar.part)
        self._number = number
        row = Row(self._grammar, number, position, data)
        if number == area.first_row:
            self.found.header = row
        elif area.first_row < number <= area.last_row:
            key = self._key(row)
            if key is not None:
                self._hit(key, row)
            elif number in self._wanted.rows:
                self.found.rows[number] = row
            if self._wanted.append:
                self._end_row(row)
        elif number > area.last_row and self._wanted.append and self.found.beyond is None:
            self._row_below(row)

    def _next_number(self, data: bytes, before: int) -> int:
        tag = self._grammar.row_tag.match(data)
        found = _ROW_NUMBER.search(tag[1]) if tag else None
        return int(found[1]) if found else before + 1

    def _note_arrays(self, block: bytes) -> None:
        for formula in self._grammar.formulas(block):
            if formula.get(b"t") in (b"array", b"dataTable") and b"ref" in formula:
                self.found.arrays.append(parse_range(formula[b"ref"].decode(), self._grammar.part))

    def _end_row(self, row: Row) -> None:
        """Note the last row of the table that holds anything, and the blank ones after it."""
        if row.is_blank(self._wanted.area.first_column, self._wanted.area.last_column):
            self._blank(row)
        else:
            self._filled(row)

    def _filled(self, row: Row) -> None:
        self.found.last, self.found.beyond = row, None
        self.found.blanks.clear()

    def _row_below(self, row: Row) -> None:
        if row.is_blank(self._wanted.area.first_column, self._wanted.area.last_column):
            self._blank(row)
        else:
            self.found.obstacle, self.found.beyond = row.number, row.start

    def _blank(self, row: Row) -> None:
        """Keep a blank row that may be filled; the first one too far down only as a place to insert before."""
        start = self.found.last.number if self.found.last else self._wanted.area.first_row
        if row.number <= start + self._wanted.append:
            self.found.blanks.append(row)
        elif self.found.beyond is None:
            self.found.beyond = row.start

    def _key(self, row: Row) -> str | None:
        """The wanted key that a row holds in whatever form, if it holds one."""
        if not self._wanted.keys:
            return None
        addressed = row.data.count(self._every_cell) == row.data.count(self._addressed)
        if addressed and self._key_open % row.number not in row.data:
            return None
        cell = row.cell(self._wanted.key_column or 0)
        content = row.content(cell) if cell else None
        if isinstance(content, Shared):
            return self._wanted.shared.get(content.index)
        text = f"{content:.12g}" if isinstance(content, float) else cell_text(content)
        return text if text in self._wanted.keys else None
