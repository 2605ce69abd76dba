"""Reading a zip file's directory strictly, and its members in pieces of bounded size."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from engine.ledger.patching import codec
from engine.ledger.patching.refusals import (
    DamagedError,
    EncryptedError,
    LegacyFormatError,
    TooLargeError,
    UnsupportedZipError,
)

STORED, DEFLATED = 0, 8
MAX_PART = 1 << 30
"""No part of a workbook unpacks to more than 1 GiB."""
MAX_RATIO, RATIO_FREE = 400, 32 << 20
"""Sheets of blank formatted rows pack 100:1; past 400:1 and 32 MiB nobody typed it."""

_END, _CENTRAL, _LOCAL, _DESCRIPTOR = b"PK\5\6", b"PK\1\2", b"PK\3\4", b"PK\7\x08"
COPY, STEP = 1 << 18, 1 << 16
"""Bytes copied, and unpacked at most, at a time: the latter so few that they stay in the processor's cache."""
_RATIO = 8
"""What is read at a time unpacks to about as much as is asked for."""
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
_HAS_DESCRIPTOR = 0x8


class Source:
    """Random access to the workbook's bytes: a file open for reading, or the bytes themselves."""

    def __init__(self, data: bytes | memoryview | BinaryIO) -> None:
        self._data = memoryview(data) if isinstance(data, bytes | memoryview) else data
        if isinstance(self._data, memoryview):
            self.size = len(self._data)
        else:
            self.size = self._data.seek(0, 2)

    def read(self, offset: int, length: int) -> bytes:
        """``length`` bytes from ``offset``. Raises DamagedError when the file ends before."""
        if isinstance(self._data, memoryview):
            found = bytes(self._data[offset : offset + length])
        else:
            self._data.seek(offset)
            found = self._data.read(length)
        if len(found) != length:
            raise DamagedError("文件不完整，请用备份恢复或重新取得该文件")
        return found

    def pieces(self, offset: int, length: int, step: int) -> Iterator[bytes]:
        """The same, in pieces of ``step`` bytes."""
        end = offset + length
        while offset < end:
            yield self.read(offset, min(step, end - offset))
            offset += step


@dataclass(frozen=True, slots=True)
class Member:
    """One zip member. ``start`` to ``end`` are its bytes whole, with local header and descriptor; ``central`` is its
    entry in the directory as it stands.
    """

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int
    data: int
    end: int
    central: bytes


class Archive:
    """A zip file that may be patched. Raises a RefusedError for any other."""

    def __init__(self, data: bytes | memoryview | BinaryIO) -> None:
        self.source = Source(data)
        _check_magic(self.source)
        count, size, offset, self.comment = _find_end(self.source)
        self.members: Mapping[str, Member] = _read_directory(self.source, count, size, offset)

    def unpack(self, name: str, limit: int = MAX_PART, step: int = STEP) -> Iterator[bytes]:
        """The content of a member in pieces of at most ``step`` bytes, its size and CRC checked at the end."""
        member = self.members[name]
        if member.size > limit or (member.size > RATIO_FREE and member.size > MAX_RATIO * member.packed):
            raise TooLargeError("文件内容异常庞大，可能不是正常的台账，已停止处理", name)
        packed = self.source.pieces(member.data, member.packed, max(step // _RATIO, 1))
        total, crc = 0, 0
        for piece in _plain(packed, step) if member.method == STORED else codec.inflate(packed, step, name):
            total += len(piece)
            if total > member.size:
                raise TooLargeError("文件内容与其目录不符，请用备份恢复", name)
            crc = codec.crc32(piece, crc)
            yield piece
        if total != member.size or crc != member.crc:
            raise DamagedError("文件内容已损坏，请用备份恢复", name)

    def read(self, name: str, limit: int = 16 << 20) -> bytes:
        """A small part, whole."""
        return b"".join(self.unpack(name, limit))


def _plain(pieces: Iterator[bytes], step: int) -> Iterator[bytes]:
    for piece in pieces:
        for at in range(0, len(piece), step):
            yield piece[at : at + step]


def _check_magic(source: Source) -> None:
    head = source.read(0, min(8, source.size))
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        whole = source.read(0, min(source.size, 8 << 20))
        if "EncryptedPackage".encode("utf-16-le") in whole:
            raise EncryptedError("工作簿设有打开密码，请在 Excel 中取消密码后再用")
        raise LegacyFormatError("这是旧版 .xls 文件，请在 Excel 中另存为 .xlsx")
    if not head.startswith(_LOCAL):
        raise DamagedError("这不是 Excel 工作簿，或文件已损坏，请用备份恢复")


def _find_end(source: Source) -> tuple[int, int, int, bytes]:
    """Number of members, size and offset of the directory, comment."""
    tail_size = min(source.size, 22 + 0xFFFF)
    tail = source.read(source.size - tail_size, tail_size)
    at = tail.rfind(_END)
    if at < 0 or at + 22 > len(tail):
        raise DamagedError("文件不完整，请用备份恢复")
    disk, first_disk, here, count, size, offset, comment = struct.unpack("<HHHHIIH", tail[at + 4 : at + 22])
    if at + 22 + comment != len(tail):
        raise DamagedError("文件末尾有多余内容，可能已损坏，请在 Excel 中另存一次")
    if 0xFFFF in (here, count, disk) or 0xFFFFFFFF in (size, offset) or tail[at - 20 : at - 16] == b"PK\6\7":
        raise UnsupportedZipError("文件采用 zip64 格式，请在 Excel 中另存一次")
    if disk or first_disk or here != count or offset + size != source.size - tail_size + at:
        raise UnsupportedZipError("文件的压缩目录不合规范，请在 Excel 中另存一次")
    return count, size, offset, tail[at + 22 :]


def _read_directory(source: Source, count: int, size: int, offset: int) -> dict[str, Member]:
    directory = source.read(offset, size)
    members: dict[str, Member] = {}
    seen: set[str] = set()
    at = 0
    for _ in range(count):
        fixed = directory[at : at + 46]
        if len(fixed) != 46 or not fixed.startswith(_CENTRAL):
            raise DamagedError("文件的压缩目录已损坏，请用备份恢复")
        lengths = struct.unpack("<HHH", fixed[28:34])
        entry = directory[at : at + 46 + sum(lengths)]
        at += len(entry)
        member = _read_member(source, entry, lengths[0])
        if member.name.casefold() in seen:
            raise UnsupportedZipError("文件中有重名的部件，请在 Excel 中另存一次", member.name)
        seen.add(member.name.casefold())
        members[member.name] = member
    if at != size:
        raise DamagedError("文件的压缩目录已损坏，请用备份恢复")
    _check_extents(sorted(members.values(), key=lambda member: member.start), offset)
    return members


def _read_member(source: Source, entry: bytes, name_length: int) -> Member:
    flags, method = struct.unpack("<HH", entry[8:12])
    crc, packed, size = struct.unpack("<III", entry[16:28])
    (start,) = struct.unpack("<I", entry[42:46])
    raw_name = entry[46 : 46 + name_length]
    name = raw_name.decode("utf-8" if flags & 0x800 else "cp437", "replace")
    if flags & _ENCRYPTED_FLAGS:
        raise EncryptedError("文件内容已加密，请在 Excel 中取消密码后再用", name)
    if method not in (STORED, DEFLATED):
        raise UnsupportedZipError("文件采用了少见的压缩方式，请在 Excel 中另存一次", name)
    if 0xFFFFFFFF in (packed, size, start):
        raise UnsupportedZipError("文件采用 zip64 格式，请在 Excel 中另存一次", name)
    local = source.read(start, 30)
    local_name, local_extra = struct.unpack("<HH", local[26:30])
    if not local.startswith(_LOCAL) or source.read(start + 30, local_name) != raw_name or local[8:10] != entry[10:12]:
        raise DamagedError("文件的压缩目录与内容不符，请用备份恢复", name)
    data = start + 30 + local_name + local_extra
    end = data + packed
    if flags & _HAS_DESCRIPTOR:
        end += 16 if source.read(end, 4) == _DESCRIPTOR else 12
    return Member(name, flags, method, crc, packed, size, start, data, end, entry)


def _check_extents(members: list[Member], directory: int) -> None:
    """Members must not overlap: overlapping ones are how small bombs are built."""
    before = 0
    for member in members:
        if member.start < before:
            raise UnsupportedZipError("文件中的部件互相重叠，请在 Excel 中另存一次", member.name)
        before = member.end
    if before > directory:
        raise UnsupportedZipError("文件中的部件互相重叠，请在 Excel 中另存一次")
