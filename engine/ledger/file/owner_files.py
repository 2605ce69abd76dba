"""Who has the workbook open: the owner files that Excel, WPS and LibreOffice leave beside it. A hint, never a lock."""

import re
import struct
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.ledger.file.disk import Disk

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
_MOST = 4096  # an owner file is 165 bytes or one short line; whatever follows is not read
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_LONGEST_NAME = 54


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the book. ``name`` may be empty; ``since`` is office time, read off the owner file."""

    program: str
    name: str
    since: datetime

    def __str__(self) -> str:
        return f"{self.name or '同事'}（{self.program}，自{self.since:%m月%d日%H:%M}起）"


def find_holder(disk: Disk, book: Path) -> Holder | None:
    """Who has ``book`` open, by the owner files beside it; ``None`` if nobody has.

    Owner files outlive a crash. Where the system can tell (Windows), a book that nobody holds makes them stale and
    they do not count; elsewhere every owner file counts, since to wait is harmless and to replace is not.
    A book that is held without an owner file has an unnamed holder.
    """
    held = disk.is_held(book)
    if held is False:
        return None
    for program, path in owner_files(book).items():
        holder = _read(disk, program, path)
        if holder:
            return holder
    return Holder("未知程序", "", office_time(disk.stat(book).st_mtime)) if held else None


def owner_files(book: Path) -> dict[str, Path]:
    """The file by which each program shows that it has ``book`` open."""
    names = {"Excel": f"~${book.name}", "WPS": f".~{book.name}", "LibreOffice": f".~lock.{book.name}#"}
    return {program: book.with_name(name) for program, name in names.items()}


def _read(disk: Disk, program: str, path: Path) -> Holder | None:
    try:
        since = office_time(disk.stat(path).st_mtime)
    except FileNotFoundError:
        return None
    try:
        with disk.open(path) as stream:
            data = stream.read(_MOST)
    except OSError:
        data = b""  # Excel keeps its own open without sharing; that it stands is what counts
    name = _libreoffice_name(data) if program == "LibreOffice" else _office_name(data)
    return Holder(program, _UNPRINTABLE.sub(" ", name).strip()[:_LONGEST_NAME], since)


def office_time(timestamp: float) -> datetime:
    """A file's time as office time (naive, Asia/Shanghai), whatever the machine's zone."""
    return datetime.fromtimestamp(timestamp, OFFICE_ZONE).replace(tzinfo=None)


def _office_name(data: bytes) -> str:
    """The 165 bytes of Excel: length and ANSI name, then from byte 55 length and name in UTF-16LE."""
    if len(data) >= 57:
        (length,) = struct.unpack_from("<H", data, 55)
        wide = data[57 : 57 + 2 * length]
        if 0 < length <= _LONGEST_NAME and len(wide) == 2 * length:
            return wide.decode("utf-16-le", "replace")
    if data and 0 < data[0] < min(len(data), 55):
        return data[1 : 1 + data[0]].decode("gb18030", "replace")
    return ""


def _libreoffice_name(data: bytes) -> str:
    """``name,system user,host,time,profile;`` with backslash before a comma, semicolon or backslash of a name."""
    fields = [""]
    characters = iter(data.decode("utf-8", "replace"))
    for character in characters:
        if character == "\\":
            fields[-1] += next(characters, "")
        elif character == ",":
            fields.append("")
        elif character == ";":
            break
        else:
            fields[-1] += character
    return next((part for part in fields[:2] if part.strip()), "")
