"""Book and sheet over openpyxl."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from tests.xlwings_engine.counting import Api, Remote, calls
from tests.xlwings_engine.ranges import RangeImpl, TablesImpl, corner

if TYPE_CHECKING:
    from tests.xlwings_engine.application import AppImpl


class BookImpl(Remote):
    """``_cached`` holds what formulas last gave, by sheet and cell, as the file had it or as a test plants it."""

    def __init__(self, path: Path, app: "AppImpl", workbook: Workbook | None) -> None:
        self._path, self._app = path, app
        self._cached: dict[tuple[str, int, int], object] = {}
        self._workbook = workbook or load_workbook(path)
        self._api = Api(ReadOnly=False, MultiUserEditing=False, Save=self._save, Close=self._close)
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

    def _close(self, saving: bool) -> None:
        assert not saving
        self._app._books.remove(self)

    def _save(self) -> None:
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

    def add(self, before: "SheetImpl | None", after: "SheetImpl | None", name: str | None = None) -> "SheetImpl":
        if before is not None:
            raise NotImplementedError("adding before a sheet is not in the test engine")
        sheet = SheetImpl(self._book, self._book._workbook.create_sheet(name))
        sheet._activate()
        return sheet

    @property
    def active(self) -> "SheetImpl":
        return SheetImpl(self._book, self._book._workbook.active)


class SheetImpl(Remote):
    def __init__(self, book: BookImpl, sheet: Worksheet) -> None:
        self._book, self._sheet = book, sheet

    @property
    def api(self) -> Api:
        title = self._sheet.title
        return Api(
            ProtectContents=title in self._book._protected,
            FilterMode=title in self._book._filtered,
            Activate=self._activate,
        )

    @property
    def name(self) -> str:
        return self._sheet.title

    @name.setter
    def name(self, value: str) -> None:
        self._sheet.title = value

    @property
    def book(self) -> BookImpl:
        return self._book

    def _activate(self) -> None:
        self._book._workbook.active = self._sheet

    def range(self, arg1: Any, arg2: Any = None) -> RangeImpl:
        if isinstance(arg1, str) and arg2 is None:
            left, top, right, bottom = range_boundaries(arg1)
            if None in (left, top, right, bottom):
                raise NotImplementedError(f"the address {arg1} is not in the test engine")
            return RangeImpl(self, top, left, bottom, right)
        first, last = (corner(where) for where in (arg1, arg2 or arg1))
        return RangeImpl(self, first[0], first[1], last[2], last[3])

    @property
    def used_range(self) -> RangeImpl:
        left, top, right, bottom = range_boundaries(self._sheet.dimensions)
        return RangeImpl(self, top, left, bottom, right)

    @property
    def tables(self) -> TablesImpl:
        return TablesImpl(self)
