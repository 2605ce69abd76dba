"""The 钮 cells that follow from a matter's records: 状态, 持续推进, 办结 (SZ1-16 to 19; reading 26).

They display what the records say; the rules never read them back where a record says more.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from engine.facts.change import Value
from engine.facts.kinds import ExtensionKind, Status
from engine.rules import close_out, deadlines, extension
from engine.rules.case import Case
from engine.rules.duties import open_case
from engine.rules.row import Row


class Stamp(NamedTuple):
    """One cell: its field, what stands there, what is to stand there, by which clause."""

    field: str
    old: Value
    new: Value
    clause: str


_CLAUSES = {
    Status.IN_PROGRESS: "close_out.sent_back_grades",
    Status.LONG_RUNNING: "long_running.needs_plan",
    Status.AWAITING_APPROVAL: "close_out.steps",
    Status.COMPLETED: "texts.办结通知",
    Status.WITHDRAWN: "initiation.ranks",
}


def states_called_for(row: Row) -> Iterator[Stamp]:
    """What the records call for and the row does not show yet. Only 状态 and 办结期限 replace what stands there; any
    other cell is filled while it is empty.
    """
    matter = row.matter
    if not matter.number or matter.status in (None, Status.AWAITING_INITIATION, Status.COMPLETED, Status.WITHDRAWN):
        return
    case = open_case(matter, row.records, row.policy, row.workdays, row.until)
    wanted = case.standing.status(row.until)
    yield from _long_running(case)
    yield from _new_deadline(case)
    if wanted is Status.COMPLETED:
        yield from _closed(case)
    if wanted is not matter.status and wanted is not Status.AWAITING_INITIATION:
        yield Stamp("status", matter.status, wanted, row.policy.clauses[_CLAUSES[wanted]])


def _long_running(case: Case) -> Iterator[Stamp]:
    """SZ1-16, BS-8.2: since when, with which goals, until when; the goals may also stand in the first report."""
    matter, since = case.matter, case.standing.long_running_since
    if since is None:
        return
    clause = case.policy.clauses["long_running.needs_plan"]
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
        clause = case.policy.clauses["long_running.apply_hours_ahead"]
        yield Stamp("completion_due", shown, changed[-1].due, clause)


def _closed(case: Case) -> Iterator[Stamp]:
    """SZ1-17, 18, 19: the grade, who gave the last word, and when."""
    valid = [item for item in case.records.completions if close_out.is_valid(item, case.matter, case.policy)]
    done: datetime | None = case.standing.completed_at
    names = "、".join(
        dict.fromkeys(item.finalizer for item in valid if item.finalized_at and item.finalized_at == done)
    )
    grades = [item.grade for item in valid if item.grade]
    found: tuple[tuple[str, Value], ...] = (
        ("grade", grades[0] if grades else None),
        ("finalizer", names or None),
        ("completed_at", done),
    )
    yield from _where_empty(case, found, case.policy.clauses["texts.办结通知"])


def _where_empty(case: Case, wanted: tuple[tuple[str, Value], ...], clause: str) -> Iterator[Stamp]:
    for field, value in wanted:
        if value is not None and not getattr(case.matter, field):
            yield Stamp(field, None, value, clause)
