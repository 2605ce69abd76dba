"""哪些事项可以延期、要有什么、谁可以同意（暂行办法第十六条，reading 33）。"""

import pytest

from engine.facts.kinds import ExtensionKind
from engine.sample.words import Board
from tests.clauses.builders import case, findings, matter
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value
from tests.clauses.test_extension import NODES_MET, SEVEN, transfer

pytestmark = clause("SZ1-16", "SZ2-4", "SZ3-4")


def rules_of(*facts: object, **changes: object) -> list[tuple[str, str | None, str, bool]]:
    found = findings(matter(**changes), *facts, moment="2026-03-20 09:00")
    return [(f.rule, f.place.field, f.clause, f.is_error) for f in found if f.place.sheet == "extensions"]


@pytest.mark.parametrize(
    ("board", "told_of"), [(Board.DAILY, []), (Board.KEY_TASK, ["SZ2-4"]), (Board.REFORM, ["SZ3-4"])]
)
def test_阶段目标只是两个专项版块要的_第十六条只要落实方案(board: Board, told_of: list[str]) -> None:
    sources = {Board.DAILY: "专题会议", Board.KEY_TASK: "政府工作报告", Board.REFORM: "市委市政府部署"}
    row = {"board": board, "source": sources[board], **SEVEN}
    found = rules_of(*NODES_MET, transfer(stage_goal=""), **row)
    assert [clause for rule, _, clause, _ in found if rule == "stage_goal_missing"] == told_of


@pytest.mark.parametrize(
    ("limit", "hinted"),
    [("1天", True), ("3天", True), ("7天", False), ("1个月", False), ("长期", False)],
)
def test_一天三天的事项申请延期_提示条文没有(limit: str, hinted: bool) -> None:
    early = transfer("2026-03-02 10:00", approved_at="2026-03-02 11:00")
    found = rules_of(early, time_limit=limit)
    assert (("short_limit_extended", "kind", "SZ1-16", False) in found) is hinted


NEW_DATE = {"kind": ExtensionKind.NEW_DEADLINE, "old_due": "2026-03-09 09:30", "new_due": "2026-03-20"}


@pytest.mark.parametrize(
    ("rank", "moves"), [("科长", False), ("", False), ("办公厅分管领导", True), ("分管副秘书长", True), ("市长", True)]
)
def test_调整期限要领导同意_科长同意的报错不生效(rank: str, moves: bool) -> None:
    moved = transfer(**NEW_DATE, approver_rank=rank)
    standing = case(matter(**SEVEN), *NODES_MET, moved, moment="2026-03-20 09:00").standing
    assert bool(standing.new_deadlines) is moves
    found = rules_of(*NODES_MET, moved, **SEVEN)
    assert (("new_deadline_rank", "approver_rank", "SZ1-16", True) in found) is not moves
    assert ("new_deadline_not_offered", "kind", "SZ1-16", False) in found


MUTANTS = (
    policy_value("SZ2-4", "long_running.stage_goal_boards", []),
    policy_value("SZ1-16", "long_running.new_deadline_ranks", []),
    policy_value("SZ1-16", "long_running.offers_new_deadline", True),
    policy_value("SZ1-16", "long_running.apply_before", ["3天", "7天", "1个月", "指定日期"]),
)
