"""Each button on the sample ledger: the right cells change and none else, 撤销 puts them back, Esc changes nothing."""

from pathlib import Path

import pytest
import xlwings as xw

from engine.ledger.headings.columns import MATTERS
from tests.addin.button_cases import CASES, FLAGS, LOG, ONE, ButtonCase, columns, heading, synchronized
from tests.addin.pressing import (
    Clerk,
    button,
    cells,
    differences,
    headings_of,
    row_of,
    select,
    tables_but_log,
)
from tests.xlwings_engine import opened


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_button_changes_its_own_cells_and_undo_restores_every_one(
    book: xw.Book, person: Clerk, case: ButtonCase
) -> None:
    synchronized(person)
    select(book, case.matter)
    before, before_tables = cells(book), tables_but_log(book)
    person.answers = case.answers
    button(case.name)()
    changed = differences(before, cells(book))
    own = {(sheet, heading) for sheet, heading in headings_of(book, changed) if sheet != LOG}
    assert case.changes <= own
    assert own - case.changes <= FLAGS
    row = row_of(book, case.matter)
    assert {address for sheet, address in changed if sheet == MATTERS.name if not address.endswith(str(row))} == set()
    assert "保存" in person.told[-1]
    button("undo_last")()
    left = {place: value for place, value in differences(before, cells(book)).items() if place[0] != LOG}
    assert left == {}
    assert tables_but_log(book) == before_tables
    assert "已撤销" in person.told[-1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_button_registers_is_saved(book: xw.Book, person: Clerk, case: ButtonCase, path: Path) -> None:
    select(book, case.matter)
    person.answers = case.answers
    button(case.name)()
    again = opened(path)
    assert differences(cells(book), cells(again)) == {}


@pytest.mark.parametrize("name", [case.name for case in CASES] + ["issue_notice"])
def test_escape_changes_nothing(book: xw.Book, person: Clerk, name: str, path: Path) -> None:
    person.leaves = True
    select(book, "2026-日-0012" if name == "close_out" else "2026-日-0013" if name == "send_back" else ONE)
    before = cells(book)
    button(name)()
    assert differences(before, cells(book)) == {}
    assert person.asked
    assert [file.name for file in path.parent.iterdir() if file.is_dir() and file.name != "settings"] == []


def test_checking_writes_the_findings_and_nothing_else(book: xw.Book, person: Clerk) -> None:
    before = cells(book)
    button("check_ledger")()
    changed = differences(before, cells(book))
    assert {sheet for sheet, _ in changed} == {"校验结果"}
    assert "错误" in person.told[-1]
    again = cells(book)
    button("check_ledger")()
    assert differences(again, cells(book)) == {}


def test_checking_clears_what_an_earlier_check_found(book: xw.Book, person: Clerk) -> None:
    sheet = book.impl._workbook["校验结果"]
    for row in range(2, 60):
        sheet.cell(row, 6).value = "从前的问题"
    button("check_ledger")()
    assert "从前的问题" not in [cell.value for cell in sheet["F"]]


def test_stamping_numbers_the_approved_rows_and_undo_takes_it_back(book: xw.Book, person: Clerk) -> None:
    synchronized(person)
    before = cells(book)
    button("stamp_matters")()
    changed = differences(before, cells(book))
    stamped = {"事项编号", "1天节点", "3天节点", "7天节点", "1个月节点", "办结期限", "立项时间", "状态", "持续推进起"}
    allowed = columns(MATTERS.name, *stamped) | columns("参数设置", "键", "值", "说明") | FLAGS
    assert headings_of(book, {place: value for place, value in changed.items() if place[0] != LOG}) <= allowed
    assert (MATTERS.name, "事项编号") in headings_of(book, changed)
    button("undo_last")()
    left = {place: value for place, value in differences(before, cells(book)).items() if place[0] != LOG}
    assert {place for place in left if (place[0], heading(book, place)) not in FLAGS} == set()
