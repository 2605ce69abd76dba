"""How a worker asks the queue for work, and what it leaves when it ends."""

import asyncio
from typing import Any

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException

from engine.fleet.fetching import Fetching
from engine.fleet.work_queue import WorkQueue, install
from tests.fleet.fleet_office import QUICK


def test_a_connection_that_is_lost_is_told_without_the_driver_s_words(
    database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    queue = WorkQueue(database, QUICK)

    async def lost(**_: object) -> None:
        raise ConnectorException from psycopg.OperationalError("server closed the connection unexpectedly")

    async def story() -> None:
        async with queue.opened():
            monkeypatch.setattr(queue.app, "run_worker_async", lost)
            fetching = Fetching(queue, QUICK)
            for _ in range(2):  # it is told once
                fetching.of(frozenset({"甲"}))
                await asyncio.sleep(0.1)
            fetching.of(frozenset())

    asyncio.run(story())
    assert [one.getMessage() for one in caplog.records if one.name == "duban"] == [
        "与任务队列的连接断了，正在重新连接：数据库的连接断了，稍后自动重连。请检查数据库是否在运行、网络是否通。"
    ]


def test_a_worker_that_ends_leaves_no_connection_behind(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """procrastinate would make one to listen by, and drop it half made."""
    install(database)
    queue, made = WorkQueue(database, QUICK), []
    really = psycopg.AsyncConnection.connect

    async def connect(*given: Any, **how: Any) -> psycopg.AsyncConnection[Any]:
        made.append(how.get("autocommit", False))  # the pool's own are not
        return await really(*given, **how)

    async def story() -> None:
        async with queue.opened():
            fetching = Fetching(queue, QUICK)
            fetching.of(frozenset({"甲"}))
            asked = queue.jobs.asked_at
            while queue.jobs.asked_at == asked:
                await asyncio.sleep(0.05)
            fetching.of(frozenset())
            assert await fetching.ended(10)

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", connect)
    asyncio.run(story())
    assert made
    assert not any(made)
