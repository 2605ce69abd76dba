"""Merged cells among the rows of a data sheet: only the first cell of a block holds anything, whatever people see."""

from collections.abc import Iterator, Mapping, Sequence

from engine.facts.finding import Finding, Place, hint
from engine.ledger.package.addresses import Range, parse_range
from engine.ledger.package.faults import UnsupportedXmlError

_MOST = 20
_REMEDY = "请取消合并，给每一行填上内容；成批搬来的旧台账，请用“导入旧台账”（duban import）。"


def merged_hints(merged: Sequence[str], sheet: str, heading_row: int, fields: Mapping[int, str]) -> Iterator[Finding]:
    """A hint for each block below the headings that covers one of our columns, which ``fields`` holds by number (from
    1); the last one states how many more there are.
    """
    found = [(block, own) for block in sorted(_blocks(merged)) if (own := _own(block, heading_row, fields))]
    for at, (block, own) in enumerate(found[:_MOST], 1):
        more = f"这样的还有{len(found) - _MOST}处。" if at == _MOST < len(found) else ""
        problem = f"{block} 是合并单元格：只有左上角一格有内容，其余各格按空白处理。{more}"
        yield hint(Place(sheet, max(block.first_row, heading_row + 1), own), "merged_cells", "", problem, _REMEDY)


def _blocks(merged: Sequence[str]) -> Iterator[Range]:
    for text in merged:
        try:
            yield parse_range(text, "")
        except UnsupportedXmlError:
            continue  # a damaged reference merges nothing


def _own(block: Range, heading_row: int, fields: Mapping[int, str]) -> str | None:
    """The first of our columns that the block covers below the headings."""
    if block.last_row <= heading_row:
        return None
    columns = (column for column in sorted(fields) if block.first_column <= column <= block.last_column)
    return next((fields[column] for column in columns), None)
