"""What a fleet in chaos owed, by the simulation of its ledgers, and what came of each SMS: at the phone, in the outbox
and in the book.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Row, select

from engine.facts.ledger import Ledger
from engine.facts.message import Obligation, ObligationKey
from engine.ledger.headings.columns import MESSAGE_LOG
from engine.ledger.reading.ledger import read_ledger, read_rows
from engine.policy.loading import shipped_policies
from engine.review.simulate import simulate
from engine.rules.messages.sending import STALE, SUPERSEDED
from sms.store.model import State, StoredMessage
from sms.store.tables import OBLIGATIONS
from tests.fleet.fleet_office import Fleet
from tests.sms.standin.phone import Taken

AFTERWARDS = timedelta(days=1)
"""Slots of so long after the span count as newer ones: a pass may come that late."""


@dataclass
class Span:
    """The office time that is accounted for. ``of_a_request``: how long one may take."""

    start: datetime
    end: datetime
    of_a_request: timedelta


@dataclass
class Account:
    """Counts of obligations (``sent``, ``missed`` by reason) and of SMS (``arrived``); the faults in words."""

    arrived: int = 0
    sent: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.arrived} SMS, {self.sent} obligations sent, {self.missed.total()} missed {dict(self.missed)},"
            f" lost {self.lost}, doubled {self.doubled}, other faults {self.faults}"
        )


def doubled(taken: Iterable[Taken]) -> list[str]:
    """What arrived more than once, by the mark of the message, or by number and token, which are made of what it is
    about.
    """
    arrivals = [*taken]
    counts = Counter(one.mark for one in arrivals) + Counter(f"{one.mobile} {one.text}" for one in arrivals)
    return [f"{name} {count} times" for name, count in counts.items() if count > 1]


def account(fleet: Fleet, before: Mapping[Path, bytes], taken: Iterable[Taken], span: Span) -> Account:
    """The account of all ledgers; ``before``: their workbooks as they were, ``taken``: what arrived."""
    arrivals = {one.mark: one for one in taken}
    found = Account(len(arrivals), doubled=doubled(taken))
    known: set[str] = set()
    for book, data in before.items():
        found.faults += [f"{book.name}: {problem}"] if (problem := fleet.ledger(book).problem) else []
        ledger = read_ledger(data)
        messages = {one.id: one for one in fleet.station.outbox.messages(ledger.settings.ledger_id)}
        known |= {one.out_id for one in messages.values()}
        _ledger(found, Fates(fleet, ledger, messages, arrivals, span))
        _book(found, fleet, book, data)
    found.faults += [f"{mark}: nobody's" for mark in arrivals.keys() - known]
    return found


@dataclass
class Fates:
    """What came of the obligations of one ledger."""

    fleet: Fleet
    ledger: Ledger
    messages: Mapping[str, StoredMessage]
    arrivals: Mapping[str, Taken]
    span: Span

    def recorded(self) -> dict[ObligationKey, Row]:
        """Every obligation on record, 晨报 aside."""
        ours = (OBLIGATIONS.c.ledger == self.ledger.settings.ledger_id, OBLIGATIONS.c.matter != "")
        with self.fleet.station.outbox.store.read() as connection:
            rows = connection.execute(select(OBLIGATIONS).where(*ours)).all()
        return {ObligationKey(*(getattr(row, name) for name in ObligationKey._fields)): row for row in rows}


def _ledger(found: Account, fates: Fates) -> None:
    span, recorded = fates.span, fates.recorded()
    messages = simulate(fates.ledger, shipped_policies(), span.start, span.end + AFTERWARDS)
    called_for = {slot.key: slot for message in messages for slot in message.covers}
    owed = {key: slot for key, slot in called_for.items() if slot.at < span.end}
    found.faults += [f"{key}: not owed" for key, row in recorded.items() if row.at < span.end and key not in owed]
    for key, slot in owed.items():
        row = recorded.get(key)
        message = fates.messages.get(row.message_id or "") if row else None
        arrival = fates.arrivals.get(message.out_id) if message else None
        if row is None:
            found.lost.append(f"{key}: not recorded")
        elif message and message.state is not State.MISSED:
            _sent(found, slot, message, arrival, span)
        else:
            _missed(found, slot, row, message, called_for)
            found.faults += [f"{key}: 错过未发, but it arrived at {arrival.at}"] if arrival else []


def _sent(found: Account, slot: Obligation, message: StoredMessage, arrival: Taken | None, span: Span) -> None:
    if arrival is None:
        found.lost.append(f"{slot.key}: {message.state} {message.explanation}")
        return
    found.sent += 1
    if message.state not in (State.ACCEPTED, State.DELIVERED):
        found.faults.append(f"{slot.key}: arrived, and stands as {message.state} {message.explanation}")
    expires = message.expires_at  # of several that go together the last counts, and each of them is no later
    if arrival.at < slot.at or (slot.expires_at and expires and arrival.at >= expires + span.of_a_request):
        found.faults.append(f"{slot.key}: due at {slot.at}, arrived at {arrival.at}")


def _missed(
    found: Account,
    slot: Obligation,
    row: Row,
    message: StoredMessage | None,
    called_for: Mapping[ObligationKey, Obligation],
) -> None:
    """A reason must stand there, and be true."""
    reason = message.explanation if message else row.missed_reason
    found.missed[reason] += 1
    newer = any(_follows(other, slot) for other in called_for.values())
    stale = slot.expires_at is not None
    causes = {SUPERSEDED: newer, STALE: stale and row.recorded_at >= slot.expires_at}
    if not (causes.get(reason, False) if message is None else reason and (newer or stale)):
        found.faults.append(f"{slot.key}: 错过未发 for {reason!r}")


def _follows(other: Obligation, slot: Obligation) -> bool:
    same = (other.duty_key, other.key.unit, other.key.role) == (slot.duty_key, slot.key.unit, slot.key.role)
    return same and other.at > slot.at


def _book(found: Account, fleet: Fleet, book: Path, data: bytes) -> None:
    """The workbook is whole: what people wrote stands there, and what was done stands there or is still to be
    written.
    """
    outbox, now = fleet.station.outbox, read_ledger(book.read_bytes())
    facts = [[(one.number, one.content, one.assigned_at) for one in read.matters] for read in (read_ledger(data), now)]
    if facts[0] != facts[1]:
        found.faults.append(f"{book.name}: its matters have changed")
    written = Counter(str(row["number"]) for row in read_rows(book.read_bytes(), MESSAGE_LOG.key))
    found.faults += [
        f"{book.name}: {number} stands there {count} times" for number, count in written.items() if count > 1
    ]
    with outbox.store.read() as connection:
        done = select(OBLIGATIONS).where(OBLIGATIONS.c.ledger == now.settings.ledger_id, OBLIGATIONS.c.unlogged == 0)
        absent = {row.number for row in connection.execute(done)} - written.keys()
    found.faults += [f"{book.name}: {number} is not in 短信记录" for number in absent]
