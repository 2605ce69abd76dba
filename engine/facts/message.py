"""Who must be informed of what, and when: obligations, and the SMS that carry them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from engine.facts.duty import DutyKey
from engine.facts.kinds import MessageKind, Role
from sms.numbers import mask_numbers


class ObligationKey(NamedTuple):
    """The identity of an obligation. The mobile number and the wording are no part of it, so that a corrected number or
    another merge sends nothing again. ``unit`` is the receiving unit, ``due`` the duty's deadline.
    """

    matter: str
    duty: str
    period: str
    ordinal: int
    due: datetime
    slot: str
    unit: str
    role: str


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing of which one person must be informed at one time.

    ``at`` is when it falls due (the slot's time); ``expires_at`` the time at and after which it must not be sent any
    more, ``None`` where it never goes stale (reading 23). ``count`` numbers it in its series (第8次); ``text`` names
    its wording in the policy. ``duty_key`` names the duty that it concerns.
    """

    key: ObligationKey
    duty_key: DutyKey
    at: datetime
    kind: MessageKind
    clause: str
    readings: tuple[int, ...] = ()
    expires_at: datetime | None = None
    count: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who receives: the person who holds the unit's role at that time. ``mobile`` is a full E.164 number: never log it.
    A number that was typed into ``name`` is masked.
    """

    unit: str
    role: Role
    name: str
    mobile: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", mask_numbers(self.name))


@dataclass(frozen=True, slots=True)
class Message:
    """One SMS to one recipient, covering one obligation or several that fell together (readings 6, 24).

    ``parameters`` are the words that fill ``text``, for gateways that take a template's code instead of a text;
    ``template`` is the name of that wording in the policy.
    """

    at: datetime
    kind: MessageKind
    to: Recipient
    covers: tuple[Obligation, ...]
    text: str
    token: str
    template: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Missed:
    """An obligation that fell due and can no longer be sent: recorded as 错过未发, with the reason (reading 23)."""

    obligation: Obligation
    reason: str


class Sent(Protocol):
    """What the journal knows of the past. Implemented by the outbox, and by a plain set in ``simulate`` and tests."""

    def __contains__(self, key: ObligationKey) -> bool:
        """Whether this obligation has been claimed by a message or recorded as missed."""

    def settled_through(self, duty: DutyKey) -> datetime | None:
        """The time up to which (inclusive) every slot of the duty is recorded; ``None`` if none is."""

    def is_acknowledged(self, key: ObligationKey) -> bool:
        """Whether its recipient has acknowledged (签收) the SMS that carried this obligation."""

    def urgings(self, matter: str) -> int:
        """How many urging SMS of this matter have gone out, counted by obligation (reading 24)."""

    def last_sent_at(self, matter: str) -> datetime | None:
        """When the last SMS about this matter went out."""

    def acknowledged_at(self, matter: str) -> datetime | None:
        """When an SMS about this matter was last acknowledged (签收)."""
