"""Shares: which folder each ledger stands in, by which queue its work is handed out, and whether it can be reached."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from engine.service.places import is_there


@dataclass(slots=True)
class Share:
    """One folder of ledgers. ``is_reached``: as last probed; ``hanging``: the ledgers at which a scan has stopped;
    ``turn``: the place in ``ledgers`` of the one that is scanned next.
    """

    name: str
    folder: Path
    ledgers: list[Path] = field(default_factory=list)
    is_reached: bool = False
    hanging: set[Path] = field(default_factory=set)
    turn: int = 0

    @property
    def queue(self) -> str:
        """The name of the queue of its passes."""
        return queue_of(self.name)

    @property
    def scan_queue(self) -> str:
        """The name of the queue of its scans. Hosts with other ledgers on the same share have another one: a scan by
        them would pass over what they do not list.
        """
        return queue_of("\n".join([self.name, *sorted(map(str, self.ledgers))]))

    def next_ledger(self) -> Path:
        """The ledger whose turn it is to be scanned, after which it is the next one's."""
        ledger = self.ledgers[self.turn]
        self.turn = (self.turn + 1) % len(self.ledgers)
        return ledger


def queue_of(share: str) -> str:
    """The name of a share's queue. Short: it is part of a channel's name in PostgreSQL, which has 63 bytes."""
    return f"share-{blake2b(share.encode(), digest_size=8).hexdigest()}"


def shares_of(ledgers: Iterable[Path], named: Mapping[str, Path]) -> list[Share]:
    """The shares on which these ledgers stand: the innermost named folder that holds it, or else its own folder."""
    found: dict[str, Share] = {}
    for ledger in dict.fromkeys(ledgers):
        name, folder = _home(ledger, named)
        found.setdefault(name, Share(name, folder)).ledgers.append(ledger)
    return [*found.values()]


def _home(ledger: Path, named: Mapping[str, Path]) -> tuple[str, Path]:
    holding = [(len(folder.parts), name) for name, folder in named.items() if ledger.is_relative_to(folder)]
    if not holding:
        return str(ledger.parent), ledger.parent
    name = max(holding)[1]
    return name, named[name]


def reaches(share: Share) -> bool:
    """Whether this host has the share's folder before it, with at least one of the ledgers in it: a share that is not
    mounted is an empty folder.
    """
    try:
        with os.scandir(share.folder):
            return any(is_there(ledger) for ledger in share.ledgers)
    except OSError:
        return False
