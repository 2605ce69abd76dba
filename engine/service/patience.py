"""Questions to a folder that may never answer: a share that hangs keeps nobody from the ledgers of the others."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import TypeVar

Value = TypeVar("Value")
PATIENCE = 3.0
"""Seconds after which a folder that gives no answer counts as one that hangs."""


class Patience:
    """Asks each folder in a thread of its own, which is left to itself where it hangs, and asks that folder no more
    until it has returned: a call that hangs cannot be ended.
    """

    def __init__(self, seconds: float = PATIENCE) -> None:
        self._seconds = seconds
        self._asking: dict[Path, Thread] = {}
        self._hanging: set[Thread] = set()

    def ask(self, folder: Path, question: Callable[[], Value]) -> Value | None:
        """The answer to ``question``, or what it raises; ``None`` where the folder hangs."""
        answer: Future[Value] = Future()

        def put() -> None:
            try:
                answer.set_result(question())
            except BaseException as fault:
                answer.set_exception(fault)

        before = self._asking.get(folder)
        if before and not self._returns(before):
            return None
        thread = Thread(target=put, daemon=True)
        thread.start()
        self._asking[folder] = thread
        return answer.result() if self._returns(thread) else None

    def _returns(self, thread: Thread) -> bool:
        thread.join(0 if thread in self._hanging else self._seconds)
        if thread.is_alive():
            self._hanging.add(thread)
        else:
            self._hanging.discard(thread)
        return not thread.is_alive()
