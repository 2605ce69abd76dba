"""What 看板.html and 总览.html share: one template, one style, one script, and how a text of a cell gets into them.

Everything that comes from a cell is escaped; no script and no style but our own may run (Content-Security-Policy, by
their hashes), and nothing is fetched. Without scripts a page shows everything, only unfiltered.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Protocol

from sms.numbers import mask_numbers

FIRST_LINE = "<!DOCTYPE html><!-- duban-output "
"""How a page begins, followed by what it belongs to: the 台账标识, or the name of the fleet."""
GREY, GREY_INK = "616161", "FFFFFF"
_HOLE = re.compile(r"\{\{([a-z-]+)\}\}")


class ColouredLight(Protocol):
    """A light of a regime: its word, and RGB in hexadecimal."""

    @property
    def word(self) -> str:
        """预警灯."""

    @property
    def colour(self) -> str:
        """Of the ground."""

    @property
    def ink(self) -> str:
        """Of the letters."""


def assembled(bands: Iterable[ColouredLight], holes: Mapping[str, str]) -> str:
    """The whole page: the template with its ``holes`` filled, the lights in the colours of ``bands``."""
    style, script = _part("board_page.css") + _colours(bands), _part("board_page.js")
    ours = {"style": style, "script": script, "style-hash": _hash(style), "script-hash": _hash(script)}
    # One sweep: the text of a cell is never searched for placeholders.
    return _HOLE.sub(lambda hole: ours.get(hole[1]) or holes[hole[1]], _part("board_page.html"))


def text(cell: str) -> str:
    """Text of a cell, safe between tags and in quoted attributes, without mobile numbers and control characters."""
    printable = "".join(sign for sign in cell if sign.isprintable() or sign == " ")
    return escape(mask_numbers(printable), quote=True)


def choices(values: Iterable[str]) -> str:
    """The options of a filter: all, then each word once."""
    words = sorted({value for value in values if value})
    return '<option value="">全部</option>' + "".join(f"<option>{text(word)}</option>" for word in words)


def light_class(bands: Iterable[ColouredLight], word: str) -> str:
    """The class that gives a light its colour; closed matters are grey."""
    return next((f"light-{at}" for at, band in enumerate(bands) if band.word == word), "light-closed")


def light_tile(bands: Iterable[ColouredLight], word: str, count: int) -> str:
    """The tile that counts the matters of one light."""
    return f'<div class="tile {light_class(bands, word)}">{text(word)}灯<b>{count}</b></div>'


def tile(label: str, value: object) -> str:
    """A tile without colour."""
    return f'<div class="tile">{label}<b>{value}</b></div>'


def attributes(names: Iterable[tuple[str, str]]) -> str:
    """The values by which the filters choose a matter."""
    return " ".join(f'data-{name}="{text(value)}"' for name, value in names)


def _part(name: str) -> str:
    return (files("engine.papers") / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return "sha256-" + b64encode(sha256(content.encode()).digest()).decode()


def _colours(bands: Iterable[ColouredLight]) -> str:
    rules = [f".light-{at} {{ background: #{band.colour}; color: #{band.ink}; }}\n" for at, band in enumerate(bands)]
    return "".join((*rules, f".light-closed {{ background: #{GREY}; color: #{GREY_INK}; }}\n"))
