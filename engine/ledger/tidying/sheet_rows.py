"""The rows of the sheet: each cell under its new column, its bytes otherwise as they were."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, unescape

from engine.ledger.package.addresses import Range, column_letters, parse_range
from engine.ledger.package.row_grammar import Grammar, SheetCell, SheetRow, attributes_of, row_number
from engine.ledger.tidying.formula_moves import FormulaMoves
from engine.ledger.tidying.refusals import CannotMoveError
from engine.ledger.tidying.xml_document import with_attributes

_ADDRESS = re.compile(rb"""(\sr\s*=\s*["'])[A-Z]{1,3}(?=\d)""")
_SPANS = re.compile(rb"""\sspans\s*=\s*["'][^"']*["']""")
_TWO_LINES = 35.0
_NAMED = {"&quot;": '"', "&apos;": "'"}
_CHARACTER = re.compile(r"&#(x?)([0-9A-Fa-f]+);")

Style = bytes | None


@dataclass(frozen=True)
class NewColumn:
    """A column that the book lacks: its heading, and how its cells are dressed."""

    heading: str
    heading_style: Style
    style: Style


@dataclass
class RowMover:
    """Takes the rows of a sheet apart, as a visitor of ``read_sheet``, and gives them back in the new order.

    ``data`` is the part as it is: what a visitor sees has comments masked. ``new`` are the columns to be added, by
    their number; they get cells in the table's ``rows``, the first of which holds headings.
    """

    moves: FormulaMoves
    data: bytes
    rows: range
    new: Mapping[int, NewColumn] = field(default_factory=dict)
    start: int = -1
    _pieces: list[bytes] = field(default_factory=list)
    _number: int = 0

    def visitor(self, grammar: Grammar) -> Callable[[bytes, int], None]:
        """What ``read_sheet`` calls for every block of whole rows."""

        def visit(block: bytes, position: int) -> None:
            self.start = position if self.start < 0 else self.start
            for at, content in _rows(block, grammar):
                self._number = row_number(grammar, content, self._number)
                self._pieces.append(self._row(SheetRow(grammar, self._number, position + at, content)))

        return visit

    @property
    def moved(self) -> bytes:
        """All rows in the new order."""
        return b"".join(self._pieces)

    def _row(self, row: SheetRow) -> bytes:
        tag = _SPANS.sub(b"", self.data[row.start : row.tag_end])
        if row.number in self.rows[1:]:
            tag = _tall_enough(tag, row)
        cells = {self.moves.columns(column, row.number): self._cell(row, cell) for column, cell in row.cells.items()}
        if row.number in self.rows:
            cells |= {column: self._new_cell(row, column, one) for column, one in self.new.items()}
        if not cells:
            return self.data[row.start : row.start + len(row.grammar.row_open) + len(row.data)]
        if row.closed:
            tag = tag[:-2].rstrip() + b">"
        return tag + b"".join(cells[column] for column in sorted(cells)) + b"</%brow>" % row.grammar.prefix

    def _new_cell(self, row: SheetRow, column: int, new: NewColumn) -> bytes:
        prefix = row.grammar.prefix
        of_heading = row.number == self.rows.start
        style = new.heading_style if of_heading else new.style
        dress = b"" if style is None else b' s="%b"' % style
        opening = b'<%bc r="%b%d"%b' % (prefix, column_letters(column).encode(), row.number, dress)
        if not of_heading:
            return opening + b"/>"
        text = escape(new.heading).encode()
        return opening + b' t="inlineStr"><%bis><%bt>%b</%bt></%bis></%bc>' % (prefix, prefix, text, *(prefix,) * 3)

    def _cell(self, row: SheetRow, cell: SheetCell) -> bytes:
        raw = self.data[cell.start : cell.end]
        letters = column_letters(self.moves.columns(cell.column, row.number)).encode()
        end = raw.index(b">") if b">" in raw else len(raw)
        tag, count = _ADDRESS.subn(lambda found: found[1] + letters, raw[:end], count=1)
        if not count:
            opening = len(row.grammar.prefix) + 2
            tag = raw[:opening] + b' r="%b%d"' % (letters, row.number) + raw[opening:end]
        body = raw[end:]
        return tag + (self._formula(row, cell, body) if row.has_formula(cell) else body)

    def _formula(self, row: SheetRow, cell: SheetCell, body: bytes) -> bytes:
        found = row.grammar.content[b"f"].search(body)
        opening = row.grammar.formula.search(body)
        if not found or not opening:
            return body
        where = f"{self.moves.sheet}!{column_letters(cell.column)}{row.number}"
        attributes = attributes_of(opening[1])
        if attributes.get(b"t") == b"dataTable":
            raise CannotMoveError("这里是模拟运算表，列序不能自动整理，请先改为普通内容。", cell=where)
        tag = opening[0]
        if b"ref" in attributes:
            area = self._area(parse_range(attributes[b"ref"].decode(), row.grammar.part), where)
            tag = with_attributes(tag, {"ref": str(area)})
        if opening[0].endswith(b"/>"):
            return body[: found.start()] + tag + body[found.end() :]
        text = formula_text(found[1] or b"")
        moved = self.moves.moved(text, where, (cell.column,), row.number)
        content = (found[1] or b"") if moved == text else escape(moved).encode()
        close = body[opening.end() + len(found[1] or b"") : found.end()]
        return body[: found.start()] + tag + content + close + body[found.end() :]

    def _area(self, area: Range, where: str) -> Range:
        """Where a shared or array formula holds now."""
        if area.last_row < self.moves.columns.top:
            return area
        span = self.moves.columns.span(area.first_column, area.last_column, in_order=True)
        if span is None:
            raise CannotMoveError("这里的公式连着占用几列，列序不能自动整理，请先改为逐列的普通公式。", cell=where)
        return area._replace(first_column=span[0], last_column=span[1])


def _tall_enough(tag: bytes, row: SheetRow) -> bytes:
    """A row that fitted wider columns shows two lines, unless a person has set its height."""
    attributes = row.attributes
    if attributes.get(b"customHeight") in (b"1", b"true") or float(attributes.get(b"ht", _TWO_LINES)) >= _TWO_LINES:
        return tag
    return with_attributes(tag, {"ht": f"{_TWO_LINES:g}"})


def formula_text(content: bytes) -> str:
    """A formula as it is typed, of the content of its element."""
    text = _CHARACTER.sub(lambda found: chr(int(found[2], 16 if found[1] else 10)), content.decode())
    return unescape(text, _NAMED)


def _rows(block: bytes, grammar: Grammar) -> Iterator[tuple[int, bytes]]:
    """Every row of a block: where ``<row`` stands, and the bytes after it up to the next."""
    at = block.find(grammar.row_open)
    while at >= 0:
        after = at + len(grammar.row_open)
        end = block.find(grammar.row_open, after)
        yield at, block[after : end if end >= 0 else None]
        at = end
