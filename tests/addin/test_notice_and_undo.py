"""下发通知 with its files, and 撤销上次操作 where it must warn or refuse."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import xlwings as xw
from docx import Document

from addin import excel
from engine.ledger.headings.columns import MATTERS
from tests.addin.button_cases import FLAGS, LOG, ONE, columns, synchronized
from tests.addin.pressing import (
    NOW,
    Clerk,
    button,
    cells,
    differences,
    headings_of,
    row_of,
    select,
)


def unissued(book: xw.Book) -> str:
    """A stamped matter whose notice has been taken back by hand."""
    sheet, row = book.impl._workbook[MATTERS.name], row_of(book, ONE)
    for cell in sheet[row]:
        if sheet.cell(1, cell.column).value in ("通知文号", "通知下发时间"):
            cell.value = None
    return ONE


def test_a_notice_is_written_numbered_and_stamped(book: xw.Book, person: Clerk, path: Path) -> None:
    number = unissued(book)
    synchronized(person)
    select(book, number)
    before = cells(book)
    button("issue_notice")()
    changed = {place: value for place, value in differences(before, cells(book)).items() if place[0] != LOG}
    assert headings_of(book, changed) - FLAGS == columns(MATTERS.name, "通知文号", "通知下发时间")
    assert "朔政督办〔2026〕60号" in changed.values()
    file = next((path.parent / "督办通知").glob("*.docx"))
    assert file.name.startswith("朔政督办〔2026〕60号")
    assert any(number in line.text for line in Document(str(file)).paragraphs)
    assert person.opened == [path.parent / "督办通知"]
    button("undo_last")()
    assert {p for p in differences(before, cells(book)) if p[0] != LOG} == set()
    assert "Word" in person.asked[-1]


def test_a_notice_that_cannot_be_stamped_leaves_no_file(
    book: xw.Book, person: Clerk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise KeyError("Excel refuses")

    select(book, unissued(book))
    monkeypatch.setattr(excel, "write_block", refuse)
    before = cells(book)
    button("issue_notice")()
    assert "没有接受改动" in person.told[-1]
    assert list((path.parent / "督办通知").iterdir()) == []
    assert cells(book) == before


def test_undo_warns_when_an_sms_has_gone_out(book: xw.Book, person: Clerk) -> None:
    select(book, ONE)
    person.answers = {"content": "x"}
    button("register_report")()
    log = book.impl._workbook["短信记录"]
    for name, value in {
        "短信编号": "S1",
        "时间": NOW + timedelta(minutes=3),
        "事项编号": ONE,
        "状态": "已提交",
    }.items():
        log.cell(2, next(cell.column for cell in log[1] if cell.value == name)).value = value
    person.agrees = False
    before = cells(book)
    button("undo_last")()
    assert "已发出1条相关短信，收不回来" in person.asked[-1]
    assert cells(book) == before


def test_undo_of_a_stamp_warns_of_an_sms_about_the_new_number(book: xw.Book, person: Clerk) -> None:
    before = {cell.value for cell in book.impl._workbook[MATTERS.name]["A"]}
    button("stamp_matters")()
    number = next(cell.value for cell in book.impl._workbook[MATTERS.name]["A"] if cell.value not in before)
    log = book.impl._workbook["短信记录"]
    for cell in log[1]:
        log.cell(2, cell.column).value = {"短信编号": "S1", "时间": NOW, "事项编号": number}.get(str(cell.value))
    person.agrees = False
    button("undo_last")()
    assert "已发出1条相关短信，收不回来" in person.asked[-1]


def test_undo_refuses_where_staff_changed_the_row_since(book: xw.Book, person: Clerk) -> None:
    select(book, ONE)
    person.answers = {"content": "x"}
    button("register_report")()
    sheet = book.impl._workbook["反馈记录"]
    sheet.cell(sheet.max_row, 7).value = "改过的内容"
    before = cells(book)
    button("undo_last")()
    assert "不能自动撤销" in person.told[-1]
    assert cells(book) == before


def test_undo_leaves_all_as_it_is_where_one_cell_was_changed_since(book: xw.Book, person: Clerk) -> None:
    select(book, "2026-日-0013")
    person.answers = {"return_reason": "数据不实", "rectification_due": "2026-12-01"}
    button("send_back")()
    sheet = book.impl._workbook["反馈记录"]
    (changed,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == "数据不实"]
    changed.value = "改过的原因"
    before = cells(book)
    button("undo_last")()
    assert "不能自动撤销" in person.told[-1]
    assert cells(book) == before


def test_operations_are_taken_back_one_by_one(book: xw.Book, person: Clerk) -> None:
    synchronized(person)
    before = cells(book)
    for content in ("甲", "乙"):
        select(book, ONE)
        person.answers = {"content": content}
        button("register_report")()
    button("undo_last")()
    button("undo_last")()
    assert {place for place in differences(before, cells(book)) if place[0] != LOG} == set()
    button("undo_last")()
    assert person.told[-1] == "没有可以撤销的操作。"


def test_the_operation_log_says_who_when_which_button_and_old_to_new(book: xw.Book, person: Clerk) -> None:
    select(book, "2026-日-0013")
    person.answers = {"return_reason": "数据不实", "rectification_due": "2026-12-01"}
    button("send_back")()
    sheet = book.impl._workbook[LOG]
    row = {sheet.cell(1, cell.column).value: cell.value for cell in sheet[2]}
    assert (row["按钮"], row["时间"], row["工作表"]) == ("退回", NOW, "反馈记录")
    assert row["操作人"]
    assert json.loads(row["改动"])["改"]["退回原因"] == [None, "数据不实"]
