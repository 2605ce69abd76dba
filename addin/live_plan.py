"""The plan for one sheet of the open book: every change judged, every new row placed, before anything is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

import xlwings as xw

from addin import excel
from addin.excel import Formulas
from addin.faults import AddinError
from addin.view import View, as_value, runs, same_value
from engine.facts.change import Change, NewRow, Value
from engine.ledger.headings.column import SheetColumns
from engine.ledger.package.addresses import column_letters
from engine.ledger.package.row_hash import CellValue
from engine.ledger.patching.decision import decide, key_field_of, rows_below, rows_to_add, table_end
from engine.ledger.patching.refusals import FormulaError, ValueRefusedError
from engine.ledger.patching.report import Dropped
from engine.ledger.patching.values import as_text


class Patch(NamedTuple):
    """One rectangle to write, and what stands there, should a later one fail."""

    sheet: xw.Sheet
    top: int
    left: int
    new: Sequence[Sequence[object]]
    old: Sequence[Sequence[object]]


class Shown(NamedTuple):
    """One rectangle of 机 cells, and the number format in which they are written."""

    sheet: xw.Sheet
    top: int
    left: int
    bottom: int
    right: int
    code: str


class _OpenSheet:
    """The sheet as it stands in Excel, for the decision."""

    def __init__(self, view: View, formulas: Formulas) -> None:
        self._view, self._formulas = view, formulas
        field = key_field_of(view.columns.key, ())
        self._rows = view.rows_by(field) if field else {}

    @property
    def columns(self) -> SheetColumns:
        return self._view.columns

    def rows_with(self, key: str) -> Sequence[int]:
        return self._rows.get(key, [])

    def has_row(self, row: int) -> bool:
        return row in self._view.data_rows()

    def row_hash(self, row: int) -> str:
        return self._view.row_hash(row)

    def column(self, field: str) -> int | None:
        return self._view.where.get(field)

    def held(self, row: int, column: int) -> CellValue:
        return self._view.block.cell(row, column)

    def same(self, value: Value, held: CellValue) -> bool:
        return same_value(value, held)

    def check_value(self, row: int, column: int, value: Value) -> None:
        try:
            as_text(value if isinstance(value, str) else "")
        except ValueRefusedError as refusal:
            cell = f"{self._view.columns.name}!{column_letters(column)}{row}"
            raise ValueRefusedError(refusal.sentence, cell=cell) from refusal

    def check_cell(self, row: int, column: int) -> None:
        if (row, column) in self._formulas:
            raise FormulaError("单元格里是公式，不能覆盖")


class LivePlan:
    """The writes to one sheet, decided before anything is written."""

    def __init__(self, view: View, sheet: xw.Sheet) -> None:
        self.view, self._sheet = view, sheet
        self.applied: list[Change] = []
        self.replaced: list[Change] = []
        self.dropped: list[Dropped] = []
        self.fresh: list[NewRow] = []
        self.added = range(0)
        self._formulas: Formulas = {}
        self._written: Mapping[tuple[int, int], Change] = {}
        self._cells: dict[tuple[int, int], Value] = {}

    def plan_changes(self, changes: Sequence[Change], formulas: Formulas) -> None:
        """Judge each change by what its cell holds now."""
        self._formulas = formulas
        decision = decide(_OpenSheet(self.view, formulas), changes, drop_refused=True)
        self.applied += decision.applied
        self.dropped += decision.dropped
        self._written = decision.written
        for place, change in decision.written.items():
            self._cells[place] = change.new
            self.replaced.append(replace(change, old=as_value(self.view.block.cell(*place))))

    def plan_rows(self, rows: Sequence[NewRow]) -> None:
        """Leave out the rows that stand there already, by their key. Raises AddinError for a missing column."""
        present = {field: self.view.rows_by(field) for field in {row.key_field for row in rows} if field}
        self.fresh = rows_to_add(rows, present.__getitem__)
        for row in self.fresh:
            missing = [name for name in row.values if name not in self.view.where]
            if missing:
                heading = self.view.columns.heading(missing[0])
                raise AddinError(f"工作表「{self.view.columns.name}」缺少列「{heading}」。请从模板恢复，再点这个按钮。")
        self.added = rows_below(self.view.last_row(), len(self.fresh))

    def patches(self) -> list[Patch]:
        """Everything to be written: runs in changed columns, then the new rows, a block a stretch of columns."""
        return [*self._cell_patches(), *self._row_patches()]

    def formats(self) -> Iterable[Shown]:
        """The 机 cells to be written whose number format is not seen to be their column's, a rectangle for neighbours.

        A new row has the formats that Excel gives the rows of a table.
        """
        columns: dict[str, list[int]] = {}
        for column in self.view.columns.columns:
            if column.machine_format and column.field in self.view.where:
                columns.setdefault(column.machine_format, []).append(self.view.where[column.field])
        for code, numbers in columns.items():
            for left, right in runs(sorted(numbers)):
                cells = ((row, column) for row, column in self._cells if left <= column <= right)
                rows = [cell[0] for cell in cells if not _has_format(self._cells[cell], self.view.block.cell(*cell))]
                if rows:
                    yield Shown(self._sheet, min(rows), left, max(rows), right, code)

    def finish(self) -> None:
        """After the cells: let the table take in the new rows, and rows with changes that people typed below it."""
        if not self.fresh and not self._cells:
            return
        table = _table(self._sheet, self.view.columns.name)
        if table is None:
            return
        end = table_end(table.bottom, self._written, self.added, lambda row: not self.view.is_blank(row))
        if end > table.bottom:
            table.end_at(end)

    def _cell_patches(self) -> Iterable[Patch]:
        """One block from the first to the last changed row of neighbouring columns: what lies between is written back
        as it is. A column with formulas in between is written run by run, around them.
        """
        by_column: dict[int, list[int]] = {}
        for row, column in sorted(self._cells, key=lambda cell: (cell[1], cell[0])):
            by_column.setdefault(column, []).append(row)
        for first, last in runs(sorted(by_column)):
            rows = [row for column in range(first, last + 1) for row in by_column[column]]
            top, bottom = min(rows), max(rows)
            if not self._has_formula(top, bottom, first, last):
                yield self._patch(top, bottom, first, last)
                continue
            for column in range(first, last + 1):
                for start, end in self._around_formulas(by_column[column], column):
                    yield self._patch(start, end, column, column)

    def _has_formula(self, top: int, bottom: int, left: int, right: int) -> bool:
        return any(top <= row <= bottom and left <= column <= right for row, column in self._formulas)

    def _around_formulas(self, rows: list[int], column: int) -> Iterable[tuple[int, int]]:
        """The changed rows, cut where a formula stands between two of them."""
        formulas = sorted(row for row, across in self._formulas if across == column)
        for _, group in groupby(rows, key=lambda row: sum(formula < row for formula in formulas)):
            stretch = list(group)
            yield stretch[0], stretch[-1]

    def _patch(self, top: int, bottom: int, left: int, right: int) -> Patch:
        cells, block = self._cells, self.view.block
        places = [[(row, column) for column in range(left, right + 1)] for row in range(top, bottom + 1)]
        old = [[block.cell(*place) for place in line] for line in places]
        new = [[cells[place] if place in cells else block.cell(*place) for place in line] for line in places]
        return Patch(self._sheet, top, left, new, old)

    def _row_patches(self) -> Iterable[Patch]:
        if not self.fresh:
            return
        fields = {column: field for field, column in self.view.where.items()}
        for left, right in runs(sorted(fields)):
            names = [fields[column] for column in range(left, right + 1)]
            new: list[list[object]] = [[row.values.get(name) for name in names] for row in self.fresh]
            old: list[list[object]] = [[None] * len(names) for _ in self.fresh]
            yield Patch(self._sheet, self.added[0], left, new, old)


class _Table(NamedTuple):
    """The Excel table of a sheet and where it stands."""

    table: xw.main.Table
    sheet: xw.Sheet
    left: int
    top: int
    right: int
    bottom: int

    def end_at(self, row: int) -> None:
        self.table.resize(self.sheet.range((self.top, self.left), (row, self.right)))


def _table(sheet: xw.Sheet, name: str) -> _Table | None:
    """The table of that name; ``None`` on a sheet whose rows stand in no table."""
    try:
        table = sheet.tables[name]
    except excel.REFUSALS:
        return None
    return _Table(table, sheet, *excel.boundaries(table.range.get_address(False, False)))


def set_table_end(sheet: xw.Sheet, name: str, last_row: int) -> None:
    """Let the Excel table of the sheet end at ``last_row``."""
    table = _table(sheet, name)
    if table and last_row != table.bottom:
        table.end_at(last_row)


def _has_format(new: Value, held: CellValue) -> bool:
    """Whether the value that a cell held proves a format for times or for numbers, whichever ``new`` needs. Excel gives
    an empty cell one for a time, but none for a number.
    """
    if isinstance(new, date):
        return held is None or isinstance(held, datetime)
    return isinstance(held, float) or new is None
