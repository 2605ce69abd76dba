"""What is wrong with the pools of inspectors and with an inspection under way (SZ6-2, 5, 9 to 15, 18)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from engine.facts.finding import Finding, error, hint
from engine.facts.inspection import (
    ORIGINS,
    Inspections,
    InspectionTask,
    Inspector,
    Pool,
)
from engine.facts.moment import bare_as, precedes
from engine.facts.unit import Directory
from engine.policy.citations import Citations
from engine.policy.policy import Policy
from engine.rules.checks.row import shown
from engine.rules.duties.inspection_reports import report_due
from engine.rules.inspections.members import check_members


def _steps(cites: Citations) -> tuple[tuple[str, str, str], ...]:
    """SZ6-10, 11, 12: the field of each step, its name, its clause."""
    return (
        ("requested_at", "书面请示", cites.inspection_request),
        ("request_approved_at", "请示批准", cites.inspection_request),
        ("planned_at", "形成督查方案", cites.inspection_plan),
        ("plan_approved_at", "方案批准", cites.inspection_plan),
        ("told_at", "告知督查人员", cites.inspection_briefing),
        ("starts_at", "开始督查", cites.inspection_request),
    )


def check_inspections(
    inspections: Inspections, directory: Directory, policy: Policy, now: datetime
) -> Iterator[Finding]:
    """SZ6-10 to 18: all that is wrong with the three sheets at ``now``; nothing where the regime has no pools."""
    if not policy.inspection.report_days:
        return
    cites = policy.citations
    yield from _pools(inspections.inspectors, cites)
    for task in inspections.tasks:
        yield from _known(task, cites)
        yield from _in_turn(task, cites, now)
        yield from _report(task, inspections, policy, now)
        yield from _recorded(task, cites, now)
    yield from check_members(inspections, directory, policy, now)


# ---- 三库 ----


def _pools(inspectors: tuple[Inspector, ...], cites: Citations) -> Iterator[Finding]:
    """SZ6-2, 5: each person in one of the three pools, by an origin that the pool takes; a change leaves its trace."""
    for one in inspectors:
        if one.pool not in set(Pool):
            yield error(one.place.at("pool"), "pool_missing", cites.pools, "没有填库别。", "请选专职、兼职或特邀。")
        elif one.origin not in ORIGINS[Pool(one.pool)]:
            seen = f"“{one.origin}”不属于{one.pool}督查人员。" if one.origin else "没有填身份。"
            remedy = f"{one.pool}的身份有：{'、'.join(ORIGINS[Pool(one.pool)])}；请改正身份或库别。"
            yield error(one.place.at("origin"), "origin_not_of_pool", cites.pool_origins, seen, remedy)
        if one.entered_at is None:
            yield error(
                one.place.at("entered_at"),
                "entry_missing",
                cites.pool_origins,
                "没有填入库时间，不能选派。",
                "请补填。",
            )
        elif one.left_at and precedes(one.left_at, one.entered_at):
            yield error(
                one.place.at("left_at"), "left_before_entry", cites.pool_origins, "出库早于入库。", "请核对这两个时间。"
            )
        if one.left_at and not one.change_note:
            yield hint(
                one.place.at("change_note"),
                "change_unexplained",
                cites.pool_origins,
                "已出库，没有写变动说明。",
                "请补填。",
            )
    yield from _twice(inspectors, cites)


def _twice(inspectors: tuple[Inspector, ...], cites: Citations) -> Iterator[Finding]:
    of_person: defaultdict[tuple[str, str], list[Inspector]] = defaultdict(list)
    for one in inspectors:
        if one.entered_at:
            of_person[one.name, one.unit].append(one)
    for rows in of_person.values():
        rows.sort(key=lambda one: one.entered_at or datetime.min)
        for before, after in pairwise(rows):
            if before.left_at is None or (after.entered_at and after.entered_at < before.left_at):
                problem = f"{after.name}同时在库两次（另见第{before.place.row}行）。"
                remedy = "人员变动请先在原来那一行填出库时间和变动说明，再填新的一行。"
                yield error(after.place.at("entered_at"), "in_pool_twice", cites.pool_origins, problem, remedy)


# ---- 督查任务 ----


def _known(task: InspectionTask, cites: Citations) -> Iterator[Finding]:
    """SZ6-9: number, kind and span of a task."""
    for field, value, what in (("number", task.number, "任务编号"), ("kind", task.kind, "任务类型")):
        if not value:
            yield error(task.place.at(field), "task_incomplete", cites.inspection_groups, f"没有填{what}。", "请补填。")
    if task.starts_at and task.ends_at and precedes(task.ends_at, task.starts_at):
        yield error(
            task.place.at("ends_at"),
            "task_ends_before_start",
            cites.inspection_groups,
            "结束早于开始。",
            "请核对这两个时间。",
        )


def _in_turn(task: InspectionTask, cites: Citations, now: datetime) -> Iterator[Finding]:
    """SZ6-10, 11, 12: request → its approval → plan → its approval → the inspectors are informed → the inspection."""
    taken = [(field, what, clause, getattr(task, field)) for field, what, clause in _steps(cites)]
    if task.starts_at and task.starts_at > now:
        taken.pop()  # it has not begun yet
    last = max((index for index, step in enumerate(taken) if step[3]), default=-1)
    for field, what, clause, at in taken[:last]:
        if at is None:
            problem = f"没有填{what}的时间，就到了{taken[last][1]}。"
            yield error(task.place.at(field), "inspection_step_skipped", clause, problem, "请补办后填写时间。")
    for (_, before, _, earlier), (field, what, clause, later) in pairwise([step for step in taken if step[3]]):
        if earlier and later and precedes(later, earlier):
            problem = f"{what}（{shown(later)}）早于{before}（{shown(earlier)}），次序颠倒。"
            yield error(task.place.at(field), "inspection_step_reversed", clause, problem, "请核对这两个时间。")
    approvals = (
        ("request_approver", task.request_approver, task.request_approved_at, cites.inspection_request),
        ("plan_approver", task.plan_approver, task.plan_approved_at, cites.inspection_plan),
    )
    for field, name, at, clause in approvals:
        if at and not name:
            yield error(task.place.at(field), "approver_missing", clause, "没有填批准人。", "请填市政府分管领导。")


def _report(task: InspectionTask, inspections: Inspections, policy: Policy, now: datetime) -> Iterator[Finding]:
    """SZ6-14: the report in time, with both lists, by the person whom the plan names."""
    due, cites = report_due(task, policy), policy.citations
    if task.plan_approved_at and not task.drafter:
        problem, remedy = "方案没有明确督查报告的负责人。", "请补填报告负责人。"
        yield error(task.place.at("drafter"), "drafter_missing", cites.inspection_report, problem, remedy)
    if due is None:
        return
    drafter = inspections.person_at(task.drafter, "", task.ends_at or now) if task.drafter else None
    if drafter and not drafter.mobile and task.reported_at is None:
        problem = f"督查人员库中没有“{task.drafter}”的联系手机，督查报告的提醒只发给单位。"
        place, remedy = drafter.place.at("mobile"), "请补填联系手机。"
        yield hint(place, "drafter_unreachable", cites.inspection_report, problem, remedy)
    if task.reported_at is None:
        if now > due:
            problem, remedy = f"督查报告应在 {shown(due)} 前形成，已逾期。", "请尽快形成报告，补填报告时间。"
            yield error(task.place.at("reported_at"), "report_overdue", cites.inspection_report, problem, remedy)
        elif now >= due - timedelta(hours=policy.bands.near_hours):
            problem, remedy = f"督查报告的期限是 {shown(due)}，快到了。", f"请提醒{task.drafter or '负责人'}按时完成。"
            yield hint(task.place.at("reported_at"), "report_near", cites.inspection_report, problem, remedy)
        return
    if bare_as(task.reported_at, policy.office.close) > due:
        problem = f"督查报告 {shown(task.reported_at)} 形成，晚于期限 {shown(due)}。"
        yield hint(
            task.place.at("reported_at"),
            "report_late",
            cites.inspection_report,
            problem,
            "请说明原因；时间填错的请改正。",
        )
    for field, listed, what in (
        ("problem_list", task.problem_list, "问题事项清单"),
        ("failure_list", task.failure_list, "不落实典型事项清单"),
    ):
        if not listed:
            problem, remedy = f"督查报告没有附{what}。", "请补附后填“是”。"
            yield error(task.place.at(field), "report_without_list", cites.inspection_report, problem, remedy)


def _recorded(task: InspectionTask, cites: Citations, now: datetime) -> Iterator[Finding]:
    """SZ6-13, 15, 18: what happened on the way, that the report went up, how the inspected units supported it."""
    ended = task.ends_at is not None and task.ends_at <= now
    wanted = (
        ("log", task.log, ended, cites.inspection_log, "督查日志（含需协调解决的事宜）"),
        (
            "forwarded_at",
            task.forwarded_at,
            task.reported_at is not None,
            cites.inspection_forwarding,
            "报告上报分管领导的时间",
        ),
        ("support", task.support, task.reported_at is not None, cites.inspection_support, "被督查单位的保障配合情况"),
    )
    for field, value, asked, clause, what in wanted:
        if asked and not value:
            yield hint(task.place.at(field), "inspection_not_recorded", clause, f"没有填{what}。", "请补填。")
