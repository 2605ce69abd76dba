"""What was seen and done at the last pass, in the same SQLite file as the outbox.

Rows as last seen, the time of the last pass, what is held back, and the parsed sheets that spare a restart the
parsing. What was sent is the outbox's to know.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple, Protocol
from uuid import uuid4

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from engine.facts.matter import Flags, Stamps

_METADATA = MetaData()

_IDENTITY = Table("journal_identity", _METADATA, Column("id", String, primary_key=True))
_LEDGERS = Table(
    "journal_ledgers",
    _METADATA,
    Column("ledger", String, primary_key=True),
    Column("path", String, nullable=False),
    Column("last_pass_at", DateTime),
    Column("regime", String, nullable=False, default=""),
    Column("regime_since", DateTime),
    Column("hold", String, nullable=False, default=""),
    Column("hold_at", DateTime),
    Column("hold_note", String, nullable=False, default=""),
)
_ROWS = Table(
    "journal_rows",
    _METADATA,
    Column("ledger", String),
    Column("matter", String),
    Column("identity", String, nullable=False),
    Column("stamps", String, nullable=False),
    Column("shown", String, nullable=False),
    PrimaryKeyConstraint("ledger", "matter"),
    sqlite_with_rowid=False,
)
_SHEETS = Table(
    "journal_sheets",
    _METADATA,
    Column("book", String),
    Column("mark", String),
    Column("cells", LargeBinary, nullable=False),
    PrimaryKeyConstraint("book", "mark"),
)


class Store(Protocol):
    """The open SQLite file: transactions for reading and for writing."""

    def read(self) -> AbstractContextManager[Connection]:
        """One consistent view."""

    def write(self) -> AbstractContextManager[Connection]:
        """One transaction, committed at the end of the block."""


class Hold(StrEnum):
    """Why nothing goes out until a person says ``release``; the word is what ``doctor`` shows."""

    BURST = "短信过多"
    CLOCK = "时钟跳变"
    VANISHED = "事项大量消失"


@dataclass(frozen=True, slots=True)
class Served:
    """One ledger in this host's service. ``regime_since`` is when another regime was first seen in force, ``None``
    while it is still the one the ledger was adopted with.
    """

    ledger: str
    path: str
    last_pass_at: datetime | None = None
    regime: str = ""
    regime_since: datetime | None = None
    hold: Hold | None = None
    hold_at: datetime | None = None
    hold_note: str = ""

    def held(self, hold: Hold, at: datetime, note: str) -> "Served":
        """The same, held back; a hold that stands keeps its first time."""
        return replace(self, hold=hold, hold_at=self.hold_at if self.hold is hold else at, hold_note=note)

    def released(self) -> "Served":
        """The same, with nothing held back."""
        return replace(self, hold=None, hold_at=None, hold_note="")


class Seen(NamedTuple):
    """A row as it was last seen: a hash of what makes it this matter, and its stamped deadlines and 机 cells as text.

    Texts are compared ten thousand at a time; they are taken apart only where they differ.
    """

    identity: str
    stamps_text: str
    shown_text: str

    @classmethod
    def of(cls, identity: str, stamps: Stamps, shown: Flags) -> "Seen":
        """From the values of a row."""
        return cls(identity, _SEPARATOR.join(map(str, _STAMPS(stamps))), _SEPARATOR.join(map(str, _FLAGS(shown))))

    @property
    def stamps(self) -> Stamps:
        """The stamped deadlines."""
        return Stamps(*_values(Stamps, self.stamps_text))

    @property
    def shown(self) -> Flags:
        """The 机 cells. Words of enumerations come back as plain words, which are equal to them."""
        return Flags(*_values(Flags, self.shown_text))


_SEPARATOR = "\x1f"
_STAMPS = attrgetter(*(field.name for field in fields(Stamps)))
_FLAGS = attrgetter(*(field.name for field in fields(Flags)))
_MOST_STAMPS, _MOST_FLAGS = len(fields(Stamps)) - 1, len(fields(Flags)) - 1
_TIMES = frozenset(field.name for field in (*fields(Stamps), *fields(Flags)) if "datetime" in str(field.type))
_COUNTS = frozenset(field.name for field in fields(Flags) if "int" in str(field.type))


def _values(kind: type[Stamps] | type[Flags], text: str) -> Iterator[Any]:
    for field, word in zip(fields(kind), text.split(_SEPARATOR), strict=True):
        if word == "None":
            yield None
        elif field.name in _TIMES:
            yield datetime.fromisoformat(word)
        else:
            yield int(word) if field.name in _COUNTS else word


def _is_of_this_version(stamps: str, shown: str) -> bool:
    return stamps.count(_SEPARATOR) == _MOST_STAMPS and shown.count(_SEPARATOR) == _MOST_FLAGS


class Journal:
    """The journal in an open store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.write() as connection:
            _METADATA.create_all(connection)
            if connection.scalar(select(_IDENTITY.c.id)) is None:
                connection.execute(insert(_IDENTITY), {"id": str(uuid4())})
            self.identity: str = connection.scalars(select(_IDENTITY.c.id)).one()

    def served(self, ledger: str) -> Served | None:
        """What is known of a ledger; ``None`` for one that this journal never served."""
        with self._store.read() as connection:
            row = connection.execute(select(_LEDGERS).where(_LEDGERS.c.ledger == ledger)).one_or_none()
        return _service(row._mapping) if row else None

    def all_served(self) -> list[Served]:
        """All ledgers that this journal serves, by path."""
        with self._store.read() as connection:
            return [_service(row._mapping) for row in connection.execute(select(_LEDGERS).order_by(_LEDGERS.c.path))]

    def save(self, served: Served) -> None:
        """Record the state of one ledger's service."""
        values = {field.name: getattr(served, field.name) for field in fields(Served)} | {"hold": served.hold or ""}
        fresh = upsert(_LEDGERS).values(values)
        with self._store.write() as connection:
            connection.execute(fresh.on_conflict_do_update(set_=values))

    def seen(self, ledger: str) -> dict[str, Seen]:
        """All rows of a ledger as last seen, by 事项编号; without those that another version with other cells wrote."""
        chosen = "SELECT matter, identity, stamps, shown FROM journal_rows WHERE ledger = ?"
        with self._store.read() as connection:
            cursor = connection.exec_driver_sql(chosen, (ledger,)).cursor  # SQLAlchemy's own rows cost three times that
            rows = cursor.fetchall() if cursor else ()
        return {number: Seen(*row) for number, *row in rows if _is_of_this_version(*row[1:])}

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
                fresh = upsert(_ROWS)
                update = {name: fresh.excluded[name] for name in ("identity", "stamps", "shown")}
                connection.execute(fresh.on_conflict_do_update(set_=update), values)

    def sheet(self, book: str, mark: str) -> bytes | None:
        """The parsed cells of a sheet of this book, kept under the mark of its content."""
        chosen = select(_SHEETS.c.cells).where(_SHEETS.c.book == book, _SHEETS.c.mark == mark)
        with self._store.read() as connection:
            return connection.scalar(chosen)

    def keep_sheets(self, book: str, fresh: Mapping[str, bytes], used: Iterable[str]) -> None:
        """Keep freshly parsed sheets, and of the older ones only those that are still in use."""
        with self._store.write() as connection:
            unused = (_SHEETS.c.book == book, _SHEETS.c.mark.not_in([*used, *fresh]))
            connection.execute(delete(_SHEETS).where(*unused))
            for mark, cells in fresh.items():
                values = {"book": book, "mark": mark, "cells": cells}
                connection.execute(upsert(_SHEETS).values(values).on_conflict_do_nothing())

    def forget(self, ledger: str) -> None:
        """Forget a ledger's rows and service, as if it had never been served; what was sent stays."""
        with self._store.write() as connection:
            for table in (_ROWS, _LEDGERS):
                connection.execute(delete(table).where(table.c.ledger == ledger))


def _service(row: Any) -> Served:
    return Served(**{**row, "hold": Hold(row["hold"]) if row["hold"] else None})
