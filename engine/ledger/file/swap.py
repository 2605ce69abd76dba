"""Replacing a workbook so that no version of it can vanish: the displaced file survives and is judged by content.

A new version is written under a name of ours, and the name identifies what it replaces: ``.~duban-BOOK-READ-OURS.new``.
After the swap the displaced file stands as ``.old`` under the same name. Whatever a crash leaves is therefore judged
the same way as a swap that went well: :func:`settle` compares contents with READ and OURS, and needs no other memory.
"""

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from engine.ledger.file import backups, conflicts
from engine.ledger.file.backups import prefix
from engine.ledger.file.concurrent_access import Sleep, content_hash
from engine.ledger.file.disk import Disk, UnsupportedError

_WAITS = (0.1, 0.3, 0.6, 1.0, 2.0)
"""Seconds in which an absent workbook may come back: Excel's save deletes it and renames the new one."""
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the files that a swap, finished or broken off, left over.

    ``replaced``: our version took the place of the one that was read. ``given_back``: a save had come in between and
    stands again. Every such save stands among the conflicts as well: somebody may have opened our version meanwhile.
    """

    replaced: bool = False
    given_back: bool = False


def part_path(book: Path) -> Path:
    """Where a new version is written. Whatever bears such a name at a start is unfinished and is removed."""
    return book.with_name(f"{backups.part_name(book)}.part")


def new_path(book: Path, read: str, ours: str) -> Path:
    """The name of a new version that is whole: by the hashes of what it replaces and of itself."""
    return book.with_name(f"{backups.prefix(book)}{read}-{ours}.new")


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
        disk.rename(new, old)
        return
    try:
        disk.replace_keeping(new, book, old)
    except UnsupportedError:
        disk.rename(book, old)
        disk.rename(new, book)


def replace_book(disk: Disk, book: Path, new: Path, ours: str, around: "Settling") -> bool:
    """Swap ``new``, of hash ``ours``, in and settle; whether it stands in the place of what was read.

    A fault of the disk once it stands undoes nothing: a caller to whom it is reported that nothing was written removes
    the documents of what was. Raises OSError where it does not stand, or will not: a displaced save that could not be
    kept is restored at the next settling.
    """
    try:
        swap_in(disk, book, new, new.with_suffix(".old"))
        disk.sync_folder(book.parent)
        return settle(disk, book, around).replaced
    except OSError:
        with contextlib.suppress(OSError):
            if settle(disk, book, around).given_back:
                return False
        with contextlib.suppress(OSError):
            if file_hash(disk, book) == ours and not _displaces_a_save(disk, new):
                return True
        raise


def _displaces_a_save(disk: Disk, new: Path) -> bool:
    """Whether what a swap left over is neither the version that was read nor ours."""
    known = new.stem[-33:].split("-")  # its name ends with the hashes of both
    for left in (new, new.with_suffix(".old")):
        with contextlib.suppress(FileNotFoundError):
            if file_hash(disk, left) not in known:
                return True
    return False


@dataclass(frozen=True, slots=True)
class Settling:
    """The context of a settling: the time, how to wait, whether somebody has the book open just now, and the version
    that was read, where that is known.
    """

    at: datetime
    sleep: Sleep
    is_open: Callable[[], bool]
    read: IO[bytes] | None = None


def settle(disk: Disk, book: Path, around: Settling) -> Settled:
    """Judge every file that bears a name of ours for this book, and leave none; after a swap, and at each start.

    Nothing replaces the book while an owner file stands: a save that should be put back is then kept as a conflict.
    """
    judge = _Judge(disk, book, around)
    for _ in range(_ROUNDS):
        with contextlib.suppress(FileNotFoundError, FileExistsError):  # a save came in between: judge again
            judge.all()
            break
    else:
        judge.all()
    return Settled(judge.kept and not judge.unused, judge.given_back)


class _Judge:
    """One settling: what was seen so far, and the decision on the next leftover."""

    def __init__(self, disk: Disk, book: Path, around: Settling) -> None:
        self.disk, self.book, self.around = disk, book, around
        self.kept = self.unused = self.given_back = False

    def all(self) -> None:
        names = sorted(name for name in self.disk.names(self.book.parent) if name.startswith(prefix(self.book)))
        for name in names:
            path = self.book.with_name(name)
            hashes = _NAME.fullmatch(name.removeprefix(prefix(self.book)))
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
        if content == read and present is not None:
            backups.store(self.disk, self.book, left, self.around.at)
            self.kept = True
        elif present is None:
            self.disk.rename(left, self.book)
        else:
            self._store_conflict(left, is_ours=present == ours)
            if present == ours and not self.around.is_open():
                self._restore(left, left.with_suffix(".new" if left.suffix == ".old" else ".old"), content, ours)
            else:
                self.disk.remove(left)

    def _store_conflict(self, save: Path, *, is_ours: bool) -> None:
        """Keep a displaced save before anything is done with it. After a crash our version, if it still stands, shows
        what people had changed: it differs from the one that was read in what the scheduler writes.
        """
        if self.around.read is not None or not is_ours:
            conflicts.store(self.disk, self.book, save, self.around.at, self.around.read)
            return
        with self.disk.open(self.book) as ours:
            conflicts.store(self.disk, self.book, save, self.around.at, ours)

    def _present(self) -> str | None:
        """Hash of the workbook, after waiting for a save to end; ``None`` if it is really gone."""
        for wait in _WAITS:
            try:
                return file_hash(self.disk, self.book)
            except FileNotFoundError:
                self.around.sleep(wait)
        return None

    def _restore(self, save: Path, aside: Path, content: str, ours: str) -> None:
        """Put a save that our version displaced back in its place; and should yet another have come, that one.

        After a save at every try the version before stays: every one of them is a conflict already.
        """
        expected = ours
        for _ in range(_ROUNDS):
            swap_in(self.disk, self.book, save, aside)
            taken = file_hash(self.disk, aside)
            if taken == expected:
                self.given_back = True
                self.disk.remove(aside)
                return
            self._store_conflict(aside, is_ours=False)
            if self.around.is_open():
                self.disk.remove(aside)
                return
            save, aside, expected, content = aside, save, content, taken


_NAME = re.compile(r"([0-9a-f]{16})-([0-9a-f]{16})\.(?:new|old)")


def file_hash(disk: Disk, path: Path) -> str:
    """Hash of a file's content, as it stands in the names."""
    with disk.open(path) as stream:
        return content_hash(stream)
