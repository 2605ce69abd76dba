"""A ledger in one host's service: what holds it back, when its last pass was, and its rows as last seen."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple

from engine.facts.matter import Flags, Stamps


class Hold(StrEnum):
    """Why nothing goes out until a person runs ``release``; the word is what ``doctor`` shows."""

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


def is_of_this_version(stamps: str, shown: str) -> bool:
    """Whether texts kept by an earlier run have as many fields as the columns of this version."""
    return stamps.count(_SEPARATOR) == _MOST_STAMPS and shown.count(_SEPARATOR) == _MOST_FLAGS
