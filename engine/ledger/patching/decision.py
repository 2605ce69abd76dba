"""The decision on each change to a sheet, whoever writes it: the file's patch, or the open book. Pure.

A change is applied, dropped with its reason (the next pass decides anew), or refused because no program may write that
cell; a new row is left out where its key stands already. Independent of bytes and of Excel.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from engine.facts.change import Change, NewRow, Value
from engine.ledger.headings.column import SheetColumns
from engine.ledger.package.addresses import MAX_ROW
from engine.ledger.package.row_hash import CellValue, cell_text
from engine.ledger.patching.refusals import CellRefusedError, NoRoomError
from engine.ledger.patching.report import Dropped

# The field that identifies a row of a sheet. Rows of other sheets are found by their place alone.
_KEY_FIELDS = {
    "matters": "number",
    "reports": "number",
    "message_log": "number",
    "settings": "key",
    "units": "name",
    "groups": "name",
}


class SheetState(Protocol):
    """One sheet as it stands: rows and columns by the numbers that Excel gives them."""

    @property
    def columns(self) -> SheetColumns:
        """What the sheet is."""

    def rows_with(self, key: str) -> Sequence[int]:
        """The rows that hold this key, by its :func:`cell_text`."""

    def has_row(self, row: int) -> bool:
        """Whether that row is there."""

    def row_hash(self, row: int) -> str:
        """The row's fingerprint."""

    def column(self, field: str) -> int | None:
        """The number of a field's column, ``None`` where the sheet lacks it."""

    def held(self, row: int, column: int) -> CellValue:
        """What a cell holds."""

    def same(self, value: Value, held: CellValue) -> bool:
        """Whether a cell that holds ``held`` holds that value, as people see it."""

    def check_value(self, row: int, column: int, value: Value) -> None:
        """Raises CellRefusedError where no cell can hold the value."""

    def check_cell(self, row: int, column: int) -> None:
        """Raises CellRefusedError where no program may write the cell."""


@dataclass
class PatchDecision:
    """``written`` are the changes that must be made, by (row, column); the others that are applied stood already."""

    applied: list[Change] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    written: dict[tuple[int, int], Change] = field(default_factory=dict)


def decide(sheet: SheetState, changes: Iterable[Change], *, drop_refused: bool) -> PatchDecision:
    """Judge every change by what its cell holds now. Raises CellRefusedError unless ``drop_refused``."""
    decision = PatchDecision()
    for change in changes:
        try:
            reason = _reason_to_drop(sheet, decision.written, change)
        except CellRefusedError as refusal:
            refusal.change = change
            if not drop_refused:
                raise
            reason = str(refusal)
        if reason:
            decision.dropped.append(Dropped(change, reason))
        else:
            decision.applied.append(change)
    return decision


def _reason_to_drop(sheet: SheetState, written: dict[tuple[int, int], Change], change: Change) -> str:
    """Why the change is dropped; empty when it stands or will stand."""
    row = _row(sheet, change)
    if isinstance(row, str):
        return row
    column = sheet.column(change.field)
    if column is None:
        return f"表中没有“{sheet.columns.heading(change.field)}”一列"
    if (row, column) in written:
        return "同一单元格有两处改动，只写入了第一处"
    sheet.check_value(row, column, change.new)
    held = sheet.held(row, column)
    if sheet.same(change.new, held) and (not isinstance(held, str) or held == change.new):
        return ""
    sheet.check_cell(row, column)
    if not sheet.same(change.old, held):
        return "单元格已被改动，下次再定"
    written[row, column] = change
    return ""


def _row(sheet: SheetState, change: Change) -> int | str:
    """The row that the change is for, or why there is none."""
    place = change.place.row or 0
    is_keyed = bool(key_field_of(sheet.columns.key, ()))
    if change.matter and is_keyed:
        numbers = sheet.rows_with(cell_text(change.matter))
        if not numbers:
            return f"找不到“{change.matter}”所在的行，可能已被删除或改号"
        if len(numbers) > 1 and place not in numbers:
            return f"“{change.matter}”重复出现，无法确定是哪一行"
        return numbers[0] if len(numbers) == 1 else place
    if not sheet.has_row(place):
        return "该行已不存在"
    if (is_keyed or change.row_hash) and change.row_hash != sheet.row_hash(place):
        return "该行已被移动或改动，下次再定"
    return place


def key_field_of(key: str, rows: Iterable[NewRow]) -> str:
    """The field that names the rows of a sheet; empty where they have no name.

    Raises ValueError when rows to append go by another field.
    """
    own = _KEY_FIELDS.get(key, "")
    named = {row.key_field for row in rows if row.key_field}
    if len(named | ({own} - {""})) > 1:
        raise ValueError(f"{key}: rows are named by {own}, not by {named}")
    return own or next(iter(named), "")


def rows_to_add(rows: Iterable[NewRow], present: Callable[[str], Collection[str]]) -> list[NewRow]:
    """The rows that the sheet does not have yet, by their key; those without a key are always new.

    ``present`` gives what stands in the column of a field, as :func:`cell_text`.
    """
    seen: dict[str, set[str]] = {}
    fresh: list[NewRow] = []
    for row in rows:
        if row.key_field:
            known = seen.setdefault(row.key_field, set())
            key = cell_text(row.values[row.key_field])
            if key and (key in known or key in present(row.key_field)):
                continue
            known.add(key)
        fresh.append(row)
    return fresh


def rows_below(last_filled: int, count: int) -> range:
    """Where so many new rows go: right below the last row that holds anything. Raises NoRoomError."""
    place = range(last_filled + 1, last_filled + 1 + count)
    if count and place[-1] > MAX_ROW:
        raise NoRoomError("工作表已写满，请先转存旧记录")
    return place


def table_end(end: int, written: Mapping[tuple[int, int], Change], added: range, follows: Callable[[int], bool]) -> int:
    """The last row that a table ending at ``end`` must reach: over the rows added, and over those with changes that
    people typed below it, as long as each ``follows`` without a gap. What stands apart may be a note.
    """
    last = max(end, added[-1] if added else 0)
    changed = max((row for row, _ in written), default=0)
    while last < changed and follows(last + 1):
        last += 1
    return last
