"""Where each column of 督办台账 stands in the new order, and where those stand that people have added."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.ledger.headings.column import Column, SheetColumns
from engine.ledger.package.addresses import MAX_COLUMN, MAX_ROW, Range
from engine.ledger.package.row_hash import cell_text
from engine.ledger.package.tables import WorkbookTable

FROZEN_THROUGH = "light"
"""The columns through this one stay in sight while people scroll."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One column of the new order. ``old`` is where it stood, ``None`` for one that the book lacks; ``column`` is its
    row of the contract, ``None`` for one that people have added.
    """

    heading: str
    old: int | None
    column: Column | None

    @property
    def group(self) -> str:
        """The outline group into which it is folded; empty for one that stays in sight."""
        return self.column.group if self.column else ""


def new_order(table: WorkbookTable, sheet: SheetColumns) -> tuple[Placed, ...]:
    """The columns of ``table`` in the order of ``sheet``. A column that people have added stays after the one that it
    followed, or comes last where that one is folded away or frozen.
    """
    contract = {cell_text(column.heading): column for column in sheet.columns}
    behind: dict[str, list[Placed]] = {}
    last: list[Placed] = []
    present: dict[str, Placed] = {}
    before = ""
    for number, heading in zip(table.span, table.headings, strict=True):
        key = cell_text(heading)
        if key in contract and key not in present:
            present[key], before = Placed(heading, number, contract[key]), key
        else:
            (behind.setdefault(before, []) if before else last).append(Placed(heading, number, None))
    ordered: list[Placed] = []
    frozen = True
    for key, column in contract.items():
        ordered.append(present.get(key) or Placed(column.heading, None, column))
        stays = not frozen and not column.group
        (ordered if stays else last).extend(behind.get(key, ()))
        frozen = frozen and column.field != FROZEN_THROUGH
    return (*ordered, *last)


def carries_button(order: Sequence[Placed]) -> list[bool]:
    """For each column whether Excel's [+] stands above it: the next one is folded away, this one is not."""
    return [not one.group and bool(after.group) for one, after in pairwise([*order, Placed("", None, None)])]


@dataclass(frozen=True)
class SheetLayout:
    """The sheet as it shall be: its new ``order`` from column ``first`` on, headings in row ``top``, and what stands on
    every printed page.
    """

    order: Sequence[Placed]
    first: int
    top: int
    title: str


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Old column → new column, from 1, for all rows from ``top`` down: titles above the table stay where they are.
    ``first`` and ``last`` are the table's old columns; what stands to its right makes room for the ``added`` ones.
    """

    moved: Mapping[int, int]
    first: int
    last: int
    added: int
    top: int

    @classmethod
    def of(cls, order: Sequence[Placed], table: WorkbookTable) -> "ColumnMap":
        """The map by which ``table`` comes into ``order``."""
        first = table.area.first_column
        moved = {one.old: at for at, one in enumerate(order, first) if one.old is not None}
        return cls(moved, first, table.area.last_column, len(order) - len(moved), table.area.first_row)

    @property
    def changes_nothing(self) -> bool:
        """Whether every column stays where it is."""
        return not self.added and all(old == new for old, new in self.moved.items())

    def __call__(self, column: int, row: int = MAX_ROW) -> int:
        """Where an old column stands now, in this row."""
        if row < self.top:
            return column
        if column > self.last:
            return min(column + self.added, MAX_COLUMN)
        return self.moved.get(column, column)

    def ranges(self, area: Range) -> list[Range]:
        """The rectangles that hold what ``area`` held; one that spanned the whole table spans the new one."""
        if area.last_row < self.top:
            return [area]
        if area.first_column <= self.first and self.last <= area.last_column:
            return [area._replace(last_column=min(area.last_column + self.added, MAX_COLUMN))]
        columns = sorted(map(self, range(area.first_column, area.last_column + 1)))
        return [area._replace(first_column=run[0], last_column=run[-1]) for run in _runs(columns)]

    def span(self, first: int, last: int, *, in_order: bool) -> tuple[int, int] | None:
        """The columns that hold what ``first`` to ``last`` held, ``None`` where others stand between them now;
        ``in_order``: or where they stand in another order.
        """
        if in_order:
            columns = [*map(self, range(first, last + 1))]
            return (columns[0], columns[-1]) if _is_run(columns) else None
        found = self.ranges(Range(self.top, first, MAX_ROW, last))
        return (found[0].first_column, found[0].last_column) if len(found) == 1 else None


def _is_run(columns: Sequence[int]) -> bool:
    return all(after == before + 1 for before, after in pairwise(columns))


def _runs(columns: Sequence[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for column in columns:
        if run and column != run[-1] + 1:
            yield run
            run = []
        run.append(column)
    if run:
        yield run
