"""One reading of a sheet's rows: where the rows concerned stand. Memory does not grow with the sheet."""

import re
from bisect import bisect, bisect_left
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, field
from itertools import pairwise, starmap
from operator import ge

from engine.ledger.package.addresses import Range, column_letters, parse_range
from engine.ledger.package.row_grammar import Grammar, Shared, SheetRow, row_number
from engine.ledger.package.row_hash import cell_text
from engine.ledger.package.text_content import plain_text

_NEAR = 1 << 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to find: ``keys`` (by :func:`cell_text`) in ``key_column``, ``shared`` the indices at which they stand
    among the shared strings, ``blank`` those of strings without content; ``rows`` by number. ``everywhere``: keys may
    stand in any row; otherwise only those of ``rows`` matter, which is quicker. ``append`` is how many rows will be
    added at most. ``area`` is the table's without its totals row; rows directly below it belong to it as far as
    ``reach``.
    """

    area: Range
    reach: int
    key_column: int | None
    keys: Collection[str]
    shared: Mapping[int, str]
    rows: Set[int]
    everywhere: bool
    append: int
    formulas: bool
    blank: Collection[int] = ()


@dataclass(slots=True)
class FoundRows:
    """``keys`` are key → numbers of the rows that hold it, ``rows`` all rows that were wanted. ``end`` is the table's
    last row, with those below it that belong to it.

    For appending: ``last`` is the last row of the table that holds anything, ``blanks`` the blank rows that exist after
    it, ``obstacle`` the first row below the table that holds something within the table's columns, ``beyond`` the
    offset of the first row after those that will be filled.
    """

    end: int
    header: SheetRow | None = None
    rows: dict[int, SheetRow] = field(default_factory=dict)
    keys: dict[str, list[int]] = field(default_factory=dict)
    last: SheetRow | None = None
    blanks: list[SheetRow] = field(default_factory=list)
    obstacle: int | None = None
    beyond: int | None = None
    arrays: list[Range] = field(default_factory=list)
    has_formulas: bool = False


class Scanner:
    """Visits each row once, in order. Use as a visitor of :func:`read_sheet`."""

    def __init__(self, grammar: Grammar, wanted: Wanted) -> None:
        self.found = FoundRows(wanted.area.last_row)
        self._grammar, self._wanted = grammar, wanted
        self._number = 0
        self._asked = sorted(wanted.rows)
        self._shared = {b"%d" % index: key for index, key in wanted.shared.items()}
        self._blank = {b"%d" % index for index in wanted.blank}
        column = column_letters(wanted.key_column) if wanted.key_column else ""
        prefix = re.escape(grammar.prefix)
        # Every row; and at the same stroke number and key, where the key stands in the first column as all programs
        # write it. The search begins at the letter that a sheet hardly has outside of “row”: twice as fast; so is
        # “(…|)” over “(…)?”.
        self._rows = re.compile(
            b'w(?<=<%brow)(?: r="(\\d{1,7})"[^<>]*><%bc r="%b\\d+"(?: s="\\d+"|)'
            b'(?: t="s"><%bv>(\\d+)<| t="inlineStr"><%bis><%bt[^<>]*>([^<]+)</%bt></)|)'
            % (*(prefix, prefix, column.encode()), *(prefix,) * 4)
        )
        self._small_letters = re.compile(b'<%bc r="[a-z]' % prefix)
        self._in_small_letters: bool | None = None  # a sheet is written by one program: the first rows decide
        self._key_open = b'<%bc r="%b%%d"' % (grammar.prefix, column.encode())
        self._every_cell, self._addressed = b"<%bc" % grammar.prefix, b'<%bc r="' % grammar.prefix

    def visit(self, block: bytes, position: int) -> None:
        """See :data:`RowVisitor`."""
        if self._in_small_letters is None:
            self._in_small_letters = self._small_letters.search(block) is not None
        if b"f" in block:  # quick to test, and a sheet without formulas hardly has the letter
            self._note_formulas(block)
        if self._in_small_letters or not (self._skim(block, position) or self._glance(block, position)):
            offset = position
            for data in block.split(self._grammar.row_open)[1:]:
                self._row(offset, data)
                offset += len(self._grammar.row_open) + len(data)

    def _skim(self, block: bytes, position: int) -> bool:
        """Handle a block of data rows by its first and last row and those wanted. False where keys may stand in every
        row, and for a block that is not one row after the other in usual form.
        """
        tag, last = len(self._grammar.row_open) - 1, block.rindex(self._grammar.row_open)
        first, final = self._rows.match(block, tag), self._rows.match(block, last + tag)
        if self._wanted.everywhere or not (first and first[1] and final and final[1]):
            return False
        top, bottom = int(first[1]), int(final[1])
        letters = len(block) - len(block.replace(b"w", b""))  # faster than to count
        if letters != 2 * (bottom - top + 1) or not self._follows(top, bottom):
            return False
        if final[2] in self._blank:
            return False
        # A row that is to be added may be there already, in a form that no program gives all its keys but the first and
        # the last row of the block: “inlineStr” or a formula.
        if self._wanted.append and (b"l" in block or b"f" in block):
            return False
        asked = self._asked[bisect_left(self._asked, top) : bisect(self._asked, bottom)]
        starts = [self._start(block, b"%d" % number, (number - top) / (bottom - top + 1)) for number in asked]
        if min(starts, default=0) < 0:
            return False
        for number, start in zip(asked, starts, strict=True):
            row = self._cut(block, number, start, position)
            self._note(row, self._key(row))
        self._end(block, bottom, last, position)
        return True

    def _glance(self, block: bytes, position: int) -> bool:
        """Handle a block of data rows at C speed. False where it holds rows to be parsed one by one: the heading row,
        blank rows, rows in unusual form.
        """
        spelled, indices, texts = zip(*self._rows.findall(block), strict=True)
        if not all(spelled) or indices[-1] in self._blank:
            return False
        numbers = [*map(int, spelled)]
        if any(starmap(ge, pairwise(numbers))) or not self._follows(numbers[0], numbers[-1]):
            return False
        keys = [*map(self._shared.get, indices)]
        if any(texts):
            keys = [self._inline(text) if text else key for key, text in zip(keys, texts, strict=True)]
        for at, key in enumerate(keys):
            if key or numbers[at] in self._wanted.rows:
                start = self._start(block, spelled[at], at / len(keys))
                self._note(self._cut(block, numbers[at], start, position), key)
        self._end(block, numbers[-1], block.rindex(self._grammar.row_open), position)
        return True

    def _end(self, block: bytes, number: int, start: int, position: int) -> None:
        """Note the last row of a block, which holds something."""
        self._number = number
        self._filled(SheetRow(self._grammar, number, position + start, block[start + len(self._grammar.row_open) :]))

    def _follows(self, first: int, last: int) -> bool:
        """Whether these rows lie among the data, after all rows seen."""
        return max(self._wanted.area.first_row, self._number) < first and last <= self._wanted.area.last_row

    def _start(self, block: bytes, number: bytes, share: float) -> int:
        """Where a row begins, -1 where there is none in usual form. Rows are about equally long: seldom is the whole
        block searched for one that is ``share`` of the way down.
        """
        tag = b'<%brow r="%b"' % (self._grammar.prefix, number)
        start = block.find(tag, max(int(len(block) * share) - _NEAR, 0))
        return start if start >= 0 else block.find(tag)

    def _note(self, row: SheetRow, key: str | None) -> None:
        """Keep a row that was wanted, with the key that it holds."""
        self.found.rows[row.number] = row
        if key is not None:
            self.found.keys.setdefault(key, []).append(row.number)

    def _inline(self, text: bytes) -> str | None:
        key = cell_text(plain_text(text))
        return key if key in self._wanted.keys else None

    def _cut(self, block: bytes, number: int, start: int, position: int) -> SheetRow:
        after = start + len(self._grammar.row_open)
        end = block.find(self._grammar.row_open, after)
        return SheetRow(self._grammar, number, position + start, block[after : end if end >= 0 else None])

    def _row(self, position: int, data: bytes) -> None:
        """Handle one row in whatever form."""
        area, number = self._wanted.area, row_number(self._grammar, data, self._number)
        self._number = number
        row = SheetRow(self._grammar, number, position, data)
        if number == area.first_row:
            self.found.header = row
        elif area.first_row < number <= area.last_row or self._follows_on(row):
            key = self._key(row)
            if key is not None or number in self._wanted.rows:
                self._note(row, key)
            if self._wanted.append:
                self._end_row(row)
        elif number > area.last_row and self._wanted.append and self.found.beyond is None:
            self._row_below(row)

    def _follows_on(self, row: SheetRow) -> bool:
        """Whether a row below the table stands there without a gap, and is within reach: people go on typing where no
        program makes the table grow.
        """
        if row.number != self.found.end + 1 or row.number > self._wanted.reach:
            return False
        if self._is_blank(row):
            return False
        self.found.end = row.number
        return True

    def _note_formulas(self, block: bytes) -> None:
        if self._wanted.formulas and not self.found.has_formulas:
            self.found.has_formulas = self._grammar.formula_open in block
        for formula in self._grammar.formulas(block) if b"ref" in block else ():
            if formula.get(b"t") in (b"array", b"dataTable") and b"ref" in formula:
                self.found.arrays.append(parse_range(formula[b"ref"].decode(), self._grammar.part))

    def _end_row(self, row: SheetRow) -> None:
        """Note the last row of the table that holds anything, and the blank ones after it."""
        if self._is_blank(row):
            self._note_blank(row)
        else:
            self._filled(row)

    def _filled(self, row: SheetRow) -> None:
        self.found.last, self.found.beyond = row, None
        self.found.blanks.clear()

    def _row_below(self, row: SheetRow) -> None:
        if self._is_blank(row):
            self._note_blank(row)
        else:
            self.found.obstacle, self.found.beyond = row.number, row.start

    def _is_blank(self, row: SheetRow) -> bool:
        return row.is_blank(self._wanted.area.first_column, self._wanted.area.last_column, self._wanted.blank)

    def _note_blank(self, row: SheetRow) -> None:
        """Keep a blank row that may be filled; the first one too far down only as a place to insert before."""
        start = self.found.last.number if self.found.last else self._wanted.area.first_row
        if row.number <= start + self._wanted.append:
            self.found.blanks.append(row)
        elif self.found.beyond is None:
            self.found.beyond = row.start

    def _is_addressed(self, row: SheetRow) -> bool:
        return row.data.count(self._every_cell) == row.data.count(self._addressed)

    def _key(self, row: SheetRow) -> str | None:
        """The wanted key that a row holds in whatever form, if it holds one."""
        if not self._wanted.keys:
            return None
        usual = self._key_open % row.number in row.data
        if not (usual or self._in_small_letters) and self._is_addressed(row):
            return None
        cell = row.cell(self._wanted.key_column or 0)
        content = row.content(cell) if cell else None
        if isinstance(content, Shared):
            return self._wanted.shared.get(content.index)
        text = f"{content:.12g}" if isinstance(content, float) else cell_text(content)
        return text if text in self._wanted.keys else None
