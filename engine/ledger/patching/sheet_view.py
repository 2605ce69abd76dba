"""One sheet for the plan: its table, the rows that are wanted, and the meaning of their cells."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

from engine.facts.change import Change, NewRow, Value
from engine.ledger.headings.column import Kind
from engine.ledger.headings.columns import BY_KEY, Owner, SheetColumns
from engine.ledger.package.faults import MissingPartError
from engine.ledger.package.row_grammar import Shared, SheetCell, SheetRow
from engine.ledger.package.row_hash import CellValue, cell_text, row_hash
from engine.ledger.package.sheet_frame import Frame
from engine.ledger.package.tables import WorkbookTable
from engine.ledger.patching.decision import key_field_of
from engine.ledger.patching.open_workbook import OpenWorkbook
from engine.ledger.patching.scan import FoundRows, Wanted
from engine.ledger.patching.values import days_of_1900

_SHORT = 100
_NUMBER = re.compile(r"[-+.e0-9]+")
_DATES = (Kind.DAY, Kind.MOMENT)


@dataclass(frozen=True)
class SheetView:
    """What one reading of a sheet yields. ``texts`` are the shared strings of all cells that may be needed."""

    book: OpenWorkbook
    columns: SheetColumns
    part: str
    table: WorkbookTable
    frame: Frame
    found: FoundRows
    texts: Mapping[int, str]

    @cached_property
    def _fields(self) -> Mapping[str, int | None]:
        return {column.field: self.table.column(column.heading) for column in self.columns.columns}

    @cached_property
    def machine_formats(self) -> Mapping[int, str]:
        """Column number → number format, for the columns that only the scheduler writes."""
        fields = self._fields
        formats = ((fields[column.field], column.machine_format) for column in self.columns.columns)
        return {number: code for number, code in formats if number and code}

    def column(self, field: str) -> int | None:
        """The number of a field's column, ``None`` where the table has no such heading. Raises KeyError for a field
        that the sheet does not know.
        """
        return self._fields[field]

    def value(self, row: SheetRow, cell: SheetCell | None) -> Value:
        """What a cell holds, shared strings resolved; a serial number for a date."""
        content = row.content(cell) if cell else None
        return self.texts[content.index] if isinstance(content, Shared) else content

    def hash(self, row: SheetRow) -> str:
        """The row's fingerprint (:func:`row_hash`), over the staff columns that the table has."""
        cells: dict[str, CellValue] = {}
        for column in self.columns.columns:
            number = self.table.column(column.heading)
            if number is None or column.owner is not Owner.STAFF:
                continue
            held = self.value(row, row.cell(number))
            if column.kind in _DATES and isinstance(held, float):
                held = days_of_1900(held, self.book.date1904)
            cells[column.heading] = held
        return row_hash(cells)


def view_sheet(
    book: OpenWorkbook, key: str, changes: Sequence[Change], rows: Sequence[NewRow], *, formulas: bool
) -> SheetView:
    """Read the sheet: once, only the rows where the changes were decided; again, all rows, where rows have moved; once
    more where a number is not spelled as usual. Raises a RefusedError.
    """
    columns = BY_KEY[key]
    part = book.sheet(columns.name)
    table = WorkbookTable.of_form(columns) if columns.grid_rows else book.table(part, columns.name)
    key_field = key_field_of(key, rows)
    key_column = table.column(columns.heading(key_field)) if key_field else None
    numbers = {change.matter for change in changes if change.matter}
    added = {str(row.values[row.key_field]) for row in rows if row.key_field}
    fields = {change.field for change in changes} | {field for row in rows for field in row.values}
    headings = [columns.heading(field) for field in fields | ({key_field} if key_field else set())]
    expected = {value for change in changes for value in (change.old, change.new) if _is_short(value)}
    strings = book.strings.find(numbers | added | expected | {*headings}, thorough=False)
    new = {cell_text(key) for key in added} if key_column else set()
    keys = {cell_text(number) for number in numbers} | new if key_column else set()

    reach = _reach(book, part, table, changes)

    def shared() -> dict[int, str]:
        return {index: key for index, text in strings.items() if (key := cell_text(text)) in keys}

    def read(*, everywhere: bool) -> tuple[Frame, FoundRows]:
        wanted = Wanted(
            area=table.area._replace(last_row=table.area.last_row - table.totals),
            reach=reach,
            key_column=key_column,
            keys=keys,
            shared=shared(),
            rows={row for change in changes if (row := change.place.row) and not (everywhere and change.matter)},
            everywhere=everywhere,
            append=len(rows),
            formulas=formulas,
            blank=book.blank_strings if rows or reach else (),
        )
        return book.read(part, wanted)

    # Rows to be added may be there already where their key is among the shared strings or may stand as a number.
    everywhere = not new.isdisjoint(shared().values()) or any(map(_NUMBER.fullmatch, new))
    frame, found = read(everywhere=everywhere)
    if not everywhere and not _at_their_places(changes, found):
        frame, found = read(everywhere=True)
    unseen = [number for number in numbers if cell_text(number) not in found.keys]
    if unseen and (more := book.strings.find(unseen, thorough=True)):
        strings |= more
        frame, found = read(everywhere=True)
    changing = {columns.heading(change.field) for change in changes}
    unknown = _shared_in_use(found, headings, changing, changes, table) - strings.keys()
    texts = strings | book.strings.texts(unknown) if unknown else strings
    view = SheetView(book, columns, part, table, frame, found, texts)
    if not columns.grid_rows:
        _check_header(view, headings)
    return view


def _reach(book: OpenWorkbook, part: str, table: WorkbookTable, changes: Iterable[Change]) -> int:
    """How far rows below the table may be taken into it: to the last one that a change is for, before what else stands
    on the sheet; not at all below a totals row.
    """
    if table.totals:
        return 0
    others = (other.area.first_row - 1 for other in book.parts.tables(part) if other.part != table.part)
    asked = max((change.place.row or 0 for change in changes), default=0)
    return min([asked, *(row for row in others if row >= table.area.last_row)])


def _at_their_places(changes: Iterable[Change], found: FoundRows) -> bool:
    """Whether every change that is for a key has it in the row where it was read."""
    return all(change.place.row in found.keys.get(cell_text(change.matter), ()) for change in changes if change.matter)


def _is_short(value: Value) -> TypeGuard[str]:
    """Whether it pays to search a text in advance; long ones stand in one cell each."""
    return isinstance(value, str) and len(value) < _SHORT


def _shared_in_use(
    found: FoundRows, headings: Iterable[str], changing: Iterable[str], changes: Iterable[Change], table: WorkbookTable
) -> set[int]:
    """The indices of the shared strings in the heading row, in the cells to be changed, and in rows known by hash."""
    by_hash = {change.place.row for change in changes if not change.matter}
    named = [column for heading in headings if (column := table.column(heading))]
    changed = [column for heading in changing if (column := table.column(heading))]
    asked = [(row, table.span if row.number in by_hash else changed) for row in found.rows.values()]
    if found.header:
        asked.append((found.header, named))
    contents = (row.content(cell) for row, columns in asked for column in columns if (cell := row.cell(column)))
    return {content.index for content in contents if isinstance(content, Shared)}


def _check_header(view: SheetView, headings: Iterable[str]) -> None:
    """The headings on the sheet must be those of the table: a reader goes by the former, a patch by the latter."""
    header = view.found.header
    for heading in headings:
        column = view.table.column(heading)
        if column is None:
            continue
        shown = view.value(header, header.cell(column)) if header else None
        if cell_text(shown) != cell_text(heading):
            raise MissingPartError(
                f"工作表“{view.columns.name}”的标题“{heading}”与表格定义不一致，请在 Excel 中打开并另存一次", view.part
            )
