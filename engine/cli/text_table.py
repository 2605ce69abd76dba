"""Tables of Chinese text that read well at 80 columns: plain ASCII rules, since a console with a Chinese font draws
box lines twice as wide; numbers and dates are never torn, and no line begins with a closing mark.
"""

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len, chop_cells

GAP = "  "
NARROW = (10, 8, 6, 4, 0)
"""Columns up to this wide are not squeezed; less where many columns would not fit otherwise."""
_OPENING, _CLOSING = "（【“「〔《(", "，。；：、）】”」〕》？！,.;:!?)%"
_PIECE = re.compile(
    rf"[{re.escape(_OPENING)}]*(?:[\u4e00-\u9fff]+![A-Z]+\d+|[\u4e00-\u9fff]+\.xlsx|\d{{4}}-[^\d\s-]-\d+|[A-Za-z0-9*+/\\_.:#=-]+|\S)[{re.escape(_CLOSING)}]*|\s"
)


def table_lines(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """The lines of a table that is at most ``width`` cells wide, unless its longest words need more. Empty
    ``headings``: a list without any. Rows under headings are parted by a blank line where one has several lines.
    """
    cells = [list(headings), *map(list, rows)] if any(headings) else [list(row) for row in rows]
    widths = column_widths(cells, width)
    laid = [[list(wrap(text, wide)) for text, wide in zip(row, widths, strict=True)] for row in cells]
    airy = any(headings) and any(len(lines) > 1 for row in laid[1:] for lines in row)
    for index, row in enumerate(laid):
        if airy and index > 1:
            yield ""
        for at in range(max(map(len, row))):
            yield GAP.join(_padded(lines, at, wide) for lines, wide in zip(row, widths, strict=True)).rstrip()
        if index == 0 and any(headings):
            yield GAP.join("-" * wide for wide in widths)


def column_widths(cells: Sequence[Sequence[str]], width: int) -> list[int]:
    """How wide each column is: such that no cell takes more lines than it must for the whole to fit."""
    columns = list(zip(*cells, strict=True))
    room = width - len(GAP) * (len(columns) - 1)
    natural = [max(_longest(text.split("\n")) for text in column) for column in columns]
    words = [max(_longest(_pieces(text)) for text in column) for column in columns]
    for narrow in NARROW:
        least = [min(wide, max(word, narrow)) for wide, word in zip(natural, words, strict=True)]
        if sum(least) <= room:
            break
    lines = 1
    while sum(widths := _shares(natural, least, lines)) > room and widths != least:
        lines += 1
    spare = room - sum(widths)
    for index in sorted(range(len(widths)), key=lambda index: natural[index] - widths[index]):
        taken = max(0, min(spare, natural[index] - widths[index]))
        widths[index] += taken
        spare -= taken
    return widths


def _shares(natural: Sequence[int], least: Sequence[int], lines: int) -> list[int]:
    return [max(few, -(-wide // lines)) for wide, few in zip(natural, least, strict=True)]


def wrap(text: str, width: int) -> Iterator[str]:
    """``text`` in lines of at most ``width`` cells; at least one line."""
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(paragraph):
            for part in chop_cells(piece, width) if cell_len(piece) > width else [piece]:
                if line and cell_len(line) + cell_len(part.rstrip()) > width:
                    yield line.rstrip()
                    line = ""
                line += part if line else part.lstrip()
        yield line.rstrip()


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(text)


def _longest(texts: Sequence[str]) -> int:
    return max(map(cell_len, texts), default=0)


def _padded(lines: Sequence[str], at: int, width: int) -> str:
    text = lines[at] if at < len(lines) else ""
    return text + " " * (width - cell_len(text))
