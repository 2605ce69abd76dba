"""What people did with messages by hand, kept as evidence: who, when, what."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select

from sms.store.tables import HANDLINGS


class Act(StrEnum):
    """What a person did, in the word that people see."""

    SENT = "确认已发出"
    NOT_SENT = "确认未发出"
    AGAIN = "要求重新发送"


class Handling(NamedTuple):
    """One act; ``person`` is a name or login, with the host."""

    at: datetime
    person: str
    act: str

    def __str__(self) -> str:
        """On one line, as papers and tables show it."""
        return f"{self.at:%Y-%m-%d %H:%M} {self.person}{self.act}"


_OF = (
    select(HANDLINGS.c.message_id, HANDLINGS.c.at, HANDLINGS.c.person, HANDLINGS.c.act)
    .where(HANDLINGS.c.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(HANDLINGS.c.at, HANDLINGS.c.id)
)


def record(connection: Connection, message_id: str, handling: Handling) -> None:
    """Keep an act, in the transaction that carries it out."""
    connection.execute(insert(HANDLINGS), {"message_id": message_id, **handling._asdict()})


def of_messages(connection: Connection, ids: Collection[str]) -> dict[str, tuple[Handling, ...]]:
    """The acts on these messages, oldest first; those without any are absent."""
    found: dict[str, tuple[Handling, ...]] = {}
    for message_id, *act in connection.execute(_OF, {"ids": [*ids]}) if ids else ():
        found[message_id] = (*found.get(message_id, ()), Handling(*act))
    return found
