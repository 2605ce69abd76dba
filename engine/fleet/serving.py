"""Serving one ledger: passes, and the sending of what they claim, under the ledger's lock in the whole fleet.

The lock is held until nothing of the ledger is on its way any more and 短信记录 has been written; only then is the
ledger recorded as in order. A worker that dies before leaves it due, and another one goes on.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from engine.board.digest import digest_of
from engine.facts.moment import to_minute
from engine.fleet.clock_check import ClockCheck
from engine.fleet.pace import Pace
from engine.fleet.registry import FleetLedger, FleetRegistry
from engine.fleet.sending import DeskUnderLock, FleetSender
from engine.fleet.shares import Share
from engine.fleet.signatures import signature_text
from engine.fleet.threads import in_thread, within
from engine.guards.permission import Options
from engine.service.host import BookBusy, Station
from engine.service.logging_setup import LOGGER
from engine.service.one_pass import PassResult, due_after, pass_within
from engine.service.pass_sending import RETRY
from engine.service.watch import in_words
from sms.settlement import SECOND_LOOK
from sms.store.model import SmsError, State

STORE_RETRY = timedelta(minutes=1)
"""When a pass is tried again that the store, or the set-up of a gateway, did not allow."""


class Serving:
    """All ledgers that one worker serves at this moment. ``calls``: the calls on files that are under way, each by the
    ledger's place and when it began by the monotonic clock; ``stopping``: none is begun any more, and those that are
    served end after the pass and the requests under way. ``host`` is this machine's name; ``clock_check`` says whether
    its clock may be gone by.
    """

    def __init__(
        self,
        station: Station,
        registry: FleetRegistry,
        sender: FleetSender,
        pace: Pace,
        host: str,
        clock_check: ClockCheck,
    ) -> None:
        self._station, self._registry, self._sender, self._pace = station, registry, sender, pace
        self._host, self.clock_check = host, clock_check
        self._room = asyncio.Semaphore(pace.passes)
        self.calls: list[tuple[str, float]] = []
        self.stopping = False

    async def serve(self, place: str, share: Share) -> FleetLedger | None:
        """The ledger as it stands after what was due has been done; ``None`` where nothing can be done here: another
        worker serves it, its share does not answer, this worker stops, or its clock has leapt.
        """
        path = Path(place)
        found = await within(self._pace.probe, signature_text, self._station, path)
        record = await in_thread(self._registry.ledger, place) or FleetLedger(place, share.name)
        if not found or self.stopping:
            return None
        if not record.is_due(found, self._station.clock.now()):
            return record
        held = ExitStack()
        try:
            async with self._room_for(place):
                true = await in_thread(lambda: held.enter_context(self._station.only_one(path)))
        except BookBusy:
            return None  # the same job may have been handed out twice; if anything stays due, a scan finds it
        desk = DeskUnderLock(self._sender.desk, partial(self._station.keeps, true), self.clock_check.is_right)
        held.callback(desk.close)
        try:
            after = await self._until_at_rest(true, replace(record, share=share.name), desk)
            if after and self.clock_check.is_right():  # by one that has leapt it would be due again too late
                return await in_thread(self._registry.keep, after)
            return None
        finally:
            await in_thread(held.close)

    async def _until_at_rest(self, path: Path, record: FleetLedger, desk: DeskUnderLock) -> FleetLedger | None:
        """Pass, and pass again once what it claimed has left or its file has changed, until nothing is left to be done
        now; ``None`` where this worker stops before that, or its clock has leapt since it was last checked.
        """
        turn: int | None = None  # the run of the sender after which what is left cannot be sent just now
        while self.clock_check.is_right():
            try:
                async with self._room_for(record.place):
                    # From before the pass: our own writing costs one more, but no save of a colleague is ever missed.
                    record = replace(record, signature=await in_thread(self._held_signature, path))
                    record, result = await in_thread(self._passed, path, record, desk)
                claimed = any(one.id for one in result.messages)
                if turn is None or claimed:
                    turn = self._sender.turn + 1  # not an earlier one: it may have ended before the ledger was admitted
                at_rest_at = await self._sent(record, turn, claimed=claimed)
            except BookBusy:  # the lock was lost with the database: the ledger is still due, here or elsewhere
                return None
            except Exception as fault:  # one workbook that poisons the rules must not stop the others
                return await in_thread(self._failed, record, fault)
            if at_rest_at:
                desk.close()
                return await in_thread(self._with_open_messages, record, at_rest_at)
            if self.stopping:
                return None
        return None

    def _held_signature(self, path: Path) -> str:
        self._station.must_keep(path)
        return signature_text(self._station, path)

    def _passed(self, path: Path, record: FleetLedger, desk: DeskUnderLock) -> tuple[FleetLedger, PassResult]:
        """One pass, and the ledger after it."""
        result = pass_within(path, self._station, self._now(record), Options(throttled=True), desk)
        after = replace(
            record,
            ledger=result.ledger,
            next_at=due_after(result),
            passed_at=result.at,
            problem=result.obstacle or "",
            host=self._host,
            digest=digest_of(result.ledger, result.board).to_json() if result.board else record.digest,
        )
        sent = sum(one.id is not None for one in result.messages)
        if sent or result.changes:
            written = result.pending or "已写入。"
            LOGGER.info("%s：短信 %d 条，改动 %d 处。%s", path.name, sent, len(result.changes), written)
        if after.problem and after.problem != record.problem:
            LOGGER.error("%s：%s", path.name, after.problem)
        return after, result

    def _now(self, record: FleetLedger) -> datetime:
        """Now, to the minute; never before the last pass of another host whose clock is some seconds ahead: it would
        count as a clock that went back.
        """
        now, last = to_minute(self._station.clock.now()), record.passed_at
        ahead = last - now if last else timedelta()
        return last if last and timedelta() < ahead <= timedelta(seconds=2 * self._pace.clock) else now

    def _failed(self, record: FleetLedger, fault: Exception) -> FleetLedger:
        """The ledger after a pass that failed: due again soon where the store was away, else not so soon."""
        problem = in_words(fault)
        if problem != record.problem:
            LOGGER.error("%s：%s", Path(record.place).name, problem)
        again = self._station.clock.now() + (STORE_RETRY if isinstance(fault, SmsError) else RETRY)
        return replace(record, next_at=again, problem=problem, host=self._host)

    async def _sent(self, record: FleetLedger, turn: int, *, claimed: bool) -> datetime | None:
        """Wait for the sender. ``None`` where another pass is worth it: what was ``claimed`` has left, or the file has
        changed. Else the moment at which nothing was left to be sent; or, where the sender's run ``turn`` has ended and
        left what it could not send, the moment at which that run began.
        """
        ledger, desk = record.ledger, self._sender.desk
        waited = claimed
        while not self.stopping:
            now = self._station.clock.now()
            is_on_its_way = ledger in desk.names() and await in_thread(self._is_on_its_way, ledger, now)
            if not is_on_its_way:
                return None if waited else now
            if self._sender.ended >= turn:
                return None if waited else self._sender.began_at
            waited = True
            self._sender.wake()
            if not await self._sender.wait(ledger, self._pace.poll):
                await in_thread(self._station.must_keep, Path(record.place))
                found = await within(self._pace.probe, signature_text, self._station, Path(record.place))
                if found and found != record.signature:
                    return None
        return None

    def _is_on_its_way(self, ledger: str, now: datetime) -> bool:
        """Whether something of the ledger waits to be sent, or for the answer to a request of this worker."""
        outbox = self._station.outbox
        if outbox.has_work((ledger,), now):
            return True
        return self._sender.ended < self._sender.turn and outbox.count(ledger, State.SUBMITTING) > 0

    def _with_open_messages(self, record: FleetLedger, since: datetime) -> FleetLedger:
        """The ledger, due again when one of its messages is that were still open at ``since``: the sender no longer has
        it on its desk. What has fallen due since then, while the pass was writing or after it, stays due.

        A request that began a moment before it left the desk may still be under way: its answer moves the message
        whoever serves the ledger then, and nobody takes it for interrupted so soon.
        """
        outbox, ledger = self._station.outbox, record.ledger
        times = [record.next_at or since]
        if outbox.count(ledger, State.PENDING):  # its own time, or when a gateway that fails may be used again
            turns = (outbox.next_turn(ledger, since, State.PENDING), self._sender.next_at)
            times.append(min((turn for turn in turns if turn and turn > since), default=since + RETRY))
        if outbox.count(ledger, State.UNKNOWN, State.SUBMITTING):
            turn = outbox.next_turn(ledger, datetime.min, State.UNKNOWN, State.SUBMITTING)
            times.append(turn if turn and turn > since else since + SECOND_LOOK)
        return replace(record, next_at=min(times))

    @asynccontextmanager
    async def _room_for(self, place: str) -> AsyncIterator[None]:
        """One of few places for calls on files. Whoever takes long (a share that hangs) keeps no other ledger waiting:
        after a while the place is given to the next one.
        """
        await self._room.acquire()
        given_back = asyncio.Event()

        def give_back() -> None:
            if not given_back.is_set():
                given_back.set()
                self._room.release()

        given_up = asyncio.get_running_loop().call_later(self._pace.patience, give_back)
        self.calls.append(call := (place, time.monotonic()))
        try:
            yield
        finally:
            self.calls.remove(call)
            given_up.cancel()
            give_back()
