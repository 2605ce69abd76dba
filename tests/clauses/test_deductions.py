"""激励积分办法第十条（二）：信息督办系统事项的减分。"""

import pytest

from engine.facts.kinds import CompletionResult, ReviewResult, SupervisionMethod
from engine.rules.points import account, deductions
from engine.sample.words import Board, Grade, TimeLimit
from tests.clauses.builders import completion, matter, policies_with, report, supervision
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced, taken_out
from tests.clauses.points import COOPERATOR, entries, exclusion, faults, points

pytestmark = clause("SZ4-10.2")

# ---- 第十条（二）信息报送每逾期一次减0.5分 ----

ONE_DAY = {"time_limit": TimeLimit.ONE_DAY, "passively_included": True}


@pytest.mark.parametrize(
    ("reported", "wanted"),
    [
        ("2026-03-03 09:29", []),
        ("2026-03-03 09:30", []),
        ("2026-03-03 09:31", [("报送逾期", -0.5, "2026-03-03")]),
        ("2026-03-20 09:31", [("报送逾期", -0.5, "2026-03-03")]),
    ],
)
def test_逾期一次减半分_不按天计(reported: str, wanted: list[object]) -> None:
    assert points(matter(**ONE_DAY), report("1天", reported)) == wanted


def test_每个节点各算一次_记在各自到期日() -> None:
    row = matter(passively_included=True)
    assert points(row) == [("报送逾期", -0.5, "2026-03-03"), ("报送逾期", -0.5, "2026-03-05")]
    assert [entry.clause for entry in entries(row)] == ["SZ4-10.2"] * 2


def test_到期那一分钟还不算_过了才算() -> None:
    assert points(matter(**ONE_DAY), moment="2026-03-03 09:30") == []
    assert points(matter(**ONE_DAY), moment="2026-03-03 09:31") == [("报送逾期", -0.5, "2026-03-03")]


def test_退回后整改再逾期_是另一次() -> None:
    back = report(
        "1天",
        "2026-03-03 08:00",
        result=ReviewResult.SENT_BACK,
        reviewed_at="2026-03-03 09:00",
        rectification_due="2026-03-04 09:00",
    )
    assert points(matter(**ONE_DAY), back) == [
        ("退回重报", -0.5, "2026-03-03"),
        ("报送逾期", -0.5, "2026-03-04"),
    ]


@pytest.mark.parametrize("board", [Board.KEY_TASK, Board.DAILY])
def test_月报逾期记在月末那天(board: Board) -> None:
    long = matter(board=board, time_limit=TimeLimit.LONG, passively_included=True)
    late = points(long, moment="2026-04-01 00:01", without=("季度未被催办",))
    assert ("报送逾期", -0.5, "2026-03-31") in late


def test_牵头单位减_配合单位不减() -> None:
    row = matter(**ONE_DAY, cooperating_units=(COOPERATOR,))
    assert points(row, unit=COOPERATOR) == []
    under = policies_with("points.shared", "all")
    assert points(row, unit=COOPERATOR, under=under) == [("报送逾期", -0.5, "2026-03-03")]


def test_经批准剔除的_留痕不减分() -> None:
    (entry,) = entries(matter(**ONE_DAY), exclusion("1天"))
    assert (entry.points, entry.kind) == (0, "报送逾期")
    assert entry.evidence.endswith("；经孙某批准不计：短信平台故障")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"reason": ""}, "exclusion_incomplete"),
        ({"approver": ""}, "exclusion_incomplete"),
        ({"node": "3天"}, "exclusion_not_late"),
        ({"matter": "2026-日-9999"}, "exclusion_unknown_matter"),
    ],
)
def test_剔除须有理由有批准人_指明逾期的节点(changes: dict[str, str], rule: str) -> None:
    row = exclusion(**{"node": "1天", **changes})
    assert points(matter(**ONE_DAY), row) == [("报送逾期", -0.5, "2026-03-03")]
    assert faults(matter(**ONE_DAY), row) == [rule]


# ---- 第十条（二）逾期2天以上、进入重点督办环节的，每项减5分 ----

LATE = ("报送逾期", -0.5, "2026-03-03")


def escalation(approved_at: str | None, **changes: object):
    given = {"method": SupervisionMethod.ESCALATED, "approver": "孙某", "approved_at": approved_at}
    given |= {"approver_rank": "分管副秘书长", **changes}
    return supervision("2026-03-05 08:00", **given)


@pytest.mark.parametrize(
    ("approved_at", "wanted"),
    [
        (None, [LATE]),
        ("2026-03-05 09:29", [LATE]),
        ("2026-03-05 09:30", [LATE, ("进入重点督办", -5, "2026-03-05")]),
        ("2026-03-09 10:00", [LATE, ("进入重点督办", -5, "2026-03-09")]),
    ],
)
def test_逾期2天以上且批准重点督办_才减5分_记在批准日(approved_at: str | None, wanted: list[object]) -> None:
    assert points(matter(**ONE_DAY), escalation(approved_at)) == wanted


@pytest.mark.parametrize(
    ("reported", "wanted"),
    [("2026-03-05 09:29", [LATE]), ("2026-03-05 09:30", [LATE, ("进入重点督办", -5, "2026-03-06")])],
)
def test_未满2天就报送的_批准了也不减5分(reported: str, wanted: list[object]) -> None:
    assert points(matter(**ONE_DAY), report("1天", reported), escalation("2026-03-06 10:00")) == wanted


def test_一项只减一次() -> None:
    row = matter(passively_included=True)
    twice = (escalation("2026-03-06 10:00"), escalation("2026-03-09 10:00"))
    found_ = [entry for entry in points(row, *twice) if entry[0] == "进入重点督办"]
    assert found_ == [("进入重点督办", -5, "2026-03-06")]


def test_没有批准人的不算() -> None:
    assert points(matter(**ONE_DAY), escalation("2026-03-06 10:00", approver="")) == [LATE]


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [("2026-03-05 09:29", [LATE]), ("2026-03-05 09:30", [LATE, ("进入重点督办", -5, "2026-03-05")])],
)
def test_另一读法_逾期满48小时即减5分(moment: str, wanted: list[object]) -> None:
    under = policies_with("points.escalated_when", "over_two_days")
    assert points(matter(**ONE_DAY), moment=moment, under=under) == wanted


# ---- 第十条（二）退回重报的，第一次减0.5分，以后每退回一次多减1分 ----


def returns(*days: str) -> list[object]:
    return [
        report("1天", f"2026-03-03 0{n}:00", result=ReviewResult.SENT_BACK, reviewed_at=f"{day} 10:00")
        for n, day in enumerate(days, start=1)
    ]


def test_退回三次_减05_15_25_跨季度接着数() -> None:
    days = ("2026-03-03", "2026-03-20", "2026-04-02")
    assert points(matter(**ONE_DAY), *returns(*days), moment="2026-04-03 09:00", without=("季度未被催办",)) == [
        ("退回重报", -0.5, "2026-03-03"),
        ("退回重报", -1.5, "2026-03-20"),
        ("退回重报", -2.5, "2026-04-02"),
    ]


def test_另一读法_第二次起每次减1分() -> None:
    under = policies_with("points.returned", "flat")
    days = ("2026-03-03", "2026-03-20", "2026-03-21")
    assert [entry[1] for entry in points(matter(**ONE_DAY), *returns(*days), under=under)] == [-0.5, -1, -1]


def test_各项各数各的() -> None:
    other = matter(number="2026-日-0002", **ONE_DAY)
    back = report(
        "1天", "2026-03-03 08:00", matter=other.number, result=ReviewResult.SENT_BACK, reviewed_at="2026-03-04 10:00"
    )
    assert [entry[1] for entry in points(matter(**ONE_DAY), other, *returns("2026-03-03"), back)] == [-0.5, -0.5]


# ---- 第十条（二）办理结果被评为不合格的，每项每次减5分 ----


def failing(applied: str, approved: str | None) -> object:
    people = {"grader": "李科长", "grade_approver": "孙某", "grade_approver_rank": "分管副秘书长"}
    given = {"grade": Grade.FAIL, "grade_approved_at": approved, **people}
    return completion(applied, **given, result=CompletionResult.SENT_BACK, rectification_due="2026-03-30")


def test_不合格每次减5分_记在审定日_不再算退回() -> None:
    twice = (failing("2026-03-03 08:00", "2026-03-04 10:00"), failing("2026-03-10 08:00", "2026-03-11 10:00"))
    assert [entry for entry in points(matter(**ONE_DAY), *twice) if entry[1] < -0.5] == [
        ("办结不合格", -5, "2026-03-04"),
        ("办结不合格", -5, "2026-03-11"),
    ]
    assert not [entry for entry in points(matter(**ONE_DAY), *twice) if entry[0] == "退回重报"]


def test_不合格还没审定的_不减分并提示() -> None:
    proposed = failing("2026-03-03 08:00", None)
    assert points(matter(**ONE_DAY), proposed, moment="2026-03-20 09:00") == [
        ("报送逾期", -0.5, "2026-03-03"),  # sent back before the node was due: it is owed again (reading 32)
        ("退回重报", -0.5, "2026-03-03"),
    ]
    assert faults(matter(**ONE_DAY), proposed) == ["failed_not_approved"]


def test_合格之外原因退回的办结申请_算一次退回() -> None:
    back = completion("2026-03-03 08:00", result=CompletionResult.SENT_BACK, reviewed_at="2026-03-04 10:00")
    assert points(matter(**ONE_DAY), back) == [("退回重报", -0.5, "2026-03-04")]


MUTANTS = (
    taken_out("SZ4-10.2", account, "PARAGRAPHS", deductions.late_reports),
    taken_out("SZ4-10.2", account, "PARAGRAPHS", deductions.escalated),
    taken_out("SZ4-10.2", account, "PARAGRAPHS", deductions.sent_back),
    taken_out("SZ4-10.2", account, "PARAGRAPHS", deductions.failed),
    replaced("SZ4-10.2", deductions, "stood_late", lambda *_: True),
    replaced("SZ4-10.2", deductions, "failed_at", lambda *_: None),
    policy_value("SZ4-10.2", "points.returned_more", 0),
)
