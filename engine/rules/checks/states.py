"""The 钮 cells that follow from a matter's records: 状态, 持续推进, 办结 (SZ1-16 to 19; reading 26).

They display what the records state; the rules never read them back where a record states more. Staff may type over
them: where they then differ, ``CHECKS`` report it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from engine.facts.change import Value
from engine.facts.finding import Finding
from engine.facts.kinds import LONG, ExtensionKind, Status
from engine.facts.ledger import NO_RECORDS
from engine.facts.matter import Matter
from engine.facts.moment import precedes
from engine.rules.checks.row import Check, Findings, Row, shown
from engine.rules.duties import close_out, deadlines, extension
from engine.rules.duties.case import Case


class Stamp(NamedTuple):
    """One cell: its field, what stands there, what is to stand there, by which clause."""

    field: str
    old: Value
    new: Value
    clause: str


def _clause(row: Row, status: Status) -> str:
    """SZ1-12, 16, 17, 18, 19, SZ2-3.1, SZ2-4, SZ3-3.1, SZ3-4, BS-5.2, 7.2, 8.2: what leads to a state."""
    cites = row.cites
    return {
        Status.IN_PROGRESS: cites.sent_back,
        Status.LONG_RUNNING: cites.long_running,
        Status.AWAITING_APPROVAL: cites.close_out,
        Status.COMPLETED: cites.closed,
        Status.WITHDRAWN: cites.initiation,
    }[status]


def states_called_for(row: Row) -> Iterator[Stamp]:
    """What the records call for and the row does not show yet. Only 状态 and 办结期限 replace what stands there; any
    other cell is filled while it is empty.
    """
    matter = row.matter
    if not matter.number or matter.status in (None, Status.AWAITING_INITIATION, Status.COMPLETED, Status.WITHDRAWN):
        return
    case = row.case()
    wanted = case.standing.status(row.until)
    yield from _long_running(case)
    yield from _new_deadline(case)
    if wanted is Status.COMPLETED:
        yield from _closed(case)
    if wanted is not matter.status and wanted is not Status.AWAITING_INITIATION:
        yield Stamp("status", matter.status, wanted, _clause(row, wanted))


def _long_running(case: Case) -> Iterator[Stamp]:
    """SZ1-16, SZ2-4, SZ3-4, BS-8.2: since when, with which goals, until when; the goals may also stand in the first
    report.
    """
    matter, since = case.matter, case.standing.long_running_since
    if since is None:
        return
    clause = case.cites.long_running
    judged = extension.judge(matter, case.records, case.policy, case.workdays)
    agreed = [one.item for one in judged if one.counts and one.item.kind is ExtensionKind.TO_LONG_RUNNING]
    stated = [*(item.stage_goal for item in agreed), *(report.stage_goal for report in case.records.reports)]
    goals = [goal for goal in stated if goal]
    targets = [item.new_due for item in agreed if item.new_due]
    found: tuple[tuple[str, Value], ...] = (
        ("long_running_since", since),
        ("stage_goal", goals[0] if goals else None),
        ("target_due", targets[0] if targets else None),
    )
    yield from _where_empty(case, found, clause)


def _new_deadline(case: Case) -> Iterator[Stamp]:
    """SZ1-16, BS-8.3: an agreed date takes the place of the one before it; a date typed by hand is left alone."""
    changed, shown = case.standing.new_deadlines, case.matter.stamps.completion_due
    ladder = deadlines.nodes(case.matter, case.policy, case.workdays)
    if not changed or not ladder:
        return
    before = {ladder[-1].due, *(one.due for one in changed[:-1])}
    if shown in before and shown != changed[-1].due:
        clause = case.cites.extension
        yield Stamp("completion_due", shown, changed[-1].due, clause)


def _closed(case: Case) -> Iterator[Stamp]:
    """SZ1-17, 18, 19, BS-8.2: the grade, who approved it finally, and when."""
    valid = [item for item in case.records.completions if close_out.is_valid(item, case.matter, case.policy)]
    done: datetime | None = case.standing.completed_at
    names = "、".join(
        dict.fromkeys(item.finalizer for item in valid if item.finalized_at and item.finalized_at == done)
    )
    found: tuple[tuple[str, Value], ...] = (
        ("grade", _final_grade(case)),
        ("finalizer", names or None),
        ("completed_at", done),
    )
    yield from _where_empty(case, found, case.cites.closed)


def _where_empty(case: Case, wanted: tuple[tuple[str, Value], ...], clause: str) -> Iterator[Stamp]:
    for field, value in wanted:
        if value is not None and not getattr(case.matter, field):
            yield Stamp(field, None, value, clause)


def _final_grade(case: Case) -> str | None:
    valid = (item for item in case.records.completions if close_out.is_valid(item, case.matter, case.policy))
    return next((item.grade for item in valid if item.grade), None)


# ---- what staff typed over them ----

_REMEDIES = {
    Status.LONG_RUNNING: "确已同意转持续推进的，请在「延期申请」补记；否则请点“编号盖时限”更正。",
    Status.AWAITING_APPROVAL: "确已申请办结的，请在「办结审核」补记；否则请点“编号盖时限”更正。",
}
_USUAL_REMEDY = "请点“编号盖时限”更正；记录填错的，请改正记录。"


def cells_match_records(row: Row) -> Findings:
    """Reading 26: 状态, 持续推进起, 评估等级 and 办结时间 show what the records state. The records count; the hint
    names both. A row that is closed without a record has an error of its own (``state_as_recorded``).
    """
    matter = row.matter
    if not matter.number or (row.records is NO_RECORDS and _as_taken_in(matter)):
        return ()  # most matters: they have no records yet
    case = row.case()
    return [*_other_status(row, case), *_other_start(row, case), *_other_end(row, case)]


def _as_taken_in(matter: Matter) -> bool:
    is_long = matter.time_limit == LONG
    stated = matter.completed_at or matter.withdrawn_at or matter.grade or (matter.long_running_since and not is_long)
    return not stated and matter.status is (Status.LONG_RUNNING if is_long else Status.IN_PROGRESS)


def _other_status(row: Row, case: Case) -> Iterator[Finding]:
    stated, wanted = row.matter.status or Status.AWAITING_INITIATION, case.standing.status(row.until)
    if stated is wanted or stated.has_ended or wanted is Status.AWAITING_INITIATION:
        return
    problem = f"状态写的是“{stated}”，按记录应为“{wanted}”，督办以记录为准。"
    clause = _clause(row, wanted)
    yield row.hint("status", "status_not_as_recorded", clause, problem, _REMEDIES.get(stated, _USUAL_REMEDY))


def _other_start(row: Row, case: Case) -> Iterator[Finding]:
    """SZ1-16, SZ2-4, SZ3-4, BS-8.2: 持续推进 begins with the consent."""
    stated, since = row.matter.long_running_since, case.standing.long_running_since
    if stated is None or stated == since or (since and stated.date() == since.date()):
        return
    recorded = f"按记录是 {shown(since)}" if since else "却没有同意转持续推进的记录"
    problem = f"持续推进起写的是 {shown(stated)}，{recorded}，督办以记录为准。"
    remedy = "请改正这一格；确已同意的，请在「延期申请」补记。"
    clause = row.cites.long_running
    yield row.hint("long_running_since", "start_not_as_recorded", clause, problem, remedy)


def _other_end(row: Row, case: Case) -> Iterator[Finding]:
    """SZ1-17, 18, SZ2-5.2, SZ3-5.2, BS-3, 7.2: the grade as approved, the end not before its approval."""
    matter, grade = row.matter, _final_grade(case) if row.records.completions else None
    if matter.grade and not grade:
        problem = f"评估等级写的是“{matter.grade}”，「办结审核」里没有审定的等级，不起作用。"
        remedy = "请在「办结审核」补填等级和审定；没有评定的请清空这一格。"
        yield row.hint("grade", "grade_without_record", row.cites.grading, problem, remedy)
    if matter.grade and grade and matter.grade != grade:
        problem = f"评估等级写的是“{matter.grade}”，「办结审核」审定的是“{grade}”，积分以审定的为准。"
        clause = row.cites.grading
        yield row.hint("grade", "grade_not_as_recorded", clause, problem, "请改正填错的一处。")
    done = close_out.closed_at(case.records, matter, row.policy) if row.records.completions else None
    if matter.completed_at and done and precedes(matter.completed_at, done):
        problem = f"办结时间 {shown(matter.completed_at)} 早于审定时间 {shown(done)}，办结以审定为准。"
        clause = row.cites.close_out
        yield row.hint("completed_at", "closed_before_approval", clause, problem, "请改正填错的一处。")


CHECKS: tuple[Check, ...] = (cells_match_records,)  # SZ1-16 to 19, BS-7.2, 8.2; reading 26
