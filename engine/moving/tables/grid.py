"""One sheet of an old ledger, or one table of a Word file, as cells: what every reader of files returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from engine.ledger.package.text_folding import key_of
from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.values import plain_text


class Span(NamedTuple):
    """A merged block, all four from 0 and inclusive."""

    top: int
    left: int
    bottom: int
    right: int


class At(NamedTuple):
    """One cell, from 0."""

    row: int
    column: int


@dataclass(frozen=True)
class WordText:
    """The paragraphs of a Word file outside its tables. ``has_tables``: then they are only what stands around these,
    unless the file is minutes.
    """

    file: str
    paragraphs: Sequence[str]
    has_tables: bool

    @property
    def is_minutes(self) -> bool:
        """Whether the paragraphs may contain decisions."""
        return not self.has_tables or any("纪要" in text for text in self.paragraphs[:12])


@dataclass(frozen=True)
class Grid:
    """``rows`` begin at the sheet's first cell and are of equal length. ``merges_known`` is false where the file does
    not say which cells are merged (.csv, .xlsb). ``errors`` are cells that show an Excel error. ``before``: what stands
    above a Word table. ``colours``: row → the name of the fill of its first cell.
    """

    file: str
    name: str
    rows: Sequence[Sequence[Cell]]
    merged: tuple[Span, ...] = ()
    hidden: bool = False
    merges_known: bool = True
    errors: Mapping[At, str] = field(default_factory=dict)
    before: str = ""
    colours: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def width(self) -> int:
        """How many columns the rows have."""
        return len(self.rows[0]) if self.rows else 0

    @cached_property
    def span_at(self) -> Mapping[At, Span]:
        """The merged block of every cell that is in one."""
        return {
            At(row, column): span
            for span in self.merged
            for row in range(span.top, min(span.bottom, len(self.rows) - 1) + 1)
            for column in range(span.left, min(span.right, self.width - 1) + 1)
        }

    def text(self, row: int, column: int) -> str:
        """What a person reads in the cell, without spaces at its ends; empty for a cell covered by another."""
        value = self.rows[row][column]
        return value.strip() if isinstance(value, str) else plain_text(value)

    def is_filled(self, row: int, column: int) -> bool:
        """Whether the cell itself holds anything."""
        value = self.rows[row][column]
        return bool(value.strip()) if isinstance(value, str) else value is not None

    @cached_property
    def filled(self) -> Sequence[Sequence[int]]:
        """Of each row the columns whose cells hold anything."""
        return [
            [at for at, value in enumerate(row) if (value.strip() if isinstance(value, str) else value is not None)]
            for row in self.rows
        ]

    @cached_property
    def content(self) -> int:
        """How many cells hold anything: what the account must come to."""
        return sum(map(len, self.filled))

    def key(self, row: int, column: int) -> str:
        """The cell's text in the spelling by which texts are compared."""
        return key_of(self.text(row, column))

    def address(self, row: int, column: int) -> str:
        """``B12``, as Excel names the cell."""
        letters, number = "", column + 1
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return f"{letters}{row + 1}"
