"""The text around a table that applies to it: its title, the year it is of, the day as of which it reports."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.ledger.reading.moments import read_moment
from engine.moving.dictionaries.loading import Phrases
from engine.moving.tables.blocks import TableBlock
from engine.moving.tables.grid import Grid


@dataclass(frozen=True, slots=True)
class TableContext:
    """``year`` completes dates without one, ``as_of`` dates the progress; ``year_named``: the sheet names its year."""

    title: str
    year: int
    as_of: datetime | None
    year_named: bool


def table_context(grid: Grid, block: TableBlock, first_row: int, phrases: Phrases, year: int) -> TableContext:
    """By the lines above the table from ``first_row`` on, the sheet's name, then the file's; ``year``: the ledger's."""
    lines = [line for line in (grid.before, *_lines(grid, first_row, block.top)) if line]
    title = max(lines, key=len, default="") if lines else ""
    headings = [grid.text(row, column) for row in range(block.top, block.bottom + 1) for column in block.columns]
    named = _year([*lines, grid.name], phrases) or _year([grid.file], phrases)
    return TableContext(title, named or year, _as_of([*lines, *headings], phrases), named is not None)


def _lines(grid: Grid, first: int, end: int) -> list[str]:
    return [
        grid.text(row, column)
        for row in range(first, end)
        for column in range(grid.width)
        if grid.is_filled(row, column)
    ]


def _year(texts: Sequence[str], phrases: Phrases) -> int | None:
    for text in texts:
        if found := phrases.patterns["year"].search(unicodedata.normalize("NFKC", text)):
            return int(found[1])
    return None


def _as_of(texts: Sequence[str], phrases: Phrases) -> datetime | None:
    for text in texts:
        found = phrases.patterns["as_of"].search(unicodedata.normalize("NFKC", text).replace(" ", ""))
        moment = read_moment(found["date"]) if found else None
        if isinstance(moment, datetime):
            return moment
    return None
