"""The store of journal and outbox as all code knows it; which database keeps it is decided where it is opened."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

from sqlalchemy import Connection, Table
from sqlalchemy.sql.elements import ClauseElement

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

Upsert: TypeAlias = "sqlite.Insert | postgresql.Insert"

STORE = "duban_store"
"""The execution option of every connection under which its store stands."""


class Cursor(Protocol):
    """What both drivers return for a statement."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows that are left."""


class Store(ABC):
    """Transactions on one database, and what its dialect says in a way of its own.

    Every fault of disk, file or server raises SmsError, in words with a remedy; the next call tries again.
    """

    one_writer: ClassVar[bool]
    """Whether writing transactions exclude each other from their first statement on. Otherwise whoever reads a row to
    decide about it holds it first (``hold``, ``serialise``).
    """
    interrupted_after: ClassVar[timedelta]
    """How long after its request a message that nobody has settled counts as interrupted. Zero where one process sends
    at a time: whoever holds the sender's lock knows that the other one is gone.
    """
    host: str = ""
    """The name under which what this process does is recorded."""

    @abstractmethod
    def read(self) -> AbstractContextManager[Connection]:
        """One consistent view."""

    def read_once(self) -> AbstractContextManager[Connection]:
        """For one statement, which sees a consistent view by itself. The default is ``read``; a server is spared the
        begin and the end of a transaction.
        """
        return self.read()

    @abstractmethod
    def write(self) -> AbstractContextManager[Connection]:
        """One transaction; committed, and on the disk, at the end of the block."""

    @abstractmethod
    def ask(self, question: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row that a compiled statement finds: for the query that a pass makes a thousand times, at a tenth
        of what a transaction of its own would cost. What it writes is on the disk only a little later.
        """

    @abstractmethod
    def exclusive(self, name: str) -> AbstractContextManager[None]:
        """Hold this name while the block runs; released however the process ends.

        Raises:
            Held: another block holds it, in this process or another one.
        """

    @abstractmethod
    def keeps(self, name: str) -> bool:
        """Whether the block that holds this name does so still: a server that restarts lets go of it."""

    @abstractmethod
    def sole_sender(self) -> AbstractContextManager[None]:
        """Send while the block runs.

        Raises:
            SenderBusy: another process is sending, and this store allows one at a time.
        """

    @abstractmethod
    def close(self) -> None:
        """Close all connections."""

    @abstractmethod
    def serialise(self, connection: Connection, name: str) -> None:
        """From here to the end of its transaction no other one passes here under this name."""

    @abstractmethod
    def freeze(self, connection: Connection, table: Table) -> None:
        """From here to the end of its transaction no other one changes this table."""

    @abstractmethod
    def frozen(self) -> AbstractContextManager[Connection]:
        """One view of the tables that are frozen (``freeze``) before the first of them is read."""

    @abstractmethod
    def others(self) -> Sequence[str]:
        """The other programs that have this store open, as far as it knows them: host and process."""

    @abstractmethod
    def renumber(self, connection: Connection, table: Table) -> None:
        """New rows get numbers after those that the table holds now."""

    @abstractmethod
    def run(self, connection: Connection, sql: str, values: Mapping[str, Any]) -> Cursor:
        """Run a compiled statement in the transaction of ``connection`` by the driver itself."""

    @staticmethod
    @abstractmethod
    def compiled(statement: ClauseElement, columns: Sequence[str] | None = None) -> str:
        """The statement in SQL for ``run``; ``columns`` are those that an UPDATE or INSERT sets."""

    @staticmethod
    @abstractmethod
    def insert(table: Table) -> Upsert:
        """An INSERT with ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""


def store_of(connection: Connection) -> Store:
    """The store that opened this connection."""
    store: Store = connection.get_execution_options()[STORE]
    return store


def upsert(connection: Connection, table: Table) -> Upsert:
    """An INSERT with ``on_conflict_do_update`` and ``on_conflict_do_nothing``, in the dialect of this connection."""
    return store_of(connection).insert(table)


def digest(name: str) -> bytes:
    """Eight bytes by which a lock's name is known to file system or server."""
    return blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).digest()
