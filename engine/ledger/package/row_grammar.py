"""One row of a sheet, parsed without changing it: every cell with its span of bytes."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from math import isfinite
from typing import NamedTuple

from engine.facts.change import Value
from engine.ledger.package.addresses import MAX_COLUMN, MAX_ROW, column_letters, column_number
from engine.ledger.package.faults import UnsupportedXmlError
from engine.ledger.package.small_xml import ATTRIBUTES
from engine.ledger.package.text_content import plain_text
from engine.ledger.package.text_folding import key_of

_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d+)[\"']")
_PAIR = re.compile(rb"""([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
# White space between tags, and what the mask left of comments there.
_GAP = rb"[\s\0]*"


@dataclass(frozen=True, slots=True)
class Shared:
    """The index of a shared string, before its text is known."""

    index: int


Content = Value | Shared


class SheetCell(NamedTuple):
    """One ``<c>``: its column and its span in the part; ``tag`` are its attributes but ``r``, raw."""

    column: int
    start: int
    end: int
    tag: bytes
    body: bytes

    @property
    def attributes(self) -> dict[bytes, bytes]:
        """The cell's attributes but ``r``."""
        return attributes_of(self.tag)


class Grammar:
    """The patterns of rows and cells for one namespace prefix (``b""`` or ``b"x:"``)."""

    def __init__(self, prefix: bytes, part: str) -> None:
        self.prefix, self.part = prefix, part
        name = re.escape(prefix)
        self.row_open = b"<" + prefix + b"row"
        self.row_tag = re.compile(b"(" + ATTRIBUTES + rb")\s*(/)?>")
        self.cell = re.compile(
            _GAP
            + b"(<"
            + name
            + rb'c(?: r="([A-Z]{1,3})(\d{1,7})")?('
            + ATTRIBUTES
            + rb")\s*(?:/>|>(.*?)</"
            + name
            + rb"c\s*>))",
            re.DOTALL,
        )
        self.row_close = re.compile(_GAP + b"</" + name + b"row" + rb"\s*>" + _GAP)
        self.gap = re.compile(_GAP)
        self.content = {
            tag: re.compile(b"<" + name + tag + ATTRIBUTES + rb"\s*(?:/>|>(.*?)</" + name + tag + rb"\s*>)", re.DOTALL)
            for tag in (b"v", b"is", b"t", b"rPh", b"f")
        }
        self.formula = re.compile(b"<" + name + b"f(" + ATTRIBUTES + rb")\s*/?>")
        self.formula_open = b"<" + prefix + b"f"
        self.filled = re.compile(b"<" + name + rb'c r="([A-Z]{1,3})\d+"[^>]*><' + name + rb"v>[^<\s]")
        self.holds = tuple(b"<" + prefix + tag for tag in (b"v", b"f", b"is"))

    def texts(self, body: bytes) -> str:
        """The text of an ``<si>`` or ``<is>``: all runs, without phonetic hints."""
        runs = self.content[b"rPh"].sub(b"", body)
        return "".join(plain_text(found or b"") for found in self.content[b"t"].findall(runs))

    def formula_text(self, body: bytes) -> bytes:
        """What a cell computes; empty where it shares another's formula."""
        found = self.content[b"f"].search(body)
        return (found[1] or b"") if found else b""

    def formulas(self, rows: bytes) -> Iterator[dict[bytes, bytes]]:
        """The attributes of every formula in these rows."""
        return (attributes_of(found[1]) for found in self.formula.finditer(rows))


def row_number(grammar: Grammar, data: bytes, before: int) -> int:
    """The number of the row whose bytes after ``<row`` these are; the one after ``before`` where it states none.

    Raises UnsupportedXmlError where rows do not come in order, or leave the sheet.
    """
    tag = grammar.row_tag.match(data)
    found = _ROW_NUMBER.search(tag[1]) if tag else None
    number = int(found[1]) if found else before + 1
    if not before < number <= MAX_ROW:
        raise UnsupportedXmlError("工作表的行序混乱。请在 Excel 中打开并另存一次。", grammar.part)
    return number


def attributes_of(text: bytes) -> dict[bytes, bytes]:
    """The attributes of a tag, raw."""
    return {name: double or single for name, double, single in _PAIR.findall(text)}


@dataclass(frozen=True)
class SheetRow:
    """One row element. ``data`` are its bytes after ``<row``, up to the next row; ``start`` is the offset of ``<row``.

    Everything but ``number``, ``start`` and ``data`` is computed on first use. Raises UnsupportedXmlError for a row
    that does not follow the schema.
    """

    grammar: Grammar
    number: int
    start: int
    data: bytes

    @cached_property
    def _tag(self) -> re.Match[bytes]:
        found = self.grammar.row_tag.match(self.data)
        if not found:
            raise self._unusual("行的标记")
        return found

    @property
    def attributes(self) -> dict[bytes, bytes]:
        """The row's own attributes."""
        return attributes_of(self._tag[1])

    @property
    def closed(self) -> bool:
        """Whether it is ``<row/>``, without room for cells."""
        return self._tag[2] is not None

    @property
    def body_start(self) -> int:
        """The offset where its cells begin; of the ``/>`` of a row without room for cells."""
        base = self.start + len(self.grammar.row_open)
        return base + (self._tag.end(1) if self.closed else self._tag.end())

    @property
    def tag_end(self) -> int:
        """The offset after its start tag."""
        return self.start + len(self.grammar.row_open) + self._tag.end()

    @cached_property
    def cells(self) -> dict[int, SheetCell]:
        """Column → cell, in the order of the columns."""
        base = self.start + len(self.grammar.row_open)
        found: dict[int, SheetCell] = {}
        at, column = self._tag.end(), 0
        while not self.closed and (match := self.grammar.cell.match(self.data, at)):
            whole, letters, row, tag, body = match.groups()
            before = column
            column = column_number(letters.decode()) if letters else self._column(tag, column)
            if not before < column <= MAX_COLUMN or (row and int(row) != self.number):
                raise self._unusual("单元格的次序或地址")
            start = base + match.start(1)
            found[column] = SheetCell(column, start, start + len(whole), tag, body or b"")
            at = match.end()
        closing = self.grammar.gap if self.closed else self.grammar.row_close
        end = closing.match(self.data, at)
        if not end or end.end() != len(self.data):
            raise self._unusual("单元格之间另有内容")
        return found

    @cached_property
    def _seen(self) -> dict[int, SheetCell | None]:
        return {}

    def cell(self, column: int) -> SheetCell | None:
        """One cell. Where it is written as usual, the rest of the row is not parsed."""
        if column not in self._seen:
            self._seen[column] = self._look(column)
        return self._seen[column]

    def _look(self, column: int) -> SheetCell | None:
        address = b'<%bc r="%b%d"' % (self.grammar.prefix, column_letters(column).encode(), self.number)
        at = self.data.find(address)
        match = self.grammar.cell.match(self.data, at) if at >= 0 else None
        if not match:
            return self.cells.get(column)
        start = self.start + len(self.grammar.row_open) + at
        return SheetCell(column, start, start + match.end() - at, match[4], match[5] or b"")

    @property
    def cells_end(self) -> int:
        """The offset after its last cell."""
        return max((cell.end for cell in self.cells.values()), default=self.body_start)

    def is_blank(self, first: int, last: int, blank: Collection[int] = ()) -> bool:
        """Whether no cell from column ``first`` to ``last`` holds a formula or more than blanks. ``blank`` are the
        indices of shared strings without content.
        """
        filled = None if blank else self.grammar.filled.search(self.data)
        if filled and first <= column_number(filled[1].decode()) <= last:
            return False
        if not any(tag in self.data for tag in self.grammar.holds):
            return True
        return not any(
            first <= cell.column <= last and (self.has_formula(cell) or not _is_blank(self.content(cell), blank))
            for cell in self.cells.values()
        )

    def has_formula(self, cell: SheetCell) -> bool:
        """Whether the cell is computed, be it by a shared or array formula."""
        return self.grammar.formula.search(cell.body) is not None

    def content(self, cell: SheetCell) -> Content:
        """What the cell holds: a number for a date, an index for a shared string, ``None`` for nothing.

        An error value is its text. Raises UnsupportedXmlError for a content that does not fit its type.
        """
        kind = cell.attributes.get(b"t", b"n")
        if kind == b"inlineStr":
            found = self.grammar.content[b"is"].search(cell.body)
            return (self.grammar.texts(found[1] or b"") or None) if found else None
        found = self.grammar.content[b"v"].search(cell.body)
        text = plain_text(found[1] or b"") if found else ""
        if kind != b"str":
            text = text.strip()
        if not text:
            return None
        try:
            return _typed(kind, text)
        except ValueError as error:
            raise self._unusual("单元格的值与类型不符") from error

    def _column(self, tag: bytes, before: int) -> int:
        """The column of a cell whose address does not come first, or is missing."""
        address = attributes_of(tag).get(b"r")
        if address is None:
            return before + 1
        letters = address.rstrip(b"0123456789").decode("ascii", "replace")
        if not (letters.isalpha() and letters.isascii()) or address[len(letters) :] != b"%d" % self.number:
            raise self._unusual("单元格的地址")
        return column_number(letters.upper())

    def _unusual(self, what: str) -> UnsupportedXmlError:
        message = f"第 {self.number} 行的内部结构少见（{what}）。请在 Excel 中打开并另存一次。"
        return UnsupportedXmlError(message, self.grammar.part, f"{self.number}:{self.number}")


def _is_blank(content: Content, blank: Collection[int]) -> bool:
    if isinstance(content, Shared):
        return content.index in blank
    return content is None or (isinstance(content, str) and not key_of(content))


def _typed(kind: bytes, text: str) -> Content:
    match kind:
        case b"s":
            if not text.isdecimal():
                raise ValueError(text)
            return Shared(int(text))
        case b"b":
            return text in ("1", "true")
        case b"n":
            number = float(text)
            if not isfinite(number):
                raise ValueError(text)
            return number
        case b"d":
            return _moment(text.rstrip("Z"))
        case _:
            return text


def _moment(text: str) -> datetime | float:
    """A date in ISO 8601; a time of day without a date as the part of a day that Excel would hold."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        clock = time.fromisoformat(text)
        return (datetime.combine(datetime.min, clock) - datetime.min) / timedelta(days=1)
