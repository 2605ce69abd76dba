"""The engine, the application and its books."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.xlwings_engine.books import BookImpl
from tests.xlwings_engine.counting import Api, Remote
from tests.xlwings_engine.ranges import RangeImpl
from tests.xlwings_engine.values import cleaned

PROCESS = 4711


class EngineImpl:
    """What xlwings registers: one application that shows one book."""

    name, type = "openpyxl", "desktop"

    def __init__(self) -> None:
        self._app = AppImpl(self)

    @property
    def apps(self) -> "AppsImpl":
        return AppsImpl(self._app)

    def show(self, path: Path, workbook: Workbook | None) -> BookImpl:
        self._app = AppImpl(self)
        book = BookImpl(path, self._app, workbook)
        self._app._books.append(book)
        return book

    @staticmethod
    def prepare_xl_data_element(value: Any, _options: object) -> object:
        if isinstance(value, date) and not isinstance(value, datetime):
            return datetime.combine(value, time())
        return value

    @staticmethod
    def clean_value_data(
        data: Any, dates: Callable[..., object], empty: object, numbers: object, err_to_str: bool
    ) -> list[list[object]]:
        rows = data if isinstance(data, list) else [[data]]
        return [[cleaned(value, dates, empty, numbers, err_to_str) for value in row] for row in rows]


class AppsImpl(Remote):
    def __init__(self, app: "AppImpl") -> None:
        self._app = app

    def keys(self) -> list[int]:
        return [PROCESS]

    def __iter__(self) -> Iterator["AppImpl"]:
        return iter([self._app])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, _pid: int) -> "AppImpl":
        return self._app


class AppImpl(Remote):
    def __init__(self, engine: EngineImpl) -> None:
        self._engine = engine
        self._books: list[BookImpl] = []
        self._selected: RangeImpl | None = None
        self._api = Api(Ready=True, Interactive=True, Name="Microsoft Excel", Hwnd=1)

    @property
    def api(self) -> Api:
        return self._api

    @property
    def engine(self) -> EngineImpl:
        return self._engine

    @property
    def pid(self) -> int:
        return PROCESS

    @property
    def books(self) -> "BooksImpl":
        return BooksImpl(self)

    @property
    def selection(self) -> RangeImpl | None:
        return self._selected


class BooksImpl(Remote):
    def __init__(self, app: AppImpl) -> None:
        self._app = app

    @property
    def app(self) -> AppImpl:
        return self._app

    @property
    def active(self) -> BookImpl:
        return self._app._books[-1]

    def __call__(self, name: str) -> BookImpl:
        for book in self._app._books:
            if book.name == name:
                return book
        raise KeyError(name)

    def open(self, fullname: str, *_options: object, **_named: object) -> BookImpl:
        self._app._books.append(BookImpl(Path(fullname), self._app, None))
        return self._app._books[-1]

    def __len__(self) -> int:
        return len(self._app._books)

    def __iter__(self) -> Iterator[BookImpl]:
        return iter(self._app._books)
