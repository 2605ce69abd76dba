"""Times and counts as official documents write them."""

import re
from collections.abc import Sequence
from datetime import datetime, time

_ORDINALS = "一二三四五六七八九十"


def chinese_moment(moment: datetime) -> str:
    """2026年3月2日10时05分; on the full hour without minutes, a bare date without a clock."""
    minutes = f"{moment.minute:02d}分" if moment.minute else ""
    clock = f"{moment.hour}时{minutes}" if moment.time() != time() else ""
    return f"{moment.year}年{moment.month}月{moment.day}日{clock}"


def chinese_ordinal(index: int) -> str:
    """一, 二, … 十一, … 九十九 for an index from 0."""
    tens, ones = divmod(index + 1, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_ORDINALS[tens - 1]}十"
    return head + (_ORDINALS[ones - 1] if ones else "")


LONGEST_TOPIC = 24
_SENTENCE = re.compile(r"[。；;！？\n]")


def topic(contents: Sequence[str]) -> str:
    """The subject of a paper, for its title: the first sentence of the first matter, and the number of matters."""
    first = _SENTENCE.split(contents[0].strip(), maxsplit=1)[0].strip("，、 ")
    if len(first) > LONGEST_TOPIC:
        cut = max(first.rfind(mark, 0, LONGEST_TOPIC) for mark in "，、：")
        first = first[:cut] if cut > 0 else first[:LONGEST_TOPIC]
    return first if len(contents) == 1 else f"{first}等{len(contents)}项事项"


_SLOT = re.compile(r"([+-])(\d+)([hd])")
_UNITS = {"h": "小时", "d": "天"}


def slot_words(slot: str) -> str:
    """``-5h`` → 到期前5小时, ``+1d`` → 到期后1天; a slot by its clock stays as it is."""
    found = _SLOT.fullmatch(slot)
    if not found:
        return slot
    side, count, unit = found.groups()
    return f"到期{'前' if side == '-' else '后'}{count}{_UNITS[unit]}"
