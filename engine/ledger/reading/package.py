"""A small look at a workbook's XML: which part is which sheet, which tables stand on it, which epoch it counts from."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from engine.ledger.reading.container import DTD, Container, UnreadableWorkbook

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
_TRUE = ("1", "true", "on")
_MOST_XML = 64 << 20


@dataclass(frozen=True, slots=True)
class TableSpan:
    """Where an Excel table stands: rows as Excel counts them, columns from 0, both ends included."""

    name: str
    part: str
    first_row: int
    last_row: int
    first_column: int
    last_column: int
    has_headings: bool
    totals: int
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One worksheet of the workbook."""

    name: str
    part: str
    tables: tuple[TableSpan, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """What the workbook says about itself. ``shared`` are the parts that every sheet's values depend on."""

    sheets: tuple[SheetPart, ...]
    date1904: bool
    shared: tuple[str, ...]


def look(container: Container) -> Package:
    """Read workbook.xml, its relationships and the tables' definitions. Raises UnreadableWorkbook."""
    workbook = _main_part(container)
    relations = _relations(container, workbook)
    sheets = []
    date1904 = False
    for name, attributes in elements(container, workbook):
        if name == "sheet":
            part, kind = relations.get(attributes.get("id", ""), ("", ""))
            if kind == "worksheet" and part in container.parts:
                sheets.append(SheetPart(attributes.get("name", ""), part, _tables(container, part)))
        elif name == "workbookPr":
            date1904 = attributes.get("date1904", "") in _TRUE
    if not sheets:
        raise UnreadableWorkbook("文件里没有工作表。请核对文件，或换用最近的备份。")
    shared = tuple(
        sorted(
            part for part, kind in relations.values() if kind in ("sharedStrings", "styles") and part in container.parts
        )
    )
    return Package(tuple(sheets), date1904, shared)


def elements(container: Container, part: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every element of a small part in document order: local name, attributes by local name.

    Raises UnreadableWorkbook for XML that is not well formed.
    """
    if container.parts[part].size > _MOST_XML:
        raise UnreadableWorkbook(f"文件内部的 {part} 过大，不像正常的台账，已停止读取。请核对文件来源。")
    found: list[tuple[str, Mapping[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((_local(name), {_local(key): value for key, value in attributes.items()}))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_dtd
    try:
        for piece in container.pieces(part):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as fault:
        raise UnreadableWorkbook(
            f"文件内部的 {part} 已损坏。请用 Excel 打开并修复后另存为 .xlsx，或换用最近的备份。"
        ) from fault
    yield from found


def _refuse_dtd(*_: object) -> None:
    raise UnreadableWorkbook(DTD)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _main_part(container: Container) -> str:
    if "_rels/.rels" in container.parts:
        for part, kind in _relations(container, "").values():
            if kind == "officeDocument" and part in container.parts:
                return part
    if "xl/workbook.xml" in container.parts:
        return "xl/workbook.xml"
    raise UnreadableWorkbook("文件里找不到工作簿的目录，已损坏。请用 Excel 打开并修复后另存为 .xlsx。")


def _relations(container: Container, part: str) -> dict[str, tuple[str, str]]:
    """Id → (part, last word of the type) of the relationships of a part."""
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", name + ".rels")
    if rels not in container.parts:
        return {}
    found = {}
    for element, attributes in elements(container, rels):
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            found[attributes.get("Id", "")] = (target.lstrip("/"), attributes.get("Type", "").rpartition("/")[2])
    return found


def _tables(container: Container, sheet: str) -> tuple[TableSpan, ...]:
    parts = [
        part for part, kind in _relations(container, sheet).values() if kind == "table" and part in container.parts
    ]
    return tuple(table for part in sorted(parts) if (table := _table(container, part)))


def _table(container: Container, part: str) -> TableSpan | None:
    found = list(elements(container, part))
    headings = tuple(attributes.get("name", "") for name, attributes in found if name == "tableColumn")
    for name, attributes in found:
        if name == "table":
            span = _REFERENCE.fullmatch(attributes.get("ref", ""))
            if not span:
                return None
            left, top, right, bottom = span[1], span[2], span[3] or span[1], span[4] or span[2]
            return TableSpan(
                attributes.get("displayName") or attributes.get("name", ""),
                part,
                int(top),
                int(bottom),
                column_index(left),
                column_index(right),
                attributes.get("headerRowCount", "1") != "0",
                int(totals) if (totals := attributes.get("totalsRowCount", "0")).isdecimal() else 0,
                headings,
            )
    return None


def column_index(letters: str) -> int:
    """``A`` → 0, ``AA`` → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_letters(index: int) -> str:
    """0 → ``A``, 26 → ``AA``."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
