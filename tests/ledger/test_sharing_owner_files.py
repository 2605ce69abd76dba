"""Who has the workbook open, by the files that office programs leave beside it."""

import contextlib
import os
import subprocess
import time
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from engine.ledger.file.concurrent_access import long_open
from engine.ledger.file.disk import Disk
from engine.ledger.file.owner_files import Holder, find_holder
from tests.ledger.neighbours import WatchedDisk, owner_file
from tests.tools import need

SINCE = datetime(2026, 3, 3, 9, 12)
AT = 1_772_500_320  # the same moment, in seconds since 1970


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "督办台账.xlsx"
    path.write_bytes(b"PK")
    return path


def leave(book: Path, name: str, content: bytes) -> None:
    path = book.with_name(name)
    path.write_bytes(content)
    os.utime(path, (AT, AT))


def test_the_layout_is_that_of_excel() -> None:
    data = owner_file("张三")
    assert len(data) == 165
    assert data[0] == 4
    assert data[55:57] == b"\x02\x00"


@pytest.mark.parametrize(
    ("program", "file", "content", "name"),
    [
        ("Excel", "~$督办台账.xlsx", owner_file("张三"), "张三"),
        ("Excel", "~$督办台账.xlsx", owner_file("Zhang San"), "Zhang San"),
        ("WPS", ".~督办台账.xlsx", owner_file("李四"), "李四"),
        ("LibreOffice", ".~lock.督办台账.xlsx#", "王五,wang,PC-7,03.03.2026 09:12,file:///c/u;".encode(), "王五"),
        ("LibreOffice", ".~lock.督办台账.xlsx#", b",wang,PC-7,03.03.2026 09:12,file:///c/u;", "wang"),
        ("LibreOffice", ".~lock.督办台账.xlsx#", rb"a\,b\;c\\d,wang,PC-7,t,u;", r"a,b;c\d"),
    ],
)
def test_the_holder_is_named(book: Path, program: str, file: str, content: bytes, name: str) -> None:
    leave(book, file, content)
    assert find_holder(Disk(), book) == Holder(program, name, SINCE)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_the_time_is_office_time_in_any_zone(book: Path, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    leave(book, "~$督办台账.xlsx", owner_file("张三"))
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        holder = find_holder(Disk(), book)
    time.tzset()
    assert str(holder) == "张三（Excel，自03月03日09:12起）"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", ""),
        (b"\x00" * 165, ""),
        (b"\xff" * 165, ""),
        (owner_file("张三")[:55], "张三"),
        (owner_file("张三")[:58], "张三"),
        (owner_file("张\x1b[2J\u202e三"), "张 [2J 三"),
    ],
)
def test_a_broken_or_hostile_owner_file_still_counts(book: Path, content: bytes, name: str) -> None:
    leave(book, "~$督办台账.xlsx", content)
    holder = find_holder(Disk(), book)
    assert holder is not None
    assert holder.name == name


def test_an_owner_file_that_cannot_be_opened_counts(book: Path) -> None:
    def refuse(call: str, args: tuple[object, ...]) -> None:
        if call == "open":
            raise PermissionError(13, "sharing violation")

    leave(book, "~$督办台账.xlsx", owner_file("张三"))
    assert find_holder(WatchedDisk(before=refuse), book) == Holder("Excel", "", SINCE)


def test_files_of_another_workbook_do_not_count(book: Path) -> None:
    for name in ("~$台账.xlsx", ".~lock.督办台账.xlsx", "~$督办台账.xlsm", ".~duban-00000000-x.new"):
        leave(book, name, owner_file("张三"))
    assert find_holder(Disk(), book) is None


class AskableDisk(Disk):
    """A system that can tell whether a file is held, as Windows does by an exclusive open."""

    def __init__(self, held: bool | None) -> None:
        self.held = held

    def is_held(self, path: Path) -> bool | None:
        return self.held


@pytest.mark.parametrize(
    ("held", "owner", "found"),
    [
        pytest.param(False, True, None, id="stale after a crash of Excel"),
        pytest.param(True, True, Holder("Excel", "张三", SINCE), id="open"),
        pytest.param(None, True, Holder("Excel", "张三", SINCE), id="cannot be told: it counts"),
        pytest.param(None, False, None, id="nothing known"),
        pytest.param(True, False, Holder("未知程序", "", SINCE), id="held without an owner file"),
    ],
)
def test_an_owner_file_is_a_hint_that_an_exclusive_open_settles(
    book: Path, held: bool | None, owner: bool, found: Holder | None
) -> None:
    os.utime(book, (AT, AT))
    if owner:
        leave(book, "~$督办台账.xlsx", owner_file("张三"))
    assert find_holder(AskableDisk(held), book) == found


def test_libreoffice_itself_leaves_what_we_look_for(tmp_path: Path) -> None:
    soffice = need("soffice")
    book = tmp_path / "台账.xlsx"
    with xlsxwriter.Workbook(book) as content:
        content.add_worksheet("督办台账").write(0, 0, "事项编号")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    office = subprocess.Popen(
        [soffice, "--headless", "--norestore", "--nologo", profile, str(book)],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:  # without a display it may end by itself, and then leaves a stale one, which is as good
        until = time.monotonic() + 90
        while time.monotonic() < until:
            ended = office.poll() is not None
            holder = find_holder(Disk(), book)
            if ended or (holder and holder.name):
                break
        assert holder is not None
        assert holder.program == "LibreOffice"
        assert holder.name
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(office.pid, 9)
        office.wait()


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2026, 3, 3, 11, 11), None),
        (datetime(2026, 3, 3, 11, 12), None),
        (datetime(2026, 3, 3, 11, 13), "已打开超过2小时"),
        (datetime(2026, 3, 3, 18, 0), "已打开超过2小时"),
    ],
)
def test_a_book_open_for_over_two_hours_is_reported_by_name(now: datetime, said: str | None) -> None:
    report = long_open(Holder("Excel", "张三", SINCE), now)
    assert (report is None) == (said is None)
    assert said is None or (report and said in report.problem and "张三" in report.problem)


@pytest.mark.parametrize(
    ("now", "reported"),
    [(datetime(2026, 3, 3, 17, 59), False), (datetime(2026, 3, 3, 18, 0), True), (datetime(2026, 3, 3, 18, 1), True)],
)
def test_a_book_open_at_six_is_reported(now: datetime, reported: bool) -> None:
    holder = Holder("WPS", "", datetime(2026, 3, 3, 17, 0))
    report = long_open(holder, now)
    assert (report is not None) == reported
    assert report is None or ("同事（WPS" in report.problem and "下班后仍未关闭" in report.problem)


def test_a_closed_book_is_not_reported() -> None:
    assert long_open(None, datetime(2026, 3, 3, 18, 0)) is None
