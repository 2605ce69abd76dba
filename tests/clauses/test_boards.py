"""SZ1-8 系统设“1+2”三个版块，各按各的制度运行。"""

import pytest

from engine.rules.checks import initiation
from engine.rules.duties.paragraphs import duties_of
from engine.sample.words import Board, Regime, TimeLimit
from tests.clauses.builders import case, findings, matter, policy, proposal, rules
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, taken_out

pytestmark = clause("SZ1-8")

SOURCE = {Board.DAILY: "专题会议", Board.KEY_TASK: "政府工作报告", Board.REFORM: "省委省政府部署"}


@pytest.mark.parametrize(("board", "mark"), [(Board.DAILY, "日"), (Board.KEY_TASK, "重"), (Board.REFORM, "改")])
def test_三个版块都可以立项_各有编号字头(board: Board, mark: str) -> None:
    assert rules(proposal(board=board, source=SOURCE[board])) == []
    assert policy().initiation.board_marks[board] == mark


def test_没有填版块() -> None:
    [found] = findings(proposal(board=None))
    assert (found.rule, found.clause, found.place.field) == ("board_not_run_here", "SZ1-8", "board")


def test_不属于本制度的版块() -> None:
    [found] = [f for f in findings(proposal(), regime=Regime.BAOSHAN) if f.rule == "board_not_run_here"]
    assert "日常管理事项" in found.problem
    assert "常务会议议定事项" in found.remedy


@pytest.mark.parametrize(
    ("board", "expected"),
    [
        (Board.DAILY, {"持续跟进", "月报"}),
        (Board.KEY_TASK, {"月报", "季报", "年底清零"}),
        (Board.REFORM, {"月报", "季报", "年底清零"}),
    ],
)
def test_长期事项各版块的义务不同(board: Board, expected: set[str]) -> None:
    row = matter(board=board, source=SOURCE[board], time_limit=TimeLimit.LONG)
    owed = duties_of(case(row, moment="2026-12-15 09:00"))
    assert {duty.kind.value for duty in owed} == expected


MUTANTS = (
    taken_out("SZ1-8", initiation, "CHECKS", initiation.board_belongs_to_regime),
    policy_value("SZ1-8", "long_running.weekly_boards", ["日常管理事项", "重点工作任务"]),
    policy_value("SZ1-8", "summaries.季报.boards", ["重点工作任务"]),
)
