"""Workbooks of many kinds: patched without touching anything else, or refused without touching anything."""

import hashlib
import re
import tomllib
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from engine.ledger.headings.columns import MESSAGE_LOG
from engine.ledger.patching.patch import PatchReport, RefusedError, patch
from tests.ledger.corpus import excel_made, hand_made, refused, resaved
from tests.ledger.corpus.office_book import CHANGES, ROWS, STALE
from tests.ledger.corpus.zip_tools import parts_of
from tests.ledger.patch_checks import (
    Address,
    Cells,
    assert_untouched,
    calamine_cells,
    expected_cells,
    heading,
    openpyxl_cells,
    openpyxl_styles,
    written_cells,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

EXPECTED = tomllib.loads((Path(__file__).parent / "corpus" / "expected.toml").read_text("utf-8"))
BUILDERS = {
    "excel": excel_made.excel_made,
    "hand_made": hand_made.hand_made,
    "openpyxl": resaved.by_openpyxl,
}
READERS: dict[str, Callable[[Path], Cells]] = {"calamine": calamine_cells, "openpyxl": openpyxl_cells}
PATCHED = [(kind, name) for kind in BUILDERS for name in EXPECTED["patched"][kind]]


def test_expected_names_every_workbook_of_the_corpus() -> None:
    patched = EXPECTED["patched"]
    assert patched["excel"] == list(excel_made.MAKERS)
    assert patched["hand_made"] == list(hand_made.NAMES)
    assert patched["openpyxl"] == list(resaved.OPENPYXL)
    assert patched["libreoffice"] == list(resaved.LIBREOFFICE)
    assert list(EXPECTED["refused"]) == list(refused.NAMES)


def patch_copy(source: Path, folder: Path) -> tuple[Path, PatchReport]:
    """A patched copy; the standard patch must go in whole."""
    target = folder / f"patched{source.suffix}"
    target.write_bytes(source.read_bytes())
    report = patch(target, [*CHANGES, *STALE], ROWS)
    assert report.applied == CHANGES
    assert tuple(dropped.change for dropped in report.dropped) == STALE
    assert report.appended + report.repeated == len(ROWS)
    return target, report


def check_patched(name: str, source: Path, target: Path, report: PatchReport) -> None:
    """Everything that must hold of a patched workbook, except what takes other programs to see."""
    assert_untouched(source, target, report.parts)
    unread = EXPECTED["unread"].get(name, [])
    for reader, cells_of in READERS.items():
        if reader not in unread:
            assert cells_of(target) == expected_cells(cells_of(source)), reader
    if "openpyxl" not in unread:
        check_styles(source, target)
        check_tables(source, target)


@pytest.mark.parametrize("name", ["slicers", "threaded_comments", "printer_and_custom_xml"])
def test_around_the_rows_of_a_sheet_not_one_byte_changes(name: str, tmp_path: Path) -> None:
    source = hand_made.hand_made(name, tmp_path)
    target, report = patch_copy(source, tmp_path)
    before, after = parts_of(source), parts_of(target)
    own = before.keys() - parts_of(hand_made.hand_made("stored", tmp_path)).keys()
    assert len(own) >= 3
    assert own.isdisjoint(report.parts)
    for part in (hand_made.SHEET, "xl/workbook.xml", *own):
        assert re.split(b"</?sheetData>", before[part])[::2] == re.split(b"</?sheetData>", after[part])[::2]


def check_styles(source: Path, target: Path) -> None:
    """No cell changes its style; a new row has the style of the row above it, or of the blank cells it fills."""
    before, after = openpyxl_styles(source), openpyxl_styles(target)
    written = written_cells(openpyxl_cells(source))
    own = {where for where, value in written.items() if isinstance(value, datetime)}

    def looks(style: tuple[int, ...], where: Address) -> tuple[int, ...]:
        """All of a style; for a 机 time all but the number format, which is its column's own."""
        return style[:3] + style[4:] if where in own else style

    assert {where: looks(after[where], where) for where in before} == {
        where: looks(style, where) for where, style in before.items()
    }
    new = {where: style for where, style in after.items() if where not in before}
    assert {sheet for sheet, _, _ in new} <= {MESSAGE_LOG.name}
    _, top, _ = heading(openpyxl_cells(target), "message_log", "number")
    for where, style in new.items():
        sheet, row, column = where
        above = after.get((sheet, row - 1, column))
        if row == top + 1:
            assert style != above  # the first row must not look like the headings
        else:
            assert above is None or looks(style, where) == looks(above, where)


def check_tables(source: Path, target: Path) -> None:
    """The log's table and its filter reach to the last row written, and no further than they did before."""
    before = openpyxl.load_workbook(source)["短信记录"].tables["短信记录"]
    sheet = openpyxl.load_workbook(target)["短信记录"]
    table = sheet.tables["短信记录"]
    last = next(row for (_, row, _), value in openpyxl_cells(target).items() if value == ROWS[-1].values["number"])
    old, new = (openpyxl.utils.cell.range_boundaries(area) for area in (before.ref, table.ref))
    assert new == (*old[:3], max(last, old[3]))
    assert table.autoFilter is None or table.autoFilter.ref == table.ref
    assert sheet.max_row >= last


@pytest.mark.parametrize(("kind", "name"), PATCHED)
def test_patched_without_touching_anything_else(kind: str, name: str, tmp_path: Path) -> None:
    source = BUILDERS[kind](name, tmp_path)
    target, report = patch_copy(source, tmp_path)
    check_patched(name, source, target, report)
    again = patch(target, CHANGES, ROWS)
    assert (again.parts, again.appended, again.repeated) == ((), 0, len(ROWS))


def test_what_libreoffice_made_is_patched(tmp_path: Path) -> None:
    for name, source in resaved.by_libreoffice(EXPECTED["patched"]["libreoffice"], tmp_path).items():
        folder = tmp_path / name
        folder.mkdir()
        target, report = patch_copy(source, folder)
        check_patched(name, source, target, report)


@pytest.mark.parametrize("name", [name for name, unread in EXPECTED["unread"].items() if {*READERS} & {*unread}])
def test_a_reader_that_does_not_count_could_not_read_the_book_before(name: str, tmp_path: Path) -> None:
    source = hand_made.hand_made(name, tmp_path)
    for reader in EXPECTED["unread"][name]:
        if reader in READERS:
            with pytest.raises((ValueError, KeyError, IndexError)):
                expected_cells(READERS[reader](source))


@pytest.mark.parametrize("name", EXPECTED["refused"])
def test_refused_without_touching_anything(name: str, tmp_path: Path) -> None:
    book = refused.refused(name, tmp_path)
    before = hashlib.sha256(book.read_bytes()).digest()
    with pytest.raises(RefusedError) as refusal:
        patch(book, CHANGES, ROWS)
    assert type(refusal.value).__name__ == EXPECTED["refused"][name]["error"]
    assert refusal.value.sentence
    assert hashlib.sha256(book.read_bytes()).digest() == before
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [book.name]


CELL_REFUSALS = [
    "formula_in_cell",
    "array_over_cell",
    "shared_formula_in_cell",
    "rich_value_in_cell",
    "merged_over_cell",
]


@pytest.mark.parametrize("name", CELL_REFUSALS)
def test_a_refused_cell_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as refusal:
        patch(refused.refused(name, tmp_path), CHANGES, ROWS)
    assert refusal.value.cell == "督办台账!I4"
    assert refusal.value.part == "xl/worksheets/sheet1.xml"
    assert "督办台账!I4" in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("calculation_chain", True),
        ("no_calculation_properties", True),
        ("no_formulas_no_calculation", False),
        ("openpyxl_plain", None),
    ],
)
def test_calculation_is_asked_for_only_where_there_are_formulas(name: str, asked: bool | None, tmp_path: Path) -> None:
    source = (resaved.by_openpyxl if name.startswith("openpyxl") else hand_made.hand_made)(name, tmp_path)
    target, report = patch_copy(source, tmp_path)
    with zipfile.ZipFile(target) as archive:
        full = b'fullCalcOnLoad="1"' in archive.read("xl/workbook.xml")
    assert full == (asked is not False)
    assert ("xl/workbook.xml" in report.parts) == bool(asked)


def test_the_standard_patch_writes_what_the_checks_look_for(tmp_path: Path) -> None:
    cells = calamine_cells(excel_made.excel_made("plain", tmp_path))
    written = written_cells(cells)
    assert len(written) == len(CHANGES) + 2 * len(ROWS[0].values)
