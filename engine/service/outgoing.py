"""Converts the engine's messages to the outbox's: the same keys with the ledger in front, and the trial number if
any.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from engine.facts.duty import DutyKey
from engine.facts.kinds import URGINGS, MessageKind, Role
from engine.facts.message import Message, Missed, Obligation, ObligationKey, Recipient
from sms.store.model import Cover, DutyRef, Key, MissedCover, Outgoing, StoredMessage


def outgoing(message: Message, ledger: str, mobile: str | None = None) -> Outgoing:
    """The SMS to claim. With ``mobile`` (试运行) it goes to that number instead, covering the same obligations."""
    expiries = [obligation.expires_at for obligation in message.covers]
    return Outgoing(
        at=message.at,
        kind=message.kind.value,
        unit=message.to.unit,
        role=message.to.role.value,
        name=message.to.name,
        mobile=mobile or message.to.mobile,
        text=message.text,
        token=message.token,
        covers=tuple(cover(obligation, ledger) for obligation in message.covers),
        parameters={**message.parameters, "template": message.template},
        expires_at=None if None in expiries else max(expiry for expiry in expiries if expiry),
        urgent=any(obligation.kind is MessageKind.ESCALATION for obligation in message.covers),
    )


def as_message(stored: StoredMessage) -> Message:
    """A message that an earlier pass had claimed, as that pass made it."""
    return Message(
        at=stored.at,
        kind=MessageKind(stored.kind),
        to=Recipient(stored.unit, Role(stored.role), stored.name, stored.mobile),
        covers=tuple(
            Obligation(ObligationKey(*one.key[1:]), DutyKey(*one.duty[1:]), one.at, MessageKind(one.kind), one.clause)
            for one in stored.covers
        ),
        text=stored.text,
        token=stored.token,
        template=stored.parameters.get("template", ""),
        parameters=stored.parameters,
    )


def missed_covers(missed: Iterable[Missed], ledger: str) -> list[MissedCover]:
    """The obligations to record as 错过未发."""
    return [MissedCover(cover(one.obligation, ledger), one.reason) for one in missed]


def settlements(settled: Mapping[DutyKey, datetime], ledger: str) -> dict[DutyRef, datetime]:
    """The marks up to which every slot of a duty is recorded."""
    return {DutyRef(ledger, *duty): through for duty, through in settled.items()}


def cover(obligation: Obligation, ledger: str) -> Cover:
    """One obligation, under the outbox's keys."""
    return Cover(
        key=Key(ledger, *obligation.key),
        duty=DutyRef(ledger, *obligation.duty_key),
        kind=obligation.kind.value,
        clause=obligation.clause,
        at=obligation.at,
        counts_as_urging=obligation.kind in URGINGS,
    )
