"""Cleaning what people type: invisible characters, width and spaces. One spelling for what means the same."""

import re
import unicodedata
from functools import lru_cache

from sms.numbers import mask_numbers

_INVISIBLE = "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_ODD = re.compile(f"[{_INVISIBLE}\t\u00a0\u2028\u2029]")
_INVISIBLES = re.compile(f"[{_INVISIBLE}]")
_SPACES = re.compile(r"\s+")
_KEY_DROPS = re.compile(f"[\\s{_INVISIBLE}\u200d\ufe0e\ufe0f]+")
_LOOK_ALIKES = dict(
    zip(
        # Radicals that text copied from a PDF holds in place of characters, and two ways to print one character.
        "⺁⺈⺊⺌⺍⺒⺓⺔⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺦⺧⺨⺩⺫⺬⺭⺮⺯⺰⺱⺶⺹⺼⺾⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳戶戸靑黃旣",
        "厂⺈卜小小巳幺彐心手攵旡日月歹母民水水火爪丬牛犬王目示示竹糸纟网羊老肉艹虎衤覀西见角角讠贝足车辶辶辶阝钅長镸长门阝雨青韦页风飞食食饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟户户青黄既",
        strict=True,
    )
)
_FOLDS = str.maketrans(_LOOK_ALIKES)
_LOOKS_ALIKE = re.compile("[⺀-⻿⼀-⿟" + "".join(key for key in _LOOK_ALIKES if key > "一") + "]")
_KEY_ALREADY = re.compile("[0-9A-Za-z一-鿿-]*")
_PHRASE = "\ufdfa"  # one letter that the folding of width would make eighteen
_LONGEST_KEY = 4096
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))
_SIGNS = ("", " ", "=", "+", "-", "@", "#")
_LONGEST_SHOWN = 30


def is_tidy(text: str) -> bool:
    """Whether a text needs neither cleaning nor folding: true of nearly every cell."""
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


def fold(text: str) -> str:
    """A text in half width, and what a reader takes for one character as that character (⻔ and 门, 戶 and 户)."""
    if text.isascii():
        return text
    folded = _PHRASE.join(unicodedata.normalize("NFKC", piece) for piece in text.split(_PHRASE))
    return folded.translate(_FOLDS) if _LOOKS_ALIKE.search(folded) else folded


def with_plain_dashes(text: str) -> str:
    """The text with every sort of dash as ``-``."""
    return text.translate(_DASHES)


def key_of(text: str) -> str:
    """The spelling by which headings, sheet names, enumerated words and numbers of matters are compared.

    Folded, without any space, line break or invisible character; every sort of dash is ``-``.
    """
    if len(text) > _LONGEST_KEY:
        return _long_key(text)
    if _KEY_ALREADY.fullmatch(text) and not _LOOKS_ALIKE.search(text):
        return text
    return _KEY_DROPS.sub("", fold(text)).translate(_DASHES)


@lru_cache(maxsize=64)
def _long_key(text: str) -> str:
    """A text that is no name and no number, and may stand in a hundred thousand cells: only spaces are taken out."""
    return _KEY_DROPS.sub("", text)


def shown(value: object) -> str:
    """A cell's content as a finding quotes it: short, on one line, phone numbers masked."""
    text = mask_numbers(clean_line(str(value)))
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
