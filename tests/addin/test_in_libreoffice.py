"""The unmodified macros against a live LibreOffice: what it shows, saves and reopens is what the stand-in has."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from addin.desk_window.ribbon import ribbon_groups
from addin.dialogs.import_forms import APPLY, READ
from engine.ledger.headings.columns import CHECK_RESULTS, MATTERS
from engine.ledger.patching.patch import patch
from tests.addin.button_cases import CASES, ONE, ButtonCase
from tests.addin.old_order import in_another_order
from tests.addin.pressing import SAMPLE, Clerk
from tests.addin.session_adapters import log_rows, quarter_row
from tests.libreoffice_engine import opened, running_office
from tests.libreoffice_engine.office import bridge
from tests.libreoffice_engine.pressing import Cells, cells, differences, press, pressed, row_of, select, written
from tests.moving.office import fill_in, with_common
from tests.moving.old_books import OldSheet, old_book
from tests.xlwings_engine import opened as opened_in_stand_in

Twice = Callable[[Path], tuple[xw.Book, xw.Book]]
SCORES = ButtonCase("score_quarter", {"span": "2026Q3", "purpose": "通报", "scorer": "甲"}, set())
OF_NOTHING = ["check_ledger", "stamp_matters", "synchronize"]
ONLY_SHOW = ["preview_messages", "show_today", "explain_matter", "open_manual", "make_cards"]
MAKE_FILES = {
    "make_board": "看板.html",
    "make_statistics": "*.docx",
    "make_burden": "*.xlsx",
    "make_briefing": "*.docx",
    "make_year_end": "*.docx",
    "make_circular": "*.docx",
    "make_sheets": "*.docx",
    "archive_matters": "*.zip",
}
"""What each leaves beside the ledger; no cell changes."""
BY_THEMSELVES = {
    "import_old_ledger", "issue_notice", "issue_papers", "propose_team", "tidy_ledger", "archive_messages", "undo_last",
}  # fmt: skip


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running_office(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def live(desktop: Any, tmp_path: Path, person: Clerk) -> Iterator[xw.Book]:
    book = opened(desktop, Path(shutil.copy(SAMPLE, tmp_path / "督办台账.xlsx")))
    yield book
    book.impl.shut()


@pytest.fixture
def twice(desktop: Any, tmp_path: Path, person: Clerk) -> Iterator[Twice]:
    """``twice(path)``: that file's book as LibreOffice and as the stand-in show it, each in a folder of its own."""
    shown: list[xw.Book] = []

    def both_of(path: Path) -> tuple[xw.Book, xw.Book]:
        places = [tmp_path / name / "督办台账.xlsx" for name in ("live", "stand-in")]
        for place in places:
            place.parent.mkdir()
            shutil.copy(path, place)
        shown.append(opened(desktop, places[0]))
        return shown[0], opened_in_stand_in(places[1])

    yield both_of
    for book in shown:
        book.impl.shut()


@pytest.fixture
def both(live: xw.Book, tmp_path: Path) -> tuple[xw.Book, xw.Book]:
    (tmp_path / "stand-in").mkdir()
    copy = Path(shutil.copy(SAMPLE, tmp_path / "stand-in" / "督办台账.xlsx"))
    return live, opened_in_stand_in(copy)


@pytest.mark.parametrize("case", [*CASES, SCORES], ids=lambda case: case.name)
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


@pytest.mark.parametrize("name", OF_NOTHING)
def test_buttons_that_need_no_selection(both: tuple[xw.Book, xw.Book], person: Clerk, name: str) -> None:
    changed = [press(book, person, name) for book in both]
    assert changed[0] == changed[1]
    assert CHECK_RESULTS.name in {place[0] for place in changed[0]} or name != "check_ledger"


@pytest.mark.parametrize("name", ONLY_SHOW)
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


def test_no_button_of_the_ribbon_is_left_out() -> None:
    pressed = {case.name for case in (*CASES, SCORES)} | {*OF_NOTHING, *ONLY_SHOW, *MAKE_FILES} | BY_THEMSELVES
    assert pressed == {button.function for group in ribbon_groups() for button in group.buttons}


def test_buttons_that_make_files_change_no_cell(twice: Twice, person: Clerk) -> None:
    made: list[list[str]] = []
    for book in twice(SAMPLE):
        folder, before = Path(book.fullname).parent, cells(book)
        for name, kind in MAKE_FILES.items():
            there = {*folder.rglob(kind)}
            pressed(book, person, name, ONE)
            assert {*folder.rglob(kind)} > there, (name, person.told)
        pressed(book, person, "propose_team", task="督2026-2")
        assert person.tables[-1][2]
        pressed(book, person, "issue_papers", ONE)
        assert "没有规定督查单" in person.told[-1]
        assert differences(before, cells(book)) == {}
        made.append(sorted(path.name for path in folder.rglob("*.*") if not path.name.startswith((".", "~"))))
    assert made[0] == made[1]


def test_old_messages_are_moved_to_their_year(twice: Twice, person: Clerk, tmp_path: Path) -> None:
    path = Path(shutil.copy(SAMPLE, tmp_path / "督办台账.xlsx"))
    patch(path, [], [*log_rows("S1", "S2"), quarter_row("2026Q3")])
    changed = [press(book, person, "archive_messages") for book in twice(path)]
    assert changed[0] == changed[1] != {}
    assert len([*tmp_path.rglob("督办台账-短信记录-2026.xlsx")]) == 2


def test_an_old_order_is_tidied_and_open_again(twice: Twice, person: Clerk, tmp_path: Path) -> None:
    after: list[Cells] = []
    for book in twice(in_another_order(SAMPLE, tmp_path / "旧.xlsx")):
        pressed(book, person, "tidy_ledger")
        assert "已整理" in person.told[-1]
        (again,) = book.app.books
        assert again.fullname == book.fullname
        after.append(cells(again))
    assert differences(*after) == {}
    assert [after[0][MATTERS.name, 1, column] for column in (1, 2)] == ["事项编号", "预警灯"]


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
