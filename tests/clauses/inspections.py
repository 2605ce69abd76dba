"""Small values for the tests of 一网三库: one inspector, one task and one member with nothing wrong."""

from dataclasses import replace
from typing import Any

from engine.facts.finding import Place
from engine.facts.inspection import Inspections, InspectionTask, Inspector, TeamMember
from engine.facts.unit import Directory
from engine.policy.policy import Policy
from engine.rules.inspections.checks import check_inspections
from tests.clauses.builders import UNITS, at, policy

INSPECTOR = Inspector(
    Place("inspectors", 2),
    name="甲某",
    pool="专职",
    origin="督查机构在职人员",
    unit="督查室",
    entered_at=at("2026-01-12 09:00"),
)
TASK = InspectionTask(
    Place("inspection_tasks", 2),
    number="督2026-1",
    title="专项督查",
    kind="专项督查",
    inspected=("朔城区人民政府",),
    starts_at=at("2026-10-19 09:00"),
    ends_at=at("2026-10-23 17:30"),
    requested_at=at("2026-10-09 09:00"),
    request_approver="孙某",
    request_approved_at=at("2026-10-10 10:00"),
    planned_at=at("2026-10-12 10:00"),
    plan_approver="孙某",
    plan_approved_at=at("2026-10-13 10:00"),
    drafter="甲某",
    told_at=at("2026-10-14 09:00"),
    log="走访企业18家",
    reported_at=at("2026-10-26 15:00"),
    problem_list="是",
    failure_list="是",
    forwarded_at=at("2026-10-27 09:00"),
    support="保障到位",
)
MEMBER = TeamMember(Place("inspection_teams", 2), task="督2026-1", group=1, name="甲某", role="专职")
_FULL_TIME = {
    "proposed_at": at("2026-10-11 10:00"),
    "agreed_at": at("2026-10-11 16:00"),
    "notified_by": "发函",
    "notified_at": at("2026-10-14 09:00"),
    "cost_bearer": "所在单位",
}
_OTHERS = {"consented_by": "本人", "consented_at": at("2026-10-12 09:00"), "cost_bearer": "市政府办公厅"}


def person(**changes: Any) -> Inspector:
    return replace(INSPECTOR, **changes)


def task(**changes: Any) -> InspectionTask:
    return replace(TASK, **changes)


def member(**changes: Any) -> TeamMember:
    """A member of whom all is arranged as the role demands."""
    arranged = {"专职": _FULL_TIME, "兼职": _OTHERS, "特邀": _OTHERS}.get(changes.get("role", "专职"), {})
    return replace(MEMBER, **(arranged | changes))


def faults(
    *facts: Inspector | InspectionTask | TeamMember,
    moment: str = "2026-11-01 09:00",
    under: Policy | None = None,
    severity: bool = False,
) -> list[tuple[Any, ...]]:
    """What is wrong: rule and clause, with ``severity`` whether it is an error besides."""
    known = Inspections(
        tuple(fact for fact in facts if isinstance(fact, Inspector)),
        tuple(fact for fact in facts if isinstance(fact, InspectionTask)),
        tuple(fact for fact in facts if isinstance(fact, TeamMember)),
    )
    found = check_inspections(known, Directory.of(UNITS), under or policy(), at(moment))
    return [(one.rule, one.clause, one.is_error) if severity else (one.rule, one.clause) for one in found]
