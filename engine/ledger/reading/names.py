"""Units written by people: names, aliases and groups matched against 单位通讯录 before anything is split."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.ledger.package.text_folding import clean_text, fold
from engine.ledger.reading.near_names import near_names

_SEPARATORS = "、,;/\n \t|"
_CONNECTORS = ("以及", "和", "与", "及")
_LONGEST = 4096
"""No list of units is that long: all the units of a province would stand in it twice."""
_MOST_NEAR = 200
_SPACES = re.compile(r"\s+")
_EDGE = f"(?=[{re.escape(_SEPARATORS)}]|{'|'.join(_CONNECTORS)}|$)"


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """Canonical names in the order written, each once; ``leftovers`` are the pieces that match no unit."""

    names: tuple[str, ...]
    leftovers: tuple[str, ...] = ()


class UnitMatcher:
    """Finds units in a cell. 和 and 、 occur inside names, so the longest known name wins before any separator counts.

    ``names`` maps names and aliases to canonical names; ``groups`` a group's name to its members. ``known`` is all that
    it goes by: two matchers with the same read every cell alike.
    """

    def __init__(self, names: Mapping[str, str], groups: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._meaning: dict[str, tuple[str, ...]] = {_fold(name): (unit,) for name, unit in names.items()}
        for group, members in (groups or {}).items():
            self._meaning.setdefault(_fold(group), members)
        self._meaning.pop("", None)
        self.known = frozenset(self._meaning.items())
        longest_first = sorted(self._meaning, key=len, reverse=True)
        either = "|".join(map(re.escape, longest_first)) or "(?!)"
        self._near: dict[str, tuple[str, ...]] = {}
        self._name = re.compile(f"(?:{either}){_EDGE}")

    def near(self, name: str) -> tuple[str, ...]:
        """Units that an unmatched name may mean, the nearest first. A matcher searches only for the first names: a
        sheet with hundreds of them has another fault.
        """
        if name not in self._near and len(self._near) < _MOST_NEAR:
            single = {spelled: units[0] for spelled, units in self._meaning.items() if len(units) == 1}
            self._near[name] = near_names(_fold(name), single)
        return self._near.get(name, ())

    def match(self, text: str) -> UnitMatch:
        """All units of a cell. A cell that as a whole is one name needs no separator at all."""
        if len(text) > _LONGEST:
            return UnitMatch((), (text[:_LONGEST],))
        folded = fold(clean_text(text)).replace("\r", "\n").replace("。", " ").strip()
        whole = self._meaning.get(_SPACES.sub("", folded))
        if whole:
            return UnitMatch(whole)
        names: dict[str, None] = {}
        leftovers: list[str] = []
        at = 0
        while (at := self._skip(folded, at, bool(names or leftovers))) < len(folded):
            found = self._name.match(folded, at)
            if found:
                names.update(dict.fromkeys(self._meaning[found[0]]))
                at = found.end()
            else:
                end = self._end_of_leftover(folded, at)
                leftovers.append(folded[at:end].strip())
                at = end
        return UnitMatch(tuple(names), tuple(leftovers))

    def _end_of_leftover(self, text: str, start: int) -> int:
        """Up to the next separator, or to a connector before a known name."""
        for at in range(start, len(text)):
            if text[at] in _SEPARATORS:
                return at
            for connector in _CONNECTORS:
                if at > start and text.startswith(connector, at) and self._name.match(text, at + len(connector)):
                    return at
        return len(text)

    def _skip(self, text: str, at: int, after_piece: bool) -> int:
        """Past separators, and past one connector that follows a name and does not begin one (和顺县)."""
        while at < len(text):
            connector = next((word for word in _CONNECTORS if text.startswith(word, at)), None)
            if text[at] in _SEPARATORS:
                at += 1
            elif connector and after_piece and not self._name.match(text, at):
                at += len(connector)
                after_piece = False
            else:
                break
        return at


def _fold(name: str) -> str:
    return _SPACES.sub("", fold(name))
