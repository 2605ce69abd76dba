"""状态、持续推进起、评估等级、办结时间与记录不一致的，提示（reading 26）；督办以记录为准。"""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.facts.finding import Finding
from engine.facts.kinds import Status
from engine.facts.matter import Matter
from engine.review.check import check
from engine.review.stamp import stamp
from engine.rules.checks import procedure, states
from engine.sample.words import Grade, Regime, TimeLimit
from tests.clauses.builders import Record, at, baoshan, completion, ledger, matter, policies, report
from tests.clauses.test_close_out import DONE, closing, returned
from tests.clauses.test_extension import NODES_MET, SEVEN, transfer

RULES = ("status_not_as_recorded", "start_not_as_recorded", "grade_not_as_recorded", "closed_before_approval")
LONG = {"status": Status.LONG_RUNNING}


def hints(*facts: Matter | Record, moment: str = "2026-03-10 09:00", **given: object) -> list[Finding]:
    found = check(ledger(*facts, **given), policies(), at(moment))
    assert not [one for one in found if one.rule in RULES and one.is_error]
    return [one for one in found if one.rule in RULES]


def told(*facts: Matter | Record, **given: object) -> list[tuple[str | None, str]]:
    return [(one.place.field, one.clause) for one in hints(*facts, **given)]


STATUS = "status"


@pytest.mark.parametrize(
    ("row", "records", "expected"),
    [
        (matter(), [], []),
        (matter(), [report("1天", "2026-03-02 15:00")], []),
        (matter(status=Status.LONG_RUNNING), [], [(STATUS, "SZ1-17")]),
        (matter(status=Status.AWAITING_APPROVAL), [], [(STATUS, "SZ1-17")]),
        (matter(status=None), [], [(STATUS, "SZ1-17")]),
        (matter(time_limit=TimeLimit.LONG), [], [(STATUS, "SZ1-16")]),
        (matter(time_limit=TimeLimit.LONG, **LONG), [], []),
        (matter(), [completion("2026-03-03 09:00")], [(STATUS, "SZ1-18")]),
        (matter(status=Status.AWAITING_APPROVAL), [completion("2026-03-03 09:00")], []),
        (matter(), [closing()], [(STATUS, "SZ1-19")]),
        (matter(status=Status.AWAITING_APPROVAL), [returned()], [(STATUS, "SZ1-17")]),
        (matter(**SEVEN), [*NODES_MET, transfer()], [(STATUS, "SZ1-16")]),
        (matter(**SEVEN, **LONG), [*NODES_MET, transfer()], []),
        (matter(withdrawn_at="2026-03-05", withdrawal_approver="钱某"), [], [(STATUS, "SZ1-12")]),
    ],
    ids=[
        "办理中",
        "有报送仍办理中",
        "没有记录却写持续推进",
        "没有申请却写待审定",
        "状态被清空",
        "长期却写办理中",
        "长期写持续推进",
        "有办结申请仍写办理中",
        "有办结申请写待审定",
        "已审定仍写办理中",
        "已退回仍写待审定",
        "已同意转持续推进仍写办理中",
        "已转持续推进",
        "有撤销时间仍写办理中",
    ],
)
def test_状态与记录(row: Matter, records: list[Record], expected: list[tuple[str, str]]) -> None:
    assert told(row, *records) == expected


def test_两边都说到_说怎么改() -> None:
    [one] = hints(matter(status=Status.LONG_RUNNING))
    assert one.problem == "状态写的是“持续推进”，按记录应为“办理中”，督办以记录为准。"
    assert one.remedy == "确已同意转持续推进的，请在「延期申请」补记；否则请点“编号盖时限”更正。"
    assert not one.is_error


@pytest.mark.parametrize("row", [matter(status=None), matter(status=Status.AWAITING_APPROVAL)], ids=["空", "待审定"])
def test_点编号盖时限就不再提示(row: Matter) -> None:
    changes = stamp(ledger(row), policies(), at("2026-03-10 09:00")).changes
    fixed = replace(row, **{one.field: one.new for one in changes if one.field == STATUS})
    assert told(row) != told(fixed) == []


def test_还没编号的_还没到交办时间的_不提示() -> None:
    assert told(replace(matter(), number="", status=None, initiated_at=None)) == []
    assert told(matter(assigned_at="2026-03-20 09:00", approved_at="2026-03-20 08:00")) == []


def test_写了已办结却没有记录_另有错误_不重复提示() -> None:
    assert told(matter(status=Status.COMPLETED)) == []


@pytest.mark.parametrize(
    ("since", "expected"),
    [("2026-03-05", 0), ("2026-03-05 23:00", 0), ("2026-03-04", 1), ("2026-03-06 10:00", 1), (None, 0)],
)
def test_持续推进起_同一天的不提示(since: str | None, expected: int) -> None:
    item = transfer("2026-03-05 09:00", approved_at="2026-03-05 10:00")
    found = hints(matter(**SEVEN, **LONG, long_running_since=since), *NODES_MET, item)
    assert [one.rule for one in found] == ["start_not_as_recorded"] * expected


def test_没有同意的记录却填了持续推进起() -> None:
    [one] = hints(matter(long_running_since="2026-03-05"))
    assert (one.place.field, one.clause) == ("long_running_since", "SZ1-16")
    assert "没有同意转持续推进的记录" in one.problem


CLOSED = {"status": Status.COMPLETED, "completed_at": DONE}


@pytest.mark.parametrize(("grade", "expected"), [(Grade.GOOD, 0), (Grade.EXCELLENT, 1), (None, 0)])
def test_评估等级以审定的为准(grade: Grade | None, expected: int) -> None:
    found = hints(matter(**CLOSED, grade=grade), closing(), moment="2026-04-10 09:00")
    assert [(one.rule, one.clause) for one in found] == [("grade_not_as_recorded", "SZ1-17")] * expected


@pytest.mark.parametrize(("minutes", "expected"), [(-1, 1), (0, 0), (1, 0)], ids=["早一分", "同分", "晚一分"])
def test_办结时间不能早于审定(minutes: int, expected: int) -> None:
    moment = at(DONE) + timedelta(minutes=minutes)
    found = hints(matter(status=Status.COMPLETED, completed_at=moment), closing(), moment="2026-04-10 09:00")
    assert [(one.rule, one.clause) for one in found] == [("closed_before_approval", "SZ1-18")] * expected


def test_保山也一样_引保山的条款() -> None:
    row = replace(baoshan(), number="2026-常-0001", initiated_at=at("2026-03-02 10:00"), status=Status.LONG_RUNNING)
    found = hints(row, regime=Regime.BAOSHAN)
    assert [(one.place.field, one.clause[:2]) for one in found] == [(STATUS, "BS")]


def test_没有这项检查就没有提示(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tuple(one for one in procedure.CHECKS if one not in states.CHECKS)
    monkeypatch.setattr(procedure, "CHECKS", kept)
    assert told(matter(status=Status.LONG_RUNNING)) == []
