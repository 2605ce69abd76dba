"""Claiming: a pass's obligations become messages, missed ones and settlements, in one transaction or not at all."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from sms.numbers import mask_numbers
from sms.store.json_list import TextsOf
from sms.store.keys import number_of
from sms.store.model import Cover, DutyRef, Key, MissedCover, Outgoing, State
from sms.store.store import Store, store_of, upsert
from sms.store.tables import MESSAGES, OBLIGATIONS, SETTLEMENTS
from sms.text import has_token

_CHUNK = 500
Row = dict[str, Any]


def claim(
    store: Store,
    ledger: str,
    outgoing: Sequence[Outgoing],
    missed: Sequence[MissedCover],
    settled: Mapping[DutyRef, datetime],
    at: datetime,
) -> list[str]:
    """Record everything of one pass; the ids of the messages that were created.

    Keys already present are skipped; a message all of whose keys are present is not created.

    Raises:
        ValueError: a text without its token (look-ups could never find it), or a key of another ledger.
    """
    _check(ledger, outgoing, missed)
    if not (outgoing or missed or settled):
        return []
    numbered = [[(number_of(cover.key), cover) for cover in message.covers] for message in outgoing]
    missing = [(number_of(one.cover.key), one) for one in missed]
    by = {"recorded_by": store.host}
    with store.write() as connection:
        alone(connection, ledger)
        known = present(connection, [*(n for covers in numbered for n, _ in covers), *(n for n, _ in missing)])
        messages: list[Row] = []
        obligations: list[Row] = []
        for message, covers in zip(outgoing, numbered, strict=True):
            fresh = [(number, cover) for number, cover in covers if number not in known]
            if not fresh:
                continue
            known.update(number for number, _ in fresh)
            messages.append(_message_row(fresh[0][0], ledger, message, at))
            obligations += ({**obligation_row(number, cover, fresh[0][0], at), **by} for number, cover in fresh)
        for number, one in missing:
            if number not in known:
                known.add(number)
                row = {**obligation_row(number, one.cover, None, at), "missed_reason": one.reason}
                obligations.append({**row, **by})
        if messages:
            connection.execute(insert(MESSAGES), messages)
        if obligations:
            connection.execute(insert(OBLIGATIONS), obligations)
        settle(connection, settled)
    return [row["id"] for row in messages]


def alone(connection: Connection, ledger: str) -> None:
    """Until this transaction ends nobody else makes messages of the ledger: what is present stays all there is."""
    store_of(connection).serialise(connection, f"claim {ledger}")


def settle(connection: Connection, settled: Mapping[DutyRef, datetime]) -> None:
    """Move watermarks forward, never back."""
    if settled:
        fresh = upsert(connection, SETTLEMENTS)
        forward = fresh.on_conflict_do_update(
            index_elements=SETTLEMENTS.primary_key.columns,
            set_={"through": fresh.excluded.through},
            where=fresh.excluded.through > SETTLEMENTS.c.through,
        )
        connection.execute(forward, [{**duty._asdict(), "through": through} for duty, through in settled.items()])


def obligation_row(number: str, cover: Cover, message_id: str | None, at: datetime) -> Row:
    """The row of ``obligations`` for one cover."""
    return {
        **cover.key._asdict(),
        "number": number,
        "message_id": message_id,
        "owed_by": cover.duty.unit,
        "kind": cover.kind,
        "clause": cover.clause,
        "at": cover.at,
        "counts_as_urging": cover.counts_as_urging,
        "recorded_at": at,
        "missed_reason": "",
        "unlogged": 1,
    }


def _check(ledger: str, outgoing: Sequence[Outgoing], missed: Sequence[MissedCover]) -> None:
    for message in outgoing:
        if not has_token(message.text, message.token):
            raise ValueError("短信正文里没有它的编号，网关上会核实不到")
    covers = [*(cover for message in outgoing for cover in message.covers), *(one.cover for one in missed)]
    if any(cover.key.ledger != ledger or cover.duty.ledger != ledger for cover in covers):
        raise ValueError("混入了另一本台账的短信")


def present(connection: Connection, numbers: Sequence[str]) -> set[str]:
    """Which of these numbers are on record."""
    found: set[str] = set()
    for start in range(0, len(numbers), _CHUNK):
        chosen = OBLIGATIONS.c.number.in_(numbers[start : start + _CHUNK])
        found.update(connection.scalars(select(OBLIGATIONS.c.number).where(chosen)))
    return found


def _message_row(identity: str, ledger: str, message: Outgoing, at: datetime) -> Row:
    return {
        "id": identity,
        "ledger": ledger,
        "at": message.at,
        "kind": message.kind,
        "unit": message.unit,
        "role": message.role,
        "name": mask_numbers(message.name),
        "mobile": message.mobile,
        "text": message.text,
        "token": message.token,
        "parameters": json.dumps(dict(message.parameters), ensure_ascii=False),
        "expires_at": message.expires_at,
        "rank": message.rank,
        "state": State.PENDING,
        "changed_at": at,
    }


_COVER = [
    OBLIGATIONS.c[name] for name in (*Key._fields, "owed_by", "kind", "clause", "at", "counts_as_urging", "message_id")
]
_LISTED = select(TextsOf(bindparam("ids")).table_valued("value").c.value)
_COVERS_OF = (
    select(*_COVER).where(OBLIGATIONS.c.message_id.in_(_LISTED)).order_by(OBLIGATIONS.c.at, OBLIGATIONS.c.number)
)


def covers_of(connection: Connection, ids: Iterable[str]) -> dict[str, list[Cover]]:
    """The covers of these messages, by message, in the order in which they fell due."""
    covers: dict[str, list[Cover]] = {}
    for *key, owed_by, kind, clause, at, urging, message_id in connection.execute(
        _COVERS_OF, {"ids": json.dumps([*ids])}
    ):
        duty = DutyRef._make((*key[:6], owed_by))
        covers.setdefault(message_id, []).append(Cover(Key._make(key), duty, kind, clause, at, urging))
    return covers
