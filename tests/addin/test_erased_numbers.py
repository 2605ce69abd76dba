"""The button 编号盖时限 has no journal: a number that was erased is asked for, never made anew in silence."""

import pytest
import xlwings as xw

from engine.ledger.headings.columns import MATTERS
from tests.addin.button_cases import ONE
from tests.addin.pressing import Clerk, button, row_of


def in_row(book: xw.Book, row: int, *headings: str) -> list[object]:
    sheet = book.impl._workbook[MATTERS.name]
    return [cell.value for head, cell in zip(sheet[1], sheet[row], strict=True) if head.value in headings]


def empty(book: xw.Book, row: int, *headings: str) -> None:
    sheet = book.impl._workbook[MATTERS.name]
    for head, cell in zip(sheet[1], sheet[row], strict=True):
        if head.value in headings:
            cell.value = None


STAMPS = [MATTERS.heading(field) for field in ("node_1_day", "node_3_days", "node_7_days", "node_1_month")]
LIGHT = MATTERS.heading("light")


@pytest.mark.parametrize("also", [(), tuple(STAMPS), (LIGHT,)], ids=["all there", "no deadlines", "no light"])
def test_an_erased_number_is_asked_for(book: xw.Book, person: Clerk, also: tuple[str, ...]) -> None:
    row = row_of(book, ONE)
    empty(book, row, "事项编号", *also)
    button("stamp_matters")()
    assert in_row(book, row, "事项编号") == [None]
    assert f"第{row}行" in person.told[-1]
    assert ONE in person.told[-1]
    assert "没有给新编号" in person.told[-1]


def test_a_new_row_gets_its_number_all_the_same(book: xw.Book, person: Clerk) -> None:
    """What no stamp and no light shows to be an old row is a new one."""
    row = row_of(book, ONE)
    empty(book, row, "事项编号", LIGHT, *STAMPS, MATTERS.heading("completion_due"))
    button("stamp_matters")()
    (number,) = in_row(book, row, "事项编号")
    assert number not in (None, ONE)
    assert "没有给新编号" not in person.told[-1]
