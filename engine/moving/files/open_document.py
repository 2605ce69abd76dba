"""Which cells of an .ods file are merged: which calamine does not report of this format."""

from collections.abc import Mapping
from xml.parsers import expat

from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.package.zip_archive import ZipArchive
from engine.moving.tables.grid import Span

_PART = "content.xml"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_MOST = 100_000


def ods_merges(archive: ZipArchive) -> Mapping[str, tuple[Span, ...]]:
    """Sheet → its merged blocks. Raises UnreadableWorkbook for a file without content."""
    if _PART not in archive.members:
        raise UnreadableWorkbook("这不是表格文件。请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。")
    seen = _Seen()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = seen.start
    parser.EndElementHandler = seen.end
    try:
        for piece in archive.unpack(_PART):  # no DTD: it has been gone through
            parser.Parse(piece)
        parser.Parse(b"", True)
    except expat.ExpatError as fault:
        raise UnreadableWorkbook("文件已损坏。请用 Excel 或 WPS 打开并修复后另存为 .xlsx 再导入。") from fault
    return {name: tuple(spans) for name, spans in seen.merges.items()}


class _Seen:
    """Where the parser is, counting repeated rows and cells."""

    def __init__(self) -> None:
        self.merges: dict[str, list[Span]] = {}
        self._spans: list[Span] = []
        self._row = self._column = 0
        self._repeated = 1

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        match name.removeprefix(f"{_TABLE} "):
            case "table":
                self._spans = self.merges.setdefault(attributes.get(f"{_TABLE} name", ""), [])
                self._row = 0
            case "table-row":
                self._column = 0
                self._repeated = _number(attributes, "number-rows-repeated")
            case "table-cell" | "covered-table-cell":
                down, across = _number(attributes, "number-rows-spanned"), _number(attributes, "number-columns-spanned")
                if (down > 1 or across > 1) and len(self._spans) < _MOST:
                    row, column = self._row, self._column
                    self._spans.append(Span(row, column, row + down - 1, column + across - 1))
                self._column += _number(attributes, "number-columns-repeated")

    def end(self, name: str) -> None:
        if name == f"{_TABLE} table-row":
            self._row += self._repeated


def _number(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(f"{_TABLE} {name}", "1")
    return int(text) if text.isdecimal() and len(text) < 8 else 1
