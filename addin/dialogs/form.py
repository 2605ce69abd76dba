"""A form as a value, and how its texts are parsed. Without a window, so that every rule of a form can be tested by
itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from engine.facts.change import Value
from engine.facts.regime_words import RegimeWords
from engine.ledger.package.text_folding import clean_line, clean_text
from engine.ledger.reading.cell_problem import CellProblem
from engine.ledger.reading.date_words import Yearless
from engine.ledger.reading.moments import read_moment


class EntryKind(Enum):
    """How a field is entered."""

    LINE = auto()
    LINES = auto()
    CHOICE = auto()
    MOMENT = auto()
    NUMBER = auto()
    FILES = auto()
    """Paths, one a line, typed or chosen; ``Field.choices`` are the patterns of their names."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: ``default`` is the text it starts with, ``hint`` stands below it, ``choices`` are its dropdown.
    ``starred``: it is compulsory in most cases, and ``Form.check`` decides in which.
    """

    name: str
    label: str
    entry: EntryKind = EntryKind.LINE
    default: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    hint: str = ""
    starred: bool = False


Values = Mapping[str, Value]
Faults = Mapping[str, str]


def _no_faults(_values: Values) -> Faults:
    return {}


@dataclass(frozen=True, slots=True)
class Form:
    """A window of fields. ``check`` takes all values together and returns the faults by field."""

    title: str
    intro: str
    fields: tuple[Field, ...]
    confirm: str = "确定"
    check: Callable[[Values], Faults] = _no_faults


def in_words_of(form: Form, sheet: str, words: RegimeWords) -> Form:
    """The form with the dropdowns of a regime: its ranks, nodes, grades and acts, as the sheet has them."""
    fields = (replace(field, choices=words.choices.get((sheet, field.name), field.choices)) for field in form.fields)
    return replace(form, fields=tuple(fields))


def read_form(form: Form, texts: Mapping[str, str]) -> tuple[Values, Faults]:
    """What was entered, and what is wrong with it, by field; ``form.check`` runs once every field is valid."""
    values: dict[str, Value] = {}
    faults: dict[str, str] = {}
    for field in form.fields:
        value, fault = _read(field, texts.get(field.name, ""))
        values[field.name] = value
        if fault:
            faults[field.name] = fault
    return values, faults or form.check(values)


def shown(moment: datetime | None) -> str:
    """A moment as a field shows it."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def _read(field: Field, text: str) -> tuple[Value, str]:
    text = clean_text(text) if field.entry in (EntryKind.LINES, EntryKind.FILES) else clean_line(text)
    if not text:
        return None, f"请填写{field.label}。" if field.required else ""
    match field.entry:
        case EntryKind.CHOICE:
            return (text, "") if text in field.choices else (None, f"请从列表中选{field.label}。")
        case EntryKind.NUMBER:
            return (int(text), "") if text.isdecimal() else (None, "请填一个整数，如 3。")
        case EntryKind.MOMENT:
            return _read_moment(text)
    return text, ""


def _read_moment(text: str) -> tuple[Value, str]:
    found = read_moment(text)
    if isinstance(found, datetime):
        return found, ""
    if isinstance(found, CellProblem) and isinstance(found.value, datetime):
        return found.value, ""
    if isinstance(found, Yearless):
        return None, "请写上年份，如 2026-03-05 17:30。"
    return None, "看不出是什么时间。请填成 2026-03-05 17:30 这样的形式。"
