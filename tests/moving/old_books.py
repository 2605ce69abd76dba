"""Old ledgers built from facts: rows, merged cells, hidden sheets, fills."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docx import Document
from openpyxl import Workbook
from openpyxl.styles import PatternFill

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class OldSheet:
    """One sheet: ``fills`` maps a row (as Excel counts) to a colour."""

    title: str
    rows: Rows
    merged: Sequence[str] = ()
    hidden: bool = False
    fills: Mapping[int, str] = field(default_factory=dict)


def old_book(path: Path, *sheets: OldSheet) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for one in sheets:
        sheet = book.create_sheet(one.title)
        for row in one.rows:
            sheet.append(list(row))
        for area in one.merged:
            sheet.merge_cells(area)
        for row, colour in one.fills.items():
            for cell in sheet[row]:
                cell.fill = PatternFill("solid", fgColor=colour)
        if one.hidden:
            sheet.sheet_state = "hidden"
    book.save(path)
    return path


def old_word(path: Path, title: str, rows: Rows, merged: Iterable[tuple[int, int, int, int]] = ()) -> Path:
    """A Word table below a title; ``merged`` as (top, left, bottom, right) from 0."""
    document = Document()
    document.add_paragraph(title)
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for down, row in enumerate(rows):
        for across, value in enumerate(row):
            table.cell(down, across).text = "" if value is None else str(value)
    for top, left, bottom, right in merged:
        table.cell(top, left).merge(table.cell(bottom, right))
    document.save(str(path))
    return path
