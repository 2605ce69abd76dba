"""The lights as small pictures, each with a colour and a shape of its own."""

import tkinter as tk
from collections.abc import Callable, Iterator, Mapping

from addin.desk_window.matters import CLOSED_MARK, OTHER_MARK, Looks

_SIZE = 14
_HALF = (_SIZE - 1) / 2


def light_images(root: tk.Misc, looks: Looks) -> dict[str, tk.PhotoImage]:
    """A picture for each light; whoever shows them must keep them."""
    return {word: _image(root, f"#{look.colour}", _SHAPES[look.mark]) for word, look in looks.items()}


def _image(root: tk.Misc, colour: str, shape: Callable[[float, float], bool]) -> tk.PhotoImage:
    image = tk.PhotoImage(master=root, width=_SIZE, height=_SIZE)
    for x, y in _pixels(shape):
        image.put(colour, (x, y))
    return image


def _pixels(shape: Callable[[float, float], bool]) -> Iterator[tuple[int, int]]:
    for x in range(_SIZE):
        for y in range(_SIZE):
            if shape(x - _HALF, y - _HALF):
                yield x, y


_SHAPES: Mapping[str, Callable[[float, float], bool]] = {
    "●": lambda x, y: x * x + y * y <= _HALF * _HALF,
    "▲": lambda x, y: 2 * abs(x) <= y + _HALF,
    "◆": lambda x, y: abs(x) + abs(y) <= _HALF,
    "■": lambda x, y: max(abs(x), abs(y)) <= _HALF - 1,
    "＋": lambda x, y: min(abs(x), abs(y)) <= 2,
    "▼": lambda x, y: 2 * abs(x) <= _HALF - y,
    CLOSED_MARK: lambda _x, y: abs(y) <= 2,
    OTHER_MARK: lambda x, y: (_HALF - 2) * (_HALF - 2) <= x * x + y * y <= _HALF * _HALF,
}
"""Disc, triangle, diamond, square, cross, triangle upside down, bar, ring; x and y from the middle."""
