"""The workbook that most of the corpus is a variation of, and the patch that is tried on all of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from engine.facts.change import Change, NewRow, Value
from engine.facts.finding import Place
from engine.ledger.headings.columns import BY_KEY, MATTERS, MESSAGE_LOG, SETTINGS

MATTER_FIELDS = (
    *("number", "board", "content", "lead_unit", "assigned_at", "light", "current_due", "overdue_state"),
    *("overdue_hours", "check_note", "synced_at"),
)
MATTER_COUNT = 8
LOG_FIELDS = tuple(column.field for column in MESSAGE_LOG.columns)
OLD_DUE, NEW_DUE = datetime(2026, 3, 9, 9, 0), datetime(2026, 3, 12, 17, 30)
HARD_TEXT = ' 核验：<单位> & "别名" _x0041_ 𠮷\n 第二行\t完 '
SENT_AT = datetime(2026, 3, 10, 8, 30, 15)

CHANGES = (
    Change(Place("matters", 4), "2026-日-0003", "light", "绿", "红"),
    Change(Place("matters", 4), "2026-日-0003", "overdue_hours", None, 27),
    Change(Place("matters", 4), "2026-日-0003", "current_due", OLD_DUE, NEW_DUE),
    Change(Place("matters", 4), "2026-日-0003", "check_note", None, HARD_TEXT),
    Change(Place("matters", 6), "2026-日-0005", "light", "绿", None),
    Change(Place("settings"), "值班主机", "value", None, "PC-1"),
)
STALE = (
    Change(Place("matters", 7), "2026-日-0006", "light", "紫", "红"),
    Change(Place("matters", 9), "2026-日-9999", "light", "绿", "红"),
)


def log_row(number: str) -> NewRow:
    """A row of 短信记录."""
    values: dict[str, Value] = {"number": number, "at": SENT_AT, "matter": "2026-日-0003", "unit": "市教育局"}
    return NewRow("message_log", {**values, "ordinal": 2, "text": f"【督办】{number}：请于三日内报送。"}, "number")


ROWS = tuple(log_row(number) for number in ("S000001", "S000002", "S000003"))
"""The first stands in the log already."""


def matter_values(at: int) -> dict[str, Any]:
    """The cells of the matter of this index, from 0."""
    return {
        "number": f"2026-日-{at + 1:04}",
        "board": "日常管理事项",
        "content": f"第{at + 1}项：报送“一网通办”进展\n(附表)",
        "lead_unit": "市教育局" if at % 2 else "市水利局",
        "assigned_at": datetime(2026, 3, 2, 9, at),
        "light": "绿",
        "current_due": OLD_DUE,
        "overdue_state": "未到期",
        "overdue_hours": None,
        "check_note": None,
        "synced_at": None,
    }


@dataclass
class OfficeBook:
    """The book while XlsxWriter builds it. ``decorate`` adds what makes this one special."""

    path: Path
    options: dict[str, Any] = field(default_factory=dict)
    top: int = 0
    left: int = 0
    log_rows: int = 1
    log_reserve: int = 0
    matter_fields: tuple[str, ...] = MATTER_FIELDS
    table: dict[str, Any] = field(default_factory=dict)
    decorate: Callable[["OfficeBook"], None] = lambda book: None

    def build(self) -> Path:
        """Write the file."""
        self.workbook = xlsxwriter.Workbook(str(self.path), self.options)
        self.date = self.workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.grey = self.workbook.add_format({"bg_color": "#EEEEEE"})
        self.matters = self.workbook.add_worksheet(MATTERS.name)
        self.settings = self.workbook.add_worksheet(SETTINGS.name)
        self.log = self.workbook.add_worksheet(MESSAGE_LOG.name)
        rows = [matter_values(at) for at in range(MATTER_COUNT)]
        self._sheet(self.matters, "matters", self.matter_fields, rows, self.top, self.left, self.table)
        keys = [{"key": "台账标识", "value": "a-b-c"}, {"key": "值班主机"}, {"key": "短信发送", "value": "停"}]
        self._sheet(self.settings, "settings", ("key", "value", "explanation"), keys, 0, 0, {})
        logged = [{"number": f"S{at + 1:06}", "at": SENT_AT, "matter": "2026-日-0001"} for at in range(self.log_rows)]
        self._sheet(self.log, "message_log", LOG_FIELDS, logged + [{}] * self.log_reserve, 0, 0, {})
        self.decorate(self)
        self.workbook.close()
        return self.path

    def _sheet(
        self,
        sheet: Any,
        key: str,
        fields: tuple[str, ...],
        rows: list[dict[str, Any]],
        top: int,
        left: int,
        table: dict[str, Any],
    ) -> None:
        columns = [{"header": BY_KEY[key].heading(name)} for name in fields]
        bottom = top + max(1, len(rows)) + bool(table.get("total_row"))
        sheet.add_table(
            top, left, bottom, left + len(fields) - 1, {"name": BY_KEY[key].name, "columns": columns} | table
        )
        for at, values in enumerate(rows):
            for across, name in enumerate(fields):
                self._cell(sheet, top + 1 + at, left + across, name, values.get(name))

    def _cell(self, sheet: Any, row: int, column: int, name: str, value: Any) -> None:
        if isinstance(value, datetime):
            sheet.write_datetime(row, column, value, self.date)
        elif value is None:
            sheet.write_blank(row, column, None, self.date if name.endswith(("_due", "_at", "at")) else self.grey)
        else:
            sheet.write(row, column, value)
