"""Small parts (relationships, workbook, table): read with expat, edited in their bytes at its offsets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pyexpat import ExpatError, ParserCreate, XMLParserType
from typing import NoReturn

from engine.ledger.package.faults import MEND, EntityError, UnsupportedXmlError
from engine.ledger.package.limits import MOST_DEPTH, MOST_ELEMENTS

_SEPARATOR = "\n"
_BOM = b"\xef\xbb\xbf"
_ENCODING = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([^"']*)["']""")
_ATTRIBUTE = rb"""(\s%s\s*=\s*)("[^"<]*"|'[^'<]*')"""
ATTRIBUTES = rb"""(?:\s+[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*"""
_TAG = re.compile(rb"<[^\s/>]+" + ATTRIBUTES + rb"\s*/?>")


@dataclass(frozen=True, slots=True)
class Element:
    """One start tag. ``name`` is without its namespace, ``space`` is the namespace, ``start`` the byte offset of ``<``.
    Attribute names carry their namespace as ``{space}name``, plain ones none.
    """

    name: str
    space: str
    attributes: Mapping[str, str]
    depth: int
    start: int


def elements(data: bytes, part: str) -> list[Element]:
    """All start tags in document order. Raises EntityError, UnsupportedXmlError."""
    found: list[Element] = []
    parser = parser_into(found, part, data)
    feed(parser, data, part, final=True)
    return found


def parser_into(found: list[Element], part: str, first: bytes) -> XMLParserType:
    """An expat parser that appends to ``found`` and refuses document types. ``first`` is the start of the part."""
    check_encoding(first, part)
    parser = ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        space, _, local = name.rpartition(_SEPARATOR)
        if depth >= MOST_DEPTH or len(found) >= MOST_ELEMENTS:
            raise UnsupportedXmlError("文件内部的结构异常庞大，不像正常的台账，已停止处理。请核对文件来源。", part)
        named = {_braced(key): value for key, value in attributes.items()}
        found.append(Element(local, space, named, depth, parser.CurrentByteIndex))
        depth += 1

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        refuse_entities(part)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    return parser


def feed(parser: XMLParserType, data: bytes, part: str, *, final: bool = False) -> None:
    """Feed the parser more bytes. Raises UnsupportedXmlError where they are not well-formed."""
    try:
        parser.Parse(data, final)
    except ExpatError as error:
        raise UnsupportedXmlError(f"文件内部结构有误或已损坏。{MEND}", part) from error


def refuse_entities(part: str) -> NoReturn:
    """Document types can define entities that grow without end; no Office program writes one."""
    raise EntityError("文件里含有外部定义（DTD）或实体声明，正常的台账不会有，已停止处理。请核对文件来源。", part)


def check_encoding(first: bytes, part: str) -> None:
    """Only UTF-8 may be edited byte by byte."""
    declared = _ENCODING.match(first.removeprefix(_BOM))
    name = declared[1].upper() if declared else b"UTF-8"
    if name not in (b"UTF-8", b"US-ASCII", b"ASCII") or b"\0" in first[:4]:
        raise UnsupportedXmlError("文件内部不是 UTF-8 编码。请用 Excel 打开后另存为 .xlsx 再试。", part)


def tag_end(data: bytes, start: int, part: str) -> int:
    """The offset after the ``>`` of the start tag at ``start``."""
    tag = _TAG.match(data, start)
    if not tag:
        raise UnsupportedXmlError(f"文件内部结构有误或已损坏。{MEND}", part)
    return tag.end()


def with_attribute(data: bytes, element: Element, name: str, value: str, part: str) -> bytes:
    """``data`` with one attribute of ``element`` set, every other byte as it was. Works on the last element first."""
    end = tag_end(data, element.start, part)
    tag = data[element.start : end]
    written = value.encode()
    changed, count = re.subn(_ATTRIBUTE % name.encode(), lambda found: found[1] + b'"' + written + b'"', tag)
    if not count:
        close = b"/>" if tag.endswith(b"/>") else b">"
        changed = tag[: -len(close)].rstrip() + b" " + name.encode() + b'="' + written + b'"' + close
    return data[: element.start] + changed + data[end:]


def _braced(name: str) -> str:
    space, _, local = name.rpartition(_SEPARATOR)
    return f"{{{space}}}{local}" if space else local
