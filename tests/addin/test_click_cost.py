"""A click asks Excel a fixed number of times, whatever the rows."""

from collections.abc import Callable
from pathlib import Path

import pytest
import xlwings as xw
from openpyxl import load_workbook

from engine.ledger.columns import MATTERS
from tests.addin.button_cases import CASES, ONE, Case
from tests.addin.pressing import (
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


def many(rows: int, path: Path) -> xw.Book:
    """The sample with one matter repeated under many numbers."""
    workbook = load_workbook(SAMPLE)
    sheet = workbook[MATTERS.name]
    first = [cell.value for cell in sheet[40]]
    sheet.delete_rows(2, sheet.max_row)
    for number in range(1, rows + 1):
        sheet.append([f"2026-日-{number:05d}", *first[1:]])
    return opened(path, workbook)


@pytest.mark.parametrize("name", ["check_ledger", "synchronize"])
def test_the_cost_of_a_click_does_not_grow_with_the_rows(
    person: Person, tmp_path: Path, name: str, sample: Callable[[int, int], int]
) -> None:
    few, lots = (counted(many(rows, tmp_path / "a.xlsx"), name) for rows in (100, sample(500, 10_000)))
    assert few == lots < 60
