"""A finding: bad data as a value, with its address, its clause and its remedy."""

from dataclasses import dataclass
from enum import StrEnum

from sms.numbers import mask_numbers


class Severity(StrEnum):
    """错误 keeps a row from being stamped; 提示 does not."""

    ERROR = "错误"
    HINT = "提示"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact stands: sheet and field by identifier (``engine.ledger.headings``), row as Excel counts it."""

    sheet: str
    row: int | None = None
    field: str | None = None

    def at(self, field: str) -> "Place":
        """The same row, one column."""
        return Place(self.sheet, self.row, field)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, for people to mend.

    ``rule`` is a stable name of the check (for tests and for ``--json``); ``clause`` the paragraph that demands it,
    empty where the fault is one of the file. ``problem`` and ``remedy`` are whole Chinese sentences; no
    full phone number stands in what they quote.
    """

    place: Place
    rule: str
    clause: str
    severity: Severity
    problem: str
    remedy: str
    matter: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "problem", mask_numbers(self.problem))

    @property
    def is_error(self) -> bool:
        """Whether the row must not be stamped before this is mended."""
        return self.severity is Severity.ERROR


def error(place: Place, rule: str, clause: str, problem: str, remedy: str, matter: str | None = None) -> Finding:
    """A finding of severity 错误."""
    return Finding(place, rule, clause, Severity.ERROR, problem, remedy, matter)


def hint(place: Place, rule: str, clause: str, problem: str, remedy: str, matter: str | None = None) -> Finding:
    """A finding of severity 提示."""
    return Finding(place, rule, clause, Severity.HINT, problem, remedy, matter)
