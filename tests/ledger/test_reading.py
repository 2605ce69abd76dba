"""Reading a workbook as people leave it: moved, added and renamed columns, sorted rows, blanks, texts for dates."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from engine.facts.finding import Severity
from engine.facts.kinds import FollowUp, ReviewResult, SmsSwitch
from engine.ledger.headings.columns import MATTERS, SHEETS
from engine.ledger.package.row_hash import row_hash
from engine.ledger.reading.ledger import read_ledger, read_rows
from engine.sample.words import Board, Light, Regime, TimeLimit
from tests.ledger.messy_books import MATTER, at, book_of, ledger_of, letter, with_cell

ASSIGNED = datetime(2026, 3, 2, 9, 30)


def test_a_sound_book_has_no_findings() -> None:
    ledger = ledger_of()
    assert ledger.findings == ()
    (matter,) = ledger.matters
    assert (matter.number, matter.board, matter.time_limit) == ("2026-日-0001", Board.DAILY, TimeLimit.THREE_DAYS)
    assert (matter.lead_unit, matter.assigned_at) == ("市教育局", ASSIGNED)
    assert matter.place.row == 2
    assert ledger.settings.regime == Regime.SHUOZHOU
    assert ledger.settings.sms is SmsSwitch.ON
    assert ledger.settings.demonstration
    assert ledger.directory.units["市教育局"].head.mobile == "+8613800000001"
    assert ledger.letters["matters", "lead_unit"] == letter("matters", "lead_unit")


def reordered(book: Workbook) -> None:
    """Columns in reverse, one of the office's own in front, two rows of title above, a stray blank row."""
    page = book["督办台账"]
    rows = [list(row) for row in page.values]
    del page.tables["督办台账"]
    page.delete_rows(1, page.max_row)
    page["C1"] = "督办事项台账（2026年）"
    for down, row in enumerate(rows):
        for across, value in enumerate(reversed(["本单位自用" if down == 0 else "x", *row])):
            page.cell(4 + down * 2, 3 + across, value)


def spaced_headings(book: Workbook) -> None:
    page = book["督办台账"]
    for cell in page[1]:
        cell.value = f" {cell.value[:2]}\n{cell.value[2:]}\u3000"
    book["单位通讯录"].title = "单位通讯录 "
    page["AA1"].value = page["AA1"].value


@pytest.mark.parametrize("change", [reordered, spaced_headings])
def test_columns_are_found_wherever_they_stand(change: Callable[[Workbook], None]) -> None:
    ledger = ledger_of(change)
    (matter,) = ledger.matters
    assert (matter.number, matter.lead_unit, matter.assigned_at) == ("2026-日-0001", "市教育局", ASSIGNED)
    assert not [finding for finding in ledger.findings if finding.is_error]


def test_hidden_rows_filters_and_blank_rows_change_nothing() -> None:
    def change(book: Workbook) -> None:
        page = book["督办台账"]
        page.insert_rows(2, 3)
        page["B3"] = "   "
        page.row_dimensions[5].hidden = True
        page.auto_filter.ref = "A1:BP5"

    (matter,) = read_ledger(book_of(change, tables=False)).matters
    assert matter.place.row == 5


def test_sheets_without_an_excel_table_are_read_and_it_is_said_that_they_cannot_be_written() -> None:
    assert [finding.rule for finding in read_ledger(book_of()).findings] == []
    bare = read_ledger(book_of(tables=False))
    assert [(finding.rule, finding.place.sheet, finding.is_error) for finding in bare.findings] == [
        ("table_missing", "matters", False),
        ("table_missing", "settings", False),
    ]
    assert bare.matters == read_ledger(book_of()).matters


def test_a_hundred_thousand_blank_formatted_rows_are_no_rows() -> None:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer)
    bold = book.add_format({"bold": True})
    for sheet in SHEETS:
        page = book.add_worksheet(sheet.name)
        page.write_row(0, 0, [column.heading for column in sheet.columns])
        for row in range(1, 100_001 if sheet is MATTERS else 1):
            page.write_blank(row, 0, None, bold)
            page.write_blank(row, 15, None, bold)
    book.close()
    ledger = read_ledger(buffer.getvalue())
    assert ledger.matters == ()
    assert {finding.rule for finding in ledger.findings} == {"table_missing"}


def test_a_book_of_the_1904_system() -> None:
    def change(book: Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904
        page = book["督办台账"]
        page[f"{letter('matters', 'fixed_due')}2"] = 46086.5 - 1462

    (matter,) = ledger_of(change).matters
    assert (matter.assigned_at, matter.fixed_due) == (ASSIGNED, datetime(2026, 3, 5, 12))


@pytest.mark.parametrize(
    ("field", "typed", "meant"),
    [
        ("number", "２０２６－日－０００１", "2026-日-0001"),
        ("number", " 2026-日-0001\u200b", "2026-日-0001"),
        ("time_limit", "１ 个月", TimeLimit.ONE_MONTH),
        ("time_limit", "三天", TimeLimit.THREE_DAYS),
        ("board", "日常管理\n事项", Board.DAILY),
        ("lead_unit", "教育局", "市教育局"),
        ("lead_unit", "市财政(地税)局", "市财政（地税）局"),
        ("cooperating_units", "文旅局和朔城区，和顺县", ("市文化和旅游局", "朔城区人民政府", "和顺县人民政府")),
        ("cooperating_units", "无", ()),
        ("passively_included", "是", True),
        ("passively_included", "否", False),
        ("content", "第一行\n第二行 👨‍👩‍👧", "第一行\n第二行 👨‍👩‍👧"),
        ("source_number", 12, "12"),
        ("assigned_at", "2026.3.2", datetime(2026, 3, 2)),
        ("assigned_at", "2026年3月2日 9:30", ASSIGNED),
        ("assigned_at", 46083.3958333333, ASSIGNED),
        ("handling_office", "基础教育科", "基础教育科"),
        ("approver_rank", "秘书长", "秘书长"),
        ("light", "红", Light.RED),
    ],
)
def test_cells_as_people_type_them(field: str, typed: Any, meant: Any) -> None:
    ledger = ledger_of(with_cell(field, typed))
    (matter,) = ledger.matters
    found = matter.shown.light if field == "light" else getattr(matter, field)
    assert (found, ledger.findings) == (meant, ())


@pytest.mark.parametrize(
    ("field", "typed", "rule", "severity", "meant"),
    [
        ("assigned_at", "下周一", "date_unreadable", "错误", None),
        ("assigned_at", timedelta(hours=9), "date_without_day", "错误", None),
        ("assigned_at", datetime(1900, 1, 5), "date_out_of_range", "错误", None),
        ("assigned_at", "26.3.2 9:30", "date_inferred", "提示", ASSIGNED),
        ("fixed_due", "3月9日 17:30", "date_year_inferred", "提示", datetime(2026, 3, 9, 17, 30)),
        ("board", "日常", "unknown_word", "错误", None),
        ("time_limit", "两周", "unknown_word", "错误", None),
        ("status", "进行中", "unknown_word", "错误", None),
        ("lead_unit", "市农牧局", "unknown_unit", "错误", ""),
        ("lead_unit", "市教育局、文旅局", "several_units", "错误", ""),
        ("cooperating_units", "文旅局、市农牧局", "unknown_unit", "错误", ("市文化和旅游局",)),
        ("lead_unit", "#N/A", "error_value", "错误", ""),
        ("assigned_at", "#REF!", "error_value", "错误", None),
        ("content", "#DIV/0!", "error_value", "错误", ""),
        ("approver_rank", "副科长", "unknown_word", "提示", "副科长"),
    ],
)
def test_what_cannot_be_understood_is_found_at_its_address(
    field: str, typed: Any, rule: str, severity: str, meant: Any
) -> None:
    others = {**MATTER, "number": "2026-日-0002"}
    ledger = ledger_of(with_cell(field, typed), matters=(MATTER, others))
    (finding,) = ledger.findings
    assert at(ledger, "matters", field) == [finding]
    assert (finding.rule, finding.severity, finding.matter) == (rule, Severity(severity), "2026-日-0001")
    assert getattr(ledger.matters[0], field) == meant
    assert ledger.matters[1].lead_unit == "市教育局"


def test_doubled_numbers_are_found_on_each_later_row() -> None:
    rows = [{**MATTER, "content": text} for text in ("甲", "乙", "丙")]
    ledger = ledger_of(matters=rows)
    assert [matter.content for matter in ledger.matters] == ["甲"]
    assert [matter.content for matter in ledger.doubles["2026-日-0001"]] == ["甲", "乙", "丙"]
    assert [(finding.place.row, finding.rule) for finding in ledger.findings] == [
        (3, "number_doubled"),
        (4, "number_doubled"),
    ]
    assert "第2行" in ledger.findings[0].problem


def test_rows_without_a_number_are_known_by_what_people_typed() -> None:
    unnumbered = {**MATTER, "number": None}
    ledger = ledger_of(matters=(MATTER, unnumbered, unnumbered | {"content": "另一件"}))
    staff = {MATTERS.heading(field): value for field, value in unnumbered.items() if field not in ("number", "status")}
    assert ledger.row_hashes[3] == row_hash(staff)
    assert set(ledger.row_hashes) == {3, 4}
    assert ledger.row_hashes[3] != ledger.row_hashes[4]


def test_the_fingerprint_of_a_row_does_not_depend_on_the_epoch() -> None:
    """The patch adds the days itself: both must come to the same."""
    row = {**MATTER, "number": None, "assigned_at": None, "fixed_due": 46086.5}

    def to_1904(book: Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904
        book["督办台账"][f"{letter('matters', 'fixed_due')}2"] = 46086.5 - 1462

    assert ledger_of(to_1904, matters=[row]).row_hashes == ledger_of(matters=[row]).row_hashes


@pytest.mark.parametrize("sheet", ["reports", "extensions", "completions", "supervisions"])
def test_a_record_of_no_matter_is_found_and_the_others_count(sheet: str) -> None:
    rows = [{"matter": "2026-日-0009"}, {"matter": "2026－日－0001"}, {"unit": "市教育局", "reason": "x", "result": ""}]
    if sheet == "completions":
        rows[2] = {"verdict": "x"}
    ledger = ledger_of(**{sheet: rows})
    unknown = [finding.place.row for finding in ledger.findings if finding.rule == "unknown_matter"]
    assert sorted(row or 0 for row in unknown) == [2, 4]
    assert len(getattr(ledger.records_of("2026-日-0001"), sheet)) == 1
    assert set(ledger.records) == {"2026-日-0001"}


def test_reports_are_read_in_the_order_of_their_time() -> None:
    rows = [
        {"matter": "2026-日-0001", "node": "3天", "reported_at": "2026-3-5 9:00", "content": "后", "result": "退回"},
        {"matter": "2026-日-0001", "node": "1天", "reported_at": "2026-3-3 9:00", "content": "先", "follow_up": "约谈"},
        {"matter": "2026-日-0001", "node": "月报", "period": "2026-3", "reported_at": "3月31日", "content": "末"},
    ]
    ledger = ledger_of(reports=rows)
    first, second, third = ledger.records_of("2026-日-0001").reports
    assert (first.content, second.content, third.content) == ("先", "后", "末")
    assert (first.follow_up, second.result) == (FollowUp.INTERVIEW, ReviewResult.SENT_BACK)
    assert (third.period, third.reported_at) == ("2026-03", datetime(2026, 3, 31))
    assert [(finding.place.field, finding.rule) for finding in ledger.findings] == [
        ("reported_at", "date_year_inferred"),
        ("period", "period_form"),
    ]


@pytest.mark.parametrize(
    ("sheet", "field", "row"),
    [
        ("matters", "fixed_due", {**MATTER, "fixed_due": datetime(2026, 3, 2, 9, 29)}),
        ("matters", "province_due", {**MATTER, "province_due": date(2026, 3, 1)}),
        (
            "reports",
            "rectification_due",
            {"matter": MATTER["number"], "reported_at": ASSIGNED, "rectification_due": "2026-3-1"},
        ),
    ],
)
def test_a_deadline_before_its_start(sheet: str, field: str, row: dict[str, Any]) -> None:
    ledger = ledger_of(**{sheet: [row]})
    (finding,) = at(ledger, sheet, field)
    assert finding.rule == "deadline_before_start"


@pytest.mark.parametrize("due", [ASSIGNED, datetime(2026, 3, 2), datetime(2026, 3, 2, 9, 31)])
def test_a_deadline_at_its_start_or_on_its_day_is_none_before_it(due: datetime) -> None:
    assert ledger_of(with_cell("fixed_due", due)).findings == ()


def test_a_machine_cell_that_was_overwritten_is_reported_with_what_stands_there() -> None:
    ledger = ledger_of(with_cell("light", "粉"))
    assert ledger.matters[0].shown.light is None
    assert ledger.unread == {(2, "light"): "粉"}
    assert "“粉”" in at(ledger, "matters", "light")[0].problem


def test_rows_below_the_table_are_read_with_a_hint() -> None:
    def change(book: Workbook) -> None:
        book["督办台账"].append([*(MATTER | {"number": "2026-日-0002"}).values()][:1])

    ledger = ledger_of(change)
    assert [matter.number for matter in ledger.matters] == ["2026-日-0001", "2026-日-0002"]
    assert [(finding.place.row, finding.rule) for finding in ledger.findings] == [(3, "row_outside_table")]


def test_a_totals_row_is_no_matter() -> None:
    def change(book: Workbook) -> None:
        page = book["督办台账"]
        page["A3"] = "汇总"
        page["A3"].font = Font(bold=True)
        table = page.tables["督办台账"]
        table.ref = table.ref.replace("2", "3")
        table.totalsRowCount = 1

    assert [matter.number for matter in ledger_of(change).matters] == ["2026-日-0001"]


def test_rows_of_any_sheet_by_field() -> None:
    data = book_of(message_log=[{"number": "M1", "at": ASSIGNED, "ordinal": 1, "unit": "市教育局"}])
    (row,) = read_rows(data, "message_log")
    assert (row["number"], row["at"], row["ordinal"], row["unit"]) == ("M1", ASSIGNED, 1, "市教育局")
    assert row["receipt_at"] is None
