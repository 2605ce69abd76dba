"""How tall a row must be to show its wrapped text. Excel fits rows itself only once someone edits them."""

from collections.abc import Iterable
from unicodedata import east_asian_width

LINE, PADDING, LEAST = 14.5, 6.0, 22.0
# A column's width counts digits of the 11 pt default font (8 pixels); two Chinese letters of 10.5 pt take 28 pixels.
LETTERS_PER_WIDTH = 8 / 7
TALLEST = 220.0
TWO_LINES = 35.0


class _Widths(dict[str, int]):
    """Each letter's width, worked out once."""

    def __missing__(self, letter: str) -> int:
        self[letter] = width = 2 if east_asian_width(letter) in "WFA" else 1
        return width


_LETTERS = _Widths()


def display_width(text: str) -> int:
    """Width in Latin characters: a Chinese one takes two."""
    return sum(map(_LETTERS.__getitem__, text))


def row_height(cells: Iterable[tuple[str, float]]) -> float:
    """Points that the tallest of ``cells`` (text, column width) needs, within reason."""
    lines = max((_lines(text, width) for text, width in cells), default=1)
    return min(TALLEST, max(LEAST, PADDING + LINE * lines))


def _lines(text: str, width: float) -> int:
    return sum(
        max(1, -(-display_width(part) // max(2, int((width - 1) * LETTERS_PER_WIDTH)))) for part in text.split("\n")
    )
