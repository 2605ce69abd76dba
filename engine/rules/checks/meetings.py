"""What is demanded of an executive meeting's decision on its way (BS-4, 5.2, 6.2, 8.2, 8.3)."""

from collections.abc import Iterator
from datetime import timedelta

from engine.facts.finding import Finding, Place, error, hint
from engine.facts.kinds import LONG, ExtensionKind, ExtensionResult
from engine.rules.checks.row import Check, Findings, Row, shown


def concrete_demand(row: Row) -> Findings:
    """BS-5.2: what has no concrete demand is, in principle, not taken in."""
    if not _of_meeting(row) or row.matter.requirement:
        return ()
    problem, remedy = "没有写明办理要求，原则上不列入交办范围。", "请补写具体的办理要求；确无要求的，请不要交办。"
    return (row.hint("requirement", "demand_missing", row.cites.concrete_demand, problem, remedy),)


def minutes_named(row: Row) -> Findings:
    """BS-5.2: the three workdays for the notice run from the day on which the minutes came out."""
    if not _of_meeting(row) or row.matter.source_date:
        return ()
    problem, remedy = "没有填纪要印发日期，算不出制发通知的期限。", "请在“来源日期”填纪要印发日期。"
    return (row.hint("source_date", "minutes_date_missing", row.cites.notice, problem, remedy),)


def responsible_people(row: Row) -> Findings:
    """BS-4, BS-6.2: a leader answers for each decision, a person directly, and an office of ours follows it."""
    if not _of_meeting(row):
        return ()
    matter = row.matter
    wanted = (
        ("responsible_leader", matter.responsible_leader, row.cites.leaders, "主要责任人（分管联系的市领导）"),
        ("directly_responsible", matter.directly_responsible, row.cites.leaders, "直接责任人（对口联系的副秘书长等）"),
        ("handling_office", matter.handling_office, row.cites.handling_office, "跟踪督办的承办科室"),
    )
    return [
        row.hint(field, "responsible_missing", clause, f"没有填{who}。", "请补填，便于跟踪和报告。")
        for field, value, clause, who in wanted
        if not value
    ]


def stage_goals_first(row: Row) -> Findings:
    """BS-8.2: a decision that needs long work states its stage goals in the first report."""
    if not _of_meeting(row) or not row.records.reports or row.case().standing.long_running_since is None:
        return ()
    first = min(row.records.reports, key=lambda report: (report.reported_at is None, report.reported_at))
    if first.stage_goal or row.matter.stage_goal:
        return ()
    problem, remedy = "长期抓落实的事项，首次报送没有明确阶段性目标任务。", "请承办单位补报阶段目标，并填入这一行。"
    place = Place("reports", first.place.row, "stage_goal")
    return (error(place, "stage_goal_missing", row.cites.stage_goals, problem, remedy, row.matter.number),)


def not_over_a_year(row: Row) -> Findings:
    """BS-8.2: in principle long work runs for at most a year, counted in calendar days; SZ1-16 sets no such limit."""
    days = row.policy.long_running.longest_days
    if not days or row.has_ended:
        return ()
    since = row.case().standing.long_running_since
    if since is None or row.until.date() <= since.date() + timedelta(days=days):
        return ()
    clause = row.clause("long_running.longest_days")
    problem = f"自 {shown(since)} 起长期推进已超过1年，原则上目标任务周期不超过1年。"
    return (row.hint("time_limit", "over_a_year", clause, problem, "请研究办结、阶段销号，或报领导同意后继续。"),)


def target_within_a_year(row: Row) -> Findings:
    """BS-8.2: the goal of long work lies, in principle, within a year of its start: reported as soon as it is set."""
    return _far_targets(row) if row.policy.long_running.longest_days and not row.has_ended else ()


def _far_targets(row: Row) -> Iterator[Finding]:
    matter, clause = row.matter, row.clause("long_running.longest_days")
    span = timedelta(days=row.policy.long_running.longest_days)
    began = row.case().standing.long_running_since or matter.long_running_since if matter.target_due else None
    set_by = [(matter.place.at("target_due"), began, matter.target_due)]
    set_by += [
        (item.place.at("new_due"), item.approved_at or item.applied_at, item.new_due)
        for item in row.records.extensions
        if item.kind is ExtensionKind.TO_LONG_RUNNING and item.result is not ExtensionResult.REFUSED
    ]
    for place, since, target in set_by:
        if since and target and target.date() > since.date() + span:
            problem = f"目标期限 {shown(target)} 距 {shown(since)} 超过1年，原则上目标任务周期不超过1年。"
            remedy = "请按1年以内分阶段确定目标期限，或报领导同意。"
            yield hint(place, "target_over_a_year", clause, problem, remedy, matter.number or None)


def chaired_by_the_mayor(row: Row) -> Findings:
    """BS-12: a 专题会议 counts if the mayor chaired it, or by his delegation the executive deputy mayor."""
    rules, matter = row.policy.meeting, row.matter
    if matter.source not in rules.chaired_sources or matter.meeting_chair in rules.chairs:
        return ()
    stated = f"会议主持是“{matter.meeting_chair}”" if matter.meeting_chair else "没有填会议由谁主持"
    problem = f"{stated}，{'或'.join(rules.chairs)}主持的{matter.source}才参照本办法督查。"
    remedy = f"请在“会议主持”填{'或'.join(rules.chairs)}；不是的，请不要纳入。"
    return (row.error("meeting_chair", "chair_not_of_scope", row.clause("meeting.chairs"), problem, remedy),)


def instruction_with_deadline(row: Row) -> Findings:
    """BS-12: a leader's instruction counts if it states a deadline."""
    matter = row.matter
    if matter.source not in row.policy.meeting.instructions or matter.time_limit != LONG:
        return ()
    problem = f"{matter.source}没有明确的办理时限，不在本办法督查的范围。"
    remedy = "请填批示明确的时限；批示没有写时限的，请不要纳入。"
    clause = row.clause("meeting.instructions")
    return (row.error("time_limit", "instruction_without_deadline", clause, problem, remedy),)


def _of_meeting(row: Row) -> bool:
    """Only under a regime that demands a notice within workdays."""
    return bool(row.policy.meeting.notice_workdays) and not row.has_ended


CHECKS: tuple[Check, ...] = (
    responsible_people,  # BS-4, BS-6.2
    minutes_named,  # BS-5.2
    concrete_demand,  # BS-5.2
    stage_goals_first,  # BS-8.2
    not_over_a_year,  # BS-8.2
    target_within_a_year,  # BS-8.2
    chaired_by_the_mayor,  # BS-12
    instruction_with_deadline,  # BS-12
)
