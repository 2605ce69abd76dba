"""Where rows appended to a sheet will stand, for whoever must write their numbers down in the same patch."""

from engine.facts.change import NewRow
from engine.ledger.package.zip_archive import ZipArchive
from engine.ledger.patching.open_workbook import OpenWorkbook
from engine.ledger.patching.report import PatchOptions
from engine.ledger.patching.sheet_view import view_sheet


def first_free_row(data: bytes, sheet: str) -> int:
    """The row after the last one that holds anything in the sheet's table. Raises a RefusedError."""
    view = view_sheet(OpenWorkbook.of(ZipArchive(data), PatchOptions()), sheet, (), [NewRow(sheet, {})], formulas=False)
    return (view.found.last.number if view.found.last else view.table.area.first_row) + 1
