"""The lights as small pictures, each with a colour and a shape of its own."""

import tkinter as tk
from collections.abc import Callable, Iterator, Mapping

from engine.ledger.template.lights import LIGHT_COLOURS

_SIZE = 14
_HALF = (_SIZE - 1) / 2


def light_images(root: tk.Misc) -> dict[str, tk.PhotoImage]:
    """A picture for each light; whoever shows them must keep them."""
    return {word: _image(root, f"#{LIGHT_COLOURS[word][0]}", shape) for word, shape in _SHAPES.items()}


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
    "绿": lambda x, y: x * x + y * y <= _HALF * _HALF,
    "黄": lambda x, y: 2 * abs(x) <= y + _HALF,
    "红": lambda x, y: abs(x) + abs(y) <= _HALF,
    "紫": lambda x, y: max(abs(x), abs(y)) <= _HALF - 1,
    "灰": lambda _x, y: abs(y) <= 2,
}
"""Disc, triangle, diamond, square, bar; x and y from the middle."""
