"""From the file's bytes to the cells of its sheets: calamine for values, a small look at the XML for the rest."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from engine.ledger.headings.column import SheetColumns
from engine.ledger.reading.cell_scan import Scan, scan
from engine.ledger.reading.container import Container, UnreadableWorkbook, open_container
from engine.ledger.reading.package import Package, SheetPart, TableSpan, look
from engine.ledger.reading.sheet_cache import SheetCache, fingerprint
from engine.ledger.reading.sheet_cells import SheetCells
from engine.ledger.reading.texts import key_of


def read_cells(data: bytes, wanted: Iterable[SheetColumns], cache: SheetCache | None = None) -> dict[str, SheetCells]:
    """The cells of the wanted sheets that the workbook has, by the sheet's key.

    Sheets are found by name, stray spaces and width aside. One whose parts have not changed comes from the cache and
    is not parsed. Raises UnreadableWorkbook for a fault of the file, and for two sheets of one wanted name.
    """
    container = open_container(data)
    package = look(container)
    book = _LazyBook(container, package)
    found = {}
    for sheet in wanted:
        part = _find(package, sheet.name)
        if part:
            found[sheet.key] = _sheet(book, part, _table(part, sheet.name), cache)
    return found


def fields_missing(data: bytes, sheet: SheetColumns) -> tuple[str, ...]:
    """The fields whose headings the Excel table of a sheet lacks; none where there is no such table to ask."""
    package = look(open_container(data))
    part = _find(package, sheet.name)
    table = _table(part, sheet.name) if part else None
    if table is None:
        return ()
    there = set(map(key_of, table.headings))
    return tuple(column.field for column in sheet.columns if key_of(column.heading) not in there)


def _find(package: Package, name: str) -> SheetPart | None:
    exact = [sheet for sheet in package.sheets if sheet.name == name]
    alike = exact or [sheet for sheet in package.sheets if key_of(sheet.name) == name]
    if len(alike) > 1:
        raise UnreadableWorkbook(f"有 {len(alike)} 张工作表都叫「{name}」。请删除或改名，只留一张。")
    return alike[0] if alike else None


def _table(part: SheetPart, name: str) -> TableSpan | None:
    for table in part.tables:
        if key_of(table.name) == name:
            return table
    return part.tables[0] if len(part.tables) == 1 else None


def _sheet(book: "_LazyBook", part: SheetPart, table: TableSpan | None, cache: SheetCache | None) -> SheetCells:
    if cache is None:
        return book.parse(part, table)
    mark = fingerprint(book.container, book.package, part)
    cells = cache.load(mark, part.name, table)
    if cells is None:
        cells = book.parse(part, table)
        cache.store(mark, cells)
    return cells


class _LazyBook:
    """Opens the workbook in calamine only when a sheet must be parsed after all."""

    def __init__(self, container: Container, package: Package) -> None:
        self.container = container
        self.package = package
        self._book: CalamineWorkbook | None = None

    def parse(self, part: SheetPart, table: TableSpan | None) -> SheetCells:
        scanned = scan(self.container.pieces(part.part))
        try:
            sheet = self._opened().get_sheet_by_name(part.name)
            rows: list[list[Any]] = sheet.to_python()
        except CalamineError as fault:
            raise UnreadableWorkbook(
                f"工作表「{part.name}」读不出来，文件可能已损坏。请用 Excel 打开并修复后另存为 .xlsx。"
            ) from fault
        first_row, first_column = sheet.start or (0, 0)
        _put_errors(rows, first_row, first_column, scanned)
        return SheetCells.from_rows(
            part.name,
            rows,
            first_row=first_row + 1,
            first_column=first_column,
            formulas=scanned.formulas,
            table=table,
            date1904=self.package.date1904,
        )

    def _opened(self) -> CalamineWorkbook:
        if self._book is None:
            for part in self.package.shared:
                for _ in self.container.pieces(part):
                    pass  # only to be checked before calamine trusts it
            self._book = CalamineWorkbook.from_filelike(BytesIO(self.container.data))
        return self._book


def _put_errors(rows: list[list[Any]], first_row: int, first_column: int, scanned: Scan) -> None:
    """Put error values back: calamine reads them as empty cells, which would hide them."""
    for (row, column), word in scanned.errors.items():
        at, across = row - 1 - first_row, column - first_column
        if 0 <= at < len(rows) and 0 <= across < len(rows[at]):
            rows[at][across] = word
