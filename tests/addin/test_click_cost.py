"""A click asks Excel a fixed number of times, whatever the rows."""

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import pytest
import xlwings as xw
from openpyxl import load_workbook

from addin.live_book import LiveBook
from addin.session_book import NEEDED
from engine.ledger.headings.column import Owner, SheetColumns
from engine.ledger.headings.columns import CHECK_RESULTS, LATER_SHEETS, MATTERS, OPERATIONS
from engine.policy.loading import shipped_policies
from engine.review.stamp import stamp
from tests.addin.button_cases import CASES, ButtonCase
from tests.addin.pressing import (
    NOW,
    SAMPLE,
    Clerk,
    button,
    select,
)
from tests.xlwings_engine import calls, opened


def counted(book: xw.Book, name: str) -> int:
    calls.clear()
    button(name)()
    return calls.trips()


PUBLISHING = {"span": "2026Q3", "purpose": "通报", "scorer": "甲"}
CLICKS = (
    *CASES,
    ButtonCase("check_ledger", {}, set()),
    ButtonCase("stamp_matters", {}, set()),
    ButtonCase("synchronize", {}, set()),
    ButtonCase("preview_messages", {}, set()),
    ButtonCase("explain_matter", {}, set()),
    ButtonCase("show_today", {}, set()),
    ButtonCase("score_quarter", {"span": "2026Q1"}, set()),
    ButtonCase("score_quarter", PUBLISHING, set()),
    ButtonCase("score_quarter", {"span": "2026年"}, set()),
)


def without(book: xw.Book, sheets: Iterable[SheetColumns]) -> None:
    for sheet in sheets:
        del book.impl._workbook[sheet.name]


@pytest.mark.parametrize("case", CLICKS, ids=lambda case: case.name)
def test_the_first_click_in_a_book_makes_few_calls_and_so_does_taking_it_back(
    book: xw.Book, person: Clerk, case: ButtonCase
) -> None:
    """With every flag out of date, as in the morning before anybody has opened the book."""
    select(book, case.matter)
    person.answers = case.answers
    assert counted(book, case.name) < 60
    assert counted(book, "undo_last") < 60


@pytest.mark.parametrize("case", CLICKS, ids=lambda case: case.name)
def test_the_first_click_in_an_older_book_makes_few_calls(book: xw.Book, person: Clerk, case: ButtonCase) -> None:
    """The book has no 操作日志 yet: the click makes it, behind what the person is looking at. Publishing, once a
    quarter, writes the figures of the charts as well.
    """
    without(book, [OPERATIONS])
    book.impl._workbook.active = book.impl._workbook[MATTERS.name]
    select(book, case.matter)
    person.answers = case.answers
    assert counted(book, case.name) < (70 if case.answers is PUBLISHING else 60)
    assert book.impl._workbook.active.title in (MATTERS.name, CHECK_RESULTS.name)


@pytest.mark.parametrize("name", ["check_ledger", "stamp_matters", "synchronize"])
def test_a_book_from_before_the_points_asks_once_for_the_names_of_its_sheets(
    book: xw.Book, person: Clerk, name: str
) -> None:
    without(book, LATER_SHEETS)
    assert counted(book, name) < 60


def many(rows: int, path: Path, empty: Collection[str] = ()) -> xw.Book:
    """The sample with one matter repeated under many numbers, without the cells ``empty``."""
    workbook = load_workbook(SAMPLE)
    sheet = workbook[MATTERS.name]
    first = [None if head.value in empty else cell.value for head, cell in zip(sheet[1], sheet[40], strict=True)]
    sheet.delete_rows(2, sheet.max_row)
    for number in range(1, rows + 1):
        sheet.append([None if "事项编号" in empty else f"2026-日-{number:05d}", *first[1:]])
    return opened(path, workbook)


@pytest.mark.parametrize("name", ["check_ledger", "synchronize"])
def test_the_cost_of_a_click_does_not_grow_with_the_rows(
    person: Clerk, tmp_path: Path, name: str, sample: Callable[[int, int], int]
) -> None:
    few, lots = (counted(many(rows, tmp_path / "a.xlsx"), name) for rows in (100, sample(500, 10_000)))
    assert few == lots < 60


BY_BUTTON = {column.heading for column in MATTERS.columns if column.owner is not Owner.STAFF}


def test_stamping_costs_the_same_whatever_the_rows(
    person: Clerk, tmp_path: Path, sample: Callable[[int, int], int]
) -> None:
    costs = []
    for rows in (100, sample(500, 10_000)):
        book = many(rows, tmp_path / "a.xlsx", BY_BUTTON | {MATTERS.heading("parent")})
        costs.append(counted(book, "stamp_matters"))
        assert f"已为{rows}行盖时限，新编号{rows}个" in person.told[-1]
    assert costs[0] == costs[1] < 60


@pytest.mark.parametrize("chosen", [1, 40])
def test_issuing_costs_the_same_whatever_the_rows(
    person: Clerk, tmp_path: Path, sample: Callable[[int, int], int], chosen: int
) -> None:
    costs = []
    for rows in (100, sample(500, 10_000)):
        folder = tmp_path / str(rows)
        folder.mkdir()
        book = many(rows, folder / "a.xlsx", {"通知文号", "通知下发时间"})
        select(book, "2026-日-00031", f"2026-日-{30 + chosen:05d}")
        costs.append(counted(book, "issue_notice"))
        assert "已下发1份通知" in person.told[-1]
    assert costs[0] == costs[1] < 60


def test_stamping_needs_no_sheet_of_points(book: xw.Book) -> None:
    """编号盖时限 does not read them: it stamps the same rows with and without."""
    found = [stamp(LiveBook(book, *sheets).read().ledger, shipped_policies(), NOW) for sheets in ((), (NEEDED,))]
    assert found[0].changes == found[1].changes
    assert found[0].changes
    assert found[0].rows == found[1].rows
