"""Where the tables of a sheet stand: heading blocks of one to three rows, what lies above them, side by side or not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.moving.dictionaries.loading import HeadingWords, heading_key
from engine.moving.tables.grid import At, Grid

_LONGEST_HEADING = 24
_MOST_ROWS = 3
_FEWEST = 2
_DECISIVE = frozenset(("content", "lead_unit", "cooperating_units", "unit_and_people", "deadline", "requirement"))


@dataclass(frozen=True, slots=True)
class TableBlock:
    """The headings of one table and how far it reaches, all from 0 and inclusive. ``by_words``: whether the dictionary
    knows its headings; otherwise they are only taken for such.
    """

    top: int
    bottom: int
    left: int
    right: int
    last: int
    by_words: bool = True

    @property
    def columns(self) -> range:
        """The columns of the table."""
        return range(self.left, self.right + 1)

    @property
    def body(self) -> range:
        """The rows below the headings."""
        return range(self.bottom + 1, self.last + 1)


def find_blocks(grid: Grid, words: HeadingWords) -> tuple[TableBlock, ...]:
    """The tables of the sheet, from the top down and from left to right. Repeated headings of one table begin none."""
    tops = _heading_blocks(grid, words)
    if not tops:
        return _unknown_block(grid)
    found: list[TableBlock] = []
    for at, (top, bottom) in enumerate(tops):
        last = tops[at + 1][0] - 1 if at + 1 < len(tops) else len(grid.rows) - 1
        found += [
            TableBlock(top, bottom, left, right, last) for left, right in _side_by_side(grid, words, top, bottom, last)
        ]
    return tuple(found)


def path(grid: Grid, block: TableBlock, column: int) -> tuple[str, ...]:
    """The heading texts over a column from the top down: what is merged over several columns heads each of them."""
    return tuple(_heading_text(grid, row, column) for row in range(block.top, block.bottom + 1))


def _heading_text(grid: Grid, row: int, column: int) -> str:
    span = grid.span_at.get(At(row, column))
    text = grid.text(span.top, span.left) if span else grid.text(row, column)
    return " ".join(text.split())


def _heading_blocks(grid: Grid, words: HeadingWords) -> list[tuple[int, int]]:
    """The blocks as first and last row; one with the same headings as the block before is a repetition of it."""
    found: list[tuple[int, int]] = []
    said: tuple[str, ...] = ()
    row = 0
    while row < len(grid.rows):
        if not _heads(grid, row, words):
            row += 1
            continue
        top = row - 1 if row and (not found or found[-1][1] < row - 1) and _is_upper_row(grid, row - 1) else row
        bottom = _bottom(grid, row, top, words)
        says = tuple(grid.key(row, column) for column in range(grid.width))
        if says != said:
            found.append((top, bottom))
        said, row = says, bottom + 1
    return found


def _heads(grid: Grid, row: int, words: HeadingWords) -> bool:
    """Whether a row names columns: two known headings of different meaning, one of them of the matter itself."""
    meanings: set[str] = set()
    known = texts = 0
    for value in grid.rows[row]:
        if not isinstance(value, str) or not value.strip():
            if value not in ("", None) and not isinstance(value, str):
                return False  # no heading is a number or a date
            continue
        if len(value) > _LONGEST_HEADING * 2:
            return False
        texts += 1
        ours = words.meaning.get(heading_key(value))
        if ours:
            known += 1
            meanings.add(ours)
    return len(meanings) >= _FEWEST and bool(meanings & _DECISIVE) and known * 3 >= texts


def _is_upper_row(grid: Grid, row: int) -> bool:
    """Whether the row above groups the headings below it: several short texts, one of them merged sideways."""
    at = [column for column in range(grid.width) if grid.is_filled(row, column)]
    if len(at) < _FEWEST or any(len(grid.text(row, column)) > _LONGEST_HEADING for column in at):
        return False
    spans = [grid.span_at.get(At(row, column)) for column in at]
    sideways = any(span and span.right > span.left for span in spans)
    downwards = any(span and span.bottom > row for span in spans)
    return sideways and downwards and all(isinstance(grid.rows[row][column], str) for column in at)


def _bottom(grid: Grid, row: int, top: int, words: HeadingWords) -> int:
    """The last row of the block: as far as its merged cells reach, or a row of headings under wide ones follows."""
    reach = max(
        (span.bottom for column in range(grid.width) if (span := grid.span_at.get(At(row, column)))), default=row
    )
    bottom = max(row, min(reach, top + _MOST_ROWS - 1))
    while bottom + 1 < min(len(grid.rows), top + _MOST_ROWS) and _is_lower_row(grid, bottom, words):
        bottom += 1
    return bottom


def _is_lower_row(grid: Grid, above: int, words: HeadingWords) -> bool:
    """Whether the row below holds headings only, each under a cell that is empty or merged sideways."""
    row = above + 1
    at = [column for column in range(grid.width) if grid.is_filled(row, column)]
    if not at or not all(isinstance(grid.rows[row][column], str) for column in at):
        return False
    covered = [column for column in at if not grid.is_filled(above, column) or grid.span_at.get(At(above, column))]
    known = [column for column in at if heading_key(grid.text(row, column)) in words.meaning]
    return len(known) * 2 > len(at) and len(covered) == len(at)


def _side_by_side(grid: Grid, words: HeadingWords, top: int, bottom: int, last: int) -> Iterator[tuple[int, int]]:
    """First and last column of each table in the block: one for each run of headings that begins anew."""
    headed = [
        column
        for column in range(grid.width)
        if any(_heading_text(grid, row, column) for row in range(top, bottom + 1))
        or any(grid.is_filled(row, column) for row in range(bottom + 1, last + 1))
    ]
    runs: list[list[int]] = []
    for column in headed:
        if runs and column == runs[-1][-1] + 1:
            runs[-1].append(column)
        else:
            runs.append([column])
    pieces = [piece for run in runs for piece in _begun_anew(grid, words, bottom, run)]
    tables = [piece for piece in pieces if _are_headings(grid, words, (top, bottom), piece)]
    if len(tables) < _FEWEST:
        yield headed[0], headed[-1]
        return
    for at, piece in enumerate(tables):
        until = tables[at + 1][0] - 1 if at + 1 < len(tables) else headed[-1]
        yield piece[0] if at else headed[0], max(column for column in headed if column <= until)


def _begun_anew(grid: Grid, words: HeadingWords, bottom: int, run: Sequence[int]) -> Iterator[list[int]]:
    """A run cut where its first heading comes again (序号 … 序号 …)."""
    first = grid.key(bottom, run[0])
    starts = [0] + [at for at in range(1, len(run)) if first and grid.key(bottom, run[at]) == first]
    meaningful = words.meaning.get(heading_key(first)) == "original_number"
    cuts = [*starts, len(run)] if meaningful else [0, len(run)]
    for start, end in pairwise(cuts):
        yield list(run[start:end])


def _are_headings(grid: Grid, words: HeadingWords, rows: tuple[int, int], columns: Sequence[int]) -> bool:
    meanings = {
        words.meaning.get(heading_key(_heading_text(grid, row, column)), "")
        for row in range(rows[0], rows[1] + 1)
        for column in columns
    }
    return len(meanings - {""}) >= _FEWEST and bool(meanings & _DECISIVE)


def _unknown_block(grid: Grid) -> tuple[TableBlock, ...]:
    """Unknown headings: the first row of several short texts with fuller rows below it."""
    for row in range(min(len(grid.rows) - 2, 20)):
        at = [column for column in range(grid.width) if grid.is_filled(row, column)]
        short = all(
            isinstance(grid.rows[row][column], str) and len(grid.text(row, column)) <= _LONGEST_HEADING for column in at
        )
        below = [sum(grid.is_filled(under, column) for column in at) for under in range(row + 1, len(grid.rows))]
        if len(at) > _FEWEST and short and sum(count * 2 > len(at) for count in below) >= _FEWEST:
            return (TableBlock(row, row, at[0], at[-1], len(grid.rows) - 1, by_words=False),)
    return ()
