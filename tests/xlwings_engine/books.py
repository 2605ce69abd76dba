"""Book, sheet, range and table over openpyxl."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from tests.xlwings_engine.counting import Api, Remote, calls
from tests.xlwings_engine.values import given, put

if TYPE_CHECKING:
    from tests.xlwings_engine.application import AppImpl


class BookImpl(Remote):
    """``_cached`` holds what formulas last gave, by sheet and cell, as the file had it or as a test plants it."""

    def __init__(self, path: Path, app: "AppImpl", workbook: Workbook | None) -> None:
        self._path, self._app = path, app
        self._cached: dict[tuple[str, int, int], object] = {}
        self._workbook = workbook or load_workbook(path)
        self._api = Api(ReadOnly=False, MultiUserEditing=False)
        self._protected: set[str] = set()
        self._filtered: set[str] = set()
        if workbook is None:
            self._remember_cached_values()

    def _remember_cached_values(self) -> None:
        places = [
            (sheet.title, cell.row, cell.column)
            for sheet in self._workbook
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        ]
        if places:
            values = load_workbook(self._path, data_only=True)
            self._cached = {place: values[place[0]].cell(*place[1:]).value for place in places}

    @property
    def api(self) -> Api:
        return self._api

    @property
    def name(self) -> str:
        return self._path.name

    @property
    def fullname(self) -> str:
        return str(self._path)

    @property
    def app(self) -> "AppImpl":
        return self._app

    @property
    def sheets(self) -> "SheetsImpl":
        return SheetsImpl(self)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        if path or password:
            raise NotImplementedError("saving under another name is not in the test engine")
        self._workbook.save(self._path)


class SheetsImpl(Remote):
    def __init__(self, book: BookImpl) -> None:
        self._book = book

    def __call__(self, name: str | int) -> "SheetImpl":
        calls["SheetsImpl()"] += 1
        if isinstance(name, int):
            return SheetImpl(self._book, self._book._workbook.worksheets[name - 1])
        if name not in self._book._workbook.sheetnames:
            raise KeyError(name)
        return SheetImpl(self._book, self._book._workbook[name])

    def __len__(self) -> int:
        calls["SheetsImpl.len"] += 1
        return len(self._book._workbook.worksheets)

    def __iter__(self) -> Iterator["SheetImpl"]:
        calls["SheetsImpl.iter"] += 1
        return iter([SheetImpl(self._book, sheet) for sheet in self._book._workbook.worksheets])

    def add(self, before: "SheetImpl | None" = None, after: "SheetImpl | None" = None) -> "SheetImpl":
        if before is not None:
            raise NotImplementedError("adding before a sheet is not in the test engine")
        return SheetImpl(self._book, self._book._workbook.create_sheet())


class SheetImpl(Remote):
    def __init__(self, book: BookImpl, sheet: Worksheet) -> None:
        self._book, self._sheet = book, sheet

    @property
    def api(self) -> Api:
        title = self._sheet.title
        return Api(ProtectContents=title in self._book._protected, FilterMode=title in self._book._filtered)

    @property
    def name(self) -> str:
        return self._sheet.title

    @name.setter
    def name(self, value: str) -> None:
        self._sheet.title = value

    @property
    def book(self) -> BookImpl:
        return self._book

    def activate(self) -> None:
        self._book._workbook.active = self._sheet

    def range(self, arg1: Any, arg2: Any = None) -> "RangeImpl":
        if isinstance(arg1, str) and arg2 is None:
            left, top, right, bottom = range_boundaries(arg1)
            if None in (left, top, right, bottom):
                raise NotImplementedError(f"the address {arg1} is not in the test engine")
            return RangeImpl(self, top, left, bottom, right)
        first, last = (_corner(corner) for corner in (arg1, arg2 or arg1))
        return RangeImpl(self, first[0], first[1], last[2], last[3])

    @property
    def used_range(self) -> "RangeImpl":
        left, top, right, bottom = range_boundaries(self._sheet.dimensions)
        return RangeImpl(self, top, left, bottom, right)

    @property
    def tables(self) -> "TablesImpl":
        return TablesImpl(self)


def _corner(corner: Any) -> tuple[int, int, int, int]:
    if isinstance(corner, tuple):
        return (*corner, *corner)
    if isinstance(corner, RangeImpl):
        return corner._box
    raise NotImplementedError(f"a range from {corner!r} is not in the test engine")


class RangeImpl(Remote):
    max_cells_per_read = max_cells_per_write = None

    def __init__(self, sheet: SheetImpl, top: int, left: int, bottom: int, right: int) -> None:
        self._parent, self._box = sheet, (top, left, bottom, right)
        self.options: dict[str, object] = {}

    @property
    def api(self) -> Api:
        return Api()

    @property
    def sheet(self) -> SheetImpl:
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
            raise NotImplementedError("external addresses are not in the test engine")
        top, left, bottom, right = self._box
        mark_row, mark_column = "$" * row_absolute, "$" * column_absolute
        first = f"{mark_column}{get_column_letter(left)}{mark_row}{top}"
        last = f"{mark_column}{get_column_letter(right)}{mark_row}{bottom}"
        return first if first == last else f"{first}:{last}"

    @property
    def address(self) -> str:
        return self.get_address(True, True, False)

    def _rows(self) -> Iterator[Iterator[Any]]:
        top, left, bottom, right = self._box
        cells = self._parent._sheet._cells
        return (((cells.get((row, column)), row, column) for column in range(left, right + 1))
                for row in range(top, bottom + 1))  # fmt: skip

    @property
    def raw_value(self) -> list[list[object]]:
        title, cached = self._parent._sheet.title, self._parent._book._cached
        return [
            [
                None if cell is None
                else given(cached.get((title, row, column)) if cell.data_type == "f" else cell.value)
                for cell, row, column in line
            ]
            for line in self._rows()
        ]  # fmt: skip

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
        return tuple(
            tuple("" if cell is None or cell.value is None else cell.value for cell, _, _ in line)
            for line in self._rows()
        )

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


class TablesImpl(Remote):
    def __init__(self, sheet: SheetImpl) -> None:
        self._sheet = sheet

    def __call__(self, name: str) -> "TableImpl":
        calls["TablesImpl()"] += 1
        return TableImpl(self._sheet, self._sheet._sheet.tables[name])

    def __len__(self) -> int:
        calls["TablesImpl.len"] += 1
        return len(self._sheet._sheet.tables)

    def __contains__(self, name: str) -> bool:
        calls["TablesImpl.contains"] += 1
        return name in self._sheet._sheet.tables


class TableImpl(Remote):
    def __init__(self, sheet: SheetImpl, table: Table) -> None:
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
