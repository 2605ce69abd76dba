"""The cells of a sheet that no library may read: read row by row, in memory in proportion to its content.

Three to six times slower than the library, and needed only for sheets that are written in an unusual way, reach far
beyond their table, or hold what the library cannot take.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from engine.ledger.headings.column import SheetColumns
from engine.ledger.package.faults import TooLargeError
from engine.ledger.package.limits import MOST_CELLS
from engine.ledger.package.row_grammar import Content, Grammar, Shared, SheetCell, SheetRow, attributes_of, row_number
from engine.ledger.package.sheet_frame import RowVisitor, read_sheet
from engine.ledger.package.tables import WorkbookTable
from engine.ledger.package.text_folding import key_of
from engine.ledger.reading.formulas import Formula, FormulaKinds
from engine.ledger.reading.number_formats import NumberFormat
from engine.ledger.reading.sheet_cells import HEADING_ROWS, Cell, SheetCells
from engine.ledger.reading.sheet_survey import MOST_MERGED

_EPOCH_1900, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_LEAP_1900 = 60
"""Excel takes 1900 for a leap year: before this serial number its days are one behind."""


@dataclass(frozen=True)
class BookTexts:
    """What the cells of every sheet refer to: shared strings, and how each style shows a number."""

    texts: Sequence[str]
    formats: Sequence[NumberFormat]
    date1904: bool


def read_streamed(
    pieces: Iterable[bytes], part: str, sheet: SheetColumns, book: BookTexts, table: WorkbookTable | None
) -> SheetCells:
    """The columns that stand under one of the sheet's headings, and the rows that hold anything in them.

    Raises an UnreadableWorkbook for a part that is not well-formed, or holds more cells than any ledger.
    """
    rows: list[_Rows] = []

    def visitor(grammar: Grammar) -> RowVisitor:
        rows.append(_Rows(grammar, sheet, book))
        return rows[0].visit

    frame = read_sheet(pieces, part, visitor)
    found = rows[0] if rows else _Rows(Grammar(b"", part), sheet, book)
    merged = [one.attributes["ref"] for one in frame.tail if one.name == "mergeCell" and "ref" in one.attributes]
    return replace(found.cells(sheet.name, table), merged=tuple(merged[:MOST_MERGED]))


@dataclass
class _Rows:
    """The rows kept so far: all cells of the first ones, then only what stands under a heading."""

    grammar: Grammar
    sheet: SheetColumns
    book: BookTexts
    kept: dict[int, dict[int, Cell]] = field(default_factory=dict)
    formulas: dict[tuple[int, int], Formula] = field(default_factory=dict)
    wanted: frozenset[int] | None = None
    number: int = 0
    count: int = 0
    kinds: FormulaKinds = field(default_factory=FormulaKinds)

    def visit(self, block: bytes, position: int) -> None:
        """See ``RowVisitor``."""
        for data in block.split(self.grammar.row_open)[1:]:
            self.number = row_number(self.grammar, data, self.number)
            self._row(SheetRow(self.grammar, self.number, position, data))

    def _row(self, row: SheetRow) -> None:
        if row.number > HEADING_ROWS and self.wanted is None:
            self.wanted = self._under_headings()
        if not any(tag in row.data for tag in self.grammar.holds):
            return
        held: dict[int, Cell] = {}
        for column, cell in row.cells.items():
            if self.wanted is None or column in self.wanted:
                value = self._value(row, cell)
                if value is not None:
                    held[column] = value
        if held:
            self.kept[row.number] = held
            self.count += len(held)
            if self.count > MOST_CELLS:
                raise TooLargeError(f"工作表「{self.sheet.name}」内容异常庞大，已停止读取。请核对文件来源。")

    def _under_headings(self) -> frozenset[int]:
        if self.sheet.grid_rows:  # a form, whose cells are known by their address
            return frozenset(range(1, len(self.sheet.columns) + 1))
        headings = {key_of(column.heading) for column in self.sheet.columns}
        texts = ((at, value) for row in self.kept.values() for at, value in row.items() if isinstance(value, str))
        return frozenset(at for at, value in texts if key_of(value) in headings)

    def _value(self, row: SheetRow, cell: SheetCell) -> Cell:
        content = row.content(cell)
        attributes = cell.attributes if cell.tag else {}
        if b"<" in cell.body and (formula := self.grammar.formula.search(cell.body)):
            own = attributes_of(formula[1])
            text = self.grammar.formula_text(cell.body)
            has_value = content is not None or attributes.get(b"t") in (b"str", b"inlineStr")
            kind = self.kinds.kind(text, own.get(b"si"), has_value=has_value)
            self.formulas[row.number, cell.column - 1] = kind
        if isinstance(content, Shared):
            return self.book.texts[content.index] if content.index < len(self.book.texts) else "#REF!"
        return self._shown(content, attributes.get(b"s"))

    def _shown(self, content: Content, style: bytes | None) -> Cell:
        if isinstance(content, bool):
            return "TRUE" if content else "FALSE"
        if isinstance(content, float) and style and style.isdigit() and int(style) < len(self.book.formats):
            return shown_number(content, self.book.formats[int(style)], date1904=self.book.date1904)
        return None if isinstance(content, Shared) else content

    def cells(self, name: str, table: WorkbookTable | None) -> SheetCells:
        """All that was kept, column by column."""
        wanted = self._under_headings() if self.wanted is None else self.wanted
        kept = {number: row for number, row in self.kept.items() if not wanted.isdisjoint(row)}
        first, last = min(wanted, default=1), max(wanted, default=0)
        if len(kept) * (last - first + 1) > MOST_CELLS:
            raise TooLargeError(f"工作表「{name}」的列异常多，不像正常的台账，已停止读取。请核对文件来源。")
        columns = [
            [row.get(column) if column in wanted else None for row in kept.values()]
            for column in range(first, last + 1)
        ]
        return SheetCells(name, list(kept), columns, first - 1, self.formulas, table, self.book.date1904)


def shown_number(number: float, shown: NumberFormat, *, date1904: bool) -> Cell:
    """A number as its style shows it; as it stands where that style cannot show it."""
    if shown is NumberFormat.NUMBER or number < 0:
        return number
    try:
        if shown is NumberFormat.SPAN:
            return timedelta(milliseconds=round(number * 86_400_000))
        return _moment(number, date1904=date1904)
    except OverflowError:
        return number


def _moment(number: float, *, date1904: bool) -> datetime | date | time:
    """As the library gives it: a time below one day, a date at midnight. Raises OverflowError."""
    days = number if date1904 or number >= _LEAP_1900 else number + 1
    moment = (_EPOCH_1904 if date1904 else _EPOCH_1900) + timedelta(milliseconds=round(days * 86_400_000))
    if number < 1:
        return moment.time()
    return moment if moment.time() != time() else moment.date()
