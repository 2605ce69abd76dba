"""Announcements, each sent once (SZ1-9, 13.2, 13.3, 19): 交办, a report came in, a return, the close-out."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from engine.facts.duty import Duty
from engine.facts.duty_kinds import DutyKind
from engine.facts.moment import precedes
from engine.facts.records import Report
from engine.rules.duties.case import Case


def announcements(case: Case, duties: list[Duty]) -> Iterator[Duty]:
    """All announcements due so far, each with the deadline that it names; a changed date makes a new one.

    What is stamped or handed in after the matter has ended is not announced.
    """
    ended = case.standing.ended_at
    begun = (*_assignment(case, duties), *_papers_issued(duties))
    for duty in (*begun, *_reports_received(case, duties), *_returns(case)):
        if ended is None or not precedes(ended, duty.starts_at):
            yield duty
    yield from _close_out(case)


def _assignment(case: Case, duties: list[Duty]) -> Iterator[Duty]:
    """SZ1-9, BS-5.2: at 通知下发时间 the unit learns of the matter and its first deadline."""
    issued = case.known(case.matter.notice_issued_at)
    if issued:
        nodes = [duty.due for duty in duties if duty.kind is DutyKind.NODE]
        first = min(nodes, default=issued)
        yield Duty(
            case.matter.number,
            DutyKind.ASSIGNMENT,
            "交办",
            case.owner,
            issued,
            first,
            case.cites.assignment,
        )


def _papers_issued(duties: list[Duty]) -> Iterator[Duty]:
    """The unit learns of a paper (督查单) and of its deadline when it is issued."""
    for duty in duties:
        if duty.kind is DutyKind.SUPERVISION_PAPER:
            kind = DutyKind.PAPER_ISSUED
            number, unit, at = duty.matter, duty.owed_by, duty.starts_at
            yield Duty(number, kind, duty.name, unit, at, duty.due, duty.clause, ordinal=duty.ordinal)


def _reports_received(case: Case, duties: list[Duty]) -> Iterator[Duty]:
    """SZ1-13.2, SZ2-3.3, SZ3-3.3, BS-8.2: the initiating office is informed of every report; a node's second report is
    a second notice.
    """
    seen: Counter[tuple[str, str, datetime]] = Counter()
    for report in case.records.reports:
        at = report.reported_at
        if at is None:
            continue
        name, period, due = _duty_named(report, at, duties)
        seen[name, period, due] += 1
        unit = report.unit or case.owner
        ordinal = seen[name, period, due]
        clause = case.cites.report_received
        yield Duty(case.matter.number, DutyKind.REPORT_RECEIVED, name, unit, at, due, clause, period, ordinal)


def _duty_named(report: Report, at: datetime, duties: list[Duty]) -> tuple[str, str, datetime]:
    """The duty that a report is about: the one it names, else the last one that it met, else itself."""
    if report.node:
        named = [
            duty for duty in duties if duty.name == report.node and (not report.period or duty.period == report.period)
        ]
    else:
        named = [duty for duty in duties if duty.fulfilled_at == at]
    if not named:
        return report.node or "反馈", report.period, at
    target = max(named, key=lambda duty: duty.due)
    return target.name, target.period, target.due


def _returns(case: Case) -> Iterator[Duty]:
    """SZ1-13.3, SZ1-17, BS-8.2: the unit is informed of a return, with the date set for the rectification."""
    for sent_back in case.standing.returns:
        due = sent_back.due or sent_back.at
        yield Duty(
            case.matter.number,
            DutyKind.SENT_BACK,
            "退回",
            case.owner,
            sent_back.at,
            due,
            sent_back.clause,
            ordinal=sent_back.ordinal,
            readings=(12,),
        )


def _close_out(case: Case) -> Iterator[Duty]:
    """SZ1-19, BS-8.2: the unit and the initiating office learn of the close-out."""
    done = case.standing.completed_at
    if done:
        yield Duty(
            case.matter.number,
            DutyKind.COMPLETION,
            "办结",
            case.owner,
            done,
            done,
            case.cites.closed,
        )
