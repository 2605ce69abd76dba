"""A minimal .xlsb, written record by record after [MS-XLSB]: no program at hand writes this format."""

import struct
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

_ROW, _BLANK, _REAL, _TEXT = 0, 1, 5, 6
_BEGIN_SHEET, _END_SHEET, _BEGIN_BOOK, _END_BOOK = 129, 130, 131, 132
_BEGIN_SHEETS, _END_SHEETS, _BEGIN_DATA, _END_DATA, _SIZE, _SHEET = 143, 144, 145, 146, 148, 156
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    '<Override PartName="/xl/worksheets/sheet1.bin" ContentType="application/vnd.ms-excel.worksheet"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"'
    ' Target="{target}"/></Relationships>'
)
Cell = str | int | float | None


def binary_workbook(path: Path, name: str, rows: Sequence[Sequence[Cell]]) -> Path:
    """One sheet of texts and numbers."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS.format(kind="officeDocument", target="xl/workbook.bin"))
        archive.writestr(
            "xl/_rels/workbook.bin.rels", _RELATIONS.format(kind="worksheet", target="worksheets/sheet1.bin")
        )
        sheet = struct.pack("<II", 0, 1) + _wide("rId1") + _wide(name)
        book = (_record(_BEGIN_BOOK), _record(_BEGIN_SHEETS), _record(_SHEET, sheet), _record(_END_SHEETS))
        archive.writestr("xl/workbook.bin", b"".join((*book, _record(_END_BOOK))))
        archive.writestr("xl/worksheets/sheet1.bin", b"".join(_sheet(rows)))
    return path


def _sheet(rows: Sequence[Sequence[Cell]]) -> Iterator[bytes]:
    width = max(map(len, rows))
    yield _record(_BEGIN_SHEET)
    yield _record(_SIZE, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1))
    yield _record(_BEGIN_DATA)
    for number, row in enumerate(rows):
        yield _record(_ROW, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 1) + struct.pack("<II", 0, width - 1))
        for column, value in enumerate(row):
            place = struct.pack("<II", column, 0)
            if isinstance(value, str):
                yield _record(_TEXT, place + _wide(value))
            elif value is not None:
                yield _record(_REAL, place + struct.pack("<d", value))
            else:
                yield _record(_BLANK, place)
    yield _record(_END_DATA)
    yield _record(_END_SHEET)


def _wide(text: str) -> bytes:
    """XLWideString: the number of its UTF-16 units, then they."""
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def _record(kind: int, data: bytes = b"") -> bytes:
    """A record's type and size in groups of seven bits, the lowest first."""
    return _varying(kind) + _varying(len(data)) + data


def _varying(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
