"""Whatever is wrong becomes one sentence in Chinese, and nothing is changed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from addin import excel, session
from addin.button import ButtonContext
from engine.ledger.headings.columns import MATTERS
from engine.policy.workdays import YearNotCoveredError
from tests.addin.button_cases import LOG, ONE
from tests.addin.pressing import (
    Clerk,
    button,
    cells,
    select,
)
from tests.xlwings_engine import calls, opened
from tests.xlwings_engine.ranges import TableImpl


class TestBadInput:
    """One sentence in Chinese that says what to do; nothing changed."""

    @pytest.fixture
    def refused(self, book: xw.Book, person: Clerk) -> Iterator[list[str]]:
        select(book, ONE)
        person.answers = {"content": "x"}
        yield person.told
        before = cells(book)
        person.told.clear()
        button("register_report")()
        assert cells(book) == before
        assert len(person.told) == 1
        assert person.told[0].endswith("。")
        assert any("\u4e00" <= letter <= "\u9fff" for letter in person.told[0])

    def test_nothing_selected(self, book: xw.Book, refused: list[str]) -> None:
        book.impl._app._selected = None

    def test_a_selection_on_another_sheet(self, book: xw.Book, refused: list[str]) -> None:
        book.sheets["反馈记录"].range("A2").select()

    def test_a_selection_of_empty_rows(self, book: xw.Book, refused: list[str]) -> None:
        book.sheets[MATTERS.name].range("A900:A901").select()

    def test_a_selection_of_the_heading(self, book: xw.Book, refused: list[str]) -> None:
        book.sheets[MATTERS.name].range("A1").select()

    def test_a_row_without_a_number(self, book: xw.Book, refused: list[str]) -> None:
        row = next(cell.row for cell in book.impl._workbook[MATTERS.name]["A"] if cell.value is None)
        book.sheets[MATTERS.name].range(f"B{row}").select()

    def test_several_areas(self, book: xw.Book, refused: list[str]) -> None:
        book.impl._app._selected._whole = "A2:B3,A9:B9"

    def test_a_whole_column(self, book: xw.Book, refused: list[str]) -> None:
        book.impl._app._selected._whole = "A:A"

    def test_a_renamed_sheet(self, book: xw.Book, refused: list[str]) -> None:
        book.impl._workbook["反馈记录"].title = "反馈"

    @pytest.mark.parametrize("sheet", ["反馈记录", MATTERS.name, LOG])
    @pytest.mark.parametrize("obstacle", ["_filtered", "_protected"])
    def test_any_sheet_that_the_button_writes_to(
        self, book: xw.Book, refused: list[str], sheet: str, obstacle: str
    ) -> None:
        getattr(book.impl, obstacle).add(sheet)

    @pytest.mark.parametrize("sheet", ["反馈记录", MATTERS.name, LOG])
    def test_a_sheet_that_refuses_halfway(
        self, book: xw.Book, refused: list[str], sheet: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Excel says no to one sheet only when it is written to: what stands on the others already goes back."""
        real = excel.write_block

        def moody(target: xw.Sheet, *where: Any) -> None:
            if target.name == sheet:
                raise KeyError("Excel refuses")
            real(target, *where)

        monkeypatch.setattr(excel, "write_block", moody)

    def test_a_table_that_cannot_grow(self, book: xw.Book, refused: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        def stuck(_table: TableImpl, _target: object) -> None:
            raise KeyError("a table lies below")

        monkeypatch.setattr(TableImpl, "resize", stuck)

    def test_a_year_without_a_calendar_met_after_writing(
        self, book: xw.Book, refused: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gap(*_: object) -> None:
            raise YearNotCoveredError(2031)

        monkeypatch.setattr(session, "review", gap)

    def test_a_cell_in_edit_mode(self, book: xw.Book, refused: list[str]) -> None:
        book.impl._app.api.__dict__.update(Ready=False)

    def test_a_book_opened_read_only(self, book: xw.Book, refused: list[str]) -> None:
        book.impl.api.__dict__.update(ReadOnly=True)

    def test_a_missing_key_column(self, book: xw.Book, refused: list[str]) -> None:
        sheet = book.impl._workbook[MATTERS.name]
        next(cell for cell in sheet[1] if cell.value == "牵头单位").value = "单位"


@pytest.mark.parametrize("obstacle", ["_filtered", "_protected"])
def test_nobody_fills_in_a_form_in_vain(book: xw.Book, person: Clerk, obstacle: str) -> None:
    """A selection across a filter holds rows that nobody sees: only 为什么, which changes nothing, goes on."""
    select(book, ONE)
    getattr(book.impl, obstacle).add(MATTERS.name)
    button("register_report")()
    assert (len(person.told), person.asked) == (1, [])
    button("explain_matter")()
    assert len(person.tables) == 1


@pytest.mark.parametrize("name", ["check_ledger", "show_today", "preview_messages", "score_quarter", "undo_last"])
def test_a_busy_excel_is_asked_nothing_more(book: xw.Book, person: Clerk, name: str) -> None:
    book.impl._app.api.__dict__.update(Ready=None)  # what xlwings makes of a refused call
    calls.clear()
    button(name)()
    assert person.told == [excel.BUSY]
    assert calls.trips() == 1


def test_the_wrong_workbook_says_which_sheet_it_lacks(tmp_path: Path, person: Clerk) -> None:
    from openpyxl import Workbook

    book = opened(tmp_path / "别的.xlsx", Workbook())
    before = cells(book)
    button("check_ledger")()
    assert "没有工作表「督办台账」" in person.told[0]
    assert cells(book) == before


def test_no_book_at_all(person: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_cls: type) -> xw.Book:
        raise KeyError("no such book")

    monkeypatch.setattr(xw.Book, "caller", classmethod(nobody))
    button("check_ledger")()
    assert person.told == ["找不到按下按钮的台账。请先点一下台账窗口，再点这个按钮。"]


def test_what_nobody_expected_is_written_down_and_told_in_one_sentence(
    book: xw.Book, person: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ButtonContext, "now", staticmethod(lambda: "not a time"))
    before = cells(book)
    button("stamp_matters")()
    assert "没有做完" in person.told[0]
    assert "Traceback" not in person.told[0]
    assert cells(book) == before
    log = ButtonContext.settings_folder / "addin.log"
    assert "Traceback" in log.read_text("utf-8")
    log.unlink()


def test_merged_cells_among_the_rows_are_named_by_checking(book: xw.Book, person: Clerk) -> None:
    button("check_ledger")()
    rows = [line for line in book.impl._workbook["校验结果"].iter_rows(values_only=True) if line[0]]
    assert not any("合并单元格" in str(line) for line in rows)
    book.impl._workbook[MATTERS.name].merge_cells("C3:C7")
    book.impl._workbook[MATTERS.name].merge_cells("E5:F5")
    button("check_ledger")()
    rows = [line for line in book.impl._workbook["校验结果"].iter_rows(values_only=True) if line[0]]
    named = [str(line) for line in rows if "合并单元格" in str(line)]
    assert ["C3:C7" in named[0], "E5:F5" in named[1], len(named)] == [True, True, 2]
