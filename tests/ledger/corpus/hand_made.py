"""Oddities that no Office program writes but converters, exporters and editors do: all must be patched."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.ledger.corpus import conversations
from tests.ledger.corpus.excel_made import excel_made
from tests.ledger.corpus.zip_tools import Parts, edited, parts_of, with_comment, with_descriptors, write_parts

SHEET, SETTINGS_SHEET, LOG_SHEET = (f"xl/worksheets/sheet{at}.xml" for at in (1, 2, 3))
_SHEETS = (SHEET, SETTINGS_SHEET, LOG_SHEET)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _each_sheet(change: Callable[[bytes], bytes]) -> Callable[[Parts], None]:
    def edit(parts: Parts) -> None:
        for name in _SHEETS:
            parts[name] = change(parts[name])

    return edit


def _sub(pattern: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda data: re.sub(pattern, new, data)


def _prefixed(data: bytes) -> bytes:
    data = re.sub(rb"<(/?)([A-Za-z]+)(?=[\s/>])", rb"<\1x:\2", data)
    return data.replace(b'xmlns="', b'xmlns:x="')


def _prefix_everything(parts: Parts) -> None:
    for name in (*_SHEETS, "xl/workbook.xml", "xl/tables/table1.xml", "xl/tables/table3.xml", "xl/sharedStrings.xml"):
        parts[name] = _prefixed(parts[name])


def _strict(parts: Parts) -> None:
    spaces = (
        (_MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"),
        (
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
        (
            "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties",
            "http://purl.oclc.org/ooxml/officeDocument/extendedProperties",
        ),
        (
            "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes",
            "http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes",
        ),
        (
            "http://schemas.openxmlformats.org/drawingml/2006/main",
            "http://purl.oclc.org/ooxml/drawingml/main",
        ),
    )
    for name in parts:
        for old, new in spaces:
            if name.endswith((".xml", ".rels")):
                parts[name] = parts[name].replace(old.encode(), new.encode())
    parts["xl/workbook.xml"] = re.sub(rb"(<workbook )", rb'\1conformance="strict" ', parts["xl/workbook.xml"])


def _no_addresses(data: bytes) -> bytes:
    """Only where nothing is skipped may addresses be left out."""
    return re.sub(rb'<(row|c) r="[A-Z]*\d+"', rb"<\1", data)


def _inline(parts: Parts) -> None:
    """No shared strings at all, as streaming exporters write."""
    items = re.findall(rb"<si>(.*?)</si>", parts.pop("xl/sharedStrings.xml"), re.DOTALL)

    def text(found: re.Match[bytes]) -> bytes:
        return found[1] + b' t="inlineStr"><is>' + items[int(found[2])] + b"</is>"

    for name in _SHEETS:
        parts[name] = re.sub(rb'(<c [^>]*?) t="s"><v>(\d+)</v>', text, parts[name])
    rels, types = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
    parts[rels] = re.sub(rb"<Relationship [^>]*sharedStrings[^>]*/>", b"", parts[rels])
    parts[types] = re.sub(rb"<Override [^>]*sharedStrings[^>]*/>", b"", parts[types])


def _phonetics(parts: Parts) -> None:
    mark = rb'</t><rPh sb="0" eb="1"><t>pin</t></rPh><phoneticPr fontId="0" type="noConversion"/></si>'
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(b"</t></si>", mark)


def _phonetic_marks(parts: Parts) -> None:
    mark = rb'</t><phoneticPr fontId="0" type="noConversion"/></si>'
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(b"</t></si>", mark)


def _empty_string_first(parts: Parts) -> None:
    """An empty ``<si/>`` in front moves every index by one."""
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(b"<si>", b"<si/><si>", 1)
    for name in _SHEETS:
        parts[name] = re.sub(rb't="s"><v>(\d+)<', lambda found: b't="s"><v>%d<' % (int(found[1]) + 1), parts[name])


def _wide_numbers(parts: Parts) -> None:
    strings = parts["xl/sharedStrings.xml"].decode()
    strings = strings.replace("2026-日-0003", "２０２６－日－０００３ ").replace(
        "<t>值班主机", '<t xml:space="preserve"> 值班主机'
    )
    parts["xl/sharedStrings.xml"] = strings.encode()


def _absolute(parts: Parts) -> None:
    for name in parts:
        if name.endswith(".rels"):
            folder = "/" if name == "_rels/.rels" else "/xl/"
            data = re.sub(rb'Target="\.\./', b'Target="/xl/', parts[name])
            parts[name] = re.sub(rb'Target="(?!/|http)', b'Target="' + folder.encode(), data)


def _other_names(parts: Parts) -> None:
    """Parts need not be named as Excel names them."""
    moved = {"xl/worksheets/sheet1.xml": "xl/Tabellen/Blatt-1.xml"}
    for old, new in moved.items():
        parts[new] = parts.pop(old)
        parts["xl/Tabellen/_rels/Blatt-1.xml.rels"] = parts.pop("xl/worksheets/_rels/sheet1.xml.rels")
        for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
            parts[name] = parts[name].replace(old.encode(), new.encode())
            parts[name] = parts[name].replace(b"worksheets/sheet1.xml", b"Tabellen/Blatt-1.xml")


def _upper_case(parts: Parts) -> None:
    """Part names do not count case."""
    parts["xl/worksheets/Sheet1.XML"] = parts.pop(SHEET)


def _pretty(data: bytes) -> bytes:
    data = re.sub(rb"(?<=>)(?=<(?:row|c|/row|/sheetData|v|/c)\b)", b"\r\n  ", data)
    return data.replace(b'<c r="', b'<c\n r="')


def _comments(data: bytes) -> bytes:
    data = re.sub(rb"(<row )", rb"<!-- <row r='9'><c r='A9'><v>1</v></c></row> -->\1", data)
    data = re.sub(rb"(</row>)", rb'\1<?editor <c r="A1"/> ?>', data)
    return data.replace(b"<sheetData>", b"<!-- <sheetData> --><sheetData>").replace(
        b"</worksheet>", b"<!----></worksheet>"
    )


def _cdata(parts: Parts) -> None:
    def wrap(found: re.Match[bytes]) -> bytes:
        return (
            b"<t><![CDATA["
            + found[1].replace(b"&lt;", b"<").replace(b"&gt;", b">").replace(b"&amp;", b"&")
            + b"]]></t>"
        )

    parts["xl/sharedStrings.xml"] = re.sub(rb"<t>([^<]*)</t>", wrap, parts["xl/sharedStrings.xml"])
    for name in _SHEETS:
        parts[name] = re.sub(rb"<v>(\d+)</v>", rb"<v><![CDATA[\1]]></v>", parts[name])


def _bom(parts: Parts) -> None:
    for name in parts:
        if name.endswith((".xml", ".rels")):
            parts[name] = b"\xef\xbb\xbf" + parts[name]


def _calculation_chain(parts: Parts) -> None:
    """Excel's own list of formulas, and no request to calculate at opening."""
    book, types, rels = "xl/workbook.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
    parts[book] = re.sub(rb"<calcPr[^>]*/>", b'<calcPr calcId="191029"/>', parts[book])
    parts["xl/calcChain.xml"] = f'<calcChain xmlns="{_MAIN}"><c r="N2" i="1"/></calcChain>'.encode()
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    override = b'<Override PartName="/xl/calcChain.xml" ContentType="' + kind + b'"/></Types>'
    parts[types] = parts[types].replace(b"</Types>", override)
    type_ = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    relation = b'<Relationship Id="rId99" Type="' + type_ + b'" Target="calcChain.xml"/></Relationships>'
    parts[rels] = parts[rels].replace(b"</Relationships>", relation)


def _no_calculation(parts: Parts) -> None:
    parts["xl/workbook.xml"] = re.sub(rb"<calcPr[^>]*/>", b"", parts["xl/workbook.xml"])


def _spans(data: bytes) -> bytes:
    return re.sub(rb' spans="[^"]*"', b' spans="1:2"', data)


_SIMPLE: dict[str, tuple[str, Callable[[Parts], None]]] = {
    "prefixed": ("plain", _prefix_everything),
    "strict": ("plain", _strict),
    "no_row_numbers": ("plain", _each_sheet(_sub(rb'<row r="\d+"', rb"<row"))),
    "no_addresses": ("plain", _each_sheet(_no_addresses)),
    "address_last": ("plain", _each_sheet(_sub(rb'<c (r="[^"]*")([^>]*?)(/?)>', rb"<c\2 \1\3>"))),
    "single_quotes": ("plain", _each_sheet(lambda data: data.replace(b'"', b"'"))),
    "pretty": ("plain", _each_sheet(_pretty)),
    "comments": ("plain", _each_sheet(_comments)),
    "cdata": ("plain", _cdata),
    "bom": ("plain", _bom),
    "inline_strings": ("rich_text", _inline),
    "phonetics": ("plain", _phonetics),
    "phonetic_marks": ("plain", _phonetic_marks),
    "empty_string_first": ("plain", _empty_string_first),
    "wide_numbers": ("plain", _wide_numbers),
    "absolute_targets": ("plain", _absolute),
    "other_part_names": ("plain", _other_names),
    "upper_case_part": ("plain", _upper_case),
    "no_dimension": ("plain", _each_sheet(_sub(rb"<dimension[^>]*/>", b""))),
    "narrow_spans": ("plain", _each_sheet(_spans)),
    "no_blank_cells": ("plain", _each_sheet(_sub(rb'<c r="[A-Z]+\d+" s="\d+"/>', b""))),
    "long_blank_cells": ("plain", _each_sheet(_sub(rb'(<c r="[A-Z]+\d+" s="\d+")/>', rb"\1></c>"))),
    "calculation_chain": ("formulas_beside", _calculation_chain),
    "no_calculation_properties": ("formulas_beside", _no_calculation),
    "no_formulas_no_calculation": ("plain", _no_calculation),
    "slicers": ("plain", conversations.slicers),
    "threaded_comments": ("plain", conversations.threaded_comments),
    "printer_and_custom_xml": ("plain", conversations.printer_and_custom_xml),
    "formula_text": ("plain", _each_sheet(_sub(rb't="s"><v>(\d+)</v>', rb't="s" ><v >\1</v>'))),
    "date1904_prefixed": ("date1904", _prefix_everything),
}

NAMES = (*_SIMPLE, "stored", "data_descriptors", "bare_descriptors", "archive_comment", "reversed_members")


def hand_made(name: str, folder: Path) -> Path:
    """The workbook of this name."""
    target = folder / f"{name}.xlsx"
    base = folder / "base"
    base.mkdir(exist_ok=True)
    if name in _SIMPLE:
        made, edit = _SIMPLE[name]
        return edited(excel_made(made, base), target, edit)
    plain = excel_made("plain", base)
    match name:
        case "stored":
            return write_parts(target, parts_of(plain), zipfile.ZIP_STORED)
        case "data_descriptors":
            return with_descriptors(plain, target)
        case "bare_descriptors":
            return with_descriptors(plain, target, signature=False)
        case "archive_comment":
            return with_comment(plain, target)
        case "reversed_members":
            return write_parts(target, dict(reversed(parts_of(plain).items())))
        case _:
            raise KeyError(name)
