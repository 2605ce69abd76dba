"""Which report meets which duty, and what ends without being met (readings 12, 16, 20, 32)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from engine.facts.duty import Duty
from engine.facts.duty_kinds import BY_REPORT_WORD, DutyKind, MetBy
from engine.facts.records import Report
from engine.rules.duties import deadlines
from engine.rules.duties.case import Case
from engine.rules.duties.close_out import Application
from engine.rules.duties.taken_over import BEFORE_SERVICE, is_over, mark_before_service

_ANSWERING_NODES = (DutyKind.NODE, DutyKind.SUPERVISION_PAPER)
"""Kinds whose report is also one for the nodes that were due before."""


def settle(duties: list[Duty], case: Case) -> list[Duty]:
    """The duties with ``fulfilled_at`` and ``ended_at`` filled in from the matter's row and records."""
    duties = mark_before_service(duties, case)
    duties = [_stamped(duty, case) if duty.kind.traits.stamp else duty for duty in duties]
    over = any(duty.before_service for duty in duties)
    if not case.records.reports and not case.records.completions and _nothing_ended(case) and not over:
        return duties
    duties = [_ended(duty, case) for duty in duties]  # first: what has ended is met no more
    for report in case.records.reports:
        _meet(duties, report, case)
    for application in case.standing.applications:
        _meet_by_application(duties, application, owed_again=case.policy.close_out.refused == "owed_again")
    return duties


def _stamped(duty: Duty, case: Case) -> Duty:
    """A notice is met by being issued, a submission by having been handed in: the row holds the time."""
    at = case.known(getattr(case.matter, duty.kind.traits.stamp))
    return replace(duty, fulfilled_at=at) if at else duty


def _nothing_ended(case: Case) -> bool:
    standing = case.standing
    return not (standing.ended_at or standing.long_running_since or standing.new_deadlines)


def _meet(duties: list[Duty], report: Report, case: Case) -> None:
    at = report.reported_at
    if at is None:
        return
    index = _target(duties, report, at, case)
    if index is None:
        return
    target = duties[index]
    duties[index] = _met(target, at)
    if target.kind in _ANSWERING_NODES and case.policy.nodes.report_ends == "named_and_earlier":
        for other, duty in enumerate(duties):
            if duty.kind is DutyKind.NODE and duty.due < target.due and duty.is_open(at):
                duties[other] = _met(duty, at)


def _met(duty: Duty, at: datetime) -> Duty:
    """Met before it would have ended."""
    return replace(duty, fulfilled_at=at, ended_at=None, ended_by="")


def _target(duties: list[Duty], report: Report, at: datetime, case: Case) -> int | None:
    """The open duty that a report meets; without a node, the unit's earliest open one (reading 20)."""
    fitting = [
        index
        for index, duty in enumerate(duties)
        if duty.kind.is_met_by_reports and duty.is_open(at) and _fits(duty, report, at, case)
        if not _finishes_only(duty, case)
    ]
    return min(fitting, key=lambda index: duties[index].due, default=None)


def _fits(duty: Duty, report: Report, at: datetime, case: Case) -> bool:
    if duty.kind is DutyKind.SUPERVISION_PAPER and (report.unit not in ("", duty.owed_by) or at < duty.starts_at):
        return False
    opinion = duty.kind.traits.met_by is MetBy.OPINION
    if opinion and report.unit != duty.owed_by:
        return False
    if not report.node:
        return duty.starts_at <= at and opinion == (report.unit in case.matter.cooperating_units)
    if report.node in BY_REPORT_WORD:
        same_period = not report.period or report.period == duty.period
        return duty.kind is BY_REPORT_WORD[report.node] and same_period
    named = duty.kind.traits.met_by is MetBy.NODE_REPORT and duty.name == report.node
    return named and (not duty.period or report.period in ("", duty.period))


def _finishes_only(duty: Duty, case: Case) -> bool:
    """Whether the duty is the final limit and only finishing the matter meets it (by a switch of reading 31)."""
    by_close_out = case.policy.nodes.final_limit == "by_close_out"
    return by_close_out and duty.kind is DutyKind.NODE and duty.name == _final_node(case)


def _meet_by_application(duties: list[Duty], application: Application, *, owed_again: bool) -> None:
    """A close-out application meets all that is open, and what falls due until it is sent back (reading 20). What is
    still ahead by then is owed again at its own time; what passed meanwhile, by the 整改期限 (reading 32).
    """
    since, until = application.since, application.until
    for index, duty in enumerate(duties):
        recurs_later = until is not None and duty.starts_at >= until
        if not duty.kind.is_met_by_reports or recurs_later or not duty.is_open(since):
            continue
        if until and owed_again and duty.due > until:
            duties[index] = replace(duty, suspended=(*duty.suspended, (since, until)))
        else:
            duties[index] = _met(duty, since)


def _ended(duty: Duty, case: Case) -> Duty:
    """End what the matter's own end, 持续推进 or a changed deadline made moot; lateness incurred stays (reading 16)."""
    ends = list(_ends(duty, case))
    if not ends:
        return duty
    at, clause = min(ends)
    if duty.fulfilled_at and duty.fulfilled_at <= at:  # met by its own stamp: a notice, a submission
        return duty
    return replace(duty, fulfilled_at=None, ended_at=at, ended_by=clause)


def _ends(duty: Duty, case: Case) -> Iterable[tuple[datetime, str]]:
    """SZ1-16, 19, SZ2-4, SZ3-4, BS-8.2, 8.3: the close-out, the transfer to 持续推进, a new deadline."""
    standing = case.standing
    if duty.ended_at:
        yield duty.ended_at, duty.ended_by
    if case.serves_from and is_over(duty, case):
        yield case.serves_from, BEFORE_SERVICE
    if standing.ended_at:
        yield standing.ended_at, case.cites.closed if standing.completed_at else "撤销"
    transferred = standing.long_running_since
    if duty.kind.traits.ends_when_long_running and transferred and transferred >= duty.starts_at:
        yield transferred, case.cites.long_running
    changes = standing.new_deadlines if duty.kind is DutyKind.NODE else ()
    if len(changes) >= duty.ordinal and duty.name == _final_node(case):
        yield changes[duty.ordinal - 1].at, case.cites.extension


def _final_node(case: Case) -> str:
    return deadlines.nodes(case.matter, case.policy, case.workdays)[-1].name
