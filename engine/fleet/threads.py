"""Calls that may never return, each in a thread of its own: a share that hangs keeps neither loop nor process."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

from sms.threads import started

Value = TypeVar("Value")


async def in_thread(job: Callable[..., Value], *given: Any) -> Value:
    """What ``job`` returns or raises, ``given`` these arguments."""
    return await asyncio.wrap_future(started(partial(job, *given)))


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
