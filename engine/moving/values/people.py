"""Names and mobile numbers as old ledgers write them, each in its own cell or both in one."""

import re
import unicodedata
from dataclasses import dataclass

from engine.ledger.package.text_folding import clean_line
from engine.ledger.reading.values import read_mobile

_NUMBER = re.compile(
    r"(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)|0\d{2,3}[-\s]?\d{7,8}(?!\d)|(?<!\d)\d{7,8}(?!\d)"
)
_NOISE = re.compile(r"[\s,，、;；:：()（）/]+")
_TITLES = re.compile(r"(?:同志|主任|科长|局长|副局长|股长|处长|书记|科员)$")
_NAME = re.compile(r"[一-鿿·]{2,5}|[A-Za-z][A-Za-z .]{1,30}")
_MASKED = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")


@dataclass(frozen=True, slots=True)
class PersonRead:
    """``mobile`` in E.164; ``why`` what a person should know, ``needs_decision`` whether one must decide."""

    name: str = ""
    mobile: str | None = None
    why: str = ""
    needs_decision: bool = False


def read_person(text: str) -> PersonRead:
    """The first person of a cell with the first mobile number."""
    text = unicodedata.normalize("NFKC", clean_line(text))
    numbers = _NUMBER.findall(text)
    names = [piece for piece in _NOISE.split(_NUMBER.sub(" ", text)) if piece]
    names = [name for name in names if _NAME.fullmatch(name)]
    mobile = next((found for number in numbers if isinstance(found := read_mobile(number), str)), None)
    why = ""
    if numbers and mobile is None:
        why = "电话不是手机号，收不到短信"
    elif len(names) > 1 or len(numbers) > 1:
        why = "一格里不止一个人或一个号码，只取第一个"
    name = _TITLES.sub("", names[0]) if names else ""
    return PersonRead(name or (names[0] if names else ""), mobile, why, bool(why))


def masked(text: str) -> str:
    """A text in which no mobile number can be read: full numbers stand in 单位通讯录 alone."""
    return _MASKED.sub(r"\1****\2", text)
