"""省政府交办事项: approved before it is handled, parent after children, approved before it goes up (SZ1-10)."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from engine.facts.finding import Finding, hint
from engine.facts.kinds import ReviewResult
from engine.facts.matter import Matter
from engine.facts.moment import precedes
from engine.rules.checks.row import Check, Findings, Row, shown
from engine.rules.duties import close_out, deadlines, submission
from engine.rules.duties.standing import as_read

_BETWEEN_NAMES = re.compile(r"[\s、，,；;/和]+")
_PAIRS = (
    ("decomposition_approver", "decomposition_approved_at", "分解审批人", "分解审批时间"),
    ("office_approver", "office_approved_at", "办公厅审批人", "办公厅审批时间"),
    ("city_leader_approver", "city_leader_approved_at", "市领导审批人", "市领导审批时间"),
)


def approvals_whole(row: Row) -> Findings:
    """SZ1-10.1, 10.3: each approval names who gave it and when."""
    for who, when, name, time in _PAIRS:
        given, at = getattr(row.matter, who), getattr(row.matter, when)
        if bool(given) is not bool(at):
            field, what = (when, time) if given else (who, name)
            problem, remedy = f"没有填{what}，这道审批不算数。", f"请补填{what}。"
            yield row.error(field, "approval_incomplete", row.cites.decomposition, problem, remedy)


def decomposed_before_handling(row: Row) -> Findings:
    """SZ1-10.1: the card is approved by 办公厅分管领导 and the city leader before anybody handles the matter.

    Reading: 立项审批 and 分解审批 are those two; 办公厅审批 with 市领导审批, given beforehand, serve as well.
    """
    matter = row.matter
    if matter.board != row.policy.province.board:
        return ()
    approved = _decomposed_at(matter)
    if approved is None:
        if not matter.number or (matter.notice_issued_at is None and not row.records.reports):
            return ()
        problem, remedy = "省政府交办事项没有分解审批，却已开始办理。", "请先将签批卡片报批，再补填分解审批人和时间。"
        return (
            row.error("decomposition_approved_at", "handled_before_approval", row.cites.decomposition, problem, remedy),
        )
    reported = [report.reported_at for report in row.records.reports if report.reported_at]
    begun = [
        ("assigned_at", "交办", matter.assigned_at),
        ("notice_issued_at", "下发通知", matter.notice_issued_at),
        ("decomposition_approved_at", "报送办理情况", min(reported, default=None)),
    ]
    for field, what, at in begun:
        if at and precedes(at, approved):
            problem = f"{shown(at)} 已{what}，{shown(approved)} 才审批，先办理后审批。"
            return (
                row.error(
                    field, "handled_before_approval", row.cites.decomposition, problem, "请核对交办时间和审批时间。"
                ),
            )
    return ()


def one_leader_each(row: Row) -> Findings:
    """SZ1-10.1: a matter that falls to several city leaders is broken into a sub-item for each."""
    leaders = [name for name in _BETWEEN_NAMES.split(row.matter.responsible_leader) if name]
    if row.matter.board != row.policy.province.board or len(leaders) < 2 or row.records.children:
        return ()
    problem = f"涉及{len(leaders)}位分管市领导，还没有分解为下级事项。"
    remedy = "请按分管市领导各填一行下级事项，在“上级编号”填本事项的编号。"
    return (row.hint("responsible_leader", "not_decomposed", row.cites.decomposition, problem, remedy),)


def _decomposed_at(matter: Matter) -> datetime | None:
    if matter.decomposition_approver and matter.decomposition_approved_at:
        return matter.decomposition_approved_at
    office, city = matter.office_approved_at, matter.city_leader_approved_at
    return max(office, city) if matter.office_approver and matter.city_leader_approver and office and city else None


def province_deadline_known(row: Row) -> Findings:
    """SZ1-10.3: the province's deadline stands in the ledger; a sub-item has its parent's."""
    matter = row.matter
    if matter.board != row.policy.province.board or matter.province_due or matter.parent or not matter.number:
        return ()
    problem, remedy = "没有填省级期限，不会提醒上报。", "请填省政府要求的上报期限。"
    return (row.hint("province_due", "province_due_missing", row.cites.submission, problem, remedy),)


def time_left_to_submit(row: Row) -> Findings:
    """SZ1-10.3: the work ends before the internal deadline, so that approval and submission still find time."""
    above = row.numbered.get(row.matter.parent)
    province = row.matter.province_due or (above.province_due if above else None)
    ladder = deadlines.nodes(row.matter, row.policy, row.workdays) if province else ()
    if province is None or not ladder:
        return ()
    internal = deadlines.fixed_due(province, row.policy) - timedelta(days=row.policy.province.internal_days_ahead)
    if ladder[-1].due <= internal:
        return ()
    problem = f"办结期限 {shown(ladder[-1].due)} 晚于内部期限 {shown(internal)}，来不及审批上报。"
    remedy = f"请缩短办理时限（省级期限 {shown(province)}）。"
    return (row.hint("time_limit", "no_time_to_submit", row.cites.submission, problem, remedy),)


def closed_after_children(row: Row) -> Findings:
    """SZ1-10.1: a parent closes, and goes up, only when all its sub-items have ended."""
    if not row.records.children:
        return ()
    records = as_read(row.records, row.policy)
    closed = close_out.approved_at(records, row.matter, row.policy)
    ends = {child.number: close_out.ended_at(papers, child, row.policy) for child, papers in records.children}
    found: list[Finding] = []
    for field, what, at in (("status", "办结", closed), ("submitted_at", "上报", row.matter.submitted_at)):
        late = [number for number, end in ends.items() if at and (end is None or precedes(at, end))]
        if late:
            numbers = "、".join(number or "（未编号）" for number in late)
            problem = f"下级事项 {numbers} 尚未办结，上级事项不能{what}。"
            remedy = "请待下级全部办结后再办；下级已办结的，请核对其办结时间。"
            found.append(row.error(field, "closed_before_children", row.cites.decomposition, problem, remedy))
    return found


def submitted_before_close_out(row: Row) -> Findings:
    """SZ1-10.3: a matter of the province closes only after its result, duly approved, went up (reading 35)."""
    matter, policy = row.matter, row.policy
    if not submission.is_awaited(matter, policy) or not row.records.completions or submission.submitted_at(matter):
        return ()
    if close_out.approved_at(as_read(row.records, policy), matter, policy) is None:
        return ()
    problem = "已审定办结，却没有经办公厅分管领导、市领导审批后上报省政府的记录，不能销号。"
    remedy = "请补填两道审批和上报时间；还没有上报的，请先上报。"
    clause = row.cites.submission
    return (row.error("submitted_at", "closed_before_submission", clause, problem, remedy),)


def results_forwarded(row: Row) -> Findings:
    """SZ1-10.2: what a unit reports on the province's matter goes to the deputy mayor and the mayor at once."""
    return _not_forwarded(row) if row.matter.board == row.policy.province.board else ()


def _not_forwarded(row: Row) -> Iterator[Finding]:
    for report in row.records.reports:
        if report.result is ReviewResult.ACCEPTED and not report.forwarded_at and report.node == _final(row):
            problem, remedy = "办理情况还没有呈报分管副市长和市长。", "请呈报后补填时间。"
            yield hint(
                report.place.at("forwarded_at"), "not_forwarded", row.cites.forwarding, problem, remedy, report.matter
            )


def _final(row: Row) -> str:
    ladder = deadlines.nodes(row.matter, row.policy, row.workdays)
    return ladder[-1].name if ladder else ""


CHECKS: tuple[Check, ...] = (
    approvals_whole,  # SZ1-10.1, 10.3
    decomposed_before_handling,  # SZ1-10.1
    one_leader_each,  # SZ1-10.1
    closed_after_children,  # SZ1-10.1
    submitted_before_close_out,  # SZ1-10.3
    results_forwarded,  # SZ1-10.2
    province_deadline_known,  # SZ1-10.3
    time_left_to_submit,  # SZ1-10.3
)
PERMANENT: tuple[Check, ...] = (closed_after_children, submitted_before_close_out)
