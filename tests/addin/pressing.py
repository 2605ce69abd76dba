"""Pressing buttons in tests: the macros unmodified, on the book that the test engine shows, with a scripted person."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import xlwings as xw

from addin import macros
from addin.desk import Progress
from addin.dialogs.form import Form, Values, read_form
from engine.ledger.headings.board_sheets import FORMS

NOW = datetime(2026, 11, 22, 20, 0)
SAMPLE = Path(__file__).parents[2] / "workbook" / "示例台账.xlsx"
Cells = dict[tuple[str, str], object]


@dataclass
class Clerk:
    """Answers forms with their defaults and ``answers``; ``leaves`` every form by Esc; remembers what was shown."""

    answers: Mapping[str, str] = field(default_factory=dict)
    leaves: bool = False
    agrees: bool = True
    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tables: list[tuple[str, str, Sequence[Sequence[str]]]] = field(default_factory=list)
    opened: list[Path] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    chooses: int | None = None
    progress: list[tuple[str, list[tuple[float, float]]]] = field(default_factory=list)

    def show_form(self, form: Form) -> Values | None:
        self.asked.append(form.title)
        self.forms.append(form)
        if self.leaves:
            return None
        known = {item.name: item.default for item in form.fields}
        values, faults = read_form(form, known | {key: text for key, text in self.answers.items() if key in known})
        assert not faults, faults
        return values

    def inform(self, text: str) -> None:
        self.told.append(text)

    def confirm(self, text: str, yes: str) -> bool:
        self.asked.append(text)
        return self.agrees

    def show_table(self, title: str, intro: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
        assert all(len(row) == len(headings) for row in rows)
        self.tables.append((title, intro, rows))
        return self.chooses

    def open(self, path: Path) -> None:
        self.opened.append(path)

    @contextmanager
    def working(self, text: str) -> Iterator[Progress]:
        steps: list[tuple[float, float]] = []
        self.progress.append((text, steps))
        yield lambda done, total: steps.append((done, total))


def cells(book: xw.Book) -> Cells:
    """Everything that stands in the book, formulas as such."""
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.impl._workbook
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def tables_but_log(book: xw.Book) -> dict[str, str]:
    """Where every Excel table reaches; 操作日志 keeps what it was told."""
    tables = {table.name: table.ref for sheet in book.impl._workbook for table in sheet.tables.values()}
    return {name: ref for name, ref in tables.items() if name != "操作日志"}


def differences(before: Cells, after: Cells) -> Cells:
    """What differs, but for the two sheets of figures: these are brought up by 同步标记 and the scheduler alone."""
    figures = {form.name for form in FORMS}
    places = {place for place in before.keys() | after.keys() if place[0] not in figures}
    return {place: after.get(place) for place in places if before.get(place) != after.get(place)}


def headings_of(book: xw.Book, changed: Cells) -> set[tuple[str, str]]:
    """(sheet, heading) of every changed cell."""
    found = set()
    for sheet, address in changed:
        letter = address.rstrip("0123456789")
        found.add((sheet, str(book.impl._workbook[sheet][f"{letter}1"].value)))
    return found


def select(book: xw.Book, *numbers: str) -> None:
    """Select the rows of these matters, which stand together."""
    rows = [row_of(book, number) for number in numbers]
    book.sheets["督办台账"].range(f"A{min(rows)}:C{max(rows)}").select()


def row_of(book: xw.Book, number: str) -> int:
    return next(cell.row for cell in book.impl._workbook["督办台账"]["A"] if cell.value == number)


def button(name: str) -> Callable[[], None]:
    return getattr(macros, name)
