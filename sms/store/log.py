"""短信记录: rows for the book, one for each obligation covered. The way back from them stands in ``rebuild``."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select, update
from sqlalchemy.sql.functions import coalesce, count
from sqlalchemy.sql.functions import max as maximum

from sms.numbers import mask_mobile, mask_numbers
from sms.store.model import BOOK_WORD, State
from sms.store.store import Store
from sms.store.tables import MESSAGES, OBLIGATIONS
from sms.store.transitions import hold_carriers

_CHUNK = 500
_COLUMNS = [
    *OBLIGATIONS.c,
    *(MESSAGES.c[name].label(f"message_{name}") for name in ("at", "name", "mobile", "text", "state", "explanation")),
    MESSAGES.c.accepted_at,
    MESSAGES.c.receipt_at,
    MESSAGES.c.acknowledged_at,
]
LogRow = dict[str, Any]
Standing = frozenset[tuple[str, int, datetime]]
SentRow = tuple[str, datetime, str, str, str, str, str, str, str]
"""One obligation that a message covered: the message, when it left, to whom (unit, name, number; masked), its kind, and
the matter, node and period about which it was.
"""


def log_rows(store: Store, ledger: str, matter: str | None = None) -> Iterator[LogRow]:
    """What changed since ``confirm_log``, or all that is known of one ``matter``, in the order in which it fell due."""
    wanted = OBLIGATIONS.c.unlogged == 1 if matter is None else OBLIGATIONS.c.matter == matter
    with store.read_once() as connection:
        for row in connection.execute(_done(ledger).where(wanted).order_by(OBLIGATIONS.c.at, OBLIGATIONS.c.number)):
            yield _log_row(row)


def sent_since(store: Store, ledger: str, since: datetime, states: Collection[State]) -> Iterator[SentRow]:
    """The obligations that fell due from ``since`` on and whose messages stand in one of ``states``, in no order."""
    shown_at = coalesce(MESSAGES.c.accepted_at, MESSAGES.c.at)
    told = (MESSAGES.c.id, shown_at, OBLIGATIONS.c.unit, MESSAGES.c.name, MESSAGES.c.mobile)
    about = (OBLIGATIONS.c.kind, OBLIGATIONS.c.matter, OBLIGATIONS.c.duty, OBLIGATIONS.c.period)
    wanted = (OBLIGATIONS.c.ledger == ledger, OBLIGATIONS.c.at >= since, MESSAGES.c.state.in_(states))
    joined = OBLIGATIONS.join(MESSAGES, OBLIGATIONS.c.message_id == MESSAGES.c.id)
    names, mobiles = cache(mask_numbers), cache(mask_mobile)
    with store.read_once() as connection:
        rows = connection.execute(select(*told, *about).select_from(joined).where(*wanted)).all()
    for sms, at, unit, name, mobile, kind, matter, duty, period in rows:
        yield sms, at, unit, names(name), mobiles(mobile), kind, matter, duty, period


def standing_since(store: Store, ledger: str, since: datetime, states: Collection[State]) -> Standing:
    """How many messages of the time from ``since`` on stand in each of ``states``, and when the newest came to it:
    cheap to ask, and another as soon as ``sent_since`` would give other rows.
    """
    told = (MESSAGES.c.state, count(), maximum(MESSAGES.c.changed_at))
    wanted = (MESSAGES.c.ledger == ledger, MESSAGES.c.at >= since, MESSAGES.c.state.in_(states))
    with store.read_once() as connection:
        rows = connection.execute(select(*told).where(*wanted).group_by(MESSAGES.c.state)).all()
    return frozenset((state, messages, newest) for state, messages, newest in rows)


def restore_rows(store: Store, ledger: str, standing: Mapping[str, str], since: datetime) -> int:
    """A book was restored from an older copy: whatever it lacks of the time from ``since`` on, or shows in another
    state than ``standing`` (number → state word), is to be written again; how many rows.
    """
    shown_at = coalesce(MESSAGES.c.accepted_at, MESSAGES.c.at, OBLIGATIONS.c.recorded_at)
    with store.write() as connection:
        rows = connection.execute(_done(ledger).where(shown_at >= since)).all()
        stale = [{"_number": row.number} for row in rows if standing.get(row.number) != _word(row)]
        if stale:
            hold_carriers(connection, [one["_number"] for one in stale])
            this = OBLIGATIONS.c.number == bindparam("_number")
            connection.execute(update(OBLIGATIONS).where(this).values(unlogged=1), stale)
    return len(stale)


def _done(ledger: str) -> Select[Any]:
    """Obligations with their messages, without those that still wait to be sent."""
    joined = OBLIGATIONS.outerjoin(MESSAGES, OBLIGATIONS.c.message_id == MESSAGES.c.id)
    done = or_(OBLIGATIONS.c.message_id.is_(None), MESSAGES.c.state != State.PENDING)
    return select(*_COLUMNS).select_from(joined).where(OBLIGATIONS.c.ledger == ledger, done)


def confirm_log(store: Store, rows: Iterable[Mapping[str, Any]]) -> None:
    """The book now holds these rows. One that has changed meanwhile (a receipt, an acknowledgement) stays to be
    written.
    """
    written = {row["number"]: row for row in rows}
    if not written:
        return
    numbers = [*written]
    joined = OBLIGATIONS.outerjoin(MESSAGES, OBLIGATIONS.c.message_id == MESSAGES.c.id)
    with store.write() as connection:
        hold_carriers(connection, numbers)
        same: list[dict[str, str]] = []
        for start in range(0, len(numbers), _CHUNK):
            chosen = select(*_COLUMNS).select_from(joined)
            rows_now = connection.execute(chosen.where(OBLIGATIONS.c.number.in_(numbers[start : start + _CHUNK])))
            same += ({"_number": row.number} for row in rows_now if _log_row(row) == written[row.number])
        if same:
            this = OBLIGATIONS.c.number == bindparam("_number")
            connection.execute(update(OBLIGATIONS).where(this).values(unlogged=0), same)


def _word(row: Any) -> str | None:
    return BOOK_WORD.get(State(row.message_state)) if row.message_state else BOOK_WORD[State.MISSED]


def _log_row(row: Any) -> LogRow:
    return {
        "number": row.number,
        "at": row.accepted_at or row.message_at or row.recorded_at,
        "matter": row.matter,
        "unit": row.unit,
        "recipient": mask_numbers(row.message_name or ""),
        "mobile": mask_mobile(row.message_mobile) if row.message_mobile else "",
        "node": row.duty,
        "period": row.period,
        "slot": row.slot,
        "due": row.at,
        "kind": row.kind,
        "clause": row.clause,
        "text": mask_numbers(row.message_text or ""),
        "state": _word(row),
        "receipt_at": row.receipt_at,
        "acknowledged_at": row.acknowledged_at,
        "explanation": mask_numbers(row.missed_reason or row.message_explanation or ""),
        "role": row.role,
        "duty_due": row.due,
        "ordinal": row.ordinal,
        "owed_by": row.owed_by,
    }
