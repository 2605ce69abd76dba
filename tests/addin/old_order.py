"""A ledger whose first two columns stand in each other's place, as an older version ordered them."""

from pathlib import Path

import openpyxl

from engine.ledger.headings.columns import MATTERS


def in_another_order(path: Path, target: Path) -> Path:
    """Write ``path`` in that order to ``target``."""
    workbook = openpyxl.load_workbook(path)
    sheet = workbook[MATTERS.name]
    for row in sheet[sheet.tables[MATTERS.name].ref]:
        row[0].value, row[1].value = row[1].value, row[0].value
    columns = sheet.tables[MATTERS.name].tableColumns
    columns[0], columns[1] = columns[1], columns[0]
    workbook.save(target)
    return target
