"""Buttons pressed in a book that an engine shows, LibreOffice's or the stand-in's, and the cells that they changed."""

from datetime import datetime
from pathlib import Path

import xlwings as xw
from openpyxl import load_workbook

from engine.ledger.headings.columns import MATTERS, OPERATIONS
from tests.addin.pressing import Clerk, button

Cells = dict[tuple[str, int, int], object]


def cells(book: xw.Book) -> Cells:
    """Everything that a book shows, 操作日志 aside: numbers of its rows are drawn by lot."""
    found: Cells = {}
    for sheet in book.sheets:
        name = sheet.name  # once: LibreOffice is asked for it in another process
        if name == OPERATIONS.name:
            continue
        for row, line in enumerate(sheet.impl.range((1, 1), sheet.impl.used_range).raw_value, 1):
            for column, value in enumerate(line, 1):
                if value is not None:
                    found[name, row, column] = _alike(value)
    return found


def _alike(value: object) -> object:
    """A value as both engines mean it: whole minutes, no difference between 3 and 3.0."""
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    return float(value) if isinstance(value, int | float) else value


def differences(before: Cells, after: Cells) -> Cells:
    return {place: after.get(place) for place in before.keys() | after.keys() if before.get(place) != after.get(place)}


def select(book: xw.Book, number: str) -> None:
    row = row_of(book, number)
    book.sheets[MATTERS.name].range(f"A{row}:C{row}").select()


def row_of(book: xw.Book, number: str) -> int:
    sheet = book.sheets[MATTERS.name]
    return [line[0] for line in sheet.impl.range((1, 1), sheet.impl.used_range).raw_value].index(number) + 1


def press(book: xw.Book, person: Clerk, name: str, matter: str = "", **answers: str) -> Cells:
    """Press one button in ``book``; returns the cells that it changed."""
    before = cells(book)
    pressed(book, person, name, matter, **answers)
    return differences(before, cells(book))


def pressed(book: xw.Book, person: Clerk, name: str, matter: str = "", **answers: str) -> None:
    book.set_mock_caller()
    book.app.engine.activate()
    if matter:
        select(book, matter)
    person.answers = answers
    button(name)()


def written(path: Path) -> Cells:
    """What LibreOffice saved, read by another program."""
    return {
        (sheet.title, cell.row, cell.column): _alike(cell.value)
        for sheet in load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
