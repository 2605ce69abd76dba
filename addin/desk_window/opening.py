"""How the desk is opened: as a window, or as its list alone."""

from pathlib import Path
from tkinter import TclError
from typing import Any

from addin.desk import Windows
from addin.desk_window.choosing import choose_ledger
from addin.desk_window.matters import matter_rows
from addin.desk_window.presses import DeskPresses
from addin.desk_window.window import LedgerWindow
from engine.ledger.headings.columns import MATTERS
from engine.service.config import load_config
from engine.service.known_faults import KNOWN_FAULTS

NoScreen = TclError
"""What tkinter raises where there is no screen to show a window on."""


def show(path: Path) -> None:
    """The window, until it is closed. Raises UnreadableWorkbook, and NoScreen."""
    DeskPresses(path, Windows()).open_book().read()
    LedgerWindow(path).run()


def show_chosen(config: Path | None) -> None:
    """The window on the ledger of the config, or on the one that the person chooses. What stands in the way is a window
    too: whoever starts by a double click has no console. Raises NoScreen.
    """
    try:
        path = choose_ledger(load_config(config).ledgers)
        if path is not None:
            show(path)
    except KNOWN_FAULTS as fault:
        Windows().inform(str(fault))


def contents(path: Path) -> dict[str, Any]:
    """What the window would show: matters, who has the book open, what waits. Raises UnreadableWorkbook."""
    presses = DeskPresses(path, Windows())
    book = presses.open_book()
    ledger = book.read().ledger
    presses.ledger_id = ledger.settings.ledger_id
    holder = book.holder()
    return {
        "matters": [
            {"number": one.chosen.number, "row": one.chosen.row, **one.cells}
            for one in matter_rows(book.view(MATTERS), ledger)
        ],
        "held_by": str(holder) if holder else None,
        "waiting": [str(form) for form in presses.kept()],
    }
