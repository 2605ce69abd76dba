"""The Excel table of a data sheet, as its part defines it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from engine.ledger.headings.column import SheetColumns
from engine.ledger.package.addresses import Range, parse_range
from engine.ledger.package.faults import UnsupportedXmlError
from engine.ledger.package.row_hash import cell_text
from engine.ledger.package.small_xml import Element
from engine.ledger.package.text_content import unescaped


@dataclass(frozen=True)
class WorkbookTable:
    """``area`` spans headings and data, ``totals`` of its last rows are sums. ``headings`` are in the order of the
    columns. ``data`` is the part, ``filter`` and ``root`` the elements that name the area.
    """

    part: str
    name: str
    area: Range
    totals: int
    has_headings: bool
    headings: tuple[str, ...]
    data: bytes = field(default=b"", repr=False)
    filter: Element | None = None
    root: Element | None = None

    @classmethod
    def of_form(cls, sheet: SheetColumns) -> "WorkbookTable":
        """The cells of a form (``grid_rows``), from column A on: no part, and it never grows."""
        letters = tuple(column.heading for column in sheet.columns)
        return cls("", sheet.name, Range(1, 1, sheet.grid_rows, len(letters)), 0, has_headings=False, headings=letters)

    @property
    def span(self) -> range:
        """The numbers of all its columns, from 1."""
        return range(self.area.first_column, self.area.last_column + 1)

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """The headings' :func:`cell_text` → column number from 1; of two alike the first."""
        found: dict[str, int] = {}
        for column, heading in enumerate(self.headings, self.area.first_column):
            found.setdefault(cell_text(heading), column)
        return found

    def column(self, heading: str) -> int | None:
        """The column under this heading, ``None`` where the table has none. Spelled as :func:`cell_text` takes it."""
        return self.columns.get(cell_text(heading))


def table_of(part: str, data: bytes, found: Sequence[Element]) -> WorkbookTable:
    """The table that a part with these elements defines. Raises UnsupportedXmlError."""
    root = found[0]
    totals = root.attributes.get("totalsRowCount", "0")
    if not totals.isdecimal():
        raise UnsupportedXmlError("文件内部的表格定义有误。请在 Excel 中打开并另存一次。", part)
    return WorkbookTable(
        part,
        root.attributes.get("displayName") or root.attributes.get("name", ""),
        parse_range(root.attributes.get("ref", ""), part),
        int(totals),
        root.attributes.get("headerRowCount", "1") == "1",
        tuple(
            unescaped(element.attributes.get("name", ""))
            for element in found
            if element.name == "tableColumn" and element.depth == 2
        ),
        data,
        next((element for element in found if element.name == "autoFilter" and element.depth == 1), None),
        root,
    )
