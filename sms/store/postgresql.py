"""The store as a database of a PostgreSQL server, which the hosts of a fleet share."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from socket import gethostname
from threading import Lock
from time import monotonic
from typing import Any, ClassVar
from urllib.parse import quote, unquote

import psycopg
from psycopg.abc import Buffer
from psycopg.conninfo import make_conninfo
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import Column as TableColumn
from sqlalchemy import Connection, Integer, MetaData, Table, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, registry
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.sql.elements import ClauseElement

from sms.store.advisory_locks import AdvisoryLocks, key_of
from sms.store.direct_connection import DirectConnection, Driver
from sms.store.location import Server
from sms.store.migrations import outstanding
from sms.store.postgresql_faults import ServerFault, faults_in_words
from sms.store.store import STORE, Cursor, Store

_IDLE = 0.02
"""Seconds: whoever has not used a connection for so long asks first whether it still stands. To ask before each of the
three transactions of a message would cost a third of them.
"""
_PROGRAM, _LONGEST_HOST = "duban ", 48
"""How a program is known to the server, which keeps 63 bytes and no character but those of ASCII: a host of a Chinese
name is quoted, else this process would take its own connections for another's.
"""
_VERSION = Table("schema_version", MetaData(), TableColumn("version", Integer, primary_key=True, autoincrement=False))
_DIALECT = registry.load("postgresql.psycopg")(paramstyle="pyformat")
_CUT_OFF = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000}
"""Seconds, milliseconds: after so long without an answer the other side is gone. By the same figures the server lets go
of a host that was cut off, and of its locks.
"""
_SESSION = {
    "synchronous_commit": "on",
    "lock_timeout": "30s",
    **{name if name.startswith("tcp_") else f"tcp_{name}": str(value) for name, value in _CUT_OFF.items()},
}


class _WithoutNul(StrDumperUnknown):
    """Texts as a server takes them: what comes from a gateway or a phone may hold a character of number 0."""

    def dump(self, text: str) -> Buffer | None:
        """The text without it."""
        return super().dump(text.replace("\0", "") if "\0" in text else text)


class PostgresqlStore(Store):
    """The database. Several processes on several hosts write at once.

    Raises:
        SmsError: it cannot be reached or used, or was made by a newer version.
    """

    one_writer: ClassVar = False
    interrupted_after: ClassVar = timedelta(seconds=60)

    def __init__(self, server: Server) -> None:
        self._server = server
        url = server.parsed.set(drivername="postgresql+psycopg").difference_update_query(["options"])
        options = server.parsed.query.get("options", "")
        session = " ".join([str(options), *(f"-c {name}={value}" for name, value in _SESSION.items())]).strip()
        self._application_name = f"{_PROGRAM}{quote(gethostname())[:_LONGEST_HOST]}/{os.getpid()}"
        arguments: dict[str, str | int] = {**_CUT_OFF, "connect_timeout": 10, "options": session}
        arguments["application_name"] = self._application_name
        if server.password:
            arguments["password"] = server.password.get_secret_value()
        bare = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.conninfo = make_conninfo(bare, **arguments)
        """What another client of this database connects by."""
        # As many connections as threads ask for: each holds one for a moment, and none shall wait for another's.
        self.engine = create_engine(url, connect_args=arguments, max_overflow=-1, execution_options={STORE: self})
        event.listen(self.engine, "connect", _prepare)
        event.listen(self.engine, "checkin", _note_use)
        event.listen(self.engine, "checkout", _probe)
        self._snapshots = self.engine.execution_options(isolation_level="REPEATABLE READ")
        self._statements = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._asking = DirectConnection(self._connect_for_questions)
        self._one_question = Lock()
        self._locks = AdvisoryLocks(self._connect)
        try:
            self._migrate()
        except BaseException:
            self.engine.dispose()
            raise

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that sees what others have committed by each of its statements."""
        with self._faults(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view."""
        with self._faults(), self._snapshots.connect() as connection:
            yield connection

    @contextmanager
    def read_once(self) -> Iterator[Connection]:
        """Without a transaction: one round trip instead of three."""
        with self._faults(), self._statements.connect() as connection:
            yield connection

    def ask(self, question: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """By a connection of its own, without a transaction."""
        with self._one_question, self._faults():
            return self._asking.ask(question, values, prepare=True)

    @contextmanager
    def exclusive(self, name: str) -> Iterator[None]:
        """By a lock of the server, which falls with the connection of this process."""
        with self._faults():
            self._locks.take(name)
        try:
            yield
        finally:
            self._locks.release(name)

    def keeps(self, name: str) -> bool:
        """By asking the server."""
        return self._locks.keeps(name)

    @contextmanager
    def sole_sender(self) -> Iterator[None]:
        """Several hosts send at once, each for the ledgers that it holds."""
        yield

    def close(self) -> None:
        """Close all connections."""
        self._locks.close()
        self._let_go()

    def serialise(self, connection: Connection, name: str) -> None:
        """By a lock of the transaction."""
        connection.execute(select(func.pg_advisory_xact_lock(key_of("transaction", name))))

    def freeze(self, connection: Connection, table: Table) -> None:
        """By a lock on the table."""
        connection.exec_driver_sql(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE")

    @contextmanager
    def frozen(self) -> Iterator[Connection]:
        """The view begins with the first question, after the locks."""
        with self.read() as connection:
            yield connection

    def others(self) -> Sequence[str]:
        """By the names under which they are connected."""
        asked = (
            "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name LIKE %(ours)s AND application_name <> %(own)s ORDER BY 1"
        )
        with self.read() as connection:
            found = self.run(connection, asked, {"ours": f"{_PROGRAM}%", "own": self._application_name})
            return [unquote(str(name).removeprefix(_PROGRAM), errors="ignore") for (name,) in found.fetchall()]

    def renumber(self, connection: Connection, table: Table) -> None:
        """By the sequence of the table's key, where it has one."""
        numbered = table.autoincrement_column
        if numbered is not None:
            last = connection.scalar(select(func.max(numbered))) or 0
            sequence = func.pg_get_serial_sequence(table.name, numbered.name)
            connection.execute(select(func.setval(sequence, max(last, 1), last > 0)))

    def run(self, connection: Connection, sql: str, values: Mapping[str, Any]) -> Cursor:
        """By the driver, as a prepared statement."""
        driver = connection.connection.driver_connection
        if not isinstance(driver, psycopg.Connection):
            raise TypeError("the store is not PostgreSQL")
        return driver.execute(sql, values, prepare=True)

    @staticmethod
    def compiled(statement: ClauseElement, columns: Sequence[str] | None = None) -> str:
        """With named parameters."""
        return str(statement.compile(dialect=_DIALECT, column_keys=columns))

    @staticmethod
    def insert(table: Table) -> postgresql.Insert:
        """PostgreSQL's own."""
        return postgresql.insert(table)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """In words; and no connection from before the fault is used again: a server that has been made a standby, or
        may only be read, keeps its word to those who are connected.
        """
        try:
            with faults_in_words(self._server):
                yield
        except ServerFault:
            self._let_go()
            raise

    def _let_go(self) -> None:
        self._asking.drop()
        self.engine.dispose()

    def _connect_for_questions(self) -> Driver:
        driver = self._connect()
        driver.execute("SET synchronous_commit = off")
        return driver

    def _connect(self) -> Driver:
        """A new connection, which commits every statement: the pool hands out those that it used a moment ago unasked,
        also where the server has ended them.
        """
        driver = psycopg.connect(self.conninfo, autocommit=True)
        driver.adapters.register_dumper(str, _WithoutNul)
        return driver

    def _migrate(self) -> None:
        with self.write() as connection:
            self.serialise(connection, "tables")
            _VERSION.create(connection, checkfirst=True)
            version = connection.scalar(select(_VERSION.c.version)) or 0
            for number, migration in outstanding(version, f"数据库 {self._server.name} 里的发送日志"):
                migration(connection)
                connection.execute(_VERSION.delete())
                connection.execute(_VERSION.insert().values(version=number))


def _prepare(driver: Driver, _entry: ConnectionPoolEntry) -> None:
    driver.adapters.register_dumper(str, _WithoutNul)


def _note_use(_driver: Driver | None, entry: ConnectionPoolEntry) -> None:
    entry.info["used_at"] = monotonic()


def _probe(driver: Driver, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
    """Raises DisconnectionError, on which the pool opens another connection."""
    if monotonic() - entry.info.get("used_at", monotonic()) <= _IDLE:
        return
    try:
        driver.autocommit = True  # one round trip; it is no transaction yet
        driver.execute("SELECT 1")
        driver.autocommit = False
    except psycopg.Error as fault:
        raise DisconnectionError from fault
