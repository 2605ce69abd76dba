"""Signs that a clause is at work on one matter of a sample ledger. See ``sample_matters`` for which clause, and where.

A ``Sign`` looks at a ledger narrowed to one matter (with its parent and sub-items) and says whether the clause is at
work there: a duty, a message, a flag, a finding, an entry with that clause. For a clause that only guards
(“no initiation without …”) it also breaks the fact that is guarded, and the finding of that clause must appear.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.facts.duty import Duty
from engine.facts.finding import Finding
from engine.facts.inspection import Inspections
from engine.facts.ledger import Ledger, Records
from engine.facts.matter import Matter
from engine.facts.message import Message
from engine.facts.points import PointEntry
from engine.policy.governing import policy_of_ledger
from engine.policy.workdays import Workdays
from engine.review.check import check, rows_of
from engine.review.simulate import simulate
from engine.rules.checks.history import happenings, in_order
from engine.rules.checks.transitions import BACK, INITIAL, Event, transition
from engine.rules.duties.case import Case
from engine.rules.duties.cases import Cases
from engine.rules.duties.paragraphs import duties_of, open_case
from engine.rules.inspections.checks import check_inspections
from engine.rules.points.account import Account
from engine.sample import DEMO_NOW
from tests.clauses.builders import policies

NEXT_YEAR = datetime(2027, 1, 5)
_FIRST, _LAST = datetime(2025, 1, 1), datetime(2027, 2, 1)


NO_INSPECTIONS = Inspections()


@dataclass(frozen=True)
class SampleScene:
    """A ledger with one matter in the middle; ``row`` is its row in 督办台账, 0 where what was entered is looked at."""

    ledger: Ledger
    row: int
    inspections: Inspections = NO_INSPECTIONS

    @property
    def matter(self) -> Matter | None:
        return next((one for one in self.ledger.matters if one.place.row == self.row), None)

    @property
    def number(self) -> str:
        return self.matter.number if self.matter else "?"

    def with_matter(self, **changes: Any) -> "SampleScene":
        """The matter with other facts."""
        matters = tuple(replace(one, **changes) if one.place.row == self.row else one for one in self.ledger.matters)
        return SampleScene(replace(self.ledger, matters=matters), self.row)

    def with_records(self, kind: str, **changes: Any) -> "SampleScene":
        """All its records of one kind with other facts."""
        found = self.ledger.records.get(self.number, Records())
        changed = replace(found, **{kind: tuple(replace(one, **changes) for one in getattr(found, kind))})
        return SampleScene(replace(self.ledger, records={**self.ledger.records, self.number: changed}), self.row)

    def with_entered(self, kind: str, **changes: Any) -> "SampleScene":
        """The rows of 积分事项 or 问责线索 with other facts."""
        rows = tuple(replace(one, **changes) for one in getattr(self.ledger, kind))
        return SampleScene(replace(self.ledger, **{kind: rows}), self.row)

    def case(self, at: datetime = DEMO_NOW) -> Case:
        row = next(row for row in rows_of(Cases(self.ledger, policies(), at)) if row.matter.place.row == self.row)
        return open_case(row.matter, row.records, row.policy, Workdays(self.ledger.day_overrides), at)

    def duties(self, at: datetime = DEMO_NOW) -> list[Duty]:
        return duties_of(self.case(at)) if self.matter else []

    def messages(self) -> Iterator[Message]:
        """Every SMS of its life that covers the matter."""
        for message in simulate(self.ledger, policies(), _FIRST, _LAST):
            if any(cover.key.matter == self.number for cover in message.covers):
                yield message

    def findings(self) -> Iterator[Finding]:
        """What is wrong with the matter's row and records, or with what was entered beside it."""
        of_matter = {("matters", self.row)}
        for finding in check(self.ledger, policies(), DEMO_NOW):
            place = (finding.place.sheet, finding.place.row)
            if place in of_matter or place[0] in ("clues", "point_items") or finding.matter == self.number:
                yield finding

    def account(self, at: datetime = DEMO_NOW) -> Account:
        return Account(self.ledger, policies(), at)

    def entries(self, at: datetime = DEMO_NOW) -> list[PointEntry]:
        entries = self.account(at).entries
        return [entry for entry in entries if not self.row or entry.matter in ("", self.number)]

    def events(self) -> set[tuple[Event, str]]:
        """What happened to it as the procedure allows it: event and clause."""
        found = set()
        for row in rows_of(Cases(self.ledger, policies(), DEMO_NOW)):
            if row.matter.place.row != self.row:
                continue
            courses = defaultdict(list)
            for one in happenings(row):
                courses[one.course, one.paper].append(one)
            for (course, _), told in courses.items():
                state = before = INITIAL[course]
                for one in in_order(told):
                    step = transition(course, state, one.event, row.policy)
                    if step is None:
                        continue
                    found.add((one.event, step.clause(row.policy)))
                    after = before if step.to == BACK else step.to
                    if after != state:
                        before, state = state, after
        return found


Sign = Callable[[SampleScene], bool]


def told(clause: str) -> Sign:
    """An SMS goes out by the clause."""
    return lambda scene: any(
        cover.clause == clause and cover.key.matter == scene.number
        for message in scene.messages()
        for cover in message.covers
    )


def told_to_office(kind: str) -> Sign:
    """An SMS of this kind goes to the matter's 立项主体."""
    return lambda scene: any(
        message.kind.value == kind and scene.matter and message.to.unit == scene.matter.initiating_office
        for message in scene.messages()
    )


def owed(clause: str) -> Sign:
    """A duty stands on the clause."""
    return lambda scene: any(duty.clause == clause for duty in scene.duties())


def owed_by(unit: Callable[[Matter], str]) -> Sign:
    """Every report is owed by that unit."""

    def sign(scene: SampleScene) -> bool:
        owing = {duty.owed_by for duty in scene.duties() if not duty.is_announcement}
        return scene.matter is not None and unit(scene.matter) in owing

    return sign


def found(clause: str) -> Sign:
    """check finds the fault that was planted."""
    return lambda scene: any(finding.clause == clause for finding in scene.findings())


def guarded(clause: str, kind: str = "", **broken: Any) -> Sign:
    """Nothing is wrong by the clause; with the fact broken, there is. ``kind`` names the records that are broken."""

    def sign(scene: SampleScene) -> bool:
        if kind in ("clues", "point_items"):
            changed = scene.with_entered(kind, **broken)
        elif kind:
            changed = scene.with_records(kind, **broken)
        else:
            changed = scene.with_matter(**broken)
        return not found(clause)(scene) and found(clause)(changed)

    return sign


def inspected(clause: str, kind: str, **broken: Any) -> Sign:
    """The same for the sheets of 一网三库; ``kind`` names the rows that are broken."""

    def faulty(known: Inspections, ledger: Ledger) -> bool:
        policy = policy_of_ledger(ledger, policies(), DEMO_NOW)
        found = check_inspections(known, ledger.directory, policy, DEMO_NOW)
        return any(finding.clause == clause for finding in found)

    def sign(scene: SampleScene) -> bool:
        known = scene.inspections
        changed = replace(known, **{kind: tuple(replace(one, **broken) for one in getattr(known, kind))})
        return not faulty(known, scene.ledger) and faulty(changed, scene.ledger)

    return sign


def happened(event: Event, clause: str) -> Sign:
    """The event stands in the matter's history, allowed by the clause."""
    return lambda scene: (event, clause) in scene.events()


def scored(clause: str) -> Sign:
    """An entry of points stands on the clause."""
    return lambda scene: any(entry.clause == clause for entry in scene.entries())
