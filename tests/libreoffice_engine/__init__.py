"""A third xlwings engine, over UNO: the macros run unmodified against a live LibreOffice with the ledger open."""

from pathlib import Path
from typing import Any

import xlwings as xw

from tests.libreoffice_engine.books import BookImpl, EngineImpl
from tests.libreoffice_engine.office import running_office

__all__ = ["BookImpl", "opened", "running_office"]


def opened(desktop: Any, path: Path, *, read_only: bool = False) -> xw.Book:
    """The workbook at ``path`` as LibreOffice shows it, and as the caller of the macros."""
    if "libreoffice" not in [engine.name for engine in xw.engines]:
        xw.engines.add(xw.Engine(impl=EngineImpl()))
    engine = xw.engines["libreoffice"]
    engine.activate()
    book = xw.Book(impl=engine.impl.show(desktop, path, read_only=read_only))
    book.set_mock_caller()
    return book
