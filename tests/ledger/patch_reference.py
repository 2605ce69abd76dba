"""The patch once more, slow and plain: cells in dictionaries, every part parsed whole, no byte kept."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from openpyxl.utils.escape import unescape

from engine.facts.change import Change, NewRow, Value
from engine.ledger.headings.columns import MATTERS

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FIELDS = ("number", "light", "overdue_hours", "check_note")


@dataclass(frozen=True)
class PlainCell:
    """A cell: its value (text or number), its style."""

    value: str | float | None = None
    style: str | None = None


Row = dict[int, PlainCell]


@dataclass
class PlainSheet:
    """The rows of a sheet with one table: heading row ``top``, first column ``left``, columns ``FIELDS``, down to
    ``bottom``.
    """

    top: int
    left: int
    bottom: int
    rows: dict[int, Row] = field(default_factory=dict)

    @property
    def columns(self) -> range:
        """The columns of the table."""
        return range(self.left, self.left + len(FIELDS))

    def is_blank(self, number: int) -> bool:
        """Whether the row holds nothing within the table's columns."""
        row = self.rows.get(number, {})
        return all(content(row.get(column, PlainCell()).value) is None for column in self.columns)


class NoRoom(Exception):
    """Something stands where rows must go."""


def apply(sheet: PlainSheet, changes: Sequence[Change], rows: Sequence[NewRow]) -> tuple[list[Change], int]:
    """Patch the sheet in place. Returns the changes applied and the number of rows appended. Raises NoRoom."""
    end, reach = sheet.bottom, max((change.place.row or 0 for change in changes), default=0)
    while end < reach and not sheet.is_blank(end + 1):  # what people typed on right below the table
        end += 1
    numbers = range(sheet.top + 1, end + 1)
    present = {sheet.rows.get(at, {}).get(sheet.left, PlainCell()).value for at in numbers}
    new = [row for row in rows if row.values["number"] not in present]
    filled = [at for at in numbers if not sheet.is_blank(at)]
    last = max(filled, default=sheet.top)
    if any(not sheet.is_blank(at) for at in range(max(last, end) + 1, last + len(new) + 1)):
        raise NoRoom
    like = sheet.rows.get(last if filled else sheet.top + 1, {})
    like = {column: cell for column, cell in like.items() if column in sheet.columns}
    applied = [change for change in changes if _change(sheet, change, numbers)]
    for at, row in enumerate(new, last + 1):
        cells = sheet.rows.setdefault(at, {})
        for column, name in zip(sheet.columns, FIELDS, strict=True):
            own = cells.get(column) or PlainCell(None, like[column].style if column in like else None)
            cell = own if row.values.get(name) is None else replace(own, value=row.values[name])
            like[column] = own
            if cell != PlainCell():
                cells[column] = cell
    sheet.bottom = max(sheet.bottom, last + len(new) if new else 0)
    return applied, len(new)


def _change(sheet: PlainSheet, change: Change, numbers: Sequence[int]) -> bool:
    rows = [at for at in numbers if sheet.rows.get(at, {}).get(sheet.left, PlainCell()).value == change.matter]
    if not rows or (len(rows) > 1 and change.place.row not in rows):
        return False
    row = sheet.rows[rows[0] if len(rows) == 1 else change.place.row or 0]
    column = sheet.left + FIELDS.index(change.field)
    cell = row.get(column, PlainCell())
    if cell.value != change.new and not (cell.value is None and content(change.new) is None):
        if content(cell.value) != content(change.old):
            return False
        row[column] = replace(cell, value=change.new)
        sheet.bottom = max(sheet.bottom, rows[0] if len(rows) == 1 else change.place.row or 0)
    return True


def read_plain(part: bytes, strings: Sequence[str]) -> dict[int, Row]:
    """The cells of a sheet part that hold a value or a style."""
    rows: dict[int, Row] = {}
    number = 0
    for row in ET.fromstring(part).iter(f"{NS}row"):
        number = int(row.get("r", number + 1))
        column = 0
        for cell in row.iter(f"{NS}c"):
            address = cell.get("r")
            assert address is None or int(re.sub(r"\D", "", address)) == number
            column = _column(address) if address else column + 1
            found = PlainCell(_value(cell, strings), cell.get("s"))
            rows.setdefault(number, {})[column] = found
    return telling(rows)


def telling(rows: Mapping[int, Row]) -> dict[int, Row]:
    """Without cells that have neither value nor style: whether they exist makes no difference."""
    kept = {at: {column: cell for column, cell in row.items() if cell != PlainCell()} for at, row in rows.items()}
    return {at: row for at, row in kept.items() if row}


def content(value: Value) -> Value:
    """What a person sees in a cell: nothing where there is only white space, or what has no width at all."""
    return None if isinstance(value, str) and not value.replace("\u200b", "").strip() else value


def heading(name: str) -> str:
    """The heading of a field of the table."""
    return MATTERS.heading(name)


def _column(address: str) -> int:
    number = 0
    for letter in re.sub(r"\d", "", address.upper()):
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _value(cell: ET.Element, strings: Sequence[str]) -> Value:
    value = cell.find(f"{NS}v")
    text = value.text if value is not None else None
    if cell.get("t") == "inlineStr":
        return unescape("".join(found.text or "" for found in cell.iter(f"{NS}t"))) or None
    if text is None:
        return None
    return strings[int(text)] if cell.get("t") == "s" else float(text)
