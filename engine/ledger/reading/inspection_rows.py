"""督查人员库, 督查任务 and 督查分组 as facts. A pass needs the first two: who drafts a report, and by when (SZ6-14)."""

from collections.abc import Mapping
from typing import TypeVar

from engine.facts.finding import Finding
from engine.facts.inspection import Inspections, InspectionTask, Inspector, TeamMember
from engine.ledger.headings.columns import GROUPS, UNITS
from engine.ledger.headings.inspection_columns import INSPECTION_SHEETS, INSPECTORS, MEMBERS, TASKS
from engine.ledger.reading.cells import read_cells
from engine.ledger.reading.conversion import Conversion
from engine.ledger.reading.directory import read_directory
from engine.ledger.reading.matter_rows import facts_of
from engine.ledger.reading.names import UnitMatcher
from engine.ledger.reading.sheet_table import SheetTable, locate

Fact = TypeVar("Fact", Inspector, InspectionTask, TeamMember)


def read_inspections(data: bytes) -> Inspections:
    """What the three sheets of a workbook say; a ledger without them has none. Raises UnreadableWorkbook."""
    cells = read_cells(data, (UNITS, GROUPS, *INSPECTION_SHEETS))
    tables = {
        sheet.key: locate(cells[sheet.key], sheet)
        for sheet in (UNITS, GROUPS, *INSPECTION_SHEETS)
        if sheet.key in cells
    }
    if UNITS.key not in tables:
        return Inspections()
    _, matcher, _ = read_directory(tables[UNITS.key], tables.get(GROUPS.key))
    return inspections_in(tables, matcher)


def inspections_in(tables: Mapping[str, SheetTable], matcher: UnitMatcher) -> Inspections:
    """The same from tables that were located already; a sheet that is not among them is empty."""
    findings: list[Finding] = []

    def rows(kind: type[Fact], sheet: str) -> tuple[Fact, ...]:
        if sheet not in tables:
            return ()
        conversion = Conversion(tables[sheet], matcher)
        findings.extend(conversion.findings)
        return tuple(facts_of(kind, conversion.values, len(conversion), sheet, conversion.table.rows))

    inspectors = rows(Inspector, INSPECTORS.key)
    tasks = rows(InspectionTask, TASKS.key)
    members = rows(TeamMember, MEMBERS.key)
    return Inspections(inspectors, tasks, members, tuple(findings))
