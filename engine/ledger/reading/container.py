"""The zip container of a workbook, checked before anything in it is parsed: hostile or foreign files stop here."""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import Any

# isal inflates three times as fast; where it has no wheel zlib does the same.
_CODEC: Any = import_module("isal.isal_zlib") if find_spec("isal") else zlib
PIECE = 1 << 20
MOST_BYTES = 1 << 30  # all parts together, inflated
SMALL_PART = 32 << 20  # a part below this may be packed as tightly as it likes
MOST_RATIO = 300  # deflate reaches 1032; sheets of blank formatted rows stay far below this
MOST_PARTS = 20_000
_PROLOG = 4 << 20
DTD = "文件里含有外部定义（DTD），正常的台账不会有，已停止读取。请核对文件来源。"
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED_FLAG = 0x1


class UnreadableWorkbook(Exception):
    """The file cannot be used. The message is one Chinese sentence or two: what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """One member of the zip: where its packed bytes stand in the file, and what they must inflate to."""

    name: str
    crc: int
    size: int
    start: int
    packed: int
    deflated: bool


@dataclass(frozen=True)
class Container:
    """A checked zip container over the file's bytes."""

    data: bytes
    parts: Mapping[str, Part] = field(repr=False)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The part's content in pieces of about 1 MB.

        Never yields more than the directory announced. Raises UnreadableWorkbook for damaged or lying parts, a DTD
        or an entity, and UTF-16 (in which both could hide).
        """
        part = self.parts[name]
        tail = b""
        crc = 0
        size = 0
        for piece in _inflate(self.data, part):
            size += len(piece)
            if size > part.size:
                raise _damaged(name)
            if not tail and piece[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise UnreadableWorkbook(f"文件内部的 {name} 用了不支持的编码。请用 Excel 打开后另存为 .xlsx 再试。")
            window = tail + piece
            if size <= _PROLOG and b"<!DOCTYPE" in window:  # stands in front of everything, and before any entity
                raise UnreadableWorkbook(DTD)
            crc = _CODEC.crc32(piece, crc)
            tail = piece[-16:]
            yield piece
        if size != part.size or crc != part.crc:
            raise _damaged(name)

    def read(self, name: str) -> bytes:
        """The whole part; the same checks as ``pieces``. Raises KeyError for a part that is not there."""
        return b"".join(self.pieces(name))


def open_container(data: bytes) -> Container:
    """Check the file as a whole and index its parts.

    Raises UnreadableWorkbook for what is not an .xlsx or .xlsm, and for containers built to harm: bombs,
    overlapping or doubled members, paths that leave the container, encryption, Excel's shared-workbook mode.
    """
    container = open_zip(data)
    _check_type(container.parts)
    return container


def open_zip(data: bytes) -> Container:
    """As ``open_container``, for any zip file, whatever is in it. Raises UnreadableWorkbook."""
    _check_signature(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, EOFError, UnicodeDecodeError) as fault:
        raise UnreadableWorkbook(
            "文件不完整或已损坏，打不开。请用 Excel 打开并修复后另存为 .xlsx，或换用最近的备份。"
        ) from fault
    _check_sizes(infos)
    parts: dict[str, Part] = {}
    for info in infos:
        if info.is_dir():
            continue
        _check_name(info.filename, parts)
        parts[info.filename] = _part(data, info)
    _check_overlap(parts)
    return Container(data, parts)


def _check_signature(data: bytes) -> None:
    if not data:
        raise UnreadableWorkbook("文件是空的（0 字节）。可能正在保存，请稍后再试；若一直如此，请换用最近的备份。")
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise UnreadableWorkbook("文件设有打开密码，程序读不了。请在 Excel“文件-信息-保护工作簿”中取消密码后再试。")
        raise UnreadableWorkbook("这是旧格式的 .xls 文件。请用 Excel 打开后另存为 .xlsx（Excel 工作簿）再试。")
    if not data.startswith(b"PK"):
        raise UnreadableWorkbook("这不是 Excel 工作簿（.xlsx）。请核对文件，或用 Excel 打开后另存为 .xlsx 再试。")


def _check_sizes(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_BYTES:
        raise UnreadableWorkbook("文件解压后过大，不像正常的台账，已停止读取。请核对来源，或删去多余的工作表和图片。")
    for info in infos:
        if info.file_size > SMALL_PART and info.file_size > MOST_RATIO * max(info.compress_size, 1):
            raise UnreadableWorkbook(
                f"文件里的 {info.filename[:80]} 压缩比异常（疑似“压缩炸弹”），已停止读取。请核对文件来源。"
            )


def _check_name(name: str, seen: Mapping[str, Part]) -> None:
    odd = name.startswith(("/", "\\")) or "\\" in name or ":" in name or "\x00" in name or ".." in name.split("/")
    if odd or name in seen:
        raise UnreadableWorkbook("文件内部的目录异常（路径越界或重名），已停止读取。请用 Excel 另存为 .xlsx 再试。")


def _part(data: bytes, info: zipfile.ZipInfo) -> Part:
    """Where the packed bytes begin is written only in the local header, so that one is read too."""
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise UnreadableWorkbook("文件的压缩包设了密码，程序读不了。请取消密码，或用 Excel 另存为 .xlsx 再试。")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableWorkbook("文件用了不常见的压缩方式。请用 Excel 打开后另存为 .xlsx 再试。")
    header = data[info.header_offset : info.header_offset + 30]
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise _damaged(info.filename)
    _, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    start = info.header_offset + 30 + name_length + extra_length
    if start + info.compress_size > len(data):
        raise _damaged(info.filename)
    deflated = info.compress_type == zipfile.ZIP_DEFLATED
    return Part(info.filename, info.CRC, info.file_size, start, info.compress_size, deflated)


def _check_overlap(parts: Mapping[str, Part]) -> None:
    """Members that share bytes are how a small file announces a huge one."""
    end = 0
    for part in sorted(parts.values(), key=lambda part: part.start):
        if part.start < end:
            raise UnreadableWorkbook("文件内部的数据互相重叠（疑似“压缩炸弹”），已停止读取。请核对文件来源。")
        end = part.start + part.packed


def _check_type(parts: Mapping[str, Part]) -> None:
    if "xl/workbook.bin" in parts:
        raise UnreadableWorkbook("这是二进制格式的 .xlsb 文件。请用 Excel 打开后另存为 .xlsx（Excel 工作簿）再试。")
    if "[Content_Types].xml" not in parts or not any(name.startswith("xl/") for name in parts):
        raise UnreadableWorkbook("这不是 Excel 工作簿（.xlsx）。请核对文件，或用 Excel 打开后另存为 .xlsx 再试。")
    if any(name.startswith("xl/revisions/") for name in parts):
        raise UnreadableWorkbook(
            "工作簿处于 Excel 的“共享工作簿”模式，程序不能与它同写。"
            "请在“审阅-共享工作簿”中取消“允许多用户同时编辑”并保存。"
        )


def _inflate(data: bytes, part: Part) -> Iterator[bytes]:
    packed = memoryview(data)[part.start : part.start + part.packed]
    if not part.deflated:
        for start in range(0, len(packed), PIECE):
            yield bytes(packed[start : start + PIECE])
        return
    engine = _CODEC.decompressobj(-15)
    source: bytes | memoryview = packed
    try:
        while not engine.eof:
            piece = engine.decompress(source, PIECE)
            source = engine.unconsumed_tail
            if piece:
                yield piece
            elif not source:
                break
    except (_CODEC.error, zlib.error) as fault:
        raise _damaged(part.name) from fault


def _damaged(name: str) -> UnreadableWorkbook:
    return UnreadableWorkbook(f"文件内部的 {name[:80]} 已损坏。请用 Excel 打开并修复后另存为 .xlsx，或换用最近的备份。")
