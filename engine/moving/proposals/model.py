"""What an import proposes: rows, words in question, people, and the account of every cell."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.moving.tables.mapping import SourceColumn
from engine.moving.values.reading import ReadValue


class Decision(StrEnum):
    """A person's decision on a row, a word or a contact; an empty cell is none."""

    TAKE = "采用"
    CHANGE = "改为…"
    LEAVE = "不导入"


class WordKind(StrEnum):
    """The kinds of words in question."""

    UNIT = "单位"
    GROUP = "群组"
    DEADLINE = "时限"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a row stands: file, sheet or table, and the row or paragraph in words (第12行, 第3段)."""

    file: str
    sheet: str
    row: str

    def __str__(self) -> str:
        return f"{self.file} {self.sheet} {self.row}".replace("  ", " ")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a matter was; ``reported_at`` as the file states it, ``None`` where it does not: then it stays in
    备注.
    """

    text: str
    reported_at: datetime | None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person found beside a matter. ``unit`` is the name as written or as the directory has it; ``why`` what a person
    should know, ``needs_decision`` whether one must decide.
    """

    unit: str
    role: str
    name: str
    mobile: str | None
    why: str = ""
    needs_decision: bool = False


@dataclass(frozen=True, slots=True)
class RowProposal:
    """What one source row becomes. ``cells`` by field of a matter; ``doubts`` are the reasons for which a person must
    decide about the row itself, ``words`` those that are put to a person once for all rows; ``decision`` what stands in
    处理 to begin with. ``mark`` identifies the source row and its content, so that it is not imported twice.
    """

    mark: str
    source: Source
    said: str
    cells: Mapping[str, ReadValue]
    doubts: tuple[str, ...] = ()
    progress: Progress | None = None
    contacts: tuple[Contact, ...] = ()
    words: tuple["Word", ...] = ()
    decision: Decision | None = Decision.TAKE

    def value(self, name: str) -> object:
        """What is proposed for a field; ``None`` if nothing."""
        reading = self.cells.get(name)
        return reading.value if reading else None


@dataclass(frozen=True, slots=True)
class Word:
    """Words that are put to a person once for all rows in which they stand. ``proposed`` is empty where nothing is
    near.
    """

    kind: WordKind
    text: str
    proposed: str
    why: str
    offers: tuple[str, ...] = ()
    rows: int = 1

    @property
    def key(self) -> str:
        """How rows name it."""
        return f"{self.kind}:{self.text}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A source row, or a cell outside the tables, that becomes no matter, and why."""

    source: Source
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class TableRead:
    """One table as it was found: where, what its columns were taken for, how many cells each holds."""

    file: str
    sheet: str
    area: str
    title: str
    columns: tuple[SourceColumn, ...]
    filled: Mapping[int, int]
    hidden: bool = False
    notices: tuple[str, ...] = ()


@dataclass
class CellAccount:
    """Where the cells of one sheet went, by reason; ``content`` is how many cells the sheet holds."""

    file: str
    sheet: str
    content: int
    cells: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)

    @property
    def balances(self) -> bool:
        """Whether every cell with content is accounted for."""
        return self.content == sum(self.cells.values())


@dataclass(frozen=True, slots=True)
class Proposals:
    """One import, before a person has seen it."""

    rows: Sequence[RowProposal] = ()
    words: Sequence[Word] = ()
    contacts: Sequence[Contact] = ()
    left_out: Sequence[LeftOut] = ()
    tables: Sequence[TableRead] = ()
    accounts: Sequence[CellAccount] = ()
    notices: Sequence[str] = ()
