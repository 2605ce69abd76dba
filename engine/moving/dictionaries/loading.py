"""The dictionaries as values: TOML read once, every pattern compiled, unknown keys refused."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

OURS = frozenset(
    (
        *("original_number", "content", "requirement", "source", "source_number", "source_date", "responsible_leader"),
        *("assigning_leader", "initiating_office", "lead_unit", "cooperating_units", "unit_and_people"),
        *("directly_responsible", "handling_office", "contact", "contact_mobile", "contact_both", "head"),
        *("head_mobile", "assigned_at", "deadline", "progress", "progress_date", "state", "completed_at", "urgency"),
        *("secrecy", "board", "service_object", "parent", "note"),
    )
)
"""What a column of an old ledger may become: fields of a matter, and what is spread over several."""
_TAIL = "TAIL"


@dataclass(frozen=True, slots=True)
class HeadingWords:
    """``meaning``: a heading's spelling (:func:`heading_key`) → ours. ``weak`` words yield to a heading above them."""

    meaning: Mapping[str, str]
    weak: frozenset[str]


@dataclass(frozen=True, slots=True)
class DeadlinePhrase:
    """``means`` is a rule of ``values.deadlines``; ``ask``: why a person must confirm, empty where it is certain."""

    pattern: re.Pattern[str]
    means: str
    ask: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """Patterns by name, and lists of words by name."""

    patterns: Mapping[str, re.Pattern[str]]
    words: Mapping[str, tuple[str, ...]]

    def fits(self, name: str, text: str) -> bool:
        """Whether the whole text is what the pattern of that name describes."""
        return self.patterns[name].fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """All of them."""

    headings: HeadingWords
    deadlines: tuple[DeadlinePhrase, ...]
    phrases: Phrases
    minutes: Mapping[str, re.Pattern[str]]


@cache
def shipped_dictionaries() -> Dictionaries:
    """The dictionaries that come with the program. Raises ValueError for a word or rule that no code handles."""
    return Dictionaries(
        _headings(_toml("headings")),
        _deadlines(_toml("deadlines")),
        _phrases(_toml("phrases")),
        {name: re.compile(pattern) for name, pattern in _toml("minutes").items()},
    )


def heading_key(text: str) -> str:
    """The spelling by which headings are compared: half width, without brackets and what stands in them, or signs."""
    return _SIGNS.sub("", _BRACKETED.sub("", text))


_BRACKETED = re.compile(r"[(\[【〔].*?[)\]】〕]")
_SIGNS = re.compile(r"[\s:;,./、。·*_-]+")


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


def _headings(data: dict[str, Any]) -> HeadingWords:
    meaning: dict[str, str] = {}
    for column in data["column"]:
        if column["ours"] not in OURS:
            raise ValueError(f"headings.toml: nothing is called {column['ours']}")
        for word in column["words"]:
            meaning.setdefault(heading_key(word), column["ours"])
    return HeadingWords(meaning, frozenset(data["weak"]))


def _deadlines(data: dict[str, Any]) -> tuple[DeadlinePhrase, ...]:
    return tuple(
        DeadlinePhrase(re.compile(one["pattern"].replace(_TAIL, data["tail"])), one["means"], one.get("ask", ""))
        for one in data["phrase"]
    )


def _phrases(data: dict[str, Any]) -> Phrases:
    patterns = {name: re.compile(value) for name, value in data.items() if isinstance(value, str)}
    words = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
    return Phrases(patterns, words)
