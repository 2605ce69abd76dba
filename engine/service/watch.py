"""One workbook in the scheduler's care: when its next pass is due, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.facts.settings import Settings
from engine.ledger.file.concurrent_access import reason
from engine.ledger.file.owner_files import owner_files
from engine.service.known_faults import KNOWN_FAULTS
from engine.service.logging_setup import LOGGER

ABSENT = "找不到工作簿。请核对配置中的路径，或等网络恢复。"
Signature = tuple[int, ...] | None


@dataclass(slots=True)
class Watch:
    """``signature``: the state of the file before the last pass; ``due_at``: when the next one is due."""

    path: Path
    signature: Signature = None
    due_at: datetime | None = None
    ledger: str = ""
    problem: str = ""
    settings: Settings | None = None


def signature_of(names: Sequence[Path]) -> Signature:
    """A value that differs between two saves, and between an open and a closed book, at the price of a few ``stat``.

    ``names``: the workbook's true path first. ``None`` while the file is absent. Whoever opens the book soon finds a
    heartbeat beside it.
    """
    try:
        status = names[0].stat()
        holders = [mark.exists() for name in names for mark in owner_files(name).values()]
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino, *holders


def in_words(fault: Exception) -> str:
    """What kept a pass or a job from its work, for people; a mistake of ours goes to the log whole."""
    if isinstance(fault, KNOWN_FAULTS):
        return str(fault)
    if isinstance(fault, OSError):
        return reason(fault)
    LOGGER.error("internal error", exc_info=fault)
    return "程序内部出错，详见日志。请把日志交给维护人员。"
