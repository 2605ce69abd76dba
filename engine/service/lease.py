"""Which journal may send for a ledger: a small file beside the workbook, where every copy of the journal sees it.

A machine that was cloned, or whose state was restored from a backup, has the same journal under the same host name.
Each pass that may send puts a new token into the file first, and its journal knows the tokens that it has put there.
A token that bears the journal's own seal and that it does not know was written by another copy of it.

Which of two passes in the same moment goes on is decided by the file system: the new token is written into a claim
that is created exclusively, and then takes the place of the old one. The journal knows the token before anybody can
see it, so a pass that is killed at any point leaves nothing that is foreign to its own journal.
"""

import hashlib
import hmac
import json
import time
from contextlib import suppress
from enum import Enum
from pathlib import Path
from secrets import token_hex
from typing import Protocol

from engine.files.whole_file import replace_file
from engine.ledger.file.concurrent_access import Sleep
from engine.ledger.file.disk import Disk

COPIED = (
    "另有一台电脑用着同一份发送日志（本机的状态文件夹是复制来的，或恢复自旧备份），为防重发，本机只试算、不发送。"
    "请只留一台电脑值守，在那台上运行 duban adopt。"
)
BUSY = "另一台电脑正在取得这本台账的发送权，本轮不发送，稍后再试。"
UNPROTECTED = "发送凭证写不进台账所在的文件夹：{0}若另有一台电脑用着同一份状态文件夹，短信会重复。请检查文件夹的权限。"
_LARGEST = 1024
_WAITS = (0.0, 0.2, 0.8)
"""Seconds in which a claim that was created just now gets its content."""


class Renewal(Enum):
    """What became of the attempt to put a new token: this pass may send; another copy of the journal does; or neither
    is known yet.
    """

    DONE = ""
    COPIED = COPIED
    BUSY = BUSY


class Tokens(Protocol):
    """What a lease needs of a journal."""

    secret: bytes

    def remember_lease(self, ledger: str, token: str) -> None:
        """Record, so that it lasts, that the journal is about to put this token."""

    def knows_lease(self, ledger: str, token: str) -> bool:
        """Whether the journal put that token, at any time."""


class Lease:
    """The lease of one ledger, as one journal sees it. Only one process of a host at a time may use it (the service's
    lock of the workbook sees to that).
    """

    def __init__(
        self, book: Path, ledger: str, journal: Tokens, disk: Disk | None = None, sleep: Sleep = time.sleep
    ) -> None:
        self._lease = book.with_name(f".{book.name}.duban-lease")
        self._claim = self._lease.with_suffix(".duban-claim")
        self._book, self.ledger, self._journal = book, ledger, journal
        self._disk, self._sleep = disk or Disk(), sleep

    def is_copied(self) -> bool:
        """Whether another copy of this journal has taken the lease; not where that cannot be seen."""
        try:
            return self._is_foreign(self._read(self._lease)) or self._is_foreign(self._read(self._claim))
        except OSError:
            return False

    def renew(self) -> Renewal:
        """Put a new token, before anything is sent. Raises OSError where the folder does not allow it."""
        seen = self._read(self._lease)
        if self._is_foreign(seen):
            return Renewal.COPIED
        if (standing := self._read(self._claim)) is not None and self._token(standing):
            if self._is_foreign(standing):
                return Renewal.COPIED
            self._disk.remove(self._claim)  # of a pass of ours that was killed
        content = self._new_content()
        try:
            stream = self._disk.create(self._claim)
        except FileExistsError:
            return self._yield_to_claim()
        with stream:
            stream.write(content)
            stream.flush()
            with suppress(OSError):  # whoever may edit the workbook may read it, as far as the folder knows of that
                self._disk.keep_access(self._disk.stat(self._book), self._book, stream)
        return self._install(seen, content)

    def take_over(self) -> None:
        """Put a new token whatever stands there: a person has decided which host goes on. Raises OSError."""
        replace_file(self._lease, self._new_content())
        with suppress(FileNotFoundError):
            self._disk.remove(self._claim)

    def give_up(self) -> None:
        """Leave no lease. Raises OSError."""
        for path in (self._claim, self._lease):
            with suppress(FileNotFoundError):
                self._disk.remove(path)

    def _install(self, seen: bytes | None, content: bytes) -> Renewal:
        """Let the claim take the place of what was ``seen``, if that still stands there: whoever was slow to create
        the claim finds the token of the one that came before.
        """
        present = self._read(self._lease)
        if present != seen:
            self._disk.remove(self._claim)
            return Renewal.COPIED if self._is_foreign(present) else Renewal.BUSY
        try:
            self._disk.overwrite(self._claim, self._lease)
        except FileNotFoundError:
            return Renewal.BUSY
        except OSError:  # somebody reads the old one just now (Windows): the claim itself keeps the others out
            if self._read(self._claim) != content:
                return Renewal.BUSY
        return Renewal.DONE

    def _yield_to_claim(self) -> Renewal:
        """Another copy was faster. A claim that stays without content was left by a death in its first moment."""
        for wait in _WAITS:
            self._sleep(wait)
            standing = self._read(self._claim)
            if standing is None or self._token(standing):
                return Renewal.COPIED if self._is_foreign(standing or self._read(self._lease)) else Renewal.BUSY
        with suppress(FileNotFoundError):
            self._disk.remove(self._claim)
        return Renewal.BUSY

    def _read(self, path: Path) -> bytes | None:
        """The content, ``None`` where there is no such file. Raises OSError."""
        try:
            with self._disk.open(path) as stream:
                return stream.read(_LARGEST)
        except FileNotFoundError:
            return None

    def _new_content(self) -> bytes:
        token = token_hex(16)
        self._journal.remember_lease(self.ledger, token)
        return json.dumps({"token": token, "seal": self._seal(token)}).encode()

    def _is_foreign(self, content: bytes | None) -> bool:
        """Whether another copy of this journal wrote it; what nobody of its secret wrote is of no weight."""
        token = self._token(content)
        return bool(token) and not self._journal.knows_lease(self.ledger, token)

    def _token(self, content: bytes | None) -> str:
        """The token that bears the seal of this journal for this ledger; empty where there is none."""
        try:
            value = json.loads(content or b"")
            token, seal = str(value["token"]), str(value["seal"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return ""
        given = seal.encode("utf-8", "replace")
        return token if hmac.compare_digest(given, self._seal(token).encode()) else ""

    def _seal(self, token: str) -> str:
        text = f"lease\n{self.ledger}\n{token}".encode("utf-8", "surrogatepass")
        return hmac.new(self._journal.secret, text, hashlib.sha256).hexdigest()
