"""One sheet for a button: a rectangle of cells, where its headings are, and whether a cell holds a value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from addin.faults import AddinError
from engine.facts.change import Value
from engine.ledger.file.operation_log import Masked
from engine.ledger.headings.column import Owner, SheetColumns
from engine.ledger.package.row_hash import CellValue, cell_text, row_hash
from engine.ledger.package.text_folding import key_of
from engine.ledger.patching.values import same
from engine.ledger.reading.sheet_cells import Cell

_HEADING_ROWS = 20


@dataclass(frozen=True)
class Block:
    """A rectangle of cells as Excel counts rows and columns (from 1), with their values."""

    top: int
    left: int
    rows: Sequence[Sequence[Cell]]

    @property
    def bottom(self) -> int:
        """The last row."""
        return self.top + len(self.rows) - 1

    def cell(self, row: int, column: int) -> Cell:
        """The value at an address of the sheet; empty outside the block."""
        down, across = row - self.top, column - self.left
        inside = 0 <= down < len(self.rows) and 0 <= across < len(self.rows[down])
        return self.rows[down][across] if inside else None


@dataclass(frozen=True)
class View:
    """One sheet as it stands: its cells, where the headings are, and which column holds which field (from 1)."""

    columns: SheetColumns
    block: Block
    heading_row: int
    where: Mapping[str, int]

    def held(self, row: int, field: str) -> Cell:
        """What a cell holds now."""
        return self.block.cell(row, self.where[field])

    def data_rows(self) -> range:
        """Every row below the headings that is in use; every one of a form."""
        if self.columns.grid_rows:
            return range(1, self.columns.grid_rows + 1)
        return range(self.heading_row + 1, self.block.bottom + 1)

    def rows_by(self, field: str) -> dict[str, list[int]]:
        """The rows by what they hold in the column of ``field``, spelling aside; empty cells are left out."""
        found: dict[str, list[int]] = {}
        for row in self.data_rows() if field in self.where else ():
            text = cell_text(self.held(row, field))
            if text:
                found.setdefault(text, []).append(row)
        return found

    def row_hash(self, row: int) -> str:
        """The row's fingerprint, over what people type."""
        typed = (one for one in self.columns.columns if one.owner is Owner.STAFF and one.field in self.where)
        return row_hash({column.heading: self.held(row, column.field) for column in typed})

    def is_blank(self, row: int) -> bool:
        """Whether none of our columns holds anything in that row."""
        return not any(cell_text(self.held(row, field)) for field in self.where)

    def last_row(self) -> int:
        """The last row that holds anything; the heading row when there is none."""
        return next((row for row in reversed(self.data_rows()) if not self.is_blank(row)), self.heading_row)


def view_of(columns: SheetColumns, block: Block) -> View:
    """The sheet with its headings found. Raises AddinError where there are none."""
    if columns.grid_rows:
        return View(columns, block, 0, {column.field: at for at, column in enumerate(columns.columns, 1)})
    headings = {key_of(column.heading): column.field for column in columns.columns}
    best: dict[str, int] = {}
    heading_row = 0
    for down, row in enumerate(block.rows[:_HEADING_ROWS]):
        found: dict[str, int] = {}
        for across, value in enumerate(row):
            field = headings.get(key_of(value)) if isinstance(value, str) else None
            if field:
                found.setdefault(field, block.left + across)
        if len(found) > len(best):
            best, heading_row = found, block.top + down
    if len(best) < min(2, len(headings)):
        raise AddinError(f"工作表「{columns.name}」找不到表头。请恢复表头行，再点这个按钮。")
    return View(columns, block, heading_row, best)


def no_sheet(columns: SheetColumns) -> AddinError:
    """A sheet that the button needs is gone."""
    return AddinError(f"没有工作表「{columns.name}」。请恢复这张表（名称要一字不差），再点这个按钮。")


def same_value(value: Value, held: CellValue) -> bool:
    """Whether a cell holds that value; the minute decides, since the ledger drops seconds, and of a mobile number that
    the log keeps masked the digits that it shows.
    """
    if isinstance(value, Masked):
        return held is not None and held != "" and Masked.of(_plain_number(held)) == value
    if isinstance(value, datetime) and isinstance(held, datetime):
        return abs(value - held) < timedelta(minutes=1)
    if isinstance(held, time | timedelta):
        return cell_text(value) == cell_text(held)
    return same(value, held, date1904=False)


def _plain_number(held: Cell) -> object:
    return int(held) if isinstance(held, float) and held.is_integer() else held


def as_value(held: Cell) -> Value:
    """The value that a cell held, for writing it back."""
    return None if isinstance(held, time | timedelta) else held


def runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each stretch of neighbouring numbers; ``rows`` are sorted."""
    start = previous = None
    for row in rows:
        if start is None or previous is None or row != previous + 1:
            if start is not None and previous is not None:
                yield start, previous
            start = row
        previous = row
    if start is not None and previous is not None:
        yield start, previous
