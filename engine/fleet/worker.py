"""A worker of a fleet: it takes jobs from the queue for the shares that it reaches, and watches itself.

A process whose pass hangs, or that no longer asks for work, cannot be mended from within: threads that hang cannot be
ended, and only the end of the process lets go of its locks. It lets the other ledgers come to an end and leaves with
``BROKEN``, for the system to start it anew.
"""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from engine.facts.faults import DubanError
from engine.fleet.clock_check import ClockCheck
from engine.fleet.fetching import Fetching
from engine.fleet.membership import Membership
from engine.fleet.pace import Pace
from engine.fleet.registry import FleetRegistry
from engine.fleet.sending import FleetSender
from engine.fleet.serving import Serving
from engine.fleet.shares import Share, reaches, shares_of
from engine.fleet.tasks import RECEIPTS_QUEUE, Tasks
from engine.fleet.threads import Probe, in_thread, within
from engine.fleet.work_queue import WorkQueue
from engine.service.heartbeat import beat
from engine.service.host import Station
from engine.service.logging_setup import LOGGER
from engine.service.watch import in_words
from sms.store.postgresql import PostgresqlStore

BROKEN = 3
"""The exit code of a process that has to be started anew."""
_UNREACHED = (
    "够不着台账所在的 {}，或列出的台账那里一本也没有；够得着的主机会接着处理。"
    "请检查网络和挂载；台账改了名、移走了的，请改 duban.toml 的 ledgers，再重新启动 duban worker。"
)
_SHARE_OF_TIME = 0.001
"""Seconds for which one thread may compute while another waits for its turn. By default it is five times as long: the
sender, which asks the database a dozen times a message, would send half as much while passes are made.
"""


class NoFleet(DubanError):
    """The host is set up for no fleet."""


class FleetWorker:
    """One worker. ``wall``: the wall clock in seconds since 1970; ``leave``: ends the process at once.

    Raises:
        NoFleet: the store of this host is no database for a fleet.
    """

    def __init__(
        self,
        station: Station,
        pace: Pace | None = None,
        wall: Callable[[], float] = time.time,
        leave: Callable[[int], object] = os._exit,
    ) -> None:
        store = station.outbox.store
        if not isinstance(store, PostgresqlStore) or not station.config.fleet:
            raise NoFleet(
                "机群要用 PostgreSQL 存发送日志。请在 duban.toml 写上 store 和 fleet；只有一台电脑的，请用 duban run。"
            )
        self._station, self._leave = station, leave
        self._pace = pace or Pace()
        self._registry = FleetRegistry(store)
        self._membership = Membership(station, self._registry, store.conninfo, self._pace, wall)
        self.shares: list[Share] = shares_of(station.config.ledgers, station.config.shares)
        self._probes = [Probe(reaches, share) for share in self.shares]
        self._queue = WorkQueue(store.conninfo, self._pace)
        self._sender = FleetSender(station)
        self._clock_check = ClockCheck(station.clock, self._pace.clock)
        host = self._membership.host
        self._serving = Serving(station, self._registry, self._sender, self._pace, host, self._clock_check)
        self._tasks = Tasks(station, self._registry, self._queue, self._serving, self.shares)
        self._tasks.register(self._pace)
        self._fetching = Fetching(self._queue, self._pace)
        self._stop = asyncio.Event()
        self._held: str | None = None  # nobody has checked yet
        self._broken = ""
        self._troubles: dict[str, str] = {}

    def run(self) -> int:
        """Work until stopped by a signal: 0, or ``BROKEN``.

        Raises:
            AnotherFleet, NewerQueue: this host may not work with this database.
            SmsError, QueueFault: the database cannot be used.
        """
        sys.setswitchinterval(_SHARE_OF_TIME)
        # psycopg cannot work with the loop that Windows brings by default.
        factory = asyncio.SelectorEventLoop if sys.platform == "win32" else None
        with asyncio.Runner(loop_factory=factory) as runner:
            code = runner.run(self._run())
            if code == BROKEN:  # at once: the loop's own end would let go of a lock whose pass still hangs
                logging.shutdown()
                self._leave(code)
        return code

    async def _run(self) -> int:
        self._mind_signals(asyncio.get_running_loop())
        await in_thread(self._membership.join)
        async with self._queue.opened():
            self._sender.start()
            LOGGER.info("机群工作程序启动，照看 %d 本台账", sum(len(share.ledgers) for share in self.shares))
            while not self._stop.is_set():
                await self._survive("时钟和版本", self._check_standing)
                await self._survive("共享", self._probe)
                await self._survive("队列", self._take_work)
                await self._survive("登记", self._register_life)
                self._check_health()
                await self._pause()
            return await self._end()

    async def _check_standing(self) -> None:
        """Whether this worker may take work; while it may not, nothing is sent either."""
        before = self._clock_check.reading()
        held = await self._membership.why_held()
        self._queue.ahead = self._membership.offset
        self._clock_check.measured(self._membership.offset, before)
        self._serving.stopping = bool(held)
        if held:
            self._fetching.of(frozenset())
            self._sender.desk.hold_all()
        if held != (self._held or ""):
            LOGGER.error("%s", held or "已恢复，继续处理台账。")
        self._held = held

    async def _probe(self) -> None:
        """Which shares this host reaches."""
        answers = await asyncio.gather(*(probe.within(self._pace.probe) for probe in self._probes))
        for share, answer in zip(self.shares, answers, strict=True):
            share.is_reached = bool(answer)

    async def _take_work(self) -> None:
        """Ask for the work of the shares that are reached, and for what dead workers have left."""
        reached = [share for share in self.shares if share.is_reached]
        queues = {RECEIPTS_QUEUE} | {name for share in reached for name in (share.queue, share.scan_queue)}
        self._fetching.of(frozenset(queues) if self._held == "" else frozenset())
        if recovered := await self._queue.recover(self._tasks.running.values()):
            LOGGER.warning("有 %d 项工作的主机没有了消息，已重新分派", recovered)

    async def _register_life(self, *, stopped: bool = False) -> None:
        """Leave the signs of life: in the registry, and for ``doctor`` in the state folder."""
        await in_thread(partial(self._membership.beat, self.problem, stopped=stopped))
        state, now = self._station.config.state, self._station.clock.now()
        await in_thread(partial(beat, state, now, {}, stopped=stopped))

    @property
    def problem(self) -> str:
        """Why this worker takes no work, or what it cannot reach; empty if nothing is wrong."""
        out = "、".join(share.name for share in self.shares if not share.is_reached)
        unreached = _UNREACHED.format(out) if out else ""
        return self._broken or self._held or unreached

    def _check_health(self) -> None:
        """Whether this process can still be trusted to work."""
        now = time.monotonic()
        hung = sorted({place for place, since in self._serving.calls if now - since > self._pace.hung})
        if hung:
            self._broken = f"处理 {'、'.join(hung)} 超过 {self._pace.hung / 60:.0f} 分钟没有结束，程序将重新启动。"
        elif self._fetching.is_silent(len(self._tasks.running)):
            self._broken = "已有一段时间没有领取工作，程序将重新启动。"
        if self._broken:
            LOGGER.error("%s", self._broken)
            self._stop.set()

    async def _end(self) -> int:
        """Take no work any more, let passes and requests that are under way end, and leave."""
        self._serving.stopping = True
        self._fetching.stop()
        signs_of_life = asyncio.create_task(self._stay_alive())
        settled = await within(self._pace.farewell, self._sender.stop)
        ended = await self._fetching.ended(self._pace.farewell)
        signs_of_life.cancel()
        with suppress(TimeoutError):  # a database that hangs must not keep a process that has to go
            async with asyncio.timeout(self._pace.beat):
                await self._survive("登记", lambda: self._register_life(stopped=True))
        LOGGER.info("机群工作程序停止")
        return 0 if settled and ended and not self._broken else BROKEN

    async def _stay_alive(self) -> None:
        """Leave signs of life while this worker ends: whoever is silent for half a minute counts as dead, and its jobs
        as left.
        """
        while True:
            await self._survive("登记", self._register_life)
            await self._survive("队列", self._queue.jobs.stay_alive)
            await asyncio.sleep(self._pace.watch)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._pace.watch):
                await self._stop.wait()
        except TimeoutError:
            return

    async def _survive(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """Run one job. Whatever it meets (a database that is away), it comes again; that is logged once."""
        fault = ""
        try:
            await job()
        except Exception as met:  # whatever it is, the worker must live to meet it again
            fault = in_words(met)
        if fault and fault != self._troubles.get(name):
            LOGGER.error("%s：%s", name, fault)
        elif not fault and self._troubles.get(name):
            LOGGER.info("%s：已恢复", name)
        self._troubles[name] = fault

    def _mind_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: loop.call_soon_threadsafe(self._stop.set))
