"""Application, book and sheet over UNO."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from openpyxl.utils import range_boundaries

from tests.libreoffice_engine.office import opened_document
from tests.libreoffice_engine.ranges import RangeImpl, TablesImpl
from tests.xlwings_engine.application import PROCESS
from tests.xlwings_engine.application import EngineImpl as StandInEngine


class EngineImpl:
    """What xlwings registers: one application that shows one book. Values are prepared and cleaned as elsewhere."""

    name, type = "libreoffice", "desktop"
    prepare_xl_data_element = staticmethod(StandInEngine.prepare_xl_data_element)
    clean_value_data = staticmethod(StandInEngine.clean_value_data)

    def __init__(self) -> None:
        self.shown: AppImpl | None = None
        self.desktop: Any = None

    @property
    def apps(self) -> "AppsImpl":
        return AppsImpl(self)

    def show(self, desktop: Any, path: Path, *, read_only: bool = False) -> "BookImpl":
        self.shown, self.desktop = AppImpl(self), desktop
        book = BookImpl(self.shown, opened_document(desktop, path, read_only=read_only), path)
        self.shown.open_books.append(book)
        return book


class AppsImpl:
    def __init__(self, engine: EngineImpl) -> None:
        self._engine = engine

    def keys(self) -> list[int]:
        return [PROCESS]

    def __iter__(self) -> Iterator["AppImpl"]:
        return iter([self[PROCESS]])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, _pid: int) -> "AppImpl":
        assert self._engine.shown is not None
        return self._engine.shown


class AppImpl:
    pid = PROCESS

    def __init__(self, engine: EngineImpl) -> None:
        self.engine = engine
        self.open_books: list[BookImpl] = []
        self.api = SimpleNamespace(Ready=True, Interactive=True, Name="LibreOffice", Hwnd=1)

    @property
    def books(self) -> "BooksImpl":
        return BooksImpl(self)

    @property
    def selection(self) -> RangeImpl | None:
        book = self.open_books[-1]
        chosen = book.controller.getSelection()
        if not chosen.supportsService("com.sun.star.sheet.SheetCellRange"):
            return None
        place = chosen.getRangeAddress()
        sheet = SheetImpl(book, book.document.Sheets.getByIndex(place.Sheet))
        return RangeImpl(sheet, place.StartRow + 1, place.StartColumn + 1, place.EndRow + 1, place.EndColumn + 1)


class BooksImpl:
    def __init__(self, app: AppImpl) -> None:
        self.app = app

    @property
    def active(self) -> "BookImpl":
        return self.app.open_books[-1]

    def __len__(self) -> int:
        return len(self.app.open_books)

    def __iter__(self) -> Iterator["BookImpl"]:
        return iter(self.app.open_books)

    def __call__(self, name: str) -> "BookImpl":
        for book in self.app.open_books:
            if book.name == name:
                return book
        raise KeyError(name)

    def open(self, fullname: str, *_options: object, **_named: object) -> "BookImpl":
        path = Path(fullname)
        self.app.open_books.append(BookImpl(self.app, opened_document(self.app.engine.desktop, path), path))
        return self.active


class BookImpl:
    def __init__(self, app: AppImpl, document: Any, path: Path) -> None:
        self.app, self.document, self._path = app, document, path

    @property
    def controller(self) -> Any:
        return self.document.CurrentController

    @property
    def api(self) -> SimpleNamespace:
        return SimpleNamespace(
            ReadOnly=self.document.isReadonly(), MultiUserEditing=False, Save=self.document.store, Close=self._close
        )

    @property
    def name(self) -> str:
        return self._path.name

    @property
    def fullname(self) -> str:
        return str(self._path)

    @property
    def sheets(self) -> "SheetsImpl":
        return SheetsImpl(self)

    def shut(self) -> None:
        for book in self.app.open_books:
            book.document.close(True)

    def _close(self, _saves: bool) -> None:
        self.app.open_books.remove(self)
        self.document.close(True)


class SheetsImpl:
    def __init__(self, book: BookImpl) -> None:
        self._book, self._sheets = book, book.document.Sheets

    def __call__(self, name: str | int) -> "SheetImpl":
        if isinstance(name, int):
            return SheetImpl(self._book, self._sheets.getByIndex(name - 1))
        if not self._sheets.hasByName(name):
            raise KeyError(name)
        return SheetImpl(self._book, self._sheets.getByName(name))

    def __len__(self) -> int:
        return int(self._sheets.Count)

    def __iter__(self) -> Iterator["SheetImpl"]:
        return (self(number) for number in range(1, len(self) + 1))

    def add(self, before: "SheetImpl | None", after: "SheetImpl | None", name: str | None = None) -> "SheetImpl":
        if before is not None:
            raise NotImplementedError("adding before a sheet is not in the test engine")
        fresh = name or f"Sheet{len(self) + 1}"
        self._sheets.insertNewByName(fresh, len(self))
        self._book.controller.setActiveSheet(self._sheets.getByName(fresh))
        return self(fresh)

    @property
    def active(self) -> "SheetImpl":
        return SheetImpl(self._book, self._book.controller.ActiveSheet)


class SheetImpl:
    def __init__(self, book: BookImpl, sheet: Any) -> None:
        self.book, self.sheet = book, sheet

    @property
    def api(self) -> SimpleNamespace:
        return SimpleNamespace(
            ProtectContents=self.sheet.isProtected(), FilterMode=self._filtered(), Activate=self._activate
        )

    def _activate(self) -> None:
        self.book.controller.setActiveSheet(self.sheet)

    def _filtered(self) -> bool:
        tables, own = self.book.document.DatabaseRanges, self.sheet.RangeAddress.Sheet
        found = [tables.getByIndex(number) for number in range(tables.Count)]
        return any(one.DataArea.Sheet == own and one.getFilterDescriptor().getFilterFields() for one in found)

    @property
    def name(self) -> str:
        return str(self.sheet.Name)

    @name.setter
    def name(self, value: str) -> None:
        self.sheet.Name = value

    def range(self, arg1: Any, arg2: Any = None) -> RangeImpl:
        if isinstance(arg1, str) and arg2 is None:
            left, top, right, bottom = range_boundaries(arg1)
            return RangeImpl(self, top, left, bottom, right)
        first, last = (_corner(where) for where in (arg1, arg2 or arg1))
        return RangeImpl(self, first[0], first[1], last[2], last[3])

    @property
    def used_range(self) -> RangeImpl:
        cursor = self.sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        place = cursor.getRangeAddress()
        return RangeImpl(self, 1, 1, place.EndRow + 1, place.EndColumn + 1)

    @property
    def tables(self) -> TablesImpl:
        return TablesImpl(self)


def _corner(where: Any) -> tuple[int, int, int, int]:
    return (*where, *where) if isinstance(where, tuple) else where.box
