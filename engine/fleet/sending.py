"""The sender of a worker: one thread that sends for all ledgers whose locks this worker holds, most urgent first."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from engine.service.background import Background
from engine.service.desk import SendingDesk
from engine.service.host import Station
from engine.service.logging_setup import LOGGER
from engine.service.pass_sending import sentences_of
from engine.service.scheduler import SEND_EVERY
from engine.service.watch import in_words
from sms.lock import SenderBusy
from sms.sender import StillOwed
from sms.store.model import StoredMessage


class DeskUnderLock:
    """The desk for the passes of a block that holds a ledger's lock, which it ``keeps``, by a clock of which it knows
    whether it ``is_right``: what the block has admitted leaves the desk with it, however it ends.

    Whoever serves the ledger afterwards knows newer facts. By ours a message that he has claimed would not be owed, and
    stand as 错过未发 for ever.
    """

    def __init__(self, desk: SendingDesk, keeps: Callable[[], bool], is_right: Callable[[], bool]) -> None:
        self._desk, self._keeps, self._is_right = desk, keeps, is_right
        self._admitted: set[str] = set()

    def admit(self, ledger: str, owed: StillOwed, waiting: int) -> None:
        """As in ``MessageDesk``; once the lock is lost or the clock has leapt, nothing lapses."""

        def still_owed(message: StoredMessage, now: datetime) -> bool | None:
            if self._is_right():  # first: of what is owed the sender judges by the same clock whether it has expired
                if owed(message, now):
                    return True
                if self._keeps():
                    return False
            self._desk.hold(ledger)
            return None

        self._admitted.add(ledger)
        self._desk.admit(ledger, still_owed, waiting)

    def hold(self, ledger: str) -> None:
        """As in ``MessageDesk``; not what another block has admitted, which a copy of its ledger must not stop."""
        if ledger in self._admitted:
            self._desk.hold(ledger)

    def close(self) -> None:
        """Hold all that was admitted."""
        for ledger in self._admitted:
            self._desk.hold(ledger)


class FleetSender:
    """Start it in the loop of the worker. ``turn`` counts the runs that have begun, ``ended`` those that have ended;
    ``began_at``: when the last that has ended began, ``next_at``: when it wished for the next.
    """

    def __init__(self, station: Station) -> None:
        self._station = station
        self.desk = SendingDesk(self._rests)
        self.turn = self.ended = 0
        self.began_at = station.clock.now()
        self.next_at: datetime | None = None
        self._waiting: dict[str, asyncio.Event] = {}
        self._stopping = Event()
        self._fault = ""
        self._thread = Background("发送", self._run, SEND_EVERY)
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin to send."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def wake(self) -> None:
        """Send now, or once more after the run that is under way."""
        self._thread.wake()

    def stop(self) -> bool:
        """Begin no request any more, and wait until the answers to those that are under way are settled: true then."""
        self.desk.hold_all()
        self._stopping.set()
        self._thread.stop()
        self._in_loop(self._all)  # a run that was asked for just now comes no more
        return True

    async def wait(self, ledger: str, seconds: float) -> bool:
        """Until a run has ended or nothing of this ledger waits any more, at most so long; whether that has come."""
        event = self._waiting[ledger] = asyncio.Event()
        try:
            async with asyncio.timeout(seconds):
                return await event.wait()
        except TimeoutError:
            return False
        finally:
            self._waiting.pop(ledger, None)

    def _run(self) -> None:
        self.turn += 1
        began_at, fault = self._station.clock.now(), ""
        try:
            self._send()
        except Exception as met:  # a database that is away for a moment: the next run comes
            fault = in_words(met)
        if fault:
            self.next_at = self._station.clock.now() + timedelta(seconds=SEND_EVERY)
        if fault and fault != self._fault:
            LOGGER.error("发送：%s", fault)
        self._fault = fault
        self.began_at, self.ended = began_at, self.turn
        self._in_loop(self._all)

    def _send(self) -> None:
        station, now = self._station, self._station.clock.now()
        if not station.outbox.has_work(self.desk.names(), now):
            return
        try:
            report = station.outbox.send_for(self.desk, station.clock.now, station.gateways, wait=self._let_pass)
        except SenderBusy:
            return
        self.next_at = report.next_at
        for sentence in sentences_of(report):
            LOGGER.error("%s", sentence)

    def _let_pass(self, seconds: float) -> None:
        self._stopping.wait(seconds)

    def _rests(self, ledger: str) -> None:
        self._in_loop(lambda: self._one(ledger))

    def _one(self, ledger: str) -> None:
        if ledger in self._waiting:
            self._waiting[ledger].set()

    def _all(self) -> None:
        for event in self._waiting.values():
            event.set()

    def _in_loop(self, job: Callable[[], None]) -> None:
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(job)
