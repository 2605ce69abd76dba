"""A plain writer of OLE compound files (MS-CFB version 3), enough for a VBA project: few streams, no timestamps."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

SECTOR, MINI_SECTOR, MINI_LIMIT = 512, 64, 4096
END, FREE, FAT_SECTOR, NO_STREAM = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_ENTRIES_PER_FAT = SECTOR // 4
_MAX_FAT_SECTORS = 109

Tree = Mapping[str, "bytes | Tree"]


@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    start: int = END
    left: int = NO_STREAM
    right: int = NO_STREAM
    child: int = NO_STREAM
    children: list[int] = field(default_factory=list)

    def packed(self, size: int) -> bytes:
        name = self.name.encode("utf-16-le") + b"\0\0"
        black = 1
        links = struct.pack("<BBIII", self.kind, black, self.left, self.right, self.child)
        return (
            name.ljust(64, b"\0")
            + struct.pack("<H", len(name))
            + links
            + bytes(36)
            + struct.pack("<IQ", 0 if self.kind == _STORAGE else self.start, size)
        )


def write(tree: Tree) -> bytes:
    """The bytes of a compound file that holds ``tree``: names to streams (bytes) or storages (mappings)."""
    entries = [_Entry("Root Entry", _ROOT)]
    _collect(tree, 0, entries)
    for entry in entries:
        entry.child = _balance(sorted(entry.children, key=lambda i: _order(entries[i].name)), entries)
    mini, mini_fat = _mini_stream(entries)
    fat: list[int] = []
    body = bytearray()
    entries[0].start = _place(mini, body, fat)
    for entry in entries:
        if entry.kind == _STREAM and len(entry.data) >= MINI_LIMIT:
            entry.start = _place(entry.data, body, fat)
    mini_fat_start = _place(_packed(mini_fat), body, fat)
    sizes = [len(mini), *(len(entry.data) for entry in entries[1:])]
    directory = b"".join(entry.packed(size) for entry, size in zip(entries, sizes, strict=True))
    unused = _Entry("", 0).packed(0)[:66] + b"\0\0" + struct.pack("<III", NO_STREAM, NO_STREAM, NO_STREAM) + bytes(48)
    directory += unused * (-len(entries) % (SECTOR // 128))
    directory_start = _place(directory, body, fat)
    return _assemble(body, fat, directory_start, mini_fat_start, len(mini_fat))


def _collect(tree: Tree, parent: int, entries: list[_Entry]) -> None:
    for name, content in tree.items():
        entries[parent].children.append(len(entries))
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            entries.append(_Entry(name, _STORAGE))
            _collect(content, len(entries) - 1, entries)


def _order(name: str) -> tuple[int, str]:
    """Siblings stand by length, then by upper-case name (MS-CFB 2.6.4)."""
    return len(name), name.upper()


def _balance(indices: list[int], entries: list[_Entry]) -> int:
    """A balanced search tree over sorted siblings, every node black, which the format allows; returns its root."""
    if not indices:
        return NO_STREAM
    middle = len(indices) // 2
    root = indices[middle]
    entries[root].left = _balance(indices[:middle], entries)
    entries[root].right = _balance(indices[middle + 1 :], entries)
    return root


def _mini_stream(entries: list[_Entry]) -> tuple[bytes, list[int]]:
    """Small streams live in 64-byte sectors inside one stream of the root."""
    mini, mini_fat = bytearray(), list[int]()
    for entry in entries:
        if entry.kind == _STREAM and 0 < len(entry.data) < MINI_LIMIT:
            entry.start = _place(entry.data, mini, mini_fat, MINI_SECTOR)
    return bytes(mini), mini_fat


def _place(data: bytes, body: bytearray, fat: list[int], sector: int = SECTOR) -> int:
    """Append ``data`` in whole sectors, chain them, and return the first; ``END`` for no data."""
    if not data:
        return END
    start, count = len(fat), -(-len(data) // sector)
    fat.extend([*range(start + 1, start + count), END])
    body += data.ljust(count * sector, b"\0")
    return start


def _packed(numbers: list[int]) -> bytes:
    padded = numbers + [FREE] * (-len(numbers) % _ENTRIES_PER_FAT)
    return struct.pack(f"<{len(padded)}I", *padded)


def _assemble(body: bytearray, fat: list[int], directory: int, mini_fat: int, mini_count: int) -> bytes:
    """Header, sectors, and the allocation table, which counts its own sectors too."""
    fat_sectors = 1
    while len(fat) + fat_sectors > fat_sectors * _ENTRIES_PER_FAT:
        fat_sectors += 1
    if fat_sectors > _MAX_FAT_SECTORS:
        raise ValueError("a VBA project of more than 7 MB is not supported")
    where = list(range(len(fat), len(fat) + fat_sectors))
    table = _packed(fat + [FAT_SECTOR] * fat_sectors)
    mini_sectors = -(-mini_count // _ENTRIES_PER_FAT)
    header = struct.pack("<8s16xHHHHH6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, fat_sectors, directory, 0, MINI_LIMIT, mini_fat, mini_sectors, END, 0)
    header += struct.pack(f"<{_MAX_FAT_SECTORS}I", *where, *[FREE] * (_MAX_FAT_SECTORS - fat_sectors))
    return header + bytes(body) + table
