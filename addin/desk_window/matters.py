"""The list of matters: its columns, rows, filters and search. Pure: no window here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from addin.closed_book import ChosenRow
from addin.view import View
from engine.facts.ledger import Ledger
from engine.facts.regime_words import RegimeWords
from engine.ledger.headings.columns import MATTERS
from engine.ledger.package.text_folding import key_of
from engine.ledger.reading.sheet_cells import Cell

LIGHT = "light"
DEFAULT_COLUMNS = tuple(column for column in MATTERS.columns if not column.group)
"""What a new book shows: the columns that no outline group folds away."""
FILTERED = (LIGHT, "status", "board", "lead_unit")
MARKS, CLOSED_MARK, OTHER_MARK = "●▲◆■＋▼", "－", "○"
"""A light also reads without colour, by its word and a mark of its own: those of open matters in the order in which
they begin, that of closed ones, and that of words which are none of the regime's lights.
"""


class LightLook(NamedTuple):
    """How a light is shown: its mark, and its colour as RGB in hexadecimal."""

    mark: str
    colour: str


Looks = Mapping[str, LightLook]


def light_looks(words: RegimeWords) -> dict[str, LightLook]:
    """Each light of a regime by its word; the last one is that of closed matters."""
    *opened, closed = words.lights
    marks = (*MARKS, *[OTHER_MARK] * len(opened))
    looks = {light.word: LightLook(mark, light.fill) for light, mark in zip(opened, marks, strict=False)}
    return looks | {closed.word: LightLook(CLOSED_MARK, closed.fill)}


@dataclass(frozen=True, slots=True)
class MatterRow:
    """One matter as the list shows it: its cells by field, as text."""

    chosen: ChosenRow
    cells: Mapping[str, str]
    folded: str

    @property
    def light(self) -> str:
        """The word of its light; empty where it has none."""
        return self.cells.get(LIGHT, "")


@dataclass(frozen=True, slots=True)
class Filters:
    """What is shown: rows that hold every word of ``search``, and these words in the filtered columns."""

    search: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    def let_pass(self, row: MatterRow) -> bool:
        """Whether the row is shown."""
        if any(row.cells.get(name, "") != word for name, word in self.words.items() if word):
            return False
        return all(key_of(word) in row.folded for word in self.search.split())


def matter_rows(view: View, ledger: Ledger) -> list[MatterRow]:
    """Every matter of the ledger, in the order of the sheet."""
    fields = [column.field for column in DEFAULT_COLUMNS if column.field in view.where]
    found = []
    for matter in ledger.matters:
        row = matter.place.row or 0
        cells = {name: _text(view.held(row, name)) for name in fields}
        chosen = ChosenRow(row, matter.number, ledger.row_hashes.get(row, ""))
        found.append(MatterRow(chosen, cells, key_of("\n".join(cells.values()))))
    return found


def choices(rows: Iterable[MatterRow], field: str, looks: Looks) -> list[str]:
    """What a filter offers: the words that stand in the column; lights in their own order."""
    words = {row.cells.get(field, "") for row in rows} - {""}
    known = [word for word in looks if word in words] if field == LIGHT else []
    return [*known, *sorted(words - {*known})]


def counted(rows: Sequence[MatterRow], shown: Sequence[MatterRow], looks: Looks) -> str:
    """How many there are, and how many of each light are shown."""
    lights = [(word, sum(row.light == word for row in shown)) for word in choices(shown, LIGHT, looks)]
    each = "　".join(f"{looks[word].mark if word in looks else OTHER_MARK}{word} {count}" for word, count in lights)
    return f"共{len(rows)}项，显示{len(shown)}项　{each}"


def _text(held: Cell) -> str:
    if held is None:
        return ""
    if isinstance(held, datetime):
        return f"{held:%Y-%m-%d %H:%M}" if held.time().isoformat() != "00:00:00" else f"{held:%Y-%m-%d}"
    if isinstance(held, date):
        return f"{held:%Y-%m-%d}"
    if isinstance(held, float) and held.is_integer():
        return str(int(held))
    return " ".join(str(held).split())
