"""Units as old ledgers write them: several in a cell, with labels, short names, groups, and words around them.

What the directory has is taken; a short name is offered, never assumed; any other is put to a person once, however many
rows name it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from engine.facts.unit import Directory
from engine.ledger.package.text_folding import clean_text, key_of
from engine.ledger.reading.implied_groups import implied_groups
from engine.ledger.reading.names import UnitMatch, UnitMatcher
from engine.ledger.reading.near_names import near_names
from engine.moving.dictionaries.loading import Phrases

_HIDDEN, _SHOWN = str.maketrans("、,;/", "\ue000\ue001\ue002\ue003"), str.maketrans("\ue000\ue001\ue002\ue003", "、,;/")
"""Separators inside brackets separate nothing while a cell is cut."""
_GROUP_ENDINGS, _LONGEST_PART = ("(管委会)", "(区)", "(市、区)", "(街道)"), 8
_BREAKS = re.compile(r"[、,;/|\n\t]|(?<=[局委办部院府会队心社行司厅])\s+(?=\S)|(?<=[局委办府])(?:及|以及)")
_NOTES = re.compile(r"[(（][^()（）]*[)）]")


@dataclass(frozen=True, slots=True)
class UnitQuestion:
    """A name in the words of the file, and what it may stand for; ``offers`` is empty where nothing is near."""

    text: str
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitsRead:
    """``lead`` and ``cooperating`` in the order written: units of the directory, and names in question. ``left`` are
    words that name no unit (各有关单位, a note in brackets): they stay in 备注. ``groups``: the groups named, of which
    no member is named as leading.
    """

    lead: tuple[str | UnitQuestion, ...] = ()
    cooperating: tuple[str | UnitQuestion, ...] = ()
    left: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


_Meaning = tuple[tuple[str | UnitQuestion, ...], bool]
"""What a piece names, and whether it is a group."""


class UnitReader:
    """Reads the unit columns of one import; the meaning of a text is computed once."""

    def __init__(self, directory: Directory, phrases: Phrases) -> None:
        self.directory, self.phrases = directory, phrases
        groups = {**implied_groups(directory.units.values()), **directory.groups}
        self.matcher = UnitMatcher(directory.names, groups)
        self._groups = frozenset(map(_spelling, groups))
        self._active = {name: unit for name, unit in directory.names.items() if directory.units[unit].active}
        self._meanings: dict[str, _Meaning] = {}
        self._cells: dict[tuple[str, bool], UnitsRead] = {}

    def read(self, text: str, *, leads: bool) -> UnitsRead:
        """What a cell names. ``leads``: whether the column is that of who leads; of several the first one does."""
        key = (text, leads)
        if key not in self._cells:
            self._cells[key] = self._read(unicodedata.normalize("NFKC", clean_text(text)), leads)
        return self._cells[key]

    def _read(self, text: str, leads: bool) -> UnitsRead:
        lead: list[str | UnitQuestion] = []
        others: list[str | UnitQuestion] = []
        left: list[str] = []
        groups: list[str] = []
        says_lead, labelled = leads, False
        for piece in self._pieces(text):
            label, name = self._label(piece)
            if label:
                says_lead, labelled = label == "lead", True
            elif "牵头" in piece:
                says_lead = True
            names, is_group = self._meaning(name)
            if is_group:
                groups.append(name)
                others += names
            elif says_lead:
                lead += names
            else:
                others += names
            left += [] if names or not name else [name]
            says_lead = says_lead and ("牵头" not in piece or bool(label))
        if not labelled and len(lead) > 1:
            lead, others = lead[:1], [*lead[1:], *others]
        return UnitsRead(_once(lead), _once(others), tuple(dict.fromkeys(left)), tuple(dict.fromkeys(groups)))

    def _pieces(self, text: str) -> list[str]:
        """The cell cut at what separates names; a known name is never cut (各县(市、区), 和顺县)."""
        if _spelling(text) in self._groups or self.matcher.match(text) == UnitMatch((text,)):
            return [text]
        text = _NOTES.sub(lambda note: note[0] if self._is_part_of_name(text, note) else f"\n{note[0]}\n", text)
        kept = _NOTES.sub(lambda note: note[0].translate(_HIDDEN), text)
        pieces = (piece.translate(_SHOWN).strip(" 。.") for piece in _BREAKS.split(kept))
        return [piece for piece in pieces if piece]

    def _is_part_of_name(self, text: str, note: re.Match[str]) -> bool:
        """(地税) of 市财政(地税)局, (市、区) of 各县(市、区): something follows at once, or it is a group's end."""
        after = text[note.end() : note.end() + 1]
        follows = bool(after) and after not in "、,;\n 。" and len(note[0]) <= _LONGEST_PART
        return follows or note[0] in _GROUP_ENDINGS

    def _label(self, piece: str) -> tuple[str, str]:
        for kind, name in (("lead", "lead_labels"), ("cooperating", "cooperating_labels")):
            labels = "|".join(map(re.escape, self.phrases.words[name]))
            found = re.match(f"^(?:{labels})[:：]\\s*(?P<rest>.*)$", piece)
            if found:
                return kind, found["rest"]
        return "", piece

    def _meaning(self, piece: str) -> _Meaning:
        if piece not in self._meanings:
            self._meanings[piece] = self._means(piece)
        return self._meanings[piece]

    def _means(self, piece: str) -> _Meaning:
        phrases = self.phrases
        name = phrases.patterns["leading_words"].sub("", piece)
        name = phrases.patterns["trailing_words"].sub("", name)
        name = phrases.patterns["et_cetera"].sub("", name).strip()
        if not name or name.startswith("("):
            return (), False
        match = self.matcher.match(name)
        if match.names and not match.leftovers:
            return match.names, _spelling(name) in self._groups
        if phrases.fits("indefinite", name):
            return (), False
        asked = (UnitQuestion(rest, self.offers(rest)) for rest in match.leftovers if rest)
        return (*match.names, *asked), False

    def offers(self, name: str) -> tuple[str, ...]:
        """The units whose name the written one may be short for, the nearest first."""
        return near_names(name, self._active)


def _once(names: Sequence[str | UnitQuestion]) -> tuple[str | UnitQuestion, ...]:
    return tuple(dict.fromkeys(names))


def _spelling(name: str) -> str:
    return key_of(name)
