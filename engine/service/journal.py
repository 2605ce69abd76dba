"""What was seen and done at the last pass, in the same store as the outbox.

Rows as last seen, the time of the last pass, what is held back, and the parsed sheets that spare a restart the parsing.
What was sent stands in the outbox.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from functools import cache
from secrets import token_hex
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, delete, insert, select

from engine.facts.service import Hold, Seen, Served, is_of_this_version
from sms.store.journal_tables import CALLS, IDENTITY, LEASES, LEDGERS, ROWS, SECRET, SHEETS
from sms.store.store import Store, upsert


@cache
def _rows_seen(store: type[Store]) -> str:
    columns = (ROWS.c.matter, ROWS.c.identity, ROWS.c.stamps, ROWS.c.shown)
    return store.compiled(select(*columns).where(ROWS.c.ledger == bindparam("ledger")))


class Journal:
    """The journal in an open store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.write() as connection:
            store.serialise(connection, "journal")
            if connection.scalar(select(IDENTITY.c.id)) is None:
                connection.execute(insert(IDENTITY), {"id": str(uuid4())})
            self.identity: str = connection.scalars(select(IDENTITY.c.id)).one()
            if connection.scalar(select(SECRET.c.secret)) is None:
                connection.execute(insert(SECRET), {"secret": token_hex(32)})
            self.secret: bytes = connection.scalars(select(SECRET.c.secret)).one().encode()

    def served(self, ledger: str) -> Served | None:
        """The record of a ledger; ``None`` for one that this journal never served."""
        with self._store.read_once() as connection:
            row = connection.execute(select(LEDGERS).where(LEDGERS.c.ledger == ledger)).one_or_none()
        return _service(row._mapping) if row else None

    def all_served(self) -> list[Served]:
        """All ledgers that this journal serves, by path."""
        with self._store.read_once() as connection:
            return [_service(row._mapping) for row in connection.execute(select(LEDGERS).order_by(LEDGERS.c.path))]

    def save(self, served: Served) -> None:
        """Record the state of one ledger's service."""
        values = {field.name: getattr(served, field.name) for field in fields(Served)} | {"hold": served.hold or ""}
        with self._store.write() as connection:
            fresh = upsert(connection, LEDGERS).values(values)
            same = LEDGERS.primary_key.columns
            connection.execute(fresh.on_conflict_do_update(index_elements=same, set_=values))

    def seen(self, ledger: str) -> dict[str, Seen]:
        """All rows of a ledger as last seen, by 事项编号; without those that another version with other cells wrote."""
        with self._store.read_once() as connection:  # SQLAlchemy's own rows cost three times the driver's
            rows = self._store.run(connection, _rows_seen(type(self._store)), {"ledger": ledger}).fetchall()
        return {number: Seen(*row) for number, *row in rows if is_of_this_version(*row[1:])}

    def remember(self, ledger: str, rows: Mapping[str, Seen], gone: Iterable[str] = ()) -> None:
        """Replace what is known of these rows; forget ``gone``."""
        forget = [{"_ledger": ledger, "_matter": matter} for matter in gone]
        values = [
            {
                "ledger": ledger,
                "matter": matter,
                "identity": row.identity,
                "stamps": row.stamps_text,
                "shown": row.shown_text,
            }
            for matter, row in rows.items()
        ]
        if not (forget or values):
            return
        this = (ROWS.c.ledger == bindparam("_ledger"), ROWS.c.matter == bindparam("_matter"))
        with self._store.write() as connection:
            if forget:
                connection.execute(delete(ROWS).where(*this), forget)
            if values:
                fresh = upsert(connection, ROWS)
                changed = {name: fresh.excluded[name] for name in ("identity", "stamps", "shown")}
                same = ROWS.primary_key.columns
                connection.execute(fresh.on_conflict_do_update(index_elements=same, set_=changed), values)

    def sheets(self, book: str, marks: Collection[str]) -> dict[str, bytes]:
        """The parsed cells of sheets of this book that are kept under these marks of their contents, by mark."""
        chosen = select(SHEETS.c.mark, SHEETS.c.cells).where(SHEETS.c.book == book, SHEETS.c.mark.in_(marks))
        with self._store.read_once() as connection:
            return {row.mark: row.cells for row in connection.execute(chosen)}

    def keep_sheets(self, book: str, fresh: Mapping[str, bytes], used: Iterable[str]) -> None:
        """Keep freshly parsed sheets, and of the older ones only those that are still in use."""
        with self._store.write() as connection:
            unused = (SHEETS.c.book == book, SHEETS.c.mark.not_in([*used, *fresh]))
            connection.execute(delete(SHEETS).where(*unused))
            for mark, cells in fresh.items():
                values = {"book": book, "mark": mark, "cells": cells}
                connection.execute(upsert(connection, SHEETS).values(values).on_conflict_do_nothing())

    def call(self, ledgers: Iterable[str]) -> None:
        """Ask for a pass over these ledgers: something was settled that their files do not show."""
        if rows := [{"ledger": ledger} for ledger in sorted(ledgers)]:  # in one order: two callers would deadlock
            with self._store.write() as connection:
                connection.execute(upsert(connection, CALLS).on_conflict_do_nothing(), rows)

    def take_calls(self) -> list[str]:
        """The ledgers over which a pass was asked for since the last time. Whoever takes them and dies before it has
        passed over them does so when it starts again.
        """
        with self._store.read_once() as connection:  # asked at every poll, which must not wait for a writer
            if connection.scalar(select(CALLS.c.ledger).limit(1)) is None:
                return []
        with self._store.write() as connection:
            return [*connection.scalars(delete(CALLS).returning(CALLS.c.ledger))]

    def remember_lease(self, ledger: str, token: str) -> None:
        """Record that this journal is about to put this token beside the workbook."""
        with self._store.write() as connection:
            connection.execute(insert(LEASES), {"ledger": ledger, "token": token})

    def knows_lease(self, ledger: str, token: str) -> bool:
        """Whether this journal put that token there, at any time."""
        chosen = select(LEASES.c.token).where(LEASES.c.ledger == ledger, LEASES.c.token == token)
        with self._store.read_once() as connection:
            return connection.scalar(chosen) is not None

    def forget(self, ledger: str) -> None:
        """Forget a ledger's rows and service, as if it had never been served; what was sent stays, and its tokens."""
        with self._store.write() as connection:
            for table in (ROWS, LEDGERS):
                connection.execute(delete(table).where(table.c.ledger == ledger))


def _service(row: Any) -> Served:
    return Served(**{**row, "hold": Hold(row["hold"]) if row["hold"] else None})
