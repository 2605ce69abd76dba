"""Range and table over openpyxl."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.table import Table

from tests.xlwings_engine.counting import Api, Remote, calls
from tests.xlwings_engine.values import given, put

if TYPE_CHECKING:
    from tests.xlwings_engine.books import SheetImpl


_EPOCH = datetime(1899, 12, 30)


def corner(corner: Any) -> tuple[int, int, int, int]:
    if isinstance(corner, tuple):
        return (*corner, *corner)
    if isinstance(corner, RangeImpl):
        return corner._box
    raise NotImplementedError(f"a range from {corner!r} is not in the test engine")


class RangeImpl(Remote):
    max_cells_per_read = max_cells_per_write = None

    def __init__(self, sheet: "SheetImpl", top: int, left: int, bottom: int, right: int) -> None:
        self._parent, self._box = sheet, (top, left, bottom, right)
        self.options: dict[str, object] = {}
        self._whole = ""

    @property
    def api(self) -> Api:
        return RangeApi(self)

    @property
    def sheet(self) -> "SheetImpl":
        return self._parent

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        top, left, bottom, right = self._box
        return self._parent._sheet.title, top, left, bottom - top + 1, right - left + 1

    @property
    def row(self) -> int:
        return self._box[0]

    @property
    def column(self) -> int:
        return self._box[1]

    @property
    def shape(self) -> tuple[int, int]:
        top, left, bottom, right = self._box
        return bottom - top + 1, right - left + 1

    def __call__(self, row: int, column: int) -> "RangeImpl":
        calls["RangeImpl()"] += 1
        top, left = self._box[0] + row - 1, self._box[1] + column - 1
        return RangeImpl(self._parent, top, left, top, left)

    def get_address(self, row_absolute: bool, column_absolute: bool, external: bool) -> str:
        if external:
            book, sheet = self._parent._book._path.name, self._parent._sheet.title
            return f"'[{book}]{sheet}'!{self._whole or self.get_address(row_absolute, column_absolute, False)}"
        top, left, bottom, right = self._box
        mark_row, mark_column = "$" * row_absolute, "$" * column_absolute
        first = f"{mark_column}{get_column_letter(left)}{mark_row}{top}"
        last = f"{mark_column}{get_column_letter(right)}{mark_row}{bottom}"
        return first if first == last else f"{first}:{last}"

    @property
    def address(self) -> str:
        return self.get_address(True, True, False)

    @property
    def merge_cells(self) -> bool | None:
        """As Excel has it: False where no cell is merged, None where some are."""
        top, left, bottom, right = self._box
        for area in self._parent._sheet.merged_cells.ranges:
            if area.min_row <= bottom and top <= area.max_row and area.min_col <= right and left <= area.max_col:
                return True if self.shape == (1, 1) else None
        return False

    @property
    def merge_area(self) -> "RangeImpl":
        row, column = self._box[:2]
        for area in self._parent._sheet.merged_cells.ranges:
            if area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col:
                return RangeImpl(self._parent, area.min_row, area.min_col, area.max_row, area.max_col)
        return self

    @property
    def raw_value(self) -> list[list[object]]:
        title, cached = self._parent._sheet.title, self._parent._book._cached
        top, left, bottom, right = self._box
        find, columns = self._parent._sheet._cells.get, range(left, right + 1)

        def value(cell: Any) -> object:
            if cell is None or cell._value is None:
                return None
            return given(cached.get((title, cell.row, cell.column)) if cell.data_type == "f" else cell._value)

        return [[value(find((row, column))) for column in columns] for row in range(top, bottom + 1)]

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        if self._parent._sheet.title in self._parent._book._protected:
            raise RuntimeError("the sheet is protected")
        top, left, bottom, right = self._box
        rows = value if isinstance(value, list | tuple) else [[value] * (right - left + 1)] * (bottom - top + 1)
        if len(rows) != bottom - top + 1 or any(len(row) != right - left + 1 for row in rows):
            raise ValueError("the block does not have the shape of the range")
        for row, line in enumerate(rows, top):
            for column, item in enumerate(line, left):
                if item is not None or (row, column) in self._parent._sheet._cells:
                    put(self._parent._sheet.cell(row, column), item)

    @property
    def formula(self) -> tuple[tuple[object, ...], ...]:
        top, left, bottom, right = self._box
        find, columns = self._parent._sheet._cells.get, range(left, right + 1)

        def text(cell: Any) -> object:
            return "" if cell is None or cell._value is None else cell._value

        return tuple(tuple(text(find((row, column))) for column in columns) for row in range(top, bottom + 1))

    @property
    def number_format(self) -> str | None:
        """The code of all cells; ``None`` where they differ."""
        top, left, bottom, right = self._box
        rows = self._parent._sheet.iter_rows(top, bottom, left, right)
        found = {cell.number_format for row in rows for cell in row}
        return found.pop() if len(found) == 1 else None

    @number_format.setter
    def number_format(self, code: str) -> None:
        top, left, bottom, right = self._box
        for row in self._parent._sheet.iter_rows(top, bottom, left, right):
            for cell in row:
                # openpyxl holds as a time what Excel holds as a number.
                if isinstance(cell.value, datetime) and "y" not in code:
                    cell.value = (cell.value - _EPOCH) / timedelta(days=1)
                cell.number_format = code

    def clear_contents(self) -> None:
        self.raw_value = None

    def delete(self, shift: str | None = None) -> None:
        if shift != "up":
            raise NotImplementedError("deleting other than upwards is not in the test engine")
        top, left, bottom, right = self._box
        sheet = self._parent._sheet
        below = f"{get_column_letter(left)}{bottom + 1}:{get_column_letter(right)}{max(sheet.max_row, bottom + 1)}"
        for row in sheet[f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"]:
            for cell in row:
                cell.value = None
        sheet.move_range(below, rows=top - bottom - 1)
        for table in sheet.tables.values():
            first_column, first, last_column, last = range_boundaries(table.ref)
            if first < top and bottom <= last:
                resize(table, first, first_column, last - (bottom - top + 1), last_column)

    def select(self) -> None:
        self._parent._book._app._selected = self


class RangeApi(Api):
    """A range in Excel's own object model."""

    def __init__(self, cells: RangeImpl) -> None:
        super().__init__(_cells=cells, EntireColumn=Api(ColumnWidth=0))

    def _has_formula(self) -> bool | None:
        """Whether all, none, or (``None``) some of the cells hold formulas."""
        top, left, bottom, right = self._cells._box
        cells = self._cells._parent._sheet._cells
        inside = [cell for (row, column), cell in cells.items() if top <= row <= bottom and left <= column <= right]
        count = sum(cell.data_type == "f" for cell in inside)
        return None if 0 < count < (bottom - top + 1) * (right - left + 1) else count > 0

    HasFormula = property(_has_formula)


class TablesImpl(Remote):
    def __init__(self, sheet: "SheetImpl") -> None:
        self._sheet = sheet

    def __call__(self, name: str) -> "TableImpl":
        calls["TablesImpl()"] += 1
        return TableImpl(self._sheet, self._sheet._sheet.tables[name])

    def __len__(self) -> int:
        calls["TablesImpl.len"] += 1
        return len(self._sheet._sheet.tables)

    def add(self, source: Any = None, name: str | None = None, **options: Any) -> "TableImpl":
        top, left, bottom, right = source._box if isinstance(source, RangeImpl) else source.impl._box
        ref = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
        table = Table(name=name, displayName=name, ref=ref)
        self._sheet._sheet.add_table(table)
        return TableImpl(self._sheet, table)


class TableImpl(Remote):
    def __init__(self, sheet: "SheetImpl", table: Table) -> None:
        self._sheet, self._table = sheet, table

    @property
    def name(self) -> str:
        return str(self._table.name)

    @property
    def range(self) -> RangeImpl:
        left, top, right, bottom = range_boundaries(self._table.ref)
        return RangeImpl(self._sheet, top, left, bottom, right)

    def resize(self, target: Any) -> None:
        resize(self._table, *target.impl._box)


def resize(table: Table, top: int, left: int, bottom: int, right: int) -> None:
    """A table and its filter end where they are told to; the heading row may not move."""
    if range_boundaries(table.ref)[1] != top or bottom <= top:
        raise ValueError("a table keeps its heading row and has at least one row below it")
    table.ref = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
    if table.autoFilter:
        table.autoFilter.ref = table.ref
