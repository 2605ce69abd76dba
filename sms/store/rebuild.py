"""The way back from 短信记录 when the journal is lost, or was restored from a backup older than the book."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, and_, cast, func, insert, select, update

from sms.store.claim import alone, obligation_row, present, settle
from sms.store.keys import number_of
from sms.store.model import BOOK_WORD, Cover, DutyRef, Key, State
from sms.store.store import Store, store_of
from sms.store.tables import MESSAGES, OBLIGATIONS, TALLIES
from sms.store.transitions import hold

URGING_KINDS = ("催办", "月报催办")
GIVEN_UP = "重新接管时还没有发出，是否已由别处发出无法确认，不再发送"
_MOST = 100_000
"""A greater ordinal was typed by somebody; the store could not hold any."""
_STATE_OF = {word: state for state, word in BOOK_WORD.items()} | {"已提交": State.ACCEPTED}
_HAS_RECEIPT = (BOOK_WORD[State.DELIVERED], BOOK_WORD[State.UNDELIVERED])
_WRITTEN_OVER = ("state", "accepted_at", "receipt_at", "changed_at", "explanation")
Rows = Iterable[Mapping[str, Any]]


def count_unrecorded(store: Store, ledger: str, rows: Rows) -> int:
    """How many SMS of the book this journal did not send. More than none: it is not the journal that sent them, or it
    is older than the book. Rows whose number is not that of their key were typed or copied by somebody, and count for
    nothing.
    """
    recorded = {str(row.get("number") or ""): row for row in rows}
    with store.read() as connection:
        strange = recorded.keys() - present(connection, [*recorded])
        strange |= {number for number, tried in _waiting(connection, ledger) if _has_gone(recorded.get(number), tried)}
    covers = ((number, _cover(ledger, recorded[number], ())) for number in strange)
    return sum(1 for number, cover in covers if cover and number_of(cover.key) == number)


def _waiting(connection: Connection, ledger: str) -> list[tuple[str, bool]]:
    """Numbers whose message waits to be sent for the first time, and whether it has been tried: then the book may show
    it as 已提交, from the time when nobody knew how the try had ended.
    """
    first = (MESSAGES.c.ledger == ledger, MESSAGES.c.state == State.PENDING, MESSAGES.c.round == 0)
    chosen = select(OBLIGATIONS.c.number, MESSAGES.c.attempts > 0)
    joined = chosen.join(MESSAGES, OBLIGATIONS.c.message_id == MESSAGES.c.id)
    return [(number, bool(tried)) for number, tried in connection.execute(joined.where(*first))]


def _has_gone(row: Mapping[str, Any] | None, tried: bool) -> bool:
    """Whether the book shows that a message which waits here went out."""
    return row is not None and (not tried or row.get("state") in _HAS_RECEIPT)


def rebuild(store: Store, ledger: str, rows: Rows, at: datetime, urging_kinds: Collection[str]) -> int:
    """Keys, settlements and tallies from the rows of the book, after the journal was lost; how many keys were new.

    Afterwards nothing that the book records is sent again, and nothing that waited here: whether somebody else has sent
    it since is unknown. Rows without the columns of a key are passed over.
    """
    obligations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    settled: dict[DutyRef, datetime] = {}
    for row in rows:
        cover = _cover(ledger, row, urging_kinds)
        if cover is None:
            continue
        number = number_of(cover.key)
        settled[cover.duty] = max(cover.at, settled.get(cover.duty, cover.at))
        state = _STATE_OF.get(str(row.get("state") or ""), State.ACCEPTED)
        missed = state is State.MISSED and not row.get("text")
        obligations[number] = {
            **obligation_row(number, cover, None if missed else number, _minute(row.get("at")) or at),
            "missed_reason": str(row.get("explanation") or "") if missed else "",
            "unlogged": 0,
        }
        if not missed:
            messages[number] = _message(ledger, number, cover, row, state)
    with store.write() as connection:
        alone(connection, ledger)
        _give_up_waiting(connection, ledger, messages, at)
        settle(connection, settled)
        new = _store_rebuilt(connection, obligations, messages)
        _count_anew(connection, ledger)
    return new


def _give_up_waiting(connection: Connection, ledger: str, recorded: Mapping[str, Any], at: datetime) -> None:
    """What waits to be sent ends as the book records that it ended, and without a record, unsent."""
    mine = (MESSAGES.c.ledger == ledger, MESSAGES.c.state == State.PENDING)
    hold(connection, *mine)
    joined = select(MESSAGES.c.id, OBLIGATIONS.c.number).join(OBLIGATIONS, OBLIGATIONS.c.message_id == MESSAGES.c.id)
    ended: dict[str, dict[str, Any]] = {}
    for identity, number in connection.execute(joined.where(*mine)).all():
        if number in recorded:
            ended[identity] = {name: recorded[number][name] for name in _WRITTEN_OVER}
        else:
            ended.setdefault(identity, {"state": State.MISSED, "explanation": GIVEN_UP, "changed_at": at})
    for identity, values in ended.items():
        connection.execute(update(MESSAGES).where(MESSAGES.c.id == identity).values(**values, next_at=None))
        connection.execute(update(OBLIGATIONS).where(OBLIGATIONS.c.message_id == identity).values(unlogged=1))


def _store_rebuilt(connection: Connection, obligations: dict[str, Any], messages: dict[str, Any]) -> int:
    """What was not known is added; how many obligations that were."""
    new = obligations.keys() - present(connection, [*obligations])
    for table, rows in ((MESSAGES, messages), (OBLIGATIONS, obligations)):
        fresh = [values for number, values in rows.items() if number in new]
        if fresh:
            connection.execute(insert(table), fresh)
    return len(new)


def _count_anew(connection: Connection, ledger: str) -> None:
    """The ledger's tallies, by what has gone out."""
    store_of(connection).freeze(connection, TALLIES)
    went_out = and_(MESSAGES.c.id == OBLIGATIONS.c.message_id, MESSAGES.c.accepted_at.is_not(None))
    matter = (OBLIGATIONS.c.ledger, OBLIGATIONS.c.matter)
    sums = (
        select(
            *matter,
            func.sum(cast(OBLIGATIONS.c.counts_as_urging, Integer)),
            func.max(MESSAGES.c.accepted_at),
            func.max(MESSAGES.c.acknowledged_at),
        )
        .join(MESSAGES, went_out)
        .where(OBLIGATIONS.c.ledger == ledger)
        .group_by(*matter)
    )
    connection.execute(TALLIES.delete().where(TALLIES.c.ledger == ledger))
    columns = ["ledger", "matter", "urgings", "last_sent_at", "acknowledged_at"]
    connection.execute(insert(TALLIES).from_select(columns, sums))


def _cover(ledger: str, row: Mapping[str, Any], urging_kinds: Collection[str]) -> Cover | None:
    due, at = _minute(row.get("duty_due")), _minute(row.get("due"))
    ordinal = int(row.get("ordinal") or 0)
    words = {name: str(row.get(name) or "") for name in ("matter", "node", "period", "slot", "unit", "role", "owed_by")}
    if due is None or at is None or not words["matter"] or not words["slot"] or not 0 <= ordinal <= _MOST:
        return None
    duty = (ledger, words["matter"], words["node"], words["period"], ordinal, due)
    kind = str(row.get("kind") or "")
    return Cover(
        Key(*duty, words["slot"], words["unit"], words["role"]),
        DutyRef(*duty, words["owed_by"]),
        kind,
        str(row.get("clause") or ""),
        at,
        kind in urging_kinds,
    )


def _message(ledger: str, number: str, cover: Cover, row: Mapping[str, Any], state: State) -> dict[str, Any]:
    """A message for the record only: without gateway or full number it is neither polled nor sent again. It is not news
    either: its time of change is the book's.
    """
    went_out = state not in (State.FAILED, State.MISSED, State.NEEDS_HUMAN)
    at, receipt_at = _minute(row.get("at")) or cover.at, _minute(row.get("receipt_at"))
    return {
        "id": number,
        "ledger": ledger,
        "at": at,
        "kind": cover.kind,
        "unit": cover.key.unit,
        "role": cover.key.role,
        "name": str(row.get("recipient") or ""),
        "mobile": str(row.get("mobile") or ""),
        "text": str(row.get("text") or ""),
        "state": state,
        "accepted_at": at if went_out else None,
        "receipt_at": receipt_at,
        "acknowledged_at": _minute(row.get("acknowledged_at")),
        "changed_at": receipt_at or at,
        "explanation": str(row.get("explanation") or ""),
    }


def _minute(value: object) -> datetime | None:
    """A cell's time, to the nearest minute: spreadsheets keep times as fractions of a day."""
    if isinstance(value, datetime) and value.year < datetime.max.year:
        return (value + timedelta(seconds=30)).replace(second=0, microsecond=0)
    if isinstance(value, datetime) or not isinstance(value, date):
        return None
    return datetime(value.year, value.month, value.day)
