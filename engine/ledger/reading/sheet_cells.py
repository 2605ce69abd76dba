"""The cells of one sheet, column by column: what the file adapter and the open book both pass to the parser."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from engine.ledger.package.tables import WorkbookTable
from engine.ledger.reading.formulas import Formula

HEADING_ROWS = 20
"""Rows from the top of a sheet in which its headings are searched."""
Cell = str | int | float | datetime | date | time | timedelta | None


@dataclass(frozen=True)
class SheetCells:
    """Only rows that hold anything: ``rows`` are their numbers as Excel counts, and each of ``columns`` is as long.

    ``first_column`` counts from 0. Empty cells are ``""`` or ``None``; logical values are the words TRUE and FALSE;
    error values their words (``#N/A``). A number where a date belongs counts days in the workbook's own epoch.
    ``merged`` are the blocks of merged cells (``B3:B7``), as far as the reader sees them.
    """

    name: str
    rows: Sequence[int]
    columns: Sequence[Sequence[Cell]]
    first_column: int = 0
    formulas: Mapping[tuple[int, int], Formula] = field(default_factory=dict)
    table: WorkbookTable | None = None
    date1904: bool = False
    merged: tuple[str, ...] = ()

    @classmethod
    def from_rows(
        cls,
        name: str,
        rows: Iterable[Sequence[Cell]],
        *,
        top_left: tuple[int, int] = (1, 0),
        formulas: Mapping[tuple[int, int], Formula] | None = None,
        table: WorkbookTable | None = None,
        date1904: bool = False,
    ) -> "SheetCells":
        """From a block of rows of equal length, such as a used range. Blank rows are left out.

        ``top_left`` is the row, counted from 1, and the column, counted from 0, of the block's first cell.
        """
        first_row, first_column = top_left
        kept: list[Sequence[Cell]] = []
        numbers: list[int] = []
        for number, row in enumerate(rows, first_row):
            if any(row) or 0 in row:
                kept.append(row)
                numbers.append(number)
        columns: list[list[Cell]] = [_without_bools(list(column)) for column in zip(*kept, strict=True)]
        return cls(name, numbers, columns, first_column, formulas or {}, table, date1904)


def _without_bools(column: list[Cell]) -> list[Cell]:
    if bool not in set(map(type, column)):
        return column
    return [str(value).upper() if isinstance(value, bool) else value for value in column]
