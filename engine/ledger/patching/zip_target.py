"""Writing the patched zip file: untouched members are copied as bytes, the others deflated anew."""

import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from engine.ledger.package.faults import TooLargeError
from engine.ledger.package.inflating import crc32
from engine.ledger.package.zip_archive import COPY, DEFLATED, ZipArchive, ZipMember
from engine.ledger.patching.codec import Codec, deflate

_UTF8_FLAG = 0x800
_LIMIT = 0xFFFFFFFE


def write_archive(archive: ZipArchive, target: BinaryIO, replaced: Mapping[str, Iterable[bytes]], codec: Codec) -> None:
    """Write the whole archive to ``target`` from its start, the members in ``replaced`` with that content.

    ``target`` is empty and seekable. Members keep their order, names and times.
    """
    entries: list[bytes] = []
    position = 0
    for member in sorted(archive.members.values(), key=lambda member: member.start):
        if member.name in replaced:
            entry, length = _write_member(target, member, position, replaced[member.name], codec)
        else:
            for piece in archive.source.pieces(member.start, member.end - member.start, COPY):
                target.write(piece)
            entry, length = _at(member.central, position), member.end - member.start
        entries.append(entry)
        position += length
        if position > _LIMIT:
            raise TooLargeError("文件超过 4 GB，无法写入", member.name)
    directory = b"".join(entries)
    target.write(directory)
    counts = (len(entries), len(entries), len(directory), position, len(archive.comment))
    target.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, *counts) + archive.comment)


def _at(central: bytes, position: int) -> bytes:
    return central[:42] + struct.pack("<I", position) + central[46:]


def _write_member(
    target: BinaryIO, member: ZipMember, position: int, chunks: Iterable[bytes], codec: Codec
) -> tuple[bytes, int]:
    """One member deflated at ``position``; its directory entry and its whole length."""
    (name_length,) = struct.unpack("<H", member.central[28:30])
    name = member.central[46 : 46 + name_length]
    times = member.central[12:16]
    flags = member.flags & _UTF8_FLAG
    blank = struct.pack("<HHH", 20, flags, DEFLATED) + times + bytes(12)
    target.write(b"PK\3\4" + blank + struct.pack("<HH", name_length, 0) + name)
    counted = _Counted(chunks)
    packed = 0
    for piece in deflate(counted, codec):
        target.write(piece)
        packed += len(piece)
    if max(packed, counted.size) > _LIMIT:
        raise TooLargeError("文件超过 4 GB，无法写入", member.name)
    sizes = struct.pack("<III", counted.crc, packed, counted.size)
    target.seek(position + 14)
    target.write(sizes)
    target.seek(0, 2)
    fields = struct.pack("<HHH", 20, flags, DEFLATED) + times + sizes + struct.pack("<HHH", name_length, 0, 0)
    entry = b"PK\1\2" + member.central[4:6] + fields + member.central[34:42] + struct.pack("<I", position) + name
    return entry, 30 + name_length + packed


class _Counted:
    """Counts and sums the bytes that flow past."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.size, self.crc = 0, 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.size += len(chunk)
            self.crc = crc32(chunk, self.crc)
            yield chunk
