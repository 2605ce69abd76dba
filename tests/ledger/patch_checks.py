"""What must hold of every patched workbook, as seen by programs that share no code with the patch."""

import math
import struct
import zipfile
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from engine.facts.change import Value
from engine.ledger.headings.columns import BY_KEY
from tests.ledger.corpus.office_book import CHANGES, ROWS

Address = tuple[str, int, int]
"""Sheet, row, column; both from 1."""
Cells = dict[Address, Any]


def raw_members(path: Path) -> dict[str, bytes]:
    """Name → the member's bytes in the file: local header, packed data, and a descriptor if it has one."""
    raw = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        found = {}
        for info in archive.infolist():
            name, extra = struct.unpack("<HH", raw[info.header_offset + 26 : info.header_offset + 30])
            end = info.header_offset + 30 + name + extra + info.compress_size
            if info.flag_bits & 8:
                end += 16 if raw[end : end + 4] == b"PK\7\x08" else 12
            found[info.filename] = raw[info.header_offset : end]
    return found


def assert_untouched(before: Path, after: Path, written: Collection[str]) -> None:
    """Every member but those written is the same bytes in the same order, and the archive is sound."""
    old, new = raw_members(before), raw_members(after)
    assert list(old) == list(new)
    assert {name for name in old if old[name] != new[name]} <= set(written)
    with zipfile.ZipFile(after) as archive:
        assert archive.testzip() is None


def plain(value: object) -> Value:
    """One form for what different readers say of the same cell."""
    match value:
        case None | "":
            return None
        case bool():
            return value
        case str():
            return value.replace("\r\n", "\n")
        case ArrayFormula() | DataTableFormula():
            return str(sorted(value))
        case datetime():
            return datetime.fromtimestamp(round(value.timestamp()))
        case date():
            return datetime(value.year, value.month, value.day)
        case time():
            return (value.hour * 60 + value.minute) / 1440 + value.second / 86400
        case int() | float() if math.isfinite(value):
            return round(float(value), 9)
        case _:
            return str(value)


def calamine_cells(path: Path) -> Cells:
    """All cells with content."""
    cells: Cells = {}
    with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.start is None:
                continue
            for at, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
                for across, value in enumerate(row, 1):
                    if (found := plain(value)) is not None:
                        cells[name, at, across] = found
    return cells


def openpyxl_cells(path: Path) -> Cells:
    """All cells with content, formulas as such. openpyxl leaves Excel's ``_xHHHH_`` to its caller."""
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.row, cell.column): found
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if (found := plain(unescape(cell.value) if isinstance(cell.value, str) else cell.value)) is not None
    }


def openpyxl_styles(path: Path) -> dict[Address, tuple[int, ...]]:
    """The style of every cell that exists."""
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.row, cell.column): tuple(cell._style)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.has_style
    }


def expected_cells(before: Mapping[Address, Any]) -> Cells:
    """What the standard patch must make of these cells, worked out from the cells alone."""
    cells = dict(before)
    for change in CHANGES:
        where = locate(before, change.place.sheet, change.matter, change.field)
        _set(cells, where, change.new)
    log = BY_KEY["message_log"]
    name, top, _ = heading(before, "message_log", "number")
    number_column = heading(before, "message_log", "number")[2]
    present = {value for (sheet, row, column), value in before.items() if sheet == name and column == number_column}
    filled = [row for sheet, row, column in before if sheet == name and row > top and column <= len(log.columns)]
    at = max(filled, default=top)
    for new in ROWS:
        if new.values["number"] in present:
            continue
        at += 1
        for field, value in new.values.items():
            _set(cells, (name, at, heading(before, "message_log", field)[2]), value)
    return cells


def heading(cells: Mapping[Address, Any], key: str, field: str) -> Address:
    """Where a heading stands."""
    sheet = BY_KEY[key]
    found = [where for where, value in cells.items() if where[0] == sheet.name and value == sheet.heading(field)]
    return min(found)


def locate(cells: Mapping[Address, Any], key: str, name: str, field: str) -> Address:
    """The cell of a row named ``name`` under the heading of ``field``."""
    sheet, _, column = heading(cells, key, {"settings": "key"}.get(key, "number"))
    wide = str.maketrans("０１２３４５６７８９－", "0123456789-")
    rows = [
        row
        for (where, row, across), value in cells.items()
        if (where, across) == (sheet, column) and str(value).translate(wide).strip() == name
    ]
    return sheet, rows[0], heading(cells, key, field)[2]


def written_cells(before: Mapping[Address, Any]) -> Cells:
    """Only the cells that the standard patch writes; ``None`` where it clears."""
    after = expected_cells(before)
    return {where: after.get(where) for where in before.keys() | after.keys() if after.get(where) != before.get(where)}


def _set(cells: Cells, where: Address, value: Value) -> None:
    if (found := plain(value)) is None:
        cells.pop(where, None)
    else:
        cells[where] = found
