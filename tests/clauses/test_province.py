"""暂行办法第十条：省政府交办事项的分解呈批、落实办理、反馈上报。"""

import pytest

from engine.facts.finding import Place
from engine.facts.kinds import ReviewResult
from engine.facts.matter import Matter
from engine.rules.checks import history, procedure
from engine.rules.checks import province as province_checks
from engine.sample.words import Board, TimeLimit
from tests.clauses.builders import (
    findings,
    matter,
    report,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import taken_out

PARENT, CHILD = "2026-省-0001", "2026-省-0002"
DUE = "2026-03-20"


def province(number: str = PARENT, row: int = 5, **changes: object) -> Matter:
    """A matter of the province, approved before it was assigned on 03-02 09:30."""
    taken_in = {
        "number": number,
        "board": Board.PROVINCE,
        "source": "省政府交办",
        "initiating_office": "督查室",
        "decomposition_approver": "吴某",
        "decomposition_approved_at": "2026-03-02 09:00",
        "notice_issued_at": "2026-03-02 10:00",
        "place": Place("matters", row),
    }
    return matter(**(taken_in | {"province_due": DUE} | changes))


def child(**changes: object) -> Matter:
    return province(CHILD, 6, **({"parent": PARENT, "province_due": None} | changes))


def told(*facts: object, moment: str = "2026-03-25 09:00") -> list[tuple[str, int | None, str | None, bool]]:
    return [(f.rule, f.place.row, f.place.field, f.is_error) for f in findings(*facts, moment=moment)]


SUBMITTED = {
    "office_approver": "冯某",
    "office_approved_at": "2026-03-16 09:00",
    "city_leader_approver": "吴某",
    "city_leader_approved_at": "2026-03-16 15:00",
    "submitted_at": "2026-03-17 09:00",
}


# ---- （一）分解呈批 ----


@clause("SZ1-10.1")
def test_审批在先_办理在后() -> None:
    assert told(province()) == []


@clause("SZ1-10.1")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decomposition_approved_at": "2026-03-02 09:30"}, None),
        ({"decomposition_approved_at": "2026-03-02 09:31"}, "assigned_at"),
        ({"decomposition_approved_at": "2026-03-02"}, None),
        ({"decomposition_approved_at": "2026-03-03"}, "assigned_at"),
        ({"assigned_at": "2026-03-02 11:00", "decomposition_approved_at": "2026-03-02 10:01"}, "notice_issued_at"),
        ({"decomposition_approver": "", "decomposition_approved_at": None}, "decomposition_approved_at"),
    ],
    ids=["同分交办", "交办后一分才批", "当天只写日期", "次日才批", "通知先发后批", "没有审批"],
)
def test_审批以前不得办理(changes: dict[str, object], field: str | None) -> None:
    found = [(f.rule, f.place.field, f.clause) for f in findings(province(**changes), moment="2026-03-25 09:00")]
    assert found == ([("handled_before_approval", field, "SZ1-10.1")] if field else [])


@clause("SZ1-10.1")
def test_审批以前已报送办理情况() -> None:
    row = province(assigned_at="2026-03-04 09:00", decomposition_approved_at="2026-03-03 09:00", notice_issued_at=None)
    early = report("1天", "2026-03-02 15:00", matter=PARENT)
    assert ("handled_before_approval", 5, "decomposition_approved_at", True) in told(row, early)


@clause("SZ1-10.1")
def test_两道审批都在办理之前_也算() -> None:
    both = {"office_approved_at": "2026-03-02 08:30", "city_leader_approved_at": "2026-03-02 09:00"}
    named = {"office_approver": "冯某", "city_leader_approver": "吴某"}
    none = {"decomposition_approver": "", "decomposition_approved_at": None}
    assert told(province(**none, **both, **named)) == []


@clause("SZ1-10.1")
def test_还没编号下发的_不催审批() -> None:
    draft = province("", decomposition_approver="", decomposition_approved_at=None, notice_issued_at=None)
    assert told(draft) == []


@clause("SZ1-10.1")
@pytest.mark.parametrize(
    ("who", "when"),
    [
        ("decomposition_approver", "decomposition_approved_at"),
        ("office_approver", "office_approved_at"),
        ("city_leader_approver", "city_leader_approved_at"),
    ],
)
def test_审批要有人有时间(who: str, when: str) -> None:
    whole = SUBMITTED | {"decomposition_approver": "吴某", "decomposition_approved_at": "2026-03-02 09:00"}
    without_time = told(province(**(whole | {when: None})))
    assert ("approval_incomplete", 5, when, True) in without_time
    assert ("approval_incomplete", 5, who, True) in told(province(**(whole | {who: ""})))


# ---- （二）第一时间报告 ----


@clause("SZ1-10.2")
@pytest.mark.parametrize(("forwarded", "expected"), [(None, ["not_forwarded"]), ("2026-03-04 17:30", [])])
def test_办理情况要呈报分管副市长和市长(forwarded: str | None, expected: list[str]) -> None:
    row = province(time_limit=TimeLimit.THREE_DAYS)
    accepted = {"result": ReviewResult.ACCEPTED, "reviewed_at": "2026-03-04 17:00", "matter": PARENT}
    final = report("3天", "2026-03-04 16:00", forwarded_at=forwarded, **accepted)
    found = findings(row, final, moment="2026-03-04 18:00")
    assert [f.rule for f in found] == expected
    assert all(f.clause == "SZ1-10.2" and not f.is_error for f in found)


# ---- （三）反馈上报 ----


@clause("SZ1-10.3")
def test_依次报办公厅分管领导_市领导_再上报() -> None:
    assert told(province(**SUBMITTED)) == []


@clause("SZ1-10.3")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"office_approved_at": "2026-03-16 15:01"}, "city_leader_approved_at"),
        ({"city_leader_approved_at": "2026-03-17 09:01"}, "submitted_at"),
        ({"office_approver": "", "office_approved_at": None}, "city_leader_approved_at"),
        ({"city_leader_approver": "", "city_leader_approved_at": None}, "submitted_at"),
    ],
    ids=["市领导在先", "上报在审批之先", "没有报办公厅", "没有报市领导"],
)
def test_次序不对或缺审批的(changes: dict[str, object], field: str) -> None:
    found = findings(province(**(SUBMITTED | changes)), moment="2026-03-25 09:00")
    first = found[0]
    assert (first.rule, first.place.field, first.clause, first.is_error) == (
        "impossible_history",
        field,
        "SZ1-10.3",
        True,
    )


@clause("SZ1-10.3")
@pytest.mark.parametrize(
    ("fixed", "expected"),
    [("2026-03-18", []), ("2026-03-18 17:31", ["no_time_to_submit"]), ("2026-03-20", ["no_time_to_submit"])],
)
def test_办结期限要留出审批上报的时间(fixed: str, expected: list[str]) -> None:
    row = {"time_limit": TimeLimit.FIXED_DATE, "fixed_due": fixed}
    assert [rule for rule, *_ in told(province(**row))] == expected
    assert [rule for rule, *_ in told(province(), child(**row))] == expected


@clause("SZ1-10.3")
def test_没有填省级期限_提示_下级随上级() -> None:
    assert told(province(province_due=None)) == [("province_due_missing", 5, "province_due", False)]
    assert told(province(), child()) == []


MUTANTS = (
    taken_out("SZ1-10.1", procedure, "CHECKS", province_checks.approvals_whole),
    taken_out("SZ1-10.1", procedure, "CHECKS", province_checks.decomposed_before_handling),
    taken_out("SZ1-10.2", procedure, "CHECKS", province_checks.results_forwarded),
    taken_out("SZ1-10.3", procedure, "CHECKS", province_checks.province_deadline_known),
    taken_out("SZ1-10.3", procedure, "CHECKS", province_checks.time_left_to_submit),
    taken_out("SZ1-10.3", procedure, "CHECKS", history.possible),
)
