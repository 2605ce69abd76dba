"""SZ2-3.1 重点工作任务由分管副秘书长或办公厅分管领导以上审核；SZ3-3.1 重大改革事项由分管副秘书长以上审核。"""

import pytest

from engine.sample.words import Board
from tests.clauses.builders import Matter, findings, proposal
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value

ABOVE = ["分管副秘书长", "秘书长", "分管副市长", "常务副市长", "市长"]
RANKS = ["办公厅分管领导", *ABOVE]


def key_task(**changes: object) -> Matter:
    return proposal(board=Board.KEY_TASK, source="政府工作报告", **changes)


def reform(**changes: object) -> Matter:
    return proposal(board=Board.REFORM, source="市委市政府部署", **changes)


@clause("SZ2-3.1")
@pytest.mark.parametrize("rank", RANKS)
def test_重点工作_办公厅分管领导以上都可以批(rank: str) -> None:
    assert findings(key_task(approver_rank=rank)) == ()


@clause("SZ2-3.1")
def test_重点工作_科长不能批() -> None:
    [found] = findings(key_task(approver_rank="科长"))
    assert (found.rule, found.clause) == ("approver_rank_too_low", "SZ2-3.1")


@clause("SZ3-3.1")
@pytest.mark.parametrize("rank", ABOVE)
def test_改革事项_分管副秘书长以上可以批(rank: str) -> None:
    assert findings(reform(approver_rank=rank)) == ()


@clause("SZ3-3.1")
def test_改革事项_办公厅分管领导不能批() -> None:
    [found] = findings(reform(approver_rank="办公厅分管领导"))
    assert (found.rule, found.clause, found.place.field) == ("approver_rank_too_low", "SZ3-3.1", "approver_rank")
    assert found.remedy.startswith("请报分管副秘书长以上负责人审批")


@clause("SZ2-3.1", "SZ3-3.1")
@pytest.mark.parametrize(("row", "clause"), [(key_task, "SZ2-3.1"), (reform, "SZ3-3.1")])
def test_没有审批不得立项(row: object, clause: str) -> None:
    [found] = findings(row(approver=""))
    assert (found.rule, found.clause) == ("approval_missing", clause)


MUTANTS = (
    policy_value("SZ2-3.1", "initiation.approvers.重点工作任务", ABOVE),
    policy_value("SZ2-3.1", "initiation.approvers.重点工作任务", [*RANKS, "科长"]),
    policy_value("SZ3-3.1", "initiation.approvers.重大改革事项", RANKS),
)
