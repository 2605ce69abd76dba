"""The steps by which a store of an earlier version becomes one of this version, in both dialects."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, Connection, Table, func, inspect, select, update

from sms.store.fleet_tables import HOSTS
from sms.store.model import SmsError
from sms.store.schema import create_missing
from sms.store.tables import GATEWAYS, MESSAGES, OBLIGATIONS, TALLIES


def _replies_and_ranks(connection: Connection) -> None:
    """Replies, codes that nobody knows, the order of sending. A store that has just been made has all of it."""
    create_missing(connection)
    _add_column(connection, MESSAGES, MESSAGES.c.rank, "''")
    _add_column(connection, MESSAGES, MESSAGES.c.acknowledged_at)
    indexes = {index["name"] for index in inspect(connection).get_indexes("messages")}
    for index in MESSAGES.indexes:
        if index.name not in indexes:
            index.create(connection)


def _resumptions(connection: Connection) -> None:
    """When a person let a gateway go on: receipts from before that count no longer."""
    _add_column(connection, GATEWAYS, GATEWAYS.c.resumed_at)


def _doers(connection: Connection) -> None:
    """Which host claimed and submitted an SMS, and what people did with one by hand."""
    create_missing(connection)
    _add_column(connection, MESSAGES, MESSAGES.c.submitted_by, "''")
    _add_column(connection, OBLIGATIONS, OBLIGATIONS.c.recorded_by, "''")


def _acknowledgements(connection: Connection) -> None:
    """When each matter's SMS were last acknowledged, also before this version."""
    _add_column(connection, TALLIES, TALLIES.c.acknowledged_at)
    of_matter = (OBLIGATIONS.c.ledger == TALLIES.c.ledger, OBLIGATIONS.c.matter == TALLIES.c.matter)
    latest = select(func.max(MESSAGES.c.acknowledged_at)).select_from(
        OBLIGATIONS.join(MESSAGES, OBLIGATIONS.c.message_id == MESSAGES.c.id)
    )
    connection.execute(update(TALLIES).values(acknowledged_at=latest.where(*of_matter).scalar_subquery()))


def _one_schema(connection: Connection) -> None:
    """Journal and fleet, whose tables earlier versions made as they came to need them, the fleet's first without the
    gateways of a worker.
    """
    create_missing(connection)
    _add_column(connection, HOSTS, HOSTS.c.gateways, "''")


def _accounts(connection: Connection) -> None:
    """Which account a message was submitted to."""
    _add_column(connection, MESSAGES, MESSAGES.c.account, "''")


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    *(create_missing, _replies_and_ranks, _resumptions, _doers),
    create_missing,  # the rates of a fleet
    *(_acknowledgements, _one_schema, _accounts),
)
"""Entry n brings version n to n + 1. Append; never edit one that has been released."""


def outstanding(version: int, store: str) -> Iterator[tuple[int, Callable[[Connection], None]]]:
    """The steps that a store of ``version`` still needs, with the version that each leads to.

    Raises:
        SmsError: a newer program has made it.
    """
    if version > len(MIGRATIONS):
        raise SmsError(f"{store}由更新版本的程序建立，请升级本程序。")
    yield from enumerate(MIGRATIONS[version:], version + 1)


def _add_column(connection: Connection, table: Table, column: Column[Any], default: str | None = None) -> None:
    """Add to a table that stands a column that it lacks, ``default`` as SQL writes it."""
    if column.name not in {standing["name"] for standing in inspect(connection).get_columns(table.name)}:
        kind = column.type.compile(connection.dialect) + (f" NOT NULL DEFAULT {default}" if default else "")
        connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}")
