"""What may be claimed: a message that no gateway of the set-up would take is never claimed, and it is put to a
person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sms.gateways.protocol import Gateway, KnowsLimits, Objection
from sms.store.model import DutyRef, Outgoing


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that is not claimed, with the objection of the gateway that stands first in the set-up."""

    message: Outgoing
    objection: Objection


def admitted(gateways: Sequence[Gateway], messages: Iterable[Outgoing]) -> tuple[list[Outgoing], list[Refusal]]:
    """The messages that at least one gateway would take, and the others."""
    strict = [gateway for gateway in gateways if isinstance(gateway, KnowsLimits)]
    taken: list[Outgoing] = []
    refused: list[Refusal] = []
    for message in messages:
        found = _objection(strict, message) if len(strict) == len(gateways) else None
        if found is None:
            taken.append(message)
        else:
            refused.append(Refusal(message, found))
    return taken, refused


def marks_before(refused: Iterable[Refusal]) -> dict[DutyRef, datetime]:
    """For each duty of refused messages the minute before its earliest refused slot: what is recorded ends there."""
    marks: dict[DutyRef, datetime] = {}
    for cover in (cover for one in refused for cover in one.message.covers):
        before = cover.at - timedelta(minutes=1)
        marks[cover.duty] = min(before, marks.get(cover.duty, before))
    return marks


def _objection(gateways: Sequence[KnowsLimits], message: Outgoing) -> Objection | None:
    objections = [gateway.objection(message) for gateway in gateways]
    return objections[0] if objections and None not in objections else None
