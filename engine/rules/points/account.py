"""All entries of a ledger: the one pipeline of the points, in the order of the law."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property

from engine.facts.finding import Finding
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.facts.points import PointEntry, PointKind, in_order
from engine.facts.records import PointExclusion, PointItem
from engine.facts.unit import Unit
from engine.policy.governing import file_of_ledger, policy_of_ledger
from engine.policy.loading import Policies, PolicyFile
from engine.policy.policy import Policy
from engine.policy.workdays import YearNotCoveredError
from engine.rules.checks.ledger import years_not_covered
from engine.rules.duties.case import closed_in_row_only
from engine.rules.duties.cases import Cases
from engine.rules.duties.paragraphs import duties_of
from engine.rules.points import entered
from engine.rules.points.additions import closed_with_grade, taken_in
from engine.rules.points.deductions import escalated, failed, late_reports, sent_back
from engine.rules.points.entered import Entered
from engine.rules.points.scored import Paragraph, Scored
from engine.rules.points.unurged import unurged

PARAGRAPHS: tuple[Paragraph, ...] = (
    taken_in,  # SZ4-9.2
    closed_with_grade,  # SZ4-9.2, SZ2-5.2, SZ3-5.2
    late_reports,  # SZ4-10.2
    escalated,  # SZ4-10.2
    sent_back,  # SZ4-10.2
    failed,  # SZ4-10.2
)


@dataclass(frozen=True)
class Account:
    """A ledger's facts as the points see them at ``now``. Everything is computed once, on first use."""

    ledger: Ledger
    policies: Policies
    now: datetime

    @cached_property
    def _cases(self) -> Cases:
        return Cases(self.ledger, self.policies, self.now)

    @property
    def policy_file(self) -> PolicyFile:
        """All versions of the ledger's regime."""
        return file_of_ledger(self.ledger, self.policies)

    @cached_property
    def policy(self) -> Policy:
        """The policy in force today: who is scored, how scores are summed and ranked."""
        return policy_of_ledger(self.ledger, self.policies, self.now)

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The units that are scored (SZ4-2), by name; those out of use too, for they may have entries of this year."""
        return {
            unit.name: unit
            for unit in self.ledger.directory.units.values()
            if unit.category in self.policy.points.categories
        }

    @cached_property
    def scored(self) -> tuple[Scored, ...]:
        """Every matter with its duties; one whose workdays cannot be determined is left out (see ``findings``)."""
        return tuple(one for matter in self.ledger.matters if matter.number if (one := self._scored(matter)))

    @cached_property
    def entered(self) -> tuple[Entered, ...]:
        """The rows of 积分事项, in the order of the sheet. Of rows about one subject the content decides which is the
        first, so that sorting the sheet changes no entry.
        """
        seen: Counter[tuple[str, ...]] = Counter()
        items = self.ledger.point_items
        found = {
            at: self._entered(items[at], seen) for at in sorted(range(len(items)), key=lambda at: _said(items[at]))
        }
        return tuple(found[at] for at in range(len(items)))

    @cached_property
    def entries(self) -> tuple[PointEntry, ...]:
        """Every entry of a scored unit up to ``now``, in order; nothing is counted twice."""
        found = [
            *(
                entry
                for one in self.scored
                for paragraph in PARAGRAPHS
                for entry in paragraph(one)
                if self._is_ours(entry)
            ),
            *unurged(self.scored, self.policy_file, self.now),
            *(entry for one in self.entered if (entry := entered.entry(one))),
        ]
        return tuple(in_order([entry for entry in found if entry.unit in self.units]))

    def at_work(self, first: date, last: date) -> frozenset[str]:
        """The units that led or helped with a matter at any time from ``first`` through ``last``, by name."""
        found: set[str] = set()
        for one in self.scored:
            standing, matter = one.case.standing, one.case.matter
            begun, ended = standing.started_at, standing.ended_at
            if begun and begun.date() <= last and not (ended and ended.date() < first):
                found |= {matter.lead_unit, *matter.cooperating_units, *(duty.owed_by for duty in one.duties)}
        return frozenset(found)

    def _is_ours(self, entry: PointEntry) -> bool:
        """What happened to a matter before 启用时间 earns and costs nothing here (reading 39)."""
        since = self.ledger.settings.enabled_from
        return since is None or entry.date >= since.date()

    @cached_property
    def numbered(self) -> dict[str, Matter]:
        """The matters by number."""
        return {matter.number: matter for matter in self.ledger.matters if matter.number}

    @cached_property
    def _exclusions(self) -> dict[str, tuple[PointExclusion, ...]]:
        """Decisions in force, by matter: those that give a reason and a name (see ``engine.rules.points.checks``)."""
        found: defaultdict[str, list[PointExclusion]] = defaultdict(list)
        for one in self.ledger.point_exclusions:
            if one.reason and one.approver and (one.at is None or one.at <= self.now):
                found[one.matter].append(one)
        return {matter: tuple(decisions) for matter, decisions in found.items()}

    @cached_property
    def _sluggish(self) -> frozenset[str]:
        """The matters marked 推动不力 (reading 15)."""
        marks = [one for one in self.entered if one.kind is PointKind.SLUGGISH]
        return frozenset(one.item.matter for one in marks if not any(fault.voids for fault in entered.faults(one)))

    def _scored(self, matter: Matter) -> Scored | None:
        try:
            case = self._cases.of(matter)
            owed = [] if closed_in_row_only(case) else duties_of(case)
        except YearNotCoveredError:
            return None
        return Scored(
            case,
            tuple(duty for duty in owed if duty.kind.traits.is_reporting),
            self._exclusions.get(matter.number, ()),
            matter.number in self._sluggish,
            self.ledger.settings.quiet_hours,
        )

    def _entered(self, item: PointItem, seen: Counter[tuple[str, ...]]) -> Entered:
        """``seen`` counts the rows about one subject; their ordinal distinguishes them."""
        alike = entered.subject(item)
        seen[alike] += 1
        commendation = (item.unit, item.document) if item.item == PointKind.COMMENDED and item.document else ()
        seen[commendation] += 1
        policy = policy_of_ledger(self.ledger, self.policies, item.date or self.now)
        return Entered(
            item,
            policy,
            self.now,
            self.numbered.get(item.matter),
            item.unit in self.units,
            bool(commendation) and seen[commendation] > 1,
            seen[alike],
            self._office_name,
        )

    def _office_name(self, name: str) -> str:
        unit = self.ledger.directory.find(name)
        return unit.name if unit else name

    def calendar_gaps(self) -> Iterator[Finding]:
        """Years without a calendar that some matter needed: what depends on them is not scored."""
        _ = self.scored
        yield from years_not_covered(self._cases.workdays, self.policy)


def _said(item: PointItem) -> tuple[str, ...]:
    """Every text of a row, wherever the row stands."""
    return tuple(str(getattr(item, part.name)) for part in fields(item) if part.name != "place")
