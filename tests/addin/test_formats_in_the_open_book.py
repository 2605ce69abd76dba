"""A 机 cell of the open book is written in its column's number format, whatever format a clerk gave it."""

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from addin.live_book import LiveBook
from engine.facts.change import Change, Value
from engine.facts.finding import Place
from engine.ledger.headings.columns import MATTERS
from tests.xlwings_engine import calls, opened

SAMPLE = Path(__file__).parents[2] / "workbook" / "示例台账.xlsx"
THREE = datetime(1900, 1, 2)
"""How Excel hands out the number 3 of a cell with a date format."""
EARLIER, LATER = datetime(2026, 3, 3, 4, 30), datetime(2026, 3, 3, 7, 30)


@pytest.fixture
def book(tmp_path: Path) -> xw.Book:
    return opened(Path(shutil.copy(SAMPLE, tmp_path / "台账.xlsx")))


def first_row(book: xw.Book) -> Mapping[str, Any]:
    """The cells of the first matter by field."""
    sheet = book.impl._workbook[MATTERS.name]
    fields = {column.heading: column.field for column in MATTERS.columns}
    return {fields[head.value]: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}


def write(book: xw.Book, field: str, old: Value, new: Value) -> None:
    number = str(first_row(book)["number"].value)
    report = LiveBook(book).apply([Change(Place("matters", 2), number, field, old, new)], [])
    assert len(report.applied) == 1


@pytest.mark.parametrize(("old", "held"), [(3, THREE), (None, None)])
def test_a_count_that_a_clerk_formatted_as_a_date(book: xw.Book, old: Value, held: object) -> None:
    cell = first_row(book)["urging_count"]
    cell.value, cell.number_format = held, "yyyy-mm-dd"
    write(book, "urging_count", old, 4)
    assert (cell.value, cell.number_format) == (4, "0")


def test_a_time_that_a_clerk_formatted_as_a_number(book: xw.Book) -> None:
    cell = first_row(book)["last_sent_at"]
    cell.value, cell.number_format = (EARLIER - datetime(1899, 12, 30)).total_seconds() / 86400, "0.00"
    write(book, "last_sent_at", EARLIER, LATER)
    assert (cell.value, cell.number_format) == (LATER, "yyyy-mm-dd hh:mm")


def test_a_column_of_people_keeps_their_format(book: xw.Book) -> None:
    cell = first_row(book)["note"]
    cell.value, cell.number_format = THREE, "m/d"
    write(book, "note", THREE, 5)
    assert (cell.value, cell.number_format) == (5, "m/d")


def test_a_format_that_fits_costs_no_round_trip(book: xw.Book) -> None:
    first_row(book)["urging_count"].value = 3
    calls.clear()
    write(book, "urging_count", 3, 4)
    assert calls["RangeImpl.number_format"] == 0
