"""What a centre sees of one ledger of many: its lights, and what is overdue. Small, and kept as JSON between passes."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from engine.board.figures import BoardFigures, ReviewedMatter, is_late

MOST_OVERDUE = 200
"""Overdue matters kept of one ledger, the longest overdue; the others are only counted."""


@dataclass(frozen=True, slots=True)
class DigestLight:
    """One light of the ledger's regime, and how many open matters show it. ``late``: it means overdue."""

    word: str
    colour: str
    ink: str
    late: bool
    count: int


@dataclass(frozen=True, slots=True)
class OverdueMatter:
    """One matter whose deadline has passed; ``mark`` is its 升级标记. Without mobile numbers."""

    number: str
    content: str
    unit: str
    leader: str
    light: str
    due: datetime
    node: str
    mark: str


@dataclass(frozen=True, slots=True)
class LedgerDigest:
    """The figures of one ledger at ``at``. ``more`` overdue matters are not listed."""

    ledger: str
    office: str
    at: datetime
    open: int
    due_soon: int
    taken_in: int
    closed: int
    lights: tuple[DigestLight, ...]
    overdue: tuple[OverdueMatter, ...]
    more: int = 0

    def to_json(self) -> str:
        """As text, for :meth:`from_json`."""
        return json.dumps(asdict(self), ensure_ascii=False, default=datetime.isoformat)

    @classmethod
    def from_json(cls, text: str) -> "LedgerDigest":
        """What :meth:`to_json` made. Raises ValueError, TypeError or KeyError for anything else."""
        values = json.loads(text)
        lights = tuple(DigestLight(**light) for light in values["lights"])
        overdue = tuple(OverdueMatter(**{**one, "due": _moment(one["due"])}) for one in values["overdue"])
        return cls(**{**values, "at": _moment(values["at"]), "lights": lights, "overdue": overdue})


def digest_of(ledger: str, board: BoardFigures) -> LedgerDigest:
    """The digest of the board of a ledger, by its 台账标识."""
    counted = zip(board.bands, board.lights.counts, strict=True)
    return LedgerDigest(
        ledger,
        board.office,
        board.at,
        board.lights.open,
        len(board.due_soon),
        board.this_month.taken_in,
        board.this_month.closed,
        tuple(DigestLight(band.word, band.colour, band.ink, is_late(band), count) for band, count in counted),
        tuple(_overdue(one) for one in board.overdue[:MOST_OVERDUE]),
        max(len(board.overdue) - MOST_OVERDUE, 0),
    )


def _overdue(one: ReviewedMatter) -> OverdueMatter:
    return OverdueMatter(
        one.matter.number,
        one.content,
        one.unit,
        one.leader,
        one.light,
        one.shown.current_due or datetime.min,
        one.shown.current_duty or "",
        one.shown.escalation or "",
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
