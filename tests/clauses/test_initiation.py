"""SZ1-12 立项前书面报经分管副秘书长或办公厅分管领导以上负责人同意；“1”版块由谁立项。"""

import pytest

from engine.review.stamp import stamp
from engine.rules.checks import initiation, initiation_ranks
from engine.rules.checks import ledger as ledger_module
from engine.sample.words import Board, Regime, UnitCategory
from tests.clauses.builders import (
    UNITS,
    at,
    baoshan,
    duties,
    findings,
    ledger,
    matter,
    messages,
    policies,
    policies_with,
    proposal,
    rules,
    unit,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, taken_out
from tests.clauses.points import points

pytestmark = clause("SZ1-12")

RANKS = ["办公厅分管领导", "分管副秘书长", "秘书长", "分管副市长", "常务副市长", "市长"]
SECRETARIAT = ["秘书一科", "秘书二科", "秘书三科", "秘书四科", "秘书五科"]


# ---- 审批 ----


def test_审批人_职务_时间齐全_可以立项() -> None:
    assert rules(proposal()) == []


@pytest.mark.parametrize(
    ("gap", "field"),
    [({"approver": ""}, "approver"), ({"approver_rank": ""}, "approver_rank"), ({"approved_at": None}, "approved_at")],
)
def test_审批缺一项_不得立项(gap: dict[str, object], field: str) -> None:
    row = proposal(**gap)
    [found] = findings(row)
    assert (found.rule, found.clause, found.place.field, found.is_error) == ("approval_missing", "SZ1-12", field, True)
    assert stamp(ledger(row), policies(), at("2026-03-02 12:00")).changes == ()


def test_三项都缺_三处都指出() -> None:
    found = findings(proposal(approver="", approver_rank="", approved_at=None))
    assert [f.place.field for f in found] == ["approver", "approver_rank", "approved_at"]


def test_盖过编号的事项_审批被清空也要指出() -> None:
    assert rules(matter(approver="")) == ["approval_missing"]


@pytest.mark.parametrize("rank", RANKS)
def test_办公厅分管领导以上都可以批(rank: str) -> None:
    assert rules(proposal(approver_rank=rank)) == []


@pytest.mark.parametrize("rank", ["科长", "副秘书长", "县长"])
def test_不在此列的职务不能批(rank: str) -> None:
    [found] = findings(proposal(approver_rank=rank))
    assert (found.rule, found.clause, found.place.field) == ("approver_rank_too_low", "SZ1-12", "approver_rank")
    assert rank in found.problem


@pytest.mark.parametrize(("rank", "allowed"), [("分管副秘书长", False), ("秘书长", True), ("市长", True)])
def test_保山须秘书长以上(rank: str, allowed: bool) -> None:
    found = findings(baoshan(approver_rank=rank), regime=Regime.BAOSHAN)
    assert [(f.rule, f.clause) for f in found] == ([] if allowed else [("approver_rank_too_low", "BS-5.2")])


@pytest.mark.parametrize(
    ("approved", "expected"),
    [
        ("2026-03-02 11:59", []),
        ("2026-03-02 12:00", []),
        ("2026-03-02 12:10", []),
        ("2026-03-02 12:11", ["time_in_future"]),
    ],
)
def test_审批时间不得在将来_允许十分钟的钟差(approved: str, expected: list[str]) -> None:
    row = proposal(approved_at=approved, assigned_at=approved)
    assert rules(row, moment="2026-03-02 12:00") == [*expected, *expected]


# ---- 市长交办事项 ----


def mayors(**changes: object) -> list[str]:
    return rules(proposal(assigning_leader_rank="市长", **changes))


def test_市长交办由督查室立项() -> None:
    assert mayors(initiating_office="督查室") == []


@pytest.mark.parametrize("office", [*SECRETARIAT, "综合科"])
def test_市长交办_别的科室不能直接立项(office: str) -> None:
    assert mayors(initiating_office=office) == ["mayors_matter_elsewhere"]


@pytest.mark.parametrize("office", [*SECRETARIAT, "综合科"])
def test_市长交办_督查室转来的可以立项(office: str) -> None:
    assert mayors(initiating_office=office, transferring_office="督查室") == []


def test_市长交办_不是督查室转来的不算() -> None:
    assert mayors(initiating_office="秘书一科", transferring_office="秘书二科") == ["mayors_matter_elsewhere"]


# ---- 分管副市长交办事项 ----


@pytest.mark.parametrize("rank", ["分管副市长", "常务副市长"])
@pytest.mark.parametrize("office", SECRETARIAT)
def test_副市长交办由秘书一至五科立项(office: str, rank: str) -> None:
    assert rules(proposal(assigning_leader_rank=rank, initiating_office=office)) == []


@pytest.mark.parametrize("rank", ["分管副市长", "常务副市长"])
@pytest.mark.parametrize("office", ["督查室", "综合科"])
def test_副市长交办_别的科室不立项(office: str, rank: str) -> None:
    [found] = findings(proposal(assigning_leader_rank=rank, initiating_office=office))
    assert (found.rule, found.clause) == ("deputy_mayors_matter_elsewhere", "SZ1-12")


# ---- 其他科室 ----


@pytest.mark.parametrize("leader", ["分管副秘书长", "秘书长", "办公厅分管领导"])
@pytest.mark.parametrize(
    ("rank", "expected"),
    [
        ("办公厅分管领导", ["other_office_without_demand"]),
        ("分管副秘书长", []),
        ("秘书长", []),
        ("市长", []),
    ],
)
def test_其他科室须按分管副秘书长以上要求(leader: str, rank: str, expected: list[str]) -> None:
    row = proposal(initiating_office="综合科", assigning_leader_rank=leader, approver_rank=rank)
    assert rules(row) == expected


def test_督查室和秘书科_办公厅分管领导批了就行() -> None:
    for office in ("督查室", *SECRETARIAT):
        row = proposal(initiating_office=office, assigning_leader_rank="秘书长", approver_rank="办公厅分管领导")
        assert rules(row) == []


# ---- 只在“1”版块 ----


@pytest.mark.parametrize(("board", "source"), [(Board.KEY_TASK, "政府工作报告"), (Board.REFORM, "省委省政府部署")])
def test_分工只约束日常管理版块(board: Board, source: str) -> None:
    for leader in ("市长", "分管副市长", "秘书长"):
        row = proposal(board=board, source=source, assigning_leader_rank=leader, initiating_office="综合科")
        assert rules(row) == []


def test_没有填交办领导职务_只提示() -> None:
    [found] = findings(proposal(assigning_leader_rank=""))
    assert (found.rule, found.is_error) == ("assigning_rank_missing", False)
    assert rules(proposal(assigning_leader="", assigning_leader_rank="")) == []


def test_通讯录用全称时_分工照样认得() -> None:
    others = tuple(one for one in UNITS if one.name != "督查室")
    named = unit("市政府督查室", UnitCategory.OFFICE, aliases=("督查室",))
    row = proposal(assigning_leader_rank="市长", initiating_office=named.name)
    assert rules(row, units=(*others, named)) == []
    passed_on = proposal(assigning_leader_rank="市长", transferring_office=named.name)
    assert rules(passed_on, units=(*others, named)) == []


# ---- 交办早于审批（reading 2） ----


@pytest.mark.parametrize(
    ("assigned", "approved", "expected"),
    [
        ("2026-03-02 08:59", "2026-03-02 09:00", ["assigned_before_approval"]),
        ("2026-03-02 09:00", "2026-03-02 09:00", []),
        ("2026-03-02 09:01", "2026-03-02 09:00", []),
        ("2026-03-02", "2026-03-02 09:00", []),
        ("2026-03-01", "2026-03-02", ["assigned_before_approval"]),
        ("2026-03-01 17:00", "2026-03-02", ["assigned_before_approval"]),
        ("2026-03-02 09:00", "2026-03-02", []),
    ],
)
def test_交办早于审批_提示_有一方只写日期就按天比(assigned: str, approved: str, expected: list[str]) -> None:
    found = findings(proposal(assigned_at=assigned, approved_at=approved))
    assert [f.rule for f in found] == expected
    assert not any(f.is_error for f in found)


GAPS = ({"approver": ""}, {"approver_rank": ""}, {"approved_at": None}, {"approver_rank": "科长"})


@pytest.mark.parametrize("gap", GAPS, ids=["没有审批人", "没有职务", "没有时间", "职务不够"])
def test_没有经有权的人审批的_不算立项_不发短信不计分不起算(gap: dict[str, object]) -> None:
    """Reading 33: an act without the record or the rank has no effect."""
    row = matter(notice_issued_at="2026-03-02 10:00", **gap)
    assert duties(row, moment="2026-03-10 09:00") == {}
    assert messages(ledger(row), "2026-03-02", "2026-03-20") == []
    assert not [entry for entry in points(row) if entry[0] in ("纳入系统", "报送逾期")]
    assert [f.is_error for f in findings(row, moment="2026-03-10 09:00") if f.place.field in gap] == [True]


def test_读法33_另一种_没有审批的照样起算() -> None:
    under = policies_with("initiation.unapproved", "runs")
    assert messages(ledger(matter(approver="")), "2026-03-02", "2026-03-04", under)


MUTANTS = (
    policy_value("SZ1-12", "initiation.unapproved", "runs"),
    taken_out("SZ1-12", initiation, "CHECKS", initiation_ranks.approval_recorded),
    taken_out("SZ1-12", initiation, "CHECKS", initiation_ranks.approver_ranks_high_enough),
    taken_out("SZ1-12", initiation, "CHECKS", initiation_ranks.assigning_rank_known),
    taken_out("SZ1-12", initiation, "CHECKS", initiation_ranks.mayors_matters),
    taken_out("SZ1-12", initiation, "CHECKS", initiation_ranks.deputy_mayors_matters),
    taken_out("SZ1-12", initiation, "CHECKS", initiation_ranks.other_offices),
    taken_out("SZ1-12", ledger_module, "CHECKS", ledger_module.assigned_after_approval),
    policy_value("SZ1-12", "initiation.approvers.日常管理事项", [*RANKS, "科长", "副秘书长", "县长"]),
    policy_value("SZ1-12", "initiation.approvers.日常管理事项", RANKS[1:]),
    policy_value("SZ1-12", "initiation.other_office_ranks", RANKS),
    policy_value("SZ1-12", "initiation.deputy_mayor_ranks", ["分管副市长"]),
    policy_value("SZ1-12", "initiation.secretariat_offices", [*SECRETARIAT, "督查室"]),
)
