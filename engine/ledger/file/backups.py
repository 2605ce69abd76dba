"""Dated backups beside the workbook: each is a file that was displaced, moved here and never copied."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from engine.ledger.file.disk import Disk

FOLDER = "备份"
_STAMP = "%Y-%m-%d %H%M%S"
_STAMP_LENGTH = len("2026-03-03 093000")


def prepare(disk: Disk, book: Path) -> None:
    """The folder 备份 beside the workbook; before anything is replaced, so that a displaced file has where to go."""
    disk.make_folder(book.parent / FOLDER)


def store(disk: Disk, book: Path, displaced: Path, at: datetime) -> Path:
    """Move a displaced file among the backups."""
    return place(disk.rename, book, displaced, at)


def part_name(book: Path) -> str:
    """The beginning of a name, without its ending, for a file that is not whole yet; cleared up at the next start."""
    return f"{prefix(book)}{secrets.token_hex(8)}"


def prefix(book: Path) -> str:
    """How the names of all our unfinished files of this workbook begin."""
    return f".~duban-{hashlib.blake2b(book.name.encode(), digest_size=4).hexdigest()}-"


def prune(disk: Disk, book: Path, count: int) -> None:
    """Remove old backups of this workbook: the newest ``count`` stay, and the last of each of the latest
    ``count`` days.

    The first help whoever notices at once, the second whoever notices next week.
    """
    folder = book.parent / FOLDER
    dated = sorted((at, name) for name in disk.names(folder) if (at := _date_of(book, name)))
    last_of_day = {at.date(): name for at, name in dated}
    wanted = {name for _, name in dated[-count:]} | {last_of_day[day] for day in sorted(last_of_day)[-count:]}
    for _, name in dated:
        if name not in wanted:
            disk.remove(folder / name)


def hard_links(disk: Disk, book: Path) -> int:
    """How many other names the file of this workbook has, our own backups of it aside."""
    status = disk.stat(book)
    if status.st_nlink <= 1:
        return 0
    ours = [disk.stat(book.parent / FOLDER / name) for name in _names(disk, book) if name.startswith(f"{book.stem} ")]
    return status.st_nlink - 1 - sum((one.st_dev, one.st_ino) == (status.st_dev, status.st_ino) for one in ours)


def last_written(disk: Disk, book: Path) -> datetime | None:
    """When this workbook was last replaced by us, by its newest backup; ``None`` where there is none."""
    return max((at for name in _names(disk, book) if (at := _date_of(book, name))), default=None)


def marked(disk: Disk, book: Path, mark: str) -> dict[str, tuple[datetime, Path]]:
    """The files among the backups whose date is followed by ``mark``: by their date and turn, with the date."""
    end = f"{mark}{book.suffix}"
    dated = {name.removesuffix(end): name for name in _names(disk, book) if name.endswith(end)}
    found = {stamp: (_date_of(book, f"{stamp}{book.suffix}"), name) for stamp, name in dated.items()}
    return {stamp: (at, book.parent / FOLDER / name) for stamp, (at, name) in found.items() if at}


def _names(disk: Disk, book: Path) -> list[str]:
    try:
        return disk.names(book.parent / FOLDER)
    except FileNotFoundError:
        return []


def place(move: Callable[[Path, Path], None], book: Path, displaced: Path, at: datetime, mark: str = "") -> Path:
    """Move a file among the backups, under its date; the second one of a second gets a number."""
    folder = book.parent / FOLDER
    for turn in range(1, 1000):
        again = f" ({turn})" if turn > 1 else ""
        target = folder / f"{book.stem} {at:{_STAMP}}{again}{mark}{book.suffix}"
        try:
            move(displaced, target)
        except FileExistsError:
            continue
        return target
    raise FileExistsError(f"{FOLDER}: {at:{_STAMP}}")


def _date_of(book: Path, name: str) -> datetime | None:
    """The date in a backup's name; ``None`` for conflicts, other books' backups and whatever people put there."""
    prefix = f"{book.stem} "
    if not (name.startswith(prefix) and name.endswith(book.suffix)):
        return None
    stamp, rest = name[len(prefix) :][:_STAMP_LENGTH], name[len(prefix) + _STAMP_LENGTH :]
    if rest != book.suffix and not (rest.startswith(" (") and rest[2:].removesuffix(f"){book.suffix}").isdigit()):
        return None
    try:
        return datetime.strptime(stamp, _STAMP)
    except ValueError:
        return None
