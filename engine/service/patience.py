"""Questions to a folder that may never answer: a share that hangs keeps nobody from the ledgers of the others."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any, TypeVar

from sms.threads import started

Value = TypeVar("Value")
PATIENCE = 3.0
"""Seconds after which a folder that gives no answer counts as one that hangs."""


class Patience:
    """Asks each folder in a thread of its own, and asks one that hangs again only once that thread has returned: a
    process has room for only so many.
    """

    def __init__(self, seconds: float = PATIENCE) -> None:
        self._seconds = seconds
        self._asked: dict[Path, Future[Any]] = {}
        self._hanging: set[Path] = set()

    def ask(self, folder: Path, question: Callable[[], Value]) -> Value | None:
        """The answer to ``question``, or what it raises; ``None`` where the folder hangs."""
        before = self._asked.get(folder)
        if before and not self._has_answered(folder, before):
            return None
        answer = self._asked[folder] = started(question)
        return answer.result() if self._has_answered(folder, answer) else None

    def _has_answered(self, folder: Path, asked: Future[Any]) -> bool:
        wait({asked}, 0 if folder in self._hanging else self._seconds)
        if asked.done():
            self._hanging.discard(folder)
        else:
            self._hanging.add(folder)
        return asked.done()
