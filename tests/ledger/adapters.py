"""The adapters of the ledger port. Each opens a workbook file and tells afterwards what stands in its cells.

The contract (``test_port_contract.py``) runs on every one of them: add the open book's here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl import Workbook

from addin.live_book import LiveBook
from engine.ledger.file.file_options import Collaborators
from engine.ledger.file.port import LedgerPort
from engine.ledger.file.workbook_file import WorkbookFile
from tests.xlwings_engine import opened

Cells = Mapping[tuple[str, str], Any]
"""(sheet, address) → what was entered there: a value, or a formula with its ``=``; empty cells are left out."""


@dataclass(frozen=True)
class Opened:
    """A workbook behind the port, and a look at its cells as they stand now."""

    port: LedgerPort
    cells: Callable[[], Cells]


@dataclass(frozen=True)
class Adapter:
    """One adapter of the port, by the name that its tests bear."""

    name: str
    open: Callable[[Path], Opened]


def cells_in_file(path: Path) -> Cells:
    """Every cell of a file that is not empty, strings apart from formulas."""
    return cells_in(openpyxl.load_workbook(path))


def cells_in(book: Workbook) -> Cells:
    """The same of a workbook in memory."""
    return {
        (sheet.title, cell.coordinate): (cell.data_type, cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def _open_file(path: Path) -> Opened:
    port = WorkbookFile(
        path, lambda: datetime(2026, 3, 3, 9, 0), collaborators=Collaborators(sleep=lambda seconds: None)
    )
    return Opened(port, lambda: cells_in_file(path))


def _open_book(path: Path) -> Opened:
    book = opened(path)
    return Opened(LiveBook(book), lambda: cells_in(book.impl._workbook))


ADAPTERS = (Adapter("file", _open_file), Adapter("open book", _open_book))
