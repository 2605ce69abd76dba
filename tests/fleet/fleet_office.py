"""A fleet to test in: a server of its own, ledgers, one phone for all, and workers as real processes."""

import asyncio
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from engine.fleet import worker as worker_module
from engine.fleet.clock_check import ClockCheck
from engine.fleet.pace import Pace
from engine.fleet.registry import FleetHost, FleetLedger, FleetRegistry
from engine.fleet.sending import FleetSender
from engine.fleet.serving import Serving
from engine.fleet.shares import Share
from engine.fleet.worker import FleetWorker
from engine.service.adoption import adopt
from engine.service.clock import OfficeClock
from engine.service.config import Config
from engine.service.host import Station
from engine.service.logging_setup import start_logging
from sms.gateways.local import LocalGateway, Received
from sms.store.location import Server
from sms.store.model import StoredMessage
from sms.store.postgresql import PostgresqlStore
from tests.postgresql import RunningServer
from tests.service.office import HOUR, T0, matter_row, write_book
from tests.sms.conftest import ENVIRONMENT

NAME = "晋北机群"
SLOT = T0 - 4 * HOUR
"""When the reminder of a one-day matter that was assigned a day less an hour before ``T0`` is due."""
QUICK = Pace(beat=0.5, dead=1.5, watch=0.7, fetch=1, scan=1, poll=0.7, probe=0.7, farewell=5)
Plant = Callable[[], None]
Story = Callable[[Serving, Share], Awaitable[None]]


@dataclass
class RunningClock(OfficeClock):
    """Office time that was ``at`` at ``since`` of the machine's clock and runs ``rate`` times as fast, in every process
    alike.
    """

    at: datetime
    since: float
    rate: float

    def now(self) -> datetime:
        return self.at + timedelta(seconds=self.elapsed())

    def elapsed(self) -> float:
        return (monotonic() - self.since) * self.rate


@dataclass(frozen=True)
class WorkerSettings:
    """What a worker process is started with."""

    config: Config
    clock: RunningClock
    pace: Pace
    host: str
    ahead: float
    plant: Plant | None


def work(settings: WorkerSettings) -> None:
    """A worker process: ``duban worker`` with a clock, a pace and perhaps a fault of the test's."""
    os.environ.update(ENVIRONMENT)
    PostgresqlStore.interrupted_after = timedelta(seconds=1)
    socket.gethostname = lambda: settings.host
    if settings.plant:
        settings.plant()
    station = Station.open(settings.config, settings.clock)
    start_logging(settings.config)
    wall = worker_module.time.time
    fleet_worker = FleetWorker(station, settings.pace, wall=lambda: wall() + settings.ahead)
    sys.exit(fleet_worker.run())


_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


@cache
def book_of(matters: int, identity: str) -> bytes:
    """A workbook that is made once for all tests."""
    rows = [matter_row(f"2026-日-{n:04}", SLOT - 19 * HOUR, "1天") for n in range(1, matters + 1)]
    with TemporaryDirectory() as folder:
        return write_book(Path(folder) / "台账.xlsx", rows, {"台账标识": identity}).read_bytes()


@dataclass
class Fleet:
    """Ledgers in ``folder``, each with one matter whose reminder is due at ``SLOT``; the clock starts ``before`` it."""

    folder: Path
    server: RunningServer
    database: Server
    before: timedelta = timedelta(seconds=1)
    rate: float = 1
    books: list[Path] = field(default_factory=list)
    gateway: dict[str, Any] = field(default_factory=dict)
    processes: list[BaseProcess] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = RunningClock(SLOT - self.before, monotonic(), self.rate)
        self._station: Station | None = None

    def config(self, worker: str) -> Config:
        table = self.gateway or {"local": {"file": str(self.folder / "phone.sqlite")}}
        return Config(
            state=self.folder / f"state-{worker}",
            folder=self.folder,
            ledgers=tuple(self.books),
            store=self.database.url,
            fleet=NAME,
            gateways=tuple(table),
            gateway=table,
        )

    @property
    def station(self) -> Station:
        """The test's own, of no worker."""
        if self._station is None:
            self._station = Station.open(self.config("test"), self.clock)
        return self._station

    @property
    def registry(self) -> FleetRegistry:
        return FleetRegistry(self.station.outbox.store)

    def add_ledger(self, name: str, matters: int = 1, share: str = "") -> Path:
        """A ledger in service. Its reminders are due at ``SLOT``."""
        folder = self.folder / share
        folder.mkdir(exist_ok=True)
        book = folder / f"{name}.xlsx"
        book.write_bytes(book_of(matters, f"11111111-2222-4333-8444-{len(self.books):012}"))
        self.books.append(book)
        adopt(book, self.station, SLOT - 19 * HOUR)
        return book

    def begin(self) -> None:
        """Let office time run, from a moment before the slot."""
        self.clock.at, self.clock.since = SLOT - self.before, monotonic()

    def start(self, host: str, plant: Plant | None = None, pace: Pace = QUICK, **how: Any) -> BaseProcess:
        """A worker on a host of this name."""
        given = WorkerSettings(self.config(host), replace(self.clock), pace, host, how.pop("ahead", 0.0), plant)
        process = _PROCESSES.Process(target=work, args=(given,), daemon=True, **how)
        process.start()
        self.processes.append(process)
        return process

    def stop(self, process: BaseProcess, seconds: float = 60) -> int | None:
        """A clean stop; its exit code."""
        os.kill(process.pid or 0, signal.SIGTERM)
        process.join(seconds)
        return process.exitcode

    def phone(self) -> list[Received]:
        """What arrived, the morning report aside."""
        gateway = LocalGateway(self.folder / "phone.sqlite")
        try:
            return [one for one in gateway.received() if "晨报" not in one.text]
        finally:
            gateway.close()

    def messages(self, book: Path) -> list[StoredMessage]:
        return [*self.station.outbox.messages(self.ledger(book).ledger)]

    def ledger(self, book: Path) -> FleetLedger:
        return self.registry.ledger(str(book)) or FleetLedger(str(book), "")

    def host(self, name: str) -> FleetHost | None:
        return next((one for one in self.registry.hosts() if one.host == name), None)

    def end(self) -> None:
        for process in self.processes:
            if process.is_alive():
                process.kill()
            process.join(5)
        if self._station:
            self._station.close()


def unseen(folder: Path) -> Path:
    """A file that the system refuses to look up, as in a folder that may not be entered (which root always may)."""
    return folder / ("深" * 100) / "台账.xlsx"


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something that another process does."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "it has not come"
        sleep(0.05)


def checked(clock: OfficeClock) -> ClockCheck:
    """One that was found right at this moment."""
    check = ClockCheck(clock, QUICK.clock)
    check.measured(0, check.reading())
    return check


def serve(fleet: Fleet, story: Story) -> None:
    """Let a coroutine serve the fleet's ledgers on this host."""

    async def run() -> None:
        sender = FleetSender(fleet.station)
        sender.start()
        serving = Serving(fleet.station, fleet.registry, sender, QUICK, "本机", checked(fleet.clock))
        await story(serving, Share("共享", fleet.folder, fleet.books, is_reached=True))
        serving.stopping = True
        sender.stop()

    asyncio.run(run())


@contextmanager
def running_fleet(folder: Path, server: RunningServer, **how: Any) -> Iterator[Fleet]:
    """A fleet with a database of its own."""
    fleet = Fleet(folder, server, server.fresh(), **how)
    try:
        yield fleet
    finally:
        fleet.end()
        server.run(f"DROP DATABASE {fleet.database.parsed.database} WITH (FORCE)")
