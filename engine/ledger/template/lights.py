"""Conditional formats: lights, overdue rows, faults. Each also reads without colour, by its word, bold or strike."""

from collections.abc import Callable
from functools import partial

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.worksheet import Worksheet

from engine.facts.finding import Severity
from engine.facts.kinds import ReviewResult, Status
from engine.facts.regime_words import RegimeWords
from engine.ledger.headings.column import Kind, Owner, SheetColumns
from engine.ledger.headings.columns import (
    CHECK_RESULTS,
    CLUES,
    MATTERS,
    MESSAGE_LOG,
    QUARTER_SCORES,
    REPORTS,
    UNITS,
    YEAR_RANKING,
)
from engine.ledger.template.styles import solid

LIGHT_COLOURS = {
    "绿": ("548235", "FFFFFF"),
    "黄": ("FFD54F", "000000"),
    "红": ("D32F2F", "FFFFFF"),
    "紫": ("7B1FA2", "FFFFFF"),
    "灰": ("9E9E9E", "FFFFFF"),
}
PALE_RED, PALE_PURPLE, PALE_AMBER, AMBER_INK, RED_INK = "FDE9E7", "F0E3F6", "FFF2CC", "8A5A00", "B71C1C"


def add_lights(
    sheet: Worksheet, columns: SheetColumns, letters: dict[str, str], last_row: int, words: RegimeWords
) -> None:
    """Put the sheet's conditional formats on, from row 2 to ``last_row``. ``letters`` is field → column letter."""
    for column in columns.columns:
        if column.kind is Kind.MOMENT and column.owner is not Owner.MACHINE:
            _show_bare_dates(sheet, letters[column.field], last_row)
    painters: dict[str, Callable[[Worksheet, dict[str, str], int], None]] = {
        MATTERS.key: partial(_matters, words=words),
        REPORTS.key: _reports,
        UNITS.key: _units,
        MESSAGE_LOG.key: _message_log,
        CHECK_RESULTS.key: _check_results,
        QUARTER_SCORES.key: _quarter_scores,
        YEAR_RANKING.key: _year_ranking,
        CLUES.key: _clues,
    }
    if painter := painters.get(columns.key):
        painter(sheet, letters, last_row)


def _paint(sheet: Worksheet, area: str, formula: str, ink: str, fill: str = "", *, bold: bool = True) -> None:
    style = DifferentialStyle(font=Font(color=ink, bold=bold or None), fill=solid(fill) if fill else None)
    _rule(sheet, area, formula, style)


def _rule(sheet: Worksheet, area: str, formula: str, style: DifferentialStyle) -> None:
    sheet.conditional_formatting.add(area, Rule(type="expression", dxf=style, formula=[formula]))


def _show_bare_dates(sheet: Worksheet, letter: str, last_row: int) -> None:
    """A bare date has a meaning of its own (reading 2): it is shown without 00:00."""
    style = DifferentialStyle(numFmt=NumberFormat(numFmtId=200, formatCode="yyyy-mm-dd"))
    cell = f"{letter}2"
    _rule(sheet, f"{cell}:{letter}{last_row}", f"AND(ISNUMBER({cell}),{cell}=INT({cell}))", style)


def _matters(sheet: Worksheet, letters: dict[str, str], last_row: int, words: RegimeWords) -> None:
    first, last = next(iter(letters.values())), list(letters.values())[-1]
    row, light = f"{first}2:{last}{last_row}", f"{letters['light']}2"
    for one in words.lights:
        _paint(sheet, f"{light}:{letters['light']}{last_row}", f'{light}="{one.word}"', one.ink, one.fill)
    *_, late, gravest, closed = (one.word for one in words.lights)
    escalation = letters["escalation"]
    area = f"{escalation}2:{escalation}{last_row}"
    for word in words.grave_marks:
        _paint(sheet, area, f'{escalation}2="{word}"', "FFFFFF", words.lights[-2].fill)
    _paint(sheet, area, f"LEN({escalation}2)>0", RED_INK, PALE_RED)
    note, number = letters["check_note"], letters["number"]
    _paint(sheet, f"{note}2:{note}{last_row}", f"LEN({note}2)>0", AMBER_INK, PALE_AMBER, bold=False)
    _paint(sheet, f"{number}2:{number}{last_row}", f"LEN(${note}2)>0", AMBER_INK, PALE_AMBER)
    for letter in (number, letters["overdue_state"], letters["current_due"], letters["overdue_hours"]):
        area = f"{letter}2:{letter}{last_row}"
        _paint(sheet, area, f'${light}="{gravest}"', RED_INK, PALE_PURPLE)
        _paint(sheet, area, f'${light}="{late}"', RED_INK, PALE_RED)
    withdrawn = DifferentialStyle(font=Font(color="7F7F7F", strike=True))
    formula = f'${letters["status"]}2="{Status.WITHDRAWN.value}"'
    _rule(sheet, row, formula, withdrawn)
    _paint(sheet, row, f'${light}="{gravest}"', "000000", PALE_PURPLE, bold=False)
    _paint(sheet, row, f'${light}="{late}"', "000000", PALE_RED, bold=False)
    _paint(sheet, row, f'${light}="{closed}"', "7F7F7F", bold=False)


def _reports(sheet: Worksheet, letters: dict[str, str], last_row: int) -> None:
    letter = letters["result"]
    area = f"{letter}2:{letter}{last_row}"
    _paint(sheet, area, f'{letter}2="{ReviewResult.SENT_BACK.value}"', RED_INK, PALE_RED)
    _paint(sheet, area, f'{letter}2="{ReviewResult.PENDING.value}"', AMBER_INK, PALE_AMBER)


def _units(sheet: Worksheet, letters: dict[str, str], last_row: int) -> None:
    """A unit in use whose people or numbers are missing can receive nothing (SZ1-6)."""
    name, active = letters["name"], letters["active"]
    for field in ("head", "head_mobile", "contact", "contact_mobile"):
        letter = letters[field]
        formula = f'AND(LEN(${name}2)>0,${active}2<>"否",LEN({letter}2)=0)'
        _paint(sheet, f"{letter}2:{letter}{last_row}", formula, AMBER_INK, PALE_AMBER)


def _message_log(sheet: Worksheet, letters: dict[str, str], last_row: int) -> None:
    letter = letters["state"]
    words = "，".join(("失败", "未送达", "待人工", "错过未发"))
    formula = f'AND(LEN({letter}2)>0,ISNUMBER(SEARCH({letter}2,"{words}")))'
    _paint(sheet, f"{letter}2:{letter}{last_row}", formula, RED_INK, PALE_RED)


def _check_results(sheet: Worksheet, letters: dict[str, str], last_row: int) -> None:
    letter = letters["severity"]
    area = f"{letter}2:{letter}{last_row}"
    _paint(sheet, area, f'{letter}2="{Severity.ERROR.value}"', RED_INK, PALE_RED)
    _paint(sheet, area, f'{letter}2="{Severity.HINT.value}"', AMBER_INK, PALE_AMBER)


def _quarter_scores(sheet: Worksheet, letters: dict[str, str], last_row: int) -> None:
    """Below the base in red, the first three in bold."""
    score, base, rank = letters["score"], letters["base"], letters["rank"]
    _paint(sheet, f"{score}2:{score}{last_row}", f"AND(ISNUMBER({score}2),{score}2<${base}2)", RED_INK, PALE_RED)
    _paint(sheet, f"{rank}2:{rank}{last_row}", f"AND(ISNUMBER({rank}2),{rank}2<=3)", "000000", PALE_AMBER)


def _year_ranking(sheet: Worksheet, letters: dict[str, str], last_row: int) -> None:
    """The first three, and the last two of the list."""
    rank, last = letters["sum_rank"], letters["among_last"]
    _paint(sheet, f"{rank}2:{rank}{last_row}", f"AND(ISNUMBER({rank}2),{rank}2<=3)", "000000", PALE_AMBER)
    _paint(sheet, f"{last}2:{last}{last_row}", f"LEN({last}2)>0", RED_INK, PALE_RED)


def _clues(sheet: Worksheet, letters: dict[str, str], last_row: int) -> None:
    """A clue that has not been handed over yet."""
    number, handed = letters["number"], letters["handed_over_at"]
    formula = f"AND(LEN({number}2)>0,LEN(${handed}2)=0)"
    _paint(sheet, f"{number}2:{number}{last_row}", formula, AMBER_INK, PALE_AMBER)
