"""The SQLite file of journal and outbox: migrations and transactions."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import RLock

from sqlalchemy import Connection, create_engine, event, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from sms.store.model import SmsError
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


_FAULTS = {
    "SQLITE_FULL": "写不进去：磁盘已满。请清理磁盘，之后自动继续。",
    "SQLITE_READONLY": "写不进去：状态文件夹只读。请检查它的权限。",
    "SQLITE_CANTOPEN": "打不开。请检查状态文件夹和它的权限。",
    "SQLITE_IOERR": "读写出错。请检查磁盘，再重试。",
    "SQLITE_BUSY": "正被另一个程序占用。请稍后再试。",
}
"""What SQLite calls a fault (how its name begins), and what people are told."""
_DAMAGE = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
_PASSING = "刚才没有读对，再看一遍是好的，没有损坏。请检查磁盘，再重试。"
_DAMAGED = (
    "文件核对两遍都是损坏的，或者不是本程序的文件。请先把它和旁边的 -wal、-shm 文件一起复制留存，再移走，"
    "重新接管台账；接管时会列出不再发出的短信。"
)
"""Whoever follows this loses what only the journal knew: it is said where a second look finds the same."""

MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_create_all, _replies_and_ranks, _resumptions)
"""Entry n brings ``user_version`` n to n + 1. Append; never edit one that has been released."""


class Store:
    """The file, opened with WAL and full sync: a commit that returned is on the disk.

    Raises:
        SmsError: the file is no database, or was written by a newer version.
    """

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
            with _readable_faults(path):
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
            with _readable_faults(self.path):
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
        with _readable_faults(self.path), self.engine.connect() as connection:
            yield connection

    def has(self, question: str, value: str) -> bool:
        """Whether a statement with one parameter finds a row: for the question that a pass asks a thousand times, at
        a tenth of what a transaction of its own would cost.
        """
        with self._one_writer, _readable_faults(self.path):
            return raw(self._writer).execute(question, (value,)).fetchone() is not None

    def close(self) -> None:
        """Close all connections."""
        self._writer.close()
        self.engine.dispose()

    def _prepare(self, driver: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        driver.isolation_level = None  # the module's own BEGIN would start the transaction too late
        with _readable_faults(self.path):
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


@contextmanager
def _readable_faults(path: Path) -> Iterator[None]:
    """What disk and file do to the store, in words with a remedy. A mistake in our own statements stays what it is."""
    try:
        yield
    except (sqlite3.DatabaseError, DBAPIError) as fault:
        cause = fault.orig if isinstance(fault, DBAPIError) else fault
        name = str(getattr(cause, "sqlite_errorname", ""))
        said = next((words for start, words in _FAULTS.items() if name.startswith(start)), None)
        if name.startswith(_DAMAGE):
            said = _DAMAGED if _is_damaged(path) else _PASSING
        if said is None:
            raise
        raise SmsError(f"发送日志{said}") from fault


def _is_damaged(path: Path) -> bool:
    """Whether a connection of its own, which has read nothing yet, finds the whole file damaged as well: one reading
    error in passing looks just like damage.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as fresh:
            return bool(fresh.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.DatabaseError as fault:
        return str(getattr(fault, "sqlite_errorname", "")).startswith(_DAMAGE)


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get("begun_by_hand"):
        raw(connection).execute("BEGIN")


def raw(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection, in the same transaction: for the few statements that run for every message."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("the store is not SQLite")
    return driver
