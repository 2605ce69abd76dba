"""What one host brings to every pass: its journal and outbox, its gateways, its policies, its clock, its name."""

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from engine.facts.faults import DubanError
from engine.files.ownership import private_folder
from engine.ledger.reading.cells import Parse
from engine.policy.loading import Policies, shipped_policies
from engine.service.book import ReadingAids, ServedBook
from engine.service.clock import OfficeClock
from engine.service.config import Config
from engine.service.journal import Journal
from engine.service.lease import Lease
from engine.service.places import Places, place_of
from engine.service.policies import policies_for
from engine.service.remembered import Remembrance
from sms.gateways.protocol import Gateway
from sms.gateways.setup import open_gateway
from sms.lock import Held
from sms.outbox import Outbox

_BUSY = "另一个督办程序正在处理这本台账，请稍后再试。"


class BookBusy(DubanError):
    """Another process is working on this ledger."""


@dataclass(frozen=True)
class Station:
    """One host's service. Close it when done."""

    config: Config
    journal: Journal
    outbox: Outbox
    policies: Policies
    clock: OfficeClock
    host: str
    remembrance: Remembrance = field(default_factory=Remembrance)
    elsewhere: Parse | None = None

    @classmethod
    def open(cls, config: Config, clock: OfficeClock | None = None, elsewhere: Parse | None = None) -> "Station":
        """Open the state folder of ``config``, making it where there is none.

        ``elsewhere``: the process that parses workbooks, so that the death or hunger of one reading harms no other.

        Raises:
            SmsError, OSError: the state cannot be used.
        """
        private_folder(config.state)
        host = socket.gethostname()
        outbox = Outbox(config.location, host)
        journal, policies = Journal(outbox.store), shipped_policies()
        return cls(config, journal, outbox, policies, clock or OfficeClock(), config.fleet or host, elsewhere=elsewhere)

    @cached_property
    def gateways(self) -> Sequence[Gateway]:
        """In order of preference; opened when first needed, so that what sends nothing needs no credentials.

        Raises:
            SmsError: a gateway is set up wrongly, or its credentials are missing or readable by others.
        """
        return [self.gateway(name) for name in self.config.gateways]

    def gateway(self, name: str) -> Gateway:
        """One gateway by its name in the config. Raises SmsError as ``gateways`` does."""
        config = self.config
        return open_gateway(name, config.gateway.get(name, {}), os.environ, config.folder, config.state)

    def close(self) -> None:
        """Close the files."""
        self.outbox.close()

    def policies_of(self, ledger: Path) -> Policies:
        """Every policy that a ledger may choose: those shipped, those of the config, those that lie beside it."""
        return policies_for(ledger, self.config.policies, self.policies)

    @property
    def reaches_phones(self) -> bool:
        """Whether one of the gateways sends for real."""
        return any(gateway.network for gateway in self.gateways)

    def book(self, path: Path, now: Callable[[], datetime] | None = None) -> ServedBook:
        """The workbook of a ledger, by its true path; sheets that this journal has parsed before, and rows that this
        station has read before, are not parsed again.
        """
        names = self.places.names(self.places.true_path(path))
        known = self.remembrance.of(place_of(names[0])).rows
        return ServedBook(names, self.journal, self.config, now or self.clock.now, ReadingAids(known, self.elsewhere))

    def lease(self, path: Path, ledger: str) -> Lease:
        """The right to send for the ledger whose workbook stands at this true path."""
        return Lease(path, ledger, self.journal)

    @cached_property
    def places(self) -> Places:
        """Which names lead to one workbook."""
        return Places(lambda: (one.path for one in self.journal.all_served()), self.config.ledgers)

    @contextmanager
    def only_one(self, path: Path) -> Iterator[Path]:
        """Hold the lock of this workbook: one pass at a time on all hosts of the store, released however the process
        ends. Yields its true path.

        Raises:
            BookBusy: another process holds it.
        """
        true = self.places.true_path(path)
        with ExitStack() as held:
            try:
                held.enter_context(self.outbox.store.exclusive(place_of(true)))
            except Held as busy:
                raise BookBusy(_BUSY) from busy
            yield true

    def must_keep(self, true: Path) -> None:
        """Make sure of ``keeps``.

        Raises:
            BookBusy: another process has it by now.
        """
        if not self.keeps(true):
            raise BookBusy(_BUSY)

    def keeps(self, true: Path) -> bool:
        """Whether the lock of the workbook at this true path, which the caller has taken, has not been lost."""
        return self.outbox.store.keeps(place_of(true))
