"""Matters in progress when the ledger comes into service: deadlines before 启用时间 are 接管前, not late (SZ1-13.1)."""

from collections.abc import Iterable
from dataclasses import replace

from engine.facts.duty import Duty
from engine.facts.duty_kinds import DutyKind
from engine.rules.duties import deadlines
from engine.rules.duties.case import Case

BEFORE_SERVICE = "接管前"
_READING = 39


def mark_before_service(duties: list[Duty], case: Case) -> list[Duty]:
    """SZ1-13.1: the duties, those whose deadline lies before 启用时间 marked; one that falls due at that very minute
    is ours (reading 39).
    """
    since = case.serves_from
    if since is None or not any(duty.due < since for duty in duties):
        return duties
    return [
        replace(duty, before_service=True, readings=(*duty.readings, _READING)) if duty.due < since else duty
        for duty in duties
    ]


def is_over(duty: Duty, case: Case) -> bool:
    """Whether 启用时间 ended the duty: a report that comes later counts for what is still ahead. The matter's own final
    deadline stays, for the matter is overdue by the fact.
    """
    return duty.before_service and not is_final(duty, case)


def is_final(duty: Duty, case: Case) -> bool:
    """Whether the duty is the last deadline of the matter itself: its final node, as often as it was changed."""
    if duty.kind is not DutyKind.NODE or duty.ordinal <= len(case.standing.new_deadlines):
        return False
    return duty.name == deadlines.nodes(case.matter, case.policy, case.workdays)[-1].name


def overdue_at_takeover(case: Case, duties: Iterable[Duty]) -> Duty | None:
    """The matter's final deadline, if it lies before 启用时间 and is still owed."""
    return next((duty for duty in duties if duty.before_service and duty.is_open(case.at)), None)
