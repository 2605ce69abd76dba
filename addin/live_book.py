"""The open book as second adapter of the ledger port: what staff see in Excel this very moment, saved or not."""

from collections.abc import Mapping, Sequence

import xlwings as xw

from addin import excel
from addin.excel import AddinError, Block
from addin.live_plan import Plan, View
from engine.facts.change import Change, NewRow, Value
from engine.ledger.cell_scan import Formula
from engine.ledger.column import SheetColumns
from engine.ledger.columns import BY_KEY, MATTERS
from engine.ledger.conversion import Conversion
from engine.ledger.directory import NO_UNITS
from engine.ledger.port import ApplyReport, Snapshot
from engine.ledger.reading import FACT_SHEETS, build_ledger
from engine.ledger.sheet_cells import SheetCells
from engine.ledger.sheet_table import locate
from engine.ledger.texts import key_of

_HEADING_ROWS = 20


class LiveBook:
    """One open workbook. ``read`` takes the sheets in whole; ``apply`` looks again, decides all, then writes all."""

    def __init__(self, book: xw.Book, sheets: Sequence[SheetColumns] = FACT_SHEETS) -> None:
        self.book = book
        self._wanted = sheets
        self._sheets = book.sheets
        self._engine = book.app.engine
        self._handles: dict[str, xw.Sheet] = {}

    def read(self) -> Snapshot:
        """The ledger as it stands in Excel. Raises UnreadableWorkbook, or AddinError when Excel does not answer."""
        cells: dict[str, SheetCells] = {}
        version = 0
        for columns in self._wanted:
            sheet = self._sheet(columns)
            if sheet is None:
                continue
            block = self._block(sheet)
            formulas = excel.read_formulas(sheet, block) if columns is MATTERS else frozenset()
            cells[columns.key] = _cells(columns.name, block, formulas)
            version = hash((version, columns.key, *map(tuple, block.rows)))
        return Snapshot(build_ledger(cells), f"{version:x}")

    def rows(self, columns: SheetColumns) -> tuple[Mapping[str, Value], ...]:
        """The rows of one sheet as values by field (短信记录, 操作日志); empty where the book has no such sheet."""
        sheet = self._sheet(columns)
        if sheet is None:
            return ()
        table = locate(_cells(columns.name, self._block(sheet), frozenset()), columns)
        values = Conversion(table, NO_UNITS).values
        return tuple(dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True))

    def apply(self, changes: Sequence[Change], rows: Sequence[NewRow]) -> ApplyReport:
        """Write cells and append rows, or nothing at all. Raises AddinError where the book or a sheet takes none."""
        excel.must_be_writable(self.book)
        plans = [
            self._plan(key, own_changes, own_rows) for key, (own_changes, own_rows) in _by_sheet(changes, rows).items()
        ]
        for plan in plans:
            plan.write(self._engine)
        return ApplyReport(
            tuple(change for plan in plans for change in plan.applied),
            tuple(dropped for plan in plans for dropped in plan.dropped),
            sum(len(plan.fresh) for plan in plans),
        )

    def _sheet(self, columns: SheetColumns) -> xw.Sheet | None:
        if columns.key not in self._handles:
            sheet = excel.find_sheet(self._sheets, columns.name)
            if sheet is None:
                return None
            self._handles[columns.key] = sheet
        return self._handles[columns.key]

    def _block(self, sheet: xw.Sheet) -> Block:
        try:
            return excel.read_block(sheet, self._engine)
        except excel.REFUSALS as refusal:
            raise AddinError("Excel 正忙，可能有单元格还在编辑。请按回车或 Esc 结束编辑，再点这个按钮。") from refusal

    def view(self, columns: SheetColumns) -> View:
        """One sheet, looked at anew. Raises AddinError where the sheet or its headings are missing."""
        sheet = self._sheet(columns)
        if sheet is None:
            raise AddinError(f"没有工作表「{columns.name}」。请恢复这张表（名称要一字不差），再点这个按钮。")
        block = self._block(sheet)
        headings = {key_of(column.heading): column.field for column in columns.columns}
        best: dict[str, int] = {}
        heading_row = 0
        for down, row in enumerate(block.rows[:_HEADING_ROWS]):
            found: dict[str, int] = {}
            for across, value in enumerate(row):
                field = headings.get(key_of(value)) if isinstance(value, str) else None
                if field:
                    found.setdefault(field, block.left + across)
            if len(found) > len(best):
                best, heading_row = found, block.top + down
        if len(best) < min(2, len(headings)):
            raise AddinError(f"工作表「{columns.name}」找不到表头。请恢复表头行，再点这个按钮。")
        return View(sheet, columns, block, heading_row, best)

    def _plan(self, key: str, changes: Sequence[Change], rows: Sequence[NewRow]) -> "Plan":
        view = self.view(BY_KEY[key])
        excel.must_take_changes(view.sheet, view.columns.name)
        plan = Plan(view)
        if changes:
            plan.take_changes(changes, excel.read_formulas(view.sheet, view.block))
        if rows:
            plan.take_rows(rows)
        return plan


def _cells(name: str, block: Block, formulas: frozenset[tuple[int, int]]) -> SheetCells:
    found = {(row, column - 1): Formula.ORDINARY for row, column in formulas}
    return SheetCells.from_rows(name, block.rows, first_row=block.top, first_column=block.left - 1, formulas=found)


def _by_sheet(changes: Sequence[Change], rows: Sequence[NewRow]) -> dict[str, tuple[list[Change], list[NewRow]]]:
    sheets: dict[str, tuple[list[Change], list[NewRow]]] = {}
    for change in changes:
        sheets.setdefault(change.place.sheet, ([], []))[0].append(change)
    for row in rows:
        sheets.setdefault(row.sheet, ([], []))[1].append(row)
    return sheets
