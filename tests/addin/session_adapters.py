"""The adapters of the buttons' port, each with a person before it who selects matters and presses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from addin.button import ButtonContext
from addin.closed_book import ChosenRow, ClosedBook
from addin.session_book import SHEETS_READ, Reads
from engine.facts.change import Change, NewRow
from engine.facts.ledger import Ledger
from engine.ledger.file.file_options import Collaborators
from engine.ledger.headings.column import SheetColumns
from engine.ledger.headings.columns import MESSAGE_LOG, QUARTER_SCORES
from engine.ledger.reading.ledger import read_ledger
from tests.addin.pressing import NOW, button, select
from tests.xlwings_engine import opened


class Pressing(Protocol):
    """One adapter over one file."""

    path: Path

    def press(self, name: str, *numbers: str) -> None:
        """Select these matters and press a button."""

    def shown(self) -> list[str]:
        """The sheets that were brought before the person's eyes."""


def facts(path: Path) -> Ledger:
    """What the saved file says."""
    return read_ledger(path.read_bytes())


@dataclass
class OpenBook:
    """In Excel, as the test engine over openpyxl plays it."""

    path: Path

    def __post_init__(self) -> None:
        self._book = opened(self.path)

    def press(self, name: str, *numbers: str) -> None:
        if numbers:
            select(self._book, *numbers)
        button(name)()
        (self._book,) = self._book.app.books  # 整理台账 closes it and opens it again
        self._book.api.Save()  # 校验 and 同步标记 leave that to the person

    def shown(self) -> list[str]:
        return [self._book.sheets.active.name]


class SavedFile:
    """A closed file, as the desk window opens it at every press."""

    def __init__(self, path: Path, patch: pytest.MonkeyPatch) -> None:
        self.path = path
        self._chosen: list[ChosenRow] = []
        self._shown: list[str] = []
        patch.setattr(ButtonContext, "book", staticmethod(self._open))

    def _open(self, reads: Reads, formulas: bool) -> ClosedBook:
        assert reads in SHEETS_READ, formulas
        return ClosedBook(
            self.path,
            lambda: NOW + timedelta(seconds=1),
            self._chosen,
            self._front,
            Collaborators(sleep=lambda seconds: None),
        )

    def _front(self, columns: SheetColumns, _row: int | None) -> None:
        self._shown.append(columns.name)

    def press(self, name: str, *numbers: str) -> None:
        ledger = facts(self.path)
        self._chosen = [
            ChosenRow(matter.place.row, matter.number, ledger.row_hashes.get(matter.place.row, ""))
            for matter in ledger.matters
            if matter.number in numbers
        ]
        button(name)()

    def shown(self) -> list[str]:
        return self._shown


Opening = Callable[[Path, pytest.MonkeyPatch], Pressing]
ADAPTERS: dict[str, Opening] = {
    "open book": lambda path, patch: OpenBook(path),
    "saved file": SavedFile,
}


def without_notice(path: Path, number: str) -> list[Change]:
    """What takes the notice of a matter back."""
    matter = next(one for one in facts(path).matters if one.number == number)
    held = {field: getattr(matter, field) for field in ("notice_number", "notice_issued_at")}
    return [Change(matter.place, number, field, old, None) for field, old in held.items()]


def log_rows(*numbers: str) -> list[NewRow]:
    """SMS on record of the third quarter."""
    return [NewRow(MESSAGE_LOG.key, {"number": number, "at": datetime(2026, 9, 30, 9)}, "number") for number in numbers]


def quarter_row(quarter: str) -> NewRow:
    """A line of a published quarter."""
    return NewRow(QUARTER_SCORES.key, {"number": f"{quarter}-某局", "quarter": quarter})
