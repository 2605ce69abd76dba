"""One at a time: an OS lock on a file, released by the kernel however the process ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sms.store.model import SmsError

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Held(SmsError):
    """Another block holds this name or file."""


class SenderBusy(SmsError):
    """Another process is sending from this store."""


@contextmanager
def hold_file(path: Path) -> Iterator[None]:
    """Hold the lock file ``path`` while the block runs. The file stays: removing it would let two hold it at once.

    Raises:
        Held: another block holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _take(descriptor)
        except OSError as busy:
            raise Held("另一个督办程序正在使用，请稍后再试。") from busy
        yield
    finally:
        os.close(descriptor)


@contextmanager
def sole_sender(path: Path) -> Iterator[None]:
    """Hold the sender's lock file while the block runs.

    Raises:
        SenderBusy: another process holds it.
    """
    with ExitStack() as held:
        try:
            held.enter_context(hold_file(path))
        except Held as busy:
            raise SenderBusy("另一个督办程序正在发送短信，请等它结束后再试。") from busy
        yield
