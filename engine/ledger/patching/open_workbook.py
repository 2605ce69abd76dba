"""The workbook while it is being patched: what every sheet's plan needs of it."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from engine.ledger.package.faults import MissingPartError
from engine.ledger.package.masking import masked
from engine.ledger.package.row_grammar import Grammar
from engine.ledger.package.row_hash import cell_text
from engine.ledger.package.shared_strings import SharedStrings
from engine.ledger.package.sheet_frame import Frame, RowVisitor, read_sheet
from engine.ledger.package.tables import WorkbookTable
from engine.ledger.package.workbook_parts import WorkbookParts
from engine.ledger.package.zip_archive import ZipArchive
from engine.ledger.patching.cell_formats import CellFormats
from engine.ledger.patching.refusals import SignedError, UnpatchableZipError
from engine.ledger.patching.report import PatchOptions
from engine.ledger.patching.scan import FoundRows, Scanner, Wanted

_FORMULA = re.compile(rb"<(?:[^\s/<>:]+:)?f[\s/>]")
_ROWS_END = re.compile(rb"</(?:[^\s/<>:]+:)?sheetData\s*>|<(?:[^\s/<>:]+:)?sheetData\s*/>")
_LONGEST_NAME = 64
_DEFLATED = 2
"""Deflating is worth larger pieces than scanning."""


@dataclass(frozen=True)
class OpenWorkbook:
    """An archive that is a workbook, its shared strings and its date system."""

    archive: ZipArchive
    parts: WorkbookParts
    strings: SharedStrings
    date1904: bool
    options: PatchOptions
    formats: CellFormats

    @classmethod
    def of(cls, archive: ZipArchive, options: PatchOptions) -> "OpenWorkbook":
        """Raises a RefusedError for what is no workbook, or one that must be left alone."""
        if archive.unpatchable:
            raise UnpatchableZipError(archive.unpatchable)
        parts = WorkbookParts(archive)
        _refuse_signed(parts)
        strings, styles = parts.shared_strings or "", parts.styles or ""

        def unpack(part: str) -> Iterable[bytes]:
            return archive.unpack(part, step=options.step) if part else ()

        formats = CellFormats(partial(unpack, styles), styles)
        return cls(archive, parts, SharedStrings(partial(unpack, strings), strings), parts.date1904, options, formats)

    @cached_property
    def blank_strings(self) -> frozenset[int]:
        """The indices of the shared strings without content."""
        return self.strings.blank()

    def sheet(self, name: str) -> str:
        """The part of the sheet of this name. Raises MissingPartError."""
        found = [part for shown, part in self.parts.worksheets.items() if cell_text(shown) == cell_text(name)]
        if len(found) != 1:
            raise MissingPartError(f"找不到工作表“{name}”，请勿删除或改名；可从备份中恢复。", self.parts.workbook_part)
        return found[0]

    def table(self, sheet_part: str, name: str) -> WorkbookTable:
        """The table of this name on the sheet, or its only table. Raises MissingPartError."""
        tables = self.parts.tables(sheet_part)
        named = [table for table in tables if cell_text(table.name) == cell_text(name)] or tables
        if len(named) != 1:
            raise MissingPartError(
                f"工作表“{name}”中找不到表格“{name}”，请选中数据区按 Ctrl+T 恢复为表格。", sheet_part
            )
        if not named[0].has_headings:
            raise MissingPartError(f"表格“{name}”没有标题行，请在“表设计”中勾选“标题行”。", named[0].part)
        return named[0]

    def unpack(self, part: str) -> Iterator[bytes]:
        """The content of a large part, in the pieces in which it will be deflated."""
        return self.archive.unpack(part, step=self.options.step * _DEFLATED)

    def read(self, part: str, wanted: Wanted) -> tuple[Frame, FoundRows]:
        """One reading of a sheet part."""
        scanners: list[Scanner] = []

        def visitor(grammar: Grammar) -> RowVisitor:
            scanners.append(Scanner(grammar, wanted))
            return scanners[0].visit

        frame = read_sheet(self.archive.unpack(part, step=self.options.step), part, visitor)
        return frame, scanners[0].found if scanners else FoundRows(wanted.area.last_row)

    def holds_formulas(self, read_already: Collection[str]) -> bool:
        """Whether any sheet not in ``read_already`` holds a formula."""
        parts = (part for part in self.parts.worksheets.values() if part not in read_already)
        return any(self._has_formula(part) for part in parts)

    def _has_formula(self, part: str) -> bool:
        """Only among the rows: what comes after them (validations, sparklines) has elements of that name too."""
        before = b""
        for chunk in masked(self.archive.unpack(part, step=self.options.step), part):
            before += chunk
            end = _ROWS_END.search(before)
            if b"f" in before and _FORMULA.search(before, 0, end.start() if end else len(before)):
                return True
            if end:
                return False
            before = before[-_LONGEST_NAME:]
        return False


def _refuse_signed(parts: WorkbookParts) -> None:
    for name in parts.archive.members:
        if name.casefold().startswith("_xmlsignatures/"):
            raise SignedError("工作簿带有数字签名，写入会使签名失效；请先移除签名", name)
    if any(relation.kind == "origin" and "digital-signature" in relation.target for relation in parts.relations("")):
        raise SignedError("工作簿带有数字签名，写入会使签名失效；请先移除签名")
