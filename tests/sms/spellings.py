"""One phone number in the spellings that people and programs use."""

import unicodedata
from collections.abc import Iterator

DIGITS = "13800138000"
WIDE = DIGITS.translate({48 + n: 0xFF10 + n for n in range(10)})
GAPS = (
    " ",
    "-",
    ".",
    "·",
    "•",
    "・",
    "_",
    "－",
    "—",
    "　",
    " ",
    "，",
    "、",
    "/",
    "‑",
    "\u200b",
    "..",
    " - ",
    "＿",
    "~",
)


def _parts(digits: str, gap: str) -> Iterator[str]:
    yield gap.join((digits[:3], digits[3:7], digits[7:]))
    yield gap.join((digits[:3], digits[3:]))
    yield gap.join(digits)


def spellings() -> list[str]:
    """At least a hundred, none twice."""
    found = [DIGITS, WIDE, f"+86{DIGITS}", f"＋８６{WIDE}", f"0086{DIGITS}", f"%2B86{DIGITS}", f"86-{DIGITS}"]
    found += [f"({DIGITS[:3]}){DIGITS[3:7]}-{DIGITS[7:]}", f"（+86）{DIGITS}", f"tel:+86-{DIGITS}", f"[{DIGITS}]"]
    found += ["一三八〇〇一三八〇〇〇", "幺三八零零幺三八零零零", "①③⑧⓪⓪①③⑧⓪⓪⓪", "¹³⁸⁰⁰¹³⁸⁰⁰⁰", "١٣٨٠٠١٣٨٠٠٠"]
    found += [f"138{WIDE[3:7]}8000", f"{DIGITS}一科", f"第一科{DIGITS}", f"{DIGITS}/{DIGITS}"]
    for gap in GAPS:
        found += [*_parts(DIGITS, gap), *_parts(WIDE, gap), f"+86{gap}{DIGITS}"]
    return list(dict.fromkeys(found))


def holds_number(text: str) -> bool:
    """Whether the eleven digits can still be read in it, one after the other, whatever stands between."""
    plain = "".join(sign if sign.isalnum() else "" for sign in text)
    values = {"〇": "0", "零": "0", "幺": "1", **{sign: str(n + 1) for n, sign in enumerate("一二三四五六七八九")}}
    return DIGITS in "".join(values.get(sign, _digit(sign)) for sign in plain)


def _digit(sign: str) -> str:
    value = unicodedata.digit(sign, None)
    return sign if value is None else str(value)
