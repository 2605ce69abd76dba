"""From a workbook's bytes to its sheets and tables: by relationships, never by file names."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from engine.ledger.package.faults import (
    MEND,
    BinaryFormatError,
    ForeignWorkbookError,
    MissingPartError,
    SharedModeError,
    TooLargeError,
)
from engine.ledger.package.limits import MOST_ELEMENTS
from engine.ledger.package.small_xml import Element, elements
from engine.ledger.package.tables import WorkbookTable, table_of
from engine.ledger.package.zip_archive import ZipArchive

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
TRUE = frozenset({"1", "true", "on"})
_NO_WORKBOOK = "这不是 Excel 工作簿（.xlsx）。请核对文件，或用 Excel 打开后另存为 .xlsx 再试。"


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part; ``kind`` is the last word of its type."""

    id: str
    kind: str
    target: str
    external: bool


class WorkbookParts:
    """Which part is which. Raises an UnreadableWorkbook for what is no workbook, or one that no program may share."""

    def __init__(self, archive: ZipArchive) -> None:
        self.archive = archive
        self._count, self._tables = 0, dict[str, WorkbookTable]()
        self._names = {name.casefold(): name for name in archive.members}
        self._refuse_shared_mode()
        self.workbook_part = self._only("", "officeDocument")
        if not self.workbook_part.endswith(".xml"):
            raise BinaryFormatError(_BINARY, self.workbook_part)
        self.workbook = archive.read(self.workbook_part)
        self.workbook_elements = self._elements(self.workbook, self.workbook_part)
        if self.workbook_elements[0].space not in MAIN_SPACES:
            raise ForeignWorkbookError(_NO_WORKBOOK, self.workbook_part)
        self._relations = self.relations(self.workbook_part)

    @cached_property
    def date1904(self) -> bool:
        """Whether serial numbers count from 1904."""
        return any(
            element.name == "workbookPr" and element.attributes.get("date1904") in TRUE
            for element in self.workbook_elements
        )

    @property
    def shared_strings(self) -> str | None:
        """The part of the shared strings; ``None`` where the book names none, or names one that is not there."""
        return self._named("sharedStrings")

    @property
    def styles(self) -> str | None:
        """The part of the styles; ``None`` where there is none."""
        return self._named("styles")

    @property
    def calculation_chain(self) -> bool:
        """Whether the book has Excel's list of formulas."""
        return any(relation.kind == "calcChain" for relation in self._relations)

    @cached_property
    def worksheets(self) -> Mapping[str, str]:
        """Sheet name → part, worksheets that are there only, in the order of their tabs."""
        targets = {relation.id: relation for relation in self._relations if relation.kind == "worksheet"}
        found: dict[str, str] = {}
        for element in self.workbook_elements:
            if element.name == "sheet" and element.depth == 2:
                relation = targets.get(_relation_id(element))
                if relation and self._is_there(relation):
                    found[element.attributes.get("name", "")] = relation.target
        return found

    def tables(self, sheet_part: str) -> list[WorkbookTable]:
        """All tables of a sheet. Raises an UnreadableWorkbook for one that is missing or has no place."""
        return [self._table(relation.target) for relation in self.relations(sheet_part) if relation.kind == "table"]

    def _table(self, part: str) -> WorkbookTable:
        """Each is read once: a sheet may name it half a million times."""
        if part not in self._tables:
            if part not in self.archive.members:
                raise MissingPartError(f"工作簿内部缺少表格的部件。{MEND}", part)
            data = self.archive.read(part)
            self._tables[part] = table_of(part, data, self._elements(data, part))
        return self._tables[part]

    def _elements(self, data: bytes, part: str) -> list[Element]:
        """The elements of a part; all parts of a book together have as many as one may have."""
        if self._count < MOST_ELEMENTS:
            found = elements(data, part)
            self._count += len(found)
        if self._count >= MOST_ELEMENTS:
            raise TooLargeError("文件内部的结构异常庞大，不像正常的台账，已停止处理。请核对文件来源。", part)
        return found

    def relations(self, part: str) -> list[Relation]:
        """The relationships of a part (of the package for ``""``), targets resolved."""
        folder, _, file = part.rpartition("/")
        name = self._names.get(posixpath.join(folder, "_rels", f"{file}.rels").casefold())
        if name is None:
            return []
        return [
            self._relation(folder, element)
            for element in self._elements(self.archive.read(name), name)
            if element.name == "Relationship"
        ]

    def _relation(self, folder: str, element: Element) -> Relation:
        attributes = element.attributes
        target = unquote(attributes.get("Target", "")).replace("\\", "/")
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        kind = attributes.get("Type", "").rpartition("/")[2]
        external = attributes.get("TargetMode") == "External"
        return Relation(attributes.get("Id", ""), kind, self._names.get(path.casefold(), path), external)

    def _is_there(self, relation: Relation) -> bool:
        return not relation.external and relation.target in self.archive.members

    def _named(self, kind: str) -> str | None:
        found = (relation for relation in self._relations if relation.kind == kind and self._is_there(relation))
        return next((relation.target for relation in found), None)

    def _only(self, part: str, kind: str) -> str:
        targets = [relation.target for relation in self.relations(part) if relation.kind == kind]
        if len(targets) != 1 or targets[0] not in self.archive.members:
            raise MissingPartError(f"这不是 Excel 工作簿（.xlsx），或内部缺少部件、已损坏。{MEND}")
        return targets[0]

    def _refuse_shared_mode(self) -> None:
        for name in self._names:
            if name.startswith("xl/revisions/"):
                raise SharedModeError(
                    "工作簿处于 Excel 的“共享工作簿”模式，程序不能与它同写。"
                    "请在“审阅-共享工作簿”中取消“允许多用户同时编辑”并保存。",
                    name,
                )


_BINARY = "这是二进制格式的 .xlsb 文件。请用 Excel 打开后另存为 .xlsx（Excel 工作簿）再试。"


def _relation_id(element: Element) -> str:
    return next((found for space in _RELATION_SPACES if (found := element.attributes.get(f"{{{space}}}id"))), "")
