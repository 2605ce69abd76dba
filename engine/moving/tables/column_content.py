"""The content of a column, for columns whose heading has no meaning of ours."""

from collections.abc import Callable, Sequence
from datetime import datetime

from engine.moving.dictionaries.loading import DeadlinePhrase
from engine.moving.tables.blocks import TableBlock
from engine.moving.tables.grid import Grid
from engine.moving.tables.mapping import Content
from engine.moving.values.deadlines import Context, read_deadline
from engine.moving.values.units import UnitReader

_MOST = 200
_ANY_YEAR = Context(datetime(2000, 1, 1).year)


def column_content(
    grid: Grid, block: TableBlock, units: UnitReader, phrases: Sequence[DeadlinePhrase]
) -> Callable[[int], Content]:
    """A function from a column to what its first rows look like; computed only for the columns that need it."""

    def content(column: int) -> Content:
        rows = [row for row in block.body if grid.is_filled(row, column)][:_MOST]
        texts = [grid.text(row, column) for row in rows]
        if not texts:
            return Content(0, 0, 0.0, 0.0, 0.0)
        named = sum(_is_unit(text, units) for text in texts)
        dated = sum(
            read_deadline(grid.rows[row][column], phrases, _ANY_YEAR).limit is not None
            and not isinstance(grid.rows[row][column], (int, float))
            for row in rows
        )
        length = sum(map(len, texts)) / len(texts)
        return Content(len(texts), len(set(texts)), named / len(texts), dated / len(texts), length)

    return content


def _is_unit(text: str, units: UnitReader) -> bool:
    match = units.matcher.match(text)
    return bool(match.names) and not match.leftovers
