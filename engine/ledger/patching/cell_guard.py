"""Cells that must not be written."""

from collections.abc import Iterable

from engine.ledger.package.addresses import Range, column_letters, parse_range
from engine.ledger.package.row_grammar import SheetRow
from engine.ledger.patching.refusals import ArrayError, FormulaError, MergedError, RichValueError
from engine.ledger.patching.sheet_view import SheetView


class CellGuard:
    """Refuses formulas, arrays, rich values and cells under merged ones, each with its address."""

    def __init__(self, view: SheetView) -> None:
        self._view = view
        self._merged = [
            parse_range(element.attributes["ref"], view.part)
            for element in view.frame.tail
            if element.name == "mergeCell" and "ref" in element.attributes
        ]

    def address(self, row: int, column: int) -> str:
        """The cell as people name it: ``督办台账!M12``."""
        return f"{self._view.columns.name}!{column_letters(column)}{row}"

    def check_row(self, number: int, columns: Iterable[int]) -> None:
        """The same for a row that does not exist yet. Raises ArrayError or MergedError."""
        if self._merged or self._view.found.arrays:
            for column in columns:
                self.check(number, None, column)

    def check_below(self, number: int) -> None:
        """A row below the table that is to be taken into it: no table may hold merged cells. Raises MergedError."""
        area = self._view.table.area
        taken = area._replace(first_row=area.last_row + 1, last_row=number)
        if number > area.last_row and any(map(taken.meets, self._merged)):
            address = self.address(number, area.first_column)
            raise MergedError("表格下面有合并单元格，不能把这一行包括进表格，请取消合并", self._view.part, address)

    def check(self, number: int, row: SheetRow | None, column: int) -> None:
        """Raises FormulaError, ArrayError, RichValueError or MergedError."""
        cell = row.cell(column) if row else None
        part, address = self._view.part, self.address(number, column)
        if row and cell and row.has_formula(cell):
            raise FormulaError("单元格里是公式，程序不会覆盖，请改为普通内容", part, address)
        if any(area.holds(number, column) for area in self._view.found.arrays):
            raise ArrayError("单元格属于数组公式或模拟运算表，程序不会覆盖，请改为普通内容", part, address)
        if cell and (cell.attributes.keys() & {b"cm", b"vm"}):
            raise RichValueError("单元格里是富数据类型，程序不会覆盖，请改为普通内容", part, address)
        if any(_hidden(area, number, column) for area in self._merged):
            raise MergedError("单元格被合并单元格盖住，请取消合并", part, address)


def _hidden(area: Range, row: int, column: int) -> bool:
    return area.holds(row, column) and (row, column) != (area.first_row, area.first_column)
