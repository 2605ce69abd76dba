"""The SQLite file of journal and outbox: migrations and transactions."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from sqlalchemy import Connection, create_engine, event, inspect
from sqlalchemy.pool import ConnectionPoolEntry

from sms.store.model import SmsError
from sms.store.sqlite_faults import JOURNAL, faults_in_words
from sms.store.tables import MESSAGES, METADATA


def _create_all(connection: Connection) -> None:
    METADATA.create_all(connection)


def _replies_and_ranks(connection: Connection) -> None:
    """Replies, codes that nobody knows, the order of sending. A store that has just been made has all of it."""
    METADATA.create_all(connection)
    standing = {column["name"] for column in inspect(connection).get_columns("messages")}
    for column, kind in (("rank", "VARCHAR NOT NULL DEFAULT ''"), ("acknowledged_at", "DATETIME")):
        if column not in standing:
            connection.exec_driver_sql(f"ALTER TABLE messages ADD COLUMN {column} {kind}")
    indexes = {index["name"] for index in inspect(connection).get_indexes("messages")}
    for index in MESSAGES.indexes:
        if index.name not in indexes:
            index.create(connection)


def _resumptions(connection: Connection) -> None:
    """When a person let a gateway go on: receipts from before that count no longer."""
    if "resumed_at" not in {column["name"] for column in inspect(connection).get_columns("gateways")}:
        connection.exec_driver_sql("ALTER TABLE gateways ADD COLUMN resumed_at DATETIME")


def _doers(connection: Connection) -> None:
    """Which host claimed and submitted an SMS, and what people did with one by hand."""
    METADATA.create_all(connection)
    for table, column in (("messages", "submitted_by"), ("obligations", "recorded_by")):
        if column not in {standing["name"] for standing in inspect(connection).get_columns(table)}:
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR NOT NULL DEFAULT ''")


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_create_all, _replies_and_ranks, _resumptions, _doers)
"""Entry n brings ``user_version`` n to n + 1. Append; never edit one that has been released."""


class Store:
    """The file, opened with WAL and full sync: a commit that returned is on the disk.

    Raises:
        SmsError: the file is no database, or was written by a newer version.
    """

    host = ""
    """The name under which what this process does is recorded."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # Only the owner may read it: it holds full numbers. SQLite gives -wal and -shm the same mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self.engine = create_engine(f"sqlite:///{path}")
        event.listen(self.engine, "connect", self._prepare)
        event.listen(self.engine, "begin", _begin)
        self._one_writer = RLock()
        try:
            # Kept open, and its transactions begun by hand: otherwise both cost half as much as the commit itself.
            with faults_in_words(path, JOURNAL):
                self._writer = self.engine.connect().execution_options(begun_by_hand=True)
            self._migrate()
        except BaseException:
            self.engine.dispose()
            raise

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that holds the write lock from its first statement; committed at the end of the block."""
        with self._one_writer:
            driver = raw(self._writer)
            with faults_in_words(self.path, JOURNAL):
                driver.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                    driver.commit()
                except BaseException:
                    driver.rollback()
                    raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view."""
        with faults_in_words(self.path, JOURNAL), self.engine.connect() as connection:
            yield connection

    def has(self, question: str, value: str) -> bool:
        """Whether a statement with one parameter finds a row: for the query that a pass makes a thousand times, at a
        tenth of what a transaction of its own would cost.
        """
        with self._one_writer, faults_in_words(self.path, JOURNAL):
            return raw(self._writer).execute(question, (value,)).fetchone() is not None

    def close(self) -> None:
        """Close all connections."""
        self._writer.close()
        self.engine.dispose()

    def _prepare(self, driver: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        driver.isolation_level = None  # the module's own BEGIN would start the transaction too late
        with faults_in_words(self.path, JOURNAL):
            for pragma in ("busy_timeout = 10000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                driver.execute(f"PRAGMA {pragma}")

    def _migrate(self) -> None:
        with self.write() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version > len(MIGRATIONS):
                raise SmsError(f"发送日志 {self.path.name} 由更新版本的程序建立，请升级本程序。")
            for number, migration in enumerate(MIGRATIONS[version:], version + 1):
                migration(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {number}")


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get("begun_by_hand"):
        raw(connection).execute("BEGIN")


def raw(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection, in the same transaction: for the few statements that run for every message."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("the store is not SQLite")
    return driver
