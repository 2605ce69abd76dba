"""The open book as adapter of two ports, the ledger's and the buttons': what staff see in Excel now, saved or not."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import xlwings as xw

from addin import excel
from addin.excel import Formulas
from addin.faults import AddinError
from addin.live_plan import LivePlan, Patch, Shown, set_table_end
from addin.session_book import Made
from addin.view import Block, View, no_sheet, runs, view_of
from engine.facts.change import Change, NewRow, Value
from engine.ledger.file.operation_log import Appended
from engine.ledger.file.port import ApplyReport, Snapshot
from engine.ledger.headings.column import SheetColumns
from engine.ledger.headings.columns import BY_KEY, MATTERS, OPERATIONS
from engine.ledger.package.text_folding import key_of
from engine.ledger.reading.conversion import Conversion
from engine.ledger.reading.directory import NO_UNITS
from engine.ledger.reading.forms import FormCells, form_cells
from engine.ledger.reading.ledger import FACT_SHEETS, build_ledger
from engine.ledger.reading.sheet_cells import SheetCells
from engine.ledger.reading.sheet_table import locate


class LiveBook:
    """One open workbook. ``read`` reads whole sheets; ``apply`` reads anew, decides every cell, then writes."""

    def __init__(
        self, book: xw.Book, sheets: Sequence[SheetColumns] = FACT_SHEETS, *, sees_formulas: bool = True
    ) -> None:
        self.book = book
        self._wanted = sheets
        self._sees_formulas = sees_formulas
        self._sheets = book.sheets
        self._engine = book.app.engine
        self._handles: dict[str, xw.Sheet | None] = {}
        self._by_name: dict[str, xw.Sheet] = {}
        self._cells: dict[str, SheetCells] = {}
        self._hashes: dict[str, int] = {}
        self._fresh: dict[str, tuple[Block, Formulas]] = {}
        self.appended: tuple[Appended, ...] = ()
        self.replaced: tuple[Change, ...] = ()
        self._is_writable = False
        self._taking: set[str] = set()

    @property
    def path(self) -> Path:
        """The path from which Excel opened the book."""
        return Path(self.book.fullname)

    def read(self) -> Snapshot:
        """The ledger as it stands in Excel. Raises UnreadableWorkbook, or AddinError when Excel does not answer."""
        snapshot = self.reread(columns.key for columns in self._wanted)
        self._fresh.clear()  # people may type before anything is written
        return snapshot

    def reread(self, keys: Iterable[str]) -> Snapshot:
        """The same for the sheets of these keys only. Nobody else writes before the ``apply`` after it."""
        wanted = set(keys)
        for columns in self._wanted:
            if columns.key not in wanted:
                continue
            sheet = self._sheet(columns)
            if sheet is None:
                self._cells.pop(columns.key, None)
                continue
            block = self._block(sheet)
            formulas: Formulas = {}
            if columns is MATTERS or self._sees_formulas:
                formulas = excel.read_formulas(sheet, block)
                self._fresh[columns.key] = block, formulas
            cells = _cells(columns.name, block, formulas)
            if columns is MATTERS and self._sees_formulas:
                cells = replace(cells, merged=excel.merged_blocks(sheet, block))
            self._cells[columns.key] = cells
            self._hashes[columns.key] = hash(tuple(map(tuple, block.rows)))
        return Snapshot(build_ledger(self._cells), f"{hash(tuple(self._hashes.items())):x}")

    def rows(self, columns: SheetColumns) -> tuple[Mapping[str, Value], ...]:
        """The rows of one sheet as values by field (短信记录, 操作日志); empty where the book has no such sheet."""
        sheet = self._sheet(columns)
        if sheet is None:
            return ()
        table = locate(_cells(columns.name, self._block(sheet), {}), columns)
        values = Conversion(table, NO_UNITS).values
        return tuple(dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True))

    def form(self, columns: SheetColumns) -> FormCells | None:
        """What a form shows; ``None`` in a book that does not have it."""
        sheet = self._sheet(columns)
        return None if sheet is None else form_cells(_cells(columns.name, self._block(sheet), {}))

    def apply(self, changes: Sequence[Change], rows: Sequence[NewRow]) -> ApplyReport:
        """Write cells and append rows, or nothing at all. Raises AddinError where the book or a sheet takes none."""
        self.replaced, self.appended = (), ()
        self._must_be_writable()
        plans = [
            self._plan(key, own_changes, own_rows) for key, (own_changes, own_rows) in _by_sheet(changes, rows).items()
        ]
        self._fresh.clear()
        self._write(
            [shown for plan in plans for shown in plan.formats()], [p for plan in plans for p in plan.patches()]
        )
        self.replaced = tuple(change for plan in plans for change in plan.replaced)
        self.appended = tuple(
            Appended(plan.view.columns, plan.added[0], tuple(plan.fresh)) for plan in plans if plan.fresh
        )
        self._finish(plans)
        return ApplyReport(
            tuple(change for plan in plans for change in plan.applied),
            tuple(dropped for plan in plans for dropped in plan.dropped),
            sum(len(plan.fresh) for plan in plans),
        )

    def _write(self, formats: Sequence[Shown], patches: Sequence[Patch]) -> None:
        """Write all rectangles, or put back those already written when Excel refuses one. Number formats come first:
        in a cell formatted as text Excel would keep a number as text.
        """
        written: list[Patch] = []
        try:
            for shown in formats:
                excel.show_as(shown.sheet, (shown.top, shown.left), (shown.bottom, shown.right), shown.code)
            for patch in patches:
                written.append(patch)
                excel.write_block(patch.sheet, self._engine, patch.top, patch.left, patch.new)
        except excel.REFUSALS as refusal:
            for patch in reversed(written):
                with suppress(*excel.REFUSALS):
                    excel.write_block(patch.sheet, self._engine, patch.top, patch.left, patch.old)
            raise AddinError("Excel 没有接受改动，已恢复原样。请结束单元格编辑，再点这个按钮。") from refusal

    @staticmethod
    def _finish(plans: Sequence[LivePlan]) -> None:
        for plan in plans:
            try:
                plan.finish()
            except excel.REFUSALS as refusal:
                name = plan.view.columns.name
                raise AddinError(
                    f"工作表「{name}」的表格不能向下延长，下面可能有别的表格或合并的单元格。请移开后，再点这个按钮。"
                ) from refusal

    def _sheet(self, columns: SheetColumns) -> xw.Sheet | None:
        if columns.key not in self._handles:
            found = excel.find_sheet(self._sheets, columns.name)
            if found is None and columns is not OPERATIONS:  # its name is the program's own: nobody types it
                self._by_name = self._by_name or excel.sheets_by_key(self._sheets)
                found = self._by_name.get(key_of(columns.name))
            self._handles[columns.key] = found
        return self._handles[columns.key]

    def _block(self, sheet: xw.Sheet) -> Block:
        try:
            return excel.read_block(sheet, self._engine)
        except excel.REFUSALS as refusal:
            raise AddinError(excel.BUSY) from refusal

    def view(self, columns: SheetColumns) -> View:
        """One sheet, read anew. Raises AddinError where the sheet or its headings are missing."""
        return self._view(columns)[0]

    def _view(self, columns: SheetColumns) -> tuple[View, xw.Sheet]:
        sheet = self._sheet(columns)
        if sheet is None:
            raise no_sheet(columns)
        block = self._fresh[columns.key][0] if columns.key in self._fresh else self._block(sheet)
        return view_of(columns, block), sheet

    def rewrite(self, columns: SheetColumns, rows: Sequence[Mapping[str, Value]]) -> None:
        """Replace everything below the headings of a machine-owned sheet (校验结果, 短信记录 after archiving)."""
        self._must_be_writable()
        view, sheet = self._view(columns)
        self._check_writable(sheet, columns)
        count = max(len(rows), len(view.data_rows()), 1)
        blank: Mapping[str, Value] = {}
        padded = [*rows, *[blank] * (count - len(rows))]
        fields = {column: field for field, column in view.where.items()}
        for left, right in runs(sorted(fields)):
            block = [[row.get(fields[column]) for column in range(left, right + 1)] for row in padded]
            excel.write_block(sheet, self._engine, view.heading_row + 1, left, block)
        set_table_end(sheet, columns.name, view.heading_row + max(len(rows), 1))

    def holds(self, columns: SheetColumns) -> bool:
        """Whether the book has that sheet."""
        return self._sheet(columns) is not None

    def selected_rows(self, columns: SheetColumns) -> Collection[int]:
        """The rows that are selected on that sheet. Raises AddinError, stating how to select."""
        return excel.selected_rows(self.book, columns.name)

    def save(self) -> None:
        """Save the book where it stands. Raises AddinError where Excel cannot."""
        excel.save(self.book)

    def save_unattended(self) -> None:
        """Nothing: whoever has the book open saves it when they like."""

    def lend(self, work: Callable[[Path], Made]) -> Made:
        """Save and close the book, let ``work`` have its file, and open it again, whatever became of it."""
        self._must_be_writable()
        return excel.lent(self.book, work)

    def show(self, columns: SheetColumns) -> None:
        """Bring a sheet to the front."""
        sheet = self._sheet(columns)
        if sheet is not None:
            excel.bring_up(sheet)

    def go_to(self, columns: SheetColumns, row: int) -> None:
        """Bring a row of a sheet to the front, selected."""
        sheet = self._sheet(columns)
        if sheet is not None:
            excel.go_to(sheet, row)

    def remove(self, columns: SheetColumns, first_row: int, count: int) -> None:
        """Take rows out of a sheet's table; what stands below moves up. The table's only row is emptied instead."""
        self._must_be_writable()
        view, sheet = self._view(columns)
        self._check_writable(sheet, columns)
        left, right = min(view.where.values()), max(view.where.values())
        rows = sheet.range((first_row, left), (first_row + count - 1, right))
        if view.heading_row + count >= view.last_row():
            rows.clear_contents()
            set_table_end(sheet, columns.name, view.heading_row + 1)
        else:
            rows.delete("up")

    def check_writable(self, columns: SheetColumns) -> None:
        """Raises AddinError where the book, or that sheet of it, takes no changes now; one still to be made does."""
        self._must_be_writable()
        sheet = self._sheet(columns)
        if sheet is not None:
            self._check_writable(sheet, columns)

    def _check_writable(self, sheet: xw.Sheet, columns: SheetColumns) -> None:
        if columns.key not in self._taking:
            excel.check_writable(sheet, columns.name)
            self._taking.add(columns.key)

    def _must_be_writable(self) -> None:
        if not self._is_writable:
            excel.must_be_writable(self.book)
            self._is_writable = True

    def make_log(self) -> None:
        """Give an older book the sheet 操作日志, as an Excel table where its name is still free."""
        if self._sheet(OPERATIONS) is not None:
            return
        sheet = excel.add_sheet(self._sheets, OPERATIONS.name)
        headings = [column.heading for column in OPERATIONS.columns]
        excel.write_block(sheet, self._engine, 1, 1, [headings])
        with suppress(*excel.REFUSALS):
            sheet.tables.add(sheet.range((1, 1), (2, len(headings))), name=OPERATIONS.name)
        excel.widen(sheet, OPERATIONS)
        self._handles[OPERATIONS.key] = sheet

    def _plan(self, key: str, changes: Sequence[Change], rows: Sequence[NewRow]) -> "LivePlan":
        view, sheet = self._view(BY_KEY[key])
        self._check_writable(sheet, view.columns)
        plan = LivePlan(view, sheet)
        if changes:
            fresh = self._fresh.get(key)
            plan.plan_changes(changes, fresh[1] if fresh else excel.read_formulas(sheet, view.block))
        if rows:
            plan.plan_rows(rows)
        return plan


def _cells(name: str, block: Block, formulas: Formulas) -> SheetCells:
    found = {(row, column - 1): sort for (row, column), sort in formulas.items()}
    return SheetCells.from_rows(name, block.rows, top_left=(block.top, block.left - 1), formulas=found)


def _by_sheet(changes: Sequence[Change], rows: Sequence[NewRow]) -> dict[str, tuple[list[Change], list[NewRow]]]:
    sheets: dict[str, tuple[list[Change], list[NewRow]]] = {}
    for change in changes:
        sheets.setdefault(change.place.sheet, ([], []))[0].append(change)
    for row in rows:
        sheets.setdefault(row.sheet, ([], []))[1].append(row)
    return sheets
