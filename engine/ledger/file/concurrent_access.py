"""Concurrent access: snapshots of a workbook that people edit, change detection, throttling of writes."""

import errno
import hashlib
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import IO

from engine.facts.change import Change, NewRow
from engine.ledger.file.disk import Disk, NotRegularError, UnsupportedError
from engine.ledger.file.owner_files import Holder
from engine.ledger.package.faults import UnreadableWorkbook

Sleep = Callable[[float], None]

PIECE = 1 << 20
_WAITS = (0.1, 0.2, 0.4, 0.8, 1.5, 3.0)
"""Seconds between attempts: Excel's save is delete and rename, seldom over a second even on a slow share."""

_END_RECORD, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535

LEAST_INTERVAL = timedelta(minutes=10)
DAILY_AT = time(8, 0)
QUIET_FIELDS = frozenset({("matters", "overdue_hours"), ("matters", "synced_at")})
LONG_OPEN = timedelta(hours=2)
CLOSE_OF_OFFICE = time(18, 0)


class WorkbookBusyError(UnreadableWorkbook):
    """A save that is under way does not come to an end. Unlike other faults of the file, this one passes by itself."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies a saved workbook: another save has another size, time or central directory."""

    size: int
    modified_ns: int
    directory: str

    @property
    def version(self) -> str:
        """As ``version_of`` the file."""
        return _version(self.size, self.directory)


def version_of(stream: IO[bytes]) -> str:
    """The same exactly for the same save, by its size and central directory."""
    size = stream.seek(0, io.SEEK_END)
    return _version(size, _directory(stream, size))


def _version(size: int, directory: str) -> str:
    return f"{size}-{directory}"


def same_file(disk: Disk, book: Path, seen: Identity) -> bool:
    """Whether the workbook is still what was read. Reads only its end."""
    with disk.open(book) as stream:
        status = disk.status(stream)
        if (status.st_size, status.st_mtime_ns) != (seen.size, seen.modified_ns):
            return False
        return _directory(stream, status.st_size) == seen.directory


def take(disk: Disk, book: Path, into: IO[bytes], sleep: Sleep) -> Identity:
    """Copy the workbook to ``into`` and close it at once: a slow reader blocks Excel's own save on Windows.

    Waits a few seconds for a save that is under way: the file is absent for a moment, locked, or changes while it is
    read. Raises FileNotFoundError, OSError, or :class:`WorkbookBusyError` if it does not settle.
    """
    for wait in _WAITS:
        try:
            return _copy(disk, book, into)
        except (FileNotFoundError, WorkbookBusyError):
            sleep(wait)
        except PermissionError as problem:
            if not is_sharing_violation(problem):
                raise
            sleep(wait)
    return _copy(disk, book, into)


def _copy(disk: Disk, book: Path, into: IO[bytes]) -> Identity:
    into.seek(0)
    into.truncate()
    with disk.open(book) as stream:
        before = disk.status(stream)
        for piece in pieces(stream):
            into.write(piece)
    after = disk.stat(book)
    size = into.tell()
    if (before.st_size, before.st_mtime_ns, before.st_ino) != (size, after.st_mtime_ns, after.st_ino):
        raise WorkbookBusyError("工作簿正在保存，请稍后再试。")
    into.seek(0)
    return Identity(size, after.st_mtime_ns, _directory(into, size))


def pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The rest of a stream, 1 MB at a time."""
    while piece := stream.read(PIECE):
        yield piece


def content_hash(stream: IO[bytes]) -> str:
    """16 hexadecimal digits over the whole content."""
    digest = hashlib.blake2b(digest_size=8)
    stream.seek(0)
    for piece in pieces(stream):
        digest.update(piece)
    return digest.hexdigest()


def _directory(stream: IO[bytes], size: int) -> str:
    """Hash of the zip's central directory: the checksum of every part. Of the file's end, where there is none."""
    stream.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    tail = stream.read()
    end = tail.rfind(_END_RECORD)
    if end >= 0 and len(tail) - end >= _END_SIZE:
        length = int.from_bytes(tail[end + 12 : end + 16], "little")
        start = int.from_bytes(tail[end + 16 : end + 20], "little")
        if start + length <= size:
            stream.seek(start)
            tail = stream.read(length) + tail[end:]
    return hashlib.blake2b(tail, digest_size=16).hexdigest()


def is_sharing_violation(problem: OSError) -> bool:
    """Whether Windows refused because another program has the file open (WinError 5, 32, or 33 of a virus scanner)."""
    return sys.platform == "win32" and problem.winerror in (5, 32, 33)


def worth_writing(
    changes: Sequence[Change], rows: Sequence[NewRow], now: datetime, last_written: datetime | None
) -> bool:
    """Whether this difference deserves a new file: each replacement disturbs whoever is about to open the book.

    At most one in 10 minutes. Rows and changes count at once, except 逾期小时 and 同步时间 alone: these wait for 08:00,
    or for the first pass after it. ``last_written`` is when the file was last replaced, ``None`` if never; one that
    lies in the future (a clock set back) is not believed.
    """
    if not changes and not rows:
        return False
    if last_written is not None and last_written > now:
        last_written = None
    if last_written is not None and now - last_written < LEAST_INTERVAL:
        return False
    if rows or any((change.place.sheet, change.field) not in QUIET_FIELDS for change in changes):
        return True
    eight = datetime.combine(now.date(), DAILY_AT)
    if now < eight:
        eight -= timedelta(days=1)
    return last_written is None or last_written < eight


@dataclass(frozen=True, slots=True)
class LongOpen:
    """A book left open hides what staff typed from the scheduler: it is reported to 督查室, with the holder's name."""

    holder: Holder
    problem: str


def long_open(holder: Holder | None, now: datetime) -> LongOpen | None:
    """The report on a book that has been open for over 2 hours, or is open at 18:00 or later; else ``None``."""
    if holder is None:
        return None
    if now - holder.since > LONG_OPEN:
        reason = "已打开超过2小时"
    elif now.time() >= CLOSE_OF_OFFICE:
        reason = "下班后仍未关闭"
    else:
        return None
    return LongOpen(holder, f"工作簿由{holder}打开，{reason}，其中未保存的内容程序看不到。请联系其保存并关闭。")


_REASONS = {
    errno.EACCES: "没有权限，请检查共享文件夹的权限设置。",
    errno.EPERM: "没有权限，请检查共享文件夹的权限设置。",
    errno.EROFS: "所在的共享或磁盘是只读的，请检查共享设置。",
    errno.ENOSPC: "磁盘空间不足，请清理。",
    errno.EIO: "读写磁盘或网络时出错，请检查磁盘和网络连接，再试。",
    errno.ESTALE: "共享文件夹断开过，请检查网络连接，再试。",
    errno.ETIMEDOUT: "网络没有回应，请检查网络连接，再试。",
    errno.EDQUOT: "磁盘配额已满，请清理。",
    errno.ENAMETOOLONG: "文件名或路径过长，请缩短。",
    errno.ENOTDIR: "路径中有一段不是文件夹，请核对。",
    errno.EISDIR: "这是一个文件夹，不是文件，请核对路径。",
    errno.EEXIST: "已有同名的文件，请换个名称。",
    errno.ENOENT: "找不到文件，可能正在保存，或已被移走、改名。",
}


def reason(problem: OSError) -> str:
    """Why the system refused, for people: plain, without paths."""
    if isinstance(problem, NotRegularError):
        return "它不是普通文件（是文件夹、管道、设备或链接），请换成原来的文件。"
    if isinstance(problem, UnsupportedError):
        return "所在磁盘不支持安全替换，请把台账移到 Windows 共享或本机磁盘。"
    if is_sharing_violation(problem):
        return "文件正被其他程序占用，请关闭它。"
    return _REASONS.get(problem.errno or 0, f"系统报告错误{problem.errno or ''}，请检查磁盘、网络和权限，再试。")
