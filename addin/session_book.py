"""The one port between what a button does and the book that it is done to. Adapters: the book open in Excel
(``live_book``), and the saved file (``closed_book``). The actions use nothing else of a book.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from addin.view import View
from engine.facts.change import Change, NewRow, Value
from engine.ledger.file.operation_log import Appended
from engine.ledger.file.port import ApplyReport, Snapshot
from engine.ledger.headings.column import SheetColumns
from engine.ledger.headings.columns import BY_KEY, CLUES, POINT_EXCLUSIONS, POINT_ITEMS, UNIT_GRADES
from engine.ledger.reading.forms import FormCells
from engine.ledger.reading.ledger import FACT_SHEETS

Made = TypeVar("Made")
NEEDED = tuple(
    BY_KEY[key]
    for key in (
        "matters",
        "reports",
        "extensions",
        "completions",
        "supervisions",
        "units",
        "groups",
        "holidays",
        "settings",
    )
)
Reads = Literal["usual", "points", "all"]
SHEETS_READ: Mapping[Reads, Sequence[SheetColumns]] = {
    "usual": NEEDED,
    "points": (*NEEDED, POINT_ITEMS, POINT_EXCLUSIONS, UNIT_GRADES, CLUES),
    "all": FACT_SHEETS,
}
"""Which sheets a button reads; each costs a click two round trips to Excel."""


class SessionBook(Protocol):
    """One book during one press of a button. Raises AddinError, in words for people, wherever it cannot go on.

    Every adapter passes ``tests/addin/test_session_contract.py``.
    """

    replaced: tuple[Change, ...]
    """The cells that the last ``apply`` changed, each with what it held."""
    appended: tuple[Appended, ...]
    """The rows that the last ``apply`` added, with their places."""

    @property
    def path(self) -> Path:
        """Where the book is saved."""

    def read(self) -> Snapshot:
        """The facts as they stand. Raises UnreadableWorkbook."""

    def reread(self, keys: Iterable[str]) -> Snapshot:
        """The facts after a writing to the sheets of these keys."""

    def rows(self, columns: SheetColumns) -> tuple[Mapping[str, Value], ...]:
        """The rows of one sheet as values by field (短信记录, 操作日志); empty where the book has no such sheet."""

    def form(self, columns: SheetColumns) -> FormCells | None:
        """What a form shows; ``None`` in a book that does not have it."""

    def view(self, columns: SheetColumns) -> View:
        """The cells of one sheet as they stand. Raises AddinError where the sheet or its headings are missing."""

    def holds(self, columns: SheetColumns) -> bool:
        """Whether the book has that sheet."""

    def selected_rows(self, columns: SheetColumns) -> Collection[int]:
        """The rows that the person has selected on that sheet. Raises AddinError, stating how to select."""

    def check_writable(self, columns: SheetColumns) -> None:
        """Raises AddinError where that sheet takes no changes now; one still to be made does."""

    def apply(self, changes: Sequence[Change], rows: Sequence[NewRow]) -> ApplyReport:
        """Write cells and add rows, or nothing at all; a change whose cell holds something else is dropped."""

    def rewrite(self, columns: SheetColumns, rows: Sequence[Mapping[str, Value]]) -> None:
        """Replace everything below the headings of a machine-owned sheet."""

    def remove(self, columns: SheetColumns, first_row: int, count: int) -> None:
        """Take rows out of a sheet's table."""

    def make_log(self) -> None:
        """Give an older book the sheet 操作日志."""

    def save(self) -> None:
        """Save what was written. Raises AddinError where it cannot be."""

    def save_unattended(self) -> None:
        """Save what was written where no person would: in Excel, who has the book open saves it when they like."""

    def lend(self, work: Callable[[Path], Made]) -> Made:
        """Save what was written and release the file while ``work`` runs; nothing read before holds after it."""

    def show(self, columns: SheetColumns) -> None:
        """Show a sheet."""

    def go_to(self, columns: SheetColumns, row: int) -> None:
        """Show a row of a sheet, selected."""
