"""Reading and writing beside people: what is waited for, what is refused and said, what is not worth a new file."""

import errno
import io
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.facts.ledger import Ledger
from engine.ledger.file.concurrent_access import WorkbookBusyError, same_file, take
from engine.ledger.file.disk import Disk
from engine.ledger.package.faults import UnreadableWorkbook
from tests.ledger.neighbours import (
    START,
    SteppedClock,
    WatchedDisk,
    cells_of,
    change,
    log_row,
    our_leftovers,
    owner_file,
    tiny_book,
    tiny_file,
    tiny_parse,
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


# reading


def test_the_book_is_closed_before_anything_is_made_of_it(book: Path) -> None:
    def parse(data: bytes) -> Ledger:
        held = [handle.readlink() for handle in Path("/proc/self/fd").iterdir() if handle.is_symlink()]
        assert book not in held
        parsed.append(data)
        return tiny_parse(data)

    parsed: list[bytes] = []
    tiny_file(book, SteppedClock(), parse=parse).read()
    assert parsed == [book.read_bytes()]


def test_a_book_that_is_absent_while_excel_saves_is_waited_for(book: Path) -> None:
    content = book.read_bytes()
    book.unlink()
    clock = SteppedClock()
    waits: list[datetime] = []

    def come_back() -> None:
        waits.append(clock.time)
        if len(waits) == 3:
            book.write_bytes(content)

    clock.while_waiting = come_back
    assert tiny_file(book, clock).read().version
    assert len(waits) == 3
    assert timedelta(seconds=0.1) < clock.time - START < timedelta(seconds=10)


def test_a_book_that_is_gone_is_said_to_be_gone(book: Path) -> None:
    book.unlink()
    with pytest.raises(UnreadableWorkbook, match="读不了：找不到文件"):
        tiny_file(book, SteppedClock()).read()


def test_a_folder_that_is_gone_is_said_and_never_a_traceback(book: Path) -> None:
    file = tiny_file(book.parent / "gone" / "台账.xlsx", SteppedClock())
    with pytest.raises(UnreadableWorkbook, match="读不了：找不到文件"):
        file.settle()
    assert file.holder() is None
    assert file.last_written() is None
    assert (
        file.apply([change("绿", "红")], []).pending == "工作簿未能写入：找不到文件，可能正在保存，或已被移走、改名。"
    )


def test_what_may_not_be_seen_is_unknown(book: Path) -> None:
    def refuse(call: str, args: tuple[Any, ...]) -> None:
        raise PermissionError(errno.EACCES, "denied")

    file = tiny_file(book, SteppedClock(), WatchedDisk(before=refuse))
    assert file.holder() is None
    assert file.last_written() is None


def changed_while_read(times: int, how: Callable[[Path], None]) -> WatchedDisk:
    left = iter(range(times))

    def meddle(call: str, args: tuple[Any, ...]) -> None:
        if call == "stat" and next(left, None) is not None:
            how(args[0])

    return WatchedDisk(before=meddle)


def grow(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"more")


def save_again(path: Path) -> None:
    content = path.read_bytes()
    path.rename(path.with_name("kept open by its reader"))
    path.write_bytes(content)


@pytest.mark.parametrize("how", [grow, save_again])
def test_a_book_that_changes_while_it_is_read_is_read_again(book: Path, how: Callable[[Path], None]) -> None:
    into = io.BytesIO()
    take(changed_while_read(2, how), book, into, SteppedClock().sleep)
    assert into.getvalue() == book.read_bytes()


def test_a_book_that_never_settles_is_busy(book: Path) -> None:
    with pytest.raises(WorkbookBusyError, match="正在保存"):
        take(changed_while_read(99, grow), book, io.BytesIO(), SteppedClock().sleep)


@pytest.mark.parametrize(("step", "closed"), [("read", "open"), ("settle", "names")])
def test_what_may_not_be_read_is_told_in_words(book: Path, step: str, closed: str) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "denied")

    disk = Disk()
    setattr(disk, closed, denied)
    act = getattr(tiny_file(book, SteppedClock(), disk), step)
    with pytest.raises(UnreadableWorkbook, match="工作簿读不了"):
        act()


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06", b"PK\x05\x06" + b"\xff" * 18, b"x" * 100_000])
def test_what_is_no_workbook_has_an_identity_all_the_same(book: Path, content: bytes) -> None:
    book.write_bytes(content)
    seen = take(Disk(), book, io.BytesIO(), SteppedClock().sleep)
    assert same_file(Disk(), book, seen)


def test_a_save_is_noticed_by_size_by_time_and_by_the_central_directory(book: Path) -> None:
    seen = take(Disk(), book, io.BytesIO(), SteppedClock().sleep)
    status = book.stat()
    assert same_file(Disk(), book, seen)
    book.write_bytes(tiny_book({"light": "红"}))
    assert book.stat().st_size == status.st_size
    os.utime(book, ns=(status.st_mtime_ns, status.st_mtime_ns))
    assert not same_file(Disk(), book, seen), "same size and time, another content"
    book.write_bytes(tiny_book({"light": "绿"}))
    os.utime(book, ns=(status.st_mtime_ns, status.st_mtime_ns))
    assert same_file(Disk(), book, seen)
    os.utime(book, ns=(status.st_mtime_ns, status.st_mtime_ns + 1))
    assert not same_file(Disk(), book, seen)


def test_the_version_is_the_same_exactly_for_the_same_save(book: Path) -> None:
    file = tiny_file(book, SteppedClock())
    first = file.read().version
    assert file.read().version == first
    book.write_bytes(tiny_book({"light": "红"}))
    assert file.read().version != first


# writing


def test_one_write(book: Path) -> None:
    book.chmod(0o664)
    before = book.read_bytes()
    disk = WatchedDisk()
    report = apply_one(book, disk)
    assert report.pending is None
    assert report.applied == (change("绿", "红"),)
    assert report.appended == 1
    assert cells_of(book) == {"light": "红", "rows": ["S1"]}
    assert book.stat().st_mode & 0o777 == 0o664
    assert {path.name for path in book.parent.iterdir()} == {"台账.xlsx", "备份"}
    assert [path.read_bytes() for path in book.parent.glob("备份/*")] == [before]


def test_the_content_is_on_the_medium_before_it_has_a_name_and_the_names_are_before_it_counts(book: Path) -> None:
    disk = WatchedDisk()
    apply_one(book, disk)
    order = [disk.calls.index(call) for call in ("create", "keep_access", "sync", "overwrite", "exchange")]
    assert order == sorted(order)
    assert "sync_folder" in disk.calls[order[-1] :]


@pytest.mark.parametrize("at_once", [1, 99], ids=["in passing", "for good"])
def test_a_fault_after_the_swap_is_no_refusal(tmp_path: Path, at_once: int) -> None:
    """A disk that fails at a call after the new version has its place: what is written is called written."""
    calls = 0
    while True:
        calls += 1
        folder = tmp_path / str(calls)
        folder.mkdir()
        book = folder / "台账.xlsx"
        book.write_bytes(tiny_book({"light": "绿"}))
        disk, left = WatchedDisk(), [calls - 1, at_once]

        def fail(name: str, _args: object, disk: WatchedDisk = disk, left: list[int] = left) -> None:
            if "exchange" not in disk.calls or name in ("open", "status"):
                return
            left[0] -= 1
            if left[0] < 0 < left[1]:
                left[1] -= 1
                raise OSError(errno.EIO, "injected")

        disk.before = fail
        report = apply_one(book, disk)
        written = cells_of(book) == {"light": "红", "rows": ["S1"]}
        assert written == (report.pending is None), (calls, report)
        if left[1] == at_once:
            break
    assert calls > 5


def test_nothing_to_write_touches_nothing(book: Path) -> None:
    before = (book.stat().st_ino, book.stat().st_mtime_ns)
    file = tiny_file(book, SteppedClock())
    assert file.apply([], []).pending is None
    report = file.apply([change("黄", "红")], [])
    assert [dropped.reason for dropped in report.dropped] == ["已被改动"]
    assert (book.stat().st_ino, book.stat().st_mtime_ns) == before
    assert [path.name for path in book.parent.iterdir()] == ["台账.xlsx"]


@pytest.mark.parametrize("owner", ["~$台账.xlsx", ".~台账.xlsx", ".~lock.台账.xlsx#"])
def test_never_while_an_owner_file_stands(book: Path, owner: str) -> None:
    book.with_name(owner).write_bytes(owner_file("张三") if "lock" not in owner else "张三,z,pc,t,u;".encode())
    before = book.read_bytes()
    disk = WatchedDisk()
    report = apply_one(book, disk)
    assert report.pending is not None
    assert "由张三（" in report.pending
    assert "exchange" not in disk.calls
    assert book.read_bytes() == before
    book.with_name(owner).unlink()
    assert apply_one(book).pending is None
    assert cells_of(book)["light"] == "红"


def when(call: str, do: Callable[[], object]) -> WatchedDisk:
    """A disk on which ``do`` happens once, just before the first such call."""
    todo = iter([do])

    def before(name: str, args: tuple[Any, ...]) -> None:
        if name == call:
            for act in todo:
                act()

    return WatchedDisk(before=before)


def test_somebody_who_opens_it_meanwhile_stops_the_swap(book: Path) -> None:
    disk = when("make_folder", lambda: book.with_name("~$台账.xlsx").write_bytes(owner_file("张三")))
    report = apply_one(book, disk)
    assert "恰有人" in report.pending
    assert "exchange" not in disk.calls
    assert cells_of(book) == {"light": "绿"}
    assert our_leftovers(book.parent) == []


def test_somebody_who_saves_meanwhile_stops_the_swap(book: Path) -> None:
    disk = when("make_folder", lambda: book.write_bytes(tiny_book({"light": "绿", "edits": [1]})))
    report = apply_one(book, disk)
    assert "恰有人" in report.pending
    assert "exchange" not in disk.calls
    assert cells_of(book) == {"light": "绿", "edits": [1]}
    assert our_leftovers(book.parent) == []


def test_a_save_exactly_between_the_last_check_and_the_swap_stands(book: Path) -> None:
    disk = when("exchange", lambda: book.write_bytes(tiny_book({"light": "绿", "edits": [1]})))
    report = apply_one(book, disk)
    assert "恰有人" in report.pending
    assert "exchange" in disk.calls
    assert cells_of(book) == {"light": "绿", "edits": [1]}
    assert our_leftovers(book.parent) == []
