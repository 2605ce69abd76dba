"""What a gateway is: one small Protocol, and the few ways in which a request can end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from functools import partial
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field

from sms.masking import from_outside
from sms.office_time import office_time
from sms.store.model import State, StoredMessage


def kind_of(name: str, table: Mapping[str, Any]) -> str:
    """Which provider's the gateway is that ``[gateway.NAME]`` describes: its name, unless the table says otherwise."""
    return str(table.get("kind", name))


def account_of(kind: str, *identity: str) -> str:
    """The mark of an account in the store, which tells nobody what the account is."""
    return blake2b("\x1f".join((kind, *identity)).encode(), digest_size=8).hexdigest()


class GatewayError(Exception):
    """A request that did not end in acceptance. Its text is Chinese, for people: masked and cut, since part of it may
    be the gateway's own, which may repeat the whole request.
    """

    def __init__(self, text: str) -> None:
        super().__init__(from_outside(text))


class NotSent(GatewayError):
    """Certainly not sent, and worth another try. ``retry_after`` where the gateway states it; ``number_only`` where
    only this number has to wait.
    """

    def __init__(self, text: str, retry_after: timedelta | None = None, *, number_only: bool = False) -> None:
        super().__init__(text)
        self.retry_after = retry_after
        self.number_only = number_only


class Rejected(GatewayError):
    """Certainly not sent and of no use to repeat here, or not before ``retry_after``; another gateway may take it."""

    def __init__(self, text: str, retry_after: timedelta | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Meaning(StrEnum):
    """What a code of a gateway means; the value is its section in the gateway's table and in ``outbox codes``."""

    STOP = "stop"
    WAIT = "wait"
    WAIT_AN_HOUR = "wait_an_hour"
    NUMBER_WAITS = "number_waits"
    BAD_NUMBER = "bad_number"
    THIS_TEXT = "this_text"
    OPEN = "open"


class UnknownRefusal(Rejected):
    """A refusal under a code that no table knows: this message is not sent, and the code is reported once."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


class BadNumber(GatewayError):
    """Certainly not sent: this number cannot receive, by whichever gateway."""


class GatewayStopped(GatewayError):
    """Certainly not sent, and nothing else will be until a person has mended the account or the set-up."""


class Unknown(GatewayError):
    """It may have been sent or not (read timeout, reset, 5xx). For a look-up: no answer could be had."""


class Inconclusive(Unknown):
    """The gateway answered a look-up, but in a way that leaves this message's fate open; others can be looked up."""


MOST_PAGES = 20
"""A list of one number's SMS is not read for longer: one that never ends would hold the sender for ever."""
NOT_WHOLE = "该号码短信过多，列表没有列全，无法核实"

Answer = TypeVar("Answer")


def ask(request: Callable[[StoredMessage], Answer], message: StoredMessage) -> Answer:
    """The gateway's answer about one message, as ``answer_to``."""
    return answer_to(partial(request, message))


def answer_to(request: Callable[[], Answer]) -> Answer:
    """The gateway's answer. A mistake of the gateway's own code, or an answer that breaks it, must not end the service:
    it is then unknown how far the request got.

    Raises:
        GatewayError: whatever else may go wrong.
    """
    try:
        return request()
    except GatewayError:
        raise
    except Exception as fault:
        raise Unknown(f"网关程序出错：{fault!r}") from None


class Remedy(Enum):
    """What an undelivered receipt allows, once."""

    NONE = "none"
    LATER = "later"
    OTHER_GATEWAY = "other gateway"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the gateway knows of a message it took: still ``ACCEPTED``, ``DELIVERED`` or ``UNDELIVERED``. ``at`` is
    office time, whatever the offset with which it was given.
    """

    state: State
    at: datetime | None = None
    explanation: str = ""
    remedy: Remedy = Remedy.NONE

    def __post_init__(self) -> None:
        object.__setattr__(self, "explanation", from_outside(self.explanation))
        if self.at and self.at.tzinfo:
            object.__setattr__(self, "at", office_time(self.at))


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply to an SMS. ``id`` is the same whenever the gateway returns the same reply; ``mobile`` is full; ``at`` is
    ``datetime.min`` where the gateway names no time that can be.
    """

    id: str
    mobile: str
    text: str
    at: datetime


@runtime_checkable
class KeepsReplies(Protocol):
    """A gateway that keeps replies until they are collected; the others push them, or have none."""

    def replies(self) -> list[Reply]:
        """The replies that have come since the last time. Raises GatewayError."""


class Submission(Protocol):
    """What is to be sent, claimed or not yet."""

    @property
    def kind(self) -> str:
        """The kind of message."""

    @property
    def text(self) -> str:
        """The whole text, with its signature."""

    @property
    def parameters(self) -> Mapping[str, str]:
        """The words that fill a template."""


class Objection(NamedTuple):
    """Why a provider would refuse a message, and what a person can do; ``retry_after``: when it may have passed."""

    problem: str
    remedy: str
    retry_after: timedelta | None = None


@runtime_checkable
class KnowsLimits(Protocol):
    """A gateway that can say beforehand what its provider would refuse. It submits nothing that it objects to."""

    def objection(self, message: Submission) -> Objection | None:
        """Why this message would be refused; ``None`` where nothing is known against it. Without a request."""


@runtime_checkable
class KnowsRegistrations(Protocol):
    """A gateway whose provider says whether signature and templates are approved."""

    def unapproved(self) -> list[str]:
        """What of the set-up the provider has not approved, each in words for people. Raises GatewayError."""


class Limits(BaseModel):
    """The rates and time-outs of a gateway. Rates are kept across restarts; times are seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    per_second: float = Field(default=10, gt=0)
    at_once: int = Field(default=16, ge=1, le=64)
    """How many requests may be under way at one time."""
    per_number_per_day: int = Field(default=50, gt=0)
    """How many SMS one number may have in any 24 hours, over all ledgers."""
    per_number_per_hour: int | None = Field(default=None, gt=0)
    per_number_per_minute: int | None = Field(default=None, gt=0)
    least_delivered: float = Field(default=0.5, ge=0, le=1)
    """Below this share delivered among the last 50 SMS the gateway is stopped until a person has resumed it."""
    grace: float = Field(default=60, ge=0)
    """How long a message may stay absent from look-ups before it counts as not sent: longer than the list's lag."""


class Gateway(Protocol):
    """One way to send. Every method makes at most one request that could send, and has explicit timeouts."""

    name: str
    network: bool
    """Whether it reaches real phones: refused for a ledger with 演示=是."""
    limits: Limits
    account: str
    """Which account of which provider (``account_of``): what was submitted to one can be looked up at no other."""
    seconds: float
    """How long a request may take at most, connection and answer together."""

    def send(self, message: StoredMessage) -> str:
        """Submit once; the gateway's reference of the accepted message.

        Raises:
            NotSent, Rejected, BadNumber, GatewayStopped: it was certainly not sent.
            Unknown: it may have been.
        """

    def look_up(self, message: StoredMessage) -> str | None:
        """The reference of this message if the gateway has it, by token or out_id; ``None`` if it has not.

        Raises: Inconclusive: the answer leaves it open. GatewayError: no answer could be had, which is not the same as
        absent.
        """

    def receipt(self, message: StoredMessage) -> Receipt:
        """What became of an accepted message.

        Raises:
            GatewayError: no answer could be had.
        """

    def probe(self) -> datetime | None:
        """Reach the gateway with the credentials, sending nothing; its clock as office time, if it returns one.

        Raises:
            GatewayError: it cannot be reached or refuses the credentials.
        """
