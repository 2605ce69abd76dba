"""通报、协调由有权的领导批准或出面；重点督办对逾期的事项，批准以后不再请批（第十四条，readings 7, 33）。"""

from dataclasses import replace

import pytest

from engine.facts.kinds import MessageKind, SupervisionMethod
from engine.facts.records import Supervision
from engine.rules.checks import ledger as ledger_checks
from engine.rules.checks import procedure, records
from engine.rules.duties import approved_acts
from engine.rules.duties.paragraphs import duties_of
from engine.rules.messages import obligations
from engine.rules.messages.flags import flags
from engine.sample.words import Board, Escalation, Regime, TimeLimit
from tests.clauses.builders import (
    NothingSent,
    Record,
    at,
    baoshan,
    case,
    findings,
    ledger,
    matter,
    messages,
    policies_with,
    policy_with,
    report,
    supervision,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced, taken_out
from tests.clauses.points import points

pytestmark = clause("SZ1-14", "SZ2-3.4", "SZ3-3.4")

LEADER = {"approver": "钱某", "approver_rank": "分管副秘书长", "approved_at": "2026-03-06 15:00"}
SOURCES = {Board.DAILY: "专题会议", Board.KEY_TASK: "政府工作报告", Board.REFORM: "市委市政府部署"}


def act(method: SupervisionMethod = SupervisionMethod.ESCALATED, **changes: object) -> Supervision:
    return supervision("2026-03-06 15:00", method=method, **(LEADER | changes))


def told(*acts: Supervision, board: Board = Board.DAILY) -> list[tuple[str, str | None, str]]:
    row = matter(board=board, source=SOURCES[board])
    found = findings(row, *acts, moment="2026-03-20 09:00")
    assert all(f.is_error for f in found)
    return [(f.rule, f.place.field, f.clause) for f in found]


# ---- 通报、协调 ----


@pytest.mark.parametrize("method", [SupervisionMethod.CIRCULAR, SupervisionMethod.COORDINATION])
@pytest.mark.parametrize("field", ["approver", "approver_rank", "approved_at"])
def test_通报和协调没有领导的_指出缺什么(method: SupervisionMethod, field: str) -> None:
    assert told(act(method)) == []
    blank = act(method, **{field: None if field == "approved_at" else ""})
    assert told(blank) == [("act_without_leader", field, "SZ1-14")]


@pytest.mark.parametrize(
    ("board", "rank", "clause_of_fault"),
    [
        (Board.DAILY, "办公厅分管领导", None),
        (Board.KEY_TASK, "办公厅分管领导", None),
        (Board.REFORM, "办公厅分管领导", "SZ3-3.4"),
        (Board.REFORM, "分管副秘书长", None),
        (Board.REFORM, "市长", None),
        (Board.KEY_TASK, "科长", "SZ2-3.4"),
        (Board.DAILY, "科长", "SZ1-14"),
    ],
)
def test_协调的领导要有权(board: Board, rank: str, clause_of_fault: str | None) -> None:
    found = told(act(SupervisionMethod.COORDINATION, approver_rank=rank), board=board)
    assert found == ([("act_rank_too_low", "approver_rank", clause_of_fault)] if clause_of_fault else [])


@pytest.mark.parametrize(("rank", "allowed"), [("办公厅分管领导", True), ("科长", False)])
def test_批准通报的职务(rank: str, allowed: bool) -> None:
    found = told(act(SupervisionMethod.CIRCULAR, approver_rank=rank))
    assert found == ([] if allowed else [("act_rank_too_low", "approver_rank", "SZ1-14")])


def test_保山的通报由督查室作出_不用批准() -> None:
    row = baoshan(number="2026-日-0001")
    circular = act(SupervisionMethod.CIRCULAR, approver="", approver_rank="", approved_at=None)
    found = findings(row, circular, moment="2026-03-10 09:00", regime=Regime.BAOSHAN)
    assert not [f for f in found if f.place.sheet == "supervisions"]


# ---- 批准重点督办时要有逾期的期限 ----


def mark(*facts: Record, moment: str = "2026-03-10 09:00", **changes: object) -> str | None:
    known = case(matter(**changes), *facts, moment=moment)
    return flags(known, duties_of(known), NothingSent(), at(moment)).escalation


@pytest.mark.parametrize(
    ("approved", "counts"),
    [("2026-03-03 09:29", False), ("2026-03-03 09:30", False), ("2026-03-03 09:31", True)],
    ids=["到期前一分批准", "到期时批准", "逾期一分批准"],
)
def test_没有逾期就批准的重点督办_报错_不生效(approved: str, counts: bool) -> None:
    approval = replace(act(approved_at=approved), at=at(approved))
    one_day = {"time_limit": TimeLimit.ONE_DAY}
    handed_in = report("1天", "2026-03-03 12:00")
    assert (mark(approval, handed_in, **one_day) == Escalation.ESCALATED) is counts
    rules = [f.rule for f in findings(matter(**one_day), approval, handed_in, moment="2026-03-03 13:00")]
    assert ("escalated_without_lateness" in rules) is not counts
    assert not [entry for entry in points(matter(**one_day), approval, handed_in) if entry[0] == "进入重点督办"]


@pytest.mark.parametrize(("reported", "counts"), [("2026-03-03 09:30", False), ("2026-03-03 09:31", True)])
def test_按时报送的不算逾期_逾期后报送的算(reported: str, counts: bool) -> None:
    found = mark(act(), report("1天", reported), time_limit=TimeLimit.ONE_DAY)
    assert (found == Escalation.ESCALATED) is counts


# ---- 批准以后，不再请批重点督办 ----


def asked(*acts: Supervision, under: object = None) -> list[str]:
    sent = messages(ledger(matter(), *acts), "2026-03-02", "2026-03-20", under)
    covers = [(sms.at, cover) for sms in sent for cover in sms.covers if cover.kind is MessageKind.ESCALATION]
    return sorted({f"{when:%m-%d %H:%M} {cover.text}" for when, cover in covers})


def test_重点督办批准以后_不再请报批_报请协调照旧() -> None:
    assert asked() == [
        "03-05 09:30 报请协调",
        "03-06 09:30 待批重点督办",
        "03-07 09:30 报请协调",
        "03-08 09:30 待批重点督办",
    ]
    assert asked(act()) == ["03-05 09:30 报请协调", "03-06 09:30 待批重点督办", "03-07 09:30 报请协调"]


@pytest.mark.parametrize(
    ("approved", "still_asked"),
    [("2026-03-08 09:29", False), ("2026-03-08 09:30", False), ("2026-03-08 09:31", True)],
    ids=["前一分批准", "同分批准", "后一分批准"],
)
def test_请报批的时点前批准的_才不再请(approved: str, still_asked: bool) -> None:
    assert ("03-08 09:30 待批重点督办" in asked(act(approved_at=approved))) is still_asked


@pytest.mark.parametrize(
    "void",
    [{"approver_rank": "科长"}, {"approver_rank": ""}, {"approver": ""}, {"approved_at": "2026-03-03 09:00"}],
    ids=["职务不够", "没填职务", "没填批准人", "批准时没有逾期"],
)
def test_没有生效的重点督办_照样请报批(void: dict[str, object]) -> None:
    assert asked(act(**void)) == asked()


def test_读法33_另一种_职务不够的照样生效() -> None:
    under = policy_with("acts.below_rank", "counts")
    known = case(matter(), act(approver_rank="科长"), moment="2026-03-10 09:00", under=under)
    assert flags(known, duties_of(known), NothingSent(), at("2026-03-10 09:00")).escalation == Escalation.ESCALATED
    assert asked(act(approver_rank="科长"), under=policies_with("acts.below_rank", "counts")) == asked(act())


MUTANTS = (
    taken_out("SZ1-14", procedure, "CHECKS", records.led_by_who_may),
    policy_value("SZ3-3.4", "supervision.coordination_ranks.重大改革事项", ["办公厅分管领导", "分管副秘书长", "市长"]),
    policy_value("SZ2-3.4", "supervision.coordination_ranks.重点工作任务", ["科长"]),
    replaced("SZ1-14", approved_acts, "lacks_lateness", lambda *_: False),
    replaced("SZ1-14", obligations, "_needs_approval", lambda *_: True),
    replaced("SZ1-14", ledger_checks, "escalated_while_overdue", lambda *_: ()),
)
