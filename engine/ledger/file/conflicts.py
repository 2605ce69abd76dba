"""Saves that our version displaced: each is kept as a copy until its edits are seen to be in the workbook.

Beside the copy (``… 冲突.xlsx``) stands the version on which it rested (``… 冲突前.xlsx``): its edits are known by it.
Without that one a person has to open the copy, and deletes it.
"""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import IO

from engine.facts.change import Change, NewRow
from engine.ledger.file import backups
from engine.ledger.file.concurrent_access import Sleep, pieces, take
from engine.ledger.file.disk import Disk
from engine.ledger.file.displaced_edits import Lacking, saved_by
from engine.ledger.package.faults import UnreadableWorkbook

Compare = Callable[[bytes, bytes, bytes], Lacking]
"""What the third workbook lacks of the edits that lead from the first to the second. Raises UnreadableWorkbook."""

COPY, BEFORE = " 冲突", " 冲突前"
VIGIL = timedelta(days=1)
"""For so long a copy stays though its edits are in the workbook: whoever opened the other version may still save it."""
_MOST_PLACES = 8


@dataclass(frozen=True, slots=True)
class Conflict:
    """One displaced save: its copy, and the version on which it rested, if that is known."""

    at: datetime
    copy: Path
    before: Path | None


@dataclass(frozen=True, slots=True)
class JudgedConflicts:
    """The result of judging conflicts: sentences for people, and what is merged with the next write."""

    notices: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    rows: tuple[NewRow, ...] = ()


def store(disk: Disk, book: Path, displaced: Path, at: datetime, before: IO[bytes] | None) -> None:
    """Copy a displaced save, and the version before it, among the backups; once, however often it is judged."""
    content = read(disk, displaced)
    if any(read(disk, one.copy) == content for one in standing(disk, book)):
        return
    backups.prepare(disk, book)
    if before is not None:
        before.seek(0)
        _copy(disk, book, b"".join(pieces(before)), at, BEFORE)
    _copy(disk, book, content, at, COPY)


def _copy(disk: Disk, book: Path, content: bytes, at: datetime, mark: str) -> None:
    part = book.with_name(f"{backups.part_name(book)}.part")
    stream = disk.create(part)
    with stream:
        stream.write(content)
        with contextlib.suppress(FileNotFoundError):  # the workbook may be absent for a moment
            disk.keep_access(disk.stat(book), book, stream)
        disk.sync(stream)
    backups.place(disk.rename, book, part, at, mark)


def read(disk: Disk, path: Path) -> bytes:
    """The whole of a file."""
    with disk.open(path) as stream:
        return b"".join(pieces(stream))


def standing(disk: Disk, book: Path) -> list[Conflict]:
    """The conflicts of this workbook, oldest first."""
    marked = backups.marked(disk, book, COPY)
    before = backups.marked(disk, book, BEFORE)
    return [Conflict(at, path, before.get(stamp, (None, None))[1]) for stamp, (at, path) in sorted(marked.items())]


def judge(
    disk: Disk, book: Path, sleep: Sleep, compare: Compare, now: datetime, *, may_remove: bool
) -> JudgedConflicts:
    """Compare each conflict with the workbook as it stands; remove, if that is allowed, those whose edits have been in
    it for a day. Lists the folder 备份 only, where there are none. Raises OSError, WorkbookBusyError.
    """
    conflicts = standing(disk, book)
    if may_remove:
        _remove_orphans(disk, book, conflicts)
    if not conflicts:
        return JudgedConflicts()
    present = BytesIO()
    take(disk, book, present, sleep)
    notices: list[str] = []
    found: list[Lacking] = []
    for one in conflicts:
        with contextlib.suppress(FileNotFoundError):  # a person has just deleted it
            copy = read(disk, one.copy)
            lacks = _lacks(disk, one, copy, present.getvalue(), compare)
            if lacks is None or lacks.left or lacks.merged:
                notices.append(_sentence(one, saved_by(copy), lacks))
            elif now - one.at >= VIGIL and may_remove:
                _remove(disk, (one.copy, one.before))
            found += [lacks] if lacks else []
    changes = {(one.place.sheet, one.matter, one.field): one for lacks in found for one in lacks.changes}
    return JudgedConflicts(tuple(notices), tuple(changes.values()), tuple(row for lacks in found for row in lacks.rows))


def _lacks(disk: Disk, one: Conflict, copy: bytes, present: bytes, compare: Compare) -> Lacking | None:
    """``None`` where only a person can compare."""
    try:
        return compare(read(disk, one.before), copy, present) if one.before else None
    except UnreadableWorkbook:
        return None


def _sentence(one: Conflict, name: str, lacks: Lacking | None) -> str:
    who = f"{name or '有人'}在 {one.at:%m月%d日%H:%M} 前后保存的改动，与程序的写入撞在一起"
    where = f"那一版存为“{backups.FOLDER}”文件夹中的“{one.copy.name}”"
    if lacks is None:
        return f"{who}，未能自动并入；{where}。请打开核对，把其中的改动补录，再删除它。"
    merged = f"，将自动并入：{_listed(lacks.merged)}" if lacks.merged else ""
    left = f"，台账里没有：{_listed(lacks.left)}，请打开核对、补录，再删除它" if lacks.left else ""
    return f"{who}{merged}{left}。{where}。"


def _listed(places: Iterable[str]) -> str:
    named = [*dict.fromkeys(places)]
    more = f"等{len(named)}处" if len(named) > _MOST_PLACES else ""
    return "、".join(named[:_MOST_PLACES]) + more


def _remove_orphans(disk: Disk, book: Path, conflicts: Iterable[Conflict]) -> None:
    used = {one.before for one in conflicts}
    _remove(disk, (path for _, path in backups.marked(disk, book, BEFORE).values() if path not in used))


def _remove(disk: Disk, paths: Iterable[Path | None]) -> None:
    for path in paths:
        if path is not None:
            with contextlib.suppress(FileNotFoundError):
                disk.remove(path)
