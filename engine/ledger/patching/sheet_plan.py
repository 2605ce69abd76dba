"""The patch of one sheet: every change applied, dropped or refused, every new row placed, before a byte is written."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from engine.facts.change import Change, NewRow, Value
from engine.ledger.package.addresses import MAX_ROW
from engine.ledger.package.faults import MissingPartError
from engine.ledger.package.row_grammar import SheetRow
from engine.ledger.package.row_hash import cell_text
from engine.ledger.patching.refusals import CellRefusedError, NoRoomError, TotalsRowError
from engine.ledger.patching.report import Dropped
from engine.ledger.patching.sheet_edits import SheetEdits, Styles
from engine.ledger.patching.sheet_view import SheetView, key_field_of
from engine.ledger.patching.splice import Edit
from engine.ledger.patching.table_growth import extended
from engine.ledger.patching.values import same


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """What will happen to one sheet. ``edits`` are in the order of the part; ``table`` is the table part written anew,
    ``None`` where the table does not grow.
    """

    applied: tuple[Change, ...]
    dropped: tuple[Dropped, ...]
    appended: int
    repeated: int
    edits: Sequence[Edit]
    table: bytes | None


def plan_sheet(view: SheetView, changes: Sequence[Change], rows: Sequence[NewRow], *, drop_refused: bool) -> SheetPlan:
    """Decide everything. Raises a RefusedError; with ``drop_refused`` not for a cell of one change."""
    edits = SheetEdits(view)
    applied: list[Change] = []
    dropped: list[Dropped] = []
    for change in changes:
        try:
            reason = _change(view, edits, change)
        except CellRefusedError as refusal:
            refusal.change = change
            if not drop_refused:
                raise
            reason = str(refusal)
        if reason:
            dropped.append(Dropped(change, reason))
        else:
            applied.append(change)
    fresh = _fresh(view, rows)
    last_row = max(edits.last_row, _append(view, edits, fresh) if fresh else 0)
    table = extended(view.table, last_row) if last_row > view.table.area.last_row else None
    return SheetPlan(tuple(applied), tuple(dropped), len(fresh), len(rows) - len(fresh), edits.edits(), table)


def _change(view: SheetView, edits: SheetEdits, change: Change) -> str:
    """Why the change is dropped; empty when it stands or will stand."""
    row = _row(view, change)
    if isinstance(row, str):
        return row
    column = view.column(change.field)
    if column is None:
        return f"表中没有“{view.columns.heading(change.field)}”一列"
    if edits.written(row.number, column):
        return "同一单元格有两处改动，只写入了第一处"
    written = edits.cell(row, column, change.new)
    held, date1904 = view.value(row, row.cell(column)), view.book.date1904
    if same(change.new, held, date1904) and (not isinstance(held, str) or held == change.new):
        return ""
    edits.guard.check_below(row.number)
    edits.guard.check(row.number, row, column)
    if not same(change.old, held, date1904):
        return "单元格已被改动，下次再定"
    edits.put(row, column, written)
    return ""


def _row(view: SheetView, change: Change) -> SheetRow | str:
    """The row that the change is for, or why there is none."""
    found, place = view.found, change.place.row or 0
    if change.matter:
        numbers = found.keys.get(cell_text(change.matter), [])
        if not numbers:
            return f"找不到“{change.matter}”所在的行，可能已被删除或改号"
        if len(numbers) > 1 and place not in numbers:
            return f"“{change.matter}”重复出现，无法确定是哪一行"
        return found.rows[numbers[0] if len(numbers) == 1 else place]
    row = found.rows.get(place)
    if row is None:
        return "该行已不存在"
    named = bool(key_field_of(view.columns.key, ()))
    if (named or change.row_hash) and change.row_hash != view.hash(row):
        return "该行已被移动或改动，下次再定"
    return row


def _fresh(view: SheetView, rows: Sequence[NewRow]) -> list[NewRow]:
    """The rows that the sheet does not have yet, by their key; those without a key are always new."""
    present = set(view.found.keys)
    fresh: list[NewRow] = []
    for row in rows:
        key = cell_text(row.values[row.key_field]) if row.key_field else ""
        if key and key in present:
            continue
        present.add(key)
        fresh.append(row)
    return fresh


def _append(view: SheetView, edits: SheetEdits, rows: Sequence[NewRow]) -> int:
    """Place the rows after the last one that holds anything: first into blank rows, then into new ones. Returns the
    number of the last row written.
    """
    table, found = view.table, view.found
    if table.totals:
        raise TotalsRowError(f"表格“{table.name}”带有汇总行，无法追加，请先在“表设计”中取消汇总行", table.part)
    first = (found.last.number if found.last else table.area.first_row) + 1
    last = first + len(rows) - 1
    if last > MAX_ROW:
        raise NoRoomError("工作表已写满，请先转存旧记录", view.part)
    if found.obstacle is not None and found.obstacle <= last:
        where = f"{view.columns.name}!{found.obstacle}:{found.obstacle}"
        raise NoRoomError("表格下方的行里有内容，无法追加，请把它移到别处", view.part, where)
    blanks = {row.number: row for row in found.blanks}
    like = found.last or blanks.get(first)
    below = sorted(blanks)
    beyond = view.frame.data_end if found.beyond is None else found.beyond
    styles: Styles = {column: edits.style(like, column) for column in table.span}
    for number, row in enumerate(rows, first):
        values = _values(view, row)
        if number in blanks:
            styles = edits.fill(blanks[number], values, styles)
            continue
        following = bisect(below, number)
        edits.insert(number, values, styles, like, blanks[below[following]].start if below[following:] else beyond)
    return last


def _values(view: SheetView, row: NewRow) -> dict[int, Value]:
    """Column → value. Raises MissingPartError for a heading that the table lacks."""
    values: dict[int, Value] = {}
    for field, value in row.values.items():
        column = view.column(field)
        if column is None:
            heading = view.columns.heading(field)
            raise MissingPartError(f"工作表“{view.columns.name}”缺少“{heading}”一列，请从模板补上", view.part)
        values[column] = value
    return values
