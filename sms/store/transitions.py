"""Moving messages from state to state: every move is a compare-and-set."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Integer,
    Row,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from sms.store.claim import covers_of
from sms.store.json_list import TextsOf
from sms.store.model import BOOK_WORD, Route, State, StoredMessage
from sms.store.store import Store, store_of
from sms.store.tables import ATTEMPTS, MESSAGES, OBLIGATIONS, TALLIES

_CHUNK = 200
_NAMES = [field.name for field in fields(StoredMessage) if field.name != "covers"]
_COLUMNS = [MESSAGES.c[name] for name in _NAMES]

# Made once: building a statement costs more than running it.
_MINE = MESSAGES.c.ledger.in_(bindparam("ledgers", expanding=True))
_DUE = (
    _MINE,
    MESSAGES.c.state == bindparam("this_state"),
    or_(MESSAGES.c.next_at.is_(None), MESSAGES.c.next_at <= bindparam("now")),
)
_LATER = tuple_(MESSAGES.c.at, MESSAGES.c.id) > tuple_(bindparam("after", type_=DateTime()), bindparam("after_id"))
_PAGE = select(*_COLUMNS).where(*_DUE, _LATER).order_by(MESSAGES.c.at, MESSAGES.c.id).limit(_CHUNK)
_BEHIND = tuple_(MESSAGES.c.rank, MESSAGES.c.ledger, MESSAGES.c.id) > tuple_(
    bindparam("after_rank"), bindparam("after_ledger"), bindparam("after_id")
)
_BY_RANK = (MESSAGES.c.rank, MESSAGES.c.ledger, MESSAGES.c.id)
_QUEUE = select(*_COLUMNS).where(*_DUE, _BEHIND).order_by(*_BY_RANK).limit(bindparam("most"))
_ANY_DUE = select(MESSAGES.c.id).where(*_DUE).limit(1)
_FRONT = {"after_rank": "", "after_ledger": "", "after_id": ""}
_WAITING = (State.PENDING, State.SUBMITTING, State.UNKNOWN, State.ACCEPTED)
_NEXT_DUE = select(func.min(MESSAGES.c.next_at)).where(
    _MINE, MESSAGES.c.state.in_(bindparam("states", expanding=True)), MESSAGES.c.next_at > bindparam("after")
)


_IN_THE_SAME_WORD = {(State.UNKNOWN, State.ACCEPTED), (State.ACCEPTED, State.EXPIRED)}
"""Moves that leave the word in the book as it is, and change when it went out or why."""


class Moved(Exception):
    """The message is no longer in the state it was read in: whoever moved it continues with it."""


def move(connection: Connection, message: StoredMessage, state: State, now: datetime, **values: Any) -> StoredMessage:
    """Take ``message`` from the state it was read in to ``state``, setting ``values``; the message as it is then.

    Compared is the attempt as well: a host that was frozen for minutes wakes with the answer to its own request, and
    that says nothing about the request of whoever went on.

    Raises:
        Moved: somebody else has moved it since.
    """
    store = store_of(connection)
    stored = {**values, "state": state, "changed_at": now}
    if "tried" in values:
        stored["tried"] = "\n".join(values["tried"])
    compared = {"this_id": message.id, "this_state": message.state, "this_attempt": message.attempts}
    if store.run(connection, _moving(type(store), tuple(stored)), {**stored, **compared}).rowcount != 1:
        raise Moved(message.id)
    before = message.state
    if before in BOOK_WORD and (BOOK_WORD[before] != BOOK_WORD.get(state) or (before, state) in _IN_THE_SAME_WORD):
        connection.execute(update(OBLIGATIONS).where(OBLIGATIONS.c.message_id == message.id).values(unlogged=1))
    if state is State.ACCEPTED and message.state is not State.ACCEPTED:
        first = message.accepted_at is None  # one more try is no second urging
        counted = {"this_id": message.id, "now": values.get("accepted_at", now), "counted": int(first)}
        store.run(connection, _counting(type(store)), counted)
    return replace(message, **values, state=state)


def submit(connection: Connection, message: StoredMessage, route: Route, now: datetime) -> StoredMessage:
    """To be committed before the request is made: whatever happens next, the attempt is known, and that it was
    interrupted if nobody has settled it by the time at which it has certainly ended. (A host makes it within half of
    ``interrupted_after``, or not at all.)
    """
    store = store_of(connection)
    interrupted = max(store.interrupted_after, store.interrupted_after / 2 + timedelta(seconds=route.seconds))
    moved = move(
        connection,
        message,
        State.SUBMITTING,
        now,
        gateway=route.gateway,
        account=route.account,
        attempts=message.attempts + 1,
        submitted_at=now,
        submitted_by=route.host,
        first_submitted_at=message.first_submitted_at or now,
        absences=0,
        absent_since=None,
        next_at=now + interrupted if store.interrupted_after else None,
    )
    attempt = {"message_id": message.id, "gateway": route.gateway, "mobile": message.mobile, "at": now, "outcome": ""}
    store.run(connection, _noting(type(store), tuple(attempt)), attempt)
    return moved


def mark_attempt(connection: Connection, message: StoredMessage, outcome: str) -> None:
    """Note how the last attempt ended; one that was certainly not sent does not count against the daily limit."""
    last = select(func.max(ATTEMPTS.c.id)).where(ATTEMPTS.c.message_id == message.id).scalar_subquery()
    connection.execute(update(ATTEMPTS).where(ATTEMPTS.c.id == last).values(outcome=outcome))


def in_state(
    store: Store, ledgers: Collection[str], state: State, now: datetime = datetime.max
) -> Iterator[StoredMessage]:
    """Messages of these ledgers in ``state``, oldest first, with their covers; with ``now`` those whose time has come.

    Read in chunks, so that ten thousand take no more memory than two hundred. A message that is moved while they are
    read may be handed out as it was: ``move`` notices.
    """
    place = {"after": datetime.min, "after_id": ""}
    while True:
        with store.read() as connection:
            asked = {"ledgers": [*ledgers], "this_state": state, "now": now, **place}
            messages = _with_covers(connection, connection.execute(_PAGE, asked).all())
        yield from messages
        if len(messages) < _CHUNK:
            return
        place = {"after": messages[-1].at, "after_id": messages[-1].id}


def hold(connection: Connection, *chosen: ColumnElement[bool]) -> None:
    """Until this transaction ends nobody else moves these messages, or changes what is recorded of their obligations;
    who is about to is waited for.
    """
    if not store_of(connection).one_writer:
        these = select(MESSAGES.c.id).where(*chosen).order_by(MESSAGES.c.id)
        connection.execute(these.with_for_update(key_share=True))


def hold_tallies(connection: Connection, *chosen: ColumnElement[bool]) -> None:
    """Until this transaction ends nobody else changes the tallies of the matters of these messages. For whoever counts
    several messages: a sender takes the tallies of each in their order, and each would wait for the other.
    """
    if store_of(connection).one_writer:
        return
    carried = OBLIGATIONS.join(MESSAGES, OBLIGATIONS.c.message_id == MESSAGES.c.id)
    matters = select(OBLIGATIONS.c.ledger, OBLIGATIONS.c.matter).select_from(carried).where(*chosen)
    order = (TALLIES.c.ledger, TALLIES.c.matter)
    connection.execute(select(*order).where(tuple_(*order).in_(matters)).order_by(*order).with_for_update())


def hold_carriers(connection: Connection, numbers: Sequence[str]) -> None:
    """``hold`` for the messages that carry the obligations of these numbers."""
    listed = select(TextsOf(bindparam("numbers", json.dumps(numbers))).table_valued("value").c.value)
    carriers = select(OBLIGATIONS.c.message_id).where(OBLIGATIONS.c.number.in_(listed))
    hold(connection, MESSAGES.c.id.in_(carriers))


def by_id(connection: Connection, identity: str, *, to_move: bool = False) -> StoredMessage | None:
    """The message of this id, or the one that covers the obligation of this number; held if it is ``to_move``."""
    this = MESSAGES.c.id.in_(select(OBLIGATIONS.c.message_id).where(OBLIGATIONS.c.number == identity))
    if to_move:
        hold(connection, this)
    rows = connection.execute(select(*_COLUMNS).where(this)).all()
    return next(iter(_with_covers(connection, rows)), None)


def by_ids(store: Store, ids: Iterable[str]) -> list[StoredMessage]:
    """The messages of these ids that there are, each once, in the order of the ids."""
    asked = dict.fromkeys(ids)
    if not asked:
        return []
    listed = select(TextsOf(bindparam("ids", json.dumps([*asked]))).table_valued("value").c.value)
    with store.read() as connection:
        rows = connection.execute(select(*_COLUMNS).where(MESSAGES.c.id.in_(listed))).all()
        found = {message.id: message for message in _with_covers(connection, rows)}
    return [found[one] for one in asked if one in found]


def queue(
    store: Store, ledgers: Collection[str], now: datetime, after: StoredMessage | None, most: int
) -> list[StoredMessage]:
    """The next messages to send, in the order of their ranks: the first ``most``, or those that stand after one."""
    place = {"after_rank": after.rank, "after_ledger": after.ledger, "after_id": after.id} if after else _FRONT
    asked = {"ledgers": [*ledgers], "this_state": State.PENDING, "now": now, "most": most, **place}
    with store.read() as connection:
        return _with_covers(connection, connection.execute(_QUEUE, asked).all())


def any_due(store: Store, ledgers: Collection[str], now: datetime) -> bool:
    """Whether a message could be sent now, if a gateway could be used."""
    with store.read() as connection:
        asked = {"ledgers": [*ledgers], "this_state": State.PENDING, "now": now}
        return connection.scalar(_ANY_DUE, asked) is not None


def has_work(store: Store, ledgers: Collection[str], now: datetime) -> bool:
    """Whether something of these ledgers waits to be sent or looked up now, or was interrupted."""
    with store.read() as connection:
        states = (State.PENDING, State.UNKNOWN, State.SUBMITTING)
        asked = ({"ledgers": [*ledgers], "this_state": state, "now": now} for state in states)
        return any(connection.scalar(_ANY_DUE, one) is not None for one in asked)


def next_due(
    store: Store, ledgers: Collection[str], after: datetime, states: Collection[State] = _WAITING
) -> datetime | None:
    """When, after this time, the next message in one of these states has to be handled again. What is due already
    has no say: it could not be handled just now, and must not hide what comes next.
    """
    with store.read() as connection:
        given = {"ledgers": [*ledgers], "states": [*states], "after": after}
        due: datetime | None = connection.scalar(_NEXT_DUE, given)
        return due


def _with_covers(connection: Connection, rows: Sequence[Row[Any]]) -> list[StoredMessage]:
    covers = covers_of(connection, [row.id for row in rows]) if rows else {}
    messages = []
    for row in rows:
        values = dict(zip(_NAMES, row, strict=True))
        values["parameters"] = json.loads(values["parameters"] or "{}")
        values["state"] = State(values["state"])
        values["tried"] = tuple(values["tried"].splitlines())
        messages.append(StoredMessage(**values, covers=tuple(covers.get(values["id"], ()))))
    return messages


# Three statements run for every message. Compiled once: building and hashing them anew costs more than the commit.


@cache
def _moving(store: type[Store], columns: tuple[str, ...]) -> str:
    unchanged = (
        MESSAGES.c.id == bindparam("this_id"),
        MESSAGES.c.state == bindparam("this_state"),
        MESSAGES.c.attempts == bindparam("this_attempt"),
    )
    return store.compiled(update(MESSAGES).where(*unchanged), columns)


@cache
def _noting(store: type[Store], columns: tuple[str, ...]) -> str:
    return store.compiled(store.insert(ATTEMPTS).inline(), columns)


@cache
def _counting(store: type[Store]) -> str:
    """Add the covers of a message that went out to its matters' tallies."""
    matter = (OBLIGATIONS.c.ledger, OBLIGATIONS.c.matter)
    sums = (
        select(
            *matter,
            func.sum(cast(OBLIGATIONS.c.counts_as_urging, Integer)) * bindparam("counted", type_=Integer()),
            bindparam("now", type_=DateTime()),
        )
        .where(OBLIGATIONS.c.message_id == bindparam("this_id"))
        .group_by(*matter)
        .order_by(*matter)
    )
    fresh = store.insert(TALLIES).from_select(["ledger", "matter", "urgings", "last_sent_at"], sums)
    standing, coming = TALLIES.c.last_sent_at, fresh.excluded.last_sent_at
    added = {
        "urgings": TALLIES.c.urgings + fresh.excluded.urgings,
        "last_sent_at": case((coming > standing, coming), else_=standing),
    }
    return store.compiled(fresh.on_conflict_do_update(index_elements=TALLIES.primary_key.columns, set_=added))
