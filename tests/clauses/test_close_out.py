"""暂行办法第十七条（评估等级）、第十八条（提请、审核、审定）、第十九条（销号、通知）；重点工作、重大改革五（二）。"""

import pytest

from engine.facts.finding import Place
from engine.facts.kinds import CompletionResult, MessageKind, Status
from engine.facts.records import Completion
from engine.rules.checks import history, procedure
from engine.rules.duties import announcements, close_out, nodes, paragraphs
from engine.sample.words import Board, Grade, Regime, TimeLimit
from tests.clauses.builders import (
    at,
    baoshan,
    case,
    completion,
    duties,
    findings,
    ledger,
    matter,
    messages,
    policies_with,
    policy,
    policy_with,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced, schedule_row, taken_out

SOURCES = {Board.DAILY: "专题会议", Board.KEY_TASK: "政府工作报告", Board.REFORM: "市委市政府部署"}
DONE = "2026-03-04 16:00"


def closing(**changes: object) -> Completion:
    """A close-out with every step taken, each by who may."""
    whole = {
        "grade": Grade.GOOD,
        "grader": "李科长",
        "grade_approver": "钱某",
        "grade_approver_rank": "分管副秘书长",
        "grade_approved_at": "2026-03-03 11:00",
        "requester": "李科长",
        "requested_at": "2026-03-03 15:00",
        "reviewer": "钱某",
        "reviewer_rank": "分管副秘书长",
        "reviewed_at": "2026-03-04 10:00",
        "finalizer": "孙某",
        "finalizer_rank": "分管副市长",
        "finalized_at": DONE,
        "result": CompletionResult.COMPLETED,
    }
    return completion("2026-03-02 15:00", **(whole | changes))


def returned(**changes: object) -> Completion:
    """An application graded 不合格 and sent back with a date."""
    graded = {name: getattr(closing(), name) for name in ("grader", "grade_approver", "grade_approver_rank")}
    back = {
        "grade": Grade.FAIL,
        "grade_approved_at": "2026-03-03 11:00",
        "result": CompletionResult.SENT_BACK,
        "rectification_due": "2026-03-06",
    }
    return completion("2026-03-02 15:00", **(graded | back | changes))


def told(item: Completion, board: Board = Board.DAILY) -> list[tuple[str, str | None, str]]:
    found = findings(matter(board=board, source=SOURCES[board]), item, moment="2026-03-10 09:00")
    of_closing = [f for f in found if not f.clause.startswith("SZ4-")]  # what it costs in points is another article
    assert all(f.is_error and f.place.sheet == "completions" for f in of_closing)
    return [(f.rule, f.place.field, f.clause) for f in of_closing]


def closed(item: Completion, **changes: object) -> object:
    return case(matter(**changes), item, moment="2026-03-10 09:00").standing.completed_at


# ---- 第十七条 ----


@clause("SZ1-17", "SZ2-5.2", "SZ3-5.2")
@pytest.mark.parametrize(
    ("board", "rank", "allowed", "clause"),
    [
        (Board.DAILY, "办公厅分管领导", True, "SZ1-17"),
        (Board.DAILY, "分管副秘书长", True, "SZ1-17"),
        (Board.KEY_TASK, "办公厅分管领导", True, "SZ2-5.2"),
        (Board.REFORM, "分管副秘书长", True, "SZ3-5.2"),
        (Board.REFORM, "秘书长", True, "SZ3-5.2"),
        (Board.REFORM, "办公厅分管领导", False, "SZ3-5.2"),
        (Board.DAILY, "科长", False, "SZ1-17"),
        (Board.KEY_TASK, "科长", False, "SZ2-5.2"),
    ],
)
def test_等级由规定的负责人审定(board: Board, rank: str, allowed: bool, clause: str) -> None:
    expected = [] if allowed else [("grade_rank_too_low", "grade_approver_rank", clause)]
    assert told(closing(grade_approver_rank=rank), board) == expected


@clause("SZ1-17")
@pytest.mark.parametrize("field", ["grade", "grader", "grade_approver", "grade_approver_rank", "grade_approved_at"])
def test_办结要有等级评估和审定(field: str) -> None:
    empty = {"grade": None, "grade_approved_at": None}.get(field, "")
    assert told(closing(**{field: empty})) == [("grading_missing", field, "SZ1-17")]


@clause("SZ1-17")
@pytest.mark.parametrize(("graded", "late"), [("2026-03-04 16:00", False), ("2026-03-04 16:01", True)])
def test_先评定等级后审定(graded: str, late: bool) -> None:
    assert ("grading_after_close_out" in [rule for rule, *_ in told(closing(grade_approved_at=graded))]) is late


@clause("SZ1-17")
def test_不合格的不能办结_不算办结() -> None:
    wrong = closing(grade=Grade.FAIL)
    assert ("failed_but_closed", "result", "SZ1-17") in told(wrong)
    assert closed(wrong) is None


@clause("SZ1-17")
def test_不合格的退回_按整改期限重新督办_并通知承办单位() -> None:
    assert told(returned()) == []
    owed = duties(matter(), returned(), moment="2026-03-05 09:00")
    assert (owed["整改 1"].due, owed["整改 1"].clause) == (at("2026-03-06 17:30"), "SZ1-17")
    standing = case(matter(), returned(), moment="2026-03-05 09:00").standing
    assert standing.status(at("2026-03-05 09:00")) is Status.IN_PROGRESS
    [sms] = messages(ledger(matter(), returned()), "2026-03-03 10:00", "2026-03-04")
    assert (sms.at, sms.kind, sms.to.unit) == (at("2026-03-03 11:00"), MessageKind.SENT_BACK, "市教育局")


@clause("SZ1-17")
@pytest.mark.parametrize(
    ("item", "rule", "field"),
    [
        (returned(rectification_due=None), "rectification_date_missing", "rectification_due"),
        (returned(result=None, rectification_due=None), "failed_not_sent_back", "result"),
        (returned(result=None), "rectification_date_unused", "rectification_due"),
        (closing(rectification_due="2026-03-09"), "rectification_date_unused", "rectification_due"),
    ],
    ids=["退回没有整改期限", "不合格没有退回", "没有退回却有整改期限", "办结却有整改期限"],
)
def test_退回要有整改期限(item: Completion, rule: str, field: str) -> None:
    assert (rule, field, "SZ1-17") in told(item)


# ---- 第十八条 ----


@clause("SZ1-18")
def test_依次提请_审核_审定_才算办结() -> None:
    assert told(closing()) == []
    assert closed(closing()) == at(DONE)


@clause("SZ1-18")
@pytest.mark.parametrize(
    "field",
    [
        "requester",
        "requested_at",
        "reviewer",
        "reviewer_rank",
        "reviewed_at",
        "finalizer",
        "finalizer_rank",
        "finalized_at",
    ],
)
def test_缺一步_不算办结_说明缺什么(field: str) -> None:
    item = closing(**{field: None if field.endswith("_at") else ""})
    assert ("close_out_step_missing", field, "SZ1-18") in told(item)
    assert closed(item) is None


@clause("SZ1-18")
@pytest.mark.parametrize(
    ("earlier", "later", "moment"),
    [
        ("requested_at", "reviewed_at", "2026-03-03 14:59"),
        ("reviewed_at", "finalized_at", "2026-03-04 09:59"),
    ],
    ids=["先审核后提请", "先审定后审核"],
)
def test_次序颠倒的_不算办结(earlier: str, later: str, moment: str) -> None:
    item = closing(**{later: moment, "grade_approved_at": "2026-03-03 10:00"})
    assert ("impossible_history", later, "SZ1-18") in told(item)
    assert closed(item) is None
    same = closing(**{later: getattr(closing(), earlier), "grade_approved_at": at("2026-03-03 10:00")})
    assert told(same) == []
    assert closed(same)


@clause("SZ1-18")
@pytest.mark.parametrize(
    ("field", "rank", "allowed"),
    [
        ("reviewer_rank", "办公厅分管领导", True),
        ("reviewer_rank", "秘书长", True),
        ("reviewer_rank", "分管副市长", False),
        ("finalizer_rank", "市长", True),
        ("finalizer_rank", "常务副市长", True),
        ("finalizer_rank", "秘书长", False),
        ("finalizer_rank", "分管副秘书长", False),
    ],
)
def test_审核和审定各由谁(field: str, rank: str, allowed: bool) -> None:
    item = closing(**{field: rank})
    assert told(item) == ([] if allowed else [("close_out_rank", field, "SZ1-18")])
    assert bool(closed(item)) is allowed


@clause("SZ1-18")
def test_市长副市长一人审定即可_另一种_两人都要() -> None:
    both = policy_with("close_out.final_by", "both")
    deputy = closing(place=Place("completions", 3))
    mayor = closing(
        place=Place("completions", 4), finalizer="郑某", finalizer_rank="市长", finalized_at="2026-03-05 10:00"
    )
    row = matter()
    assert case(row, deputy, moment="2026-03-10 09:00").standing.completed_at == at(DONE)
    assert case(row, deputy, moment="2026-03-10 09:00", under=both).standing.completed_at is None
    assert case(row, mayor, moment="2026-03-10 09:00", under=both).standing.completed_at is None
    agreed = case(row, deputy, mayor, moment="2026-03-10 09:00", under=both).standing.completed_at
    assert agreed == at("2026-03-05 10:00")
    under = policies_with("close_out.final_by", "both")
    assert findings(row, deputy, mayor, moment="2026-03-10 09:00", under=under) == ()


@clause("SZ1-18")
def test_申请不予受理的_不能办结() -> None:
    with_object = {"service_object": "某小区业主"}
    assert closed(closing(), **with_object) is None
    assert closed(closing(service_object_agrees=True), **with_object) == at(DONE)


@clause("SZ1-18")
def test_办到一半的_已办的几步也核对次序和职务_没办的不催() -> None:
    half = closing(finalizer="", finalizer_rank="", finalized_at=None, result=None)
    assert told(half) == []
    gap = closing(requester="", finalizer="", finalizer_rank="", finalized_at=None, result=None)
    assert told(gap) == [("close_out_step_missing", "requester", "SZ1-18")]


@clause("BS-7.2")
def test_保山没有提请审核的规定_只看审定() -> None:
    row = baoshan(number="2026-常-0001")
    item = completion(
        "2026-03-02 15:00",
        matter="2026-常-0001",
        finalizer="孙某",
        finalizer_rank="分管副市长",
        finalized_at=DONE,
        result=CompletionResult.COMPLETED,
    )
    standing = case(row, item, moment="2026-03-10 09:00", under=policy(Regime.BAOSHAN)).standing
    assert standing.completed_at == at(DONE)
    found = findings(row, item, moment="2026-03-10 09:00", regime=Regime.BAOSHAN)
    assert [f.rule for f in found if f.place.sheet == "completions"] == []


# ---- 第十九条 ----


@clause("SZ1-19")
def test_办结后通知承办单位两位责任人和立项主体_此外什么也不发() -> None:
    row = matter(time_limit=TimeLimit.ONE_MONTH)
    sent = messages(ledger(row, closing()), DONE, "2026-07-01")
    assert {sms.at for sms in sent} == {at(DONE)}
    assert sorted((sms.to.unit, sms.to.role, sms.kind, sms.covers[0].clause) for sms in sent) == [
        ("市教育局", "具体责任人", MessageKind.COMPLETION, "SZ1-19"),
        ("市教育局", "第一责任人", MessageKind.COMPLETION, "SZ1-19"),
        ("秘书一科", "具体责任人", MessageKind.COMPLETION, "SZ1-19"),
    ]


@clause("SZ1-19")
def test_不算办结的_不发办结通知() -> None:
    sent = messages(ledger(matter(), closing(reviewer="")), "2026-03-03", "2026-03-20")
    assert sent == []


MUTANTS = (
    replaced("SZ1-17", close_out, "grading_faults", lambda item, matter, policy: iter(())),
    replaced("SZ1-17", close_out, "sending_back_faults", lambda item, policy: iter(())),
    policy_value("SZ1-17", "close_out.sent_back_grades", []),
    policy_value("SZ1-17", "close_out.grade_ranks.日常管理事项", ["分管副秘书长", "科长"]),
    policy_value("SZ2-5.2", "close_out.grade_ranks.重点工作任务", ["办公厅分管领导", "分管副秘书长", "科长"]),
    policy_value("SZ3-5.2", "close_out.grade_ranks.重大改革事项", ["办公厅分管领导", "分管副秘书长", "秘书长"]),
    taken_out("SZ1-17", paragraphs, "PARAGRAPHS", nodes.rectifications),
    replaced("SZ1-18", close_out, "approval_faults", lambda item, policy: iter(())),
    policy_value("SZ1-18", "close_out.steps", ["审核", "审定"]),
    policy_value("SZ1-18", "close_out.final_ranks", ["秘书长", "分管副市长", "常务副市长", "市长"]),
    policy_value("SZ1-18", "close_out.review_ranks", ["办公厅分管领导", "分管副秘书长", "秘书长", "分管副市长"]),
    policy_value("SZ1-18", "close_out.final_by", "both"),
    replaced("SZ1-18", close_out, "precedes", lambda earlier, later: False),
    taken_out("SZ1-18", procedure, "CHECKS", history.possible),
    schedule_row("SZ1-19", duty="办结"),
    replaced("SZ1-19", announcements, "_close_out", lambda case: iter(())),
)
