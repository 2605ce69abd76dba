"""One scheduler for one state folder: a second one is refused by name and leaves the first one's heartbeat alone."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from engine.facts.faults import DubanError
from engine.files.whole_file import replace_file
from sms.lock import Held, hold_file


class AlreadyRunning(DubanError):
    """Another scheduler works with this state folder; the message names it."""


@contextmanager
def sole_scheduler(state: Path, now: datetime) -> Iterator[None]:
    """Hold the scheduler's place while the block runs; the system releases it however the process ends.

    Raises:
        AlreadyRunning: another process holds it.
    """
    holder = state / "scheduler.json"
    try:
        with hold_file(state / "scheduler.lock"):
            content = {"host": socket.gethostname(), "pid": os.getpid(), "since": now.isoformat(timespec="minutes")}
            replace_file(holder, json.dumps(content, ensure_ascii=False).encode(), private=True)
            yield
    except Held:
        raise AlreadyRunning(f"值班程序已经在运行（{_named(holder)}），不用再开一个。要重启，请先结束它。") from None


def _named(holder: Path) -> str:
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(holder.read_text(encoding="utf-8"))
        since = datetime.fromisoformat(found["since"])
        return f"电脑“{found['host']}”，进程 {int(found['pid'])}，自 {since:%Y-%m-%d %H:%M}"
    return "同一个状态文件夹"
