"""A review as a person left it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.ledger.reading.sheet_cells import Cell
from engine.moving.proposals.model import Decision, WordKind


@dataclass(frozen=True, slots=True)
class ReviewedRow:
    """One row of 逐行核对. ``row`` is its number there, ``cells`` by field as they stand, ``words`` the keys of the
    words that it depends on.
    """

    row: int
    decision: str
    source: str
    cells: Mapping[str, Cell]
    progress: str
    progress_date: Cell
    mark: str
    words: tuple[str, ...]

    @property
    def is_taken(self) -> bool:
        """Whether it becomes a matter."""
        return self.decision in (Decision.TAKE, Decision.CHANGE)


@dataclass(frozen=True, slots=True)
class ReviewedWord:
    """One row of 存疑词语."""

    row: int
    kind: WordKind
    text: str
    proposed: str
    decision: str
    changed_to: str

    @property
    def key(self) -> str:
        """How rows name it."""
        return f"{self.kind}:{self.text}"

    @property
    def meaning(self) -> str:
        """What it stands for by the decision; empty for what is not taken."""
        if self.decision == Decision.LEAVE:
            return ""
        return self.changed_to if self.decision == Decision.CHANGE else self.proposed


@dataclass(frozen=True, slots=True)
class ReviewedContact:
    """One row of 联系人."""

    row: int
    unit: str
    role: str
    name: str
    mobile: str
    decision: str


@dataclass(frozen=True, slots=True)
class ReviewedColumn:
    """One row of 列对照: where a heading goes now."""

    row: int
    heading: str
    ours: str
    decision: str


@dataclass(frozen=True, slots=True)
class ReviewedWorkbook:
    """The whole workbook. ``ledger_id`` is the 台账标识 for which it was made, ``made_rows`` with how many rows."""

    ledger_id: str
    rows: Sequence[ReviewedRow]
    words: Sequence[ReviewedWord]
    contacts: Sequence[ReviewedContact]
    common: Mapping[str, Cell]
    columns: Sequence[ReviewedColumn]
    made_rows: int | None = None
