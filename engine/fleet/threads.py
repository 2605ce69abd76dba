"""Calls that may never return, each in a thread of its own: a share that hangs keeps neither loop nor process."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


async def in_thread(job: Callable[..., Value], *given: Any) -> Value:
    """What ``job`` returns or raises, ``given`` these arguments."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Value] = loop.create_future()

    def settle(outcome: Callable[[], None]) -> None:
        if not done.done():  # whoever waited for it has given it up
            outcome()

    def run() -> None:
        try:
            outcome = partial(done.set_result, job(*given))
        except BaseException as fault:
            outcome = partial(done.set_exception, fault)
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, outcome)

    Thread(target=run, daemon=True).start()
    return await done


async def within(seconds: float, job: Callable[..., Value], *given: Any) -> Value | None:
    """What ``job`` returns, ``None`` where it takes longer: it is left to itself then."""
    try:
        async with asyncio.timeout(seconds):
            return await in_thread(job, *given)
    except TimeoutError:
        return None


class Probe(Generic[Value]):
    """A call that may hang, made again only once the last one has returned: threads that hang cannot be ended, and a
    process has room for only so many.
    """

    def __init__(self, job: Callable[..., Value], *given: Any) -> None:
        self._job, self._given = job, given
        self._last: asyncio.Task[Value] | None = None

    async def within(self, seconds: float) -> Value | None:
        """What it returns, ``None`` where it takes longer or the last one still hangs."""
        if self._last and not self._last.done():
            return None
        self._last = asyncio.create_task(in_thread(self._job, *self._given))
        # A fault that comes too late would else be printed with its traceback as one that nobody has retrieved.
        self._last.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.wait({self._last}, timeout=seconds)
        return self._last.result() if self._last.done() else None
