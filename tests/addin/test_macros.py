"""Each button on the sample ledger: the right cells change and none else, 撤销 puts them back, Esc changes nothing."""

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import xlwings as xw
from docx import Document

from addin.button import Surroundings
from engine.facts.change import NewRow
from engine.ledger.columns import MATTERS
from engine.ledger.differences import Differences, differences_path, encode
from engine.ledger.reading import read_ledger
from tests.addin.pressing import (
    NOW,
    SAMPLE,
    Person,
    button,
    cells,
    differences,
    headings_of,
    row_of,
    select,
    tables,
)
from tests.xlwings_engine import calls, opened

FLAGS = {(MATTERS.name, column.heading) for column in MATTERS.columns if column.owner == "机"}
LOG = "操作日志"
ONE = "2026-日-0024"
GRADED = {
    "grade": "良好",
    "grader": "甲",
    "grade_approver": "乙",
    "grade_approver_rank": "秘书长",
    "requester": "甲",
    "requested_at": "2026-11-20 10:00",
    "reviewer": "乙",
    "reviewer_rank": "秘书长",
    "reviewed_at": "2026-11-21 10:00",
    "finalizer": "丙",
    "finalizer_rank": "分管副市长",
    "finalized_at": "2026-11-22 10:00",
    "result": "办结",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLE, tmp_path / "督办台账.xlsx"))


@pytest.fixture
def book(path: Path) -> xw.Book:
    return opened(path)


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Person]:
    someone = Person()
    monkeypatch.setattr(Surroundings, "desk", someone)
    monkeypatch.setattr(Surroundings, "settings_folder", tmp_path / "settings")
    monkeypatch.setattr(Surroundings, "now", staticmethod(lambda: NOW))
    yield someone
    log = tmp_path / "settings" / "addin.log"
    assert not log.exists(), log.read_text("utf-8")


def synchronized(person: Person) -> None:
    """Bring the flags up to date first, so that what a button changes is its own doing."""
    button("synchronize")()
    person.told.clear()


class Case:
    """What a button is pressed with, and the columns that it may change besides the flags."""

    def __init__(self, name: str, answers: dict[str, str], changes: set[tuple[str, str]], matter: str = ONE) -> None:
        self.name, self.answers, self.changes, self.matter = name, answers, changes, matter


def columns(sheet: str, *headings: str) -> set[tuple[str, str]]:
    return {(sheet, heading) for heading in headings}


CASES = [
    Case(
        "register_report",
        {"content": "已完成初稿", "node": "1天", "reporter": "王某"},
        columns(
            "反馈记录", "记录编号", "事项编号", "报送单位", "节点", "报送时间", "报送内容", "报送人", "审核结果",
            "登记人",
        ),
    ),
    Case(
        "send_back",
        {"return_reason": "数据不实", "rectification_due": "2026-12-01"},
        columns("反馈记录", "审核结果", "退回原因", "后续方式", "整改期限", "审核人", "审核时间"),
        "2026-日-0013",
    ),
    Case(
        "register_extension",
        {
            "applied_at": "2026-11-22 18:00",
            "reason": "工期长",
            "plan": "分三步",
            "late_explanation": "汛期停工",
            "late_approver": "张某",
            "late_approved_at": "2026-11-22 18:30",
            "result": "同意",
            "approver": "张某",
            "approver_rank": "分管副秘书长",
            "approved_at": "2026-11-22 19:00",
        },
        columns(
            "延期申请", "事项编号", "申请时间", "申请类型", "申请理由", "落实方案", "原期限", "同意人", "同意人职务",
            "同意时间", "结果", "逾时受理说明", "逾时批准人", "逾时批准时间",
        )
        | columns(MATTERS.name, "状态", "持续推进起"),
    ),
    Case(
        "apply_completion",
        {"service_object_agrees": "同意"},
        columns("办结审核", "事项编号", "申请时间", "服务对象意见") | columns(MATTERS.name, "状态"),
    ),
    Case(
        "close_out",
        GRADED,
        columns(
            "办结审核", "评估等级", "评估人", "等级审定人", "等级审定人职务", "等级审定时间", "提请人", "提请时间",
            "审核人", "审核人职务", "审核时间", "审定人", "审定人职务", "审定时间", "结果",
        )
        | columns(MATTERS.name, "状态", "评估等级", "审定人", "办结时间"),
        "2026-日-0012",
    ),
    Case(
        "record_supervision",
        {"outcome": "已催"},
        columns("督办记录", "事项编号", "时间", "方式", "对象单位", "经办人", "情况"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_button_changes_its_own_cells_and_undo_restores_every_one(book: xw.Book, person: Person, case: Case) -> None:
    synchronized(person)
    select(book, case.matter)
    before, before_tables = cells(book), tables(book)
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
    assert {name: ref for name, ref in tables(book).items() if name != LOG} == before_tables
    assert "已撤销" in person.told[-1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_button_registers_is_saved(book: xw.Book, person: Person, case: Case, path: Path) -> None:
    select(book, case.matter)
    person.answers = case.answers
    button(case.name)()
    again = opened(path)
    assert differences(cells(book), cells(again)) == {}


@pytest.mark.parametrize("name", [case.name for case in CASES] + ["issue_notice"])
def test_escape_changes_nothing(book: xw.Book, person: Person, name: str, path: Path) -> None:
    person.leaves = True
    select(book, "2026-日-0012" if name == "close_out" else "2026-日-0013" if name == "send_back" else ONE)
    before = cells(book)
    button(name)()
    assert differences(before, cells(book)) == {}
    assert person.asked
    assert [file.name for file in path.parent.iterdir() if file.is_dir() and file.name != "settings"] == []


def test_checking_writes_the_findings_and_nothing_else(book: xw.Book, person: Person) -> None:
    before = cells(book)
    button("check_ledger")()
    changed = differences(before, cells(book))
    assert {sheet for sheet, _ in changed} == {"校验结果"}
    assert "错误" in person.told[-1]
    again = cells(book)
    button("check_ledger")()
    assert differences(again, cells(book)) == {}


def test_checking_clears_what_an_earlier_check_found(book: xw.Book, person: Person) -> None:
    sheet = book.impl._workbook["校验结果"]
    for row in range(2, 60):
        sheet.cell(row, 6).value = "从前的问题"
    button("check_ledger")()
    assert "从前的问题" not in [cell.value for cell in sheet["F"]]


def test_stamping_numbers_the_approved_rows_and_undo_takes_it_back(book: xw.Book, person: Person) -> None:
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


def heading(book: xw.Book, place: tuple[str, str]) -> str:
    return str(book.impl._workbook[place[0]][f"{place[1].rstrip('0123456789')}1"].value)


def unissued(book: xw.Book) -> str:
    """A stamped matter whose notice has been taken back by hand."""
    sheet, row = book.impl._workbook[MATTERS.name], row_of(book, ONE)
    for cell in sheet[row]:
        if sheet.cell(1, cell.column).value in ("通知文号", "通知下发时间"):
            cell.value = None
    return ONE


def test_a_notice_is_written_numbered_and_stamped(book: xw.Book, person: Person, path: Path) -> None:
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


def test_a_notice_that_cannot_be_stamped_leaves_no_file(book: xw.Book, person: Person, path: Path) -> None:
    select(book, unissued(book))
    book.impl._protected.add(MATTERS.name)
    before = cells(book)
    button("issue_notice")()
    assert "受保护" in person.told[-1]
    assert list((path.parent / "督办通知").iterdir()) == []
    assert cells(book) == before


def test_undo_warns_when_an_sms_has_gone_out(book: xw.Book, person: Person) -> None:
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


def test_undo_refuses_where_staff_changed_the_row_since(book: xw.Book, person: Person) -> None:
    select(book, ONE)
    person.answers = {"content": "x"}
    button("register_report")()
    sheet = book.impl._workbook["反馈记录"]
    sheet.cell(sheet.max_row, 7).value = "改过的内容"
    before = cells(book)
    button("undo_last")()
    assert "不能自动撤销" in person.told[-1]
    assert cells(book) == before


def test_operations_are_taken_back_one_by_one(book: xw.Book, person: Person) -> None:
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


def test_the_operation_log_says_who_when_which_button_and_old_to_new(book: xw.Book, person: Person) -> None:
    select(book, "2026-日-0013")
    person.answers = {"return_reason": "数据不实", "rectification_due": "2026-12-01"}
    button("send_back")()
    sheet = book.impl._workbook[LOG]
    row = {sheet.cell(1, cell.column).value: cell.value for cell in sheet[2]}
    assert (row["按钮"], row["时间"], row["工作表"]) == ("退回", NOW, "反馈记录")
    assert row["操作人"]
    assert json.loads(row["改动"])["改"]["return_reason"] == [None, "数据不实"]


def left_beside(path: Path, ledger_id: str, beat: datetime) -> None:
    row = NewRow(
        "message_log", {"number": "S1", "at": beat, "matter": ONE, "state": "已提交", "kind": "催办"}, "number"
    )
    differences_path(path).write_bytes(encode(Differences(ledger_id, beat, (row,))))


def test_synchronizing_takes_in_what_the_scheduler_left(book: xw.Book, person: Person, path: Path) -> None:
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


def test_every_other_button_takes_it_in_first(book: xw.Book, person: Person, path: Path) -> None:
    left_beside(path, read_ledger(path.read_bytes()).settings.ledger_id, NOW)
    button("show_today")()
    assert book.impl._workbook["短信记录"]["A2"].value == "S1"


@pytest.mark.parametrize("content", [b"{}", b"not json", b'{"format": 1}'])
def test_a_forged_file_is_refused(book: xw.Book, person: Person, path: Path, content: bytes) -> None:
    differences_path(path).write_bytes(content)
    button("synchronize")()
    assert "不是本程序所写，未采用" in person.told[-1]
    assert book.impl._workbook["短信记录"]["A2"].value is None


def test_a_file_of_another_ledger_is_refused(book: xw.Book, person: Person, path: Path) -> None:
    left_beside(path, "another", NOW)
    button("synchronize")()
    assert "另一本台账" in person.told[-1]
    assert book.impl._workbook["短信记录"]["A2"].value is None


@pytest.mark.parametrize(("minutes", "says"), [(29, "后台正常"), (30, "后台正常"), (31, "没有动静")])
def test_todays_list_tells_whether_the_scheduler_is_alive(
    book: xw.Book, person: Person, path: Path, minutes: int, says: str
) -> None:
    left_beside(path, read_ledger(path.read_bytes()).settings.ledger_id, NOW - timedelta(minutes=minutes))
    button("show_today")()
    assert says in person.tables[-1][1]
    beat = (Surroundings.settings_folder / "heartbeat.txt").read_text("ascii").strip()
    assert beat == f"{NOW - timedelta(minutes=minutes):%Y-%m-%dT%H:%M}"


def test_previewing_and_explaining_change_nothing(book: xw.Book, person: Person) -> None:
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
    assert any("SZ1-13" in cell for row in why[2] for cell in row)
    assert {row[0] for row in today[2]} >= {"待批"}
    assert person.opened[0].name == "使用手册.md"


def test_archiving_moves_past_quarters_to_a_yearly_file(book: xw.Book, person: Person, path: Path) -> None:
    log = book.impl._workbook["短信记录"]
    for row, (number, at) in enumerate(
        [("S1", datetime(2025, 12, 31, 9)), ("S2", datetime(2026, 9, 30, 9)), ("S3", datetime(2026, 10, 1, 9))], 2
    ):
        log.cell(row, 1).value, log.cell(row, 2).value = number, at
    button("archive_messages")()
    assert [cell.value for cell in log["A"] if cell.value] == ["短信编号", "S3"]
    kept = {file.name: opened(file).sheets[0].range("A2").value for file in path.parent.glob("*-短信记录-*.xlsx")}
    assert kept == {"督办台账-短信记录-2025.xlsx": "S1", "督办台账-短信记录-2026.xlsx": "S2"}


class TestBadInput:
    """One sentence in Chinese that says what to do; nothing changed."""

    @pytest.fixture
    def refused(self, book: xw.Book, person: Person) -> Iterator[list[str]]:
        select(book, ONE)
        person.answers = {"content": "x"}
        yield person.told
        before = cells(book)
        person.told.clear()
        button("register_report")()
        assert cells(book) == before
        assert len(person.told) == 1
        assert person.told[0].endswith("。")
        assert any("\u4e00" <= letter <= "\u9fff" for letter in person.told[0])

    def test_nothing_selected(self, book: xw.Book, refused: list[str]) -> None:
        book.impl._app._selected = None

    def test_a_selection_on_another_sheet(self, book: xw.Book, refused: list[str]) -> None:
        book.sheets["反馈记录"].range("A2").select()

    def test_a_selection_of_empty_rows(self, book: xw.Book, refused: list[str]) -> None:
        book.sheets[MATTERS.name].range("A900:A901").select()

    def test_a_selection_of_the_heading(self, book: xw.Book, refused: list[str]) -> None:
        book.sheets[MATTERS.name].range("A1").select()

    def test_a_row_without_a_number(self, book: xw.Book, refused: list[str]) -> None:
        row = next(cell.row for cell in book.impl._workbook[MATTERS.name]["A"] if cell.value is None)
        book.sheets[MATTERS.name].range(f"B{row}").select()

    def test_several_areas(self, book: xw.Book, refused: list[str]) -> None:
        book.impl._app._selected._whole = "A2:B3,A9:B9"

    def test_a_whole_column(self, book: xw.Book, refused: list[str]) -> None:
        book.impl._app._selected._whole = "A:A"

    def test_a_renamed_sheet(self, book: xw.Book, refused: list[str]) -> None:
        book.impl._workbook["反馈记录"].title = "反馈"

    def test_a_protected_sheet(self, book: xw.Book, refused: list[str]) -> None:
        book.impl._protected.add("反馈记录")

    def test_a_protected_log(self, book: xw.Book, refused: list[str]) -> None:
        book.impl._workbook.create_sheet(LOG)
        book.impl._protected.add(LOG)

    def test_filtered_rows(self, book: xw.Book, refused: list[str]) -> None:
        book.impl._filtered.add("反馈记录")

    def test_a_cell_in_edit_mode(self, book: xw.Book, refused: list[str]) -> None:
        book.impl._app.api.__dict__.update(Ready=False)

    def test_a_book_opened_read_only(self, book: xw.Book, refused: list[str]) -> None:
        book.impl.api.__dict__.update(ReadOnly=True)

    def test_a_missing_key_column(self, book: xw.Book, refused: list[str]) -> None:
        sheet = book.impl._workbook[MATTERS.name]
        next(cell for cell in sheet[1] if cell.value == "牵头单位").value = "单位"


def test_the_wrong_workbook_says_which_sheet_it_lacks(tmp_path: Path, person: Person) -> None:
    from openpyxl import Workbook

    book = opened(tmp_path / "别的.xlsx", Workbook())
    before = cells(book)
    button("check_ledger")()
    assert "没有工作表「督办台账」" in person.told[0]
    assert cells(book) == before


def test_no_book_at_all(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_cls: type) -> xw.Book:
        raise KeyError("no such book")

    monkeypatch.setattr(xw.Book, "caller", classmethod(nobody))
    button("check_ledger")()
    assert person.told == ["找不到按下按钮的台账。请先点一下台账窗口，再点这个按钮。"]


def test_what_nobody_expected_is_written_down_and_told_in_one_sentence(
    book: xw.Book, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Surroundings, "now", staticmethod(lambda: "not a time"))
    before = cells(book)
    button("stamp_matters")()
    assert "没有做完" in person.told[0]
    assert "Traceback" not in person.told[0]
    assert cells(book) == before
    log = Surroundings.settings_folder / "addin.log"
    assert "Traceback" in log.read_text("utf-8")
    log.unlink()


def counted(book: xw.Book, name: str) -> int:
    calls.clear()
    button(name)()
    return calls.trips()


@pytest.mark.parametrize("name", ["check_ledger", "synchronize", "preview_messages", "show_today"])
def test_a_click_on_an_untouched_book_makes_few_calls(book: xw.Book, person: Person, name: str) -> None:
    assert counted(book, name) < 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_click_that_writes_makes_few_calls(book: xw.Book, person: Person, case: Case) -> None:
    select(book, ONE)
    person.answers = {"outcome": "x"}
    button("record_supervision")()  # the first operation of a book also makes its log
    select(book, case.matter)
    person.answers = case.answers
    assert counted(book, case.name) < 60
    assert counted(book, "undo_last") < 60
