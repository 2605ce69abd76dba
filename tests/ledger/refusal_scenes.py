"""Every single thing that a patch refuses, one at a time: where two guards stand in a row, each is met alone."""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from engine.facts.change import NewRow
from engine.ledger import patch as public
from engine.ledger.patching import (
    addresses,
    codec,
    masking,
    refusals,
    sheet_frame,
    sheet_view,
    small_xml,
    splice,
    strings,
    values,
    zip_source,
    zip_target,
)
from tests.ledger.corpus.excel_made import excel_made
from tests.ledger.corpus.hand_made import LOG_SHEET, SHEET
from tests.ledger.corpus.office_book import CHANGES, ROWS
from tests.ledger.corpus.zip_tools import Parts, edited, patched_bytes

RELS, BOOK, TABLE, LOG_TABLE = "_rels/.rels", "xl/workbook.xml", "xl/tables/table1.xml", "xl/tables/table3.xml"
END, ENTRY, LOCAL = b"PK\5\6", b"PK\1\2", b"PK\3\4"
BIG = b"x" * (1 << 20)


@dataclass(frozen=True)
class Scene:
    """Something to be refused with this error; ``words`` are found in its sentence. ``act`` does it in a folder."""

    error: type[Exception]
    words: str
    act: Callable[[Path], object]


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


def locator(data: bytearray) -> None:
    """What leads to a zip64 directory."""
    end = data.rindex(END)
    data[end:end] = b"PK\6\7" + bytes(16)
    (size,) = struct.unpack_from("<I", data, end + 20 + 12)
    struct.pack_into("<I", data, end + 20 + 12, size + 20)


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
    return list(codec.inflate([packed], 1 << 16, "part"))


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
    return strings.SharedStrings(lambda: hungry(40, BIG, b"<sst><si><t>"), "part").find(["a"], thorough=False)


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
                zip_source.Archive(old.getvalue()), target, {"a": [content]}, codec.Codec("zlib", 6)
            )
        finally:
            zip_target._LIMIT = whole

    return act


def too_large_to_read(folder: Path) -> object:
    return zip_source.Archive(excel_made("plain", folder).read_bytes()).read(BOOK, limit=100)


def signed_by_relation(data: bytes) -> bytes:
    kind = b"http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    sign = b'<Relationship Id="rId9" Type="' + kind + b'" Target="digital-signature/origin.sigs"/>'
    return data.replace(b"</Relationships>", sign + b"</Relationships>")


def last_row(plain: Path, target: Path) -> Path:
    """The log reaches to the end of the sheet."""

    def edit(parts: Parts) -> None:
        parts[LOG_SHEET] = re.sub(rb'([A-T]|row r=")2"', rb'\g<1>1048576"', parts[LOG_SHEET])
        parts[LOG_TABLE] = parts[LOG_TABLE].replace(b"A1:T2", b"A1:T1048576")

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


DAMAGED, ODD, XML = refusals.DamagedError, refusals.UnsupportedZipError, refusals.UnsupportedXmlError
LARGE, MISSING, VALUE = refusals.TooLargeError, refusals.MissingPartError, refusals.ValueRefusedError

SCENES: dict[str, Scene] = {
    # the zip file
    "self_extracting": Scene(DAMAGED, "不是 Excel", book(self_extracting)),
    "no_end": Scene(DAMAGED, "不完整", raw(lambda data: data.__delitem__(slice(-400, None)))),
    "half_an_end": Scene(DAMAGED, "不完整", raw(lambda data: data.__delitem__(slice(-10, None)))),
    "count_of_zip64": Scene(ODD, "zip64", number(END, 8, "<H", lambda _: 0xFFFF)),
    "offset_of_zip64": Scene(ODD, "zip64", number(END, 16, "<I", lambda _: 0xFFFFFFFF)),
    "locator_of_zip64": Scene(ODD, "zip64", raw(locator)),
    "member_of_zip64": Scene(ODD, "zip64", number(ENTRY, 20, "<I", lambda _: 0xFFFFFFFF)),
    "second_disk": Scene(ODD, "目录", number(END, 4, "<H", lambda _: 1)),
    "first_disk": Scene(ODD, "目录", number(END, 6, "<H", lambda _: 1)),
    "two_counts": Scene(ODD, "目录", number(END, 8, "<H", lambda count: count - 1)),
    "directory_cut": Scene(DAMAGED, "压缩目录已损坏", raw(cut_directory)),
    "directory_without_sign": Scene(DAMAGED, "压缩目录已损坏", number(ENTRY, 0, "<H", lambda _: 0)),
    "more_than_counted": Scene(DAMAGED, "压缩目录已损坏", counts(-1)),
    "local_sign": Scene(DAMAGED, "目录与内容不符", number(LOCAL, 0, "<H", lambda _: 0)),
    "local_name": Scene(DAMAGED, "目录与内容不符", local(30)),
    "local_method": Scene(DAMAGED, "目录与内容不符", local(8)),
    "beyond_the_file": Scene(DAMAGED, "不完整", number(ENTRY, 42, "<I", lambda _: 0x7FFFFFFF)),
    "into_the_directory": Scene(ODD, "互相重叠", number(ENTRY, 20, "<I", lambda packed: packed + 4)),
    "broken_stream": Scene(DAMAGED, "内容已损坏", book(broken_stream)),
    "endless_stream": Scene(DAMAGED, "内容已损坏", endless_stream),
    "longer_than_announced": Scene(DAMAGED, "内容已损坏", book(longer_than_announced)),
    "too_large_to_read": Scene(LARGE, "庞大", too_large_to_read),
    "file_past_the_limit": Scene(LARGE, "4 GB", small_limit(200, b"a")),
    "member_past_the_limit": Scene(LARGE, "4 GB", small_limit(20_000, bytes(30_000))),
    # the package
    "foreign_workbook": Scene(XML, "不是 Excel 工作簿", sub(BOOK, "spreadsheetml/2006/main", "other")),
    "no_workbook": Scene(MISSING, "缺少部件", sub(RELS, 'officeDocument"', 'other"')),
    "workbook_elsewhere": Scene(MISSING, "缺少部件", sub(RELS, "xl/workbook.xml", "xl/book.xml")),
    "signed_by_relation": Scene(refusals.SignedError, "签名", part(RELS, signed_by_relation)),
    "range_of_nothing": Scene(XML, "单元格范围", call("parse_range", addresses, "1:2", "part")),
    # XML
    "encoding_of_a_table": Scene(XML, "UTF-8", sub(TABLE, 'encoding="UTF-8"', 'encoding="latin-1"')),
    "encoding_of_a_sheet": Scene(XML, "UTF-8", sub(SHEET, 'encoding="UTF-8"', 'encoding="latin-1"')),
    "utf16_without_a_word": Scene(XML, "UTF-8", part(TABLE, utf16)),
    "nothing_in_a_text": Scene(XML, "UTF-8", part(SHEET, lambda data: data.replace(b"<v>46083", b"<v>\x004608", 1))),
    "comment_without_end": Scene(XML, "结构有误", part(SHEET, lambda data: data + b"<!-- ")),
    "tag_without_end": Scene(XML, "结构有误", call("tag_end", small_xml, b"<a", 0, "part")),
    "entity_amid_rows": Scene(
        refusals.EntityError, "实体", part(SHEET, lambda data: data.replace(b"<row", b"<!DOCTYPE a><row", 2))
    ),
    # the sheet
    "other_root": Scene(XML, "不是工作表", part(SHEET, lambda data: data.replace(b"worksheet", b"dialogsheet"))),
    "other_space": Scene(XML, "不是工作表", sub(SHEET, "spreadsheetml/2006/main", "other")),
    "no_rows": Scene(XML, "缺少数据区", sub(SHEET, "<sheetData>.*</sheetData>", "")),
    "endless_head": Scene(XML, "缺少数据区", endless_head),
    "endless_rows": Scene(XML, "异常庞大", endless_rows),
    "endless_string": Scene(XML, "异常庞大", endless_string),
    "row_without_quotes": Scene(XML, "第 4 行", part(SHEET, lambda data: data.replace(b'<row r="4"', b"<row r=4"))),
    "cells_out_of_order": Scene(XML, "第 4 行", row4('<c r="B4"', '<c r="A4"')),
    "cell_of_another_row": Scene(XML, "第 4 行", row4('<c r="B4"', '<c r="B5"')),
    "address_in_small_letters": Scene(XML, "第 4 行", row4('<c r="K4"', '<c r="k4"')),
    "address_with_a_sign": Scene(XML, "第 4 行", row4('<c r="K4"', '<c r="K$4"')),
    "address_of_another_row": Scene(XML, "第 4 行", row4('<c r="K4" s="1"', '<c s="1" r="K5"')),
    "something_among_cells": Scene(XML, "第 4 行", row4('<c r="B4"', '<other/><c r="B4"')),
    "something_among_rows": Scene(XML, "第 4 行", row4('</row>(?=<row r="5")', "</row><other/>")),
    "letters_for_a_number": Scene(XML, "第 4 行", sub(SHEET, '<c r="I4" s="2"/>', '<c r="I4"><v>x</v></c>')),
    "endless_number": Scene(XML, "第 4 行", sub(SHEET, '<c r="I4" s="2"/>', '<c r="I4"><v>1e999</v></c>')),
    "string_before_the_first": Scene(XML, "第 4 行", sub(SHEET, '(<c r="F4" t="s"><v>)15', r"\g<1>-1")),
    "sheet_full": Scene(refusals.NoRoomError, "写满", book(last_row)),
    "column_missing": Scene(MISSING, "序次", book(nameless_column)),
    "merged_where_rows_go": Scene(
        refusals.MergedError,
        "合并",
        sub(LOG_SHEET, "<pageMargins", '<mergeCells count="1"><mergeCell ref="A3:B3"/></mergeCells><pageMargins'),
    ),
    "rows_by_another_name": Scene(
        ValueError, "named by", call("key_field_of", sheet_view, "matters", [NewRow("matters", {}, "content")])
    ),
    # values
    "long_text": Scene(VALUE, "32767", call("escaped", values, "字" * 32_768)),
    "long_text_of_pairs": Scene(VALUE, "32767", call("escaped", values, "𠮷" * 16_384)),
    "time_of_a_zone": Scene(VALUE, "时区", call("serial", values, datetime(2026, 3, 9, tzinfo=UTC), False)),
    "day_before_excel": Scene(VALUE, "早于", call("serial", values, date(1900, 2, 28), False)),
    "day_before_1904": Scene(VALUE, "早于", call("serial", values, date(1903, 12, 31), True)),
    "no_number": Scene(VALUE, "有限数", call("as_number", values, float("nan"), False)),
    "number_past_exactness": Scene(VALUE, "有限数", call("as_number", values, 2**53 + 1, False)),
    # programming
    "level_past_the_top": Scene(ValueError, "level", call("Codec", codec, "isal", 4)),
    "no_threads": Scene(ValueError, "thread", call("Codec", codec, "zlib", 6, 0)),
    "edits_overlap": Scene(
        ValueError,
        "overlap",
        lambda folder: [*splice.splice([b"0123"], [splice.Edit(0, 2, b""), splice.Edit(1, 3, b"")])],
    ),
    "edit_past_the_end": Scene(ValueError, "past", lambda folder: [*splice.splice([b"0"], [splice.Edit(2, 2, b"x")])]),
    "comment_past_the_limit": Scene(
        XML, "注释", lambda folder: [*masking.masked([b"<a><!--", *([BIG] * 2), b"--></a>"], "")]
    ),
}


def play(name: str, folder: Path) -> None:
    """Act the scene; it must be refused in its words."""
    scene = SCENES[name]
    with pytest.raises(scene.error, match=scene.words) as refusal:
        scene.act(folder)
    assert type(refusal.value) is scene.error
