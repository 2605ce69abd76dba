"""``duban tidy``: shown before, backed up, undone from the backup; an open book is left alone."""

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from engine.ledger.headings.columns import MATTERS
from engine.ledger.reading.ledger import read_ledger
from tests.ledger.neighbours import owner_file

AT = ("--at", "2026-11-26T17:00")
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def old(book: Path) -> Path:
    """The ledger with the columns of 督办台账 from last to first."""
    workbook = openpyxl.load_workbook(book)
    sheet = workbook[MATTERS.name]
    table = sheet.tables[MATTERS.name]
    for row in sheet[table.ref]:
        for cell, value in zip(row, [cell.value for cell in reversed(row)], strict=True):
            cell.value = value
    table.tableColumns.reverse()
    workbook.save(book)
    return book


def headings(path: Path) -> list[str]:
    return [cell.value for cell in openpyxl.load_workbook(path)[MATTERS.name][1]]


def test_a_trial_shows_and_changes_nothing(old: Path, duban: Command) -> None:
    before = old.read_bytes()
    code, out, _ = duban("tidy", old, "--dry-run", *AT)
    assert code == 0
    assert "预警灯" in out
    assert "台账没有改动" in out
    assert (old.read_bytes(), (old.parent / "备份").exists()) == (before, False)


def test_the_book_is_tidied_and_undone_from_its_backup(old: Path, answer: Callable[..., dict[str, object]]) -> None:
    before = old.read_bytes()
    facts = read_ledger(before).matters
    told = answer("tidy", old, *AT)
    backup = Path(str(told["backup"]))
    assert told["written"]
    assert backup.read_bytes() == before
    assert headings(old) == [column.heading for column in MATTERS.columns]
    assert read_ledger(old.read_bytes()).matters == facts
    assert answer("tidy", old, *AT) == {"written": False, "backup": None, "parts": [], "columns": []}
    shutil.copy(backup, old)
    assert old.read_bytes() == before


def test_an_open_book_is_left_alone(old: Path, duban: Command) -> None:
    before = old.read_bytes()
    old.with_name(f"~${old.name}").write_bytes(owner_file("张三"))
    code, out, err = duban("tidy", old, *AT)
    assert (code, out, old.read_bytes()) == (2, "", before)
    assert "张三" in err
    assert "没有改动" in err
