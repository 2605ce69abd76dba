"""A click asks Excel a fixed number of times, whatever the rows."""

from collections.abc import Callable, Collection
from pathlib import Path

import pytest
import xlwings as xw
from openpyxl import load_workbook

from addin.live_book import LiveBook
from addin.session import NEEDED
from engine.ledger.column import Owner
from engine.ledger.columns import MATTERS, OPERATIONS
from engine.policy.loading import shipped_policies
from engine.stamp import stamp
from tests.addin.button_cases import CASES, ONE, Case, synchronized
from tests.addin.pressing import (
    NOW,
    SAMPLE,
    Person,
    button,
    select,
)
from tests.xlwings_engine import calls, opened


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


def many(rows: int, path: Path, empty: Collection[str] = ()) -> xw.Book:
    """The sample with one matter repeated under many numbers, without the cells ``empty``; 操作日志 is there."""
    workbook = load_workbook(SAMPLE)
    sheet = workbook[MATTERS.name]
    first = [None if head.value in empty else cell.value for head, cell in zip(sheet[1], sheet[40], strict=True)]
    sheet.delete_rows(2, sheet.max_row)
    for number in range(1, rows + 1):
        sheet.append([None if "事项编号" in empty else f"2026-日-{number:05d}", *first[1:]])
    book = opened(path, workbook)
    LiveBook(book).make_sheet(OPERATIONS)
    return book


@pytest.mark.parametrize("name", ["check_ledger", "synchronize"])
def test_the_cost_of_a_click_does_not_grow_with_the_rows(
    person: Person, tmp_path: Path, name: str, sample: Callable[[int, int], int]
) -> None:
    few, lots = (counted(many(rows, tmp_path / "a.xlsx"), name) for rows in (100, sample(500, 10_000)))
    assert few == lots < 60


BY_BUTTON = {column.heading for column in MATTERS.columns if column.owner is not Owner.STAFF}


def test_stamping_costs_the_same_whatever_the_rows(
    person: Person, tmp_path: Path, sample: Callable[[int, int], int]
) -> None:
    costs = []
    for rows in (100, sample(500, 10_000)):
        book = many(rows, tmp_path / "a.xlsx", BY_BUTTON | {MATTERS.heading("parent")})
        costs.append(counted(book, "stamp_matters"))
        assert f"已为{rows}行盖时限，新编号{rows}个" in person.told[-1]
    assert costs[0] == costs[1] < 60


@pytest.mark.parametrize("chosen", [1, 40])
def test_issuing_costs_the_same_whatever_the_rows(
    person: Person, tmp_path: Path, sample: Callable[[int, int], int], chosen: int
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


def test_publishing_a_quarter_makes_few_calls(book: xw.Book, person: Person) -> None:
    LiveBook(book).make_sheet(OPERATIONS)
    synchronized(person)  # the flags are no part of it: bringing them up to date takes 7 calls more
    person.answers = {"quarter": "2026Q1"}
    assert counted(book, "score_quarter") < 60
    person.answers = {"quarter": "2026Q1", "purpose": "通报", "scorer": "甲"}
    assert counted(book, "score_quarter") < 60
    assert "已通报2026Q1" in person.told[-1]


def test_the_first_operation_of_a_book_looks_for_its_log_once(book: xw.Book, person: Person) -> None:
    """It makes 操作日志 besides: more than 60 calls, once in the life of a book."""
    assert counted(book, "stamp_matters") <= 110


def test_stamping_needs_no_sheet_of_points(book: xw.Book) -> None:
    """编号盖时限 does not read them: it stamps the same rows with and without."""
    found = [stamp(LiveBook(book, *sheets).read().ledger, shipped_policies(), NOW) for sheets in ((), (NEEDED,))]
    assert found[0].changes == found[1].changes
    assert found[0].changes
    assert found[0].rows == found[1].rows
