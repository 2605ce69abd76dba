"""The decisions about the words that are put to a person once for all rows: names, groups, phrases of deadlines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.facts.unit import Directory
from engine.ledger.reading.implied_groups import implied_groups
from engine.moving.proposals.model import Decision, WordKind
from engine.moving.proposals.reviewed import ReviewedWord
from engine.moving.proposals.row_units import NEW_UNIT

_SHEET = "存疑词语"
Refuse = Callable[[str, int, str], None]


@dataclass
class DecidedWords:
    """``names``: a name as written → the unit it means; ``dropped`` names mean none and stay in 备注."""

    names: dict[str, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    new_units: list[str] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    deadlines: dict[str, ReviewedWord] = field(default_factory=dict)


def decide_words(words: Sequence[ReviewedWord], directory: Directory, refuse: Refuse) -> DecidedWords:
    """Gather the decisions; ``refuse`` is called for each that is missing or invalid."""
    decided = DecidedWords(groups=implied_groups(directory.units.values()))
    for word in words:
        if word.decision not in set(Decision):
            refuse(_SHEET, word.row, f"“{word.text}”还没有选“处理”。")
        elif word.decision == Decision.CHANGE and not word.changed_to:
            refuse(_SHEET, word.row, f"“{word.text}”选了“改为…”，请在“改为”一栏填写。")
        elif word.kind is WordKind.UNIT:
            _unit(word, directory, decided, refuse)
        elif word.kind is WordKind.DEADLINE:
            decided.deadlines[word.key] = word
    return decided


def _unit(word: ReviewedWord, directory: Directory, decided: DecidedWords, refuse: Refuse) -> None:
    meaning = word.meaning
    if not meaning:
        decided.dropped.add(word.text)
    elif standing := directory.find(word.text):  # an earlier import has added it
        decided.names[word.text] = standing.name
    elif meaning == NEW_UNIT:
        decided.names[word.text] = word.text
        decided.new_units.append(word.text)
    elif unit := directory.find(meaning):
        decided.names[word.text] = unit.name
    else:
        refuse(_SHEET, word.row, f"通讯录里没有“{meaning}”。请从列表中选，或选“{NEW_UNIT}”。")
