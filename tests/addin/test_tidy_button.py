"""整理台账: asked, backed up, closed and opened again; whatever fails, the book is open after it."""

from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

from engine.ledger.headings.columns import MATTERS
from engine.ledger.reading.ledger import read_ledger
from tests.addin.old_order import in_another_order
from tests.addin.pressing import Clerk, button
from tests.xlwings_engine import opened

ORDER = [column.heading for column in MATTERS.columns]


@pytest.fixture
def old(path: Path) -> Path:
    return in_another_order(path, path)


def headings(path: Path) -> list[str]:
    return [cell.value for cell in openpyxl.load_workbook(path)[MATTERS.name][1]]


def test_the_book_is_tidied_on_its_disk_and_opened_again(old: Path, person: Clerk) -> None:
    book = opened(old)
    facts = read_ledger(old.read_bytes()).matters
    button("tidy_ledger")()
    assert headings(old) == ORDER
    assert read_ledger(old.read_bytes()).matters == facts
    assert "2列" in person.asked[0]
    [backup] = (old.parent / "备份").iterdir()
    assert backup.name in person.told[0]
    assert headings(backup) != ORDER
    assert [one.fullname for one in book.app.books] == [str(old)]


def test_who_declines_keeps_the_book_as_it_is(old: Path, person: Clerk) -> None:
    opened(old)
    before, person.agrees = old.read_bytes(), False
    button("tidy_ledger")()
    assert (old.read_bytes(), person.told) == (before, [])


def test_a_book_that_cannot_be_tidied_is_open_again_and_told(
    old: Path, person: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from addin.actions import tidying
    from engine.service.tidying import NotTidied

    def fail(*_: object) -> None:
        raise NotTidied("台账没有改动。")

    book = opened(old)
    monkeypatch.setattr(tidying, "tidy_file", fail)
    button("tidy_ledger")()
    assert person.told == ["台账没有改动。"]
    assert [one.fullname for one in book.app.books] == [str(old)]


def test_a_new_book_needs_nothing(book: xw.Book, person: Clerk) -> None:
    button("tidy_ledger")()
    assert person.told == ["台账已经是新的列序，不用整理。"]


def test_a_book_that_depends_on_its_order_is_left_with_the_reason(old: Path, person: Clerk) -> None:
    workbook = openpyxl.load_workbook(old)
    workbook[MATTERS.name]["A90"] = "=VLOOKUP(1,A2:C9,2,0)"
    workbook.save(old)
    opened(old)
    button("tidy_ledger")()
    assert "逐列引用" in person.told[0]
    assert person.asked == []
