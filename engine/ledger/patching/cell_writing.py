"""New cells and rows as bytes, and the edits that put them into a row."""

import re
from collections.abc import Mapping
from datetime import date

from engine.facts.change import Value
from engine.ledger.package.addresses import column_letters
from engine.ledger.package.row_grammar import SheetRow
from engine.ledger.patching.splice import Edit
from engine.ledger.patching.values import as_number, as_text

_SPANS = re.compile(rb"(\sspans\s*=\s*[\"'])(\d+):(\d+)(?=[\"'])")
_HEIGHT = re.compile(rb"\sht\s*=\s*[\"'](\d+(?:\.\d+)?)(?=[\"'])")
_CUSTOM = re.compile(rb"\scustomHeight\s*=\s*[\"'](?:1|true)")
_KEPT_BY_NEW_ROWS = (b"s", b"customFormat", b"ht", b"customHeight")


def cell_bytes(prefix: bytes, row: int, column: int, style: bytes | None, value: Value, date1904: bool) -> bytes:
    """One ``<c>``. Raises ValueRefusedError for a value that Excel has no cell for."""
    return cell_start(prefix, b"%d" % row, column, style) + cell_rest(prefix, value, date1904)


def cell_start(prefix: bytes, row: bytes, column: int, style: bytes | None) -> bytes:
    """The part of a ``<c>`` that does not depend on its value."""
    opening = b'<%bc r="%b%b"' % (prefix, column_letters(column).encode(), row)
    if style is not None:
        opening += b' s="%b"' % style
    return opening


def cell_rest(prefix: bytes, value: Value, date1904: bool) -> bytes:
    """The part of a ``<c>`` that holds its value. Raises ValueRefusedError for a value that Excel has no cell for."""
    match value:
        case None | "":
            return b"/>"
        case bool():
            return b' t="b"><%bv>%d</%bv></%bc>' % (prefix, value, prefix, prefix)
        case str():
            text = b'<%bt xml:space="preserve">%b</%bt>' % (prefix, as_text(value), prefix)
            return b' t="inlineStr"><%bis>%b</%bis></%bc>' % (prefix, text, prefix, prefix)
        case int() | float() | date():
            return b"><%bv>%b</%bv></%bc>" % (prefix, as_number(value, date1904), prefix, prefix)


def row_edits(row: SheetRow, cells: Mapping[int, bytes], *, least: float = 0) -> list[Edit]:
    """The edits that put ``cells`` (column → bytes) into an existing row, in the order of the part. ``least``: the row
    becomes at least so many points high, unless a person has set its height.
    """
    edits = sorted([*_spans_edit(row, cells), *_height_edit(row, least)])
    prefix = row.grammar.prefix
    if row.closed:
        content = b"".join(cells[column] for column in sorted(cells))
        return [*edits, Edit(row.body_start, row.tag_end, b">" + content + b"</" + prefix + b"row>")]
    for column in sorted(cells):
        cell = row.cell(column)
        if cell:
            edits.append(Edit(cell.start, cell.end, cells[column]))
        else:
            at = next((later.start for later in row.cells.values() if later.column > column), row.cells_end)
            edits.append(Edit(at, at, cells[column]))
    return edits


def new_row(prefix: bytes, number: bytes, like: SheetRow | None, content: bytes) -> bytes:
    """A row that does not exist yet, with the height and format of ``like``."""
    attributes = like.attributes if like else {}
    kept = b"".join(b' %b="%b"' % (name, attributes[name]) for name in _KEPT_BY_NEW_ROWS if name in attributes)
    return b'<%brow r="%b"%b>%b</%brow>' % (prefix, number, kept, content, prefix)


def fitted(row: bytes, points: float) -> bytes:
    """A new row's bytes with so many points of height, where it has a height and nobody has set it: it must not be as
    tall as the row before it happens to be.
    """
    tag = row.index(b">")
    found = _HEIGHT.search(row, 0, tag)
    if not points or not found or _CUSTOM.search(row, 0, tag):
        return row
    return row[: found.start(1)] + b"%g" % points + row[found.end(1) :]


def _height_edit(row: SheetRow, least: float) -> list[Edit]:
    """No spreadsheet program fits a row to a text that it did not write itself: the text would be cut off."""
    if not least or row.attributes.get(b"customHeight") in (b"1", b"true"):
        return []
    base = row.start + len(row.grammar.row_open)
    found = _HEIGHT.search(row.data, 0, row.tag_end - base)
    if not found or float(found[1]) >= least:
        return []
    return [Edit(base + found.start(1), base + found.end(1), b"%g" % least)]


def _spans_edit(row: SheetRow, cells: Mapping[int, bytes]) -> list[Edit]:
    """``spans`` is a hint of the columns in use; a wrong one would be worse than none."""
    base = row.start + len(row.grammar.row_open)
    found = _SPANS.search(row.data, 0, row.tag_end - base)
    if not found:
        return []
    first, last = int(found[2]), int(found[3])
    if first <= min(cells) and max(cells) <= last:
        return []
    spans = b"%d:%d" % (min(first, *cells), max(last, *cells))
    return [Edit(base + found.end(1), base + found.end(), spans)]
