"""Large ledgers made by code, for benchmarks: the same bytes for the same size."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import xlsxwriter

from engine.facts.duty_kinds import PERIOD_FORMS
from engine.ledger.headings.columns import SHEETS, Column, Kind, SheetColumns

UNITS = 120
KEEP = object()
START = datetime(2026, 1, 5, 9, 0)

Facts = Callable[[SheetColumns, Column, int], object]


def large_ledger(matters: int, *, reports: int | None = None, settings: int = 0, facts: Facts | None = None) -> bytes:
    """A ledger with this many open matters and every column filled; half as many reports by default.

    ``facts`` may give a cell another value (sheet, column, row counted from 1); ``KEEP`` leaves it as it is.
    """
    counts = {"matters": matters, "reports": matters // 2 if reports is None else reports, "units": UNITS, "groups": 1}
    counts["settings"] = settings
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    formats = {
        Kind.MOMENT: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        Kind.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    for sheet in SHEETS:
        page = book.add_worksheet(sheet.name)
        count = counts.get(sheet.key, 0)
        for across, column in enumerate(sheet.columns):
            page.write_string(0, across, column.heading)
            for row in range(1, count + 1):
                value = facts(sheet, column, row) if facts else KEEP
                value = _value(sheet, column, row) if value is KEEP else value
                if isinstance(value, datetime):
                    page.write_datetime(row, across, value, formats[column.kind])
                elif value is not None:
                    page.write(row, across, value)
        headers = [{"header": column.heading} for column in sheet.columns]
        page.add_table(0, 0, max(count, 1), len(headers) - 1, {"name": sheet.name, "columns": headers})
    book.close()
    return buffer.getvalue()


def _value(sheet: SheetColumns, column: Column, row: int) -> str | float | datetime | None:
    if column.field in ("number", "matter") and sheet.key != "message_log":
        return f"2026-日-{row:05d}"
    if column.field == "parent":
        return None
    if sheet.key == "units" and column.field in ("name", "aliases"):
        return f"市第{row}局" if column.field == "name" else f"第{row}局"
    if column.field == "period":
        form = PERIOD_FORMS.get(column_choice(sheet, "node", row))
        return form and form.example
    match column.kind:
        case Kind.MOMENT:
            later = timedelta(days=90) if column.field.endswith("_due") else timedelta()
            return START + later + timedelta(minutes=row * 7 % 90_000 + sheet.columns.index(column))
        case Kind.DAY:
            return datetime(2026, 1, 1) + timedelta(days=row % 90)
        case Kind.INTEGER | Kind.NUMBER:
            return row % 17
        case Kind.CHOICE:
            return column_choice(sheet, column.field, row)
        case Kind.UNIT:
            return f"市第{row % UNITS + 1}局"
        case Kind.UNITS:
            return f"市第{row % UNITS + 1}局、第{row * 7 % UNITS + 1}局"
        case Kind.MOBILE:
            return 13_800_000_000 + row
        case Kind.LONG_TEXT:
            return f"第{row}项：请按{column.heading}的要求抓好落实，按时报送进展。"
    return f"{column.heading}{row % 300}"


def column_choice(sheet: SheetColumns, field: str, row: int) -> str:
    """The word that a column of choices holds in this row."""
    choices = sheet.column(field).choices
    return choices[row % len(choices)] if choices else f"来源{row % 9}"
