"""SZ1-7、SZ2-1、SZ3-1 任务来源须与版块相符（SZ1-10、BS-12 同）。"""

import pytest

from engine.rules.checks import initiation
from engine.sample.words import Board, Regime
from tests.clauses.builders import baoshan, findings, policies_with, proposal, rules
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, taken_out

DAILY = ("全体会议", "常务会议", "市长办公会议", "专题会议", "领导批示指示")
KEY_TASK = ("省经济工作会议", "市经济工作会议", "政府工作报告", "市委市政府重大工作任务")
REFORM = ("省委省政府部署", "市委市政府部署")
PROVINCE = ("省政府交办",)
OF_BOARD = {
    Board.DAILY: ("SZ1-7", DAILY),
    Board.KEY_TASK: ("SZ2-1", KEY_TASK),
    Board.REFORM: ("SZ3-1", REFORM),
    Board.PROVINCE: ("SZ1-10", PROVINCE),
}
EVERY = sorted({*DAILY, *KEY_TASK, *REFORM, *PROVINCE})


@clause("SZ1-7", "SZ2-1", "SZ3-1", "SZ1-10", "BS-12")
@pytest.mark.parametrize("source", EVERY)
@pytest.mark.parametrize("board", OF_BOARD)
def test_来源属于本版块才可以立项(board: Board, source: str) -> None:
    clause, allowed = OF_BOARD[board]
    found = findings(proposal(board=board, source=source))
    if source in allowed:
        assert found == ()
    else:
        assert [(f.rule, f.clause, f.place.field, f.is_error) for f in found] == [
            ("source_not_of_board", clause, "source", True)
        ]
        assert source in found[0].problem
        assert allowed[0] in found[0].remedy


@clause("SZ1-7")
@pytest.mark.parametrize("board", OF_BOARD)
def test_没有填来源(board: Board) -> None:
    [found] = findings(proposal(board=board, source=""))
    assert (found.rule, found.problem) == ("source_not_of_board", "没有填任务来源。")


@clause("BS-12")
def test_保山的来源() -> None:
    assert rules(baoshan(source="领导批示"), regime=Regime.BAOSHAN) == []
    [found] = findings(baoshan(source="政府工作报告"), regime=Regime.BAOSHAN)
    assert found.clause == "BS-12"


@clause("SZ1-7")
def test_来源目录是制度数据_改了目录就按新目录() -> None:
    amended = policies_with("initiation.sources.日常管理事项", ["专题会议", "信访督办"])
    assert rules(proposal(source="信访督办"), under=amended) == []
    assert rules(proposal(source="常务会议"), under=amended) == ["source_not_of_board"]


@clause("SZ1-7")
def test_没有填版块时不问来源() -> None:
    assert rules(proposal(board=None, source="")) == ["board_not_run_here"]


MUTANTS = (
    taken_out("SZ1-7", initiation, "CHECKS", initiation.source_fits_board),
    policy_value("SZ1-7", "initiation.sources.日常管理事项", EVERY),
    policy_value("SZ2-1", "initiation.sources.重点工作任务", EVERY),
    policy_value("SZ3-1", "initiation.sources.重大改革事项", EVERY),
)
