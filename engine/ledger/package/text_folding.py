"""Cleaning what people type: invisible characters, width and spaces. One spelling for what means the same."""

import re
import unicodedata

from sms.numbers import mask_numbers

_INVISIBLE = "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_ODD = re.compile(f"[{_INVISIBLE}\t\u00a0\u2028\u2029]")
_INVISIBLES = re.compile(f"[{_INVISIBLE}]")
_SPACES = re.compile(r"\s+")
_KEY_DROPS = re.compile(f"[\\s{_INVISIBLE}\u200d\ufe0e\ufe0f]+")
_KEY_ALREADY = re.compile("[0-9A-Za-z一-鿿-]*")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))
_SIGNS = ("", " ", "=", "+", "-", "@", "#")
_LONGEST_SHOWN = 30


def is_tidy(text: str) -> bool:
    """Whether a text needs no cleaning and no second look: the quick way past both, for nearly every cell."""
    return text.isprintable() and text[:1] not in _SIGNS and text[-1:] != " " and "  " not in text


def clean_text(text: str) -> str:
    """A text as it was meant: line breaks and emoji stay, invisible characters and spaces at the ends go."""
    if _ODD.search(text):
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
        text = _INVISIBLES.sub("", text.replace("\u00a0", " ").replace("\t", " "))
    return text.strip()


def clean_line(text: str) -> str:
    """A text that stands on one line: as ``clean_text``, every run of white space one space."""
    return _SPACES.sub(" ", clean_text(text))


def key_of(text: str) -> str:
    """The spelling by which headings, sheet names, enumerated words and numbers of matters are compared.

    Half width, without any space, line break or invisible character; every sort of dash is ``-``.
    """
    if _KEY_ALREADY.fullmatch(text):
        return text
    return _KEY_DROPS.sub("", unicodedata.normalize("NFKC", text)).translate(_DASHES)


def shown(value: object) -> str:
    """A cell's content as a finding quotes it: short, on one line, phone numbers masked."""
    text = mask_numbers(clean_line(str(value)))
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
