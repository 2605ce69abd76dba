"""From a sheet's name to its part and table, by relationships and never by file names."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from engine.ledger.headings.column import SheetColumns
from engine.ledger.patching.addresses import Range, parse_range
from engine.ledger.patching.refusals import (
    BinaryFormatError,
    MissingPartError,
    SharedModeError,
    SignedError,
    UnsupportedXmlError,
)
from engine.ledger.patching.small_xml import Element, elements, with_attribute
from engine.ledger.patching.values import unescaped
from engine.ledger.patching.zip_source import Archive
from engine.ledger.reading.row_hash import cell_text

MAIN_SPACES = frozenset(
    {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    }
)
_RELATION_SPACES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_TRUE = frozenset({"1", "true"})


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part; ``kind`` is the last word of its type."""

    id: str
    kind: str
    target: str
    external: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a data sheet. ``area`` spans headings and data; ``columns`` are the headings' :func:`cell_text` →
    column number. A form (``SheetColumns.grid_rows``) stands for one without a part, which never grows.
    """

    part: str
    name: str
    area: Range
    totals: int
    columns: Mapping[str, int]
    data: bytes = field(repr=False)
    filter: Element | None
    root: Element | None

    @classmethod
    def of_form(cls, sheet: SheetColumns) -> "Table":
        """The cells of a form, from column A on."""
        columns = {cell_text(column.heading): number for number, column in enumerate(sheet.columns, start=1)}
        return cls("", sheet.name, Range(1, 1, sheet.grid_rows, len(columns)), 0, columns, b"", None, None)

    @property
    def span(self) -> range:
        """The numbers of all its columns."""
        return range(self.area.first_column, self.area.last_column + 1)

    def column(self, heading: str) -> int | None:
        """The column under this heading, ``None`` where the table has none. Spelled as :func:`cell_text` takes it."""
        return self.columns.get(cell_text(heading))

    def extended(self, last_row: int) -> bytes:
        """The part with ``ref`` and the filter's ``ref`` reaching to ``last_row``; for a table without a totals row."""
        data = self.data
        for element in (self.filter, self.root):
            if element and "ref" in element.attributes:
                area = parse_range(element.attributes["ref"], self.part)
                data = with_attribute(data, element, "ref", str(area._replace(last_row=last_row)), self.part)
        return data


class Package:
    """The parts of a workbook that a patch needs. Raises a RefusedError for a workbook that must be left alone."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._names = {name.casefold(): name for name in archive.members}
        self._refuse_foreign()
        self.workbook_part = self._one("", "officeDocument")
        if not self.workbook_part.endswith(".xml"):
            raise BinaryFormatError("这是 .xlsb 二进制工作簿，请在 Excel 中另存为 .xlsx", self.workbook_part)
        self.workbook = archive.read(self.workbook_part)
        self.workbook_elements = elements(self.workbook, self.workbook_part)
        if self.workbook_elements[0].space not in MAIN_SPACES:
            raise UnsupportedXmlError("这不是 Excel 工作簿，请核对文件", self.workbook_part)
        self._relations = self.relations(self.workbook_part)

    @property
    def date1904(self) -> bool:
        """Whether serial numbers count from 1904."""
        return any(
            element.name == "workbookPr" and element.attributes.get("date1904") in _TRUE
            for element in self.workbook_elements
        )

    @property
    def shared_strings(self) -> str | None:
        """The part of the shared strings, where the book has one."""
        return next((relation.target for relation in self._relations if relation.kind == "sharedStrings"), None)

    @property
    def calculation_chain(self) -> bool:
        """Whether the book has Excel's list of formulas."""
        return any(relation.kind == "calcChain" for relation in self._relations)

    def worksheets(self) -> dict[str, str]:
        """Sheet name → part, worksheets only."""
        targets = {relation.id: relation for relation in self._relations if relation.kind == "worksheet"}
        found: dict[str, str] = {}
        for element in self.workbook_elements:
            if element.name == "sheet" and element.depth == 2:
                relation = targets.get(_relation_id(element))
                if relation and not relation.external:
                    found[element.attributes.get("name", "")] = relation.target
        return found

    def sheet(self, name: str) -> str:
        """The part of the sheet of this name. Raises MissingPartError."""
        parts = [part for shown, part in self.worksheets().items() if cell_text(shown) == cell_text(name)]
        if len(parts) != 1:
            raise MissingPartError(f"找不到工作表“{name}”，请勿删除或改名；可从备份中恢复", self.workbook_part)
        return parts[0]

    def tables(self, sheet_part: str) -> list[Table]:
        """All tables of a sheet."""
        relations = self.relations(sheet_part)
        return [_read_table(self.archive, relation.target) for relation in relations if relation.kind == "table"]

    def table(self, sheet_part: str, name: str) -> Table:
        """The table of this name on the sheet, or its only table. Raises MissingPartError."""
        tables = self.tables(sheet_part)
        named = [table for table in tables if cell_text(table.name) == cell_text(name)] or tables
        if len(named) != 1:
            raise MissingPartError(f"工作表“{name}”中找不到表格“{name}”，请选中数据区按 Ctrl+T 恢复为表格", sheet_part)
        return named[0]

    def recalculated(self) -> bytes | None:
        """The workbook part with ``fullCalcOnLoad`` set, ``None`` where it is set already."""
        properties = [element for element in self.workbook_elements if element.name == "calcPr" and element.depth == 1]
        if properties:
            if properties[0].attributes.get("fullCalcOnLoad") in _TRUE:
                return None
            return with_attribute(self.workbook, properties[0], "fullCalcOnLoad", "1", self.workbook_part)
        return _insert_calculation(self.workbook, self.workbook_elements)

    def relations(self, part: str) -> list[Relation]:
        """The relationships of a part (of the package for ``""``), targets resolved."""
        folder, _, file = part.rpartition("/")
        name = self._names.get(posixpath.join(folder, "_rels", f"{file}.rels").casefold())
        if name is None:
            return []
        return [
            self._relation(folder, element)
            for element in elements(self.archive.read(name), name)
            if element.name == "Relationship"
        ]

    def _relation(self, folder: str, element: Element) -> Relation:
        attributes = element.attributes
        target = unquote(attributes.get("Target", ""))
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        kind = attributes.get("Type", "").rpartition("/")[2]
        external = attributes.get("TargetMode") == "External"
        return Relation(attributes.get("Id", ""), kind, self._names.get(path.casefold(), path), external)

    def _one(self, part: str, kind: str) -> str:
        targets = [relation.target for relation in self.relations(part) if relation.kind == kind]
        if len(targets) != 1 or targets[0] not in self.archive.members:
            raise MissingPartError("这不是 Excel 工作簿，或其内部缺少部件，请用备份恢复")
        return targets[0]

    def _refuse_foreign(self) -> None:
        for name in self._names:
            if name.startswith("xl/revisions/"):
                raise SharedModeError("工作簿处于旧式“共享工作簿”模式，请在“审阅”中取消共享", name)
            if name.startswith("_xmlsignatures/"):
                raise SignedError("工作簿带有数字签名，写入会使签名失效；请先移除签名", name)
        if any(relation.kind == "origin" and "digital-signature" in relation.target for relation in self.relations("")):
            raise SignedError("工作簿带有数字签名，写入会使签名失效；请先移除签名")


def _relation_id(element: Element) -> str:
    return next((found for space in _RELATION_SPACES if (found := element.attributes.get(f"{{{space}}}id"))), "")


def _read_table(archive: Archive, part: str) -> Table:
    if part not in archive.members:
        raise MissingPartError("工作簿内部缺少部件，请用备份恢复", part)
    data = archive.read(part)
    found = elements(data, part)
    root = found[0]
    area = parse_range(root.attributes.get("ref", ""), part)
    name = root.attributes.get("displayName") or root.attributes.get("name", "")
    if root.attributes.get("headerRowCount", "1") != "1":
        raise MissingPartError(f"表格“{name}”没有标题行，请在“表设计”中勾选“标题行”", part)
    columns: dict[str, int] = {}
    for at, element in enumerate(element for element in found if element.name == "tableColumn" and element.depth == 2):
        columns.setdefault(cell_text(unescaped(element.attributes.get("name", ""))), area.first_column + at)
    totals = int(root.attributes.get("totalsRowCount", "0"))
    table_filter = next((element for element in found if element.name == "autoFilter" and element.depth == 1), None)
    return Table(part, name, area, totals, columns, data, table_filter, root)


# calcPr stands after these children of workbook, in the order of the schema.
_BEFORE_CALCULATION = frozenset(
    (
        *("fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups"),
        *("externalReferences", "definedNames"),
    )
)


def _insert_calculation(data: bytes, found: list[Element]) -> bytes:
    children = [element for element in found if element.depth == 1]
    after = [element for element in children if element.name not in _BEFORE_CALCULATION]
    prefix, colon, _ = data[found[0].start + 1 :].partition(b"workbook")[0].partition(b":")
    lead = prefix + colon
    at = after[0].start if after else data.rindex(b"</" + lead + b"workbook")
    return data[:at] + b"<" + lead + b'calcPr fullCalcOnLoad="1"/>' + data[at:]
