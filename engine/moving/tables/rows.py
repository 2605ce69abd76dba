"""What each row below the headings is: a matter, a section, a sum, a note; merged cells filled down."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.values import plain_text
from engine.moving.dictionaries.loading import Phrases
from engine.moving.tables.blocks import TableBlock
from engine.moving.tables.grid import At, Grid, Span
from engine.moving.tables.mapping import SourceColumn

_LONG_TEXT = 16


class RowKind(StrEnum):
    """The kind of a source row, in the words of the account."""

    MATTER = "事项"
    CONTINUATION = "并入上面的事项"
    SECTION = "分节标题"
    TOTAL = "合计行"
    NOTE = "表尾说明"
    HEADING = "重复的表头"
    COLUMN_NUMBERS = "列号行"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row that holds anything. ``values``: column → value, merged cells filled down; ``own``: the columns whose
    cells themselves hold something; ``filled``: those whose value comes from a merged cell that begins above;
    ``texts``: column → what a person reads there.
    """

    number: int
    kind: RowKind
    values: dict[int, Cell]
    own: tuple[int, ...]
    filled: frozenset[int] = frozenset()
    section: str = ""
    texts: Mapping[int, str] = field(default_factory=dict)

    def text(self, column: int) -> str:
        """What stands in a column as a person reads it."""
        return self.texts.get(column, "")


def read_rows(grid: Grid, block: TableBlock, columns: Sequence[SourceColumn], phrases: Phrases) -> Iterator[SourceRow]:
    """The rows of a table in their order, those without content left out."""
    heading = {
        column: grid.key(block.bottom, column) for column in block.columns if grid.is_filled(block.bottom, column)
    }
    content = next((one.at for one in columns if one.ours == "content"), None)
    section = ""
    is_first = True
    for row in block.body:
        own = tuple(column for column in grid.filled[row] if column in block.columns)
        if not own:
            continue
        values, filled = _values(grid, block, row)
        kind = _kind(grid, row, own, (heading, phrases, content, is_first))
        if kind is RowKind.MATTER and content in filled and content is not None:
            kind = RowKind.CONTINUATION
        if kind is RowKind.SECTION:
            section = grid.text(row, own[0])
        is_first = False
        texts = {column: plain_text(value).strip() for column, value in values.items()}
        yield SourceRow(row, kind, values, own, filled, section, texts)


def _values(grid: Grid, block: TableBlock, row: int) -> tuple[dict[int, Cell], frozenset[int]]:
    if not grid.merged:
        cells = grid.rows[row]
        return {column: cells[column] for column in grid.filled[row] if column in block.columns}, frozenset()
    values: dict[int, Cell] = {}
    filled = set()
    for column in block.columns:
        span = grid.span_at.get(At(row, column))
        if span and span.top != row and span.top > block.bottom and span.left == column:
            values[column] = grid.rows[span.top][column]
            if grid.is_filled(span.top, column):
                filled.add(column)
        elif grid.is_filled(row, column):
            values[column] = grid.rows[row][column]
    return values, frozenset(filled)


_Seen = tuple[dict[int, str], Phrases, int | None, bool]


def _kind(grid: Grid, row: int, own: tuple[int, ...], seen: _Seen) -> RowKind:
    heading, phrases, content, is_first = seen
    first = grid.key(row, own[0])  # the others only where they decide
    if len(own) > 1 and all(heading.get(column) == grid.key(row, column) for column in own):
        return RowKind.HEADING
    if is_first and len(own) > 2 and all(phrases.fits("column_numbers", grid.key(row, column)) for column in own):
        return RowKind.COLUMN_NUMBERS
    if phrases.fits("footnotes", first) and (
        content not in own or all(phrases.fits("footnotes", grid.key(row, column)) for column in own[1:])
    ):
        return RowKind.NOTE
    if len(first) < _LONG_TEXT and any(phrases.fits("totals", grid.key(row, column)) for column in own[:2]):
        return RowKind.TOTAL
    return RowKind.SECTION if _is_section(grid, row, own, first, content, phrases) else RowKind.MATTER


def _is_section(grid: Grid, row: int, own: tuple[int, ...], first: str, content: int | None, phrases: Phrases) -> bool:
    """One text alone in its row: merged across the table, numbered as sections are, or left of where matters stand."""
    if len(own) > 2 or (len(own) == 2 and not (own[0] != content and own[1] == content)):
        return False
    span: Span | None = grid.span_at.get(At(row, own[0]))
    wide = bool(span and span.right - span.left + 1 >= max(3, grid.width // 2))
    if len(own) == 2:  # 一、 in one cell, the title of the section beside it
        return phrases.fits("sections", first + "、") and not first.isdecimal() and not span and _alone(grid, row)
    if wide:
        return True
    if own[0] == content:
        return phrases.fits("sections", first) and not first[0].isdecimal()
    return (content is None or own[0] < content) and len(first) > 2


def _alone(grid: Grid, row: int) -> bool:
    """Whether no merged cell fills anything into the row, which then belongs to what stands above."""
    return not any(span.top < row <= span.bottom for span in grid.merged if span.right - span.left < grid.width - 1)
