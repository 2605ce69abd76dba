"""The whole ledger as one value: what a reading of the workbook yields."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from engine.facts.change import Value
from engine.facts.finding import Finding
from engine.facts.inspection import NO_INSPECTIONS, Inspections
from engine.facts.kinds import DayType
from engine.facts.matter import Matter
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
from engine.facts.settings import Settings
from engine.facts.unit import Directory


@dataclass(frozen=True, slots=True)
class Records:
    """What was recorded about one matter, each kind in the order of its time, then of its row.

    ``children`` are the sub-items that name it as their parent, with their own records and sub-items (SZ1-10.1).
    """

    reports: tuple[Report, ...] = ()
    extensions: tuple[Extension, ...] = ()
    completions: tuple[Completion, ...] = ()
    supervisions: tuple[Supervision, ...] = ()
    children: "tuple[tuple[Matter, Records], ...]" = ()


NO_RECORDS = Records()


@dataclass(frozen=True)
class Ledger:
    """Facts as they stand in one workbook, and the findings of reading them.

    ``row_hashes`` holds, for matters without a number, row → hash of the row's content. ``letters`` maps
    (sheet, field) to the column's letter as it stands today, for addresses that people can follow.

    ``matters`` holds the first row of each number; ``doubles`` all rows of the numbers that stand more than once, in
    sheet order, so that the journal may decide for another. ``unread`` maps (row of 督办台账, field) to what stands
    in a 机 cell that could not be understood: the old value for whoever rewrites it.
    """

    settings: Settings
    directory: Directory
    matters: tuple[Matter, ...]
    records: Mapping[str, Records] = field(default_factory=dict)
    point_items: tuple[PointItem, ...] = ()
    point_exclusions: tuple[PointExclusion, ...] = ()
    unit_grades: tuple[UnitGrade, ...] = ()
    clues: tuple[Clue, ...] = ()
    inspections: Inspections = NO_INSPECTIONS
    day_overrides: Mapping[date, DayType] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    row_hashes: Mapping[int, str] = field(default_factory=dict)
    letters: Mapping[tuple[str, str], str] = field(default_factory=dict)
    doubles: Mapping[str, tuple[Matter, ...]] = field(default_factory=dict)
    unread: Mapping[tuple[int, str], Value] = field(default_factory=dict)

    def records_of(self, number: str) -> Records:
        """The records of one matter, with its sub-items; empty where there are none."""
        found = self.records.get(number, NO_RECORDS)
        return self._with_children(number, found, frozenset()) if number in self._children else found

    def _with_children(self, number: str, found: Records, above: frozenset[str]) -> Records:
        """With its sub-items and theirs; a circle of parents ends where it began."""
        children = self._children.get(number, ()) if number and number not in above else ()
        if not children:
            return found
        here = above | {number}
        nested = tuple(
            (child, self._with_children(child.number, self.records.get(child.number, NO_RECORDS), here))
            for child in children
        )
        return replace(found, children=nested)

    @cached_property
    def _children(self) -> Mapping[str, tuple[Matter, ...]]:
        found: dict[str, tuple[Matter, ...]] = {}
        for matter in self.matters:
            if matter.parent:
                found[matter.parent] = (*found.get(matter.parent, ()), matter)
        return found
