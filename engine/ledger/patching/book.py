"""The workbook while it is being patched: what every sheet's plan needs of it."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from engine.ledger.patching.masking import masked
from engine.ledger.patching.package import Package
from engine.ledger.patching.report import PatchOptions
from engine.ledger.patching.row_grammar import Grammar
from engine.ledger.patching.scan import Found, Scanner, Wanted
from engine.ledger.patching.sheet_frame import Frame, RowVisitor, read_sheet
from engine.ledger.patching.strings import SharedStrings
from engine.ledger.patching.zip_source import Archive

_FORMULA = re.compile(rb"<(?:[^\s/<>:]+:)?f[\s/>]")
_LONGEST_NAME = 64
_DEFLATED = 2
"""Deflating pays in larger pieces than looking at them."""


@dataclass(frozen=True)
class Book:
    """An archive that is a workbook, its shared strings and its date system."""

    archive: Archive
    package: Package
    strings: SharedStrings
    date1904: bool
    options: PatchOptions

    @classmethod
    def of(cls, archive: Archive, options: PatchOptions) -> "Book":
        """Raises a RefusedError for what is no workbook, or one that must be left alone."""
        package = Package(archive)
        part = package.shared_strings

        def unpack() -> Iterable[bytes]:
            return archive.unpack(part, step=options.step) if part else ()

        return cls(archive, package, SharedStrings(unpack, part or ""), package.date1904, options)

    def unpack(self, part: str) -> Iterator[bytes]:
        """The content of a large part, in the pieces in which it will be deflated."""
        return self.archive.unpack(part, step=self.options.step * _DEFLATED)

    def read(self, part: str, wanted: Wanted) -> tuple[Frame, Found]:
        """One reading of a sheet part."""
        scanners: list[Scanner] = []

        def visitor(grammar: Grammar) -> RowVisitor:
            scanners.append(Scanner(grammar, wanted))
            return scanners[0].visit

        frame = read_sheet(self.archive.unpack(part, step=self.options.step), part, visitor)
        return frame, scanners[0].found if scanners else Found(wanted.area.last_row)

    def holds_formulas(self, read_already: Collection[str]) -> bool:
        """Whether any sheet not in ``read_already`` holds a formula."""
        parts = (part for part in self.package.worksheets().values() if part not in read_already)
        return any(self._has_formula(part) for part in parts)

    def _has_formula(self, part: str) -> bool:
        before = b""
        for chunk in masked(self.archive.unpack(part, step=self.options.step), part):
            before += chunk
            if b"f" in before and _FORMULA.search(before):
                return True
            before = before[-_LONGEST_NAME:]
        return False
