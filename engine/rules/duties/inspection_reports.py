"""督查报告: the report of an inspection as a duty like any other, and who is reminded of it (SZ6-14)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import NamedTuple

from engine.facts.duty import Duty
from engine.facts.duty_kinds import DutyKind
from engine.facts.inspection import InspectionTask
from engine.facts.ledger import NO_RECORDS, Ledger
from engine.facts.matter import Matter
from engine.facts.moment import bare_as
from engine.facts.unit import Directory, Person, Unit
from engine.policy.policy import Policy
from engine.rules.duties.case import Case
from engine.rules.duties.cases import Cases
from engine.rules.duties.standing import Standing

NAME = DutyKind.INSPECTION_REPORT.value


class ReportDuty(NamedTuple):
    """The duty of one task, with the case by which its slots are laid out."""

    case: Case
    duty: Duty


def report_duties(cases: Cases, until: datetime | None = None) -> Iterator[ReportDuty]:
    """SZ6-14: 3 days after an inspection's end its report is due from the person whom the plan names. ``until``: facts
    dated later are not known; ``None``: those of ``cases.now``.
    """
    policy = cases.policy_today
    if not policy.inspection.report_days:
        return
    for task in cases.ledger.inspections.tasks:
        due = report_due(task, policy)
        if task.number and task.ends_at and due:
            yield _of_task(task, due, cases, policy, until or cases.now)


def report_due(task: InspectionTask, policy: Policy) -> datetime | None:
    """SZ6-14: 3 days after the task's end, at close of office of that day."""
    if task.ends_at is None:
        return None
    due = datetime.combine(task.ends_at.date(), time()) + timedelta(days=policy.inspection.report_days)
    return bare_as(due, policy.office.close)


def _of_task(task: InspectionTask, due: datetime, cases: Cases, policy: Policy, until: datetime) -> ReportDuty:
    """SZ6-14: owed by the drafter's unit, and the drafter is informed as well; without one, by 督查室."""
    ended = task.ends_at or due
    office = policy.initiation.supervision_office
    drafter = cases.ledger.inspections.person_at(task.drafter, "", ended) if task.drafter else None
    unit = cases.ledger.directory.find(drafter.unit) if drafter else None
    owner = unit.name if unit else drafter.unit if drafter else office
    reachable = task.drafter if drafter and drafter.mobile else ""
    matter = Matter(task.place, task.number, lead_unit=owner, initiating_office=office, directly_responsible=reachable)
    case = Case(matter, NO_RECORDS, Standing(started_at=ended), policy, cases.workdays, until, until)
    handed_in = case.known(task.reported_at and bare_as(task.reported_at, policy.office.close))
    clause = policy.citations.inspection_report
    kind = DutyKind.INSPECTION_REPORT
    return ReportDuty(case, Duty(task.number, kind, NAME, owner, ended, due, clause, fulfilled_at=handed_in))


def with_drafters(ledger: Ledger) -> Ledger:
    """The ledger whose directory also knows the people who draft reports, each by name, with the number of the pool."""
    drafters = {task.drafter for task in ledger.inspections.tasks if task.drafter}
    if not drafters:
        return ledger
    people = [one for one in ledger.inspections.inspectors if one.name in drafters and one.mobile]
    known = ledger.directory
    units = {one.name: Unit(one.name, one.place, contact=Person(one.name, one.mobile)) for one in people}
    added = {name: unit for name, unit in units.items() if known.find(name) is None}
    names = {**known.names, **{name: name for name in added}}
    return replace(ledger, directory=Directory({**known.units, **added}, names, known.groups))
