"""The scheduler's sign of life: one small file, replaced whole, that ``doctor`` reads from another process."""

import json
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from engine.files.whole_file import replace_file

SILENCE = timedelta(minutes=5)
"""Without a beat for this long, the scheduler counts as stopped."""


TOO_LONG = timedelta(minutes=10)
"""A pass over one workbook that takes longer delays the others."""


@dataclass(frozen=True, slots=True)
class Work:
    """The workbook that is worked on at the moment of a beat, and since when."""

    book: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Beat:
    """When and by which process. ``problems`` holds, by workbook, what keeps it from working; ``work`` is what it works
    on. ``stopped``: it was the last one, somebody ended the scheduler. ``program``: the installation that runs.
    """

    at: datetime
    pid: int
    host: str
    problems: Mapping[str, str]
    work: Work | None = None
    stopped: bool = False
    program: str = ""

    def is_held_up(self) -> bool:
        """Whether one workbook keeps the scheduler from all others. The heartbeat itself waits for nothing."""
        return self.work is not None and self.at - self.work.since > TOO_LONG

    def is_silent(self, now: datetime) -> bool:
        """Whether the scheduler must be taken for dead."""
        return self.stopped or now - self.at > SILENCE


def _file(state: Path) -> Path:
    return state / "heartbeat.json"


def beat(
    state: Path, now: datetime, problems: Mapping[str, str], *, work: Work | None = None, stopped: bool = False
) -> None:
    """Write the sign of life. Raises OSError."""
    content = asdict(Beat(now, os.getpid(), socket.gethostname(), dict(problems), work, stopped, sys.prefix))
    replace_file(
        _file(state), json.dumps(content, ensure_ascii=False, default=datetime.isoformat).encode(), private=True
    )


def last_beat(state: Path) -> Beat | None:
    """The last sign of life, or ``None`` where there was none or the file cannot be used."""
    try:
        content = json.loads(_file(state).read_text(encoding="utf-8"))
        at, work = datetime.fromisoformat(content["at"]), content.get("work")
        return Beat(
            **content | {"at": at, "work": Work(work["book"], datetime.fromisoformat(work["since"])) if work else None}
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
