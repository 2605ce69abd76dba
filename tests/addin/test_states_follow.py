"""After a registration a matter's 钮 cells say what its records say, no more and no less; 撤销 takes them back."""

from datetime import datetime

import pytest
import xlwings as xw

from engine.facts.kinds import Status
from engine.ledger.headings.columns import MATTERS
from tests.addin.button_cases import CASES, GRADED, LOG, ONE, ButtonCase, synchronized
from tests.addin.pressing import Clerk, button, cells, differences, row_of, select

WAITING = "2026-日-0012"
EXTENDED = next(case for case in CASES if case.name == "register_extension").answers


def shown(book: xw.Book, number: str, *headings: str) -> tuple[object, ...]:
    """What the matter's row shows below these headings."""
    sheet, row = book.impl._workbook[MATTERS.name], row_of(book, number)
    where = {cell.value: cell.column for cell in sheet[1]}
    return tuple(sheet.cell(row, where[heading]).value for heading in headings)


def plant(book: xw.Book, number: str, heading: str, value: object) -> None:
    sheet, row = book.impl._workbook[MATTERS.name], row_of(book, number)
    sheet.cell(row, next(cell.column for cell in sheet[1] if cell.value == heading)).value = value


def press(book: xw.Book, person: Clerk, name: str, number: str, answers: dict[str, str]) -> None:
    select(book, number)
    person.answers = answers
    button(name)()


def test_closing_out_shows_the_grade_who_decided_and_when(book: xw.Book, person: Clerk) -> None:
    press(book, person, "close_out", WAITING, GRADED)
    assert shown(book, WAITING, "状态", "评估等级", "审定人", "办结时间") == (
        Status.COMPLETED, "良好", "丙", datetime(2026, 11, 22, 10),
    )  # fmt: skip
    assert person.told[-1] == "1项已销号，办结短信由后台随后发出。台账已保存。"


def test_a_close_out_against_the_rules_closes_nothing_and_says_so(book: xw.Book, person: Clerk) -> None:
    before = shown(book, WAITING, "状态", "评估等级", "审定人", "办结时间")
    press(book, person, "close_out", WAITING, GRADED | {"finalizer_rank": "分管副秘书长"})
    assert shown(book, WAITING, "状态", "评估等级", "审定人", "办结时间") == before
    assert person.told[-1] == "1项已登记，但审定手续不合规定，没有销号，请点“校验”查看。台账已保存。"


def test_a_close_out_that_sends_back_puts_the_matter_back_to_work(book: xw.Book, person: Clerk) -> None:
    answers = GRADED | {"grade": "不合格", "result": "退回", "rectification_due": "2026-12-10"}
    press(book, person, "close_out", WAITING, answers)
    assert shown(book, WAITING, "状态", "评估等级", "审定人", "办结时间") == (Status.IN_PROGRESS, None, None, None)
    assert "退回整改" in person.told[-1]


def test_an_agreed_extension_shows_since_when_towards_what_and_until_when(book: xw.Book, person: Clerk) -> None:
    answers = EXTENDED | {"stage_goal": "完成主体工程", "new_due": "2027-03-31 17:30"}
    press(book, person, "register_extension", ONE, answers)
    found = shown(book, ONE, "状态", "持续推进起", "阶段目标", "目标期限")
    assert found == (Status.LONG_RUNNING, datetime(2026, 11, 22, 19), "完成主体工程", datetime(2027, 3, 31, 17, 30))
    assert "1项已转为持续推进" in person.told[-1]


def test_an_extension_that_nobody_agreed_to_changes_no_state(book: xw.Book, person: Clerk) -> None:
    before = shown(book, ONE, "状态", "持续推进起")
    asked = {name: text for name, text in EXTENDED.items() if name not in ("result", "approver", "approved_at")}
    press(book, person, "register_extension", ONE, asked)
    assert shown(book, ONE, "状态", "持续推进起") == before
    assert "持续推进" not in person.told[-1]


def test_what_staff_typed_is_not_replaced_and_undo_leaves_it(book: xw.Book, person: Clerk) -> None:
    plant(book, WAITING, "审定人", "手填的名字")
    synchronized(person)
    before = cells(book)
    press(book, person, "close_out", WAITING, GRADED)
    assert shown(book, WAITING, "状态", "审定人") == (Status.COMPLETED, "手填的名字")
    button("undo_last")()
    assert {place for place in differences(before, cells(book)) if place[0] != LOG} == set()


def test_a_state_that_cannot_be_written_is_told(book: xw.Book, person: Clerk) -> None:
    formula = '="申请审核"&""'
    plant(book, WAITING, "状态", formula)
    column = next(cell.column for cell in book.impl._workbook[MATTERS.name][1] if cell.value == "状态")
    book.impl._cached[MATTERS.name, row_of(book, WAITING), column] = Status.AWAITING_APPROVAL.value
    press(book, person, "close_out", WAITING, GRADED)
    assert shown(book, WAITING, "状态") == (formula,)
    assert f"{WAITING}号事项的“状态”没有写入：单元格里是公式" in person.told[-1]


@pytest.mark.parametrize(("regime", "fields"), [("朔州", 9), ("保山", 1)])
def test_an_application_asks_for_the_consent_that_the_policy_wants(
    book: xw.Book, person: Clerk, regime: str, fields: int
) -> None:
    settings = book.impl._workbook["参数设置"]
    next(row for row in settings.iter_rows() if row[0].value == "制度方案")[1].value = regime
    press(book, person, "apply_completion", ONE, {})
    assert len(person.forms[-1].fields) == fields


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_is_left_to_synchronize_after_a_button(book: xw.Book, person: Clerk, case: ButtonCase) -> None:
    synchronized(person)
    press(book, person, case.name, case.matter, case.answers)
    before = cells(book)
    button("synchronize")()
    assert differences(before, cells(book)) == {}
