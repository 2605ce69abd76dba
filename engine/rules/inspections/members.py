"""What is wrong with the groups of an inspection (SZ6-5, 7 to 9, 11, 16, 17)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from engine.facts.finding import Finding, error, hint
from engine.facts.inspection import ATTENDANT, Inspections, InspectionTask, Pool, TaskKind, TeamMember
from engine.facts.moment import precedes
from engine.facts.unit import Directory
from engine.policy.citations import Citations
from engine.policy.policy import Policy
from engine.rules.checks.row import shown
from engine.rules.inspections.inspectors import own_ground
from engine.rules.inspections.teams import headcounts


def check_members(inspections: Inspections, directory: Directory, policy: Policy, now: datetime) -> Iterator[Finding]:
    """SZ6-11: every person of 督查分组 belongs to a known task; then what is wrong with the person and the group."""
    cites = policy.citations
    tasks = {task.number: task for task in inspections.tasks if task.number}
    for member in inspections.members:
        task = tasks.get(member.task)
        if task is None:
            problem = f"督查任务里没有“{member.task}”。" if member.task else "没有填任务编号。"
            yield error(
                member.place.at("task"),
                "task_unknown",
                cites.inspection_plan,
                problem,
                "请核对「督查任务」的任务编号。",
            )
            continue
        yield from _member(member, task, inspections, directory, now, cites)
    yield from _headcount(inspections, tasks, policy)


def _member(
    member: TeamMember,
    task: InspectionTask,
    inspections: Inspections,
    directory: Directory,
    now: datetime,
    cites: Citations,
) -> Iterator[Finding]:
    """SZ6-5, 7, 8, 9: from the pools, with the unit's word, not on one's own ground, within the headcount."""
    if not member.name or not member.role or member.group is None:
        problem, remedy = "姓名、人员类别、组别没有填全。", "请补填。"
        yield error(member.place.at("name"), "member_incomplete", cites.inspection_groups, problem, remedy)
    person = (
        None if member.role == ATTENDANT else inspections.person_at(member.name, member.unit, task.starts_at or now)
    )
    if member.role in set(Pool) and member.name:
        if person is None:
            problem, remedy = f"督查期间“{member.name}”不在督查人员库。", "请从库中选人，或先办入库。"
            yield error(member.place.at("name"), "not_in_pool", cites.inspector_choice, problem, remedy)
        elif person.pool != member.role:
            problem, remedy = f"“{member.name}”是{person.pool}督查人员。", f"请把人员类别改为“{person.pool}”。"
            yield error(member.place.at("role"), "role_not_of_pool", cites.pool_origins, problem, remedy)
    county = person.county if person else ""
    ground = own_ground(member.unit or (person.unit if person else ""), county, task, directory)
    if ground:
        problem, remedy = f"被督查的“{ground}”是“{member.name}”的本单位或本县区。", "请换人，交叉督查。"
        yield error(member.place.at("name"), "own_ground", cites.full_time_inspectors, problem, remedy)
    yield from _arranged(member, task, cites, now)


def _arranged(member: TeamMember, task: InspectionTask, cites: Citations, now: datetime) -> Iterator[Finding]:
    """SZ6-7, 11, 16, 17: whose consent was asked, who agreed, who was informed, who pays."""
    begun = task.starts_at is not None and task.starts_at <= now
    wanted: tuple[tuple[str, object, str, str], ...]
    if member.role == Pool.FULL_TIME:
        wanted = (
            ("proposed_at", member.proposed_at, cites.full_time_inspectors, "所在单位确定的时间"),
            ("agreed_at", member.agreed_at, cites.full_time_inspectors, "督查室同意的时间"),
            (
                "notified_at",
                member.notified_at and member.notified_by,
                cites.inspection_plan,
                "发函或电话通知的方式和时间",
            ),
        )
        bearer, clause = "所在单位", cites.full_time_costs
    elif member.role in (Pool.PART_TIME, Pool.INVITED):
        asked = member.consented_at and member.consented_by
        wanted = (("consented_at", asked, cites.inspection_plan, "征得单位或本人同意的人和时间"),)
        bearer, clause = "市政府办公厅", cites.other_costs
    else:
        return
    for field, value, because, what in wanted:
        if not value:
            make = error if begun else hint
            yield make(member.place.at(field), "not_arranged", because, f"没有填{what}。", "请办理后补填。")
    if member.consented_at and task.starts_at and precedes(task.starts_at, member.consented_at):
        problem = f"{shown(member.consented_at)} 才征得同意，督查已于 {shown(task.starts_at)} 开始。"
        yield error(
            member.place.at("consented_at"),
            "consent_too_late",
            cites.inspection_plan,
            problem,
            "应提前征得同意，请核对时间。",
        )
    informed = min((at for at in (task.told_at, member.notified_at) if at), default=None)
    if member.role != Pool.FULL_TIME and member.consented_at and informed and precedes(informed, member.consented_at):
        problem = f"{shown(informed)} 已告知任务，{shown(member.consented_at)} 才征得同意，次序颠倒。"
        place, remedy = member.place.at("consented_at"), "应先征得所在单位或本人同意，再告知，请核对时间。"
        yield error(place, "consent_after_told", cites.inspection_plan, problem, remedy)
    if member.cost_bearer != bearer:
        seen = f"经费保障填的是“{member.cost_bearer}”。" if member.cost_bearer else "没有填经费保障。"
        yield hint(member.place.at("cost_bearer"), "cost_bearer", clause, seen, f"{member.role}人员由{bearer}负责。")


def _headcount(inspections: Inspections, tasks: dict[str, InspectionTask], policy: Policy) -> Iterator[Finding]:
    """SZ6-9: the headcounts of a group of a 专项督查; more only with a recorded reason."""
    cites = policy.citations
    most: dict[str, int] = {pool.value: count for pool, count in headcounts(policy).items()}
    most[ATTENDANT] = policy.inspection.attendants_most
    of_group: defaultdict[tuple[str, int, str], list[TeamMember]] = defaultdict(list)
    for member in inspections.members:
        task = tasks.get(member.task)
        if task and task.kind == TaskKind.SPECIAL and member.group is not None and member.role in most:
            of_group[member.task, member.group, member.role].append(member)
    for (_, group, role), members in of_group.items():
        beyond = members[most[role] :]
        if beyond and not any(member.reason for member in members):
            problem = f"第{group}组{role}人员{len(members)}名，一般不超过{most[role]}名。"
            remedy = "请减少人员；确需增加的，请填增员理由。"
            yield error(beyond[0].place.at("role"), "too_many", cites.inspection_groups, problem, remedy)
