"""Calls that may hang: a share that has hung for days costs one thread, not one a probe."""

import asyncio
import gc
from threading import Event, active_count
from time import monotonic
from typing import Any

import pytest

from engine.fleet.threads import Probe

SOON = 0.02


def test_what_hangs_is_not_asked_again_before_it_has_returned() -> None:
    goes_on, asked = Event(), []

    def hangs() -> str:
        asked.append(1)
        goes_on.wait(30)
        return "here"

    async def story() -> None:
        probe = Probe(hangs)
        threads = active_count()
        assert [await probe.within(SOON) for _ in range(5)] == [None] * 5
        assert (len(asked), active_count()) == (1, threads + 1)
        goes_on.set()
        end = monotonic() + 30
        while await probe.within(SOON) is None:
            assert monotonic() < end
            await asyncio.sleep(SOON)
        assert len(asked) == 2

    asyncio.run(story())


def test_a_fault_that_comes_when_nobody_waits_any_more_leaves_no_traceback() -> None:
    goes_on = Event()
    met: list[dict[str, Any]] = []

    def fails() -> None:
        goes_on.wait(30)
        raise OSError

    async def story() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: met.append(context))
        probe = Probe(fails)
        assert await probe.within(SOON) is None
        goes_on.set()
        while probe._last and not probe._last.done():
            await asyncio.sleep(SOON)
        del probe
        gc.collect()

    asyncio.run(story())
    assert met == []


def test_what_returns_is_asked_each_time_and_its_fault_is_raised() -> None:
    given: list[str] = []

    def answers(more: str) -> int:
        given.append(more)
        if len(given) == 3:
            raise OSError(more)
        return len(given)

    async def story() -> None:
        probe = Probe(answers, "甲")
        assert [await probe.within(30), await probe.within(30)] == [1, 2]
        with pytest.raises(OSError, match="甲"):
            await probe.within(30)
        assert await probe.within(30) == 4

    asyncio.run(story())
