"""When it is worth a new file, and which backups stay."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.ledger.file import backups, conflicts
from engine.ledger.file.concurrent_access import worth_writing
from engine.ledger.file.disk import Disk
from engine.ledger.file.file_options import FileOptions
from tests.ledger.neighbours import (
    START,
    SteppedClock,
    cells_of,
    change,
    log_row,
    tiny_book,
    tiny_file,
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(tiny_book({"light": "绿"}))
    return path


def apply_one(book: Path, disk: Disk | None = None) -> Any:
    file = tiny_file(book, SteppedClock(), disk)
    file.read()
    return file.apply([change("绿", "红")], [log_row("S1")])


# when it is worth a new file

LIGHT, HOURS, SYNCED = change("绿", "红"), change(1, 2, "overdue_hours"), change(None, START, "synced_at")
NINE = datetime(2026, 3, 3, 9, 0)


@pytest.mark.parametrize(
    ("changes", "rows", "now", "last_written", "worth"),
    [
        pytest.param([], [], NINE, None, False, id="nothing"),
        pytest.param([LIGHT], [], NINE, None, True, id="a light, never written"),
        pytest.param([], [log_row("S1")], NINE, None, True, id="a row alone"),
        pytest.param([LIGHT], [], NINE, NINE - timedelta(minutes=9, seconds=59), False, id="before ten minutes"),
        pytest.param([LIGHT], [], NINE, NINE - timedelta(minutes=10), True, id="at ten minutes"),
        pytest.param([LIGHT], [], NINE, NINE - timedelta(minutes=11), True, id="after ten minutes"),
        pytest.param([LIGHT], [], NINE, NINE + timedelta(days=1), True, id="a clock that was set back"),
        pytest.param([HOURS, SYNCED], [], NINE, datetime(2026, 3, 3, 8, 0), False, id="hours alone, after eight"),
        pytest.param([HOURS, LIGHT], [], NINE, datetime(2026, 3, 3, 8, 0), True, id="hours and a light"),
        pytest.param([HOURS], [log_row("S1")], NINE, datetime(2026, 3, 3, 8, 0), True, id="hours and a row"),
        pytest.param(
            [HOURS], [], datetime(2026, 3, 3, 7, 59), datetime(2026, 3, 2, 17, 0), False, id="hours alone, before eight"
        ),
        pytest.param(
            [HOURS], [], datetime(2026, 3, 3, 8, 0), datetime(2026, 3, 2, 17, 0), True, id="hours alone, at eight"
        ),
        pytest.param(
            [SYNCED], [], datetime(2026, 3, 3, 8, 0), datetime(2026, 3, 2, 17, 0), True, id="sync time alone, at eight"
        ),
        pytest.param(
            [HOURS], [], NINE, datetime(2026, 3, 3, 7, 59), True, id="the first pass after an eight that was missed"
        ),
        pytest.param(
            [HOURS], [], datetime(2026, 3, 3, 8, 0), datetime(2026, 3, 3, 7, 51), False, id="ten minutes hold at eight"
        ),
    ],
)
def test_worth_writing(changes: Any, rows: Any, now: datetime, last_written: datetime | None, worth: bool) -> None:
    assert worth_writing(changes, rows, now, last_written) is worth


# backups


def test_backups_keep_the_newest_and_the_last_of_each_day(tmp_path: Path) -> None:
    book = tmp_path / "台账.xlsx"
    disk = Disk()
    backups.prepare(disk, book)
    for day in (1, 2, 3):
        for hour in (9, 10, 11):
            displaced = tmp_path / "displaced"
            displaced.write_bytes(b"x")
            backups.store(disk, book, displaced, datetime(2026, 3, day, hour))
    strange = [
        "另一本 2026-03-01 090000.xlsx",
        "台账 2026-03-01 090000 我的.xlsx",
        "台账 2026-03-01 090000 冲突.xlsx",
        "笔记.txt",
    ]
    for name in strange:
        (tmp_path / "备份" / name).write_bytes(b"x")
    assert backups.last_written(disk, book) == datetime(2026, 3, 3, 11)
    backups.prune(disk, book, 2)
    assert {path.name for path in (tmp_path / "备份").iterdir()} == {
        *strange,
        "台账 2026-03-02 110000.xlsx",
        "台账 2026-03-03 100000.xlsx",
        "台账 2026-03-03 110000.xlsx",
    }
    assert [one.copy.name for one in conflicts.standing(disk, book)] == ["台账 2026-03-01 090000 冲突.xlsx"]


def test_two_backups_of_one_second_are_two(tmp_path: Path) -> None:
    book = tmp_path / "台账.xlsx"
    disk = Disk()
    backups.prepare(disk, book)
    for _ in range(3):
        (tmp_path / "displaced").write_bytes(b"x")
        backups.store(disk, book, tmp_path / "displaced", START)
    assert len(list((tmp_path / "备份").iterdir())) == 3
    assert backups.last_written(disk, book) == START
    backups.prune(disk, book, 1)
    assert len(list((tmp_path / "备份").iterdir())) == 1


def test_a_book_never_written_has_no_date(book: Path) -> None:
    assert tiny_file(book, SteppedClock()).last_written() is None
    apply_one(book)
    assert tiny_file(book, SteppedClock()).last_written() == START


def test_the_count_of_backups_is_kept(book: Path) -> None:
    clock = SteppedClock()
    file = tiny_file(book, clock, options=FileOptions(backup_count=2))
    for turn in range(4):
        clock.time += timedelta(minutes=10)
        assert file.apply([change(cells_of(book)["light"], f"第{turn}")], []).pending is None
    assert len(list(book.parent.glob("备份/*"))) == 2
