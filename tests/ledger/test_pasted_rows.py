"""Rows pasted from an old ledger: merged cells, groups and short names are named, with what to do."""

from collections.abc import Callable, Sequence
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from engine.facts.finding import Severity
from engine.facts.ledger import Ledger
from engine.ledger.headings.columns import MATTERS
from engine.ledger.reading.ledger import read_ledger
from tests.ledger.messy_books import MATTER, book_of, ledger_of, letter

FIVE = [{**MATTER, "number": f"2026-日-000{row}"} for row in range(1, 6)]
LEAD = letter("matters", "lead_unit")
STREETS = (
    {"name": "北城街道办事处", "category": "市直部门"},
    {"name": "南城街道办事处", "category": "市直部门"},
    {"name": "市教育局", "category": "市直部门"},
    {"name": "应县人民政府", "category": "县区"},
    {"name": "平鲁区人民政府", "category": "县区"},
    {"name": "督查室", "category": "科室"},
)


def merging(*areas: str) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        for area in areas:
            book[MATTERS.name].merge_cells(area)

    return change


def merged(ledger: Ledger) -> list[tuple[int | None, str | None, str]]:
    return [(one.place.row, one.place.field, one.problem) for one in ledger.findings if one.rule == "merged_cells"]


def test_a_unit_merged_over_rows_is_named_with_its_range_and_remedy() -> None:
    area = f"{LEAD}2:{LEAD}6"
    ledger = ledger_of(merging(area), matters=FIVE)
    (found,) = [one for one in ledger.findings if one.rule == "merged_cells"]
    assert (found.place.sheet, found.place.row, found.place.field) == ("matters", 2, "lead_unit")
    assert (found.severity, found.problem.startswith(f"{area} 是合并单元格")) == (Severity.HINT, True)
    assert "请取消合并" in found.remedy
    assert [one.lead_unit for one in ledger.matters] == ["市教育局", "", "", "", ""]


def test_the_same_rows_without_a_merged_cell_have_no_such_finding() -> None:
    assert merged(ledger_of(matters=FIVE)) == []


@pytest.mark.parametrize(
    ("areas", "rows"),
    [
        (["A1:B1"], []),  # among the headings
        (["ZZ2:ZZ5"], []),  # beside the columns of ours
        (["A1:A2"], [2]),  # from the heading down
        (["A4:C4"], [4]),  # a section row
        (["A2:A3", "A5:A6"], [2, 5]),
    ],
)
def test_only_blocks_among_the_data_are_named(areas: Sequence[str], rows: Sequence[int]) -> None:
    assert [row for row, _, _ in merged(ledger_of(merging(*areas), matters=FIVE))] == rows


def test_of_many_blocks_the_first_are_named_and_the_others_counted() -> None:
    many = merged(ledger_of(merging(*(f"A{row}:B{row}" for row in range(2, 27))), matters=FIVE))
    assert (len(many), "这样的还有5处" in many[-1][2]) == (20, True)


def test_a_sheet_read_without_the_library_names_them_too() -> None:
    data = book_of(merging("A2:A3"), matters=FIVE)
    target = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(target, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b"<sheetData>", b"<sheetData ><!-- written by hand -->")
            archive.writestr(name, part)
    assert [row for row, _, _ in merged(read_ledger(target.getvalue()))] == [2]


@pytest.mark.parametrize(
    ("words", "units"),
    [
        ("各县（区）人民政府", ("应县人民政府", "平鲁区人民政府")),
        ("市直各有关部门", ("北城街道办事处", "南城街道办事处", "市教育局")),
        ("各街道", ("北城街道办事处", "南城街道办事处")),
        ("市教育局，各县（区）", ("市教育局", "应县人民政府", "平鲁区人民政府")),
    ],
)
def test_group_words_are_known_once_the_directory_has_the_units(words: str, units: tuple[str, ...]) -> None:
    ledger = ledger_of(matters=[{**MATTER, "cooperating_units": words}], units=STREETS)
    assert ledger.matters[0].cooperating_units == units
    assert [one for one in ledger.findings if one.rule == "unknown_unit"] == []


def test_a_group_of_which_the_directory_has_no_unit_is_unknown() -> None:
    ledger = ledger_of(matters=[{**MATTER, "cooperating_units": "各街道"}], units=STREETS[2:])
    assert [one.rule for one in ledger.findings] == ["unknown_unit"]


@pytest.mark.parametrize(
    ("written", "offer"), [("旅游局", "“市文化和旅游局”"), ("朔城区政府", "“朔城区人民政府”"), ("市农牧局", None)]
)
def test_a_short_name_is_offered_and_not_assumed(written: str, offer: str | None) -> None:
    ledger = ledger_of(matters=[{**MATTER, "lead_unit": written}])
    (found,) = [one for one in ledger.findings if one.rule == "unknown_unit"]
    assert ledger.matters[0].lead_unit == ""
    assert (f"是不是{offer}" in found.remedy) if offer else ("是不是" not in found.remedy)
