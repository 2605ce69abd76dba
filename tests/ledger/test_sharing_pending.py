"""Writing beside people: what an earlier process left, and what stays pending with its reason."""

import errno
import io
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.ledger.file.concurrent_access import reason, take
from engine.ledger.file.disk import Disk, UnsupportedError
from engine.ledger.package.faults import SharedModeError, UnreadableWorkbook
from tests.ledger.neighbours import (
    START,
    SteppedClock,
    WatchedDisk,
    cells_of,
    change,
    log_row,
    our_leftovers,
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


def test_leftovers_of_a_dead_process_go_at_the_start_and_other_files_stay(book: Path) -> None:
    stays = [".~duban-notes.part", "~WRL0001.tmp", "1A2B3C4D"]
    disk = WatchedDisk()
    parts: list[Path] = []
    disk.before = lambda call, args: parts.append(args[0]) if call == "create" else None
    apply_one(book, disk)
    for name in (*stays, parts[0].name):
        book.with_name(name).write_bytes(b"half")
    tiny_file(book, SteppedClock()).settle()
    assert {path.name for path in book.parent.iterdir()} == {"台账.xlsx", "备份", *stays}


def test_every_write_clears_up_first(book: Path) -> None:
    parts: list[Path] = []
    apply_one(book, WatchedDisk(before=lambda call, args: parts.append(args[0]) if call == "create" else None))
    parts[0].write_bytes(b"half")
    assert tiny_file(book, SteppedClock()).apply([], []).pending is None
    assert our_leftovers(book.parent) == []


@pytest.mark.parametrize("call", ["create", "sync", "keep_access", "make_folder", "exchange", "open", "names"])
@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (PermissionError(errno.EACCES, "denied"), "没有权限"),
        (OSError(errno.EROFS, "read-only"), "只读"),
        (OSError(errno.ENOSPC, "full"), "磁盘空间不足"),
        (OSError(errno.EIO, "broken"), "读写磁盘或网络时出错"),
    ],
)
def test_what_the_system_refuses_is_pending_with_a_reason(book: Path, call: str, problem: OSError, said: str) -> None:
    def refuse(name: str, args: tuple[Any, ...]) -> None:
        if name == call and armed:
            raise problem

    armed = False
    disk = WatchedDisk(before=refuse)
    file = tiny_file(book, SteppedClock(), disk)
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

    file = tiny_file(book, SteppedClock(), patch=refuse)
    assert file.apply([change("绿", "红")], []).pending == "工作簿启用了“共享工作簿”，请关闭后再试"
    assert our_leftovers(book.parent) == []


def test_a_fault_of_the_patch_leaves_nothing_behind(book: Path) -> None:
    def fail(source: Any, target: Any, *args: object) -> Any:
        target.write(b"half")
        raise ZeroDivisionError

    file = tiny_file(book, SteppedClock(), patch=fail)
    with pytest.raises(ZeroDivisionError):
        file.apply([change("绿", "红")], [])
    assert our_leftovers(book.parent) == []


class WindowsDenied(PermissionError):
    """What Windows raises: its own number beside the errno."""

    def __init__(self, winerror: int) -> None:
        super().__init__(errno.EACCES, "denied")
        self.winerror = winerror


@pytest.mark.parametrize("winerror", [5, 32, 33])
def test_a_book_that_windows_holds_is_pending(monkeypatch: pytest.MonkeyPatch, winerror: int) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert reason(WindowsDenied(winerror)) == "文件正被其他程序占用，请关闭它。"


def held_for(times: int, problem: OSError) -> WatchedDisk:
    left = iter(range(times))

    def refuse(call: str, args: tuple[Any, ...]) -> None:
        if call == "open" and next(left, None) is not None:
            raise problem

    return WatchedDisk(before=refuse)


def test_a_book_that_windows_holds_for_a_moment_is_waited_for(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert take(held_for(3, WindowsDenied(32)), book, io.BytesIO(), SteppedClock().sleep).size == book.stat().st_size
    with pytest.raises(PermissionError):
        take(held_for(99, WindowsDenied(32)), book, io.BytesIO(), SteppedClock().sleep)


def test_a_closed_book_is_not_waited_for(book: Path) -> None:
    clock = SteppedClock()
    with pytest.raises(UnreadableWorkbook, match="读不了：没有权限"):
        tiny_file(book, clock, held_for(1, PermissionError(errno.EACCES, "denied"))).read()
    assert clock.time == START


def test_the_backups_are_for_whoever_may_use_the_folder(book: Path) -> None:
    book.parent.chmod(0o2775)
    apply_one(book)
    assert (book.parent / "备份").stat().st_mode & 0o7777 == 0o2775


def test_a_disk_without_safe_replacing_is_named() -> None:
    assert "不支持安全替换" in reason(UnsupportedError(22, "x"))
