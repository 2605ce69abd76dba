"""The queue of a fleet: procrastinate, in a schema of its own beside our tables.

A job is a hint that something may be due, never a fact: facts stand in files, journal, outbox and registry. So any job
may be lost, doubled or run late, and the whole schema may be made anew: the next scan finds what is due.

Two rules of procrastinate that decide how jobs are made: of jobs with one ``lock`` it hands out the one of the highest
priority, then the oldest, *even while that one is scheduled for later*; and ``queueing_lock`` is unique among waiting
jobs. So what is for now has the higher priority, and what is for later a queueing lock with its minute. A job for later
that has to wait for an older one all the same is overtaken by the scan.
"""

import logging
import time
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from hashlib import blake2b
from importlib.metadata import version
from typing import Any

import psycopg
from packaging.version import Version
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from engine.facts.faults import DubanError
from engine.fleet.pace import Pace

SCHEMA = "procrastinate"
SERVE, SCAN, RECEIPTS = "serve_ledger", "scan_share", "collect_receipts"
"""The tasks."""
SOON, _NOW, _LATER = 2, 1, 0
"""Priorities: scans and collections are short, and must not wait until all that is due has been served."""
_DOING = Status.DOING.value
_INSTALLING = 0x6475_6261_6E
"""The advisory lock under which the schema is made: two workers that start at once make it once."""
_CONNECTIONS = 4
_WAIT = 10.0
"""Seconds until a connection to the database must be had."""
_AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
"""By every clock: that of this host may be ahead of the server's, and what is handed out again must not wait for it."""
_SOONEST = 1.0
"""Seconds to wait at least for a later pass: a clock a little slow would otherwise ask anew without end."""

_AWAY = "数据库里的任务队列暂时用不了，稍后自动再试。请检查数据库是否在运行、网络是否通。"
_CLOSED = "任务队列打不开。请检查数据库是否在运行、网络是否通、连接数是否用完；程序已停的，请重新启动。原因：{cause}"
_FORBIDDEN = "数据库用户没有建任务队列的权限。请管理员执行 GRANT CREATE ON DATABASE 库名 TO 用户名，再重新启动。"


class NewerQueue(DubanError):
    """The database holds the schema of a newer procrastinate than this host has."""


def install(conninfo: str) -> None:
    """Make the queue's schema, or make it anew where an older procrastinate has made it.

    Raises:
        NewerQueue: a newer one has made it.
        QueueFault: the database cannot be used, or does not let its user make a schema.
    """
    with _opening_in_words():
        _install(conninfo, version("procrastinate"))


def _install(conninfo: str, ours: str) -> None:
    with psycopg.connect(_in_schema(conninfo)) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_INSTALLING,))
        row = connection.execute("SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", (SCHEMA,)).fetchone()
        standing = str(row[0]) if row and row[0] else ""
        if standing == ours:
            return
        if standing and Version(standing) > Version(ours):
            raise NewerQueue(f"本机的组件 procrastinate 是 {ours}，机群已在用 {standing}。请升级本机的程序。")
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        connection.execute(SchemaManager.get_schema())
        connection.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{ours}'")


class QueueFault(DubanError):
    """The queue cannot be used for the moment."""


class AskingJobs(JobManager):
    """Notes when work was last asked for, and when the last sign of life was left, by the monotonic clock: by these a
    worker that no longer asks is detected, and one that ends. ``workers``: the numbers of those of this process that
    live, which hold the jobs that it has begun.
    """

    def __init__(self, connector: PsycopgConnector) -> None:
        super().__init__(connector)
        self.workers: set[int] = set()
        self.begin()

    async def register_worker(self) -> int:
        """As in procrastinate."""
        worker_id = await super().register_worker()
        self.workers.add(worker_id)
        return worker_id

    async def unregister_worker(self, worker_id: int) -> None:
        """As in procrastinate."""
        self.workers.discard(worker_id)
        await super().unregister_worker(worker_id)

    def begin(self) -> None:
        """A worker begins."""
        self.asked_at = self.beat_at = time.monotonic()

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """As in procrastinate."""
        job = await super().fetch_job(queues, worker_id)
        self.asked_at = time.monotonic()
        return job

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """As in procrastinate; where the end cannot be recorded, ``recover`` finds the job, unless it has done so
        already and another worker has ended it.
        """
        with suppress(ConnectorException):
            await super().finish_job(job, status, delete_job)

    async def update_heartbeat(self, worker_id: int) -> None:
        """As in procrastinate."""
        await super().update_heartbeat(worker_id)
        self.beat_at = time.monotonic()

    async def stay_alive(self) -> None:
        """A sign of life of each worker: one that only finishes leaves none, and would be taken for a dead host's.
        Raises QueueFault.
        """
        with _faults_in_words():
            for worker in sorted(self.workers):
                await super().update_heartbeat(worker)


class WorkQueue:
    """The queue of one worker. ``app`` is procrastinate's, on which the tasks are registered; ``ahead``: seconds by
    which this host's clock is ahead of the server's, which decides when a job has its turn.
    """

    def __init__(self, conninfo: str, pace: Pace) -> None:
        for chatty in ("procrastinate", "psycopg.pool"):  # a line for every job and every attempt to connect
            logging.getLogger(chatty).setLevel(logging.CRITICAL)
        self._connector = PsycopgConnector(
            conninfo=_in_schema(conninfo),
            min_size=1,
            max_size=_CONNECTIONS,
            timeout=_WAIT,
            reconnect_timeout=_WAIT,  # by itself it would wait twice as long after each attempt, up to minutes
        )
        self.app = App(connector=self._connector)
        self.jobs = AskingJobs(self._connector)
        self.app.job_manager = self.jobs
        self.ahead = 0.0
        self._dead = pace.dead
        self._suspects: set[int] = set()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """With its connections to the database. Raises QueueFault: none can be had."""
        with _opening_in_words():
            await self.app.open_async()
        try:
            yield
        finally:
            await self.app.close_async()

    async def serve_now(self, place: str, queue: str) -> None:
        """Ask for a pass over a ledger, unless one is asked for already."""
        name = name_of(place, queue)
        await self._defer(SERVE, queue, {"place": place}, lock=name, queueing_lock=name, priority=_NOW)

    async def serve_at(self, place: str, queue: str, at: datetime, seconds: float) -> None:
        """Ask for a pass in so many seconds, which is at ``at`` by office time."""
        name, wait = name_of(place, queue), {"seconds": max(seconds, _SOONEST) - self.ahead}
        minute = f"{name}@{at:%Y%m%d%H%M}"
        await self._defer(
            SERVE, queue, {"place": place}, lock=name, queueing_lock=minute, priority=_LATER, schedule_in=wait
        )

    async def _defer(self, task: str, queue: str, given: dict[str, Any], **how: Any) -> None:
        with _faults_in_words(), suppress(AlreadyEnqueued):
            await self.app.configure_task(task, queue=queue, **how).defer_async(**given)

    async def recover(self, running: Collection[Job]) -> int:
        """Hand out again what dead workers had begun, and what stands as begun by this one although it does not run
        here: its end could not be recorded, because the database was away. How many jobs.

        No job of its own does this: it could itself be left by a dead worker, and then nothing would be recovered.
        """
        with _faults_in_words():
            await self.jobs.stay_alive()
            stalled = [*await self.jobs.get_stalled_jobs(seconds_since_heartbeat=self._dead)]
            begun = [
                job
                for worker in sorted(self.jobs.workers)
                for job in await self.jobs.list_jobs_async(status=_DOING, worker_id=worker)
            ]
        left = [job for job in begun if job.id not in {one.id for one in running}]
        twice = [job for job in left if job.id in self._suspects]  # one that was handed out a moment ago is not lost
        self._suspects = {job.id for job in left if job.id}
        return sum([await self._again(job) for job in (*stalled, *twice)])

    async def let_go(self) -> None:
        """Use no connection any more that stands: one that was made while the server could only be read stays so."""
        await self._connector.pool.drain()

    async def _again(self, job: Job) -> bool:
        """Whether it is in the queue again. If another one for the same waits there already, that one is enough, and
        this one must go: its lock would hold the other for ever.
        """
        try:
            await self.jobs.retry_job(job, retry_at=_AT_ONCE)
        except UniqueViolation:
            await self.jobs.finish_job(job, Status.FAILED, delete_job=True)
        except ConnectorException:
            return False  # another host was faster, or the server does not let us
        return True


@contextmanager
def _faults_in_words() -> Iterator[None]:
    try:
        yield
    except ConnectorException as fault:
        raise QueueFault(_AWAY) from fault


@contextmanager
def _opening_in_words() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as fault:
        raise QueueFault(_FORBIDDEN) from fault
    except psycopg.Error as fault:
        raise QueueFault(_CLOSED.format(cause=" ".join(str(fault).split()))) from fault


def name_of(place: str, queue: str) -> str:
    """The name of a ledger's locks in one queue. Where two hosts put it on shares of different names, a job that nobody
    fetches would otherwise keep the other's waiting for ever.
    """
    return blake2b(f"{queue} {place}".encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _in_schema(conninfo: str) -> str:
    options = conninfo_to_dict(conninfo).get("options") or ""
    return make_conninfo(conninfo, options=f"{options} -c search_path={SCHEMA}".strip())
