"""Reading a zip file's directory strictly, and its members in pieces of bounded size."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from engine.ledger.package import limits
from engine.ledger.package.faults import (
    MEND,
    DamagedError,
    EncryptedError,
    LegacyFormatError,
    TooLargeError,
    UnsupportedZipError,
)
from engine.ledger.package.inflating import crc32, inflate

STORED, DEFLATED = 0, 8

_END, _CENTRAL, _LOCAL, _DESCRIPTOR = b"PK\5\6", b"PK\1\2", b"PK\3\4", b"PK\7\x08"
_END_64, _LOCATOR_64 = b"PK\6\6", b"PK\6\7"
_OLE = b"\xd0\xcf\x11\xe0"
COPY, STEP = 1 << 18, 1 << 16
"""Bytes copied, and unpacked at most, at a time: the latter so few that they stay in the processor's cache."""
_RATIO = 8
"""Bytes read at a time, so that they unpack to about one step."""
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
_HAS_DESCRIPTOR = 0x8
_ZIP64_FIELD = 0x1
_ZIP64 = "文件采用 zip64 格式，程序不能写入。请用 Excel 打开后另存为 .xlsx 再试。"
_TRAILING = "文件末尾有多余内容，可能已损坏，程序不能写入。请用 Excel 打开后另存为 .xlsx 再试。"
_LEANING = "文件内部的目录用了反斜杠，程序不能写入。请用 Excel 打开后另存为 .xlsx 再试。"
_TOO_MUCH = "文件解压后过大，不像正常的台账，已停止读取。请核对来源，或删去多余的工作表和图片。"
_ODD_NAME = "文件内部的目录异常（路径越界或重名），已停止读取。请用 Excel 另存为 .xlsx 再试。"
_OVERLAP = "文件内部的数据互相重叠（疑似“压缩炸弹”），已停止读取。请核对文件来源。"


class ByteSource:
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
            raise DamagedError(f"文件不完整或已损坏。{MEND}")
        return found

    def pieces(self, offset: int, length: int, step: int) -> Iterator[bytes]:
        """The same, in pieces of ``step`` bytes."""
        end = offset + length
        while offset < end:
            yield self.read(offset, min(step, end - offset))
            offset += step


@dataclass(frozen=True, slots=True)
class ZipMember:
    """One zip member. ``start`` to ``end`` are its bytes whole, with local header and descriptor; ``central`` is its
    entry in the directory as it stands, ``stored_name`` its name there.
    """

    name: str
    stored_name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int
    data: int
    end: int
    central: bytes


class ZipArchive:
    """The members of a zip file, checked before anything in them is parsed. Raises an UnreadableWorkbook.

    ``unpatchable`` is why the file, though it can be read, must not be written anew; empty for most files. Members are
    known by the name under which Excel finds them: ``xl/workbook.xml``, however the slashes lean.
    """

    def __init__(self, data: bytes | memoryview | BinaryIO) -> None:
        self.source = ByteSource(data)
        _check_magic(self.source)
        end = _find_end(self.source)
        self.comment = end.comment
        self.members: Mapping[str, ZipMember] = _read_directory(self.source, end)
        leaning = any("\\" in member.stored_name for member in self.members.values())
        self.unpatchable = end.unpatchable or (_LEANING if leaning else "")

    def unpack(self, name: str, limit: int = limits.MOST_BYTES, step: int = STEP) -> Iterator[bytes]:
        """The content of a member in pieces of at most ``step`` bytes, its size and CRC checked at the end.

        Raises KeyError for a member that is not there, an UnreadableWorkbook for one that is larger than ``limit``
        bytes, damaged, or not what the directory announces.
        """
        member = self.members[name]
        if member.size > limit:
            raise TooLargeError("文件内部有一个部件异常庞大，不像正常的台账，已停止处理。请核对文件来源。", name)
        packed = self.source.pieces(member.data, member.packed, max(step // _RATIO, 1))
        total, crc = 0, 0
        for piece in _plain(packed, step) if member.method == STORED else inflate(packed, step, name):
            total += len(piece)
            if total > member.size:
                raise DamagedError(f"文件内容与其目录不符，已损坏。{MEND}", name)
            crc = crc32(piece, crc)
            yield piece
        if total != member.size or crc != member.crc:
            raise DamagedError(f"文件内容已损坏。{MEND}", name)

    def read(self, name: str, limit: int = limits.MOST_SMALL_XML) -> bytes:
        """A small part, whole."""
        return b"".join(self.unpack(name, limit))


def _plain(pieces: Iterator[bytes], step: int) -> Iterator[bytes]:
    for piece in pieces:
        for at in range(0, len(piece), step):
            yield piece[at : at + step]


def _check_magic(source: ByteSource) -> None:
    head = source.read(0, min(8, source.size))
    if not head:
        raise DamagedError("文件是空的（0 字节）。可能正在保存，请稍后再试；若一直如此，请换用最近的备份。")
    if head.startswith(_OLE):
        whole = source.read(0, min(source.size, 8 << 20))
        if "EncryptedPackage".encode("utf-16-le") in whole:
            raise EncryptedError("工作簿设有打开密码，程序读不了。请在 Excel“文件-信息-保护工作簿”中取消密码后再试。")
        raise LegacyFormatError("这是旧格式的 .xls 文件。请用 Excel 打开后另存为 .xlsx（Excel 工作簿）再试。")
    if not head.startswith(_LOCAL[: len(head)]):
        raise DamagedError("这不是 Excel 工作簿（.xlsx）。请核对文件，或用 Excel 打开后另存为 .xlsx 再试。")


@dataclass(frozen=True, slots=True)
class _End:
    """The directory as the end of the file describes it: number of members, size, offset."""

    count: int
    size: int
    offset: int
    comment: bytes
    unpatchable: str = ""


def _find_end(source: ByteSource) -> _End:
    tail_size = min(source.size, 22 + 0xFFFF)
    tail = source.read(source.size - tail_size, tail_size)
    at = tail.rfind(_END)
    if at < 0 or at + 22 > len(tail):
        raise DamagedError(f"文件不完整或已损坏。{MEND}")
    disk, first_disk, here, count, size, offset, comment = struct.unpack("<HHHHIIH", tail[at + 4 : at + 22])
    stop = at + 22 + comment
    position = source.size - tail_size + at
    if tail[max(at - 20, 0) : max(at - 16, 0)] == _LOCATOR_64:
        return _find_end_64(source, position, tail[at + 22 : stop])
    if 0xFFFF in (here, count) or 0xFFFFFFFF in (size, offset):
        raise UnsupportedZipError(_ZIP64)
    if disk or first_disk or here != count or offset + size != position:
        raise UnsupportedZipError("文件的压缩目录不合规范。请用 Excel 打开后另存为 .xlsx 再试。")
    return _End(count, size, offset, tail[at + 22 : stop], "" if stop == len(tail) else _TRAILING)


def _find_end_64(source: ByteSource, position: int, comment: bytes) -> _End:
    """The end of a zip64 file, which large libraries write for small books too. It is read, and never written."""
    (at,) = struct.unpack("<Q", source.read(position - 12, 8))
    fixed = source.read(at, 56) if at + 56 <= source.size else b""
    if not fixed.startswith(_END_64):
        raise UnsupportedZipError(_ZIP64)
    here, count, size, offset = struct.unpack("<QQQQ", fixed[24:56])
    if here != count or offset + size != at:
        raise UnsupportedZipError(_ZIP64)
    return _End(count, size, offset, comment, _ZIP64)


def _read_directory(source: ByteSource, end: _End) -> dict[str, ZipMember]:
    if end.count > limits.MOST_PARTS:
        raise TooLargeError(_TOO_MUCH)
    directory = source.read(end.offset, end.size)
    members: dict[str, ZipMember] = {}
    seen: set[str] = set()
    at = 0
    for _ in range(end.count):
        fixed = directory[at : at + 46]
        if len(fixed) != 46 or not fixed.startswith(_CENTRAL):
            raise DamagedError(f"文件的压缩目录已损坏。{MEND}")
        lengths = struct.unpack("<HHH", fixed[28:34])
        entry = directory[at : at + 46 + sum(lengths)]
        at += len(entry)
        member = _read_member(source, entry, lengths)
        if member.name.casefold() in seen:
            raise UnsupportedZipError(_ODD_NAME, member.name)
        seen.add(member.name.casefold())
        members[member.name] = member
    if at != end.size:
        raise DamagedError(f"文件的压缩目录已损坏。{MEND}")
    if sum(member.size for member in members.values()) > limits.MOST_BYTES:
        raise TooLargeError(_TOO_MUCH)
    _check_extents(sorted(members.values(), key=lambda member: member.start), end.offset)
    return members


def _read_member(source: ByteSource, entry: bytes, lengths: tuple[int, int, int]) -> ZipMember:
    flags, method = struct.unpack("<HH", entry[8:12])
    raw_name = entry[46 : 46 + lengths[0]]
    stored_name = raw_name.decode("utf-8" if flags & 0x800 else "cp437", "replace")
    name = _checked_name(stored_name)
    if flags & _ENCRYPTED_FLAGS:
        raise EncryptedError("文件的压缩包设了密码，程序读不了。请取消密码，或用 Excel 另存为 .xlsx 再试。", name)
    if method not in (STORED, DEFLATED):
        raise UnsupportedZipError("文件用了不常见的压缩方式。请用 Excel 打开后另存为 .xlsx 再试。", name)
    crc, packed, size, start, is_64 = _numbers(entry, lengths)
    if size > limits.RATIO_FREE and size > limits.MOST_RATIO * max(packed, 1):
        raise TooLargeError("文件内部有一个部件压缩比异常（疑似“压缩炸弹”），已停止读取。请核对文件来源。", name)
    local = source.read(start, 30)
    local_name, local_extra = struct.unpack("<HH", local[26:30])
    if not local.startswith(_LOCAL) or source.read(start + 30, local_name) != raw_name or local[8:10] != entry[10:12]:
        raise DamagedError(f"文件的压缩目录与内容不符，已损坏。{MEND}", name)
    data = start + 30 + local_name + local_extra
    end = data + packed
    if flags & _HAS_DESCRIPTOR:
        end += (16 if source.read(end, 4) == _DESCRIPTOR else 12) + (8 if is_64 else 0)
    return ZipMember(name, stored_name, flags, method, crc, packed, size, start, data, end, entry)


def _numbers(entry: bytes, lengths: tuple[int, int, int]) -> tuple[int, int, int, int, bool]:
    """CRC, packed size, size and offset of a directory entry, and whether a zip64 field holds one of them."""
    crc, packed, size = struct.unpack("<III", entry[16:28])
    (start,) = struct.unpack("<I", entry[42:46])
    if 0xFFFFFFFF not in (packed, size, start):
        return crc, packed, size, start, False
    extra = entry[46 + lengths[0] : 46 + lengths[0] + lengths[1]]
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack("<HH", extra[at : at + 4])
        field = extra[at + 4 : at + 4 + length]
        at += 4 + length
        if kind == _ZIP64_FIELD and len(field) == length:
            numbers = iter(struct.unpack(f"<{length // 8}Q", field[: length // 8 * 8]))
            given = (size, packed, start)
            size, packed, start = (next(numbers, old) if old == 0xFFFFFFFF else old for old in given)
    if 0xFFFFFFFF in (packed, size, start):
        raise UnsupportedZipError(_ZIP64)
    return crc, packed, size, start, True


def _checked_name(stored: str) -> str:
    """The member's name with forward slashes. Raises UnsupportedZipError for one that leads out of the package."""
    name = stored.replace("\\", "/")
    if name.startswith("/") or ":" in name or "\0" in name or ".." in name.split("/"):
        raise UnsupportedZipError(_ODD_NAME, name)
    return name


def _check_extents(members: list[ZipMember], directory: int) -> None:
    """Members must not overlap: overlapping ones are how small bombs are built."""
    before = 0
    for member in members:
        if member.start < before:
            raise UnsupportedZipError(_OVERLAP, member.name)
        before = member.end
    if before > directory:
        raise UnsupportedZipError(_OVERLAP)
