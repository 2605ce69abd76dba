"""The one pipeline: from the ledger's facts, what was sent, the policy and the clock to what should be true now.

Pure and level-triggered: nothing is armed, nothing waits. What differs is done; what could not be done now is still
different at the next pass.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from operator import attrgetter

from engine.facts.change import Change
from engine.facts.duty import DutyKey
from engine.facts.finding import Finding
from engine.facts.ledger import Ledger
from engine.facts.matter import Flags
from engine.facts.message import Message, Missed, Obligation, Sent
from engine.ledger.headings.columns import MATTERS
from engine.policy.loading import Policies
from engine.review.cache import ReviewCache
from engine.review.check import without_unreadable_cells
from engine.review.matter_figures import MatterFigures
from engine.review.matter_review import MatterReview, ReviewContext
from engine.review.row_notes import notes
from engine.rules.checks.directory import check_directory
from engine.rules.checks.ledger import years_not_covered
from engine.rules.duties.inspection_reports import report_duties, with_drafters
from engine.rules.messages.merging import compose
from engine.rules.messages.obligations import next_slot
from engine.rules.messages.sending import Window, sort_slots

_MINUTE = timedelta(minutes=1)
_SHOWN = tuple(item.name for item in fields(Flags) if item.name != "synced_at")
_VALUES = attrgetter(*_SHOWN)


@dataclass(frozen=True, slots=True)
class Review:
    """What should be true at ``at``: SMS to send, slots to record as missed, cells to change, findings.

    ``settled``: once the messages are claimed, every slot of the duty up to that time is recorded. ``next_at``: when
    a matter next changes by itself. ``shown``: what each row should show, ``figures``: what it counts for in
    statistics, both by 事项编号.
    """

    at: datetime
    messages: tuple[Message, ...]
    missed: tuple[Missed, ...]
    settled: Mapping[DutyKey, datetime]
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    next_at: datetime | None
    shown: Mapping[str, Flags]
    figures: Mapping[str, MatterFigures]


@dataclass
class _Gathered:
    """The reviews of all matters, added up."""

    owed: list[Obligation] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)
    settled: dict[DutyKey, datetime] = field(default_factory=dict)
    shown: dict[str, Flags] = field(default_factory=dict)
    figures: dict[str, MatterFigures] = field(default_factory=dict)
    faults: list[Finding] = field(default_factory=list)
    discrepancies: list[Finding] = field(default_factory=list)
    next_at: datetime | None = None

    def add(self, number: str, found: MatterReview) -> None:
        """Add one matter's review."""
        self.faults += found.faults
        self.discrepancies += found.discrepancies
        if found.shown:
            self.shown[number] = found.shown
        if found.figures:
            self.figures[number] = found.figures
        if found.settled:
            self.owed += found.owed
            self.missed += found.missed
            self.settled.update(found.settled)
        if found.next_at and (self.next_at is None or found.next_at < self.next_at):
            self.next_at = found.next_at

    def add_reports(self, context: ReviewContext) -> None:
        """Add what the reports of inspections call for (SZ6-14): SMS only, no row shows them."""
        window = context.window
        for case, duty in report_duties(context.cases):
            found = sort_slots(duty, case, context.sent, window)
            if found:
                self.owed += found.owed
                self.missed += found.missed
                self.settled[duty.key] = found.through
            coming = next_slot(duty, case, window.now) if duty.is_open(window.now) else None
            if coming and (self.next_at is None or coming < self.next_at):
                self.next_at = coming


def review(
    ledger: Ledger,
    sent: Sent,
    policies: Policies,
    now: datetime,
    effective_from: datetime | None = None,
    cache: ReviewCache | None = None,
) -> Review:
    """Review the whole ledger at ``now``. Slots before ``effective_from`` (接管前) are neither sent nor recorded.

    ``cache`` holds results of earlier reviews of this ledger; with and without it the review is the same.
    """
    context = ReviewContext.of(ledger, sent, policies, Window(now, effective_from, ledger.settings.quiet_hours))
    reviewed = (ReviewCache() if cache is None else cache).reviewer(context)
    gathered = _Gathered()
    for matter in ledger.matters:
        gathered.add(matter.number, reviewed(matter, ledger.records_of(matter.number)))
    today = context.cases.policy_today
    gathered.add_reports(context)
    composed = compose(gathered.owed, with_drafters(ledger), today, now)
    for obligation in composed.unreachable:
        _keep_owed(obligation, gathered.settled)
    faults = without_unreadable_cells((*gathered.faults, *check_directory(ledger.directory, today)), ledger)
    of_duties = (*gathered.discrepancies, *years_not_covered(context.cases.workdays, today))
    findings = (*ledger.findings, *faults, *of_duties, *composed.findings)
    return Review(
        now,
        composed.messages,
        tuple(gathered.missed),
        gathered.settled,
        tuple(_changes(ledger, gathered.shown, notes(ledger, findings), now)),
        findings,
        gathered.next_at,
        gathered.shown,
        gathered.figures,
    )


def _keep_owed(obligation: Obligation, settled: dict[DutyKey, datetime]) -> None:
    """What could not be addressed stays owed until the contact is mended: the mark stops short of it."""
    mark = settled[obligation.duty_key]
    settled[obligation.duty_key] = min(mark, obligation.at - _MINUTE)


def _changes(ledger: Ledger, shown: Mapping[str, Flags], notes: Mapping[int, str], now: datetime) -> Iterator[Change]:
    """The 机 cells that differ from what the rows should show, each with its clauses.

    A row without duties, and one whose number another row holds, keeps its flags; only 核验提示 reports it.
    """
    # A heading that the book does not have, as one older than it, is never written to.
    headed = tuple(name for name in _SHOWN if not ledger.letters or (MATTERS.key, name) in ledger.letters)
    values = _VALUES if headed == _SHOWN else attrgetter(*headed)
    rows = [(matter, shown.get(matter.number, matter.shown)) for matter in ledger.matters]
    if ledger.doubles:
        in_force = {matter.place for matter in ledger.matters}
        others = (row for doubled in ledger.doubles.values() for row in doubled if row.place not in in_force)
        rows += ((row, row.shown) for row in others)
    unread = ledger.unread
    for matter, wanted in rows:
        row = matter.place.row or 0
        note = notes.get(row)
        if wanted.check_note != note:
            wanted = replace(wanted, check_note=note)
        mark = "" if matter.number else ledger.row_hashes.get(row, "")
        if not (matter.number or mark):
            continue
        # What was typed into a 机 cell and not understood still stands there: it is what the change replaces.
        odd = {name: unread[row, name] for name in headed if (row, name) in unread} if unread else {}
        shows = matter.shown
        if not odd and values(shows) == values(wanted):
            continue  # nearly all rows of nearly all passes
        differing = [name for name in headed if getattr(shows, name) != getattr(wanted, name) or name in odd]
        clauses = tuple(wanted.basis.split("、")) if wanted.basis else ()
        for name in differing:
            old = odd.get(name, getattr(shows, name))
            yield Change(matter.place, matter.number, name, old, getattr(wanted, name), clauses, mark)
        before = unread.get((row, "synced_at"), shows.synced_at)
        yield Change(matter.place, matter.number, "synced_at", before, now, clauses, mark)
