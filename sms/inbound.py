"""Inbound status reports and replies, pushed or imported: evidence about what we sent, and no more.

A report or reply names a message by the gateway's reference or its token, and must come from the number that it went
to. Whatever fits nothing or comes again changes nothing, nor does a reply that comes too late. A report never makes us
send again.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, or_, select, tuple_, update

from sms.gateways.protocol import Reply
from sms.masking import from_outside
from sms.store.keys import id_of
from sms.store.model import State, StoredMessage
from sms.store.store import Store
from sms.store.tables import MESSAGES, OBLIGATIONS, REPLIES, TALLIES
from sms.store.transitions import Moved, by_id, hold, hold_tallies, move
from sms.text import encodable, token_mark

ACKNOWLEDGED_WITHIN = timedelta(hours=72)
AHEAD = timedelta(minutes=10)
"""The clocks of provider and host may differ by this much."""
_LATEST = timedelta(hours=72)
_EARLIEST = datetime(2000, 1, 1)
MOST_UNSEEN = 1_000
"""So many replies of strangers are kept; a flood of them must not fill the disk."""
_WORDS = frozenset({"收到", "已收到", "1"})
_OPEN = (State.SUBMITTING, State.UNKNOWN, State.NEEDS_HUMAN)
"""In doubt. Also what is under way: its sender may have died, and its report may come before its answer is stored."""

_TAKEN = (State.ACCEPTED, State.EXPIRED)
"""Without a receipt so far; 无回执 too, for a platform's export may be read in after a long holiday."""

# Made once: a post may hold hundreds of entries.
_TO = (MESSAGES.c.gateway == bindparam("gateway"), MESSAGES.c.mobile == bindparam("mobile"))
_NAMED = select(MESSAGES.c.id).where(*_TO, or_(MESSAGES.c.ref == bindparam("ref"), MESSAGES.c.id == bindparam("id")))
_IN_DOUBT = select(MESSAGES.c.id).where(*_TO, MESSAGES.c.state.in_(_OPEN)).limit(2)
_WENT = (
    select(MESSAGES.c.id, MESSAGES.c.ledger, MESSAGES.c.token, MESSAGES.c.acknowledged_at)
    .where(
        MESSAGES.c.mobile == bindparam("mobile"), MESSAGES.c.accepted_at.between(bindparam("first"), bindparam("last"))
    )
    .order_by(MESSAGES.c.accepted_at.desc(), MESSAGES.c.id)
)
_ACKNOWLEDGE = (
    update(MESSAGES).where(MESSAGES.c.id == bindparam("this_id")).values(acknowledged_at=bindparam("replied_at"))
)
_LOG_AGAIN = update(OBLIGATIONS).where(OBLIGATIONS.c.message_id == bindparam("this_id")).values(unlogged=1)
_COUNT = (
    update(TALLIES)
    .where(
        tuple_(TALLIES.c.ledger, TALLIES.c.matter).in_(
            select(OBLIGATIONS.c.ledger, OBLIGATIONS.c.matter).where(OBLIGATIONS.c.message_id == bindparam("this_id"))
        ),
        or_(TALLIES.c.acknowledged_at.is_(None), TALLIES.c.acknowledged_at < bindparam("replied_at")),
    )
    .values(acknowledged_at=bindparam("replied_at"))
)
_KNOWN = select(REPLIES.c.id).where(REPLIES.c.id == bindparam("id"))
_KEEP = insert(REPLIES)


class ReplyMeaning(StrEnum):
    """What a reply is: an acknowledgement, or something for a person to read."""

    ACKNOWLEDGED = "签收"
    TO_READ = "回复待看"
    SEEN = "已看"


@dataclass(frozen=True, slots=True)
class StatusReport:
    """A status report as it was received. ``ref`` is the gateway's reference or ours, ``mobile`` as it was written,
    ``submitted`` when the gateway says that it got the SMS.
    """

    ref: str
    mobile: str
    delivered: bool
    at: datetime | None
    said: str = ""
    submitted: datetime | None = None


# Strangers' belong to no ledger; by that an index finds them.
_UNREAD = select(func.count()).where(REPLIES.c.ledger == "", REPLIES.c.meaning == ReplyMeaning.TO_READ)


class _Recent(NamedTuple):
    id: str
    ledger: str
    token: str
    acknowledged_at: datetime | None


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


def record_reports(
    store: Store, gateway: str, reports: Iterable[StatusReport], now: datetime, *, by_number: bool = False
) -> Counter[str]:
    """Move messages forward, all of one post or none; how many moved, by ledger. ``by_number``: the gateway knows no
    look-up, so that a report settles the only message in doubt of its number.
    """
    found = [*reports]
    if not found:
        return Counter()
    numbers = {e164(report.mobile) for report in found}
    with store.write() as connection:
        store.serialise(connection, "inbound")
        theirs = (MESSAGES.c.gateway == gateway, MESSAGES.c.mobile.in_(numbers))
        hold(connection, *theirs, MESSAGES.c.state.in_((*_TAKEN, *_OPEN)))
        hold_tallies(connection, *theirs, MESSAGES.c.state.in_(_OPEN))
        taken = (_take_report(connection, gateway, report, now, by_number) for report in found)
        return Counter(ledger for ledger in taken if ledger)


def _take_report(
    connection: Connection, gateway: str, report: StatusReport, now: datetime, by_number: bool
) -> str | None:
    """The ledger of the message that it has moved."""
    state = State.DELIVERED if report.delivered else State.UNDELIVERED
    at = report.at if report.at and report.at <= now + AHEAD else now
    message = _reported(connection, gateway, report, by_number)
    if message is None or (message.submitted_at and at < message.submitted_at - AHEAD):
        return None
    said = "" if report.delivered else from_outside(report.said)
    try:
        if message.state in _OPEN:
            submitted = message.submitted_at or at
            message = move(connection, message, State.ACCEPTED, now, ref=report.ref, accepted_at=submitted)
        move(connection, message, state, now, receipt_at=at, explanation=said, next_at=None)
    except Moved:
        return None
    return message.ledger


def _reported(connection: Connection, gateway: str, report: StatusReport, by_number: bool) -> StoredMessage | None:
    """The message of this reference and number that waits for its receipt."""
    mobile = e164(report.mobile)
    if not report.ref or not mobile:
        return None
    to = {"gateway": gateway, "mobile": mobile}
    ids = [*connection.scalars(_NAMED, {**to, "ref": report.ref, "id": id_of(report.ref)})]
    if not ids and by_number:
        ids = [*connection.scalars(_IN_DOUBT, to)]
        return _submitted_then(by_id(connection, ids[0], to_move=True), report) if len(ids) == 1 else None
    message = by_id(connection, ids[0], to_move=True) if len(ids) == 1 else None
    return message if message and _is_of_this_round(report, message) else None


def _is_of_this_round(report: StatusReport, message: StoredMessage) -> bool:
    """Whether it is about the last request for this message. Until that is accepted, the reference in the store is the
    one of an earlier round, whose report may come once more.
    """
    if message.state in _OPEN:
        return report.ref == message.out_id
    return message.state in _TAKEN and report.ref in (message.ref, message.out_id)


def _submitted_then(message: StoredMessage | None, report: StatusReport) -> StoredMessage | None:
    """The message in doubt, if the report is about an SMS of its time: another system of the office may use the same
    account, and write to the same number.
    """
    if message is None or message.submitted_at is None:
        return None
    at = report.submitted or report.at
    return message if at and abs(at - message.submitted_at) <= (AHEAD if report.submitted else _LATEST) else None


def record_replies(store: Store, gateway: str, replies: Iterable[Reply], now: datetime) -> Counter[str]:
    """Keep each reply once, and record the acknowledgements, all of one post or none; how many there were of these, by
    ledger. One whose time cannot be, or is still to come (this host's clock is slow), has come now: some gateways give
    each only once.
    """
    found = [reply if _EARLIEST <= reply.at <= now + AHEAD else replace(reply, at=now) for reply in replies]
    if not found:
        return Counter()
    numbers = {e164(reply.mobile) for reply in found}
    earliest = min(reply.at for reply in found) - ACKNOWLEDGED_WITHIN
    with store.write() as connection:
        store.serialise(connection, "inbound")
        recent = (MESSAGES.c.mobile.in_(numbers), MESSAGES.c.accepted_at >= earliest)
        hold(connection, *recent)
        hold_tallies(connection, *recent, MESSAGES.c.acknowledged_at.is_(None))
        taken = (_take_reply(connection, gateway, reply) for reply in found)
        return Counter(ledger for ledger in taken if ledger)


def _take_reply(connection: Connection, gateway: str, reply: Reply) -> str | None:
    """The ledger whose message it acknowledges."""
    mobile, said = e164(reply.mobile), _plain(reply.text)
    identity = encodable(f"{gateway}:{reply.id}"[:200])
    if not mobile or connection.scalar(_KNOWN, {"id": identity}) is not None:
        return None  # nobody's, or it came again
    recent = _recent(connection, mobile, reply.at)
    waiting = [one for one in recent if one.acknowledged_at is None]
    named = [one for one in recent if one.token and one.token in said]
    rest = said
    for one in named:
        rest = rest.replace(one.token, "").replace(token_mark(""), "")
    meant = (named,) if named else (waiting, recent)  # who names two means neither a third one
    answered = next((found[0] for found in meant if len(found) == 1), None)
    is_word = rest in _WORDS or (bool(named) and not rest)
    meaning = ReplyMeaning.ACKNOWLEDGED if answered and is_word else ReplyMeaning.TO_READ
    if not recent and (connection.scalar(_UNREAD) or 0) >= MOST_UNSEEN:
        return None
    values = {
        "id": identity,
        "gateway": gateway,
        "mobile": mobile,
        "text": from_outside(reply.text),
        "at": reply.at,
        "ledger": answered.ledger if answered else recent[0].ledger if recent else "",
        "message_id": answered.id if answered else "",
        "meaning": meaning,
    }
    connection.execute(_KEEP, values)
    if meaning is not ReplyMeaning.ACKNOWLEDGED or answered is None or answered.acknowledged_at:
        return None
    connection.execute(_ACKNOWLEDGE, {"this_id": answered.id, "replied_at": reply.at})
    connection.execute(_LOG_AGAIN, {"this_id": answered.id})
    connection.execute(_COUNT, {"this_id": answered.id, "replied_at": reply.at})
    return answered.ledger


def _recent(connection: Connection, mobile: str, at: datetime) -> list[_Recent]:
    """What went to this number in the 72 hours before, acknowledged or not; the last one first."""
    asked = {"mobile": mobile, "first": at - ACKNOWLEDGED_WITHIN, "last": at + AHEAD}
    return [_Recent(*row) for row in connection.execute(_WENT, asked)]


def replies(store: Store, *meanings: ReplyMeaning, ledger: str | None = None) -> list[StoredReply]:
    """Replies on record, oldest first; with ``ledger`` those to its SMS."""
    chosen = select(REPLIES).where(REPLIES.c.meaning.in_(meanings)).order_by(REPLIES.c.at, REPLIES.c.id)
    if ledger is not None:
        chosen = chosen.where(REPLIES.c.ledger == ledger)
    with store.read_once() as connection:
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
