"""What people had changed in a save that another version displaced, and how much of it the workbook lacks.

Only what people and buttons write is compared (人, 钮): what the scheduler writes is written again by itself.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import TypeGuard
from zipfile import BadZipFile, ZipFile

from engine.facts.change import Change, NewRow, Value
from engine.facts.finding import Place
from engine.ledger.headings.column import Owner, SheetColumns
from engine.ledger.headings.columns import SHEETS
from engine.ledger.package.row_hash import cell_text
from engine.ledger.patching.decision import key_field_of
from engine.ledger.reading.cells import ReadCells, read_cells
from engine.ledger.reading.sheet_cells import Cell, SheetCells
from engine.ledger.reading.sheet_table import locate

_Row = Mapping[str, Cell]
_Content = tuple[tuple[str, str], ...]
_COMPARED = tuple(sheet for sheet in SHEETS if any(column.owner is not Owner.MACHINE for column in sheet.columns))
_SAVED_BY = re.compile(rb"<(?:\w+:)?lastModifiedBy[^>]*>([^<]{1,200})<")
_UNPRINTABLE = re.compile(r"[^\w .·（）()-]+")
_LARGEST_PART = 1 << 20


@dataclass(frozen=True, slots=True)
class Lacking:
    """What the workbook lacks of a displaced save: where, for people; and what can be merged by key, as it is written.

    ``merged`` are the places that ``changes`` and ``rows`` bring in, ``left`` those that only a person can.
    """

    merged: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    rows: tuple[NewRow, ...] = ()


@dataclass
class _Found:
    merged: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    rows: list[NewRow] = field(default_factory=list)


def lacking(before: bytes, displaced: bytes, present: bytes, cells_of: ReadCells = read_cells) -> Lacking:
    """What was changed from ``before`` to ``displaced`` and is not in ``present``.

    A cell is merged where the workbook still holds what stood there before; a new row where its key is new; an emptied
    cell, a deleted row and a row without a key are for people. Raises UnreadableWorkbook.
    """
    three = [cells_of(data, _COMPARED) for data in (before, displaced, present)]
    found = _Found()
    for sheet in _COMPARED:
        if sheet.key in three[1]:
            old, new, now = (_Sheet.of(cells, sheet) for cells in three)
            _compare(old, new, now, found)
    return Lacking(tuple(found.merged), tuple(found.left), tuple(found.changes), tuple(found.rows))


def saved_by(data: bytes) -> str:
    """Who saved a workbook last, by the file's own properties; empty where they lack it."""
    try:
        with ZipFile(BytesIO(data)) as archive, archive.open("docProps/core.xml") as core:
            name = _SAVED_BY.search(core.read(_LARGEST_PART))
    except (BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, EOFError):
        return ""
    return _UNPRINTABLE.sub("", name[1].decode("utf-8", "replace")).strip()[:20] if name else ""


@dataclass
class _Sheet:
    """The rows of one sheet: by their key, and all of them by what stands in them (``others``: how often each does) and
    by what people typed, which is the same before and after a row gets its number.
    """

    columns: SheetColumns
    named: dict[str, _Row] = field(default_factory=dict)
    others: Counter[_Content] = field(default_factory=Counter)
    typed: set[_Content] = field(default_factory=set)

    @classmethod
    def of(cls, sheets: Mapping[str, SheetCells], columns: SheetColumns) -> "_Sheet":
        found = cls(columns)
        if columns.key not in sheets:
            return found
        table = locate(sheets[columns.key], columns)
        wanted = [one.field for one in columns.columns if one.owner is not Owner.MACHINE and one.field in table.columns]
        rows = [
            dict(zip(wanted, row, strict=True)) for row in zip(*(table.columns[name] for name in wanted), strict=True)
        ]
        key = key_field_of(columns.key, ())
        counts = Counter(cell_text(row.get(key)) for row in rows) if key else Counter()
        for row in rows:
            name = cell_text(row.get(key)) if key else ""
            if name and counts[name] == 1:
                found.named[name] = row
            found.others[_content(row)] += 1
            found.typed.add(found.typed_in(row))
        return found

    def typed_in(self, row: _Row) -> _Content:
        """What people typed into a row."""
        return _content({name: value for name, value in row.items() if self.columns.column(name).owner is Owner.STAFF})


def _content(row: _Row) -> _Content:
    return tuple((name, text) for name, value in row.items() if (text := cell_text(value)))


def _compare(before: _Sheet, displaced: _Sheet, present: _Sheet, found: _Found) -> None:
    sheet, key = displaced.columns, key_field_of(displaced.columns.key, ())
    for name, row in displaced.named.items():
        old = before.named.get(name)
        if old is None:
            _new_row(sheet, key, row, present, found)
        else:
            _cells(sheet, str(row[key]), (old, row, present.named.get(name)), found)
    gone = [name for name in before.named if name not in displaced.named and name in present.named]
    found.left += [f"{sheet.name}删去了“{_shown(before.named[name][key])}”一行" for name in gone]
    known = {_content(row) for row in (*displaced.named.values(), *before.named.values())}
    added = [row for row in displaced.others - before.others if row not in known]
    if rows := sum(present.others[row] < displaced.others[row] for row in added):
        found.left.append(f"{sheet.name}新增或改动了{rows}行")


def _new_row(sheet: SheetColumns, key: str, row: _Row, present: _Sheet, found: _Found) -> None:
    name = cell_text(row[key])
    if name in present.named:
        _cells(sheet, str(row[key]), ({key: row[key]}, row, present.named[name]), found)
        return
    values = {field: value for field, value in row.items() if cell_text(value)}
    place = f"{sheet.name}新增“{_shown(row[key])}”一行"
    is_numbered_meanwhile = bool(present.typed_in(row)) and present.typed_in(row) in present.typed
    if all(_is_value(value) for value in values.values()) and not is_numbered_meanwhile:
        found.rows.append(NewRow(sheet.key, {name: value for name, value in values.items() if _is_value(value)}, key))
        found.merged.append(place)
    else:
        found.left.append(place)


def _cells(sheet: SheetColumns, key: str, rows: tuple[_Row, _Row, _Row | None], found: _Found) -> None:
    before, displaced, present = rows
    for name, new in displaced.items():
        old, held = before.get(name), present.get(name) if present else None
        is_edited = cell_text(new) != cell_text(old)
        if not is_edited or (present is not None and cell_text(held) == cell_text(new)):
            continue
        place = f"{sheet.name}“{_shown(key)}”的“{sheet.heading(name)}”"
        stands_as_before = present is not None and cell_text(held) == cell_text(old)
        if stands_as_before and cell_text(new) and _is_value(new) and _is_value(held):
            found.changes.append(Change(Place(sheet.key), key, name, held, new))
            found.merged.append(place)
        else:
            found.left.append(place)


def _is_value(cell: object) -> TypeGuard[Value]:
    """Whether a cell can be written as it was read; a time of day or a span cannot."""
    return cell is None or isinstance(cell, str | int | float | date)


def _shown(key: Cell) -> str:
    """A row's name in a report: short, and no number that might be somebody's."""
    return re.sub(r"\d{7,}", "…", str(key))[:30]
