"""Paragraphs of minutes: which contain a decision, who leads, by when (BS-5.2: 会议议定事项须梳理). Rules, not guesses:
what is uncertain is left to a person, and every paragraph that is not taken is listed.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_HEADING = re.compile(r"^(?:[一二三四五六七八九十]+、|[((][一二三四五六七八九十]+[))])[^。;；,，]{2,40}$")
_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]+、|[((][一二三四五六七八九十\d]+[))]|\d+[.、．]|[一二三四五六七八九十]+是)\s*"
)
_SENTENCES = re.compile(r"[^。;；]+[。;；]?")
_SHORTEST = 8


@dataclass(frozen=True, slots=True)
class MinutesDecision:
    """One thing that a paragraph decides. ``number`` is the paragraph's, as a person counts those with text; ``lead``
    and ``cooperating`` are the words for units as they stand, ``deadline`` that for the time. ``why`` as in ReadValue.
    """

    number: int
    text: str
    lead: str = ""
    cooperating: str = ""
    deadline: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A paragraph of which nothing becomes a matter."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """``document`` is the number of the minutes, ``held_on`` the day of the meeting as written; empty if not found."""

    title: str
    document: str
    held_on: str
    decisions: tuple[MinutesDecision, ...]
    not_taken: tuple[NotTaken, ...]


def read_minutes(paragraphs: Sequence[str], words: Mapping[str, re.Pattern[str]]) -> Minutes:
    """The decisions of minutes, paragraph by paragraph."""
    texts = [unicodedata.normalize("NFKC", text).strip() for text in paragraphs]
    texts = [text for text in texts if text]
    head = [text for text in texts[:12] if len(text) < 60]
    title = next((text for text in head if "纪要" in text), head[0] if head else "")
    document = next((found[0] for text in head if (found := words["number"].search(text))), "")
    held = next((found["date"] for text in texts if (found := words["held_on"].search(text))), "")
    decisions: list[MinutesDecision] = []
    left: list[NotTaken] = []
    for number, text in enumerate(texts, 1):
        reason = _why_not(text, words)
        if reason:
            left.append(NotTaken(number, text, reason))
        else:
            decisions += _decisions(number, text, words)
    return Minutes(title, document, held, tuple(decisions), tuple(left))


def _why_not(text: str, words: Mapping[str, re.Pattern[str]]) -> str:
    """Why a paragraph becomes no matter; empty if it decides something."""
    if words["never"].match(text):
        return "会议信息"
    if _HEADING.match(text) and not words["lead"].search(text):
        return "标题"
    if len(text) < _SHORTEST:
        return "太短，不成事项"
    return "" if words["decides"].search(text) else "没有议定、要求、牵头等字样"


def _decisions(number: int, text: str, words: Mapping[str, re.Pattern[str]]) -> list[MinutesDecision]:
    """A paragraph is one matter; one in which several sentences each name who leads is as many."""
    bare = _NUMBERED.sub("", text)
    sentences = [one.strip() for one in _SENTENCES.findall(bare)]
    leading = [one for one in sentences if _lead(one, words)]
    if len(leading) < 2:
        return [_decision(number, bare, words)]
    pieces: list[list[str]] = []
    for sentence in sentences:
        if not pieces or (_lead(sentence, words) and any(_lead(one, words) for one in pieces[-1])):
            pieces.append([sentence])
        else:
            pieces[-1].append(sentence)
    return [_decision(number, "".join(piece), words) for piece in pieces]


def _lead(text: str, words: Mapping[str, re.Pattern[str]]) -> str:
    found = words["lead"].search(text) or words["lead_bare"].search(text)
    return found["units"] if found else ""


def _decision(number: int, text: str, words: Mapping[str, re.Pattern[str]]) -> MinutesDecision:
    lead = _lead(text, words)
    helping = words["with_units"].search(text) or words["cooperate"].search(text)
    due = words["deadline"].search(text)
    why = []
    if not lead:
        why.append("没有写明由哪个单位牵头")
        if words["weak"].match(text):
            why.append("是“同意、强调”一类的话，请看是否要督办")
    cooperating = helping["units"] if helping else ""
    return MinutesDecision(number, text, lead, cooperating, due["deadline"] if due else "", "；".join(why))
