"""反馈记录: a report meets something owed, a return names what follows (SZ1-9, 13.2, 13.3; readings 12, 20)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from engine.facts.duty_kinds import BY_REPORT_WORD, PERIOD_FORMS, DutyKind
from engine.facts.finding import Finding, error, hint
from engine.facts.kinds import ReviewResult
from engine.facts.periods import CalendarPeriod
from engine.facts.records import Report
from engine.facts.stretches import STRETCHES
from engine.rules.checks.row import Check, Findings, Row, shown
from engine.rules.duties import deadlines
from engine.rules.duties.standing import Standing, reporting_units


def report_meets_a_duty(row: Row) -> Findings:
    """SZ1-13.1, BS-6.4, BS-8.2, reading 20: the node and period that a report names are owed; else it meets nothing."""
    reports = [report for report in row.records.reports if report.reported_at]
    if not reports or not row.matter.number:
        return ()
    standing = replace(row, until=datetime.max).case().standing
    nodes = {node.name for node in deadlines.nodes(row.matter, row.policy, row.workdays)}
    found: list[Finding] = []
    for report in reports:
        if report.node in row.policy.limit_words:
            found += _of_a_node(report, nodes, row)
        elif report.node in row.policy.recurring:
            found += _of_recurring(report, standing, row)
        elif report.node == DutyKind.COOPERATION_OPINION:
            found += _of_opinion(report, row)
        elif report.node in PERIOD_FORMS:
            found += _of_a_period(report, standing, row)
    return found


def _of_a_node(report: Report, nodes: set[str], row: Row) -> Iterator[Finding]:
    if report.node in nodes:
        return
    limit = row.matter.time_limit
    owed = f"有的节点是：{'、'.join(sorted(nodes))}" if nodes else "没有节点"
    problem = f"办理时限“{limit or ''}”没有“{report.node}”节点（{owed}），这次报送没有算到任何期限上。"
    remedy = "请改填实际报送的节点；说不准的请留空，算到最早未报的一个。"
    clause = row.cites.reports
    yield error(report.place.at("node"), "node_not_owed", clause, problem, remedy, report.matter)


def _of_recurring(report: Report, standing: Standing, row: Row) -> Iterator[Finding]:
    rule, since, at = row.policy.recurring[report.node], standing.started_at, report.reported_at
    if rule.owed_while == "long_running":
        since = standing.long_running_since
    stretch, wrong = STRETCHES[rule.every], ""
    if row.matter.board not in rule.boards:
        wrong = f"这个版块没有{report.node}"
    elif since is None:
        wrong = "事项没有转入持续推进" if standing.started_at else "事项还没有交办"
    elif report.period and stretch.parse(report.period) != report.period:
        wrong = f"期次写法不对，应如 {stretch.example}"
    elif report.period and at and not stretch.spelled(since) <= report.period <= stretch.spelled(at):
        wrong = f"这一期不在 {shown(since)} 至报送时间 {shown(at)} 之间"
    if wrong:
        problem, remedy = f"{report.node} {report.period}：{wrong}，这次报送没有算到任何期限上。", "请核对节点和期次。"
        yield error(report.place.at("period"), "period_not_owed", row.cites.reports, problem, remedy, report.matter)


def _of_opinion(report: Report, row: Row) -> Iterator[Finding]:
    if not row.policy.meeting.opinion_workdays_ahead or report.unit in row.matter.cooperating_units:
        return
    problem = f"“{report.unit}”不是这件事项的配合单位，协办意见没有算数。"
    remedy = "请核对报送单位，或在配合单位中补上。"
    clause = row.cites.opinion
    yield error(report.place.at("unit"), "opinion_of_a_stranger", clause, problem, remedy, report.matter)


def _of_a_period(report: Report, standing: Standing, row: Row) -> Iterator[Finding]:
    if not report.period:
        problem = f"{report.node}没有填期次，按最早未报的一期计。"
        remedy, clause = f"请填成 {PERIOD_FORMS[report.node].hint} 的形式。", row.cites.reports
        yield hint(report.place.at("period"), "period_missing", clause, problem, remedy, report.matter)
        return
    wrong = _why_not_owed(report, standing, row)
    if wrong:
        problem, remedy = f"{report.node} {report.period}：{wrong}，这次报送没有算到任何期限上。", "请核对节点和期次。"
        clause = row.cites.reports
        yield error(report.place.at("period"), "period_not_owed", clause, problem, remedy, report.matter)


def _why_not_owed(report: Report, standing: Standing, row: Row) -> str:
    at, since = report.reported_at, standing.long_running_since
    form = PERIOD_FORMS[report.node]
    if not isinstance(form, CalendarPeriod):
        sent_back = [one for one in standing.returns if at and one.at <= at]
        return "" if any(str(one.ordinal) == report.period for one in sent_back) else f"当时共退回{len(sent_back)}次"
    kind = BY_REPORT_WORD[report.node]
    summary = row.policy.summaries.get(kind)
    if kind.summary_form and not (summary and row.matter.board in summary.boards):
        return f"这个版块没有{kind.summary_title}"
    if since is None:
        return "事项没有转入持续推进"
    if report.period < form.spelled(since):
        return f"{shown(since)} 才转入持续推进"
    return f"报送时间 {shown(at)} 时这一期还没有开始" if at and report.period > form.spelled(at) else ""


def returns_lead_somewhere(row: Row) -> Findings:
    """SZ1-13.3, BS-8.2: a return has its reason, its follow-up (函询, 持续办理, 约谈) and its 整改期限."""
    return _returns(row) if row.records.reports else ()


def _returns(row: Row) -> Iterator[Finding]:
    clause = row.cites.returns
    for report in row.records.reports:
        given = (
            ("return_reason", report.return_reason, "退回原因", "return_reason_missing"),
            ("follow_up", report.follow_up, "后续方式", "follow_up_missing"),
            ("rectification_due", report.rectification_due, "整改期限", "rectification_date_missing"),
        )
        if report.result is ReviewResult.SENT_BACK:
            for field, value, what, rule in given:
                if not value:
                    then = "，承办单位没有新的期限" if field == "rectification_due" else ""
                    problem = f"审核结果为退回，没有填{what}{then}。"
                    yield error(report.place.at(field), rule, clause, problem, f"请补填{what}。", report.matter)
        else:
            used = [(field, what) for field, value, what, _ in given if value]
            for field, what in used:
                problem = f"填了{what}，审核结果却是“{report.result or '空'}”，不算退回。"
                remedy = "确要退回的请把审核结果填为退回；否则请清空。"
                yield error(report.place.at(field), "return_contradicted", clause, problem, remedy, report.matter)


def reviews_are_dated(row: Row) -> Findings:
    """SZ1-13.3, BS-8.2: a verdict has its time; without, a return counts from the report's own time."""
    for report in row.records.reports:
        if report.result in (ReviewResult.ACCEPTED, ReviewResult.SENT_BACK) and not report.reviewed_at:
            problem = f"审核结果为{report.result}，没有填审核时间，按报送时间计。"
            clause = row.cites.returns
            place = report.place.at("reviewed_at")
            yield hint(place, "review_undated", clause, problem, "请补填审核时间。", report.matter)


def summaries_forwarded(row: Row) -> Findings:
    """SZ2-4.2, SZ3-4.2: the initiating office hands a written summary on to the deputy mayor; so for a regime's own
    recurring reports that are to go on.
    """
    asked = row.policy.summaries or row.policy.recurring
    return _not_forwarded(row) if asked and row.records.reports else ()


def _not_forwarded(row: Row) -> Iterator[Finding]:
    for report in row.records.reports:
        kind, at = BY_REPORT_WORD.get(report.node), report.reported_at
        summary = row.policy.summaries.get(kind) if kind else row.policy.recurring.get(report.node)
        if summary is None or not summary.forward_days or row.matter.board not in summary.boards:
            continue
        if report.forwarded_at or report.result is ReviewResult.SENT_BACK:
            continue
        if at and row.until.date() >= at.date() + timedelta(days=summary.forward_days):
            problem = f"{shown(at)} 报送的{kind.summary_title if kind else report.node}还没有呈报分管副市长。"
            place, remedy = report.place.at("forwarded_at"), "请呈报后补填呈报副市长时间。"
            clause = row.clause(f"summaries.{kind}.forward_days" if kind else f"recurring.{report.node}.forward_days")
            yield hint(place, "summary_not_forwarded", clause, problem, remedy, report.matter)


def by_a_unit_of_the_matter(row: Row) -> Findings:
    """SZ1-13.1, BS-8.2: whoever reports leads the matter or co-operates in it (reading 34)."""
    return _of_strangers(row) if row.records.reports else ()


def _of_strangers(row: Row) -> Iterator[Finding]:
    units = reporting_units(row.matter)
    for report in row.records.reports:
        if report.unit not in units:
            problem = f"“{report.unit}”既不是牵头单位，也不是配合单位，这次报送没有算到任何期限上。"
            place, remedy = report.place.at("unit"), "请核对报送单位和事项编号；确由它承办的，请在配合单位中补上。"
            yield error(place, "report_of_a_stranger", row.cites.reports, problem, remedy, report.matter)


CHECKS: tuple[Check, ...] = (
    by_a_unit_of_the_matter,  # SZ1-9
    report_meets_a_duty,  # SZ1-13.1, reading 20
    returns_lead_somewhere,  # SZ1-13.3
    reviews_are_dated,  # SZ1-13.3
    summaries_forwarded,  # SZ2-4.2, SZ3-4.2
)
