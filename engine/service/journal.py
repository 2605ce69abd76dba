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

from sqlalchemy import (
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    bindparam,
    delete,
    insert,
    select,
)

from engine.facts.service import Hold, Seen, Served, is_of_this_version
from sms.store.store import Store, upsert
from sms.store.tables import TEXT

METADATA = MetaData()

_IDENTITY = Table("journal_identity", METADATA, Column("id", TEXT, primary_key=True))
_SECRET = Table("journal_secret", METADATA, Column("secret", TEXT, primary_key=True))
_LEDGERS = Table(
    "journal_ledgers",
    METADATA,
    Column("ledger", TEXT, primary_key=True),
    Column("path", TEXT, nullable=False),
    Column("last_pass_at", DateTime),
    Column("regime", TEXT, nullable=False, default=""),
    Column("regime_since", DateTime),
    Column("hold", TEXT, nullable=False, default=""),
    Column("hold_at", DateTime),
    Column("hold_note", TEXT, nullable=False, default=""),
)
_ROWS = Table(
    "journal_rows",
    METADATA,
    Column("ledger", TEXT),
    Column("matter", TEXT),
    Column("identity", TEXT, nullable=False),
    Column("stamps", TEXT, nullable=False),
    Column("shown", TEXT, nullable=False),
    PrimaryKeyConstraint("ledger", "matter"),
    sqlite_with_rowid=False,
)
_SHEETS = Table(
    "journal_sheets",
    METADATA,
    Column("book", TEXT),
    Column("mark", TEXT),
    Column("cells", LargeBinary, nullable=False),
    PrimaryKeyConstraint("book", "mark"),
)

_LEASES = Table(
    "journal_leases",
    METADATA,
    Column("ledger", TEXT),
    Column("token", TEXT),
    PrimaryKeyConstraint("ledger", "token"),
    sqlite_with_rowid=False,
)


@cache
def _rows_seen(store: type[Store]) -> str:
    columns = (_ROWS.c.matter, _ROWS.c.identity, _ROWS.c.stamps, _ROWS.c.shown)
    return store.compiled(select(*columns).where(_ROWS.c.ledger == bindparam("ledger")))


class Journal:
    """The journal in an open store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.make(METADATA)
        with store.write() as connection:
            store.serialise(connection, "journal")
            if connection.scalar(select(_IDENTITY.c.id)) is None:
                connection.execute(insert(_IDENTITY), {"id": str(uuid4())})
            self.identity: str = connection.scalars(select(_IDENTITY.c.id)).one()
            if connection.scalar(select(_SECRET.c.secret)) is None:
                connection.execute(insert(_SECRET), {"secret": token_hex(32)})
            self.secret: bytes = connection.scalars(select(_SECRET.c.secret)).one().encode()

    def served(self, ledger: str) -> Served | None:
        """The record of a ledger; ``None`` for one that this journal never served."""
        with self._store.read_once() as connection:
            row = connection.execute(select(_LEDGERS).where(_LEDGERS.c.ledger == ledger)).one_or_none()
        return _service(row._mapping) if row else None

    def all_served(self) -> list[Served]:
        """All ledgers that this journal serves, by path."""
        with self._store.read_once() as connection:
            return [_service(row._mapping) for row in connection.execute(select(_LEDGERS).order_by(_LEDGERS.c.path))]

    def save(self, served: Served) -> None:
        """Record the state of one ledger's service."""
        values = {field.name: getattr(served, field.name) for field in fields(Served)} | {"hold": served.hold or ""}
        with self._store.write() as connection:
            fresh = upsert(connection, _LEDGERS).values(values)
            same = _LEDGERS.primary_key.columns
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
        this = (_ROWS.c.ledger == bindparam("_ledger"), _ROWS.c.matter == bindparam("_matter"))
        with self._store.write() as connection:
            if forget:
                connection.execute(delete(_ROWS).where(*this), forget)
            if values:
                fresh = upsert(connection, _ROWS)
                changed = {name: fresh.excluded[name] for name in ("identity", "stamps", "shown")}
                same = _ROWS.primary_key.columns
                connection.execute(fresh.on_conflict_do_update(index_elements=same, set_=changed), values)

    def sheets(self, book: str, marks: Collection[str]) -> dict[str, bytes]:
        """The parsed cells of sheets of this book that are kept under these marks of their contents, by mark."""
        chosen = select(_SHEETS.c.mark, _SHEETS.c.cells).where(_SHEETS.c.book == book, _SHEETS.c.mark.in_(marks))
        with self._store.read_once() as connection:
            return {row.mark: row.cells for row in connection.execute(chosen)}

    def keep_sheets(self, book: str, fresh: Mapping[str, bytes], used: Iterable[str]) -> None:
        """Keep freshly parsed sheets, and of the older ones only those that are still in use."""
        with self._store.write() as connection:
            unused = (_SHEETS.c.book == book, _SHEETS.c.mark.not_in([*used, *fresh]))
            connection.execute(delete(_SHEETS).where(*unused))
            for mark, cells in fresh.items():
                values = {"book": book, "mark": mark, "cells": cells}
                connection.execute(upsert(connection, _SHEETS).values(values).on_conflict_do_nothing())

    def remember_lease(self, ledger: str, token: str) -> None:
        """Record that this journal is about to put this token beside the workbook."""
        with self._store.write() as connection:
            connection.execute(insert(_LEASES), {"ledger": ledger, "token": token})

    def knows_lease(self, ledger: str, token: str) -> bool:
        """Whether this journal put that token there, at any time."""
        chosen = select(_LEASES.c.token).where(_LEASES.c.ledger == ledger, _LEASES.c.token == token)
        with self._store.read_once() as connection:
            return connection.scalar(chosen) is not None

    def forget(self, ledger: str) -> None:
        """Forget a ledger's rows and service, as if it had never been served; what was sent stays, and its tokens."""
        with self._store.write() as connection:
            for table in (_ROWS, _LEDGERS):
                connection.execute(delete(table).where(table.c.ledger == ledger))


def _service(row: Any) -> Served:
    return Served(**{**row, "hold": Hold(row["hold"]) if row["hold"] else None})
