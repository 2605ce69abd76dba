"""Rows that people typed right below the table of the open book, as WPS and pasting leave them."""

import pytest
import xlwings as xw

from addin.live_book import LiveBook
from engine.ledger.headings.columns import MATTERS
from tests.addin.test_live_book import change, column_of, numbered


def below_the_table(book: xw.Book, gap: int) -> int:
    """A matter copied below the table of 督办台账, ``gap`` rows away from it, as pasting without Excel's help does."""
    sheet = book.impl._workbook[MATTERS.name]
    row = sheet.max_row + 1 + gap
    for cell in list(sheet[2]):
        sheet.cell(row, cell.column).value = cell.value
    sheet.cell(row, 1).value = "2026-日-9999"
    return row


@pytest.mark.parametrize(("gap", "taken_in"), [(0, True), (1, False)])
def test_a_row_typed_right_below_the_table_is_treated_and_taken_in(book: xw.Book, gap: int, *, taken_in: bool) -> None:
    sheet = book.impl._workbook[MATTERS.name]
    before = sheet.tables[MATTERS.name].ref
    row = below_the_table(book, gap)
    matter = next(matter for matter in numbered(book) if matter.number == "2026-日-9999")
    report = LiveBook(book).apply([change(matter, "overdue_count", matter.shown.overdue_count, 77)], [])
    assert not report.dropped
    assert sheet.cell(row, column_of(sheet, "逾期次数")).value == 77
    assert sheet.tables[MATTERS.name].ref == (
        f"A1:{before.split(':')[1].rstrip('0123456789')}{row}" if taken_in else before
    )


def test_a_change_within_the_table_leaves_what_stands_below_it_outside(book: xw.Book) -> None:
    sheet = book.impl._workbook[MATTERS.name]
    before = sheet.tables[MATTERS.name].ref
    below_the_table(book, 0)
    matter = numbered(book)[0]
    LiveBook(book).apply([change(matter, "overdue_count", matter.shown.overdue_count, 77)], [])
    assert sheet.tables[MATTERS.name].ref == before
