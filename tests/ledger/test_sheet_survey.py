"""Formulas, error values and stray cells in the XML, however it is written."""

from collections.abc import Iterator

import pytest

from engine.ledger.reading.formulas import Formula
from engine.ledger.reading.sheet_survey import NEAR_COLUMNS, NEAR_ROWS, survey

F, V, U = Formula.ORDINARY, Formula.VOLATILE, Formula.UNCACHED


def sheet(rows: str, prefix: str = "") -> bytes:
    mark = f"{prefix}:" if prefix else ""
    text = f'<worksheet xmlns="x"><cols><col min="1"/></cols><sheetData>{rows}</sheetData></worksheet>'
    return text.replace("</", "\0").replace("<", f"<{mark}").replace("\0", f"</{mark}").encode()


ROWS = (
    '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>A2+1</f><v>2</v></c><c r="C2" t="str"><f>""</f><v></v></c></row>'
    '<row r="3"><c r="A3"><f>NOW()</f><v>3</v></c><c r="B3"><f>A2</f></c><c r="C3" t="e"><v>#N/A</v></c></row>'
    '<row r="4"><c r="A4"><f t="shared" ref="A4:A5" si="0">TODAY()+1</f><v>4</v></c><c r="B4" s="1"/></row>'
    '<row r="5"><c r="A5"><f t="shared" si="0"/><v>5</v></c><c r="B5" t="inlineStr"><is><t>t="e"</t></is></c></row>'
)
FORMULAS = {(2, 1): F, (2, 2): F, (3, 0): V, (3, 1): U, (4, 0): V, (5, 0): V}
ERRORS = {(3, 2): "#N/A"}
USUAL = sheet(ROWS)


def in_pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@pytest.mark.parametrize("size", [1, 7, 64, 100, 1 << 20])
def test_merged_blocks_are_found_below_the_rows(size: int) -> None:
    blocks = "".join(f'<mergeCell ref="A{row}:B{row + 1}"/>' for row in range(2, 40, 2))
    data = USUAL.replace(b"</worksheet>", f"<mergeCells>{blocks}</mergeCells></worksheet>".encode())
    assert survey(in_pieces(data, size), "part").merged == [f"A{row}:B{row + 1}" for row in range(2, 40, 2)]
    assert survey(in_pieces(USUAL, size), "part").merged == []


@pytest.mark.parametrize("size", [1, 7, 40, 100, 1 << 20])
def test_formulas_and_errors_are_found(size: int) -> None:
    found = survey(in_pieces(USUAL, size), "part")
    assert (found.is_regular, found.formulas, found.errors) == (True, FORMULAS, ERRORS)
    assert (found.last_row, found.last_column) == (NEAR_ROWS, NEAR_COLUMNS)


UNUSUAL = {
    "prefixed": sheet(ROWS, "x"),
    "single quotes": USUAL.replace(b'r="B3"', b"r='B3'"),
    "another attribute first": USUAL.replace(b'<c r="B4" s="1"/>', b'<c s="1" r="B4"/>'),
    "a space before the sign": USUAL.replace(b'r="B3"', b'r ="B3"'),
    "small letters": USUAL.replace(b'r="B3"', b'r="b3"'),
    "a leading zero": USUAL.replace(b'r="B3"', b'r="B03"'),
    "blanks": USUAL.replace(b'r="B3"', b'r=" B3"'),
    "no address": USUAL.replace(b' r="B3"', b""),
    "a column past the last": USUAL.replace(b'r="C3"', b'r="ZZZZZ3"'),
    "a row of millions": USUAL.replace(b'<row r="3"', b'<row r="4000000000"'),
    "a row in single quotes": USUAL.replace(b'<row r="3"', b"<row r='3'"),
    "a comment": USUAL.replace(b"<v>2</v>", b"<v>2<!-- --></v>"),
    "an escape": USUAL.replace(b'<t>t="e"', b"<t>_xC1EF_"),
    "rows within an attribute": USUAL.replace(b"<cols>", b'<a b="<sheetData></sheetData>"/><cols>'),
    "rows twice": USUAL.replace(b"</worksheet>", b"<sheetData></sheetData></worksheet>"),
    "no end": USUAL.partition(b"</sheetData>")[0],
    "no rows": b"<worksheet/>",
    "a greater-than sign in a far cell": USUAL.replace(b'r="C3"', b'r="ZZZ3" x="/>"'),
}


@pytest.mark.parametrize("size", [7, 1 << 20])
@pytest.mark.parametrize("name", UNUSUAL)
def test_what_readers_take_in_different_ways_is_not_regular(name: str, size: int) -> None:
    assert UNUSUAL[name] != USUAL
    assert not survey(in_pieces(UNUSUAL[name], size), "part").is_regular


@pytest.mark.parametrize(
    ("cell", "reach"),
    [
        ("CZ99999", (99_999, 104)),
        ("DA1", (99_999, 105)),
        ("A100000", (100_000, 104)),
        ("XFD1048576", (1_048_576, 16_384)),
    ],
)
def test_the_rectangle_reaches_to_the_farthest_cell_with_content(cell: str, reach: tuple[int, int]) -> None:
    found = survey([sheet(f'<row><c r="A1"><v>1</v></c><c r="{cell}" s="1"><v>1</v></c></row>')], "part")
    assert (found.is_regular, found.last_row, found.last_column) == (True, *reach)


def test_blank_formatted_cells_may_stand_anywhere() -> None:
    found = survey([sheet('<row><c r="A1"><v>1</v></c><c r="XFD1048576" s="1"/></row>')], "part")
    assert (found.is_regular, found.area) == (True, NEAR_ROWS * NEAR_COLUMNS)


def test_a_type_in_an_unusual_spelling_makes_a_sheet_irregular() -> None:
    plain = sheet('<row><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1</v></c></row>')
    assert survey([plain], "part").is_regular
    for spelling in (b" t='s'", b' t = "s"', b' t ="s"', b'\nt="s"'):
        assert not survey([plain.replace(b' t="s"', spelling)], "part").is_regular
