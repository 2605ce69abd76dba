"""延期申请: why an application has no effect, and what its history lacks (SZ1-16, SZ2-4, SZ3-4, BS-8.3)."""

from collections.abc import Iterator

from engine.facts.finding import Finding, hint
from engine.facts.kinds import ExtensionKind
from engine.rules.checks.row import Check, Findings, Row, shown
from engine.rules.duties import deadlines, extension
from engine.rules.duties.standing import as_read


def applications_in_time_and_whole(row: Row) -> Findings:
    """SZ1-16, SZ2-4, SZ3-4: in time or let pass by name, with a plan and stage goals, with who agreed and when."""
    if not row.records.extensions:
        return ()
    judged = extension.judge(row.matter, as_read(row.records, row.policy), row.policy, row.workdays)
    return [fault.finding(one.item.place, row.matter.number) for one in judged for fault in one.faults]


def override_explained(row: Row) -> Findings:
    """SZ1-16, BS-8.3, reading 16: a late application that a leader lets pass has a reason."""
    for item in row.records.extensions:
        if item.late_approver and item.late_approved_at and not item.late_explanation:
            problem, remedy = "逾时受理没有写明原因。", "请补填逾时受理说明。"
            clause, place = row.cites.extension, item.place.at("late_explanation")
            yield hint(place, "override_unexplained", clause, problem, remedy, item.matter)


def old_deadline_as_it_stood(row: Row) -> Findings:
    """SZ1-16, BS-8.3: the history of a changed deadline is unbroken: 原期限 is the one that was in force."""
    return _old_deadlines(row) if row.records.extensions else ()


def _old_deadlines(row: Row) -> Iterator[Finding]:
    ladder = deadlines.nodes(row.matter, row.policy, row.workdays)
    judged = extension.judge(row.matter, as_read(row.records, row.policy), row.policy, row.workdays)
    in_force = {node.due for node in ladder}
    for one in judged:
        old = one.item.old_due
        if old and one.item.kind is ExtensionKind.NEW_DEADLINE and in_force:
            if deadlines.fixed_due(old, row.policy) not in in_force:
                problem = f"原期限 {shown(old)} 与当时的期限 {shown(max(in_force))} 不符。"
                clause, place = row.cites.extension, one.item.place.at("old_due")
                yield hint(place, "old_deadline_differs", clause, problem, "请核对原期限。", one.item.matter)
            if one.counts and one.item.new_due:
                in_force = {deadlines.fixed_due(one.item.new_due, row.policy)}


CHECKS: tuple[Check, ...] = (
    applications_in_time_and_whole,  # SZ1-16, SZ2-4, SZ3-4
    override_explained,  # SZ1-16
    old_deadline_as_it_stood,  # SZ1-16, BS-8.3
)
