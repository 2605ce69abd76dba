"""督查单 in the records: reports that answer none that stood then, deadlines that a leader cannot have set."""

from collections.abc import Iterator, Sequence

from engine.facts.duty import Duty
from engine.facts.duty_kinds import DutyKind
from engine.facts.finding import Finding, error, hint
from engine.facts.records import Report, Supervision
from engine.rules.checks.row import shown
from engine.rules.duties import deadlines
from engine.rules.duties.case import Case


def papers_as_recorded(case: Case, duties: Sequence[Duty]) -> Iterator[Finding]:
    """SZ1-14, BS-8.4, or the clause of the rung: a report on a paper finds it standing; 报送期限 belongs to a paper and
    lies ahead of its approval.
    """
    for act in case.records.supervisions:
        yield from _of_a_deadline(act, case)
    if case.policy.papers:
        papers = [duty for duty in duties if duty.kind is DutyKind.SUPERVISION_PAPER]
        for report in case.records.reports:
            if report.node in case.policy.papers:
                yield from _of_a_report(report, [duty for duty in papers if duty.name == report.node], case)


def _of_a_deadline(act: Supervision, case: Case) -> Iterator[Finding]:
    if act.due is None:
        return
    rung, place = case.policy.rung_of_act(act.method), act.place.at("due")
    paper = case.policy.papers.get(rung.mark) if rung else None
    if rung is None or paper is None:
        clause, problem = case.cites.escalation, f"“{act.method or ''}”不下发督查单，填的报送期限没有用处。"
        yield hint(place, "deadline_without_paper", clause, problem, "请清空报送期限，或改填方式。", act.matter)
    elif act.approved_at and deadlines.fixed_due(act.due, case.policy) <= act.approved_at:
        problem = f"报送期限 {shown(act.due)} 不晚于批准时间 {shown(act.approved_at)}，已按{paper.within}计算。"
        yield error(place, "paper_due_too_early", rung.clause, problem, "请核对这两个时间。", act.matter)


def _of_a_report(report: Report, issued: Sequence[Duty], case: Case) -> Iterator[Finding]:
    at = report.reported_at
    if at is None or any(duty.starts_at <= at and (duty.ended_at is None or at < duty.ended_at) for duty in issued):
        return
    replaced = [duty for duty in issued if duty.ended_at and duty.ended_at <= at]
    if replaced and (ended := replaced[-1].ended_at):
        rule = "paper_superseded"
        problem = f"这张{report.node}在 {shown(ended)} 已不再追办（下一张已下发，或事项已了结）"
        remedy = "请核对节点：答复的是后一张的，节点改填后一张的名称。"
    elif issued:
        rule, problem = "paper_not_issued", f"报送时间早于{report.node}的批准时间 {shown(issued[0].starts_at)}"
        remedy = "请核对报送时间和批准时间。"
    else:
        rule, problem = "paper_not_issued", f"这件事项没有经批准的{report.node}"
        remedy = "请核对节点；确已发出的，请在「督办记录」登记并填批准人、职务和时间。"
    place, clause = report.place.at("node"), case.policy.rungs[report.node].clause
    yield error(place, rule, clause, f"{problem}，这次报送没有算到任何期限上。", remedy, report.matter)
