"""Our own workbooks, and what openpyxl and LibreOffice make of them, must never be refused."""

from pathlib import Path

import openpyxl
import pytest

from engine.facts.change import Change
from engine.facts.finding import Place
from engine.ledger.headings.columns import MATTERS, SETTINGS
from engine.ledger.patching.patch import patch
from tests.ledger.corpus.office_book import log_row
from tests.ledger.corpus.resaved import convert
from tests.ledger.patch_checks import Cells, assert_untouched, calamine_cells, heading

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

BOOKS = sorted((Path(__file__).parents[2] / "workbook").glob("*.xlsx"))
ROWS = (log_row("S900001"), log_row("S900002"))


def edits(cells: Cells) -> tuple[list[Change], Cells]:
    """A note on every matter and a value for every empty setting, and the cells that must come of it."""
    changes, expected = [], {}
    for key, sheet, name, field in (
        ("matters", MATTERS.name, "number", "check_note"),
        ("settings", SETTINGS.name, "key", "value"),
    ):
        _, top, column = heading(cells, key, name)
        target = heading(cells, key, field)[2]
        for (at, row, across), value in cells.items():
            where = at, row, target
            if (at, across) == (sheet, column) and row > top and where not in cells:
                changes.append(Change(Place(key, row), str(value), field, None, f"核验{row}"))
                expected[where] = f"核验{row}"
    return changes, expected


def check(book: Path, folder: Path) -> None:
    target = folder / f"{book.stem}_patched.xlsx"
    target.write_bytes(book.read_bytes())
    before = calamine_cells(book)
    changes, expected = edits(before)
    report = patch(target, changes, ROWS)
    assert (report.applied, report.appended) == (tuple(changes), 2), report.dropped
    assert_untouched(book, target, report.parts)
    after = calamine_cells(target)
    log = heading(before, "message_log", "number")[0]
    assert {where: value for where, value in after.items() if where[0] != log} == {
        where: value for where, value in (before | expected).items() if where[0] != log
    }
    assert {where: after[where] for where in before} == before
    assert {value for where, value in after.items() if where not in before} >= {"S900001", "S900002"}


def test_our_workbooks_are_there() -> None:
    assert len(BOOKS) >= 2


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_our_workbooks_are_patched(book: Path, tmp_path: Path) -> None:
    check(book, tmp_path)


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_what_openpyxl_makes_of_them_is_patched(book: Path, tmp_path: Path) -> None:
    saved = tmp_path / book.name
    openpyxl.load_workbook(book).save(saved)
    check(saved, tmp_path)


def test_what_libreoffice_makes_of_them_is_patched(tmp_path: Path) -> None:
    convert(BOOKS, tmp_path / "libreoffice")
    for book in BOOKS:
        check(tmp_path / "libreoffice" / book.name, tmp_path)
