"""One process that parses: started, used, ended. It leaves no zombie and no pipe, whatever becomes of it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from typing import IO, Any, cast

from engine.facts.faults import DubanError
from engine.service.parsing.frames import Frame, receive, send

_ENVIRONMENT = ("SYSTEMROOT", "PATH", "LD_LIBRARY_PATH", "TZ")
"""What a process needs to run at all. This one has no need of the gateways' credentials."""
_GRACE, _START = 5.0, 60.0
"""Seconds beyond its own alarm, and to start, after which a process is killed."""
_NOT_STARTED = "读取台账的进程启动不了，台账没有读。请检查内存和杀毒软件的拦截记录，或重新安装本程序。"
if sys.platform == "win32":
    _FLAGS, _GROUP = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP, None
else:
    _FLAGS, _GROUP = 0, 0  # a group of its own: Ctrl-C is for the calling process, whose pass under way ends first


class NoParser(DubanError):
    """The process that reads workbooks does not start."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bytes that a process may have to parse one workbook, seconds that it may take, and seconds until a workbook that
    was too much is tried again though it has not changed.
    """

    memory: int = 3 << 30  # a ledger of 100,000 matters takes a third to a half of it
    seconds: float = 120.0
    again: float = 3600.0


class Worker:
    """A process that runs ``main(memory, seconds)`` of the module ``entry``; ``asked`` counts its requests.

    Raises:
        NoParser: it does not start.
    """

    def __init__(self, entry: str, bounds: Bounds) -> None:
        self.asked = 0
        self._seconds = bounds.seconds
        main = f"from {entry} import main;main({bounds.memory},{bounds.seconds})"
        command = [sys.executable, "-I", "-c", f"import json,sys;sys.path[:]=json.loads(sys.argv[1]);{main}"]
        try:
            self._child = subprocess.Popen(
                [*command, json.dumps(sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                creationflags=_FLAGS,
                process_group=_GROUP,
            )
        except OSError as fault:
            raise NoParser(_NOT_STARTED) from fault
        self._requests, self._answers = cast(IO[bytes], self._child.stdin), cast(IO[bytes], self._child.stdout)
        if self._within(_START, lambda: receive(self._answers)) is None:
            self.end()
            raise NoParser(_NOT_STARTED)

    @property
    def returncode(self) -> int | None:
        """How it ended; ``None`` while it runs."""
        return self._child.returncode

    def ask(self, head: Mapping[str, Any], blocks: Sequence[bytes]) -> tuple[Frame | None, float]:
        """The answer, ``None`` where the process ends instead, and the seconds that it took."""
        self.asked += 1
        begin = time.monotonic()

        def exchange() -> Frame | None:
            send(self._requests, head, blocks)
            return receive(self._answers)

        return self._within(self._seconds + _GRACE, exchange), time.monotonic() - begin

    def end(self) -> None:
        """End it, whatever it does."""
        with suppress(OSError):
            self._requests.close()  # it ends by itself once its input ends
        try:
            self._child.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._answers.close()

    def _within(self, seconds: float, exchange: Callable[[], Frame | None]) -> Frame | None:
        """The frame, or ``None``: the process ended, or had to be killed because even its own alarm failed."""
        alarm = Timer(seconds, self._child.kill)
        alarm.start()
        try:
            return exchange()
        except OSError:
            return None
        finally:
            alarm.cancel()
