"""Columns of enumerated words: the engine's own, and those that a regime chooses."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from engine.facts import kinds
from engine.ledger.headings.column import Column, Kind, Owner
from engine.ledger.headings.record_columns import RANKS
from engine.ledger.package.text_folding import key_of
from engine.ledger.reading.cell_problem import CellProblem, hint
from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.values import plain_text, read_choice, read_line

Parser = Callable[[Cell], Any]

_ENUMS: Mapping[tuple[str, str], type[StrEnum]] = {
    ("matters", "status"): kinds.Status,
    ("matters", "overdue_state"): kinds.OverdueState,
    ("reports", "result"): kinds.ReviewResult,
    ("reports", "follow_up"): kinds.FollowUp,
    ("extensions", "kind"): kinds.ExtensionKind,
    ("extensions", "result"): kinds.ExtensionResult,
    ("completions", "verdict"): kinds.Verdict,
    ("completions", "result"): kinds.CompletionResult,
    ("supervisions", "method"): kinds.SupervisionMethod,
    ("holidays", "type"): kinds.DayType,
}
_REGIME_WORDS = frozenset(
    (
        ("matters", "board"),
        ("matters", "time_limit"),
        ("matters", "grade"),
        ("matters", "light"),
        ("matters", "escalation"),
        ("completions", "grade"),
        ("unit_grades", "grade"),
        ("units", "category"),
    )
)
"""Words that the regime chooses; an empty cell is ``None``, as with the engine's own enumerations."""
_ANSWERS: Mapping[tuple[str, str], Mapping[str, bool]] = {
    ("matters", "passively_included"): {"是": True, "否": False},
    ("completions", "service_object_agrees"): {"同意": True, "不同意": False},
    ("units", "active"): {"是": True, "否": False},
}
_SAME_WORD = {"一天": "1天", "1日": "1天", "三天": "3天", "3日": "3天", "七天": "7天", "7日": "7天", "一个月": "1个月"}
_OWN = frozenset(("node", "method", "urgency"))
"""Other words that a regime of its own may add to: its nodes, its acts of supervision."""
_FREE_CHOICES = frozenset(("source", "secrecy"))  # judged by the rules, which need the word as it stands
_TEXTS = (Kind.TEXT, Kind.LONG_TEXT)


def choice_parser(sheet: str, column: Column, own_words: bool) -> Parser:
    """How a cell of the column becomes a word. ``own_words``: a word that the headings lack may be the regime's."""
    answers = _ANSWERS.get((sheet, column.field))
    enum = _ENUMS.get((sheet, column.field))
    words: dict[str, Any]
    if answers:
        words = dict(answers)
    elif enum:
        words = {key_of(member.value): member for member in enum}
    else:
        words = {key_of(word): word for word in column.choices}
    words |= {typed: words[meant] for typed, meant in _SAME_WORD.items() if meant in words}
    default = default_of(sheet, column)
    takes_any = own_words and (
        (sheet, column.field) in _REGIME_WORDS or column.field in _OWN or column.choices == RANKS
    )
    if column.field in _FREE_CHOICES or not words:
        return read_line

    def parse(value: Cell) -> Any:
        found = read_choice(value, words)
        if takes_any and isinstance(found, CellProblem):
            return plain_text(value).strip()
        if column.choices == RANKS and isinstance(found, CellProblem):
            return hint(found.rule, found.problem, found.remedy, plain_text(value).strip())
        return default if found is None else found

    return parse


def default_of(sheet: str, column: Column) -> Any:
    """What a fact holds where the cell holds nothing that can be used."""
    if column.field == "passively_included":
        return False
    if column.kind in (Kind.UNITS, Kind.NAMES):
        return ()
    place = (sheet, column.field)
    word = column.kind is Kind.CHOICE and not (place in _ENUMS or place in _ANSWERS or place in _REGIME_WORDS)
    texts = column.kind in (*_TEXTS, Kind.UNIT) or word
    return "" if texts and column.owner is not Owner.MACHINE else None
