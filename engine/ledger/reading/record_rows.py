"""The record sheets as facts: what was reported, applied for, checked, supervised; points; days."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import TypeVar

from engine.facts.finding import Finding
from engine.facts.kinds import DayType
from engine.facts.ledger import Records
from engine.facts.records import (
    Clue,
    Completion,
    Extension,
    PointExclusion,
    PointItem,
    Report,
    Supervision,
    UnitGrade,
)
from engine.ledger.reading.cell_problem import CellProblem
from engine.ledger.reading.conversion import Conversion
from engine.ledger.reading.directory import NO_UNITS
from engine.ledger.reading.matter_rows import Fact, MatterRows, facts_of
from engine.ledger.reading.names import UnitMatcher
from engine.ledger.reading.periods import read_period
from engine.ledger.reading.sheet_table import SheetTable
from engine.ledger.reading.values import error_value

Record = TypeVar("Record", Report, Extension, Completion, Supervision)


@dataclass
class RecordRows:
    """Records by the number of their matter, and the findings."""

    by_matter: dict[str, Records]
    findings: list[Finding]


@dataclass
class PointRows:
    """What people entered for the points."""

    items: tuple[PointItem, ...] = ()
    exclusions: tuple[PointExclusion, ...] = ()
    grades: tuple[UnitGrade, ...] = ()
    clues: tuple[Clue, ...] = ()
    findings: list[Finding] = field(default_factory=list)


def read_records(tables: Mapping[str, SheetTable], matcher: UnitMatcher, matters: MatterRows) -> RecordRows:
    """The four record sheets; a row whose matter does not exist is a finding and belongs to nothing."""
    dates = matters.assigned_at()
    known = {matter.number for matter in matters.matters if matter.number}
    findings: list[Finding] = []

    def rows(kind: type[Fact], sheet: str) -> list[Fact]:
        conversion = Conversion(tables[sheet], matcher, dates.get)
        _check_numbers(conversion, known)
        _periods(conversion)
        findings.extend(conversion.findings)
        return facts_of(kind, conversion.values, len(conversion), sheet, conversion.table.rows)

    reports = _by_matter(rows(Report, "reports"), known, lambda record: record.reported_at)
    extensions = _by_matter(rows(Extension, "extensions"), known, lambda record: record.applied_at)
    completions = _by_matter(rows(Completion, "completions"), known, lambda record: record.applied_at)
    supervisions = _by_matter(rows(Supervision, "supervisions"), known, lambda record: record.at)
    kinds = (reports, extensions, completions, supervisions)
    numbers = dict.fromkeys(number for kind in kinds for number in kind)
    by_matter = {
        number: Records(
            reports=reports.get(number, ()),
            extensions=extensions.get(number, ()),
            completions=completions.get(number, ()),
            supervisions=supervisions.get(number, ()),
        )
        for number in numbers
    }
    return RecordRows(by_matter, findings)


def read_points(tables: Mapping[str, SheetTable], matcher: UnitMatcher) -> PointRows:
    """积分事项, 积分剔除, 单位年度评价 and 问责线索, each where the workbook has it."""
    points = PointRows()

    def rows(kind: type[Fact], sheet: str) -> tuple[Fact, ...]:
        if sheet not in tables:
            return ()
        conversion = Conversion(tables[sheet], matcher)
        _periods(conversion)
        points.findings.extend(conversion.findings)
        return tuple(facts_of(kind, conversion.values, len(conversion), sheet, conversion.table.rows))

    points.items = rows(PointItem, "point_items")
    points.exclusions = rows(PointExclusion, "point_exclusions")
    points.grades = rows(UnitGrade, "unit_grades")
    points.clues = rows(Clue, "clues")
    return points


def read_day_overrides(table: SheetTable | None) -> tuple[dict[date, DayType], list[Finding]]:
    """节假日: what each day named there is. A day that is named twice with two meanings counts as neither."""
    if table is None:
        return {}, []
    conversion = Conversion(table, NO_UNITS)
    days: dict[date, DayType] = {}
    contradicted: set[date] = set()
    for index, (moment, kind) in enumerate(zip(conversion.values["date"], conversion.values["type"], strict=True)):
        if moment is None or kind is None:
            _report_half_day(conversion, index, moment)
        elif days.setdefault(moment.date(), kind) is not kind:
            contradicted.add(moment.date())
            text = f"{moment:%Y-%m-%d} 既是放假又是上班，两行都没有采用。"
            conversion.report(index, "type", CellProblem("day_contradicted", text, "请只留一行。"))
    return {day: kind for day, kind in days.items() if day not in contradicted}, conversion.findings


def _report_half_day(conversion: Conversion, index: int, moment: datetime | None) -> None:
    field_, heading = ("date", "日期") if moment is None else ("type", "类型")
    place = conversion.table.place(index, field_)
    if not any(finding.place == place for finding in conversion.findings):
        conversion.report(
            index, field_, CellProblem("day_incomplete", f"没有填{heading}，这一行没有采用。", "请补填。")
        )


def _check_numbers(conversion: Conversion, known: set[str]) -> None:
    for index, number in enumerate(conversion.numbers):
        if number not in known and error_value(number) is None:
            text = f"台账里没有事项 {number[:30]}，这一行没有采用。" if number else "没有填事项编号，这一行没有采用。"
            conversion.report(index, "matter", CellProblem("unknown_matter", text, "请核对「督办台账」里的事项编号。"))


def _periods(conversion: Conversion) -> None:
    periods, nodes = conversion.values.get("period"), conversion.values.get("node")
    raw = conversion.table.columns.get("period")
    reported = conversion.values.get("reported_at")
    if periods is None or nodes is None or raw is None:
        return
    for index, value in enumerate(raw):
        if value in ("", None) or error_value(value):
            continue
        parsed = read_period(value, nodes[index], reported[index] if reported else None)
        if isinstance(parsed, CellProblem):
            conversion.report(index, "period", parsed)
            parsed = str(parsed.value)
        periods[index] = parsed


def _by_matter(
    rows: Sequence[Record], known: set[str], moment: Callable[[Record], datetime | None]
) -> dict[str, tuple[Record, ...]]:
    """In the order of their time, then of their row; what has no time comes last."""
    timeless = [record for record in rows if moment(record) is None]
    timed = [(at, record) for record in rows if (at := moment(record)) is not None]
    ordered = [record for _, record in sorted(timed, key=itemgetter(0))] + timeless
    found: dict[str, list[Record]] = {}
    for record in ordered:
        if record.matter in known:
            found.setdefault(record.matter, []).append(record)
    return {number: tuple(records) for number, records in found.items()}
