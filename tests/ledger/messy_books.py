"""Small ledgers for the tests of reading: a sound one, and whatever a test does to it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.table import Table

from engine.facts.finding import Finding
from engine.facts.ledger import Ledger
from engine.ledger.headings.columns import BY_KEY, SHEETS
from engine.ledger.package.addresses import column_letters
from engine.ledger.reading.ledger import read_ledger

Rows = Sequence[Mapping[str, Any]]

UNITS: Rows = (
    {"name": "市教育局", "aliases": "教育局、教委", "category": "市直部门", "head": "王某", "head_mobile": 13800000001},
    {"name": "市文化和旅游局", "aliases": "文旅局", "category": "市直部门"},
    {"name": "市财政（地税）局", "category": "市直部门"},
    {"name": "朔城区人民政府", "aliases": "朔城区", "category": "县区"},
    {"name": "和顺县人民政府", "aliases": "和顺县", "category": "县区"},
    {"name": "督查室", "category": "科室"},
)
SETTINGS: Rows = (
    {"key": "制度方案", "value": "朔州"},
    {"key": "短信发送", "value": "开"},
    {"key": "演示", "value": "是"},
)
MATTER: Mapping[str, Any] = {
    "number": "2026-日-0001",
    "board": "日常管理事项",
    "content": "按期报送进展",
    "initiating_office": "督查室",
    "lead_unit": "市教育局",
    "assigned_at": datetime(2026, 3, 2, 9, 30),
    "time_limit": "3天",
    "status": "办理中",
}


def book_of(change: Callable[[Workbook], None] | None = None, *, tables: bool = True, **rows: Rows) -> bytes:
    """A workbook with every sheet; ``rows`` by sheet key as values by field, one matter unless told otherwise."""
    book = Workbook()
    book.remove(book.worksheets[0])
    content: dict[str, Rows] = {"matters": (MATTER,), "units": UNITS, "settings": SETTINGS, **rows}
    for sheet in SHEETS:
        page = book.create_sheet(sheet.name)
        page.append([column.heading for column in sheet.columns])
        for row in content.get(sheet.key, ()):
            page.append([row.get(column.field) for column in sheet.columns])
        if tables:
            last = max(len(content.get(sheet.key, ())), 1) + 1
            page.add_table(Table(displayName=sheet.name, ref=f"A1:{column_letters(len(sheet.columns))}{last}"))
    if change:
        change(book)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def ledger_of(change: Callable[[Workbook], None] | None = None, **rows: Rows) -> Ledger:
    """What is read of such a workbook."""
    return read_ledger(book_of(change, **rows))


def with_cell(field: str, value: Any, sheet: str = "matters", row: int = 2) -> Callable[[Workbook], None]:
    """A change: one cell, by field, holds something else."""

    def change(book: Workbook) -> None:
        book[BY_KEY[sheet].name][f"{letter(sheet, field)}{row}"] = value

    return change


def letter(sheet: str, field: str) -> str:
    """The column's letter in contract order."""
    return column_letters([column.field for column in BY_KEY[sheet].columns].index(field) + 1)


def at(ledger: Ledger, sheet: str, field: str | None, row: int | None = 2) -> list[Finding]:
    """The findings of one cell."""
    return [
        finding
        for finding in ledger.findings
        if (finding.place.sheet, finding.place.row, finding.place.field) == (sheet, row, field)
    ]
