"""From the file's bytes to the cells of its sheets: by calamine where a survey of the XML lets it, else by ourselves.

calamine reserves the whole rectangle from the first to the last cell and copies a shared string for every cell that
names it. A sheet may therefore reach it only where neither comes to more than the file's own size suggests.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from io import BytesIO
from typing import Any, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from engine.ledger.headings.column import SheetColumns
from engine.ledger.package.faults import MEND, MissingPartError, TooLargeError, UnreadableWorkbook, UnsupportedXmlError
from engine.ledger.package.limits import MOST_CELLS, MOST_REPEATED_TEXT, MOST_STRINGS
from engine.ledger.package.masking import masked
from engine.ledger.package.shared_strings import SharedStrings
from engine.ledger.package.tables import WorkbookTable
from engine.ledger.package.text_folding import key_of
from engine.ledger.package.workbook_parts import WorkbookParts
from engine.ledger.package.zip_archive import ZipArchive
from engine.ledger.reading.number_formats import number_formats
from engine.ledger.reading.sheet_cache import SheetCache, fingerprint, packed, unpacked
from engine.ledger.reading.sheet_cells import SheetCells
from engine.ledger.reading.sheet_survey import NEAR_COLUMNS, NEAR_ROWS, SheetSurvey, survey
from engine.ledger.reading.streamed_cells import BookTexts, read_streamed

_STEP = 1 << 20
_INDEX = re.compile(rb"<v\b[^>]*>\s*\+?([0-9]+)\s*</v>")
_SHORTEST_CELL = len('<c r="A1" t="s"><v>0</v></c>')
_SPARSE = 4
"""Bytes for each cell of a rectangle past the near one, at the least: with fewer it is not reserved."""


ReadCells = Callable[[bytes, Iterable[SheetColumns]], dict[str, SheetCells]]
"""The cells of the wanted sheets that a workbook has, by the sheet's key. Raises UnreadableWorkbook."""
Parse = Callable[[bytes, Sequence[SheetColumns]], Mapping[str, bytes]]
"""The same with the cells packed, where another process parses them."""


class _SheetPart(NamedTuple):
    """One wanted sheet of the workbook."""

    name: str
    part: str
    table: WorkbookTable | None


def read_cells(data: bytes, wanted: Iterable[SheetColumns]) -> dict[str, SheetCells]:
    """The cells of the wanted sheets that the workbook has, by the sheet's key.

    Sheets are found by name, stray spaces and width aside. Raises UnreadableWorkbook for a fault of the file, and for
    two sheets of one wanted name.
    """
    book = _LazyBook(data)
    return {sheet.key: book.parse(part, sheet) for sheet, part in _wanted_parts(book.parts, wanted)}


def read_known(
    data: bytes, wanted: Iterable[SheetColumns], cache: SheetCache | None, elsewhere: Parse | None = None
) -> dict[str, SheetCells]:
    """As ``read_cells``; but a sheet whose parts have not changed comes from the cache, and is kept there when it has
    been parsed: here, or by ``elsewhere``, which is called once for all of them.
    """
    book = _LazyBook(data)
    there = _wanted_parts(book.parts, wanted)
    marks = {sheet.key: fingerprint(book.parts, *part) for sheet, part in there}
    stored = cache.get([*marks.values()]) if cache else {}
    known = {
        sheet.key: unpacked(stored[mark], part.name, part.table)
        for sheet, part in there
        if (mark := marks[sheet.key]) in stored
    }
    fresh = [sheet for sheet, _ in there if known.get(sheet.key) is None]
    parsed = elsewhere(data, fresh) if elsewhere and fresh else {}
    found = {}
    for sheet, part in there:
        cells = known.get(sheet.key)
        if cells is None:
            cells = _handed_over(parsed[sheet.key], part) if elsewhere else book.parse(part, sheet)
            if cache:
                cache.put(marks[sheet.key], parsed.get(sheet.key) or packed(cells))
        found[sheet.key] = cells
    return found


def _handed_over(stored: bytes, part: _SheetPart) -> SheetCells:
    """The cells that the other process packed. It is never parsed here instead: it may be what that process died of."""
    cells = unpacked(stored, part.name, part.table)
    if cells is None:
        raise ValueError(f"the cells of {part.part} were not handed over whole")
    return cells


def packed_cells(data: bytes, wanted: Iterable[SheetColumns]) -> dict[str, bytes]:
    """As ``read_cells``, each sheet packed: what a process sends that parses for another one."""
    book = _LazyBook(data)
    return {sheet.key: packed(book.parse(part, sheet)) for sheet, part in _wanted_parts(book.parts, wanted)}


def _wanted_parts(parts: WorkbookParts, wanted: Iterable[SheetColumns]) -> list[tuple[SheetColumns, _SheetPart]]:
    return [(sheet, part) for sheet in wanted if (part := _find(parts, sheet.name))]


def fields_missing(data: bytes, sheet: SheetColumns) -> tuple[str, ...]:
    """The fields whose headings the Excel table of a sheet lacks; none where there is no such table."""
    part = _find(WorkbookParts(ZipArchive(data)), sheet.name)
    if part is None or part.table is None:
        return ()
    there = set(map(key_of, part.table.headings))
    return tuple(column.field for column in sheet.columns if key_of(column.heading) not in there)


def _find(parts: WorkbookParts, name: str) -> _SheetPart | None:
    sheets = parts.worksheets
    if not sheets:
        raise UnreadableWorkbook("文件里没有工作表。请核对文件，或换用最近的备份。")
    alike = [name] if name in sheets else [shown for shown in sheets if key_of(shown) == name]
    if len(alike) > 1:
        raise UnreadableWorkbook(f"有 {len(alike)} 张工作表都叫「{name}」。请删除或改名，只留一张。")
    return _SheetPart(alike[0], sheets[alike[0]], _table(parts, sheets[alike[0]], name)) if alike else None


def _table(parts: WorkbookParts, sheet_part: str, name: str) -> WorkbookTable | None:
    """The table of this name on the sheet, or its only one. A book whose tables are broken is read without them."""
    try:
        tables = parts.tables(sheet_part)
    except (MissingPartError, UnsupportedXmlError):
        return None
    named = [table for table in tables if key_of(table.name) == name] or tables
    return named[0] if len(named) == 1 else None


class _LazyBook:
    """Opens the workbook in calamine only when a sheet must be parsed after all."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.parts = WorkbookParts(ZipArchive(data))

    def parse(self, part: _SheetPart, sheet: SheetColumns) -> SheetCells:
        """One sheet, by the way that is safe. Raises UnreadableWorkbook."""
        surveyed = survey(self._pieces(part.part), part.part)
        if self._is_safe(part, surveyed):
            try:
                return self._by_library(part, surveyed)
            except (OverflowError, ValueError):
                pass  # a number that its style shows as a time of no clock: read cell by cell
            except CalamineError as fault:
                raise UnreadableWorkbook(f"工作表「{part.name}」读不出来，文件可能已损坏。{MEND}") from fault
        return read_streamed(self._pieces(part.part), part.part, sheet, self._texts, part.table)

    def _pieces(self, part: str) -> Iterable[bytes]:
        return self.parts.archive.unpack(part, step=_STEP)

    def _is_safe(self, part: _SheetPart, surveyed: SheetSurvey) -> bool:
        longest = self._longest_text
        if not surveyed.is_regular or longest is None:
            return False
        if surveyed.area > min(MOST_CELLS, NEAR_ROWS * NEAR_COLUMNS + surveyed.size // _SPARSE):
            return False
        most_texts = surveyed.size // _SHORTEST_CELL
        return most_texts * longest <= MOST_REPEATED_TEXT or self._repeated(part) <= MOST_REPEATED_TEXT

    def _repeated(self, part: _SheetPart) -> int:
        """Bytes of the texts of all cells, were every cell to hold its own copy; never too few."""
        uses: Counter[bytes] = Counter()
        held = b""
        for piece in self._pieces(part.part):
            held += piece
            cut = held.rfind(b"<c ") + 1
            uses.update(_INDEX.findall(held[:cut]))
            held = held[cut:]
        uses.update(_INDEX.findall(held))
        sizes = self._strings.sizes()
        return sum(count * sizes[at] for index, count in uses.items() if (at := int(index)) < len(sizes))

    def _by_library(self, part: _SheetPart, surveyed: SheetSurvey) -> SheetCells:
        sheet = self._opened.get_sheet_by_name(part.name)
        rows: list[list[Any]] = sheet.to_python()
        first_row, first_column = sheet.start or (0, 0)
        _put_errors(rows, first_row, first_column, surveyed)
        cells = SheetCells.from_rows(
            part.name,
            rows,
            top_left=(first_row + 1, first_column),
            formulas=surveyed.formulas,
            table=part.table,
            date1904=self.parts.date1904,
        )
        return replace(cells, merged=tuple(surveyed.merged))

    @cached_property
    def _opened(self) -> CalamineWorkbook:
        if self.parts.styles:
            for _ in masked(self._pieces(self.parts.styles), self.parts.styles):
                pass  # only to be checked before calamine trusts it
        return CalamineWorkbook.from_filelike(BytesIO(self._data))

    @cached_property
    def _strings(self) -> SharedStrings:
        part = self.parts.shared_strings
        if part is None:
            return SharedStrings(None, "")
        if self.parts.archive.members[part].size > MOST_STRINGS:
            raise TooLargeError("文件里的文字异常庞大，不像正常的台账，已停止读取。请核对文件来源。", part)
        return SharedStrings(lambda: self._pieces(part), part)

    @cached_property
    def _longest_text(self) -> int | None:
        return self._strings.longest_if_plain()

    @cached_property
    def _texts(self) -> BookTexts:
        """What cells refer to, for the sheets that are read without calamine."""
        styles = self.parts.styles
        formats = number_formats(self.parts.archive.read(styles), styles) if styles else ()
        return BookTexts(self._strings.all_texts(), formats, self.parts.date1904)


def _put_errors(rows: list[list[Any]], first_row: int, first_column: int, surveyed: SheetSurvey) -> None:
    """Put error values back: calamine reads them as empty cells, which would hide them."""
    for (row, column), word in surveyed.errors.items():
        at, across = row - 1 - first_row, column - first_column
        if 0 <= at < len(rows) and 0 <= across < len(rows[at]):
            rows[at][across] = word
