"""Checks across rows and against the clock: parents, times ahead, deadlines, stamps, states (readings 2, 26)."""

from dataclasses import replace

import pytest

from engine.facts.finding import Place, error
from engine.facts.kinds import DayType, ExtensionKind, ExtensionResult, ReviewResult, Status
from engine.facts.matter import Stamps
from engine.sample.words import Regime, TimeLimit
from tests.clauses.builders import (
    NUMBER,
    at,
    baoshan,
    closed_out,
    completion,
    extension,
    findings,
    matter,
    policies_with,
    proposal,
    report,
    rules,
    supervision,
)

OTHER = "2026-省-0002"


def sub_item(parent: str, number: str = NUMBER, row: int = 5) -> object:
    return matter(number=number, parent=parent, place=Place("matters", row))


# ---- 上级编号（SZ1-10.1） ----


def test_上级编号在台账里() -> None:
    assert rules(sub_item(OTHER), sub_item("", OTHER, 6)) == []


def test_上级编号不存在() -> None:
    [found] = findings(sub_item("2026-省-0009"))
    assert (found.rule, found.clause, found.place, found.is_error) == (
        "parent_unknown",
        "SZ1-10.1",
        Place("matters", 5, "parent"),
        True,
    )
    assert "2026-省-0009" in found.problem


def test_上级编号是自己_或绕回自己() -> None:
    assert rules(sub_item(NUMBER)) == ["parent_circular"]
    assert rules(sub_item(OTHER), sub_item(NUMBER, OTHER, 6)) == ["parent_circular", "parent_circular"]


def test_上级自己成了循环_下级不受牵连() -> None:
    third = sub_item(OTHER, "2026-日-0003", 7)
    assert [f.place.row for f in findings(third, sub_item(OTHER, OTHER, 6))] == [6]


# ---- 将来的时间（允许十分钟钟差） ----

AHEAD = [("2026-03-03 10:00", 0), ("2026-03-03 10:10", 0), ("2026-03-03 10:11", 1), ("2027-03-03 10:00", 1)]


@pytest.mark.parametrize(("moment", "count"), AHEAD)
def test_记录里的时间不得在将来(moment: str, count: int) -> None:
    earlier = "2026-03-03 09:00"
    for record, field in (
        (report("1天", moment), "reported_at"),
        (report("1天", earlier, result=ReviewResult.ACCEPTED, reviewed_at=moment), "reviewed_at"),
        (extension(moment, plan="方案"), "applied_at"),
        (completion(moment), "applied_at"),
        (supervision(moment), "at"),
    ):
        found = [f for f in findings(matter(), record, moment="2026-03-03 10:00") if f.rule == "time_in_future"]
        assert [(f.place.field, f.is_error, f.matter) for f in found] == [(field, True, NUMBER)] * count


@pytest.mark.parametrize(("assigned", "expected"), [("2026-03-02 12:10", []), ("2026-03-02 12:11", ["time_in_future"])])
def test_交办时间在将来_只提示(assigned: str, expected: list[str]) -> None:
    found = findings(proposal(assigned_at=assigned), moment="2026-03-02 12:00")
    assert [f.rule for f in found] == expected
    assert not any(f.is_error for f in found)


# ---- 只写日期的报送时间、申请时间（reading 2） ----


@pytest.mark.parametrize(
    ("record", "sheet", "field"),
    [
        (report("1天", "2026-03-03"), "reports", "reported_at"),
        (extension("2026-03-03"), "extensions", "applied_at"),
        (completion("2026-03-03"), "completions", "applied_at"),
    ],
)
def test_报送和申请只写日期_提示按下班计(record: object, sheet: str, field: str) -> None:
    found = [f for f in findings(matter(), record, moment="2026-03-04 10:00") if f.rule == "clock_missing"]
    assert [(f.place, f.is_error, f.matter) for f in found] == [(Place(sheet, 3, field), False, NUMBER)]
    assert "按当天17:30计" in found[0].problem


def test_写明钟点的不提示_督办记录不要求钟点() -> None:
    records = (report("1天", "2026-03-03 09:00"), supervision("2026-03-03"))
    assert rules(matter(), *records, moment="2026-03-04 10:00") == []


# ---- 期限早于起算 ----


@pytest.mark.parametrize(
    ("fixed", "expected"),
    [
        ("2026-03-02 09:29", ["fixed_date_before_start"]),
        ("2026-03-02 09:30", ["fixed_date_before_start"]),
        ("2026-03-02 09:31", []),
        ("2026-03-02", []),
        ("2026-03-01", ["fixed_date_before_start"]),
    ],
)
def test_指定期限须晚于起算时间(fixed: str, expected: list[str]) -> None:
    assert rules(proposal(time_limit=TimeLimit.FIXED_DATE, fixed_due=fixed)) == expected


def test_审批晚于指定期限也是错误() -> None:
    row = proposal(time_limit=TimeLimit.FIXED_DATE, fixed_due="2026-03-05", approved_at="2026-03-06 09:00")
    assert "fixed_date_before_start" in rules(row, moment="2026-03-06 10:00")


@pytest.mark.parametrize(
    ("new", "expected"), [("2026-03-03 10:00", ["new_deadline_past"]), ("2026-03-03 10:01", []), ("2026-03-03", [])]
)
def test_新期限须晚于申请时间(new: str, expected: list[str]) -> None:
    asked = extension("2026-03-03 10:00", kind=ExtensionKind.NEW_DEADLINE, new_due=new)
    found = rules(matter(), asked, moment="2026-03-03 11:00")
    assert [rule for rule in found if rule == "new_deadline_past"] == expected


# ---- 办理时限与指定期限 ----


@pytest.mark.parametrize(
    ("gap", "rule", "field", "is_error"),
    [
        ({"assigned_at": None}, "assignment_time_missing", "assigned_at", True),
        ({"time_limit": None}, "time_limit_missing", "time_limit", True),
        ({"time_limit": TimeLimit.FIXED_DATE}, "fixed_date_missing", "fixed_due", True),
        ({"fixed_due": "2026-03-20"}, "fixed_date_unused", "fixed_due", False),
        ({"content": "", "requirement": ""}, "content_missing", "content", True),
    ],
)
def test_时限算不出来的不得立项(gap: dict[str, object], rule: str, field: str, is_error: bool) -> None:
    [found] = findings(proposal(**gap))
    assert (found.rule, found.place.field, found.is_error) == (rule, field, is_error)


# ---- 盖的时限与推算的不同（reading 26） ----

STAMPED = Stamps(
    node_1_day=at("2026-03-03 09:30"), node_3_days=at("2026-03-05 09:30"), completion_due=at("2026-03-05 09:30")
)


def test_盖的时限与推算一致() -> None:
    assert rules(matter(stamps=STAMPED)) == []


def test_盖的时限被改动_说明原来和应有的值() -> None:
    moved = Stamps(STAMPED.node_1_day, at("2026-03-06 09:30"), None, None, STAMPED.completion_due)
    [found] = findings(matter(stamps=moved))
    assert (found.rule, found.place.field, found.is_error) == ("stamp_differs", "node_3_days", False)
    assert found.problem == "盖的时限是 2026-03-06 09:30，按规则应为 2026-03-05 09:30。"


def test_时限改短后_多出来的节点也指出() -> None:
    found = findings(matter(stamps=STAMPED, time_limit=TimeLimit.ONE_DAY))
    assert [f.place.field for f in found] == ["node_3_days", "completion_due"]
    assert "没有这个节点" in found[0].problem


def test_批准了新期限_办结期限按新的核对() -> None:
    agreed = extension(
        "2026-03-02 10:00",
        kind=ExtensionKind.NEW_DEADLINE,
        plan="方案",
        new_due="2026-03-10",
        approver="孙某",
        approver_rank="分管副市长",
        approved_at="2026-03-02 11:00",
        result=ExtensionResult.AGREED,
    )

    def differing(due: str) -> list[str | None]:
        stamps = Stamps(node_7_days=at("2026-03-09 09:30"), completion_due=at(due))
        found = findings(matter(time_limit=TimeLimit.SEVEN_DAYS, stamps=stamps), agreed)
        return [f.place.field for f in found if f.rule == "stamp_differs"]

    assert differing("2026-03-09 09:30") == ["completion_due"]
    assert differing("2026-03-10 17:30") == []


# ---- 状态与记录冲突（reading 26） ----


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.WITHDRAWN])
def test_状态填了已结束_记录没有_是错误(status: Status) -> None:
    [found] = findings(matter(status=status))
    assert (found.rule, found.place.field, found.is_error) == ("state_without_record", "status", True)


def test_只有办结时间_或撤销没有批准人_仍是错误() -> None:
    """Reading 33: the row alone is no record; a withdrawal is recorded by its time and who agreed to it."""
    no_record = ["state_without_record"]
    assert rules(matter(status=Status.COMPLETED, completed_at="2026-03-02 11:00")) == no_record
    assert rules(matter(status=Status.COMPLETED), closed_out("2026-03-02 11:00")) == []
    withdrawn = matter(status=Status.WITHDRAWN, withdrawn_at="2026-03-02 11:00")
    assert rules(withdrawn) == no_record
    assert rules(replace(withdrawn, withdrawal_approver="钱某")) == []


# ---- 年份没有放假安排 ----


def test_年份没有日历_是错误_录入节假日后消失() -> None:
    times = dict.fromkeys(("source_date", "assigned_at", "approved_at"), "2031-03-03")
    row = baoshan(number="2031-常-0001", fixed_due="2031-03-20", **times)
    given = {"moment": "2031-03-04 09:00", "regime": Regime.BAOSHAN}
    found = [f for f in findings(row, **given) if f.rule == "year_not_covered"]
    assert [(f.place.sheet, f.clause, f.is_error) for f in found] == [("holidays", "BS-5.2", True)]
    known = {at("2031-10-01").date(): DayType.HOLIDAY}
    assert "year_not_covered" not in rules(row, **given, day_overrides=known)


# ---- 读不出来的格子不再当作空的报一遍；次序 ----


def test_读的时候已报错的格子_不重复报() -> None:
    unread = error(Place("matters", 5, "lead_unit"), "unknown_unit", "", "通讯录里没有“某局”。", "请补录。")
    assert rules(proposal(lead_unit=""), findings=(unread,)) == ["unknown_unit"]


def test_结果按工作表和行排列() -> None:
    lower = proposal(place=Place("matters", 9), source="")
    upper = proposal(place=Place("matters", 4), approver="")
    late = report("1天", "2026-03-02")
    found = findings(lower, late, upper, matter(place=Place("matters", 6)), moment="2026-03-04 09:00")
    assert [(f.place.sheet, f.place.row) for f in found] == [("matters", 4), ("matters", 9), ("reports", 3)]


def test_按修订后的制度核对_以立项那天为准() -> None:
    stricter = policies_with("initiation.other_office_ranks", ["秘书长"])
    row = proposal(initiating_office="综合科", assigning_leader_rank="秘书长")
    assert rules(row, under=stricter) == ["other_office_without_demand"]
