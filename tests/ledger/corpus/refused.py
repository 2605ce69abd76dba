"""Workbooks that must be left alone, each with the reason that ``expected.toml`` names."""

import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.ledger.corpus.excel_made import excel_made
from tests.ledger.corpus.hand_made import SHEET
from tests.ledger.corpus.office_book import OfficeBook
from tests.ledger.corpus.zip_tools import Parts, edited, parts_of, patched_bytes, write_parts, zip64

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
_MERGED = b'<mergeCells count="1"><mergeCell ref="H4:I4"/></mergeCells>'
_TABLES = [f"xl/tables/table{at}.xml" for at in (1, 2, 3)]


def _target_formula(book: OfficeBook) -> None:
    book.matters.write_formula("I4", "=1+1", None, 2)


def _target_array(book: OfficeBook) -> None:
    book.matters.write_array_formula("I3:I5", "{=ROW(I3:I5)}", None, 3)
    book.matters.write("I4", "", book.grey)


def _notes_below(book: OfficeBook) -> None:
    book.log.write("C4", "说明：本表请勿改动")


_DECORATED: dict[str, dict[str, Any]] = {
    "formula_in_cell": {"decorate": _target_formula},
    "array_over_cell": {"decorate": _target_array},
    "notes_below_table": {"decorate": _notes_below},
}


def _shared_formula(data: bytes) -> bytes:
    data = re.sub(rb'<c r="I3" s="\d+"/>', b'<c r="I3"><f t="shared" ref="I3:I4" si="0">1+1</f><v>2</v></c>', data)
    return re.sub(rb'<c r="I4" s="\d+"/>', b'<c r="I4"><f t="shared" si="0"/></c>', data)


def _on(name: str, change: Callable[[bytes], bytes]) -> Callable[[Parts], None]:
    def edit(parts: Parts) -> None:
        before = parts[name]
        parts[name] = change(before)
        assert parts[name] != before, name

    return edit


def _add(name: str, data: bytes) -> Callable[[Parts], None]:
    return lambda parts: parts.update({name: data})


def _entity(data: bytes) -> bytes:
    doctype = b'<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    return re.sub(rb"(<\?xml[^>]*\?>\s*)", rb"\1" + doctype, data)


def _utf16(data: bytes) -> bytes:
    return data.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")


def _totals(data: bytes) -> bytes:
    return data.replace(b'totalsRowShown="0"', b'totalsRowCount="1"')


def _binary(parts: Parts) -> None:
    parts["xl/workbook.bin"] = parts.pop("xl/workbook.xml")
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"xl/workbook.xml", b"xl/workbook.bin")


def _no_table(parts: Parts) -> None:
    del parts["xl/tables/table1.xml"], parts["xl/worksheets/_rels/sheet1.xml.rels"]
    parts[SHEET] = re.sub(rb"<tableParts.*?</tableParts>", b"", parts[SHEET], flags=re.DOTALL)


def _swapped_headings(data: bytes) -> bytes:
    return data.decode().replace("预警灯", "§").replace("逾期状态", "预警灯").replace("§", "逾期状态").encode()


def _swapped_rows(data: bytes) -> bytes:
    return re.sub(rb"(<row r=\"3\".*?</row>)(<row r=\"4\".*?</row>)", rb"\2\1", data, flags=re.DOTALL)


_EDITED: dict[str, Callable[[Parts], None]] = {
    "shared_formula_in_cell": _on(SHEET, _shared_formula),
    "rich_value_in_cell": _on(SHEET, lambda data: re.sub(rb'(<c r="I4" s="\d+")', rb'\1 vm="1"', data)),
    "dynamic_array_in_cell": _on(SHEET, lambda data: re.sub(rb'(<c r="I4" s="\d+")', rb'\1 cm="1"', data)),
    "totals_row": _on(_TABLES[2], _totals),
    "no_heading_row": _on(_TABLES[0], lambda data: data.replace(b" totalsRow", b' headerRowCount="0" totalsRow')),
    "headings_differ": _on(_TABLES[0], _swapped_headings),
    "entities": _on(SHEET, _entity),
    "entities_in_strings": _on("xl/sharedStrings.xml", _entity),
    "entities_in_table": _on(_TABLES[0], _entity),
    "utf16": _on(SHEET, _utf16),
    "malformed": _on(SHEET, lambda data: data.replace(b"</sheetViews>", b"</sheetView>")),
    "rows_out_of_order": _on(SHEET, _swapped_rows),
    "unended_rows": _on(SHEET, lambda data: data[: data.index(b"</sheetData>")]),
    "foreign_rows": _on(SHEET, lambda data: data.replace(b"<sheetData>", b"<sheetData><other/>")),
    "unknown_string": _on(SHEET, lambda data: re.sub(rb'(<c r="F4"[^>]*t="s"><v>)\d+', rb"\g<1>9999", data)),
    "binary_workbook": _binary,
    "no_table": _no_table,
    "table_renamed_twice": _on("xl/worksheets/_rels/sheet1.xml.rels", lambda data: data.replace(b"table1", b"table9")),
    "sheet_renamed": _on("xl/workbook.xml", lambda data: data.replace("督办台账".encode(), "台账".encode())),
    "signed": _add("_xmlsignatures/origin.sigs", b""),
    "shared_workbook": _add("xl/revisions/revisionHeaders.xml", b"<headers/>"),
    "merged_over_cell": _on(SHEET, lambda data: data.replace(b"<pageMargins", _MERGED + b"<pageMargins")),
}

_FILES: dict[str, Callable[[Path, Path], Path]] = {
    "encrypted": lambda plain, target: _bytes(target, _OLE + "EncryptedPackage".encode("utf-16-le") + bytes(99)),
    "legacy_xls": lambda plain, target: _bytes(target, _OLE + "Workbook".encode("utf-16-le") + bytes(99)),
    "not_a_workbook": lambda plain, target: _bytes(target, "事项编号,版块\n".encode()),
    "empty_file": lambda plain, target: _bytes(target, b""),
    "truncated": lambda plain, target: _bytes(target, plain.read_bytes()[:-400]),
    "zip64": zip64,
    "trailing_bytes": lambda plain, target: _bytes(target, plain.read_bytes() + b"\0\0"),
    "leading_bytes": lambda plain, target: _bytes(target, b"PK\3\4" + plain.read_bytes()),
    "doubled_member": lambda plain, target: _doubled(plain, target),
    "overlapping_members": lambda plain, target: patched_bytes(plain, target, _overlap),
    "encrypted_member": lambda plain, target: patched_bytes(plain, target, _encrypt),
    "foreign_compression": lambda plain, target: write_parts(target, parts_of(plain), zipfile.ZIP_BZIP2),
    "wrong_sum": lambda plain, target: patched_bytes(plain, target, _wrong_sum),
    "wrong_size": lambda plain, target: patched_bytes(plain, target, _wrong_size),
    "bomb": lambda plain, target: edited(plain, target, _bomb),
    "other_zip": lambda plain, target: write_parts(target, {"a.txt": b"a"}),
}

NAMES = (*_DECORATED, *_EDITED, *_FILES)


def refused(name: str, folder: Path) -> Path:
    """The workbook of this name."""
    target, base = folder / f"{name}.xlsx", folder / "base"
    base.mkdir(exist_ok=True)
    if name in _DECORATED:
        return OfficeBook(target, **_DECORATED[name]).build()
    plain = excel_made("plain", base)
    if name in _EDITED:
        return edited(plain, target, _EDITED[name])
    return _FILES[name](plain, target)


def _bytes(target: Path, data: bytes) -> Path:
    target.write_bytes(data)
    return target


def _doubled(plain: Path, target: Path) -> Path:
    parts = parts_of(plain)
    parts[SHEET.replace("sheet1", "SHEET1")] = parts[SHEET]
    return write_parts(target, parts)


def _entry(raw: bytearray, name: str) -> int:
    """The offset of a member's directory entry."""
    return raw.index(b"PK\1\2", raw.rindex(name.encode()) - 60)


def _overlap(raw: bytearray) -> None:
    """A member that reaches into the next, as small bombs have it."""
    at = _entry(raw, "xl/worksheets/sheet2.xml") + 20
    (packed,) = struct.unpack_from("<I", raw, at)
    raw[at : at + 4] = struct.pack("<I", packed + 100)


def _encrypt(raw: bytearray) -> None:
    raw[_entry(raw, SHEET) + 8] |= 1


def _wrong_sum(raw: bytearray) -> None:
    raw[_entry(raw, SHEET) + 16] ^= 0xFF


def _wrong_size(raw: bytearray) -> None:
    at = _entry(raw, SHEET) + 24
    (size,) = struct.unpack_from("<I", raw, at)
    raw[at : at + 4] = struct.pack("<I", size - 10)


def _bomb(parts: Parts) -> None:
    parts[SHEET] = parts[SHEET].replace(b"<sheetData>", b"<sheetData>" + b" " * (40 << 20))
