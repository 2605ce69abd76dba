"""SZ4-10.2: what a matter in the system deducts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from engine.facts.kinds import CompletionResult, ReviewResult
from engine.facts.points import PointEntry, PointKind
from engine.facts.records import Completion
from engine.rules.checks.row import shown
from engine.rules.duties import close_out
from engine.rules.points.scored import Basis, Scored, due_day, lateness, stood_late, title


def late_reports(scored: Scored) -> Iterator[PointEntry]:
    """SZ4-10.2: -0.5 for each duty that passed its deadline without a report, once, on the deadline's day (reading 9).

    One that a person has excluded stays visible, with the reason and no points.
    """
    amount, basis = scored.points.late_report, Basis(scored.clause("points.late_report"), 9)
    for duty in scored.late():
        decision = scored.excluded(duty)
        why = f"；经{decision.approver}批准不计：{decision.reason}" if decision else ""
        day, evidence, cause = due_day(duty), lateness(duty) + why, f"{duty.name} {duty.period} {duty.ordinal}"
        for entry in scored.entries(PointKind.LATE_REPORT, amount, day, evidence, basis, cause=cause):
            yield replace(entry, tenths=0) if decision else entry


def escalated(scored: Scored) -> Iterator[PointEntry]:
    """SZ4-10.2: -5 for each matter over 2 days late and in 重点督办, once, on the day of its approval (reading 8).

    By the switch already when a duty is 2 days late.
    """
    band = scored.case.policy.bands.second
    amount, basis = scored.points.escalated, Basis(scored.clause("points.escalated"), 8)
    counted = [duty for duty in scored.late() if not scored.excluded(duty)]
    if scored.points.escalated_when == "over_two_days":
        overdue = sorted(duty.due for duty in counted if stood_late(duty, band, scored.now))
        if overdue:
            at = overdue[0] + band
            evidence = f"{scored.case.matter.number}于{shown(at)}逾期2天以上"
            yield from scored.entries(PointKind.ESCALATED, amount, at.date(), evidence, basis)
        return
    for at, act in scored.escalations():
        late = next((duty for duty in counted if stood_late(duty, band, at)), None)
        if late:
            evidence = f"{title(late)}逾期2天以上，{act.approver}于{shown(at)}批准重点督办"
            yield from scored.entries(PointKind.ESCALATED, amount, at.date(), evidence, basis)
            return


def sent_back(scored: Scored) -> Iterator[PointEntry]:
    """SZ4-10.2: -0.5 for the first return of a matter, -1.5 for the second …, each on its day (reading 11).

    They are counted through the matter's whole life. A 不合格 is no return as well: it has its own deduction.
    """
    rules, clause = scored.points, scored.clause("points.returned_first")
    for ordinal, (at, reason) in enumerate(returns(scored), start=1):
        further = rules.returned_more * (ordinal - 1)
        amount = rules.returned_first + further
        if rules.returned == "flat" and ordinal > 1:
            amount = rules.returned_more
        evidence = f"{scored.case.matter.number}于{shown(at)}第{ordinal}次退回" + (f"：{reason}" if reason else "")
        day = at.date()
        yield from scored.entries(PointKind.SENT_BACK, amount, day, evidence, Basis(clause, 11), cause=str(ordinal))


def returns(scored: Scored) -> list[tuple[datetime, str]]:
    """The returns of a matter in the order of time, each with its reason; those for a 不合格 left out."""
    records = scored.case.records
    of_reports = [
        (report.reviewed_at or report.reported_at, report.return_reason)
        for report in records.reports
        if report.result is ReviewResult.SENT_BACK
    ]
    of_close_outs = [
        (close_out.decided_at(item), "办结申请退回")
        for item in records.completions
        if item.result is CompletionResult.SENT_BACK and not failed_at(item, scored)
    ]
    dated = [(at, reason) for at, reason in (*of_reports, *of_close_outs) if at and scored.knows(at)]
    return sorted(dated)


def failed(scored: Scored) -> Iterator[PointEntry]:
    """SZ4-10.2: -5 each time that a result is graded 不合格, on the day of the grade's approval (reading 11)."""
    clause = scored.clause("points.failed")
    graded = [(at, item) for item in scored.case.records.completions if (at := failed_at(item, scored))]
    for ordinal, (at, item) in enumerate(graded, start=1):
        if scored.knows(at):
            evidence = f"{scored.case.matter.number}于{shown(at)}经{item.grade_approver or '审定'}审定为{item.grade}"
            day, cause = at.date(), str(ordinal)
            yield from scored.entries(PointKind.FAILED, scored.points.failed, day, evidence, Basis(clause), cause=cause)


def failed_at(item: Completion, scored: Scored) -> datetime | None:
    """When an application was graded 不合格; ``None`` while that is only proposed (SZ1-17)."""
    return close_out.failed_at(item, scored.case.matter, scored.case.policy)
