"""统计 → 报表: each button makes its file beside the ledger, says where, and leaves the book alone."""

from pathlib import Path

import pytest
import xlwings as xw

from addin import person as remembered
from tests.addin.button_cases import ONE
from tests.addin.checkers import open_xml_faults
from tests.addin.pressing import Clerk, button, cells, select

FILES = {
    "make_board": ("看板.html",),
    "make_statistics": ("报表/统计报告 2026-11-22.xlsx", "报表/统计报告 2026-11-22.docx"),
    "make_burden": ("报表/短信负担 2026-11.xlsx", "报表/短信负担 2026-11.docx"),
    "make_briefing": ("报表/会议汇报 2026-11-23.docx",),
    "make_year_end": ("报表/年底清零 2026.docx",),
    "make_sheets": (f"督办单/督办单 {ONE}.docx",),
    "archive_matters": (f"归档/{ONE}.zip",),
}


@pytest.mark.parametrize("name", FILES)
def test_the_files_stand_beside_the_book(book: xw.Book, person: Clerk, path: Path, name: str) -> None:
    select(book, ONE)
    before = cells(book)
    button(name)()
    assert cells(book) == before
    assert len(person.told) == 1
    for file in FILES[name]:
        made = path.parent / file
        assert made.name in person.told[0]
        if made.suffix in (".docx", ".xlsx"):
            assert open_xml_faults(made) == []
    assert person.opened


def test_a_circular_is_a_draft_until_it_is_approved(book: xw.Book, person: Clerk, path: Path) -> None:
    button("make_circular")()
    [draft] = (path.parent / "通报").glob("*.docx")
    assert draft.name.startswith("通报 汇总 草稿")


def test_what_cannot_be_made_is_said(book: xw.Book, person: Clerk, path: Path) -> None:
    person.answers = {"kind": "批评"}
    button("make_circular")()
    assert "积分事项" in person.told[0]
    person.answers = {"task": "没有的任务"}
    button("propose_team")()
    assert "没有的任务" in person.told[1]
    assert not (path.parent / "通报").exists()


def test_a_closed_matter_takes_no_report_and_nobody_types_in_vain(book: xw.Book, person: Clerk) -> None:
    sheet = book.impl._workbook["督办台账"]
    status = next(cell.column for cell in sheet[1] if cell.value == "状态")
    number = next(row[0].value for row in sheet.iter_rows(2) if row[status - 1].value == "已办结")
    select(book, number)
    before = cells(book)
    button("register_report")()
    assert person.forms == []
    assert "已办结" in person.told[0]
    assert cells(book) == before


def test_the_name_of_the_registrar_is_asked_once(book: xw.Book, person: Clerk) -> None:
    remembered.remember("")
    sheet = book.impl._workbook["督办台账"]
    status = next(cell.column for cell in sheet[1] if cell.value == "状态")
    select(book, next(row[0].value for row in sheet.iter_rows(2) if row[status - 1].value == "办理中"))
    person.answers = {"registrar": " 王五 ", "content": "已拟定方案，正在征求意见。"}
    button("register_report")()
    person.answers, person.leaves = {}, True
    button("register_report")()
    button("record_supervision")()
    whose = ("registrar", "handler")
    offered = [item.default for form in person.forms for item in form.fields if item.name in whose]
    assert offered == ["", "王五", "王五"]
