"""Asking the queue for work: procrastinate's worker for the queues of the moment, and another one where they change.

The one before ends by itself when its jobs have ended: a share that hangs keeps no queue of another from being asked.
"""

import asyncio
import time

import psycopg
from procrastinate.exceptions import ConnectorException

from engine.fleet.pace import Pace
from engine.fleet.work_queue import WorkQueue
from engine.service.logging_setup import LOGGER
from sms.store.postgresql_faults import words_of

_MISSED_BEATS = 2.5


class Fetching:
    """The workers of procrastinate in this process: one that asks, and those that still finish."""

    def __init__(self, queue: WorkQueue, pace: Pace) -> None:
        self._queue, self._pace = queue, pace
        self._queues: frozenset[str] = frozenset()
        self._asking: asyncio.Task[None] | None = None
        self._finishing: set[asyncio.Task[None]] = set()
        self._fault = ""

    def of(self, queues: frozenset[str]) -> None:
        """From now on ask for the work of these queues; anew where the database was away."""
        if self._asking and self._asking.done():
            self._ended(self._asking)
            self._asking = None
        if queues == self._queues and self._asking and not self._ends_by_itself:
            return
        self.stop()
        self._queues = queues
        if queues:
            self._queue.jobs.begin()
            self._asking = asyncio.create_task(self._ask(queues))

    def stop(self) -> None:
        """Ask no more; what was begun ends."""
        if self._asking:
            self._asking.cancel()
            self._finishing.add(self._asking)
            self._asking.add_done_callback(self._ended)
            self._asking = None

    async def ended(self, seconds: float) -> bool:
        """Whether all that was begun has ended within so many seconds."""
        if not self._finishing:
            return True
        _, pending = await asyncio.wait(self._finishing, timeout=seconds)
        return not pending

    def is_silent(self, running: int) -> bool:
        """Whether work has not been asked for although there is room for more than what is ``running``."""
        is_asking = self._asking is not None and not self._asking.done()
        return is_asking and running < self._pace.ledgers and self._silence > self._pace.silence

    @property
    def _silence(self) -> float:
        return time.monotonic() - self._queue.jobs.asked_at

    @property
    def _ends_by_itself(self) -> bool:
        """Whether it leaves no sign of life any more: it does so when it has lost the database, and then waits for all
        that it has begun, which may take minutes, without asking for more.
        """
        return time.monotonic() - self._queue.jobs.beat_at > _MISSED_BEATS * self._pace.beat

    async def _ask(self, queues: frozenset[str]) -> None:
        try:
            await self._queue.app.run_worker_async(
                queues=sorted(queues),
                concurrency=self._pace.ledgers,
                install_signal_handlers=False,
                # A connection that was being made when its worker ended is closed when Python collects it, and until
                # it has said its first word, a minute at most, the server cannot restart.
                listen_notify=False,
                delete_jobs="always",
                fetch_job_polling_interval=self._pace.fetch,
                update_heartbeat_interval=self._pace.beat,
                stalled_worker_timeout=self._pace.dead,
            )
        except ConnectorException:
            await self._queue.let_go()
            raise

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._finishing.discard(task)
        met = None if task.cancelled() else task.exception()
        fault = _words_of(met.__cause__ or met) if met else ""
        if fault and fault != self._fault:
            LOGGER.warning("与任务队列的连接断了，正在重新连接：%s", fault)
        self._fault = fault


def _words_of(fault: BaseException) -> str:
    said = words_of(fault) if isinstance(fault, psycopg.Error) else None
    return f"数据库{said}" if said else " ".join(str(fault).split())
