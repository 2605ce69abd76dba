"""The open book as adapter of the ledger port: read as the file is read, written where it must be and nowhere else."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import xlwings as xw
from openpyxl import load_workbook

from addin.faults import AddinError
from addin.live_book import LiveBook
from addin.session_book import NEEDED
from engine.facts.change import Change, NewRow, Value
from engine.facts.finding import Place
from engine.facts.matter import Matter
from engine.ledger.headings.column import SheetColumns
from engine.ledger.headings.columns import CHECK_RESULTS, MATTERS, MESSAGE_LOG, REPORTS
from engine.ledger.headings.inspection_columns import INSPECTORS, TASKS
from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.reading.ledger import FACT_SHEETS, read_ledger
from tests.xlwings_engine import calls, opened

SAMPLE = Path(__file__).parents[2] / "workbook" / "示例台账.xlsx"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLE, tmp_path / "台账.xlsx"))


@pytest.fixture
def book(path: Path) -> xw.Book:
    return opened(path)


def cells(book: xw.Book) -> dict[tuple[str, str], object]:
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.impl._workbook
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def differences(before: dict[tuple[str, str], object], book: xw.Book) -> dict[tuple[str, str], object]:
    after = cells(book)
    return {place: after.get(place) for place in before.keys() | after.keys() if before.get(place) != after.get(place)}


def matters(book: xw.Book) -> tuple[Matter, ...]:
    return LiveBook(book).read().ledger.matters


def numbered(book: xw.Book) -> list[Matter]:
    return [matter for matter in matters(book) if matter.number]


def change(matter: Matter, field: str, old: Value, new: Value) -> Change:
    return Change(matter.place, matter.number, field, old, new)


def address(book: xw.Book, matter: Matter, field: str) -> tuple[str, str]:
    ledger = LiveBook(book).read().ledger
    return MATTERS.name, f"{ledger.letters['matters', field]}{matter.place.row}"


def log_row(number: str, **more: Value) -> NewRow:
    return NewRow("message_log", {"number": number, "at": datetime(2026, 3, 3, 4, 30), **more}, "number")


def test_the_open_book_reads_as_the_file_does(book: xw.Book, path: Path) -> None:
    assert LiveBook(book, (*FACT_SHEETS, INSPECTORS, TASKS)).read().ledger == read_ledger(path.read_bytes())


def test_a_change_is_made_where_the_cell_still_holds_the_old_value_and_nowhere_else(book: xw.Book) -> None:
    matter = numbered(book)[0]
    before = cells(book)
    report = LiveBook(book).apply([change(matter, "overdue_count", matter.shown.overdue_count, 77)], [])
    assert len(report.applied) == 1
    assert differences(before, book) == {address(book, matter, "overdue_count"): 77}


def test_a_cell_that_was_changed_meanwhile_is_left_alone(book: xw.Book) -> None:
    first, second = numbered(book)[:2]
    before = cells(book)
    report = LiveBook(book).apply(
        [change(first, "overdue_count", 41, 77), change(second, "overdue_count", second.shown.overdue_count, 78)], []
    )
    assert [dropped.change.matter for dropped in report.dropped] == [first.number]
    assert differences(before, book) == {address(book, second, "overdue_count"): 78}


def test_rows_are_found_by_number_after_sorting(book: xw.Book) -> None:
    matter = numbered(book)[0]
    sheet = book.impl._workbook[MATTERS.name]
    sheet.insert_rows(2, 3)
    report = LiveBook(book).apply([change(matter, "overdue_count", matter.shown.overdue_count, 77)], [])
    assert len(report.applied) == 1
    assert sheet.cell(matter.place.row + 3, column_of(sheet, "逾期次数")).value == 77


def column_of(sheet: object, heading: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == heading)


def test_a_number_that_is_not_there_and_one_that_stands_twice(book: xw.Book) -> None:
    first, second = numbered(book)[:2]
    sheet = book.impl._workbook[MATTERS.name]
    sheet.cell(second.place.row, 1).value = first.number
    gone = change(second, "overdue_count", second.shown.overdue_count, 5)
    elsewhere = Change(Place("matters", 9999), first.number, "overdue_count", None, 5)
    report = LiveBook(book).apply([gone, elsewhere], [])
    assert ["找不到" in dropped.reason or "重复" in dropped.reason for dropped in report.dropped] == [True, True]


def test_a_row_without_a_number_is_found_by_place_and_content(book: xw.Book) -> None:
    ledger = LiveBook(book).read().ledger
    bare = next(matter for matter in ledger.matters if not matter.number)
    row_hash = ledger.row_hashes[bare.place.row]
    wanted = Change(bare.place, "", "check_note", bare.shown.check_note, "请补填牵头单位", row_hash=row_hash)
    assert LiveBook(book).apply([wanted], []).applied == (wanted,)
    content = column_of(book.impl._workbook[MATTERS.name], "事项内容")
    book.impl._workbook[MATTERS.name].cell(bare.place.row, content).value = "改过的内容"
    again = Change(bare.place, "", "check_note", "请补填牵头单位", "另一句", row_hash=row_hash)
    assert "移动或改动" in LiveBook(book).apply([again], []).dropped[0].reason


def test_formulas_that_staff_planted_survive_among_changes(book: xw.Book) -> None:
    several = numbered(book)[:5]
    sheet = book.impl._workbook[MATTERS.name]
    column = column_of(sheet, "逾期次数")
    planted = sheet.cell(several[2].place.row, column)
    planted.value = "=1+1"
    changes = [change(m, "overdue_count", m.shown.overdue_count, 50 + n) for n, m in enumerate(several)]
    report = LiveBook(book).apply(changes, [])
    assert planted.value == "=1+1"
    assert [dropped.reason for dropped in report.dropped] == ["单元格里是公式，不能覆盖"]
    assert [sheet.cell(m.place.row, column).value for m in several] == [50, 51, "=1+1", 53, 54]


@pytest.mark.parametrize(("formula", "rule"), [("=TODAY()", "formula_volatile"), ("=B9+1", "formula")])
@pytest.mark.parametrize(("sheet", "field"), [(MATTERS, "assigned_at"), (REPORTS, "reported_at")])
def test_a_formula_is_told_of_as_in_the_file(
    book: xw.Book, path: Path, sheet: SheetColumns, field: str, formula: str, rule: str
) -> None:
    page = book.impl._workbook[sheet.name]
    cell = page.cell(2, column_of(page, sheet.heading(field)))
    cell.value = formula
    book.impl._cached[sheet.name, cell.row, cell.column] = datetime(2026, 11, 2)
    ledger = LiveBook(book).read().ledger
    assert rule in [finding.rule for finding in ledger.findings if finding.place.at(field) == finding.place]
    assert LiveBook(book, sees_formulas=False).read().ledger.matters == ledger.matters


@pytest.mark.parametrize("text", ["2026-03", "007", "=1+1", "+86", "1/2", "'x", "TRUE", "@x", " 12", "３月", "jan 5"])
def test_a_text_stays_the_text_that_it_is(book: xw.Book, text: str) -> None:
    matter = numbered(book)[0]
    place = address(book, matter, "basis")
    book.impl._workbook[place[0]][place[1]].number_format = "General"
    LiveBook(book).apply([change(matter, "basis", matter.shown.basis, text)], [])
    cell = book.impl._workbook[place[0]][place[1]]
    assert (cell.value, cell.data_type) == (text, "s")


def test_times_are_times(book: xw.Book) -> None:
    matter = numbered(book)[0]
    moment = datetime(2026, 3, 5, 17, 30)
    LiveBook(book).apply([change(matter, "current_due", matter.shown.current_due, moment)], [])
    assert next(m for m in matters(book) if m.number == matter.number).shown.current_due == moment


def test_old_values_are_compared_to_the_minute(book: xw.Book) -> None:
    """Excel hands times over with noise below the second."""
    matter = next(m for m in numbered(book) if m.assigned_at)
    place = address(book, matter, "assigned_at")
    book.impl._workbook[place[0]][place[1]].value = matter.assigned_at + timedelta(microseconds=4000)
    report = LiveBook(book).apply([change(matter, "assigned_at", matter.assigned_at, None)], [])
    assert not report.dropped


def test_appended_rows_extend_the_table_and_come_once(book: xw.Book) -> None:
    sheet = book.impl._workbook[MESSAGE_LOG.name]
    rows = [log_row("K7Q2M9", matter="2026-日-0001", period="2026-03"), log_row("K7Q2MA", node="1天")]
    assert LiveBook(book).apply([], rows).appended == 2
    assert LiveBook(book).apply([], rows).appended == 0
    assert [row["number"] for row in LiveBook(book).rows(MESSAGE_LOG)] == ["K7Q2M9", "K7Q2MA"]
    assert sheet.tables[MESSAGE_LOG.name].ref.endswith("3")
    assert sheet.cell(2, column_of(sheet, "期次")).value == "2026-03"


def test_the_empty_row_of_a_fresh_table_is_filled_first(book: xw.Book) -> None:
    LiveBook(book).apply([], [log_row("K7Q2M9")])
    assert book.impl._workbook[MESSAGE_LOG.name]["A2"].value == "K7Q2M9"


def test_columns_of_staff_in_a_table_are_not_touched_by_new_rows(book: xw.Book) -> None:
    sheet = book.impl._workbook[REPORTS.name]
    sheet.insert_cols(3)
    sheet["C1"] = "我的列"
    last = sheet.max_row
    sheet.cell(last + 1, 3).value = "=ROW()"
    LiveBook(book).apply([], [NewRow("reports", {"number": "反-99", "matter": "2026-日-0001"})])
    assert sheet.cell(last + 1, 3).value == "=ROW()"
    assert sheet.cell(last + 1, 1).value == "反-99"


@pytest.mark.parametrize("spoil", ["read only", "shared", "busy", "protected", "filtered", "renamed", "no heading"])
def test_a_book_that_takes_no_changes_says_what_to_do_and_stays_as_it_is(book: xw.Book, spoil: str) -> None:
    matter = numbered(book)[0]
    live = LiveBook(book)
    says = SPOILED[spoil][1]
    SPOILED[spoil][0](book)
    before = cells(book)
    with pytest.raises(AddinError, match=says) as told:
        live.apply([change(matter, "overdue_count", matter.shown.overdue_count, 7)], [log_row("K7Q2M9")])
    assert str(told.value).endswith("再点这个按钮。")
    assert cells(book) == before


def _rename(book: xw.Book) -> None:
    book.impl._workbook[MESSAGE_LOG.name].title = "短信"


def _without_heading(book: xw.Book) -> None:
    sheet = book.impl._workbook[MESSAGE_LOG.name]
    sheet.cell(1, column_of(sheet, "时间")).value = "别的"


SPOILED = {
    "read only": (lambda book: book.impl.api.__dict__.update(ReadOnly=True), "只读"),
    "shared": (lambda book: book.impl.api.__dict__.update(MultiUserEditing=True), "共享"),
    "busy": (lambda book: book.impl._app.api.__dict__.update(Ready=False), "编辑"),
    "protected": (lambda book: book.impl._protected.add(MESSAGE_LOG.name), "受保护"),
    "filtered": (lambda book: book.impl._filtered.add(MATTERS.name), "筛选"),
    "renamed": (_rename, "没有工作表「短信记录」"),
    "no heading": (_without_heading, "缺少列「时间」"),
}


def test_reading_a_book_without_a_needed_sheet_says_so(book: xw.Book) -> None:
    book.impl._workbook[REPORTS.name].title = "反馈"
    with pytest.raises(UnreadableWorkbook, match="反馈记录"):
        LiveBook(book).read()


def test_a_sheet_name_with_a_stray_space_is_found(book: xw.Book, path: Path) -> None:
    book.impl._workbook[REPORTS.name].title = "反馈记录 "
    assert LiveBook(book, (*FACT_SHEETS, INSPECTORS, TASKS)).read().ledger == read_ledger(path.read_bytes())


def many(count: int, path: Path) -> xw.Book:
    workbook = load_workbook(SAMPLE)
    sheet = workbook[MATTERS.name]
    sheet.delete_rows(2, sheet.max_row)
    for number in range(1, count + 1):
        sheet.cell(number + 1, 1).value = f"2026-日-{number:05d}"
        sheet.cell(number + 1, 2).value = "日常管理事项"
    return opened(path, workbook)


def counted(count: int, path: Path) -> Iterator[int]:
    book = many(count, path)
    calls.clear()
    live = LiveBook(book)
    ledger = live.read().ledger
    yield calls.total()
    changes = [
        change(matter, field, None, 1)
        for matter in ledger.matters[::2]
        for field in ("overdue_count", "urging_count", "overdue_hours")
    ]
    report = live.apply(changes, [log_row(f"K{n:05d}") for n in range(count)])
    assert len(report.applied) == len(changes)
    yield calls.total()
    yield calls.trips()


def test_the_number_of_calls_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    few, lots = (list(counted(count, tmp_path / "a.xlsx")) for count in (100, 10_000))
    assert few == lots
    assert few[-1] < 60


def test_every_sheet_that_a_button_touches_can_be_viewed(book: xw.Book) -> None:
    for columns in (*NEEDED, MESSAGE_LOG, CHECK_RESULTS):
        view = LiveBook(book).view(columns)
        assert view.columns is columns
        assert len(view.where) == len(columns.columns)
