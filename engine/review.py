"""The one pipeline: from the ledger's facts, what was sent, the policy and the clock to what should be true now.

Pure and level-triggered: nothing is armed, nothing waits. What differs is done; what could not be done now is still
different at the next pass.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta

from engine.check import judge
from engine.facts.change import Change
from engine.facts.duty import DutyKey
from engine.facts.finding import Finding
from engine.facts.ledger import Ledger
from engine.facts.matter import Flags, Matter
from engine.facts.message import Message, Missed, Obligation, Sent
from engine.notes import notes
from engine.policy.governing import policy_of_ledger, policy_of_matter
from engine.policy.loading import Policies
from engine.policy.policy import Policy
from engine.policy.workdays import Workdays, YearNotCoveredError
from engine.rules.case import closed_in_row_only, known_until
from engine.rules.duties import duties_of, open_case
from engine.rules.flags import flags, next_change
from engine.rules.ledger_checks import years_not_covered
from engine.rules.merging import compose
from engine.rules.obligations import next_slot
from engine.rules.sending import Window, sort_slots
from engine.rules.stamps import stamps_as_computed

_MINUTE = timedelta(minutes=1)
_SHOWN = tuple(item.name for item in fields(Flags) if item.name != "synced_at")


@dataclass(frozen=True, slots=True)
class Review:
    """What should be true at ``at``: SMS to send, slots to record as missed, cells to change, findings.

    ``settled``: once the messages are claimed, every slot of the duty up to that time is recorded. ``next_at``: when
    the next slot or light falls due by itself. ``shown``: what each row should show, by 事项编号.
    """

    at: datetime
    messages: tuple[Message, ...]
    missed: tuple[Missed, ...]
    settled: Mapping[DutyKey, datetime]
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    next_at: datetime | None
    shown: Mapping[str, Flags]


@dataclass
class _Gathered:
    """What the walk over the matters collects."""

    owed: list[Obligation] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)
    settled: dict[DutyKey, datetime] = field(default_factory=dict)
    shown: dict[str, Flags] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    next_at: datetime | None = None

    def wake(self, at: datetime | None) -> None:
        """Remember the earliest time at which something changes by itself."""
        if at is not None and (self.next_at is None or at < self.next_at):
            self.next_at = at


def review(
    ledger: Ledger, sent: Sent, policies: Policies, now: datetime, effective_from: datetime | None = None
) -> Review:
    """Review the whole ledger at ``now``. Slots before ``effective_from`` (接管前) are neither sent nor recorded."""
    workdays = Workdays(ledger.day_overrides)
    window = Window(now, effective_from, ledger.settings.quiet_hours)
    gathered = _Gathered()
    for matter in ledger.matters:
        policy = policy_of_matter(matter, ledger, policies, now)
        with suppress(YearNotCoveredError):  # ``workdays`` keeps the year
            _walk(matter, ledger, policy, workdays, sent, window, gathered)
    today = policy_of_ledger(ledger, policies, now)
    gathered.findings.extend(years_not_covered(workdays, today))
    composed = compose(gathered.owed, ledger, today, now)
    for obligation in composed.unreachable:
        _keep_owed(obligation, gathered.settled)
    findings = (*ledger.findings, *judge(ledger, policies, now), *gathered.findings, *composed.findings)
    return Review(
        now,
        composed.messages,
        tuple(gathered.missed),
        gathered.settled,
        tuple(_changes(ledger, gathered.shown, notes(ledger, findings), now)),
        findings,
        gathered.next_at,
        gathered.shown,
    )


def _walk(
    matter: Matter,
    ledger: Ledger,
    policy: Policy,
    workdays: Workdays,
    sent: Sent,
    window: Window,
    gathered: _Gathered,
) -> None:
    """Gather what one matter calls for."""
    now = window.now
    case = open_case(matter, ledger.records_of(matter.number), policy, workdays, known_until(policy, now), now)
    duties = duties_of(case)
    if not duties:
        return
    gathered.shown[matter.number] = flags(case, duties, sent, now)
    gathered.findings.extend(stamps_as_computed(matter, duties, policy))
    silent = closed_in_row_only(case)
    for duty in duties:
        found = None if silent else sort_slots(duty, case, sent, window)
        if found:
            gathered.owed += found.owed
            gathered.missed += found.missed
            gathered.settled[duty.key] = found.through
        if duty.is_open(now):
            gathered.wake(next_slot(duty, case, now))
            gathered.wake(None if duty.is_announcement else next_change(duty, case, now))


def _keep_owed(obligation: Obligation, settled: dict[DutyKey, datetime]) -> None:
    """What could not be addressed stays owed until the contact is mended: the mark stops short of it."""
    mark = settled[obligation.duty_key]
    settled[obligation.duty_key] = min(mark, obligation.at - _MINUTE)


def _changes(ledger: Ledger, shown: Mapping[str, Flags], told: Mapping[int, str], now: datetime) -> Iterator[Change]:
    """The 机 cells that differ from what the rows should show, each with the clauses behind it.

    A row without duties, and one whose number another row holds, keeps its flags; only 核验提示 is told it.
    """
    rows = [(matter, shown.get(matter.number, matter.shown)) for matter in ledger.matters]
    if ledger.doubles:
        in_force = {matter.place for matter in ledger.matters}
        others = (row for doubled in ledger.doubles.values() for row in doubled if row.place not in in_force)
        rows += ((row, row.shown) for row in others)
    unread = ledger.unread
    for matter, wanted in rows:
        row = matter.place.row or 0
        note = told.get(row)
        if wanted.check_note != note:
            wanted = replace(wanted, check_note=note)
        mark = "" if matter.number else ledger.row_hashes.get(row, "")
        if not (matter.number or mark):
            continue
        # What was typed into a 机 cell and not understood still stands there: it is what the change replaces.
        odd = {name: unread[row, name] for name in _SHOWN if (row, name) in unread} if unread else {}
        shows = matter.shown
        differing = [name for name in _SHOWN if getattr(shows, name) != getattr(wanted, name) or name in odd]
        if not differing:
            continue
        clauses = tuple(wanted.basis.split("、")) if wanted.basis else ()
        for name in differing:
            old = odd.get(name, getattr(shows, name))
            yield Change(matter.place, matter.number, name, old, getattr(wanted, name), clauses, mark)
        before = unread.get((row, "synced_at"), shows.synced_at)
        yield Change(matter.place, matter.number, "synced_at", before, now, clauses, mark)
