"""From cells to values, a column at a time: each different cell is parsed once, what is wrong becomes a finding."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from engine.facts.change import Value
from engine.facts.finding import Finding, Severity
from engine.facts.moment import as_written
from engine.ledger.headings.column import Column, Kind, Owner
from engine.ledger.package.text_folding import is_tidy, shown
from engine.ledger.reading.cell_problem import CellProblem, hint
from engine.ledger.reading.choices import choice_parser, default_of
from engine.ledger.reading.date_words import Yearless
from engine.ledger.reading.formulas import problem_of_formula
from engine.ledger.reading.moments import FIRST_YEAR, LAST_YEAR, is_nothing, read_day, read_moment, without_date_format
from engine.ledger.reading.names import UnitMatch, UnitMatcher
from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.sheet_table import SheetTable
from engine.ledger.reading.values import (
    error_value,
    plain_text,
    read_integer,
    read_key,
    read_line,
    read_matter_number,
    read_mobile,
    read_names,
    read_number,
    read_text,
)

Parser = Callable[[Cell], Any]

_FREE_UNITS = frozenset(("handling_office",))  # often a section inside the unit, which no directory lists
_KEYS = frozenset((("matters", "parent"), ("reports", "number")))
_MOST_OFFERED = 2
_MOMENTS = (Kind.MOMENT, Kind.DAY)
_TEXTS = (Kind.TEXT, Kind.LONG_TEXT)


class _Memo(dict[Cell, Any]):
    """Parses each different value once."""

    def __init__(self, parse: Parser) -> None:
        super().__init__()
        self.parse = parse
        self.is_text = parse in (read_text, read_line)
        self.has_problems = False

    def __missing__(self, value: Cell) -> Any:
        if self.is_text and type(value) is str and is_tidy(value):
            self[value] = value
            return value
        parsed = error_value(value) or self.parse(value)
        self.has_problems = self.has_problems or isinstance(parsed, (CellProblem, Yearless))
        self[value] = parsed
        return parsed


class Conversion:
    """All columns of one sheet as values. ``numbers`` names the matter of each row, for the findings."""

    def __init__(
        self,
        table: SheetTable,
        matcher: UnitMatcher,
        reference: Callable[[str], datetime | None] = lambda _: None,
    ) -> None:
        self.table = table
        self.values: dict[str, list[Any]] = {}
        self.findings: list[Finding] = table.findings
        self.unread: dict[tuple[int, str], Value] = {}
        self._matcher = matcher
        self._reference = reference
        self._yearless: list[tuple[int, str, Yearless]] = []
        key_field = "number" if table.sheet.key == "matters" else "matter"
        self.numbers: list[str] = []
        if key_field in table.columns:
            self.numbers = self.values[key_field] = self._column(table.sheet.column(key_field))
        for column in table.sheet.columns:
            if column.field in table.columns and column.field not in self.values:
                self.values[column.field] = self._column(column)
        self._settle_formulas()
        self._settle_years()

    def __len__(self) -> int:
        return len(self.table.rows)

    def report(self, index: int, field: str, problem: CellProblem) -> None:
        """The finding of a parser's problem with a cell."""
        number = self.numbers[index] if self.numbers else ""
        place = self.table.place(index, field)
        self.findings.append(
            Finding(place, problem.rule, "", problem.severity, problem.problem, problem.remedy, number or None)
        )

    def _column(self, column: Column) -> list[Any]:
        raw = self.table.columns[column.field]
        memo = _Memo(self._parser(column))
        if column.kind is Kind.MOMENT:
            out = [
                value
                if type(value) is datetime
                and not value.second
                and not value.microsecond
                and FIRST_YEAR <= value.year <= LAST_YEAR
                else memo[value]
                for value in raw
            ]
        else:
            out = list(map(memo.__getitem__, raw))
        if memo.has_problems:
            self._settle_problems(column, raw, out)
        return out

    def _settle_problems(self, column: Column, raw: Sequence[Cell], out: list[Any]) -> None:
        sheet = self.table.sheet.key
        for index, value in enumerate(out):
            if isinstance(value, Yearless):
                self._yearless.append((index, column.field, value))
                out[index] = None
            elif isinstance(value, CellProblem):
                self.report(index, column.field, value)
                out[index] = default_of(sheet, column) if value.value is None else value.value
                if column.owner is Owner.MACHINE:
                    cell = raw[index]
                    spelled = plain_text(cell) if isinstance(cell, (time, timedelta)) else cell
                    self.unread[self.table.rows[index], column.field] = spelled

    def _parser(self, column: Column) -> Parser:
        sheet = self.table.sheet.key
        epoch = self.table.date1904
        if (sheet, column.field) == ("matters", "number"):
            return read_matter_number
        if (sheet, column.field) in _KEYS or column.field == "matter":
            return read_key
        if column.owner is Owner.MACHINE and column.kind in _TEXTS:
            return lambda value: plain_text(value) or None
        match column.kind:
            case Kind.MOMENT:
                return lambda value: read_moment(value, epoch)
            case Kind.DAY:
                return lambda value: read_day(value, epoch)
            case Kind.INTEGER:
                if column.owner is Owner.MACHINE:
                    return lambda value: read_integer(without_date_format(value, epoch))
                return read_integer
            case Kind.NUMBER:
                return read_number
            case Kind.MOBILE:
                return read_mobile
            case Kind.UNIT:
                return lambda value: self._unit(value, free=column.field in _FREE_UNITS)
            case Kind.UNITS:
                return self._units
            case Kind.NAMES:
                return read_names
            case Kind.CHOICE:
                return choice_parser(sheet, column, self.table.own_words)
            case Kind.LONG_TEXT:
                return read_text
        return read_line

    def _unit(self, value: Cell, *, free: bool) -> str | CellProblem:
        text = plain_text(value)
        match = self._match(text)
        if len(match.names) == 1 and not match.leftovers:
            return match.names[0]
        typed = read_line(value)
        if not match.names and not match.leftovers:
            return ""
        if free:
            return typed if isinstance(typed, str) else text
        if match.leftovers:
            return self._unknown_units(match.leftovers, "")
        problem = f"这里只能填一个单位，现有{len(match.names)}个。"
        return CellProblem("several_units", problem, "请只留一个，其余填到「配合单位」。", "")

    def _match(self, text: str) -> UnitMatch:
        return UnitMatch(()) if is_nothing(text.strip()) else self._matcher.match(text)

    def _units(self, value: Cell) -> tuple[str, ...] | CellProblem:
        match = self._match(plain_text(value))
        return self._unknown_units(match.leftovers, match.names) if match.leftovers else match.names

    def _unknown_units(self, leftovers: tuple[str, ...], value: object) -> CellProblem:
        named = "、".join(f"“{shown(piece)}”" for piece in leftovers[:3])
        near = dict.fromkeys(unit for piece in leftovers[:3] for unit in self._matcher.near(piece)[:_MOST_OFFERED])
        remedy = "请改成「单位通讯录」里的单位名或别名，或在通讯录里补录。"
        if near:
            offered = "、".join(f"“{shown(unit)}”" for unit in near)
            remedy = f"是不是{offered}？是简称的，请填全称，或在通讯录里补作别名；不是的，请在通讯录里补录。"
        return CellProblem("unknown_unit", f"通讯录里没有{named}。", remedy, value)

    def _settle_formulas(self) -> None:
        index_of = {row: index for index, row in enumerate(self.table.rows)} if self.table.formulas else {}
        for (row, field), formula in self.table.formulas.items():
            column = self.table.sheet.column(field)
            index = index_of[row]
            problem = problem_of_formula(column, formula)
            self.report(index, field, problem)
            if problem.severity is Severity.ERROR and field in self.values:
                self.values[field][index] = default_of(self.table.sheet.key, column)

    def _settle_years(self) -> None:
        pending = {(index, field) for index, field, _ in self._yearless}
        for index, field, day in self._yearless:
            reference = self._year_reference(index, pending)
            moment = day.near(reference) if reference else None
            remedy = "请补上年份，填成 2026-03-05 17:30 这样的形式。"
            if moment:
                text = f"“{shown(day.text)}”没有年份，按 {as_written(moment)} 计。"
                self.report(index, field, hint("date_year_inferred", text, remedy, moment))
                self.values[field][index] = moment
            else:
                self.report(index, field, CellProblem("date_without_year", f"“{shown(day.text)}”没有年份。", remedy))

    def _year_reference(self, index: int, pending: set[tuple[int, str]]) -> datetime | None:
        """The row's own 交办时间, else its first full date in the order of the columns, else the matter's date."""
        dated = [column.field for column in self.table.sheet.columns if column.kind in _MOMENTS]
        for field in sorted(dated, key=lambda name: name != "assigned_at"):
            if (index, field) not in pending and (moment := self.values.get(field, ())) and moment[index]:
                found: datetime = moment[index]
                return found
        number = self.numbers[index] if self.numbers else ""
        year = number[:4]
        return self._reference(number) or (datetime(int(year), 7, 1) if year.isdecimal() and int(year) > 1 else None)
