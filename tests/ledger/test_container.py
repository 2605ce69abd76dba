"""Hostile and foreign files: each stops with one Chinese sentence, before anything in it is parsed."""

import struct
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ledger.package import limits, small_xml
from engine.ledger.package.faults import DamagedError, UnreadableWorkbook
from engine.ledger.package.workbook_parts import WorkbookParts
from engine.ledger.package.zip_archive import ZipArchive
from engine.ledger.reading.ledger import read_ledger
from tests.ledger.messy_books import book_of

OLE = bytes.fromhex("D0CF11E0A1B11AE1")
SOUND = book_of()
DTD = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


def repacked(change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The sound workbook with other members."""
    with zipfile.ZipFile(BytesIO(SOUND)) as source:
        members = {name: source.read(name) for name in source.namelist()}
    change(members)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return buffer.getvalue()


def added(name: str, content: bytes = b"x") -> bytes:
    return repacked(lambda members: members.update({name: content}))


def with_dtd(part: str) -> bytes:
    def change(members: dict[str, bytes]) -> None:
        head, mark, rest = members[part].partition(b"?>")
        members[part] = head + mark + DTD + rest if mark else DTD + head

    return repacked(change)


def nested(part: str) -> bytes:
    """Elements within each other, two thousand deep, in front of all others of the part."""

    def change(members: dict[str, bytes]) -> None:
        head, mark, rest = members[part].partition(b">" if members[part].count(b"?>") == 0 else b"?>")
        root = rest.index(b">") + 1
        members[part] = head + mark + rest[:root] + b"<a>" * 2000 + b"</a>" * 2000 + rest[root:]

    return repacked(change)


def binary(members: dict[str, bytes]) -> None:
    members["xl/workbook.bin"] = members.pop("xl/workbook.xml")
    members["_rels/.rels"] = members["_rels/.rels"].replace(b"xl/workbook.xml", b"xl/workbook.bin")


def doubled_member() -> bytes:
    buffer = BytesIO(SOUND)
    with zipfile.ZipFile(buffer, "a") as target, pytest.warns(UserWarning, match="Duplicate"):
        target.writestr("xl/workbook.xml", b"<workbook/>")
    return buffer.getvalue()


def overlapping() -> bytes:
    """Two directory entries that share the same packed bytes."""
    data = bytearray(added("xl/other.xml", b"y" * 100))
    first = data.index(b"PK\x01\x02")
    with zipfile.ZipFile(BytesIO(bytes(data))) as source:
        infos = source.infolist()
    at = first
    offsets = []
    for _ in infos:
        offsets.append(at + 42)
        name, extra, comment = struct.unpack_from("<HHH", data, at + 28)
        at += 46 + name + extra + comment
    data[offsets[1] : offsets[1] + 4] = data[offsets[0] : offsets[0] + 4]
    return bytes(data)


def with_flag(bit: int) -> bytes:
    data = bytearray(SOUND)
    data[data.index(b"PK\x01\x02") + 8] |= bit
    return bytes(data)


def damaged_part() -> bytes:
    data = bytearray(SOUND)
    part = ZipArchive(SOUND).members["xl/worksheets/sheet1.xml"]
    for at in range(part.data + 20, part.data + 40):
        data[at] ^= 0xFF
    return bytes(data)


def lying_about_size() -> bytes:
    """The directory announces 10 bytes for a part that inflates to far more."""
    data = bytearray(SOUND)
    at = data.index(b"xl/worksheets/sheet1.xml", data.index(b"PK\x01\x02"))
    struct.pack_into("<I", data, at - 46 + 24, 10)
    return bytes(data)


CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "空文件": (lambda: b"", "0 字节"),
    "文本文件": (lambda: "事项编号,版块".encode(), "不是 Excel 工作簿"),
    "加密": (lambda: OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
    "旧格式xls": (lambda: OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), ".xls"),
    "截断": (lambda: SOUND[: len(SOUND) // 2], "不完整或已损坏"),
    "只有PK": (lambda: b"PK", "不完整或已损坏"),
    "层层嵌套": (lambda: nested("xl/workbook.xml"), "异常庞大"),
    "xlsb": (lambda: repacked(binary), ".xlsb"),
    "普通压缩包": (lambda: repacked(lambda members: members.pop("_rels/.rels")), "不是 Excel 工作簿"),
    "共享工作簿": (lambda: added("xl/revisions/revisionHeaders.xml"), "共享工作簿"),
    "炸弹": (lambda: added("xl/media/a.bin", b"\0" * (40 << 20)), "压缩炸弹"),
    "路径越界": (lambda: added("../evil.xml"), "路径越界"),
    "绝对路径": (lambda: added("/etc/evil"), "路径越界"),
    "反斜杠越界": (lambda: added("xl\\..\\..\\evil.xml"), "路径越界"),
    "重名": (doubled_member, "重名"),
    "重叠": (overlapping, "与内容不符"),
    "压缩包密码": (lambda: with_flag(1), "密码"),
    "部件损坏": (damaged_part, "已损坏"),
    "谎报大小": (lying_about_size, "已损坏"),
    "实体在工作簿": (lambda: with_dtd("xl/workbook.xml"), "DTD"),
    "实体在工作表": (lambda: with_dtd("xl/worksheets/sheet1.xml"), "DTD"),
    "实体在样式": (lambda: with_dtd("xl/styles.xml"), "DTD"),
    "实体在关系": (lambda: with_dtd("xl/_rels/workbook.xml.rels"), "DTD"),
    "实体在表格": (lambda: with_dtd("xl/tables/table1.xml"), "DTD"),
    "没有工作簿": (lambda: repacked(lambda members: members.pop("xl/workbook.xml")), "损坏"),
    "XML不完整": (lambda: repacked(lambda m: m.update({"xl/workbook.xml": m["xl/workbook.xml"][:-20]})), "损坏"),
    "UTF-16": (lambda: repacked(lambda m: m.update({"xl/workbook.xml": "<a/>".encode("utf-16")})), "编码"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_file_that_cannot_be_used_says_why(name: str) -> None:
    make, part = CASES[name]
    data = make()
    with pytest.raises(UnreadableWorkbook) as caught:
        read_ledger(data)
    message = str(caught.value)
    assert part in message
    assert message.endswith("。")
    assert "\n" not in message


def test_too_much_in_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 1000)
    with pytest.raises(UnreadableWorkbook, match="过大"):
        ZipArchive(SOUND)


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_PARTS", 3)
    with pytest.raises(UnreadableWorkbook, match="过大"):
        ZipArchive(SOUND)


def test_too_many_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_xml, "MOST_ELEMENTS", 10)
    with pytest.raises(UnreadableWorkbook, match="异常庞大"):
        WorkbookParts(ZipArchive(SOUND))


def test_a_sound_part_reads_as_zipfile_reads_it() -> None:
    with zipfile.ZipFile(BytesIO(SOUND)) as source:
        for name in source.namelist():
            assert ZipArchive(SOUND).read(name) == source.read(name)


def complaint(data: bytes) -> str:
    """What is said about an unreadable file; a full stop where there is nothing to say."""
    try:
        read_ledger(data)
    except UnreadableWorkbook as fault:
        return str(fault)
    return "。"


@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=8))
def test_whatever_bytes_are_spoilt_nothing_but_a_sentence_comes_out(at: int, spoil: bytes) -> None:
    data = SOUND[:at] + spoil + SOUND[at + len(spoil) :]
    assert complaint(data).endswith("。")


def test_no_more_is_unpacked_than_was_announced() -> None:
    unpacked: list[bytes] = []
    with pytest.raises(DamagedError):
        unpacked.extend(ZipArchive(lying_about_size()).unpack("xl/worksheets/sheet1.xml", step=4))
    assert sum(map(len, unpacked)) <= 10


def test_a_part_whose_checksum_differs_is_damaged() -> None:
    data = bytearray(SOUND)
    at = data.index(b"xl/worksheets/sheet1.xml", data.index(b"PK\x01\x02"))
    data[at - 46 + 16] ^= 1
    with pytest.raises(UnreadableWorkbook, match="已损坏"):
        ZipArchive(bytes(data)).read("xl/worksheets/sheet1.xml")


def test_a_dtd_behind_a_long_comment_is_refused_by_the_parser() -> None:
    def change(members: dict[str, bytes]) -> None:
        comment = b"<!--" + b" " * (5 << 20) + b"-->"
        members["xl/workbook.xml"] = comment + DTD + members["xl/workbook.xml"].rpartition(b"?>")[2]

    assert "DTD" in complaint(repacked(change))
