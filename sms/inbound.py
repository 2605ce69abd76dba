"""Inbound status reports and replies, pushed or imported: evidence about what we sent, and no more.

A report or reply names a message by the gateway's reference or its token, and must come from the number that it went
to. Whatever fits nothing, comes again, or comes too late changes nothing. A report never makes us send again.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, func, select, update

from sms.gateways.protocol import Gateway, GatewayError, KeepsReplies, Reply
from sms.masking import from_outside
from sms.store.model import State, StoredMessage
from sms.store.store import Store, upsert
from sms.store.tables import MESSAGES, OBLIGATIONS, REPLIES
from sms.store.transitions import Moved, by_id, move
from sms.text import token_mark

ACKNOWLEDGED_WITHIN = timedelta(hours=72)
AHEAD = timedelta(minutes=10)
MOST_UNSEEN = 1_000
"""So many replies of strangers are kept; a flood of them must not fill the disk."""
_WORDS = frozenset({"收到", "已收到", "1"})
_OPEN = (State.UNKNOWN, State.NEEDS_HUMAN)


class ReplyMeaning(StrEnum):
    """What a reply is: an acknowledgement, or something for a person to read."""

    ACKNOWLEDGED = "签收"
    TO_READ = "回复待看"
    SEEN = "已看"


@dataclass(frozen=True, slots=True)
class StatusReport:
    """A status report as it was received. ``ref`` is the gateway's reference or ours, ``mobile`` as it was written."""

    ref: str
    mobile: str
    delivered: bool
    at: datetime | None
    said: str = ""


@dataclass(frozen=True, slots=True)
class StoredReply:
    """A reply as it is kept: masked, short, with the message it answers if that is certain."""

    id: str
    gateway: str
    mobile: str
    text: str
    at: datetime
    ledger: str
    message_id: str
    meaning: str
    seen_at: datetime | None


def record_reports(store: Store, gateway: str, reports: Iterable[StatusReport], now: datetime) -> int:
    """Move messages forward; how many moved."""
    return sum(_take_report(store, gateway, report, now) for report in reports)


def _take_report(store: Store, gateway: str, report: StatusReport, now: datetime) -> bool:
    mobile = e164(report.mobile)
    state = State.DELIVERED if report.delivered else State.UNDELIVERED
    at = report.at if report.at and report.at <= now + AHEAD else now
    with store.write() as connection:
        message = _reported(connection, gateway, report.ref, mobile)
        if message is None or (message.submitted_at and at < message.submitted_at - AHEAD):
            return False
        known = {
            "receipt_at": at,
            "explanation": "" if report.delivered else from_outside(report.said),
            "next_at": None,
        }
        try:
            if message.state in _OPEN:
                submitted = message.submitted_at or at
                message = move(connection, message, State.ACCEPTED, now, ref=report.ref, accepted_at=submitted)
            move(connection, message, state, now, **known)
        except Moved:
            return False
    return True


def _reported(connection: Connection, gateway: str, ref: str, mobile: str) -> StoredMessage | None:
    """The message of this reference and number that waits for its receipt; without one the only message of this gateway
    and number whose fate is open.
    """
    if not ref or not mobile:
        return None
    to = (MESSAGES.c.gateway == gateway, MESSAGES.c.mobile == mobile)
    named = select(MESSAGES.c.id).where(*to, (MESSAGES.c.ref == ref) | (MESSAGES.c.id == ref))
    ids = [*connection.scalars(named)]
    if not ids:
        ids = [*connection.scalars(select(MESSAGES.c.id).where(*to, MESSAGES.c.state.in_(_OPEN)).limit(2))]
    message = by_id(connection, ids[0], to_move=True) if len(ids) == 1 else None
    return message if message and message.state in (State.ACCEPTED, *_OPEN) else None


def record_replies(store: Store, gateway: str, replies: Iterable[Reply], now: datetime) -> int:
    """Keep each reply once, and record the acknowledgements; how many there were of these."""
    return sum(_take_reply(store, gateway, reply, now) for reply in replies)


def collect_replies(store: Store, gateways: Iterable[Gateway], now: datetime) -> int:
    """Ask every gateway that keeps replies for those that have come since; how many were acknowledgements."""
    count = 0
    for gateway in gateways:
        if isinstance(gateway, KeepsReplies):
            try:
                count += record_replies(store, gateway.name, gateway.replies(), now)
            except GatewayError:
                continue  # not activated, or it cannot be reached: what it keeps comes the next time
    return count


def _take_reply(store: Store, gateway: str, reply: Reply, now: datetime) -> bool:
    mobile, said = e164(reply.mobile), _plain(reply.text)
    if not mobile or reply.at > now + AHEAD:
        return False
    with store.write() as connection:
        recent = _recent(connection, mobile, reply.at)
        waiting = [one for one in recent if one.acknowledged_at is None]
        named = [one for one in recent if one.token and one.token in said]
        rest = said
        for one in named:
            rest = rest.replace(one.token, "").replace(token_mark(""), "")
        answered = next((found[0] for found in (named, waiting, recent) if len(found) == 1), None)
        is_word = rest in _WORDS or (bool(named) and not rest)
        meaning = ReplyMeaning.ACKNOWLEDGED if answered and is_word else ReplyMeaning.TO_READ
        if not recent and _unseen(connection) >= MOST_UNSEEN:
            return False
        values = {
            "id": f"{gateway}:{reply.id}"[:200],
            "gateway": gateway,
            "mobile": mobile,
            "text": from_outside(reply.text),
            "at": reply.at,
            "ledger": answered.ledger if answered else recent[0].ledger if recent else "",
            "message_id": answered.id if answered else "",
            "meaning": meaning,
        }
        once = upsert(connection, REPLIES).values(values).on_conflict_do_nothing()
        if connection.execute(once).rowcount != 1:
            return False  # it came again
        if meaning is not ReplyMeaning.ACKNOWLEDGED or answered is None:
            return False
        first = (MESSAGES.c.id == answered.id, MESSAGES.c.acknowledged_at.is_(None))
        if connection.execute(update(MESSAGES).where(*first).values(acknowledged_at=reply.at)).rowcount != 1:
            return False
        connection.execute(update(OBLIGATIONS).where(OBLIGATIONS.c.message_id == answered.id).values(unlogged=1))
    return True


def _recent(connection: Connection, mobile: str, at: datetime) -> list[StoredMessage]:
    """What went to this number in the 72 hours before, acknowledged or not."""
    went = MESSAGES.c.accepted_at.between(at - ACKNOWLEDGED_WITHIN, at + AHEAD)
    ids = connection.scalars(select(MESSAGES.c.id).where(MESSAGES.c.mobile == mobile, went))
    return [message for identity in ids.all() if (message := by_id(connection, identity))]


def _unseen(connection: Connection) -> int:
    waiting = REPLIES.c.meaning == ReplyMeaning.TO_READ
    return connection.scalar(select(func.count()).select_from(REPLIES).where(waiting)) or 0


def replies(store: Store, *meanings: ReplyMeaning, ledger: str | None = None) -> list[StoredReply]:
    """Replies on record, oldest first; with ``ledger`` those to its SMS."""
    chosen = select(REPLIES).where(REPLIES.c.meaning.in_(meanings)).order_by(REPLIES.c.at, REPLIES.c.id)
    if ledger is not None:
        chosen = chosen.where(REPLIES.c.ledger == ledger)
    with store.read() as connection:
        return [StoredReply(**row._asdict()) for row in connection.execute(chosen)]


def mark_read(store: Store, identity: str, now: datetime) -> bool:
    """Record that a person has read it; whether it was unread."""
    this = (REPLIES.c.id == identity, REPLIES.c.meaning == ReplyMeaning.TO_READ)
    with store.write() as connection:
        seen = update(REPLIES).where(*this).values(meaning=ReplyMeaning.SEEN, seen_at=now)
        return connection.execute(seen).rowcount == 1


def e164(mobile: str) -> str:
    """A mainland number as messages hold it; others only with their plus; empty for what is none."""
    text = unicodedata.normalize("NFKC", mobile).strip().replace(" ", "").replace("-", "")
    found = re.fullmatch(r"(?:\+?86|0086)?(1[3-9]\d{9})", text, re.ASCII)
    if found:
        return f"+86{found[1]}"
    return text if re.fullmatch(r"\+\d{7,15}", text, re.ASCII) else ""


def _plain(text: str) -> str:
    """A reply as it is compared: half width, capitals, without spaces and marks."""
    folded = unicodedata.normalize("NFKC", text[:500]).upper()
    return "".join(sign for sign in folded if sign.isalnum())
