"""Workbooks, streams and calls, each with one thing wrong: what the scenes of refusals are made of."""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from engine.ledger.package import inflating, limits, shared_strings, sheet_frame, zip_archive
from engine.ledger.patching import codec, zip_target
from engine.ledger.patching import patch as public
from tests.ledger.corpus.excel_made import excel_made
from tests.ledger.corpus.hand_made import LOG_SHEET, SHEET
from tests.ledger.corpus.office_book import CHANGES, ROWS
from tests.ledger.corpus.zip_tools import Parts, edited, parts_of, patched_bytes, true_zip64, write_parts

RELS, BOOK, TABLE, LOG_TABLE = "_rels/.rels", "xl/workbook.xml", "xl/tables/table1.xml", "xl/tables/table3.xml"
BOOK_RELS = "xl/_rels/workbook.xml.rels"
END, ENTRY, LOCAL = b"PK\5\6", b"PK\1\2", b"PK\3\4"
BIG = b"x" * (1 << 20)


def book(make: Callable[[Path, Path], Path]) -> Callable[[Path], object]:
    """A plain workbook, made into another one and patched; a refused one is as it was."""

    def act(folder: Path) -> object:
        plain = excel_made("plain", folder)
        target = make(plain, folder / "made.xlsx")
        before = target.read_bytes()
        try:
            return public.patch(target, CHANGES, ROWS)
        finally:
            assert target.read_bytes() == before

    return act


def raw(change: Callable[[bytearray], None]) -> Callable[[Path], object]:
    return book(lambda plain, target: patched_bytes(plain, target, change))


def part(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    def edit(parts: Parts) -> None:
        before = parts[name]
        parts[name] = change(before)
        assert parts[name] != before

    return book(lambda plain, target: edited(plain, target, edit))


def sub(name: str, old: str, new: str) -> Callable[[Path], object]:
    return part(name, lambda data: re.sub(old.encode(), new.encode(), data, count=1, flags=re.DOTALL))


def number(marker: bytes, offset: int, size: str, change: Callable[[int], int]) -> Callable[[Path], object]:
    """A number in the last structure that begins with the marker."""

    def edit(data: bytearray) -> None:
        at = data.rindex(marker) + offset
        (old,) = struct.unpack_from(size, data, at)
        struct.pack_into(size, data, at, change(old))

    return raw(edit)


def counts(change: int) -> Callable[[Path], object]:
    """Both counts of members."""

    def edit(data: bytearray) -> None:
        at = data.rindex(END) + 8
        here, count = struct.unpack_from("<HH", data, at)
        struct.pack_into("<HH", data, at, here + change, count + change)

    return raw(edit)


def cut_directory(data: bytearray) -> None:
    """The last entry of the directory broken off."""
    end, last = data.rindex(END), data.rindex(ENTRY)
    (size,) = struct.unpack_from("<I", data, end + 12)
    struct.pack_into("<I", data, end + 12, size - (end - last - 40))
    del data[last + 40 : end]


def local(offset: int) -> Callable[[Path], object]:
    """One byte of the first local header."""

    def edit(data: bytearray) -> None:
        data[offset] ^= 0xFF

    return raw(edit)


def self_extracting(plain: Path, target: Path) -> Path:
    """A program in front, and offsets that know of it."""
    target.write_bytes(b"MZ" + bytes(98))
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(target, "a") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return target


def broken_stream(plain: Path, target: Path) -> Path:
    """The sheet's packed bytes begin as no stream does."""

    def edit(data: bytearray) -> None:
        with zipfile.ZipFile(plain) as archive:
            at = archive.getinfo(SHEET).header_offset
        name, extra = struct.unpack_from("<HH", data, at + 26)
        data[at + 30 + name + extra] = 0x07

    return patched_bytes(plain, target, edit)


def endless_stream(folder: Path) -> object:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = packer.compress(b"<a/>") + packer.flush(zlib.Z_SYNC_FLUSH)
    return list(inflating.inflate([packed], 1 << 16, "part"))


def longer_than_announced(plain: Path, target: Path) -> Path:
    def edit(data: bytearray) -> None:
        at = data.index(ENTRY, data.rindex(SHEET.encode()) - 60) + 24
        (size,) = struct.unpack_from("<I", data, at)
        struct.pack_into("<I", data, at, size + 10)

    return patched_bytes(plain, target, edit)


def hungry(most: int, chunk: bytes, first: bytes = b"") -> Iterator[bytes]:
    """A part without end. Who has taken more than ``most`` chunks of it would have taken all."""
    yield first
    for _ in range(most):
        yield chunk
    raise AssertionError("no end in sight, and still reading")


def endless_rows(folder: Path) -> object:
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    head = b'<worksheet xmlns="' + main + b'"><sheetData><row r="1">'
    return sheet_frame.read_sheet(hungry(40, BIG, head), "part", lambda grammar: lambda block, position: None)


def endless_head(folder: Path) -> object:
    return sheet_frame.read_sheet(hungry(40, BIG), "part", lambda grammar: lambda block, position: None)


def endless_string(folder: Path) -> object:
    return shared_strings.SharedStrings(lambda: hungry(40, BIG, b"<sst><si><t>"), "part").find(["a"], thorough=False)


def small_limit(limit: int, content: bytes) -> Callable[[Path], object]:
    """Two members written where a file may have no more than so many bytes."""

    def act(folder: Path) -> object:
        old, target = BytesIO(), BytesIO()
        with zipfile.ZipFile(old, "w") as archive:
            archive.writestr("a", b"a")
            archive.writestr("b", bytes(300))
        whole = zip_target._LIMIT
        zip_target._LIMIT = limit
        try:
            return zip_target.write_archive(
                zip_archive.ZipArchive(old.getvalue()), target, {"a": [content]}, codec.Codec("zlib", 6)
            )
        finally:
            zip_target._LIMIT = whole

    return act


def too_large_to_read(folder: Path) -> object:
    return zip_archive.ZipArchive(excel_made("plain", folder).read_bytes()).read(BOOK, limit=100)


def with_limit(name: str, most: int) -> Callable[[Path], object]:
    """A plain workbook opened where a limit is lower than it is."""

    def act(folder: Path) -> object:
        before = getattr(limits, name)
        setattr(limits, name, most)
        try:
            return zip_archive.ZipArchive(excel_made("plain", folder).read_bytes())
        finally:
            setattr(limits, name, before)

    return act


def slashes_that_lean(plain: Path, target: Path) -> Path:
    """As some programs under Windows pack: Excel opens it."""
    return write_parts(target, {name.replace("/", "\\"): data for name, data in parts_of(plain).items()})


def out_of_the_package(plain: Path, target: Path) -> Path:
    return write_parts(target, parts_of(plain) | {"xl/../../other.xml": b""})


def end_of_zip64(plain: Path, target: Path) -> Path:
    """A directory of zip64 whose two counts differ."""

    def edit(data: bytearray) -> None:
        at = data.rindex(b"PK\6\6") + 24
        (count,) = struct.unpack_from("<Q", data, at)
        struct.pack_into("<Q", data, at, count + 1)

    return patched_bytes(true_zip64(plain, target), target, edit)


def record_of_zip64(plain: Path, target: Path) -> Path:
    """A directory of zip64 that is none."""
    return patched_bytes(true_zip64(plain, target), target, lambda data: data.__setitem__(data.rindex(b"PK\6\6"), 0))


def more_than_announced(plain: Path, target: Path) -> Path:
    """The directory announces ten bytes for a sheet, and the sum of those."""

    def edit(data: bytearray) -> None:
        with zipfile.ZipFile(plain) as archive:
            sum_of_ten = zlib.crc32(archive.read(SHEET)[:10])
        at = data.index(ENTRY, data.rindex(SHEET.encode()) - 60)
        struct.pack_into("<I", data, at + 16, sum_of_ten)
        struct.pack_into("<I", data, at + 24, 10)

    return patched_bytes(plain, target, edit)


def nested_without_end(data: bytes) -> bytes:
    """Elements within each other, two thousand deep."""
    return data.replace(b"<bookViews", b"<a>" * 2000 + b"</a>" * 2000 + b"<bookViews")


def much_in_two_parts(plain: Path, target: Path) -> Path:
    """Two parts, neither of which holds more elements than one may."""

    def edit(parts: Parts) -> None:
        much = b"<a/>" * 260_000
        parts[BOOK] = parts[BOOK].replace(b"<bookViews", much + b"<bookViews")
        parts[BOOK_RELS] = parts[BOOK_RELS].replace(b"</Relationships>", much + b"</Relationships>")

    return edited(plain, target, edit)


def signed_by_relation(data: bytes) -> bytes:
    kind = b"http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    sign = b'<Relationship Id="rId9" Type="' + kind + b'" Target="digital-signature/origin.sigs"/>'
    return data.replace(b"</Relationships>", sign + b"</Relationships>")


def last_row(plain: Path, target: Path) -> Path:
    """The log reaches to the end of the sheet."""

    def edit(parts: Parts) -> None:
        parts[LOG_SHEET] = re.sub(rb'([A-T]|row r=")2"', rb'\g<1>1048576"', parts[LOG_SHEET])
        parts[LOG_TABLE] = parts[LOG_TABLE].replace(b"A1:U2", b"A1:U1048576")

    return edited(plain, target, edit)


def nameless_column(plain: Path, target: Path) -> Path:
    """The log has no column for what is to be written there."""

    def edit(parts: Parts) -> None:
        for name in (LOG_TABLE, "xl/sharedStrings.xml"):
            parts[name] = parts[name].replace(b">" + "序次".encode(), b">" + "次".encode())
            parts[name] = parts[name].replace(b'"' + "序次".encode(), b'"' + "次".encode())

    return edited(plain, target, edit)


def utf16(data: bytes) -> bytes:
    """Without saying so, as expat would read it."""
    return re.sub(r"<\?xml.*?\?>\s*", "", data.decode()).encode("utf-16")


def row4(old: str, new: str) -> Callable[[Path], object]:
    """Row 4, without its cell I4, so that the whole row must be read."""
    return part(
        SHEET, lambda data: re.sub(old.encode(), new.encode(), data.replace(b'<c r="I4" s="2"/>', b""), count=1)
    )


def call(function: str, module: Any, *arguments: object) -> Callable[[Path], object]:
    return lambda folder: getattr(module, function)(*arguments)
