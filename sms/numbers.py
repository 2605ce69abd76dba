"""Phone numbers in text, however they are written: found and masked. Pure, so that every room may use it."""

import re
import unicodedata

_NUMERALS = "〇零一二三四五六七八九"
_VALUES = {"〇": "0", "零": "0", "幺": "1"} | {sign: str(value) for value, sign in enumerate(_NUMERALS[1:])}
_OTHER_DIGITS = "⁰¹²³⁴-⁹₀-₉①-⑨⓪❶-❾⓿➀-➈➊-➒⑴-⑼⒈-⒐"
# What people put between the digits of a number. No colon: it stands in times of day, and a date and a time together
# would pass for a number.
_BETWEEN = r"\s\-‐-―−﹣－.．。﹒·•・‧∙⋅˙、,，﹐_＿/／\\|~～*＊'’`()（）\[\]［］\u00ad\u200b-\u200f\u2060-\u2064\ufeff"
_DIGIT = rf"[\d{_OTHER_DIGITS}{''.join(_VALUES)}]"
_GAP = f"[{_BETWEEN}]{{0,4}}"
_WORTH_A_SEARCH = re.compile(rf"(?:{_DIGIT}{_GAP}){{7}}")
_PLUS = r"(?:[+＋﹢]|%2[Bb])"
_MAINLAND = rf"(?:{_PLUS}|(?<!\d))(?:(?:00{_GAP})?8{_GAP}6{_GAP})?(1{_GAP}[3-9](?:{_GAP}\d){{9}})(?!\d)"
_NUMBER = re.compile(rf"{_MAINLAND}|{_PLUS}(\d(?:{_GAP}\d){{6,14}})")


class _Digits(dict[int, str]):
    """An ASCII digit for every character that is one, so that places in the text stay what they are; ``wide`` also for
    those that are digits only among others of their kind (一, ③).
    """

    def __init__(self, *, wide: bool) -> None:
        super().__init__()
        self._wide = wide

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        value = unicodedata.digit(sign, None) if self._wide else unicodedata.decimal(sign, None)
        digit = sign if value is None else str(value)
        return self.setdefault(code, _VALUES.get(digit, digit) if self._wide else digit)


_SPELLINGS = (_Digits(wide=False), _Digits(wide=True))


def mask_mobile(mobile: str) -> str:
    """``+8613800138000`` as ``138****8000``; whatever is too short to be a number as stars."""
    digits = mobile.removeprefix("+86").removeprefix("+")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else "****"


def mask_numbers(text: str) -> str:
    """``text`` with every full phone number masked: mainland ones in any spelling, others where a plus begins them."""
    if not _WORTH_A_SEARCH.search(text):
        return text
    if text.isascii():
        return _masked(text, text)
    for spelling in _SPELLINGS:  # 一 after a number in figures is the next word, not its twelfth digit
        text = _masked(text, text.translate(spelling))
    return text


def _masked(text: str, plain: str) -> str:
    """``text`` without the numbers that ``plain``, the same text in ASCII digits, shows at their places."""
    parts, done = [], 0
    for found in _NUMBER.finditer(plain):
        digits = "".join(sign for sign in found[1] or found[2] if sign.isdigit())
        parts += [text[done : found.start()], mask_mobile(digits)]
        done = found.end()
    return "".join([*parts, text[done:]])
