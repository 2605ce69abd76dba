"""The patch of one sheet: every change decided, every new row placed, before a byte is written."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta

from engine.facts.change import Change, NewRow, Value
from engine.ledger.headings.column import Column, Kind, SheetColumns
from engine.ledger.headings.columns import MATTERS
from engine.ledger.package.faults import MissingPartError
from engine.ledger.package.row_hash import CellValue
from engine.ledger.patching.decision import decide, rows_below, rows_to_add, table_end
from engine.ledger.patching.refusals import NoRoomError, TotalsRowError
from engine.ledger.patching.report import AddedRows, Dropped
from engine.ledger.patching.sheet_edits import SheetEdits, Styles
from engine.ledger.patching.sheet_view import SheetView
from engine.ledger.patching.splice import Edit
from engine.ledger.patching.table_growth import extended
from engine.ledger.patching.values import same
from engine.ledger.template.row_heights import TWO_LINES, row_height


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """The writes to one sheet. ``edits`` are in the order of the part; ``table`` is the table part written anew,
    ``None`` where the table does not grow.
    """

    applied: tuple[Change, ...]
    written: tuple[Change, ...]
    dropped: tuple[Dropped, ...]
    added: AddedRows
    appended: int
    repeated: int
    edits: Sequence[Edit]
    table: bytes | None


class _FileSheet:
    """The sheet as it stands in the file, for the decision."""

    def __init__(self, view: SheetView, edits: SheetEdits) -> None:
        self._view, self._edits = view, edits

    @property
    def columns(self) -> SheetColumns:
        return self._view.columns

    def rows_with(self, key: str) -> Sequence[int]:
        return self._view.found.keys.get(key, [])

    def has_row(self, row: int) -> bool:
        return row in self._view.found.rows

    def row_hash(self, row: int) -> str:
        return self._view.hash(self._view.found.rows[row])

    def column(self, field: str) -> int | None:
        return self._view.column(field)

    def held(self, row: int, column: int) -> Value:
        found = self._view.found.rows[row]
        return self._view.value(found, found.cell(column))

    def same(self, value: Value, held: CellValue) -> bool:
        return not isinstance(held, time | timedelta) and same(value, held, self._view.book.date1904)

    def check_value(self, row: int, column: int, value: Value) -> None:
        self._edits.check_value(row, column, value)

    def check_cell(self, row: int, column: int) -> None:
        found = self._view.found.rows[row]
        self._edits.guard.check_below(row)
        self._edits.guard.check(row, found, column)


def plan_sheet(view: SheetView, changes: Sequence[Change], rows: Sequence[NewRow], *, drop_refused: bool) -> SheetPlan:
    """Decide everything. Raises a RefusedError; with ``drop_refused`` not for a cell of one change."""
    edits = SheetEdits(view)
    decision = decide(_FileSheet(view, edits), changes, drop_refused=drop_refused)
    for (number, column), change in decision.written.items():
        row = view.found.rows[number]
        edits.put(row, column, change.new)
        shown = view.columns.column(change.field)
        if shown.kind is Kind.LONG_TEXT and isinstance(change.new, str):
            edits.make_room(number, row_height([(change.new, shown.width)]))
    fresh = rows_to_add(rows, lambda _: view.found.keys)
    added = _append(view, edits, fresh) if fresh else range(0)
    end = view.table.area.last_row
    last_row = table_end(end, decision.written, added, lambda row: row <= view.found.end)
    return SheetPlan(
        tuple(decision.applied),
        tuple(_as_made(view, *place, change) for place, change in decision.written.items()),
        tuple(decision.dropped),
        AddedRows(view.columns.key, added[0] if added else 0, tuple(fresh)),
        len(fresh),
        len(rows) - len(fresh),
        edits.edits(),
        extended(view.table, last_row) if last_row > end else None,
    )


def _as_made(view: SheetView, number: int, column: int, change: Change) -> Change:
    """The change with the very text that the cell held: taken back, it holds that again."""
    row = view.found.rows[number]
    held = view.value(row, row.cell(column))
    return replace(change, old=held) if isinstance(held, str) else change


def _height(row: NewRow, long_texts: Sequence[Column], least: float) -> float:
    """Points that its long texts in sight need; 0 for a row without any."""
    texts = [(text, column.width) for column in long_texts if isinstance(text := row.values.get(column.field), str)]
    return max(least, row_height(texts)) if texts else 0.0


def _append(view: SheetView, edits: SheetEdits, rows: Sequence[NewRow]) -> range:
    """Write the rows below the last one that holds anything: first into blank rows, then into new ones. Returns their
    numbers.
    """
    table, found = view.table, view.found
    if table.totals:
        raise TotalsRowError(f"表格“{table.name}”带有汇总行，无法追加，请先在“表设计”中取消汇总行", table.part)
    added = rows_below(found.last.number if found.last else table.area.first_row, len(rows))
    if found.obstacle is not None and found.obstacle <= added[-1]:
        where = f"{view.columns.name}!{found.obstacle}:{found.obstacle}"
        raise NoRoomError("表格下方的行里有内容，无法追加，请把它移到别处", view.part, where)
    blanks = {row.number: row for row in found.blanks}
    like = found.last or blanks.get(added[0])
    below = sorted(blanks)
    beyond = view.frame.data_end if found.beyond is None else found.beyond
    styles: Styles = {column: edits.style(like, column) for column in table.span}
    long_texts = [column for column in view.columns.columns if column.kind is Kind.LONG_TEXT and not column.group]
    least = TWO_LINES if view.columns is MATTERS else 0.0
    for number, row in zip(added, rows, strict=True):
        values = _values(view, row)
        edits.make_room(number, _height(row, long_texts, least))
        if number in blanks:
            styles = edits.fill(blanks[number], values, styles)
            continue
        following = bisect(below, number)
        edits.insert(number, values, styles, like, blanks[below[following]].start if below[following:] else beyond)
    return added


def _values(view: SheetView, row: NewRow) -> dict[int, Value]:
    """Column → value. Raises MissingPartError for a heading that the table lacks."""
    values: dict[int, Value] = {}
    for field, value in row.values.items():
        column = view.column(field)
        if column is None:
            heading = view.columns.heading(field)
            raise MissingPartError(f"工作表“{view.columns.name}”缺少“{heading}”一列，请从模板补上。", view.part)
        values[column] = value
    return values
