"""How messages flow, ledger by ledger: what waits and since when, how many went out lately, how many stand where."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.sql.elements import ColumnElement

from sms.limits import NOT_SENT
from sms.store.model import State
from sms.store.store import Store
from sms.store.tables import ATTEMPTS, MESSAGES, OBLIGATIONS

_WAITING = (State.PENDING, State.SUBMITTING, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Flow:
    """The messages of one ledger. ``waiting`` are to be sent or looked up; ``since``: when the oldest of them fell due
    (office time); ``requests``: made of gateways since the time asked for, those that certainly reached nobody apart.
    """

    waiting: int = 0
    since: datetime | None = None
    requests: int = 0


def flows(store: Store, since: datetime) -> dict[str, Flow]:
    """The flow of every ledger of which something waits or was requested since then, by 台账标识."""
    still_open = (
        select(MESSAGES.c.ledger, func.count(), func.min(MESSAGES.c.at))
        .where(MESSAGES.c.state.in_(_WAITING))
        .group_by(MESSAGES.c.ledger)
    )
    requested = (
        select(MESSAGES.c.ledger, func.count().label("requests"))
        .join(ATTEMPTS, ATTEMPTS.c.message_id == MESSAGES.c.id)
        .where(ATTEMPTS.c.at >= since, ATTEMPTS.c.outcome != NOT_SENT)
        .group_by(MESSAGES.c.ledger)
    )
    with store.read() as connection:
        waiting = {ledger: (count, oldest) for ledger, count, oldest in connection.execute(still_open)}
        requests = {row.ledger: row.requests for row in connection.execute(requested)}
    return {ledger: Flow(*waiting.get(ledger, (0, None)), requests.get(ledger, 0)) for ledger in {*waiting, *requests}}


def counts(store: Store, ledger: str, states: Collection[State]) -> Counter[State]:
    """How many messages of a ledger are in each of these states."""
    with store.read_once() as connection:
        return _by_state(connection, MESSAGES.c.ledger == ledger, MESSAGES.c.state.in_(states))


def tally(store: Store, ledger: str, since: datetime) -> Counter[State]:
    """How many messages came into each state since then; obligations missed without one count as missed."""
    late = (OBLIGATIONS.c.ledger == ledger, OBLIGATIONS.c.recorded_at >= since, OBLIGATIONS.c.message_id.is_(None))
    with store.read() as connection:
        found = _by_state(connection, MESSAGES.c.ledger == ledger, MESSAGES.c.changed_at >= since)
        found[State.MISSED] += connection.scalar(select(func.count()).select_from(OBLIGATIONS).where(*late)) or 0
    return found


def _by_state(connection: Connection, *chosen: ColumnElement[bool]) -> Counter[State]:
    rows = connection.execute(select(MESSAGES.c.state, func.count()).where(*chosen).group_by(MESSAGES.c.state))
    return Counter({State(word): count for word, count in rows})
