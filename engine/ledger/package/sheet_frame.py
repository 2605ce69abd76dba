"""A sheet part as a stream: the head and tail read by expat, the rows between passed on as bytes with their offsets."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from engine.ledger.package.faults import UnsupportedXmlError
from engine.ledger.package.masking import masked
from engine.ledger.package.row_grammar import Grammar
from engine.ledger.package.small_xml import Element, feed, parser_into
from engine.ledger.package.workbook_parts import MAIN_SPACES

_SHEET_DATA = re.compile(rb"<([^\s/<>:\0]+:)?sheetData\s*(/)?>")
_MAX_ROW_BYTES, _MAX_HEAD = 16 << 20, 16 << 20
_AT_ONCE = 2
"""Chunks scanned together. More would be quicker to scan, and slower to allocate: C libraries ask the system for each
block past 128 KB anew.
"""
_SPACE = b" \t\r\n\0"

RowVisitor = Callable[[bytes, int], None]
"""Takes a block of whole rows, from ``<row`` to before the next, and its offset."""


@dataclass(frozen=True, slots=True)
class Frame:
    """``head`` are the elements before the rows, ``start`` the bytes they stand in; ``tail`` are the elements after the
    rows, ``data_end`` is the offset of ``</sheetData>``.
    """

    grammar: Grammar
    start: bytes
    head: tuple[Element, ...]
    tail: tuple[Element, ...]
    data_end: int


def read_sheet(chunks: Iterable[bytes], part: str, visitor: Callable[[Grammar], RowVisitor]) -> Frame:
    """Read a sheet part whole, giving every row to the visitor made for the part's grammar.

    Raises UnsupportedXmlError or EntityError for a part that cannot be edited in its bytes.
    """
    stream = masked(chunks, part)
    head, rest, tag = _read_head(stream, part)
    prefix = tag[1] or b""
    found: list[Element] = []
    start = head[: tag.start()].replace(b"\0", b" ")
    parser = parser_into(found, part, start)
    feed(parser, start + b"<" + prefix + b"sheetData>", part)
    if found[0].name != "worksheet" or found[-1].space not in MAIN_SPACES:
        raise UnsupportedXmlError("这不是工作表，或其内部结构少见。请在 Excel 中打开并另存一次。", part)
    grammar = Grammar(prefix, part)
    count = len(found)
    if tag[2]:
        data_end, tail = tag.end(), rest
    else:
        data_end, tail = _read_rows(stream, rest, tag.end(), grammar, visitor(grammar))
    feed(parser, b"</" + prefix + b"sheetData>", part)
    for piece in chain((tail,), stream):
        feed(parser, piece.replace(b"\0", b" "), part)
    feed(parser, b"", part, final=True)
    return Frame(grammar, start, tuple(found[:count]), tuple(found[count:]), data_end)


def _read_head(stream: Iterator[bytes], part: str) -> tuple[bytes, bytes, re.Match[bytes]]:
    """Everything up to the start tag of the rows, what followed it in the same piece, and the tag."""
    head = b""
    for chunk in stream:
        head += chunk
        if tag := _SHEET_DATA.search(head):
            return head[: tag.end()], head[tag.end() :], tag
        if len(head) > _MAX_HEAD:
            break
    raise UnsupportedXmlError("工作表内部缺少数据区。请在 Excel 中打开并另存一次。", part)


def _read_rows(
    stream: Iterator[bytes], first: bytes, position: int, grammar: Grammar, visit: RowVisitor
) -> tuple[int, bytes]:
    """Go through all rows. Returns the offset of ``</sheetData>`` and what followed it in the same piece."""
    opening, closing = grammar.row_open, b"</" + grammar.prefix + b"sheetData>"
    held = first
    while True:
        last = held.rfind(opening)
        end = held.find(closing, max(last, 0))
        if end < 0 and held.startswith(b"Breaks", last + len(opening)):  # the first tag after the rows that looks alike
            end = held.find(closing)
        cut = end if end >= 0 else last
        if cut > 0 or end == 0:
            gap = held.find(opening, 0, cut)
            gap = cut if gap < 0 else gap
            if held[:gap].strip(_SPACE):
                raise UnsupportedXmlError(
                    "工作表内部结构少见（行之间另有内容）。请在 Excel 中打开并另存一次。", grammar.part
                )
            if gap < cut:
                visit(held[gap:cut], position + gap)
            held, position = held[cut:], position + cut
        if end >= 0:
            return position, held[len(closing) :]
        more = [*islice(stream, _AT_ONCE)]
        if not more or len(held) > _MAX_ROW_BYTES:
            raise UnsupportedXmlError("工作表内部不完整或有异常庞大的一行。请在 Excel 中打开并另存一次。", grammar.part)
        held = b"".join((held, *more))
