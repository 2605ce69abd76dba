"""What the scheduler leaves beside an open workbook, and what the add-in takes in."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.facts.change import NewRow
from engine.ledger.file.differences import (
    LARGEST,
    Differences,
    ForeignDifferencesError,
    differences_path,
    encode,
    find,
    leave,
    withdraw,
)
from engine.ledger.file.disk import Disk
from tests.ledger.neighbours import (
    LEDGER_ID,
    START,
    Crash,
    MortalDisk,
    SteppedClock,
    cells_of,
    change,
    log_row,
    our_leftovers,
    owner_file,
    tiny_book,
    tiny_file,
)

ROW = log_row("S000001", at=START, matter="2026-日-0001", mobile="138****8000", text="【督查室】…", ordinal=1)
SOME = Differences(LEDGER_ID, START, (ROW,))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(tiny_book({"light": "绿"}))
    return path


def test_what_is_left_is_found(book: Path) -> None:
    leave(Disk(), book, SOME)
    assert [path.name for path in book.parent.glob("*.json")] == ["台账.待同步.json"]
    assert find(Disk(), book, LEDGER_ID) == SOME


def test_it_is_the_present_difference_and_no_queue(book: Path) -> None:
    leave(Disk(), book, SOME)
    later = Differences(LEDGER_ID, START + timedelta(minutes=10), (log_row("S000002"),))
    leave(Disk(), book, later)
    assert find(Disk(), book, LEDGER_ID) == later
    withdraw(Disk(), book)
    assert find(Disk(), book, LEDGER_ID) is None
    withdraw(Disk(), book)


def test_whoever_may_edit_the_book_may_read_it(book: Path) -> None:
    book.chmod(0o664)
    leave(Disk(), book, SOME)
    assert differences_path(book).stat().st_mode & 0o777 == 0o664


def test_it_is_whole_at_every_moment(book: Path) -> None:
    leave(Disk(), book, SOME)
    later = Differences(LEDGER_ID, START, (ROW, log_row("S000002")))
    deaths = 0
    for power_cut in (False, True):
        for call in range(20):
            disk = MortalDisk("exchange", call, power_cut)
            try:
                leave(disk, book, later)
                disk.cut_power()
            except Crash:
                deaths += 1
            disk.release()
            assert find(Disk(), book, LEDGER_ID) in (SOME, later)
            leave(Disk(), book, SOME)
    assert deaths >= 8


def test_a_closed_folder_raises_and_leaves_nothing(book: Path) -> None:
    class FullDisk(Disk):
        def sync(self, stream: Any) -> None:
            raise OSError(28, "full")

    with pytest.raises(OSError, match="full"):
        leave(FullDisk(), book, SOME)
    assert [path.name for path in book.parent.iterdir()] == ["台账.xlsx"]


def forged(**members: Any) -> bytes:
    value = json.loads(encode(SOME))
    value.update(members)
    return json.dumps({key: member for key, member in value.items() if member is not ...}).encode()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="half"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b"[" * 100_000, id="nested without end"),
        pytest.param(b" " * (LARGEST + 1), id="too large"),
        pytest.param(forged() + b" " * LARGEST, id="too large, else as it should be"),
        pytest.param(forged(format=1), id="another format"),
        pytest.param(forged(more=1), id="a foreign member"),
        pytest.param(forged(rows=...), id="a missing member"),
        pytest.param(forged(heartbeat="昨天"), id="no time"),
        pytest.param(forged(heartbeat="9999-12-31T23:59:59"), id="a time beyond every deadline"),
        pytest.param(forged(heartbeat="2026-03-03T09:00:00+08:00"), id="a time with an offset"),
        pytest.param(forged(heartbeat=5), id="a number for a time"),
        pytest.param(forged(ledger_id=5), id="a number for an identity"),
        pytest.param(forged(rows={}), id="rows no list"),
        pytest.param(forged(rows=["x"]), id="a row no object"),
        pytest.param(forged(rows=[{"at": "2026-03-03T09:00:00"}]), id="a row without a number"),
        pytest.param(forged(rows=[{"number": ""}]), id="an empty number"),
        pytest.param(forged(rows=[{"number": "S1", "light": "绿"}]), id="a column of another sheet"),
        pytest.param(forged(rows=[{"number": "S1", "text": 5}]), id="a number for a text"),
        pytest.param(forged(rows=[{"number": "S1", "text": "x" * 32_768}]), id="longer than a cell"),
        pytest.param(forged(rows=[{"number": "S1", "ordinal": "1"}]), id="a text for a number"),
        pytest.param(forged(rows=[{"number": "S1", "ordinal": True}]), id="a truth value for a number"),
        pytest.param(forged(rows=[{"number": "S1", "at": "2026-03-03T25:00:00"}]), id="an impossible time"),
        pytest.param(forged(rows=[{"number": "S1", "at": "9999-12-31T23:59:59"}]), id="a row of the year 9999"),
        pytest.param(forged(rows=[{"number": "S1", "mobile": "13800008000"}]), id="a full number"),
    ],
)
def test_a_forged_file_is_refused(book: Path, data: bytes) -> None:
    differences_path(book).write_bytes(data)
    with pytest.raises(ForeignDifferencesError, match="未采用"):
        find(Disk(), book, LEDGER_ID)


def test_the_scheduler_takes_back_only_what_bears_its_own_seal(book: Path) -> None:
    """A genuine row, copied by hand into a file of one's own, must not silence the ledger."""
    leave(Disk(), book, SOME, b"secret")
    assert find(Disk(), book, LEDGER_ID, b"secret") == SOME
    genuine = json.loads(differences_path(book).read_bytes())
    more = {**genuine["rows"][0], "number": "S000002"}
    for forged_file in ({**genuine, "rows": [*genuine["rows"], more]}, {**genuine, "seal": ""}, {**genuine, "seal": 5}):
        differences_path(book).write_text(json.dumps(forged_file), encoding="utf-8")
        with pytest.raises(ForeignDifferencesError, match="未采用"):
            find(Disk(), book, LEDGER_ID, b"secret")
    leave(Disk(), book, SOME, b"another journal")
    with pytest.raises(ForeignDifferencesError, match="未采用"):
        find(Disk(), book, LEDGER_ID, b"secret")


@pytest.mark.parametrize("ledger_id", ["another", ""])
def test_a_file_of_another_ledger_is_refused(book: Path, ledger_id: str) -> None:
    leave(Disk(), book, SOME)
    with pytest.raises(ForeignDifferencesError, match="另一本台账"):
        find(Disk(), book, ledger_id)


def test_a_book_without_identity_takes_no_file(book: Path) -> None:
    differences_path(book).write_bytes(forged(ledger_id=""))
    with pytest.raises(ForeignDifferencesError, match="另一本台账"):
        find(Disk(), book, "")


@pytest.mark.parametrize(
    "row",
    [
        NewRow("check_results", {"row": 5}),
        NewRow("reports", {"number": "S1"}, "number"),
        NewRow("message_log", {"number": "S1"}),
        log_row("S1", light="绿"),
        log_row("S1", mobile="+8613800008000"),
        log_row("S1", ordinal=1.5),
        log_row("S1", text="x" * 32_768),
    ],
)
def test_what_the_add_in_would_refuse_is_never_left(book: Path, row: NewRow) -> None:
    with pytest.raises((ValueError, KeyError)):
        leave(Disk(), book, Differences(LEDGER_ID, START, (row,)))
    assert our_leftovers(book.parent) == []


# as part of a write


def test_while_the_book_is_open_the_rows_stand_beside_it_and_go_once_they_are_in(book: Path) -> None:
    owner = book.with_name("~$台账.xlsx")
    owner.write_bytes(owner_file("张三"))
    clock = SteppedClock()
    file = tiny_file(book, clock)
    file.read()
    file.apply([change("绿", "红")], [log_row("S1"), NewRow("check_results", {"row": 5})])
    assert find(Disk(), book, LEDGER_ID) == Differences(LEDGER_ID, START, (log_row("S1"),))
    clock.time += timedelta(minutes=5)
    file.apply([], [])
    assert find(Disk(), book, LEDGER_ID) == Differences(LEDGER_ID, START + timedelta(minutes=5), ())
    owner.unlink()
    assert file.apply([change("绿", "红")], [log_row("S1")]).pending is None
    assert not differences_path(book).exists()
    assert cells_of(book)["rows"] == ["S1"]


def test_rows_put_off_stand_beside_the_book(book: Path) -> None:
    file = tiny_file(book, SteppedClock(datetime(2026, 3, 3, 10, 30)))
    file.read()
    file.postpone([log_row("S1")])
    assert find(Disk(), book, LEDGER_ID) == Differences(LEDGER_ID, datetime(2026, 3, 3, 10, 30), (log_row("S1"),))


def test_a_folder_that_takes_no_file_is_a_notice(book: Path) -> None:
    class ClosedDisk(Disk):
        def create(self, path: Path) -> Any:
            raise PermissionError(13, "denied")

    book.with_name("~$台账.xlsx").write_bytes(owner_file("张三"))
    file = tiny_file(book, SteppedClock(), ClosedDisk())
    file.read()
    report = file.apply([], [log_row("S1")])
    assert report.pending is not None
    assert [notice[:10] for notice in report.notices] == ["待同步文件未能更新："]
