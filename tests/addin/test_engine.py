"""The test engine itself: it behaves as Excel does where it matters, refuses what it does not know, and counts."""

from datetime import datetime
from pathlib import Path

import pytest
import xlwings as xw
from openpyxl import Workbook

from tests.xlwings_engine import calls, opened


@pytest.fixture
def sheet(tmp_path: Path) -> xw.Sheet:
    workbook = Workbook()
    workbook.active.title = "表"
    workbook.active.append(["甲", "乙"])
    workbook.active.append([1, datetime(2026, 3, 2, 9, 30)])
    return opened(tmp_path / "a.xlsx", workbook).sheets["表"]


def test_the_caller_is_the_opened_book(sheet: xw.Sheet) -> None:
    assert xw.Book.caller().name == "a.xlsx"


def test_blocks_are_read_and_written_in_one_call(sheet: xw.Sheet) -> None:
    block = sheet.range((1, 1), (500, 2))
    calls.clear()
    block.raw_value = [["x", 2.0]] * 500
    assert block.raw_value[499] == ["x", 2.0]
    assert calls == {"RangeImpl.raw_value": 2}


def test_values_come_back_as_excel_gives_them(sheet: xw.Sheet) -> None:
    assert sheet.range("A1:B2").value == [["甲", "乙"], [1.0, datetime(2026, 3, 2, 9, 30)]]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03", datetime(2026, 3, 1)),
        ("007", 7.0),
        ("'007", "007"),
        ("50%", 0.5),
        ("2026-日-0001", "2026-日-0001"),
    ],
)
def test_a_text_that_looks_like_a_number_becomes_one(sheet: xw.Sheet, written: str, read: object) -> None:
    sheet.range("A2").raw_value = written
    assert sheet.range("A2").value == read


def test_a_text_cell_keeps_its_text(sheet: xw.Sheet) -> None:
    sheet.impl._sheet["A2"].number_format = "@"
    sheet.range("A2").raw_value = "2026-03"
    assert sheet.range("A2").value == "2026-03"


def test_unknown_members_raise(sheet: xw.Sheet) -> None:
    for use in (lambda: sheet.charts, sheet.autofit, lambda: sheet.range("A1").color, lambda: sheet.book.names):
        with pytest.raises(NotImplementedError):
            use()
    with pytest.raises(NotImplementedError):
        sheet.range("A1").column_width = 3
    with pytest.raises(AttributeError):
        _ = sheet.api.AutoFilterMode


def test_a_block_of_another_shape_and_a_protected_sheet_are_refused(sheet: xw.Sheet) -> None:
    with pytest.raises(ValueError, match="shape"):
        sheet.range("A1:B2").raw_value = [[1, 2]]
    sheet.book.impl._protected.add("表")
    with pytest.raises(RuntimeError):
        sheet.range("A1").raw_value = 1
    assert sheet.api.ProtectContents
