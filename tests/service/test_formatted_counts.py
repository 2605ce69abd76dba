"""A clerk's date or time format on a 机 count changes nothing: what was written is seen to stand."""

from datetime import timedelta

import pytest
from openpyxl import load_workbook

from engine.ledger.headings.columns import MATTERS
from tests.service.office import HOUR, T0, ServedOffice, matter_row, write_book

COUNTS = ("催办次数", "逾期小时", "逾期次数")


@pytest.mark.parametrize("number_format", ["yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm:ss", "[h]:mm:ss", "0.00"])
def test_a_formatted_count_converges(office: ServedOffice, number_format: str) -> None:
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()
    book = load_workbook(office.book)
    sheet = book[MATTERS.name]
    for cell in sheet[1]:
        if cell.value in COUNTS:
            sheet.cell(2, cell.column).number_format = number_format
    book.save(office.book)
    later = T0 + 60 * HOUR
    assert office.pass_at(later).changes
    assert office.pass_at(later + timedelta(minutes=11)).changes == ()
