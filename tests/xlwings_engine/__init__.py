"""A second xlwings engine, over openpyxl: the macros run on it unmodified, without Excel and without a licence key.

What it does not support raises, so that nothing passes silently; every call that would cross to Excel is counted.
"""

from pathlib import Path

import xlwings as xw
from openpyxl import Workbook

from tests.xlwings_engine.application import EngineImpl
from tests.xlwings_engine.books import BookImpl
from tests.xlwings_engine.counting import Calls, calls

__all__ = ["BookImpl", "Calls", "calls", "opened"]


def opened(path: Path, workbook: Workbook | None = None) -> xw.Book:
    """The workbook at ``path`` (or ``workbook``, as if it had been opened from there) as the book that Excel shows,
    and as the caller of the macros.
    """
    if "openpyxl" not in [engine.name for engine in xw.engines]:
        xw.engines.add(xw.Engine(impl=EngineImpl()))
    engine = xw.engines["openpyxl"]
    engine.activate()
    book = xw.Book(impl=engine.impl.show(path, workbook))
    book.set_mock_caller()
    return book
