"""The unmodified macros against a live LibreOffice: what it shows, saves and reopens is what the stand-in has."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from openpyxl import load_workbook

from addin.dialogs.import_forms import APPLY, READ
from engine.ledger.headings.columns import CHECK_RESULTS, MATTERS, OPERATIONS
from tests.addin.button_cases import CASES, ONE, ButtonCase
from tests.addin.pressing import SAMPLE, Clerk, button
from tests.libreoffice_engine import opened, running_office
from tests.libreoffice_engine.office import bridge
from tests.moving.office import fill_in, with_common
from tests.moving.old_books import OldSheet, old_book
from tests.xlwings_engine import opened as opened_in_stand_in

Cells = dict[tuple[str, int, int], object]
PROVINCE = "2026-省-0001"


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running_office(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def live(desktop: Any, tmp_path: Path, person: Clerk) -> Iterator[xw.Book]:
    book = opened(desktop, Path(shutil.copy(SAMPLE, tmp_path / "督办台账.xlsx")))
    yield book
    book.impl.shut()


def cells(book: xw.Book) -> Cells:
    """Everything that a book shows, 操作日志 aside: numbers of its rows are drawn by lot."""
    found: Cells = {}
    for sheet in book.sheets:
        if sheet.name == OPERATIONS.name:
            continue
        for row, line in enumerate(sheet.impl.range((1, 1), sheet.impl.used_range).raw_value, 1):
            for column, value in enumerate(line, 1):
                if value is not None:
                    found[sheet.name, row, column] = _alike(value)
    return found


def _alike(value: object) -> object:
    """A value as both engines mean it: whole minutes, no difference between 3 and 3.0."""
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    return float(value) if isinstance(value, int | float) else value


def differences(before: Cells, after: Cells) -> Cells:
    return {place: after.get(place) for place in before.keys() | after.keys() if before.get(place) != after.get(place)}


def select(book: xw.Book, number: str) -> None:
    row = row_of(book, number)
    book.sheets[MATTERS.name].range(f"A{row}:C{row}").select()


def row_of(book: xw.Book, number: str) -> int:
    sheet = book.sheets[MATTERS.name]
    return [line[0] for line in sheet.impl.range((1, 1), sheet.impl.used_range).raw_value].index(number) + 1


def press(book: xw.Book, person: Clerk, name: str, matter: str = "", **answers: str) -> Cells:
    """Press one button in ``book``; returns the cells that it changed."""
    book.set_mock_caller()
    book.app.engine.activate()
    if matter:
        select(book, matter)
    person.answers = answers
    before = cells(book)
    button(name)()
    return differences(before, cells(book))


@pytest.fixture
def both(live: xw.Book, tmp_path: Path) -> tuple[xw.Book, xw.Book]:
    (tmp_path / "stand-in").mkdir()
    copy = Path(shutil.copy(SAMPLE, tmp_path / "stand-in" / "督办台账.xlsx"))
    return live, opened_in_stand_in(copy)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_button_and_its_undo_do_what_they_do_in_the_stand_in(
    both: tuple[xw.Book, xw.Book], person: Clerk, case: ButtonCase
) -> None:
    for book in both:
        press(book, person, "synchronize")
    before = cells(both[0])
    changed = [press(book, person, case.name, case.matter, **case.answers) for book in both]
    assert changed[0] == changed[1] != {}
    shown, saved = cells(both[0]), written(Path(both[0].fullname))
    assert {place for place in changed[0] if saved.get(place) != shown.get(place)} == set()
    for book in both:
        press(book, person, "undo_last")
        assert "已撤销" in person.told[-1]
    assert differences(before, cells(both[0])) == {}


def test_an_import_and_its_undo_do_what_they_do_in_the_stand_in(
    both: tuple[xw.Book, xw.Book], person: Clerk, tmp_path: Path
) -> None:
    head = ("序号", "重点任务", "牵头单位", "完成时限")
    rows = (head, (1, "新建学校3所", "市教育局", "12月底前"), (2, "治理河道", "市某某局", "长期"))
    old = old_book(tmp_path / "旧台账.xlsx", OldSheet("2026年", rows))
    before = [cells(book) for book in both]
    changed = []
    for book in both:
        assert press(book, person, "import_old_ledger", step=READ, files=str(old), year="2026") == {}
        fill_in(Path(book.fullname).with_name("导入核对.xlsx"), with_common({"版块": "重点工作任务"}))
        changed.append(press(book, person, "import_old_ledger", step=APPLY))
    assert changed[0] == changed[1] != {}
    for book, was in zip(both, before, strict=True):
        press(book, person, "undo_last")
        assert "已撤销" in person.told[-1]
        assert differences(was, cells(book)) == {}


def written(path: Path) -> Cells:
    """What LibreOffice saved, read by another program."""
    return {
        (sheet.title, cell.row, cell.column): _alike(cell.value)
        for sheet in load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


@pytest.mark.parametrize("name", ["check_ledger", "stamp_matters", "synchronize"])
def test_buttons_that_need_no_selection(both: tuple[xw.Book, xw.Book], person: Clerk, name: str) -> None:
    changed = [press(book, person, name) for book in both]
    assert changed[0] == changed[1]
    assert CHECK_RESULTS.name in {place[0] for place in changed[0]} or name != "check_ledger"


@pytest.mark.parametrize("name", ["preview_messages", "show_today", "explain_matter", "open_manual", "make_cards"])
def test_buttons_that_only_show(both: tuple[xw.Book, xw.Book], person: Clerk, name: str) -> None:
    shown = []
    for book in both:
        person.tables.clear()
        assert (
            press(book, person, name, ONE if name == "explain_matter" else "2026-省-0001" * (name == "make_cards"))
            == {}
        )
        shown.append([[list(row) for row in rows] for _, _, rows in person.tables])
    assert shown[0] == shown[1]


def test_a_notice_is_issued(both: tuple[xw.Book, xw.Book], person: Clerk) -> None:
    for book in both:
        sheet = book.sheets[MATTERS.name]
        headings = sheet.impl.range((1, 1), sheet.impl.used_range).raw_value[0]
        row = row_of(book, ONE)
        for heading in ("通知文号", "通知下发时间"):
            column = headings.index(heading) + 1
            sheet.range((row, column)).clear_contents()
    changed = [press(book, person, "issue_notice", ONE) for book in both]
    assert changed[0] == changed[1] != {}
    assert [len(list(Path(book.fullname).parent.rglob("*.docx"))) for book in both] == [2, 1]  # one folder in the other


def test_what_libreoffice_saved_is_read_by_the_engine_again(live: xw.Book, desktop: Any, person: Clerk) -> None:
    press(live, person, "register_report", ONE, content="已完成初稿", node="1天", reporter="王某")
    shown = cells(live)
    again = opened(desktop, Path(live.fullname), read_only=True)
    try:
        assert differences(shown, cells(again)) == {}
    finally:
        again.impl.shut()


def test_a_protected_sheet_is_refused_in_words(live: xw.Book, person: Clerk) -> None:
    live.sheets[MATTERS.name].impl.sheet.protect("")
    assert press(live, person, "register_report", ONE) == {}
    assert "受保护" in person.told[-1]


def test_a_filtered_sheet_is_refused_in_words(live: xw.Book, person: Clerk) -> None:
    select(live, ONE)
    table = live.impl.document.DatabaseRanges.getByName(MATTERS.name)
    condition = bridge().createUnoStruct("com.sun.star.sheet.TableFilterField")
    condition.Field, condition.StringValue = 0, ONE
    condition.Operator = bridge().Enum("com.sun.star.sheet.FilterOperator", "EQUAL")
    descriptor = table.getFilterDescriptor()
    descriptor.setFilterFields((condition,))
    table.refresh()
    assert press(live, person, "register_report") == {}
    assert "正在筛选" in person.told[-1]


def test_a_book_open_for_reading_is_refused_in_words(desktop: Any, tmp_path: Path, person: Clerk) -> None:
    book = opened(desktop, Path(shutil.copy(SAMPLE, tmp_path / "督办台账.xlsx")), read_only=True)
    try:
        assert press(book, person, "register_report", ONE) == {}
        assert "以只读方式打开" in person.told[-1]
    finally:
        book.impl.shut()


def test_a_button_works_on_its_own_book_whatever_window_is_in_front(
    live: xw.Book, desktop: Any, person: Clerk, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = opened(desktop, Path(shutil.copy(SAMPLE, tmp_path / "other" / "督办台账.xlsx")))
    try:
        before = cells(other)
        live.app.engine.impl.shown.open_books[:] = [live.impl]  # its own application shows the book that is asked
        assert press(live, person, "register_report", ONE, content="已完成", node="1天", reporter="王某") != {}
        assert differences(before, cells(other)) == {}
    finally:
        other.impl.shut()
