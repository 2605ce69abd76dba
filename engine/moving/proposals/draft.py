"""A proposal in the making: the context of the rows of one table, and what has been collected of one row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from engine.facts.change import Value
from engine.facts.unit import Directory
from engine.ledger.package.text_folding import clean_text
from engine.ledger.reading.moments import is_nothing
from engine.ledger.reading.sheet_cells import Cell
from engine.moving.dictionaries.loading import Dictionaries
from engine.moving.proposals.before_the_table import TableContext
from engine.moving.proposals.model import Contact, Decision, Progress, Word
from engine.moving.tables.mapping import SourceColumn
from engine.moving.tables.rows import SourceRow
from engine.moving.values.deadlines import Context, Deadline, read_deadline
from engine.moving.values.people import masked
from engine.moving.values.reading import ReadValue
from engine.moving.values.units import UnitReader


@dataclass(frozen=True)
class Reader:
    """The context in which every row of one table is read."""

    columns: Sequence[SourceColumn]
    around: TableContext
    units: UnitReader
    dictionaries: Dictionaries
    errors: Callable[[int, int], str]
    merges_known: bool = True

    @property
    def directory(self) -> Directory:
        """The directory of the ledger."""
        return self.units.directory

    def of(self, ours: str) -> Sequence[SourceColumn]:
        """The columns that become ``ours``."""
        return self.by_ours.get(ours, ())

    @cached_property
    def by_ours(self) -> Mapping[str, list[SourceColumn]]:
        """The same for all."""
        found: dict[str, list[SourceColumn]] = {}
        for column in self.columns:
            found.setdefault(column.ours, []).append(column)
        return found

    def deadline(self, cell: Cell, context: Context) -> Deadline:
        """What a cell of a deadline column becomes, computed once for all rows with the same text."""
        found = self._deadlines.get((cell, context))
        if found is None:
            found = self._deadlines[cell, context] = read_deadline(cell, self.dictionaries.deadlines, context)
        return found

    @cached_property
    def _deadlines(self) -> dict[tuple[Cell, Context], Deadline]:
        return {}


@dataclass
class Draft:
    """A proposal in the making."""

    reader: Reader
    row: SourceRow
    cells: dict[str, ReadValue] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    progress: Progress | None = None
    decision: Decision | None = Decision.TAKE

    def text(self, ours: str) -> str:
        """The text of the first column of that meaning that has one."""
        for column in self.reader.by_ours.get(ours, ()):
            if (said := self.row.text(column.at)) and (text := clean_text(said)) and not is_nothing(text):
                return text
        return ""

    def cell(self, ours: str) -> Cell:
        """The cell of the first column of that meaning that has a text."""
        for column in self.reader.of(ours):
            if self.row.text(column.at):
                return self.row.values[column.at]
        return None

    def heading(self, ours: str) -> str:
        """The heading of the first column of that meaning."""
        return next((column.heading for column in self.reader.of(ours)), "")

    def require_decision(self, doubt: str) -> None:
        """A person must decide about the row."""
        self.doubts.append(doubt)
        if self.decision is Decision.TAKE:
            self.decision = None

    def note(self, heading: str, text: str) -> None:
        """Keep in 备注 what becomes no cell of its own."""
        if text and not is_nothing(text):
            self.notes.append(f"{heading}：{masked(text)}" if heading else masked(text))


def plain(value: Value) -> str:
    """A proposed value as people read it in the review."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return "" if value is None else str(value)
