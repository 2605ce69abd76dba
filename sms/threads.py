"""Work in threads that nobody has to wait for, not even the process at its end."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

Value = TypeVar("Value")


def started(job: Callable[[], Value]) -> Future[Value]:
    """The answer of ``job``, which begins at once in a thread of its own. One that hangs is left to itself: no thread
    can be ended from outside.
    """
    answer: Future[Value] = Future()

    def run() -> None:
        try:
            answer.set_result(job())
        except BaseException as fault:
            answer.set_exception(fault)

    answer.set_running_or_notify_cancel()
    Thread(target=run, daemon=True).start()
    return answer
