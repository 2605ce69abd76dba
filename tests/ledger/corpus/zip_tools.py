"""Zip files taken apart and put together again, in ways that Excel does not but others do."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

Parts = dict[str, bytes]


def parts_of(path: Path) -> Parts:
    """All members, in order."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_parts(path: Path, parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """The members as a zip file, all with the same old date."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, method)
    return path


def edited(source: Path, target: Path, edit: Callable[[Parts], None]) -> Path:
    """``source`` with its parts changed."""
    parts = parts_of(source)
    edit(parts)
    return write_parts(target, parts)


def with_descriptors(source: Path, target: Path, *, signature: bool = True) -> Path:
    """Sizes and CRC after each member instead of before it, as streaming writers do."""
    out, directory = bytearray(), bytearray()
    parts = parts_of(source)
    for name, data in parts.items():
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = packer.compress(data) + packer.flush()
        raw, sizes = name.encode(), struct.pack("<III", zlib.crc32(data), len(packed), len(data))
        head = struct.pack("<HHHHH", 20, 0x0808, 8, 0, 0x21)
        directory += b"PK\1\2" + b"\x14\0" + head + sizes
        directory += struct.pack("<HHHHHII", len(raw), 0, 0, 0, 0, 0, len(out)) + raw
        out += b"PK\3\4" + head + bytes(12) + struct.pack("<HH", len(raw), 0) + raw + packed
        out += (b"PK\7\x08" if signature else b"") + sizes
    start = len(out)
    out += directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(directory), start, 0)
    target.write_bytes(out)
    return target


def with_comment(source: Path, target: Path) -> Path:
    """A comment on the archive."""
    target.write_bytes(source.read_bytes())
    with zipfile.ZipFile(target, "a") as archive:
        archive.comment = "朔州市政府督查室".encode()
    return target


def zip64(source: Path, target: Path) -> Path:
    """Members written with zip64 fields though they are small."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts_of(source).items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                member.write(data)
    raw = bytearray(target.read_bytes())
    end = raw.rindex(b"PK\5\6")
    raw[end + 16 : end + 20] = b"\xff" * 4
    target.write_bytes(raw)
    return target


def true_zip64(source: Path, target: Path) -> Path:
    """A whole zip64 directory, as large libraries write it for small books too. Excel opens it."""
    raw = source.read_bytes()
    end = raw.rindex(b"PK\5\6")
    count, size, start = struct.unpack_from("<HII", raw, end + 10)
    record = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, size, start)
    locator = b"PK\6\7" + struct.pack("<IQI", 0, end, 1)
    last = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    target.write_bytes(raw[:end] + record + locator + last)
    return target


def patched_bytes(source: Path, target: Path, change: Callable[[bytearray], None]) -> Path:
    """The raw file with some bytes changed."""
    raw = bytearray(source.read_bytes())
    change(raw)
    target.write_bytes(raw)
    return target
