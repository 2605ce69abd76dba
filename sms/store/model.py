"""The values that the outbox stores and returns: keys, messages, states. Times are naive office time
(Asia/Shanghai).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Key(NamedTuple):
    """The identity of an obligation in one ledger. Number and text are no part of it, so that a corrected number or
    another merge sends nothing again. ``unit`` receives; ``due`` is the duty's deadline.
    """

    ledger: str
    matter: str
    duty: str
    period: str
    ordinal: int
    due: datetime
    slot: str
    unit: str
    role: str


class DutyRef(NamedTuple):
    """The duty that an obligation concerns; ``unit`` owes it."""

    ledger: str
    matter: str
    duty: str
    period: str
    ordinal: int
    due: datetime
    unit: str


@dataclass(frozen=True, slots=True)
class Cover:
    """One obligation that a message fulfils. ``at`` is the slot's time, when it fell due."""

    key: Key
    duty: DutyRef
    kind: str
    clause: str
    at: datetime
    counts_as_urging: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One SMS to be claimed. ``mobile`` is E.164; ``token`` stands in ``text``; ``parameters`` feed a template.

    ``expires_at``: at and after this time nothing of it may be sent any more; ``None`` where one of its covers never
    goes stale. ``urgent``: goes before everything else.
    """

    at: datetime
    kind: str
    unit: str
    role: str
    name: str
    mobile: str = field(repr=False)
    text: str
    token: str
    covers: tuple[Cover, ...]
    parameters: Mapping[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None
    urgent: bool = False

    @property
    def rank(self) -> str:
        """What is sent first sorts first: what is urgent, then what expires soonest, then what fell due first."""
        expires = self.expires_at.isoformat(timespec="minutes") if self.expires_at else "9999"
        return f"{0 if self.urgent else 1} {expires} {self.at.isoformat(timespec='minutes')}"


@dataclass(frozen=True, slots=True)
class MissedCover:
    """An obligation that can no longer be sent, to be recorded as 错过未发 with the reason."""

    cover: Cover
    reason: str


class State(StrEnum):
    """Where a message stands. Only ``PENDING`` may be submitted."""

    PENDING = "pending"
    SUBMITTING = "submitting"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    EXPIRED = "expired"
    FAILED = "failed"
    NEEDS_HUMAN = "needs_human"
    MISSED = "missed"


# The word that stands in 短信记录. A message that waits to be sent has none: the book records what was done.
BOOK_WORD: Mapping[State, str] = {
    State.SUBMITTING: "已提交",
    State.UNKNOWN: "已提交",
    State.ACCEPTED: "已提交",
    State.EXPIRED: "已提交",
    State.DELIVERED: "已送达",
    State.UNDELIVERED: "未送达",
    State.FAILED: "失败",
    State.NEEDS_HUMAN: "待人工",
    State.MISSED: "错过未发",
}

# The word that people see in `outbox list`.
STATE_WORD: Mapping[State, str] = {
    **BOOK_WORD,
    State.PENDING: "待发送",
    State.SUBMITTING: "提交中",
    State.UNKNOWN: "核实中",
    State.EXPIRED: "无回执",
}


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as the outbox stores it. ``submitted_at`` is its last request, ``first_submitted_at`` the first of this
    ``round`` (0; 1 after a receipt that allowed one more try); ``submitted_by`` is the host that made it, ``account``
    the ``Gateway.account`` that got it. ``tried`` names gateways that refused it for good.
    """

    id: str
    ledger: str
    at: datetime
    kind: str
    unit: str
    role: str
    name: str
    mobile: str = field(repr=False)
    text: str
    token: str
    parameters: Mapping[str, str]
    expires_at: datetime | None
    state: State
    gateway: str
    ref: str
    tried: tuple[str, ...]
    attempts: int
    round: int
    absences: int
    absent_since: datetime | None
    first_submitted_at: datetime | None
    submitted_at: datetime | None
    accepted_at: datetime | None
    receipt_at: datetime | None
    next_at: datetime | None
    explanation: str
    rank: str = ""
    acknowledged_at: datetime | None = None
    submitted_by: str = ""
    account: str = ""
    covers: tuple[Cover, ...] = ()

    @property
    def out_id(self) -> str:
        """The mark under which a gateway that takes one files it; the same for every attempt of one round."""
        return f"{self.id}R{self.round}" if self.round else self.id

    def waits(self, now: datetime) -> bool:
        """Whether its time has not come yet."""
        return self.next_at is not None and now < self.next_at


@dataclass(frozen=True, slots=True)
class Route:
    """How a message is submitted: by which gateway and account of its (``Gateway``), from which host; ``seconds`` that
    the request may take at most.
    """

    gateway: str
    account: str = ""
    host: str = ""
    seconds: float = 0


@dataclass(slots=True)
class SendReport:
    """The result of one call of ``send``. ``next_at`` is when another call has something to do; ``None``: nothing
    waits. ``full`` counts the messages that wait because their number has had its share, by masked number;
    ``code_questions`` are the questions about new codes.
    """

    sent: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    needs_human: list[str] = field(default_factory=list)
    stopped: dict[str, str] = field(default_factory=dict)
    full: Counter[str] = field(default_factory=Counter)
    code_questions: list[str] = field(default_factory=list)
    next_at: datetime | None = None


class SmsError(Exception):
    """A fault of the set-up, in Chinese with its remedy; never with a full number or a secret."""
