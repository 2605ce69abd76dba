"""The past as the journal has it: the queries of a pass."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, select

from sms.masking import from_outside
from sms.numbers import mask_mobile, mask_numbers
from sms.store.handlings import Handling, of_messages
from sms.store.keys import number_of
from sms.store.model import STATE_WORD, Key, State
from sms.store.store import Store
from sms.store.tables import MESSAGES, OBLIGATIONS, REPLIES, SETTLEMENTS, TALLIES

# The engine's keys: the same tuples without the ledger in front.
ObligationKey = tuple[str, str, str, int, datetime, str, str, str]
DutyKey = tuple[str, str, str, int, datetime, str]


@cache
def _find(store: type[Store]) -> str:
    return store.compiled(select(OBLIGATIONS.c.number).where(OBLIGATIONS.c.number == bindparam("value")))


class History:
    """One ledger's past as it stood when this was made. Settlements and tallies are read once, keys one by one through
    their index, so that half a million of them cost nothing until needed.
    """

    def __init__(self, store: Store, ledger: str) -> None:
        self._store = store
        self._ledger = ledger
        self._find = _find(type(store))
        columns = [column for column in SETTLEMENTS.c if column.name != "ledger"]
        with store.read() as connection:
            settled = connection.execute(select(*columns).where(SETTLEMENTS.c.ledger == ledger)).all()
            self._settled: dict[DutyKey, datetime] = {tuple(row[:6]): row[6] for row in settled}
            self._tallies = {
                row.matter: (row.urgings, row.last_sent_at, row.acknowledged_at)
                for row in connection.execute(select(TALLIES).where(TALLIES.c.ledger == ledger))
            }

    def __contains__(self, key: ObligationKey) -> bool:
        """Whether a message has claimed this obligation or it was recorded as missed."""
        return self._store.ask(self._find, {"value": number_of(Key(self._ledger, *key))}) is not None

    def settled_through(self, duty: DutyKey) -> datetime | None:
        """The time up to which (inclusive) every slot of the duty is recorded; ``None`` if none is."""
        return self._settled.get(duty)

    def is_acknowledged(self, key: ObligationKey) -> bool:
        """Whether the SMS that carried this obligation was acknowledged (签收)."""
        this = OBLIGATIONS.c.number == number_of(Key(self._ledger, *key))
        carried = OBLIGATIONS.join(MESSAGES, OBLIGATIONS.c.message_id == MESSAGES.c.id)
        chosen = select(MESSAGES.c.acknowledged_at).select_from(carried).where(this)
        with self._store.read() as connection:
            return connection.scalar(chosen) is not None

    def urgings(self, matter: str) -> int:
        """How many urging obligations of this matter have gone out (reading 24)."""
        tally = self._tallies.get(matter)
        return tally[0] if tally else 0

    def last_sent_at(self, matter: str) -> datetime | None:
        """When the last SMS about this matter went out."""
        tally = self._tallies.get(matter)
        return tally[1] if tally else None

    def acknowledged_at(self, matter: str) -> datetime | None:
        """When an SMS about this matter was last acknowledged (签收)."""
        tally = self._tallies.get(matter)
        return tally[2] if tally else None


def outcomes(store: Store, ledger: str, matter: str) -> dict[ObligationKey, str]:
    """The state word of every obligation of one matter that is on record."""
    columns = [OBLIGATIONS.c[name] for name in ("matter", "duty", "period", "ordinal", "due", "slot", "unit", "role")]
    joined = OBLIGATIONS.outerjoin(MESSAGES, OBLIGATIONS.c.message_id == MESSAGES.c.id)
    chosen = select(*columns, MESSAGES.c.state).select_from(joined)
    with store.read() as connection:
        rows = connection.execute(chosen.where(OBLIGATIONS.c.ledger == ledger, OBLIGATIONS.c.matter == matter))
        return {tuple(row[:-1]): STATE_WORD[State(row.state or State.MISSED)] for row in rows}


def lives(store: Store, ledger: str, matter: str) -> list[dict[str, Any]]:
    """The life of every obligation of one matter on record, oldest first: its times, the hosts that claimed and
    submitted it, the gateway that took it, who settled it by hand, whose reply acknowledged it. Numbers are masked.
    """
    answered = and_(REPLIES.c.message_id == MESSAGES.c.id, REPLIES.c.at == MESSAGES.c.acknowledged_at)
    joined = OBLIGATIONS.outerjoin(MESSAGES, OBLIGATIONS.c.message_id == MESSAGES.c.id).outerjoin(REPLIES, answered)
    of_message = (MESSAGES.c[name].label(f"sms_{name}") for name in _OF_MESSAGE)
    of_reply = (REPLIES.c[name].label(f"reply_{name}") for name in ("mobile", "text"))
    chosen = select(OBLIGATIONS, *of_message, *of_reply).select_from(joined)
    mine = (OBLIGATIONS.c.ledger == ledger, OBLIGATIONS.c.matter == matter)
    with store.read() as connection:
        rows = connection.execute(chosen.where(*mine).order_by(OBLIGATIONS.c.at, OBLIGATIONS.c.number)).all()
        handled = of_messages(connection, {row.message_id for row in rows if row.message_id})
    once = {row.number: row for row in rows}  # two replies may have come at the same time
    return [_life(row, handled.get(row.message_id, ())) for row in once.values()]


_OF_MESSAGE = ("name", "mobile", "text", "state", "explanation", "gateway", "ref", "submitted_at", "submitted_by",
               "accepted_at", "receipt_at", "acknowledged_at")  # fmt: skip


def _life(row: Any, handled: Sequence[Handling]) -> dict[str, Any]:
    return {
        "number": row.number,
        "owed_at": row.at,
        "claimed_at": row.recorded_at,
        "claimed_by": row.recorded_by,
        "submitted_at": row.sms_submitted_at,
        "submitted_by": row.sms_submitted_by or "",
        "accepted_at": row.sms_accepted_at,
        "receipt_at": row.sms_receipt_at,
        "acknowledged_at": row.sms_acknowledged_at,
        "kind": row.kind,
        "node": row.duty,
        "period": row.period,
        "slot": row.slot,
        "unit": row.unit,
        "role": row.role,
        "name": mask_numbers(row.sms_name or ""),
        "mobile": mask_mobile(row.sms_mobile) if row.sms_mobile else "",
        "gateway": row.sms_gateway or "",
        "ref": from_outside(row.sms_ref or ""),
        "acknowledged_by": mask_mobile(row.reply_mobile) if row.reply_mobile else "",
        "reply": mask_numbers(row.reply_text or ""),
        "handled": [mask_numbers(str(one)) for one in handled],
        "state": STATE_WORD[State(row.sms_state or State.MISSED)],
        "clause": row.clause,
        "explanation": row.missed_reason or row.sms_explanation or "",
        "text": mask_numbers(row.sms_text or ""),
    }
