"""The scheduler's sign of life: one small file, replaced whole, that ``doctor`` reads from another process."""

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from engine.files.whole_file import replace_file

SILENCE = timedelta(minutes=5)
"""Without a beat for this long, the scheduler counts as stopped."""


@dataclass(frozen=True, slots=True)
class Beat:
    """When and by which process; ``problems`` holds, by workbook, what keeps it from working. ``stopped``: it was the
    last one, somebody ended the scheduler.
    """

    at: datetime
    pid: int
    host: str
    problems: Mapping[str, str]
    stopped: bool = False

    def is_silent(self, now: datetime) -> bool:
        """Whether the scheduler must be taken for dead."""
        return self.stopped or now - self.at > SILENCE


def _file(state: Path) -> Path:
    return state / "heartbeat.json"


def beat(state: Path, now: datetime, problems: Mapping[str, str], *, stopped: bool = False) -> None:
    """Write the sign of life. Raises OSError."""
    content = asdict(Beat(now, os.getpid(), socket.gethostname(), dict(problems), stopped)) | {"at": now.isoformat()}
    replace_file(_file(state), json.dumps(content, ensure_ascii=False).encode(), private=True)


def last_beat(state: Path) -> Beat | None:
    """The last sign of life, or ``None`` where there never was one or the file is of no use."""
    try:
        content = json.loads(_file(state).read_text(encoding="utf-8"))
        return Beat(**content | {"at": datetime.fromisoformat(content["at"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
