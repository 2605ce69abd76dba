"""A clerk's date or time format on a 机 count: what was written is seen to stand, and is written as a count again."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell

from engine.ledger.headings.columns import MATTERS
from tests.service.office import HOUR, T0, ServedOffice, matter_row, report_row, write_book

COUNTS = ("催办次数", "逾期小时", "逾期次数")


def give_format(book_path: Path, number_format: str) -> None:
    book = load_workbook(book_path)
    for cell in counts(book):
        cell.number_format = number_format
    book.save(book_path)


def counts(book: Workbook) -> list[Cell]:
    sheet = book[MATTERS.name]
    return [sheet.cell(2, cell.column) for cell in sheet[1] if cell.value in COUNTS]


@pytest.mark.parametrize("number_format", ["yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm:ss", "[h]:mm:ss", "0.00"])
def test_a_formatted_count_converges(office: ServedOffice, number_format: str) -> None:
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()
    give_format(office.book, number_format)
    later = T0 + 60 * HOUR
    assert office.pass_at(later).changes
    assert office.pass_at(later + timedelta(minutes=11)).changes == ()
    assert {cell.number_format for cell in counts(load_workbook(office.book))} == {"0"}


def test_in_36_quiet_hours_a_formatted_count_does_not_replace_the_book(office: ServedOffice) -> None:
    """The report came late, after some urging; from then on nothing changes but by the morning's row in 短信记录."""
    report = report_row("2026-日-0001", "3天", T0 + 30 * HOUR)
    write_book(office.book, [matter_row("2026-日-0001")], reports=[report])
    office.adopt()
    office.pass_at(T0 + 29 * HOUR)
    quiet = T0 + 72 * HOUR
    office.pass_at(quiet)
    give_format(office.book, "yyyy-mm-dd")
    assert any(isinstance(cell.value, datetime) for cell in counts(load_workbook(office.book)))
    office.pass_at(quiet + HOUR)
    replaced, standing = [], office.book.stat()
    for hours in range(2, 39):
        assert office.pass_at(quiet + hours * HOUR).changes == ()
        if office.book.stat() != standing:
            replaced.append(quiet + hours * HOUR)
        standing = office.book.stat()
    assert replaced == [datetime(2026, 3, 6, 8, 30)]
