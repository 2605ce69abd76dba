"""What the scheduler left is taken in or refused; the buttons that only show; 转存短信记录."""

import os
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from openpyxl import load_workbook

from addin.actions import keeping
from engine.facts.change import NewRow
from engine.ledger.file import conflicts
from engine.ledger.file.differences import Differences, differences_path, encode
from engine.ledger.file.disk import Disk
from engine.ledger.file.owner_files import OFFICE_ZONE, owner_files
from engine.ledger.reading.ledger import read_ledger
from sms.store.keys import number_of
from sms.store.model import Key
from tests.addin.button_cases import ONE, heading, synchronized
from tests.addin.pressing import (
    NOW,
    Clerk,
    button,
    cells,
    differences,
    select,
)
from tests.service.office import report_row, write_book
from tests.xlwings_engine import opened


def urging(ledger_id: str, at: datetime, **changes: Any) -> NewRow:
    """A row of 短信记录 as the scheduler writes it: its number follows from what it says."""
    key = Key(ledger_id, ONE, "3天", "", 1, NOW, "+3h", "市教育局", "具体责任人")
    values = dict(
        zip(("matter", "node", "period", "ordinal", "duty_due", "slot", "unit", "role"), key[1:], strict=True)
    )
    values |= {"number": number_of(key), "at": at, "state": "已提交", "kind": "催办", **changes}
    return NewRow("message_log", values, "number")


def left_beside(path: Path, ledger_id: str, beat: datetime) -> None:
    differences_path(path).write_bytes(encode(Differences(ledger_id, beat, (urging(ledger_id, beat),)), b"secret"))


def test_synchronizing_takes_in_what_the_scheduler_left(book: xw.Book, person: Clerk, path: Path) -> None:
    synchronized(person)
    left_beside(path, read_ledger(path.read_bytes()).settings.ledger_id, NOW - timedelta(minutes=2))
    before = cells(book)
    button("synchronize")()
    changed = differences(before, cells(book))
    assert ("短信记录", "A2") in changed
    urgings = {value for place, value in changed.items() if heading(book, place) == "催办次数"}
    assert urgings
    once = cells(book)
    button("synchronize")()
    assert differences(once, cells(book)) == {}


def test_every_other_button_takes_it_in_first(book: xw.Book, person: Clerk, path: Path) -> None:
    left_beside(path, read_ledger(path.read_bytes()).settings.ledger_id, NOW)
    button("show_today")()
    assert str(book.impl._workbook["短信记录"]["A2"].value).startswith("S")


def test_the_next_button_tells_of_a_save_that_is_not_merged(book: xw.Book, person: Clerk, path: Path) -> None:
    displaced = path.with_name("displaced")
    made, report = path.with_name("made.xlsx"), report_row(ONE, "3天", NOW)
    displaced.write_bytes(write_book(made, [], reports=[report]).read_bytes())
    conflicts.store(Disk(), path, displaced, NOW, BytesIO(write_book(made, []).read_bytes()))
    button("synchronize")()
    assert "反馈记录新增或改动了1行" in person.told[-1]


@pytest.mark.parametrize("content", [b"{}", b"not json", b'{"format": 1}'])
def test_a_forged_file_is_refused(book: xw.Book, person: Clerk, path: Path, content: bytes) -> None:
    differences_path(path).write_bytes(content)
    button("synchronize")()
    assert "不是本程序所写，未采用" in person.told[-1]
    assert book.impl._workbook["短信记录"]["A2"].value is None


def test_a_file_of_another_ledger_is_refused(book: xw.Book, person: Clerk, path: Path) -> None:
    left_beside(path, "another", NOW)
    button("synchronize")()
    assert "另一本台账" in person.told[-1]
    assert book.impl._workbook["短信记录"]["A2"].value is None


@pytest.mark.parametrize(("minutes", "says"), [(29, "后台正常"), (30, "后台正常"), (31, "没有动静")])
def test_todays_list_tells_whether_the_scheduler_is_alive(
    book: xw.Book, person: Clerk, path: Path, minutes: int, says: str
) -> None:
    left_beside(path, read_ledger(path.read_bytes()).settings.ledger_id, NOW - timedelta(minutes=minutes))
    button("show_today")()
    assert says in person.tables[-1][1]


@pytest.mark.parametrize(("host", "minutes", "silent"), [("h", 30, False), ("h", 31, True), ("", 31, False)])
def test_a_scheduler_that_left_no_word_since_the_book_was_opened_is_silent(
    book: xw.Book, person: Clerk, path: Path, host: str, minutes: int, *, silent: bool
) -> None:
    set_parameter(book, "值班主机", host)
    owner = owner_files(path)["Excel"]
    owner.touch()
    opened_at = (NOW - timedelta(minutes=minutes)).replace(tzinfo=OFFICE_ZONE).timestamp()
    os.utime(owner, (opened_at, opened_at))
    button("show_today")()
    assert ("没有动静" in person.tables[-1][1]) is silent


def set_parameter(book: xw.Book, key: str, value: str) -> None:
    sheet = book.impl._workbook["参数设置"]
    row = next(cell.row for cell in sheet["A"] if cell.value == key)
    sheet.cell(row, 2).value = value


def test_previewing_and_explaining_change_nothing(book: xw.Book, person: Clerk) -> None:
    synchronized(person)
    select(book, ONE)
    before = cells(book)
    for name in ("preview_messages", "explain_matter", "show_today", "open_manual"):
        button(name)()
    assert cells(book) == before
    preview, why, today = person.tables
    assert "今后24小时" in preview[1]
    assert preview[2]
    assert why[1].startswith(ONE)
    assert any(row[4] == "SZ1-13.1" and "截止时限前5小时" in row[-1] for row in why[2])
    assert any(row[0] == "理解22" and "节点取到本事项的时限为止" in row[-1] for row in why[2])
    assert {row[0] for row in today[2]} >= {"待批"}
    assert person.opened[0].name == "使用手册.html"
    assert person.opened[0].is_file()


def test_the_manual_of_an_installed_package_is_opened_as_it_was_built(
    book: xw.Book, person: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = tmp_path / "使用手册.html"
    built.write_text("built", encoding="utf-8")
    monkeypatch.setattr(keeping, "_BUILT", built)
    button("open_manual")()
    assert person.opened == [built]
    assert built.read_text(encoding="utf-8") == "built"


MESSAGES = [("S1", datetime(2025, 12, 31, 9)), ("S2", datetime(2026, 9, 30, 9)), ("S3", datetime(2026, 10, 1, 9))]


def logged(book: xw.Book, published: list[str]) -> None:
    """Three SMS on record, and some quarters published."""
    log, scores = book.impl._workbook["短信记录"], book.impl._workbook["季度积分"]
    for row, (number, at) in enumerate(MESSAGES, 2):
        log.cell(row, 1).value, log.cell(row, 2).value = number, at
    for row, quarter in enumerate(published, 2):
        scores.cell(row, 1).value, scores.cell(row, 2).value = f"{quarter}-某局", quarter


def test_archiving_moves_published_quarters_to_a_yearly_file(book: xw.Book, person: Clerk, path: Path) -> None:
    logged(book, ["2025Q4", "2026Q3"])
    button("archive_messages")()
    assert [cell.value for cell in book.impl._workbook["短信记录"]["A"] if cell.value] == ["短信编号", "S3"]
    kept = {file.name: opened(file).sheets[0].range("A2").value for file in path.parent.glob("*-短信记录-*.xlsx")}
    assert kept == {"督办台账-短信记录-2025.xlsx": "S1", "督办台账-短信记录-2026.xlsx": "S2"}


def test_a_text_that_looks_like_a_formula_is_archived_as_text(book: xw.Book, person: Clerk, path: Path) -> None:
    logged(book, ["2026Q3"])
    log = book.impl._workbook["短信记录"]
    across = next(cell.column for cell in log[1] if cell.value == "内容")
    cell = log.cell(3, across)
    cell.value, cell.data_type = "=1+1", "s"
    button("archive_messages")()
    (file,) = path.parent.glob("*-短信记录-2026.xlsx")
    kept = load_workbook(file).worksheets[0].cell(2, across)
    assert (kept.value, kept.data_type) == ("=1+1", "s")


def test_a_damaged_yearly_file_is_named_and_nothing_is_moved(book: xw.Book, person: Clerk, path: Path) -> None:
    logged(book, ["2026Q3"])
    file = path.with_name("督办台账-短信记录-2026.xlsx")
    file.write_bytes(b"PK half of it")
    before = cells(book)
    button("archive_messages")()
    assert file.name in person.told[-1]
    assert "移走" in person.told[-1]
    assert cells(book) == before
    assert file.read_bytes() == b"PK half of it"


@pytest.mark.parametrize("published", [[], ["2026Q1"]])
def test_a_quarter_that_is_not_published_stays_in_the_book(
    book: xw.Book, person: Clerk, path: Path, published: list[str]
) -> None:
    logged(book, published)
    before = cells(book)
    button("archive_messages")()
    assert "只转存积分已通报的季度" in person.told[-1]
    assert cells(book) == before
    assert list(path.parent.glob("*-短信记录-*.xlsx")) == []


def test_archived_messages_still_count(book: xw.Book, person: Clerk, path: Path) -> None:
    at = datetime(2026, 9, 30, 9)
    left_beside(path, read_ledger(path.read_bytes()).settings.ledger_id, at)
    synchronized(person)
    differences_path(path).unlink()
    logged(book, ["2026Q3"])
    button("archive_messages")()
    before = cells(book)
    button("synchronize")()
    assert differences(before, cells(book)) == {}


def test_enter_on_a_line_of_today_goes_to_its_row(book: xw.Book, person: Clerk) -> None:
    person.chooses = 0
    button("show_today")()
    [(_, intro, rows)] = person.tables
    assert "按回车" in intro
    assert book.app.selection.row == next(
        cell.row for cell in book.impl._workbook["督办台账"]["A"] if cell.value == rows[0][1]
    )
