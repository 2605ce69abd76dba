"""Replacing a workbook so that no version of it can vanish: the displaced file survives and is judged by content.

A new version is written under a name of ours, and the name tells what it replaces: ``.~duban-BOOK-READ-OURS.new``.
After the swap the displaced file stands as ``.old`` under the same name. Whatever a crash leaves is therefore judged
the same way as a swap that went well: :func:`settle` compares contents with READ and OURS, and needs no other memory.
"""

import contextlib
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.ledger.file import backups
from engine.ledger.file.concurrent_access import Sleep, content_hash
from engine.ledger.file.disk import Disk, UnsupportedError

_WAITS = (0.1, 0.3, 0.6, 1.0, 2.0)
"""Seconds in which an absent workbook may come back: Excel's save deletes it and renames the new one."""
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the files that a swap, finished or broken off, left behind.

    ``replaced``: our version took the place of the one that was read. ``given_back``: a save had come in between and
    stands again. ``waiting``: one cannot be judged while somebody has the book open. A saved version that could not be
    put back, because people had gone on working on ours, stands among the conflicts (``backups.conflicts``).
    """

    replaced: bool = False
    given_back: bool = False
    waiting: bool = False


def part_path(book: Path) -> Path:
    """Where a new version is written. Whatever bears such a name at a start is unfinished and is removed."""
    return book.with_name(f"{_prefix(book)}{secrets.token_hex(8)}.part")


def new_path(book: Path, read: str, ours: str) -> Path:
    """The name of a new version that is whole: by the hashes of what it replaces and of itself."""
    return book.with_name(f"{_prefix(book)}{read}-{ours}.new")


def swap_in(disk: Disk, book: Path, new: Path, old: Path) -> None:
    """Put ``new`` in the place of ``book``, which survives as ``old``; in one step where the system can.

    Otherwise the workbook is absent between two renames, as it is when Excel saves, and a save that comes in
    between stays (FileExistsError). Raises UnsupportedError, with nothing changed, where not even that is safe.
    """
    try:
        disk.exchange(new, book)
    except UnsupportedError:
        pass
    else:
        disk.put(new, old)
        return
    try:
        disk.replace_keeping(new, book, old)
    except UnsupportedError:
        disk.put(book, old)
        disk.put(new, book)


def settle(disk: Disk, book: Path, sleep: Sleep, at: datetime, is_open: bool) -> Settled:
    """Judge every file that bears a name of ours for this book, and leave none; after a swap, and at each start.

    ``is_open``: an owner file stands; then nothing replaces the book, and a save that should be put back waits.
    """
    judge = _Judge(disk, book, sleep, at, is_open)
    for _ in range(_ROUNDS):
        with contextlib.suppress(FileNotFoundError, FileExistsError):  # a save came in between: judge again
            judge.all()
            break
    else:
        judge.all()
    return Settled(judge.kept and not judge.unused, judge.given_back, judge.waiting)


class _Judge:
    """One settling: what was seen so far, and what to do with the next leftover."""

    def __init__(self, disk: Disk, book: Path, sleep: Sleep, at: datetime, is_open: bool) -> None:
        self.disk, self.book, self.sleep, self.at, self.is_open = disk, book, sleep, at, is_open
        self.kept = self.unused = self.given_back = self.waiting = False

    def all(self) -> None:
        names = sorted(name for name in self.disk.names(self.book.parent) if name.startswith(_prefix(self.book)))
        for name in names:
            path = self.book.with_name(name)
            hashes = _NAME.fullmatch(name.removeprefix(_prefix(self.book)))
            if hashes:
                self._judge(path, *hashes.group(1, 2))
            elif name.endswith(".part"):
                self.disk.remove(path)

    def _judge(self, left: Path, read: str, ours: str) -> None:
        content = file_hash(self.disk, left)
        if content == ours:
            self.disk.remove(left)
            self.unused = True
            return
        present = self._present()
        if present is None:
            self.disk.put(left, self.book)
        elif content == read:
            backups.keep(self.disk, self.book, left, self.at)
            self.kept = True
        elif present != ours:
            backups.keep_conflict(self.disk, self.book, left, self.at)
        elif self.is_open:
            self.waiting = True
        else:
            self._give_back(left, left.with_suffix(".new" if left.suffix == ".old" else ".old"), content, ours)

    def _present(self) -> str | None:
        """Hash of the workbook, after waiting for a save to end; ``None`` if it is really gone."""
        for wait in _WAITS:
            try:
                return file_hash(self.disk, self.book)
            except FileNotFoundError:
                self.sleep(wait)
        return None

    def _give_back(self, save: Path, aside: Path, content: str, ours: str) -> None:
        """Put a save that our version displaced back in its place; and should yet another have come, that one.

        Whoever saves at every try is left alone with the version before; the next settling calls that a conflict.
        """
        expected = ours
        for _ in range(_ROUNDS):
            with contextlib.suppress(UnsupportedError):  # whoever opened the other version may write over this one
                backups.keep_too(self.disk, self.book, save, self.at)
            swap_in(self.disk, self.book, save, aside)
            taken = file_hash(self.disk, aside)
            if taken == expected:
                self.given_back = True
                if taken == ours:
                    self.disk.remove(aside)
                else:
                    backups.keep(self.disk, self.book, aside, self.at)
                return
            save, aside, expected, content = aside, save, content, taken


_NAME = re.compile(r"([0-9a-f]{16})-([0-9a-f]{16})\.(?:new|old)")


def _prefix(book: Path) -> str:
    return f".~duban-{hashlib.blake2b(book.name.encode(), digest_size=4).hexdigest()}-"


def file_hash(disk: Disk, path: Path) -> str:
    """Hash of a file's content, as it stands in the names."""
    with disk.open(path) as stream:
        return content_hash(stream)
