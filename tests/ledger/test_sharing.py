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
from engine.ledger import backups
from engine.ledger.container import UnreadableWorkbook
from engine.ledger.disk import Disk, UnsupportedError
from engine.ledger.patching.refusals import SharedModeError
from engine.ledger.sharing import WorkbookBusyError, reason, same_file, take, worth_writing
from tests.ledger.neighbours import (
    START,
    Clock,
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


def apply_one(book: Path, disk: Disk | None = None, **more: Any) -> Any:
    file = tiny_file(book, Clock(), disk, **more)
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
    tiny_file(book, Clock(), parse=parse).read()
    assert parsed == [book.read_bytes()]


def test_a_book_that_is_absent_while_excel_saves_is_waited_for(book: Path) -> None:
    content = book.read_bytes()
    book.unlink()
    clock = Clock()
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
        tiny_file(book, Clock()).read()


def test_a_folder_that_is_gone_is_said_and_never_a_traceback(book: Path) -> None:
    file = tiny_file(book.parent / "gone" / "台账.xlsx", Clock())
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

    file = tiny_file(book, Clock(), WatchedDisk(before=refuse))
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
    take(changed_while_read(2, how), book, into, Clock().sleep)
    assert into.getvalue() == book.read_bytes()


def test_a_book_that_never_settles_is_busy(book: Path) -> None:
    with pytest.raises(WorkbookBusyError, match="正在保存"):
        take(changed_while_read(99, grow), book, io.BytesIO(), Clock().sleep)


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06", b"PK\x05\x06" + b"\xff" * 18, b"x" * 100_000])
def test_what_is_no_workbook_has_an_identity_all_the_same(book: Path, content: bytes) -> None:
    book.write_bytes(content)
    seen = take(Disk(), book, io.BytesIO(), Clock().sleep)
    assert same_file(Disk(), book, seen)


def test_a_save_is_noticed_by_size_by_time_and_by_the_central_directory(book: Path) -> None:
    seen = take(Disk(), book, io.BytesIO(), Clock().sleep)
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
    file = tiny_file(book, Clock())
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


def test_nothing_to_write_touches_nothing(book: Path) -> None:
    before = (book.stat().st_ino, book.stat().st_mtime_ns)
    file = tiny_file(book, Clock())
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


def test_leftovers_of_a_dead_process_go_at_the_start_and_other_files_stay(book: Path) -> None:
    stays = [".~duban-notes.part", "~WRL0001.tmp", "1A2B3C4D"]
    disk = WatchedDisk()
    parts: list[Path] = []
    disk.before = lambda call, args: parts.append(args[0]) if call == "create" else None
    apply_one(book, disk)
    for name in (*stays, parts[0].name):
        book.with_name(name).write_bytes(b"half")
    tiny_file(book, Clock()).settle()
    assert {path.name for path in book.parent.iterdir()} == {"台账.xlsx", "备份", *stays}


def test_every_write_clears_up_first(book: Path) -> None:
    parts: list[Path] = []
    apply_one(book, WatchedDisk(before=lambda call, args: parts.append(args[0]) if call == "create" else None))
    parts[0].write_bytes(b"half")
    assert tiny_file(book, Clock()).apply([], []).pending is None
    assert our_leftovers(book.parent) == []


@pytest.mark.parametrize("call", ["create", "sync", "keep_access", "make_folder", "exchange", "open", "names"])
@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (PermissionError(errno.EACCES, "denied"), "没有权限"),
        (OSError(errno.EROFS, "read-only"), "只读"),
        (OSError(errno.ENOSPC, "full"), "磁盘空间不足"),
        (OSError(errno.EIO, "broken"), "系统报告错误5"),
    ],
)
def test_what_the_system_refuses_is_pending_with_a_reason(book: Path, call: str, problem: OSError, said: str) -> None:
    def refuse(name: str, args: tuple[Any, ...]) -> None:
        if name == call and armed:
            raise problem

    armed = False
    disk = WatchedDisk(before=refuse)
    file = tiny_file(book, Clock(), disk)
    file.read()
    armed = True
    report = file.apply([change("绿", "红")], [log_row("S1")])
    assert report.applied == ()
    assert said in report.pending
    assert str(book.parent) not in report.pending
    assert cells_of(book) == {"light": "绿"}
    armed = False
    assert file.apply([change("绿", "红")], [log_row("S1")]).pending is None
    assert our_leftovers(book.parent) == []


def test_a_refused_workbook_is_pending_with_the_reason(book: Path) -> None:
    def refuse(*args: object) -> Any:
        raise SharedModeError("工作簿启用了“共享工作簿”，请关闭后再试")

    file = tiny_file(book, Clock(), patch=refuse)
    assert file.apply([change("绿", "红")], []).pending == "工作簿启用了“共享工作簿”，请关闭后再试"
    assert our_leftovers(book.parent) == []


def test_a_fault_of_the_patch_leaves_nothing_behind(book: Path) -> None:
    def fail(source: Any, target: Any, *args: object) -> Any:
        target.write(b"half")
        raise ZeroDivisionError

    file = tiny_file(book, Clock(), patch=fail)
    with pytest.raises(ZeroDivisionError):
        file.apply([change("绿", "红")], [])
    assert our_leftovers(book.parent) == []


class WindowsDenied(PermissionError):
    """What Windows raises: its own number beside the errno."""

    def __init__(self, winerror: int) -> None:
        super().__init__(errno.EACCES, "denied")
        self.winerror = winerror


@pytest.mark.parametrize("winerror", [5, 32])
def test_a_book_that_windows_holds_is_pending(monkeypatch: pytest.MonkeyPatch, winerror: int) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert reason(WindowsDenied(winerror)) == "文件正被其他程序占用，关闭后会自动继续。"


def held_for(times: int, problem: OSError) -> WatchedDisk:
    left = iter(range(times))

    def refuse(call: str, args: tuple[Any, ...]) -> None:
        if call == "open" and next(left, None) is not None:
            raise problem

    return WatchedDisk(before=refuse)


def test_a_book_that_windows_holds_for_a_moment_is_waited_for(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert take(held_for(3, WindowsDenied(32)), book, io.BytesIO(), Clock().sleep).size == book.stat().st_size
    with pytest.raises(PermissionError):
        take(held_for(99, WindowsDenied(32)), book, io.BytesIO(), Clock().sleep)


def test_a_closed_book_is_not_waited_for(book: Path) -> None:
    clock = Clock()
    with pytest.raises(UnreadableWorkbook, match="读不了：没有权限"):
        tiny_file(book, clock, held_for(1, PermissionError(errno.EACCES, "denied"))).read()
    assert clock.time == START


def test_the_backups_are_for_whoever_may_use_the_folder(book: Path) -> None:
    book.parent.chmod(0o2775)
    apply_one(book)
    assert (book.parent / "备份").stat().st_mode & 0o7777 == 0o2775


def test_a_disk_without_safe_replacing_is_named() -> None:
    assert "不支持安全替换" in reason(UnsupportedError(22, "x"))


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
            backups.keep(disk, book, displaced, datetime(2026, 3, day, hour))
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
    assert backups.conflicts(disk, book) == ["台账 2026-03-01 090000 冲突.xlsx"]


def test_two_backups_of_one_second_are_two(tmp_path: Path) -> None:
    book = tmp_path / "台账.xlsx"
    disk = Disk()
    backups.prepare(disk, book)
    for _ in range(3):
        (tmp_path / "displaced").write_bytes(b"x")
        backups.keep(disk, book, tmp_path / "displaced", START)
    assert len(list((tmp_path / "备份").iterdir())) == 3
    assert backups.last_written(disk, book) == START
    backups.prune(disk, book, 1)
    assert len(list((tmp_path / "备份").iterdir())) == 1


def test_a_book_never_written_has_no_date(book: Path) -> None:
    assert tiny_file(book, Clock()).last_written() is None
    apply_one(book)
    assert tiny_file(book, Clock()).last_written() == START


def test_the_count_of_backups_is_kept(book: Path) -> None:
    clock = Clock()
    file = tiny_file(book, clock, backup_count=2)
    for turn in range(4):
        clock.time += timedelta(minutes=10)
        assert file.apply([change(cells_of(book)["light"], f"第{turn}")], []).pending is None
    assert len(list(book.parent.glob("备份/*"))) == 2
