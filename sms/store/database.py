"""The SQLite file of journal and outbox: tables, migrations, transactions. Never pruned of keys."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from sms.store.model import SmsError

METADATA = MetaData()


def _text(name: str) -> Column[str]:
    return Column(name, String, nullable=False, default="")


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, default=0)


MESSAGES = Table(
    "messages",
    METADATA,
    Column("id", String, primary_key=True),
    _text("ledger"),
    Column("at", DateTime, nullable=False),
    _text("kind"),
    _text("unit"),
    _text("role"),
    _text("name"),
    _text("mobile"),
    _text("text"),
    _text("token"),
    _text("parameters"),
    Column("expires_at", DateTime),
    _text("state"),
    _text("gateway"),
    _text("ref"),
    _text("tried"),
    _count("attempts"),
    _count("round"),
    _count("absences"),
    Column("absent_since", DateTime),
    Column("first_submitted_at", DateTime),
    Column("submitted_at", DateTime),
    Column("accepted_at", DateTime),
    Column("receipt_at", DateTime),
    Column("next_at", DateTime),
    Column("changed_at", DateTime, nullable=False),
    _text("explanation"),
    _text("rank"),
    Column("acknowledged_at", DateTime),
    Index("messages_by_state", "ledger", "state", "at", "id"),
    Index("messages_by_rank", "state", "rank", "ledger", "id"),
    Index("messages_by_mobile", "mobile"),
    Index("messages_by_receipt", "gateway", "receipt_at"),
)

OBLIGATIONS = Table(
    "obligations",
    METADATA,
    Column("number", String, primary_key=True),
    _text("ledger"),
    _text("matter"),
    _text("duty"),
    _text("period"),
    _count("ordinal"),
    Column("due", DateTime, nullable=False),
    _text("slot"),
    _text("unit"),
    _text("role"),
    Column("message_id", String, ForeignKey("messages.id")),
    _text("owed_by"),
    _text("kind"),
    _text("clause"),
    Column("at", DateTime, nullable=False),
    Column("counts_as_urging", Boolean, nullable=False),
    Column("recorded_at", DateTime, nullable=False),
    _text("missed_reason"),
    _count("unlogged"),
    UniqueConstraint("ledger", "matter", "duty", "period", "ordinal", "due", "slot", "unit", "role"),
    Index("obligations_by_message", "message_id"),
    Index("obligations_unlogged", "ledger", sqlite_where=text("unlogged = 1")),
)

# The time up to which every slot of a duty is recorded; it only moves forward.
SETTLEMENTS = Table(
    "settlements",
    METADATA,
    _text("ledger"),
    _text("matter"),
    _text("duty"),
    _text("period"),
    _count("ordinal"),
    Column("due", DateTime, nullable=False),
    _text("unit"),
    Column("through", DateTime, nullable=False),
    PrimaryKeyConstraint("ledger", "matter", "duty", "period", "ordinal", "due", "unit"),
    sqlite_with_rowid=False,
)

# What went out about each matter, kept current as messages are accepted: a pass reads it whole.
TALLIES = Table(
    "tallies",
    METADATA,
    _text("ledger"),
    _text("matter"),
    _count("urgings"),
    Column("last_sent_at", DateTime, nullable=False),
    PrimaryKeyConstraint("ledger", "matter"),
    sqlite_with_rowid=False,
)

# Every request made of a gateway: evidence, and the memory of the rate limits.
ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("message_id", String, ForeignKey("messages.id"), nullable=False),
    _text("gateway"),
    _text("mobile"),
    Column("at", DateTime, nullable=False),
    _text("outcome"),
    Index("attempts_by_time", "at"),
)

# What people answered, each reply once. ``message_id`` is empty where nobody can say what it answers.
REPLIES = Table(
    "replies",
    METADATA,
    Column("id", String, primary_key=True),
    _text("gateway"),
    _text("mobile"),
    _text("text"),
    Column("at", DateTime, nullable=False),
    _text("ledger"),
    _text("message_id"),
    _text("meaning"),
    Column("seen_at", DateTime),
    Index("replies_by_ledger", "ledger", "meaning"),
)

# Codes of a gateway that no table knows: asked of a person once. ``meaning`` is the answer.
CODES = Table(
    "codes",
    METADATA,
    _text("gateway"),
    _text("code"),
    _text("said"),
    Column("first_at", DateTime, nullable=False),
    _count("times"),
    _text("meaning"),
    PrimaryKeyConstraint("gateway", "code"),
)

GATEWAYS = Table(
    "gateways",
    METADATA,
    Column("name", String, primary_key=True),
    Column("stopped_at", DateTime),
    _text("reason"),
    _count("failures"),
    Column("retry_at", DateTime),
)


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


_FAULTS = {
    "SQLITE_FULL": "写不进去：磁盘已满。请清理磁盘，之后自动继续。",
    "SQLITE_READONLY": "写不进去：状态文件夹只读。请检查它的权限。",
    "SQLITE_CANTOPEN": "打不开。请检查状态文件夹和它的权限。",
    "SQLITE_IOERR": "读写出错。请检查磁盘，再重试。",
    "SQLITE_BUSY": "正被另一个程序占用。请稍后再试。",
    "SQLITE_NOTADB": "文件已损坏或不是本程序的文件，请移走后重新接管台账。",
    "SQLITE_CORRUPT": "文件已损坏，请移走后重新接管台账。",
}
"""What SQLite calls a fault (how its name begins), and what people are told."""

MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_create_all, _replies_and_ranks)
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
        event.listen(self.engine, "connect", _prepare)
        event.listen(self.engine, "begin", _begin)
        self._one_writer = RLock()
        try:
            # Kept open, and its transactions begun by hand: otherwise both cost half as much as the commit itself.
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
            with _readable_faults():
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
        with _readable_faults(), self.engine.connect() as connection:
            yield connection

    def has(self, question: str, value: str) -> bool:
        """Whether a statement with one parameter finds a row: for the question that a pass asks a thousand times, at
        a tenth of what a transaction of its own would cost.
        """
        with self._one_writer:
            return raw(self._writer).execute(question, (value,)).fetchone() is not None

    def close(self) -> None:
        """Close all connections."""
        self._writer.close()
        self.engine.dispose()

    def _migrate(self) -> None:
        with self.write() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version > len(MIGRATIONS):
                raise SmsError(f"发送日志 {self.path.name} 由更新版本的程序建立，请升级本程序。")
            for number, migration in enumerate(MIGRATIONS[version:], version + 1):
                migration(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {number}")


def _prepare(raw: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    raw.isolation_level = None  # the module's own BEGIN would start the transaction too late
    with _readable_faults():
        for pragma in ("busy_timeout = 10000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            raw.execute(f"PRAGMA {pragma}")


@contextmanager
def _readable_faults() -> Iterator[None]:
    """What disk and file do to the store, in words with a remedy. A mistake in our own statements stays what it is."""
    try:
        yield
    except (sqlite3.DatabaseError, DBAPIError) as fault:
        cause = fault.orig if isinstance(fault, DBAPIError) else fault
        name = str(getattr(cause, "sqlite_errorname", ""))
        said = next((words for start, words in _FAULTS.items() if name.startswith(start)), None)
        if said is None:
            raise
        raise SmsError(f"发送日志{said}") from fault


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get("begun_by_hand"):
        raw(connection).execute("BEGIN")


def raw(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection, in the same transaction: for the few statements that run for every message."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("the store is not SQLite")
    return driver
