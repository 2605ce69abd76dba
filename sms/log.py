"""短信记录: rows for the book, and the way back from them when the journal is lost. One row per obligation covered."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from sms.claim import obligation_row, settle
from sms.keys import number_of
from sms.masking import mask_mobile
from sms.model import BOOK_WORD, Cover, DutyRef, Key, State
from sms.store import MESSAGES, OBLIGATIONS, TALLIES, Store

URGING_KINDS = ("催办", "月报催办")
_STATE_OF = {word: state for state, word in BOOK_WORD.items()} | {"已提交": State.ACCEPTED}
_CHUNK = 500
_COLUMNS = [
    *OBLIGATIONS.c,
    *(MESSAGES.c[name].label(f"message_{name}") for name in ("at", "name", "mobile", "text", "state", "explanation")),
    MESSAGES.c.accepted_at,
    MESSAGES.c.receipt_at,
]
LogRow = dict[str, Any]


def log_rows(store: Store, ledger: str, known: Mapping[str, str] | None = None) -> Iterator[LogRow]:
    """Rows that the book lacks or shows in an older state, in the order in which they fell due.

    Without ``known``: what changed since ``confirm_log``. With it (number → state word in the book): everything that
    differs, for a book that was restored from an older copy.
    """
    joined = OBLIGATIONS.outerjoin(MESSAGES, OBLIGATIONS.c.message_id == MESSAGES.c.id)
    done = or_(OBLIGATIONS.c.message_id.is_(None), MESSAGES.c.state != State.PENDING)
    chosen = select(*_COLUMNS).select_from(joined).where(OBLIGATIONS.c.ledger == ledger, done)
    if known is None:
        chosen = chosen.where(OBLIGATIONS.c.unlogged == 1)
    with store.read() as connection:
        for row in connection.execute(chosen.order_by(OBLIGATIONS.c.at, OBLIGATIONS.c.number)):
            if known is None or known.get(row.number) != _word(row):
                yield _log_row(row)


def confirm_log(store: Store, rows: Iterable[Mapping[str, Any]]) -> None:
    """The book now holds these rows. One whose state has changed meanwhile stays to be written."""
    written = {row["number"]: row["state"] for row in rows}
    numbers = [*written]
    joined = OBLIGATIONS.outerjoin(MESSAGES, OBLIGATIONS.c.message_id == MESSAGES.c.id)
    with store.write() as connection:
        same: list[dict[str, str]] = []
        for start in range(0, len(numbers), _CHUNK):
            chosen = select(OBLIGATIONS.c.number, MESSAGES.c.state.label("message_state")).select_from(joined)
            rows_now = connection.execute(chosen.where(OBLIGATIONS.c.number.in_(numbers[start : start + _CHUNK])))
            same += ({"_number": row.number} for row in rows_now if _word(row) == written[row.number])
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
        "recipient": row.message_name or "",
        "mobile": mask_mobile(row.message_mobile) if row.message_mobile else "",
        "node": row.duty,
        "period": row.period,
        "slot": row.slot,
        "due": row.at,
        "kind": row.kind,
        "clause": row.clause,
        "text": row.message_text or "",
        "state": _word(row),
        "receipt_at": row.receipt_at,
        "explanation": row.missed_reason or row.message_explanation or "",
        "role": row.role,
        "duty_due": row.due,
        "ordinal": row.ordinal,
        "owed_by": row.owed_by,
    }


def rebuild(
    store: Store, ledger: str, rows: Iterable[Mapping[str, Any]], at: datetime, urging_kinds: Collection[str]
) -> int:
    """Keys, settlements and tallies from the rows of the book, after the journal was lost; how many keys were new.

    Afterwards nothing that the book records is sent again. Rows without the columns of a key are passed over.
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
            **obligation_row(number, cover, None if missed else number, at),
            "missed_reason": str(row.get("explanation") or "") if missed else "",
            "unlogged": 0,
        }
        if not missed:
            messages[number] = _message(ledger, number, cover, row, state, at)
    return _store_rebuilt(store, obligations, messages, settled)


def _store_rebuilt(
    store: Store, obligations: dict[str, Any], messages: dict[str, Any], settled: dict[DutyRef, datetime]
) -> int:
    with store.write() as connection:
        before = connection.scalar(select(func.count()).select_from(OBLIGATIONS)) or 0
        if messages:
            connection.execute(upsert(MESSAGES).on_conflict_do_nothing(), [*messages.values()])
        if obligations:
            connection.execute(upsert(OBLIGATIONS).on_conflict_do_nothing(), [*obligations.values()])
        settle(connection, settled)
        went_out = and_(MESSAGES.c.id == OBLIGATIONS.c.message_id, MESSAGES.c.accepted_at.is_not(None))
        ledger = OBLIGATIONS.c.ledger
        sums = (
            select(
                ledger,
                OBLIGATIONS.c.matter,
                func.sum(OBLIGATIONS.c.counts_as_urging),
                func.max(MESSAGES.c.accepted_at),
            )
            .join(MESSAGES, went_out)
            .group_by(ledger, OBLIGATIONS.c.matter)
        )
        connection.execute(TALLIES.delete())
        connection.execute(insert(TALLIES).from_select(["ledger", "matter", "urgings", "last_sent_at"], sums))
        return (connection.scalar(select(func.count()).select_from(OBLIGATIONS)) or 0) - before


def _cover(ledger: str, row: Mapping[str, Any], urging_kinds: Collection[str]) -> Cover | None:
    due, at = _minute(row.get("duty_due")), _minute(row.get("due"))
    words = {name: str(row.get(name) or "") for name in ("matter", "node", "period", "slot", "unit", "role", "owed_by")}
    if due is None or at is None or not words["matter"] or not words["slot"]:
        return None
    duty = (ledger, words["matter"], words["node"], words["period"], int(row.get("ordinal") or 0), due)
    kind = str(row.get("kind") or "")
    return Cover(
        Key(*duty, words["slot"], words["unit"], words["role"]),
        DutyRef(*duty, words["owed_by"]),
        kind,
        str(row.get("clause") or ""),
        at,
        kind in urging_kinds,
    )


def _message(
    ledger: str, number: str, cover: Cover, row: Mapping[str, Any], state: State, at: datetime
) -> dict[str, Any]:
    """A message for the record only: without gateway or full number it is neither polled nor sent again."""
    went_out = state not in (State.FAILED, State.MISSED, State.NEEDS_HUMAN)
    return {
        "id": number,
        "ledger": ledger,
        "at": _minute(row.get("at")) or cover.at,
        "kind": cover.kind,
        "unit": cover.key.unit,
        "role": cover.key.role,
        "name": str(row.get("recipient") or ""),
        "mobile": str(row.get("mobile") or ""),
        "text": str(row.get("text") or ""),
        "state": state,
        "accepted_at": (_minute(row.get("at")) or cover.at) if went_out else None,
        "receipt_at": _minute(row.get("receipt_at")),
        "changed_at": at,
        "explanation": str(row.get("explanation") or ""),
    }


def _minute(value: object) -> datetime | None:
    """A cell's time, to the nearest minute: spreadsheets keep times as fractions of a day."""
    if isinstance(value, datetime):
        return (value + timedelta(seconds=30)).replace(second=0, microsecond=0)
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None
