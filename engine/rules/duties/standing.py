"""The state of a matter, folded from its records as known at one time (reading 26)."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, TypeVar

from engine.facts.kinds import LONG, CompletionResult, ExtensionKind, ReviewResult, Status
from engine.facts.ledger import NO_RECORDS, Records
from engine.facts.matter import Matter
from engine.facts.records import Completion, Extension, Report
from engine.policy.policy import Policy
from engine.policy.workdays import Workdays
from engine.rules.duties import close_out, deadlines, extension
from engine.rules.duties.close_out import Application
from engine.rules.duties.taking_in import is_taken_in

Applied = TypeVar("Applied", Extension, Completion)

_STEPS = tuple(item.name for item in fields(Completion) if item.name.endswith("_at") and item.name != "applied_at")


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
        if self.completed_at and self.withdrawn_at:
            return min(self.completed_at, self.withdrawn_at)
        return self.completed_at or self.withdrawn_at

    def awaits_approval(self, at: datetime) -> bool:
        """Whether a close-out application stands at that time: the unit has done its part (reading 20)."""
        return bool(self.applications) and any(
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
    read = as_read(records, policy)
    return Records(
        tuple(
            report if report.reviewed_at is None or report.reviewed_at <= at else _unreviewed(report)
            for report in read.reports
            if report.reported_at and report.reported_at <= at
        ),
        tuple(_unanswered(item, at) for item in read.extensions if item.applied_at and item.applied_at <= at),
        tuple(_undecided(item, at) for item in read.completions if item.applied_at and item.applied_at <= at),
        tuple(item for item in read.supervisions if item.at and item.at <= at),
        tuple((_unended(child, at), known_at(papers, at, policy)) for child, papers in read.children),
    )


def of_its_units(known: Records, matter: Matter, policy: Policy) -> Records:
    """Without the reports of a unit that neither leads nor co-operates: they meet nothing (reading 34)."""
    if not known.reports or policy.nodes.reports_from == "anybody":
        return known
    units = reporting_units(matter)
    if all(report.unit in units for report in known.reports):
        return known
    return replace(known, reports=tuple(report for report in known.reports if report.unit in units))


def reporting_units(matter: Matter) -> tuple[str, ...]:
    """Whose reports count: who owes them, and the co-operating units; an empty 报送单位 is the owner's."""
    return "", matter.lead_unit or matter.handling_office, *matter.cooperating_units


def _unended(matter: Matter, at: datetime) -> Matter:
    """The row without a withdrawal or a submission that lies ahead of ``at``."""
    ahead = [moment for moment in (matter.withdrawn_at, matter.submitted_at) if moment and moment > at]
    if not ahead:
        return matter
    return replace(matter, withdrawn_at=_by(matter.withdrawn_at, at), submitted_at=_by(matter.submitted_at, at))


def as_read(records: Records, policy: Policy) -> Records:
    """All records that have a date, whenever they are dated, with bare 报送时间 and 申请时间 at close of office."""
    return Records(
        tuple(_with_clock(item, policy) for item in records.reports if item.reported_at),
        tuple(_applied_with_clock(item, policy) for item in records.extensions if item.applied_at),
        tuple(_applied_with_clock(item, policy) for item in records.completions if item.applied_at),
        tuple(item for item in records.supervisions if item.at),
        records.children,
    )


def _with_clock(report: Report, policy: Policy) -> Report:
    at = report.reported_at
    exact = at and deadlines.fixed_due(at, policy)
    return report if exact == at else replace(report, reported_at=exact)  # most have a clock: copying costs


def _applied_with_clock(item: Applied, policy: Policy) -> Applied:
    at = item.applied_at
    exact = at and deadlines.fixed_due(at, policy)
    return item if exact == at else replace(item, applied_at=exact)


def _unreviewed(report: Report) -> Report:
    return replace(report, result=ReviewResult.PENDING, reviewed_at=None)


def _unanswered(item: Extension, at: datetime) -> Extension:
    if item.late_approved_at and item.late_approved_at > at:
        item = replace(item, late_approved_at=None)
    return item if item.approved_at and item.approved_at <= at else replace(item, result=None, approved_at=None)


def _undecided(item: Completion, at: datetime) -> Completion:
    """The application with the steps taken by then; a grade counts from its approval."""
    decided = close_out.decided_at(item)
    ahead = {name: None for name in _STEPS if (moment := getattr(item, name)) and moment > at}
    if not ahead and decided and decided <= at:
        return item
    known: dict[str, Any] = dict(ahead)
    if "grade_approved_at" in ahead:
        known["grade"] = None
    if not decided or decided > at:
        known["result"] = None
    return replace(item, **known)


def fold(matter: Matter, known: Records, policy: Policy, workdays: Workdays, at: datetime) -> Standing:
    """Fold a matter's facts, as known at ``at``, into its standing. ``known`` comes from :func:`known_at`."""
    began = deadlines.start(matter, policy)
    if began is None or not matter.number or not is_taken_in(matter, policy):
        return Standing(withdrawn_at=_by(close_out.withdrawn_at(matter), at))
    if known is NO_RECORDS:  # most matters: nothing to judge
        since = began if matter.time_limit == LONG and began <= at else None
        return Standing(began, since, withdrawn_at=_by(close_out.withdrawn_at(matter), at))
    judged = extension.judge(matter, known, policy, workdays)
    return Standing(
        started_at=began,
        long_running_since=_long_running_since(matter, judged, began, at),
        completed_at=close_out.closed_at(known, _unended(matter, at), policy),
        withdrawn_at=_by(close_out.withdrawn_at(matter), at),
        new_deadlines=_new_deadlines(judged, policy),
        returns=returns(known, policy),
        applications=close_out.applications(known, matter, policy),
    )


def _by(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment and moment <= at else None


def returns(known: Records, policy: Policy) -> tuple[Return, ...]:
    """Every sending back of a matter, numbered in the order of time: of reports (SZ1-13.3, BS-8.2), of close-outs
    (SZ1-17, BS-7.2).
    """
    found = [
        (report.reviewed_at or report.reported_at, report.rectification_due, policy.citations.returns)
        for report in known.reports
        if report.result is ReviewResult.SENT_BACK
    ] + [
        (close_out.decided_at(item), item.rectification_due, policy.citations.sent_back)
        for item in known.completions
        if item.result is CompletionResult.SENT_BACK
    ]
    dated = sorted(((at, due, clause) for at, due, clause in found if at), key=lambda entry: entry[0])
    return tuple(
        Return(ordinal, at, due and deadlines.fixed_due(due, policy), clause)
        for ordinal, (at, due, clause) in enumerate(dated, start=1)
    )


def _new_deadlines(judged: tuple[extension.JudgedApplication, ...], policy: Policy) -> tuple[NewDeadline, ...]:
    return tuple(
        NewDeadline(one.agreed_at, deadlines.fixed_due(one.item.new_due, policy))
        for one in judged
        if one.item.kind is ExtensionKind.NEW_DEADLINE and one.agreed_at and one.item.new_due
    )


def _long_running_since(
    matter: Matter, judged: tuple[extension.JudgedApplication, ...], began: datetime, at: datetime
) -> datetime | None:
    if matter.time_limit == LONG:
        return began if began <= at else None
    transfers = (one.agreed_at for one in judged if one.item.kind is ExtensionKind.TO_LONG_RUNNING)
    return min((moment for moment in transfers if moment), default=None)
