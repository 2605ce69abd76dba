"""Formulas, error values and stray cells in the XML, however it is written."""

import pytest

from engine.ledger.reading.cell_scan import Formula, scan
from engine.ledger.reading.container import UnreadableWorkbook

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
WITHOUT_ADDRESSES = ROWS
for _row in "2345":
    for _column in "ABC":
        WITHOUT_ADDRESSES = WITHOUT_ADDRESSES.replace(f' r="{_column}{_row}"', "")


@pytest.mark.parametrize("size", [1, 7, 40, 100, 1 << 20])
@pytest.mark.parametrize(
    "data",
    [sheet(ROWS), sheet(ROWS, "x"), sheet(ROWS.replace('"', "'").replace("''", '""')), sheet(WITHOUT_ADDRESSES)],
    ids=["plain", "prefixed", "single quotes", "without addresses"],
)
def test_formulas_and_errors_are_found(data: bytes, size: int) -> None:
    found = scan(data[at : at + size] for at in range(0, len(data), size))
    assert (found.formulas, found.errors) == (FORMULAS, ERRORS)


@pytest.mark.parametrize("cell", ["XFD2", "AAA2", "A1048576", "B200001"])
def test_a_stray_cell_in_the_last_corner_is_named(cell: str) -> None:
    with pytest.raises(UnreadableWorkbook, match=f"单元格 {cell} 有内容"):
        scan([sheet(f'<row><c r="A1"><v>1</v></c><c r="{cell}"><v>1</v></c></row>')])


@pytest.mark.parametrize("cell", ["ZZ2", "A200000"])
def test_a_cell_within_reach_is_none(cell: str) -> None:
    assert scan([sheet(f'<row><c r="A1"><v>1</v></c><c r="{cell}"><v>1</v></c></row>')]).formulas == {}


def test_blank_formatted_cells_may_stand_anywhere() -> None:
    assert scan([sheet('<row><c r="A1"><v>1</v></c><c r="XFD1048576" s="1"/></row>')]).errors == {}
