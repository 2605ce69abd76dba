"""保山 第四、五、六、八条 as checks: who answers, what is demanded, stage goals, a year at most, whose consent."""

from dataclasses import replace

import pytest

from engine.facts.finding import Finding
from engine.facts.kinds import ExtensionKind, ExtensionResult, OverdueState
from engine.facts.records import Extension
from engine.review import check
from engine.review.ledger_review import review
from engine.review.stamp import stamp
from engine.rules.checks import meetings
from engine.rules.duties import extension as extension_rules
from engine.rules.duties import paragraphs
from engine.sample.words import Regime, TimeLimit
from tests.clauses.builders import (
    NothingSent,
    Record,
    at,
    baoshan,
    case,
    extension,
    ledger,
    matter,
    messages,
    policies,
    policy,
    policy_with,
    report,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced, taken_out

NUMBER = "2026-日-0001"
NOW = "2026-03-10 09:00"


def found(*records: Record, now: str = NOW, **changes: object) -> list[tuple[str, str, str]]:
    """(rule, clause, field) of what the checks of 保山 say about one decision."""
    facts = ledger(baoshan(number=NUMBER, **changes), *records, regime=Regime.BAOSHAN)
    told: list[Finding] = check.judge(facts, policies(), at(now))
    ours = {
        "demand_missing",
        "minutes_date_missing",
        "responsible_missing",
        "stage_goal_missing",
        "over_a_year",
        "new_deadline_rank",
        "target_over_a_year",
        "chair_not_of_scope",
        "instruction_without_deadline",
    }
    return [(one.rule, one.clause, one.place.field or "") for one in told if one.rule in ours]


@clause("BS-4", "BS-5.2", "BS-6.2")
def test_样样齐全的没有提示() -> None:
    assert found() == []


@clause("BS-4", "BS-6.2")
@pytest.mark.parametrize(
    ("field", "clause"),
    [("responsible_leader", "BS-4"), ("directly_responsible", "BS-4"), ("handling_office", "BS-6.2")],
    ids=["缺主要责任人", "缺直接责任人", "缺承办科室"],
)
def test_责任人和承办科室要填(field: str, clause: str) -> None:
    assert found(**{field: ""}) == [("responsible_missing", clause, field)]


@clause("BS-5.2")
def test_没有具体要求的原则上不交办() -> None:
    assert found(requirement="") == [("demand_missing", "BS-5.2", "requirement")]


@clause("BS-5.2")
def test_没有纪要印发日期_算不出三个工作日() -> None:
    assert found(source_date=None) == [("minutes_date_missing", "BS-5.2", "source_date")]


LONG = {"time_limit": TimeLimit.LONG, "fixed_due": None}


@clause("BS-8.2")
def test_长期事项首次报送要有阶段目标() -> None:
    first = report("月报", "2026-03-09 10:00", period="2026-03")
    assert found(first, **LONG) == [("stage_goal_missing", "BS-8.2", "stage_goal")]


@clause("BS-8.2")
def test_首次报送写了阶段目标的没有提示_以后各次不必再写() -> None:
    first = report("月报", "2026-03-09 10:00", period="2026-03", stage_goal="六月底前完成一期")
    second = report("月报", "2026-03-10 08:00", period="2026-03")
    assert found(first, second, **LONG) == []


@clause("BS-8.2")
def test_有期限的事项不要求阶段目标() -> None:
    assert found(report("指定日期", "2026-03-09 10:00")) == []


@clause("BS-8.2")
@pytest.mark.parametrize(
    ("now", "told"),
    [("2027-03-01 17:00", False), ("2027-03-02 23:49", False), ("2027-03-02 23:50", True)],
    ids=["差一天", "满一年", "过一年"],
)
def test_长期推进原则上不超过一年(now: str, told: bool) -> None:
    """From 2026-03-02 09:30; the check looks ten minutes ahead, as far as facts count as known."""
    assert (("over_a_year", "BS-8.2", "time_limit") in found(now=now, **LONG)) is told


def change(rank: str, result: ExtensionResult = ExtensionResult.AGREED) -> Extension:
    return extension(
        "2026-03-08 10:00",
        kind=ExtensionKind.NEW_DEADLINE,
        new_due="2026-04-10",
        approver="李某",
        approver_rank=rank,
        approved_at="2026-03-09 10:00",
        result=result,
    )


@clause("BS-8.3")
@pytest.mark.parametrize(
    ("rank", "told"),
    [("", True), ("秘书长", True), ("分管副市长", False), ("常务副市长", False), ("市长", False)],
)
def test_调整期限须分管领导同意(rank: str, told: bool) -> None:
    assert (("new_deadline_rank", "BS-8.3", "approver_rank") in found(change(rank))) is told
    row = baoshan(number="2026-日-0001", fixed_due="2026-03-20")
    under = policy(Regime.BAOSHAN)
    moved = case(row, change(rank), moment="2026-03-12 09:00", under=under).standing.new_deadlines
    assert bool(moved) is not told  # reading 33: without the rank the deadline stays


@clause("BS-8.3")
def test_读法33_另一种_职务不够的也改期限_没填职务的仍不改() -> None:
    row, under = baoshan(number="2026-日-0001"), policy_with("acts.below_rank", "counts", Regime.BAOSHAN)
    for rank, counts in (("秘书长", True), ("", False)):
        moved = case(row, change(rank), moment="2026-03-12 09:00", under=under).standing.new_deadlines
        assert bool(moved) is counts


@clause("BS-8.3")
def test_没有同意的申请不查职务() -> None:
    assert found(change("", ExtensionResult.REFUSED)) == []


@clause("BS-4", "BS-5.2", "BS-6.2")
def test_朔州不作这些要求() -> None:
    facts = ledger(matter(responsible_leader="", directly_responsible="", requirement="", source_date=None))
    assert not [one for one in check.judge(facts, policies(), at(NOW)) if one.clause.startswith("BS")]


@clause("BS-8.2")
@pytest.mark.parametrize(
    ("target", "hinted"),
    [("2027-03-01", False), ("2027-03-02", False), ("2027-03-03", True), ("2027-04-02", True)],
    ids=["差一天一年", "恰好一年", "一年零一天", "十三个月"],
)
def test_目标期限在一年以外_当时就提示(target: str, hinted: bool) -> None:
    """From 2026-03-02 09:30, in calendar days."""
    assert (("target_over_a_year", "BS-8.2", "target_due") in found(target_due=target, **LONG)) is hinted


@clause("BS-8.2")
@pytest.mark.parametrize(("target", "hinted"), [("2027-03-09", False), ("2027-03-10", True)])
def test_申请转持续推进时目标期限在一年以外_提示(target: str, hinted: bool) -> None:
    item = replace(change("市长"), kind=ExtensionKind.TO_LONG_RUNNING, new_due=at(target))
    assert (("target_over_a_year", "BS-8.2", "new_due") in found(item)) is hinted


@clause("BS-12")
@pytest.mark.parametrize(
    ("chair", "fits"), [("市长", True), ("受市长委托的常务副市长", True), ("其他", False), ("", False)]
)
def test_专题会议要市长或受委托的常务副市长主持(chair: str, fits: bool) -> None:
    told = ("chair_not_of_scope", "BS-12", "meeting_chair") in found(source="专题会议", meeting_chair=chair)
    assert told is not fits
    assert ("chair_not_of_scope", "BS-12", "meeting_chair") not in found(source="常务会议", meeting_chair=chair)


@clause("BS-12")
def test_领导批示要有明确的办理时限() -> None:
    told = ("instruction_without_deadline", "BS-12", "time_limit")
    assert told in found(source="领导批示", **LONG)
    assert told not in found(source="领导批示")
    assert told not in found(source="常务会议", **LONG)


@clause("BS-5.2")
def test_审批了还没有交办_制发通知的期限照算照提醒() -> None:
    row = baoshan(number=NUMBER, assigned_at=None, source_date="2026-03-02")
    book = ledger(row, regime=Regime.BAOSHAN)
    sent = [(f"{sms.at:%m-%d %H:%M}", sms.to.unit) for sms in messages(book, "2026-03-02", "2026-03-20")]
    assert sent == [("03-04 09:00", "督查室"), ("03-05 09:00", "督查室")]
    flags = review(book, NothingSent(), policies(), at("2026-03-06 09:00")).shown[NUMBER]
    assert (flags.current_duty, flags.overdue_state) == ("下发通知", OverdueState.WITHIN_ONE_DAY)
    unapproved = ledger(replace(row, approver=""), regime=Regime.BAOSHAN)
    assert messages(unapproved, "2026-03-02", "2026-03-20") == []


@clause("BS-5.2")
def test_审批了还没有交办_可以编号_只作提示() -> None:
    row = baoshan(assigned_at=None)
    stamped = stamp(ledger(row, regime=Regime.BAOSHAN), policies(), at("2026-03-03 09:00"))
    assert [one.new for one in stamped.changes if one.field == "number"] == ["2026-常-0001"]
    assert "assignment_awaits_notice" in [finding.rule for finding in stamped.findings]
    issued = replace(row, notice_issued_at=at("2026-03-03 10:00"))
    again = stamp(ledger(issued, regime=Regime.BAOSHAN), policies(), at("2026-03-03 11:00"))
    assert "assignment_time_missing" in [finding.rule for finding in again.findings]


MUTANTS = (
    policy_value("BS-12", "meeting.chairs", ["市长", "受市长委托的常务副市长", "其他", ""], Regime.BAOSHAN),
    policy_value("BS-12", "meeting.instructions", [], Regime.BAOSHAN),
    taken_out("BS-8.2", meetings, "CHECKS", meetings.target_within_a_year),
    replaced("BS-5.2", paragraphs, "BEFORE_ASSIGNMENT", ()),
    taken_out("BS-4", meetings, "CHECKS", meetings.responsible_people),
    taken_out("BS-6.2", meetings, "CHECKS", meetings.responsible_people),
    taken_out("BS-5.2", meetings, "CHECKS", meetings.concrete_demand),
    taken_out("BS-5.2", meetings, "CHECKS", meetings.minutes_named),
    taken_out("BS-8.2", meetings, "CHECKS", meetings.stage_goals_first),
    policy_value("BS-8.2", "long_running.longest_days", 366, Regime.BAOSHAN),
    replaced("BS-8.3", extension_rules, "_new_deadline", lambda *_: iter(())),
)
