"""A text in the room that it has: what is longer ends with …, so that nobody takes a part for the whole."""

from bisect import bisect_right
from collections.abc import Callable

Measure = Callable[[str], int]
"""Pixels of a text in some font."""


def fitted(text: str, room: int, measure: Measure) -> str:
    """The text, or as much of it as stands in ``room`` pixels before …."""
    if measure(text) <= room:
        return text
    return text[: bisect_right(range(1, len(text)), room, key=lambda end: measure(text[:end] + "…"))] + "…"
