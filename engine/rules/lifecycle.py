"""The state of a matter, folded from its records as known at one time (reading 26)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from engine.facts.kinds import (
    CompletionResult,
    ExtensionKind,
    ExtensionResult,
    Grade,
    ReviewResult,
    Status,
    TimeLimit,
)
from engine.facts.ledger import NO_RECORDS, Records
from engine.facts.matter import Matter
from engine.facts.records import Completion, Extension, Report
from engine.policy.policy import Policy
from engine.policy.workdays import Workdays
from engine.rules import deadlines

Applied = TypeVar("Applied", Extension, Completion)


@dataclass(frozen=True, slots=True)
class Return:
    """One sending back: its running number, when, and the date set for the rectification (SZ1-13.3, SZ1-17)."""

    ordinal: int
    at: datetime
    due: datetime | None
    clause: str


@dataclass(frozen=True, slots=True)
class NewDeadline:
    """An agreed change of the final deadline, in force from its approval (SZ1-16, BS-8.3)."""

    at: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Application:
    """A stretch during which a close-out application stands: from handing in until it is sent back (reading 20)."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a matter stands. Times are ``None`` where the thing has not happened."""

    started_at: datetime | None = None
    long_running_since: datetime | None = None
    completed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    new_deadlines: tuple[NewDeadline, ...] = ()
    returns: tuple[Return, ...] = ()
    applications: tuple[Application, ...] = ()

    @property
    def ended_at(self) -> datetime | None:
        """When nothing was owed any more: close-out or withdrawal, whichever came first."""
        ends = [at for at in (self.completed_at, self.withdrawn_at) if at]
        return min(ends, default=None)

    def awaits_approval(self, at: datetime) -> bool:
        """Whether a close-out application stands at that time: the unit has done its part (reading 20)."""
        return any(
            application.since <= at and (application.until is None or at < application.until)
            for application in self.applications
        )

    def status(self, at: datetime) -> Status:
        """The state that the records call for at that time."""
        if self.withdrawn_at:
            return Status.WITHDRAWN
        if self.completed_at:
            return Status.COMPLETED
        if self.awaits_approval(at):
            return Status.AWAITING_APPROVAL
        if self.long_running_since:
            return Status.LONG_RUNNING
        return Status.AWAITING_INITIATION if self.started_at is None or self.started_at > at else Status.IN_PROGRESS


def known_at(records: Records, at: datetime, policy: Policy) -> Records:
    """The records as they stood at ``at``: what is dated later does not exist yet. Rows without a date are left out.

    A bare 报送时间 or 申请时间 counts as close of office (reading 2).
    """
    if records is NO_RECORDS:
        return records
    return Records(
        tuple(
            report if report.reviewed_at is None or report.reviewed_at <= at else _unreviewed(report)
            for report in (_with_clock(report, policy) for report in records.reports)
            if report.reported_at and report.reported_at <= at
        ),
        tuple(
            item if item.approved_at and item.approved_at <= at else replace(item, result=None, approved_at=None)
            for item in (_applied_with_clock(item, policy) for item in records.extensions)
            if item.applied_at and item.applied_at <= at
        ),
        tuple(
            _undecided(item, at)
            for item in (_applied_with_clock(item, policy) for item in records.completions)
            if item.applied_at and item.applied_at <= at
        ),
        tuple(item for item in records.supervisions if item.at and item.at <= at),
    )


def _with_clock(report: Report, policy: Policy) -> Report:
    if report.reported_at is None:
        return report
    return replace(report, reported_at=deadlines.fixed_due(report.reported_at, policy))


def _applied_with_clock(item: Applied, policy: Policy) -> Applied:
    if item.applied_at is None:
        return item
    return replace(item, applied_at=deadlines.fixed_due(item.applied_at, policy))


def _unreviewed(report: Report) -> Report:
    return replace(report, result=ReviewResult.PENDING, reviewed_at=None)


def _undecided(item: Completion, at: datetime) -> Completion:
    decided = decided_at(item)
    return item if decided and decided <= at else replace(item, result=None)


def decided_at(item: Completion) -> datetime | None:
    """When an application was decided: its 审定, or for one sent back earlier, the last step taken."""
    if item.result is CompletionResult.COMPLETED:
        return item.finalized_at
    return item.finalized_at or item.reviewed_at or item.grade_approved_at or item.applied_at


def fold(matter: Matter, known: Records, policy: Policy, workdays: Workdays, at: datetime) -> Standing:
    """Fold a matter's facts, as known at ``at``, into its standing. ``known`` comes from :func:`known_at`."""
    began = deadlines.start(matter, policy)
    if began is None or not matter.number:
        return Standing()
    extensions = effective_extensions(matter, known, policy, workdays)
    return Standing(
        started_at=began,
        long_running_since=_long_running_since(matter, extensions, began, at),
        completed_at=_completed_at(matter, known, at),
        withdrawn_at=_by(matter.withdrawn_at, at),
        new_deadlines=_new_deadlines(extensions, policy),
        returns=returns(known, policy),
        applications=tuple(_application(item) for item in known.completions if item.applied_at),
    )


def _by(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment and moment <= at else None


def _completed_at(matter: Matter, known: Records, at: datetime) -> datetime | None:
    finals = [item.finalized_at for item in known.completions if item.result is CompletionResult.COMPLETED]
    recorded = [final for final in finals if final]
    return min(recorded) if recorded else _by(matter.completed_at, at)


def _application(item: Completion) -> Application:
    assert item.applied_at is not None  # noqa: S101 (known_at leaves out rows without a date)
    sent_back = item.result is CompletionResult.SENT_BACK or item.grade is Grade.FAIL
    return Application(item.applied_at, decided_at(item) if sent_back else None)


def returns(known: Records, policy: Policy) -> tuple[Return, ...]:
    """Every sending back of a matter, numbered in the order of time: of reports (SZ1-13.3), of close-outs (SZ1-17)."""
    found = [
        (report.reviewed_at or report.reported_at, report.rectification_due, "SZ1-13.3")
        for report in known.reports
        if report.result is ReviewResult.SENT_BACK
    ] + [
        (decided_at(item), item.rectification_due, "SZ1-17")
        for item in known.completions
        if item.result is CompletionResult.SENT_BACK
    ]
    dated = sorted(((at, due, clause) for at, due, clause in found if at), key=lambda entry: entry[0])
    return tuple(
        Return(ordinal, at, due and deadlines.fixed_due(due, policy), clause)
        for ordinal, (at, due, clause) in enumerate(dated, start=1)
    )


def _new_deadlines(extensions: tuple[Extension, ...], policy: Policy) -> tuple[NewDeadline, ...]:
    return tuple(
        NewDeadline(item.approved_at, deadlines.fixed_due(item.new_due, policy))
        for item in extensions
        if item.kind is ExtensionKind.NEW_DEADLINE and item.approved_at and item.new_due
    )


def _long_running_since(
    matter: Matter, extensions: tuple[Extension, ...], began: datetime, at: datetime
) -> datetime | None:
    if matter.time_limit is TimeLimit.LONG:
        return began if began <= at else None
    transfers = (item.approved_at for item in extensions if item.kind is ExtensionKind.TO_LONG_RUNNING)
    return min((moment for moment in transfers if moment), default=None)


def effective_extensions(matter: Matter, known: Records, policy: Policy, workdays: Workdays) -> tuple[Extension, ...]:
    """The agreed applications that count: in time, or taken late by a recorded override (SZ1-16, reading 16)."""
    return tuple(
        item
        for item in known.extensions
        if item.result is ExtensionResult.AGREED
        and item.kind is not ExtensionKind.EXPLANATION
        and (policy.long_running.late_application == "warn" or not is_late(item, matter, known, policy, workdays))
    )


def is_late(item: Extension, matter: Matter, known: Records, policy: Policy, workdays: Workdays) -> bool:
    """Whether an application came less than the required hours before its node and nobody let it pass (SZ1-16).

    Its node is the next unmet 7天, 1个月 or fixed deadline, or the last of all where none of these lies ahead.
    Exactly the required hours before is in time (reading 16).
    """
    if item.applied_at is None or (item.late_approver and item.late_approved_at):
        return False
    ladder = deadlines.nodes(matter, policy, workdays)
    if not ladder:
        return False
    long_nodes = {TimeLimit.SEVEN_DAYS, TimeLimit.ONE_MONTH, TimeLimit.FIXED_DATE}
    unmet = ladder[_met_before(item.applied_at, ladder, known) :]
    ahead = [node for node in unmet if node.name in long_nodes and node.due >= item.applied_at]
    limit = (ahead[0] if ahead else ladder[-1]).due - timedelta(hours=policy.long_running.apply_hours_ahead)
    return item.applied_at > limit


def _met_before(at: datetime, ladder: tuple[deadlines.Node, ...], known: Records) -> int:
    """How many rungs reports had met by then: a named one with all before it, an unnamed the next (reading 20)."""
    names = [node.name for node in ladder]
    met = 0
    for report in known.reports:
        if report.reported_at and report.reported_at <= at:
            met = max(met, names.index(report.node) + 1) if report.node in names else met + (not report.node)
    return min(met, len(ladder))
