"""The store as a SQLite file: what one host needs, and nothing to install."""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import RLock
from time import sleep
from typing import Any, ClassVar

from sqlalchemy import Connection, Table, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.elements import ClauseElement

from sms.lock import hold_file, sole_sender
from sms.store.migrations import outstanding
from sms.store.sqlite_faults import JOURNAL, faults_in_words
from sms.store.store import STORE, Cursor, Store, digest

_TRIES, _PAUSE = 100, 0.05
"""How often, and after how many seconds, a journal is asked for again."""


class SqliteStore(Store):
    """The file, opened with WAL and full sync: a commit that returned is on the disk.

    Raises:
        SmsError: the file is no database, or was written by a newer version.
    """

    one_writer: ClassVar = True
    interrupted_after: ClassVar = timedelta(0)

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # Only the owner may read it: it holds full numbers. SQLite gives -wal and -shm the same mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self.engine = create_engine(f"sqlite:///{path}", execution_options={STORE: self})
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

    def ask(self, question: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """By the connection that writes."""
        with self._one_writer, faults_in_words(self.path, JOURNAL):
            row: tuple[Any, ...] | None = raw(self._writer).execute(question, values).fetchone()
            return row

    @contextmanager
    def exclusive(self, name: str) -> Iterator[None]:
        """By a lock on a file beside the store."""
        folder = self.path.parent / "locks"
        folder.mkdir(mode=0o700, exist_ok=True)
        with hold_file(folder / f"{digest(name).hex()}.lock"):
            yield

    def keeps(self, name: str) -> bool:
        """A lock on a file falls with its process alone."""
        return bool(name)

    @contextmanager
    def sole_sender(self) -> Iterator[None]:
        """By a lock on a file beside the store."""
        with sole_sender(self.path.with_suffix(".sender")):
            yield

    def close(self) -> None:
        """Close all connections."""
        self._writer.close()
        self.engine.dispose()

    def serialise(self, connection: Connection, name: str) -> None:
        """Nothing to do: there is one writer."""

    def freeze(self, connection: Connection, table: Table) -> None:
        """Nothing to do: there is one writer."""

    @contextmanager
    def frozen(self) -> Iterator[Connection]:
        """By the one write lock of the file."""
        with self.write() as connection:
            yield connection

    def others(self) -> Sequence[str]:
        """A file does not know who has it open; the scheduler's place does (``sole_scheduler``)."""
        return ()

    def renumber(self, connection: Connection, table: Table) -> None:
        """Nothing to do: the next number is the greatest and one."""

    def run(self, connection: Connection, sql: str, values: Mapping[str, Any]) -> Cursor:
        """By the driver, with times as SQLAlchemy writes them."""
        bare = {
            name: value.isoformat(" ", "microseconds") if isinstance(value, datetime) else value
            for name, value in values.items()
        }
        return raw(connection).execute(sql, bare)

    @staticmethod
    def compiled(statement: ClauseElement, columns: Sequence[str] | None = None) -> str:
        """With named parameters."""
        return str(statement.compile(dialect=sqlite.dialect(paramstyle="named"), column_keys=columns))

    @staticmethod
    def insert(table: Table) -> sqlite.Insert:
        """SQLite's own."""
        return sqlite.insert(table)

    def _prepare(self, driver: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        driver.isolation_level = None  # the module's own BEGIN would start the transaction too late
        with faults_in_words(self.path, JOURNAL):
            driver.execute("PRAGMA busy_timeout = 10000")
            _keep_a_log(driver)
            for pragma in ("synchronous = FULL", "foreign_keys = ON"):
                driver.execute(f"PRAGMA {pragma}")

    def _migrate(self) -> None:
        with self.write() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            for number, migration in outstanding(version, f"发送日志 {self.path.name} "):
                migration(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {number}")


def _keep_a_log(driver: sqlite3.Connection) -> None:
    """SQLite waits for nobody while it changes the kind of its journal: of several programs that open a new file at
    once, all but one are refused for a moment.
    """
    for _ in range(_TRIES):
        try:
            driver.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            sleep(_PAUSE)
        else:
            return
    driver.execute("PRAGMA journal_mode = WAL")


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get("begun_by_hand"):
        raw(connection).execute("BEGIN")


def raw(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection, in the same transaction: for the few statements that run for every message."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("the store is not SQLite")
    return driver
