"""A 机 cell is written with the number format of its column; everything else of its look stays as people made it."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from engine.facts.change import Change, NewRow
from engine.facts.finding import Place
from engine.ledger.headings.columns import MATTERS, MESSAGE_LOG
from engine.ledger.patching.cell_formats import CellFormats
from engine.ledger.patching.patch import PatchReport, patch
from tests.ledger.corpus.resaved import convert
from tests.ledger.patch_programs import open_xml_faults
from tests.service.office import matter_row, write_book

DUE = datetime(2026, 3, 5, 9, 30)
STYLES = "xl/styles.xml"
WRONG = ("yyyy-mm-dd", "hh:mm:ss", "[h]:mm", "0%", ";;;", "@", '0"次".00')
RIGHT_TIMES = (r"yyyy\-mm\-dd\ hh:mm", "[$-804]YYYY-MM-DD hh:mm;@")
CODES = (*WRONG, "General", *RIGHT_TIMES)
NUMBERS = [f"2026-日-{at + 1:04}" for at in range(len(CODES))]
FIELDS = ("urging_count", "last_sent_at", "node_1_day")


def cell_of(sheet: Worksheet, field: str, row: int) -> Cell:
    columns = MATTERS if sheet.title == MATTERS.name else MESSAGE_LOG
    headings = [cell.value for cell in sheet[1]]
    found = sheet.cell(row, headings.index(columns.heading(field)) + 1)
    assert isinstance(found, Cell)
    return found


@pytest.fixture(scope="module")
def formatted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger whose cells a clerk has formatted and coloured, each matter's in another way."""
    path = tmp_path_factory.mktemp("formatted") / "台账.xlsx"
    write_book(path, [matter_row(number) for number in NUMBERS], message_log=[{"number": "S0", "ordinal": 1}])
    book = load_workbook(path)
    for row, code in enumerate(CODES, 2):
        for field in FIELDS:
            cell = cell_of(book[MATTERS.name], field, row)
            cell.number_format, cell.fill = code, PatternFill("solid", start_color="FFFF00")
    for row in (2, 3):
        for field in ("ordinal", "at"):
            cell_of(book[MESSAGE_LOG.name], field, row).number_format = "hh:mm:ss"
    book.save(path)
    return path


@pytest.fixture
def book(formatted: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(formatted, tmp_path / "台账.xlsx"))


def written(book: Path, field: str, new: float | datetime, old: float | None = None) -> PatchReport:
    """The same value in the cell of every matter."""
    changes = [Change(Place("matters", row), number, field, old, new) for row, number in enumerate(NUMBERS, 2)]
    report = patch(book, changes, ())
    assert report.applied == tuple(changes)
    return report


def shown(book: Path, field: str) -> list[tuple[str, str]]:
    """The number format and the colour of each matter's cell."""
    sheet = load_workbook(book)[MATTERS.name]
    cells = [cell_of(sheet, field, row) for row in range(2, len(CODES) + 2)]
    assert {cell.border.left.style for cell in cells} == {"thin"}
    return [(cell.number_format, cell.fill.start_color.rgb) for cell in cells]


def test_a_count_is_written_as_a_count_in_the_colours_that_it_had(book: Path, tmp_path: Path) -> None:
    before = open_xml_faults([book])[book]
    assert STYLES in written(book, "urging_count", 3).parts
    own = ["General" if code == "General" else "0" for code in CODES]
    assert shown(book, "urging_count") == [(code, "00FFFF00") for code in own]
    assert open_xml_faults([book])[book] == before
    convert([book], tmp_path / "shown")
    cell = cell_of(load_workbook(tmp_path / "shown" / book.name)[MATTERS.name], "urging_count", 2)
    assert (cell.value, cell.number_format) == (3, "0")


def test_a_time_is_written_as_a_time_and_other_spellings_of_its_format_stay(book: Path) -> None:
    written(book, "last_sent_at", DUE)
    own = [code if code in RIGHT_TIMES else RIGHT_TIMES[0] for code in CODES]
    assert shown(book, "last_sent_at") == [(code, "00FFFF00") for code in own]


def test_a_style_that_the_book_has_is_used(book: Path) -> None:
    """There is a yellow time already, but no yellow count before the first."""
    assert STYLES not in written(book, "last_sent_at", DUE).parts
    assert STYLES in written(book, "urging_count", 3).parts
    assert STYLES not in written(book, "urging_count", 4, 3).parts


def test_columns_of_people_keep_the_format_that_people_gave_them(book: Path) -> None:
    assert STYLES not in written(book, "node_1_day", DUE).parts
    assert [code for code, _ in shown(book, "node_1_day")] == [*CODES]


def test_a_new_row_of_the_log_is_written_as_its_columns_are(book: Path) -> None:
    """The row above lends it its look, or a blank row below the table; a clerk's format is not handed down."""
    rows = [NewRow("message_log", {"number": f"S{n}", "ordinal": n, "at": DUE}, "number") for n in (1, 2, 3)]
    assert patch(book, (), rows).appended == 3
    log = load_workbook(book)[MESSAGE_LOG.name]
    for row, number in ((3, 1), (4, 2), (5, 3)):
        found = [(cell.value, cell.number_format) for cell in (cell_of(log, name, row) for name in ("ordinal", "at"))]
        assert found == [(number, "0"), (DUE, "yyyy-mm-dd hh:mm")]


def formats(part: str) -> CellFormats:
    return CellFormats(lambda: [part.encode()], STYLES)


SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.mark.parametrize(("part", "expected"), [
    (
        f'<styleSheet {SPACE}><cellXfs count="1"><xf numFmtId="14" fontId="1"><alignment/></xf></cellXfs></styleSheet>',
        f'<styleSheet {SPACE}><numFmts count="1"><numFmt numFmtId="164" formatCode="0.0"/></numFmts><cellXfs count="2">'
        '<xf numFmtId="14" fontId="1"><alignment/></xf>'
        '<xf numFmtId="164" fontId="1" applyNumberFormat="1"><alignment/></xf></cellXfs></styleSheet>',
    ),
    (
        f"<styleSheet {SPACE}><numFmts count='0'/><cellXfs><xf numFmtId='14'/></cellXfs></styleSheet>",
        f'<styleSheet {SPACE}><numFmts count="1"><numFmt numFmtId="164" formatCode="0.0"/></numFmts><cellXfs>'
        '<xf numFmtId=\'14\'/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>',
    ),
    (
        '<x:styleSheet xmlns:x="u"><x:numFmts count="1"><x:numFmt numFmtId="170" formatCode="m/d"/></x:numFmts>'
        '<x:cellStyleXfs><x:xf numFmtId="9"/></x:cellStyleXfs><x:cellXfs count="1"><x:xf numFmtId="170"/>'
        "</x:cellXfs></x:styleSheet>",
        '<x:styleSheet xmlns:x="u"><x:numFmts count="2"><x:numFmt numFmtId="170" formatCode="m/d"/>'
        '<x:numFmt numFmtId="171" formatCode="0.0"/></x:numFmts><x:cellStyleXfs><x:xf numFmtId="9"/></x:cellStyleXfs>'
        '<x:cellXfs count="2"><x:xf numFmtId="170"/><x:xf numFmtId="171" applyNumberFormat="1"/>'
        "</x:cellXfs></x:styleSheet>",
    ),
])  # fmt: skip
def test_styles_in_other_forms(part: str, expected: str) -> None:
    found = formats(part)
    assert found.showing(b"0", "0.0") == b"1"
    changed = found.changed()
    assert changed is not None
    assert changed.decode() == expected


@pytest.mark.parametrize("part", [
    "",
    f"<styleSheet {SPACE}/>",
    f'<styleSheet {SPACE}><cellXfs count="1"><!-- <xf/> --><xf numFmtId="14"/></cellXfs></styleSheet>',
    f'<styleSheet {SPACE}><cellXfs count="1"><xf numFmtId="14"/></cellXfs></styleSheet>',
])  # fmt: skip
def test_a_style_that_is_not_there_to_be_changed_stays(part: str) -> None:
    found = formats(part)
    assert found.showing(b"7", "0") == b"7"
    assert found.changed() is None


def test_no_style_is_added_where_excel_has_no_room_for_it() -> None:
    xfs = '<xf numFmtId="14"/>' * 64_000
    found = formats(f"<styleSheet {SPACE}><cellXfs>{xfs}</cellXfs></styleSheet>")
    assert found.showing(b"3", "0") == b"3"
