"""The queue's own rules, and the traps of procrastinate that its issues describe."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partialmethod

import procrastinate
import psycopg
import pytest
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from psycopg_pool import AsyncConnectionPool

from engine.fleet.work_queue import SERVE, NewerQueue, QueueFault, WorkQueue, install, name_of
from tests.fleet.fleet_office import QUICK, SLOT
from tests.postgresql import RunningServer

QUEUE, PLACE = "share-1", "/甲/台账.xlsx"


def queued(dsn: str, job: Callable[[WorkQueue], Awaitable[None]]) -> list[tuple[object, ...]]:
    """What stands in the queue after a coroutine has worked with it: status, worker, priority."""
    install(dsn)

    async def run() -> None:
        queue = WorkQueue(dsn, QUICK)
        async with queue.opened():
            await job(queue)

    asyncio.run(run())
    with psycopg.connect(dsn) as connection:
        chosen = "SELECT status::text, worker_id, priority FROM procrastinate.procrastinate_jobs ORDER BY id"
        return connection.execute(chosen).fetchall()


async def fetched(queue: WorkQueue, worker: int) -> Job:
    job = await queue.jobs.fetch_job([QUEUE], worker)
    assert job is not None
    return job


async def silenced(queue: WorkQueue, worker: int) -> int:
    """This worker, its last sign of life an hour old."""
    await queue.jobs.connector.execute_query_async(
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' WHERE id = %(id)s", id=worker
    )
    return worker


async def dead_worker(queue: WorkQueue) -> int:
    """Of another process."""
    return await silenced(queue, await JobManager(queue.jobs.connector).register_worker())


def test_a_pass_is_asked_for_once_however_often_it_is_due(database: str) -> None:
    async def story(queue: WorkQueue) -> None:
        for _ in range(3):
            await queue.serve_now(PLACE, QUEUE)

    assert queued(database, story) == [("todo", None, 1)]


def test_what_is_for_later_blocks_nothing_that_is_for_now(database: str) -> None:
    """procrastinate #1599: a job of the same lock that is scheduled for later is handed out first."""

    async def story(queue: WorkQueue) -> None:
        worker = await queue.jobs.register_worker()
        await queue.serve_at(PLACE, QUEUE, SLOT, 3600)
        await queue.serve_at(PLACE, QUEUE, SLOT + timedelta(minutes=5), 3900)
        assert await queue.jobs.fetch_job([QUEUE], worker) is None
        await queue.serve_now(PLACE, QUEUE)
        assert (await fetched(queue, worker)).scheduled_at is None

    assert [status for status, *_ in queued(database, story)] == ["todo", "todo", "doing"]


def test_a_job_that_nobody_fetches_keeps_no_job_of_another_queue_waiting(database: str) -> None:
    async def story(queue: WorkQueue) -> None:
        await queue.serve_now(PLACE, "share-2")
        await queue.serve_now(PLACE, QUEUE)
        await fetched(queue, await queue.jobs.register_worker())

    assert [status for status, *_ in queued(database, story)] == ["todo", "doing"]


@pytest.mark.parametrize("waiting", [False, True])
def test_a_stalled_job_goes_back_or_makes_room_for_the_one_that_waits(database: str, waiting: bool) -> None:
    """procrastinate #1446, #1543: both with one queueing lock cannot wait; without help neither would ever run."""

    async def story(queue: WorkQueue) -> None:
        await queue.serve_now(PLACE, QUEUE)
        await fetched(queue, await dead_worker(queue))
        if waiting:
            await queue.serve_now(PLACE, QUEUE)
        assert await queue.recover([]) == 1
        job = await fetched(queue, await queue.jobs.register_worker())
        assert (job.task_name, job.task_kwargs, job.lock) == (SERVE, {"place": PLACE}, name_of(PLACE, QUEUE))

    assert [status for status, *_ in queued(database, story)] == ["doing"]


def test_two_hosts_that_recover_at_once_hand_a_job_out_once(database: str) -> None:
    async def story(queue: WorkQueue) -> None:
        await queue.serve_now(PLACE, QUEUE)
        await fetched(queue, await dead_worker(queue))
        other = WorkQueue(database, QUICK)
        async with other.opened():
            await asyncio.gather(queue.recover([]), other.recover([]))

    assert [status for status, *_ in queued(database, story)] == ["todo"]


def test_a_job_of_a_worker_that_has_been_struck_off_is_recovered(database: str) -> None:
    """procrastinate #1518: it stands in nobody's name any more."""

    async def story(queue: WorkQueue) -> None:
        await queue.serve_now(PLACE, QUEUE)
        worker = await dead_worker(queue)
        await fetched(queue, worker)
        assert await queue.jobs.prune_stalled_workers(QUICK.dead) == [worker]
        assert await queue.recover([]) == 1

    assert queued(database, story) == [("todo", None, 1)]


def test_a_job_whose_end_could_not_be_recorded_is_recovered_from_a_worker_that_lives(database: str) -> None:
    """The database was away at that moment. At the second sighting: a job may just have been handed out."""

    async def story(queue: WorkQueue) -> None:
        worker = await queue.jobs.register_worker()
        await queue.serve_now(PLACE, QUEUE)
        await queue.serve_now("/乙/台账.xlsx", QUEUE)
        await fetched(queue, worker)
        runs = await fetched(queue, worker)
        assert [await queue.recover([runs]) for _ in range(2)] == [0, 1]

    assert sorted(status for status, *_ in queued(database, story)) == ["doing", "todo"]


def test_a_job_whose_end_could_not_be_recorded_is_recovered_where_nothing_else_runs(database: str) -> None:
    async def story(queue: WorkQueue) -> None:
        worker = await queue.jobs.register_worker()
        await queue.serve_now(PLACE, QUEUE)
        await fetched(queue, worker)
        assert [await queue.recover([]) for _ in range(2)] == [0, 1]

    assert [status for status, *_ in queued(database, story)] == ["todo"]


def test_what_is_recovered_has_its_turn_at_once_although_the_recovering_clock_is_ahead(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(procrastinate.utils, "utcnow", lambda: datetime.now(UTC) + timedelta(minutes=5))

    async def story(queue: WorkQueue) -> None:
        await queue.serve_now(PLACE, QUEUE)
        await fetched(queue, await dead_worker(queue))
        assert await queue.recover([]) == 1
        await fetched(queue, await queue.jobs.register_worker())

    assert [status for status, *_ in queued(database, story)] == ["doing"]


@pytest.mark.parametrize("ahead", [-50, 0, 50])
def test_a_later_pass_has_its_turn_by_the_clock_of_the_server(
    database: str, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    monkeypatch.setattr(procrastinate.utils, "utcnow", lambda: datetime.now(UTC) + timedelta(seconds=ahead))
    times: list[datetime] = []

    async def story(queue: WorkQueue) -> None:
        queue.ahead = ahead
        for minute, seconds in enumerate((600, 0)):  # what is due already, too, waits for a second
            await queue.serve_at(PLACE, QUEUE, SLOT + timedelta(minutes=minute), seconds)
        times.extend(job.scheduled_at for job in await queue.jobs.list_jobs_async() if job.scheduled_at)

    queued(database, story)
    waits = [(one - datetime.now(UTC)).total_seconds() for one in sorted(times)]
    assert waits == [pytest.approx(1, abs=10), pytest.approx(600, abs=10)]


def test_a_living_worker_keeps_its_jobs(database: str) -> None:
    async def story(queue: WorkQueue) -> None:
        await queue.serve_now(PLACE, QUEUE)
        await fetched(queue, await queue.jobs.register_worker())
        assert await queue.recover([]) == 0

    assert [status for status, *_ in queued(database, story)] == ["doing"]


def test_a_worker_that_only_finishes_and_leaves_no_sign_of_life_keeps_its_jobs(database: str) -> None:
    """procrastinate ends the heartbeat of one that is to stop before it waits for what runs."""

    async def story(queue: WorkQueue) -> None:
        await queue.serve_now(PLACE, QUEUE)
        job = await fetched(queue, await silenced(queue, await queue.jobs.register_worker()))
        beat_at = queue.jobs.beat_at
        assert await queue.recover([job]) == 0
        assert queue.jobs.beat_at == beat_at  # by which the one that asks is judged

    assert [status for status, *_ in queued(database, story)] == ["doing"]


def test_a_queue_of_an_older_program_is_made_anew_and_one_of_a_newer_is_refused(database: str) -> None:
    async def story(queue: WorkQueue) -> None:
        await queue.serve_now(PLACE, QUEUE)

    assert len(queued(database, story)) == 1
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("COMMENT ON SCHEMA procrastinate IS '3.0.0'")
        install(database)
        assert connection.execute("SELECT count(*) FROM procrastinate.procrastinate_jobs").fetchone() == (0,)
        connection.execute("COMMENT ON SCHEMA procrastinate IS '99.0.0'")
    with pytest.raises(NewerQueue, match=r"已在用 99\.0\.0。请升级"):
        install(database)


def test_a_user_who_may_make_no_schema_is_told_what_to_ask_for(postgresql: RunningServer, database: str) -> None:
    postgresql.run("CREATE ROLE guest LOGIN")
    with pytest.raises(QueueFault, match="GRANT CREATE ON DATABASE"):
        install(f"{database} user=guest")
    postgresql.run("DROP ROLE guest")


def test_a_server_without_a_free_connection_is_named_as_the_cause(postgresql: RunningServer, database: str) -> None:
    postgresql.run("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0")
    with pytest.raises(QueueFault, match=r"连接数是否用完.*too many connections") as raised:
        install(f"{database} user=crowded")
    assert "自动再试" not in str(raised.value)  # where a worker starts it ends
    postgresql.run("DROP ROLE crowded")


def test_a_database_that_is_lost_before_the_queue_is_opened_is_no_internal_error(
    postgresql: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AsyncConnectionPool, "open", partialmethod(AsyncConnectionPool.open, timeout=0.1))
    queue = WorkQueue(postgresql.dsn("nowhere"), QUICK)

    async def story() -> None:
        async with queue.opened():
            pass

    with pytest.raises(QueueFault, match="请检查数据库是否在运行"):
        asyncio.run(story())


def test_a_database_that_cannot_be_reached_is_said_so(postgresql: RunningServer) -> None:
    with pytest.raises(QueueFault, match="请检查数据库是否在运行"):
        install(postgresql.dsn("nowhere"))


def test_a_sign_of_life_that_cannot_be_left_is_told_in_words(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = WorkQueue(database, QUICK)
    queue.jobs.workers.add(1)

    async def lost(*_: object) -> None:
        raise ConnectorException

    monkeypatch.setattr(JobManager, "update_heartbeat", lost)
    with pytest.raises(QueueFault, match="任务队列暂时用不了"):
        asyncio.run(queue.jobs.stay_alive())
