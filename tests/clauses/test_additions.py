"""激励积分办法第九条：加分项。"""

import pytest

from engine.facts.finding import Place
from engine.facts.kinds import CompletionResult, Status, SupervisionMethod
from engine.rules.points import account, additions, entered, unurged
from engine.sample.words import Board, Grade, TimeLimit
from tests.clauses.builders import (
    LEAD,
    completion,
    matter,
    policies_with,
    report,
    rules,
    supervision,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced, taken_out
from tests.clauses.points import COOPERATOR, entries, exclusion, faults, item, points

ALL_MET = report("3天", "2026-03-03 08:00")  # the first node is met by a report to the last one
TAKEN_IN = ("纳入系统", 0.5, "2026-03-02")
CLOSED = {
    "requester": "秘书一科",
    "requested_at": "2026-03-04 10:00",
    "reviewer": "孙某",
    "reviewer_rank": "分管副秘书长",
    "reviewed_at": "2026-03-04 11:00",
    "finalizer": "李某",
    "finalizer_rank": "分管副市长",
    "finalized_at": "2026-03-04 16:00",
    "grader": "秘书一科",
    "grade_approver": "孙某",
    "grade_approver_rank": "分管副秘书长",
    "grade_approved_at": "2026-03-04 09:00",
    "result": CompletionResult.COMPLETED,
}
HARMLESS = ("季度未被催办",)


# ---- 第九条（一）受到市级以上表彰，牵头单位每项加20分，配合单位加10分 ----


@clause("SZ4-9.1")
@pytest.mark.parametrize(
    ("role", "quantity", "wanted"),
    [("牵头", 1, 20), ("牵头", 2, 40), ("牵头", None, 20), ("配合", 1, 10), ("配合", 3, 30)],
)
def test_受表彰的_牵头加20_配合加10(role: str, quantity: int | None, wanted: float) -> None:
    row = item("表彰", "2026-03-05", role=role, quantity=quantity)
    assert points(row) == [("表彰", wanted, "2026-03-05")]


@clause("SZ4-9.1")
@pytest.mark.parametrize("level", ["国务院", "省", "市"])
def test_三级督查的表彰一样加分(level: str) -> None:
    (entry,) = entries(item("表彰", level=level))
    assert (entry.points, entry.clause, entry.scorer) == (20, "SZ4-9.1", "督查室")
    assert level in entry.evidence


@clause("SZ4-9.1")
def test_同一份文件不重复表彰_另一单位和另一文件照加() -> None:
    rows = (item("表彰"), item("表彰"), item("表彰", unit=COOPERATOR, role="配合"), item("表彰", document="另一文号"))
    assert [entry.points for entry in entries(*rows)] == [10, 20, 20]
    assert faults(*rows) == ["commended_twice"]


# ---- 第九条（二）每项加0.5分，推动落实不力、被动纳入的不予积分 ----


@clause("SZ4-9.2")
def test_纳入一项加半分_记在立项当日() -> None:
    (entry,) = entries(matter(), ALL_MET)
    assert (entry.unit, entry.points, str(entry.date)) == (LEAD, 0.5, "2026-03-02")
    assert (entry.clause, entry.reading, entry.scorer, entry.matter) == ("SZ4-9.2", 15, "秘书一科", "2026-日-0001")


@clause("SZ4-9.2")
@pytest.mark.parametrize("changes", [{"passively_included": True}, {"initiated_at": None}, {"number": ""}])
def test_被动纳入的_没有立项的_不加分(changes: dict[str, object]) -> None:
    assert points(matter(**changes), ALL_MET) == []


@clause("SZ4-9.2")
def test_推动不力的不加分_只及所指的一项() -> None:
    other = matter(number="2026-日-0002")
    row = item("推动不力", matter="2026-日-0001", scorer="秘书一科")
    assert [entry.matter for entry in entries(matter(), other, row) if entry.kind == "纳入系统"] == ["2026-日-0002"]


@clause("SZ4-9.2")
def test_推动不力没有指明事项的_不起作用并提示() -> None:
    assert points(matter(), ALL_MET, item("推动不力", scorer="秘书一科")) == [TAKEN_IN]
    assert faults(matter(), ALL_MET, item("推动不力")) == ["sluggish_without_matter"]


@clause("SZ4-9.2")
def test_立项之前没有分_别的电脑时钟快10分钟以内算已立项() -> None:
    assert points(matter(), moment="2026-03-02 09:24") == []
    assert points(matter(), moment="2026-03-02 09:25") == [TAKEN_IN]


@clause("SZ4-9.2")
def test_只记牵头单位_可改为共同记分() -> None:
    row = matter(cooperating_units=(COOPERATOR,))
    assert points(row, ALL_MET, unit=COOPERATOR) == []
    under = policies_with("points.shared", "all")
    assert points(row, ALL_MET, unit=COOPERATOR, under=under) == [TAKEN_IN]
    assert points(row, ALL_MET, under=under) == [TAKEN_IN]


# ---- 第九条（二）办结经审定为优秀的每项加3分，良好加1分 ----


@clause("SZ4-9.2", "SZ2-5.2", "SZ3-5.2")
@pytest.mark.parametrize(
    ("grade", "wanted"),
    [
        (Grade.EXCELLENT, [TAKEN_IN, ("办结优秀", 3, "2026-03-04")]),
        (Grade.GOOD, [TAKEN_IN, ("办结良好", 1, "2026-03-04")]),
        (Grade.ACCEPTABLE, [TAKEN_IN]),
    ],
)
@pytest.mark.parametrize("board", [Board.DAILY, Board.KEY_TASK, Board.REFORM])
def test_办结评优评良加分_合格不加(board: Board, grade: Grade, wanted: list[object]) -> None:
    done = completion("2026-03-03 08:00", grade=grade, **CLOSED)
    assert points(matter(board=board), done) == wanted


@clause("SZ4-9.2", "SZ2-5.2")
def test_没有清零的不加分_审定前一分钟还没有() -> None:
    done = completion("2026-03-03 08:00", grade=Grade.EXCELLENT, **CLOSED)
    assert points(matter(), done, moment="2026-03-04 15:49") == [TAKEN_IN]
    assert ("办结优秀", 3, "2026-03-04") in points(matter(), done, moment="2026-03-04 16:00")


@clause("SZ4-9.2", "SZ2-5.2")
@pytest.mark.parametrize(
    "missing", [{"grade_approved_at": None}, {"grade_approver_rank": "科长"}, {"grade_approver": ""}]
)
def test_等级未经有权的人审定_不加分并提示(missing: dict[str, object]) -> None:
    done = completion("2026-03-03 08:00", **({"grade": Grade.EXCELLENT} | CLOSED | missing))
    assert points(matter(), done) == [TAKEN_IN]
    assert faults(matter(), done) == ["grade_not_approved"]


@clause("SZ4-9.2", "SZ3-5.2")
def test_没有办结审核记录的_台账里填的等级不加分_报错() -> None:
    """Reading 33: what stands in the row alone is no record."""
    typed = {"grade": Grade.EXCELLENT, "finalizer": "李某", "completed_at": "2026-03-02 17:00"}
    for status in (Status.IN_PROGRESS, Status.COMPLETED):
        row = matter(status=status, **typed)
        assert not [entry for entry in points(row) if entry[0] == "办结优秀"]
        assert "state_without_record" in rules(row, moment="2026-03-20 09:00")


# ---- 第九条（二）每个时间节点均未被催办的，每季度加5分 ----

UNURGED = ("季度未被催办", 5, "2026-03-31")


def quarter_points(*facts: object, **given: object) -> list[tuple[str, float, str]]:
    """Only what the quarter as a whole brings."""
    given = {"moment": "2026-04-01 00:00", **given}
    return [entry for entry in points(*facts, **given) if entry[0] == "季度未被催办"]


@clause("SZ4-9.2")
@pytest.mark.parametrize(
    ("reported", "wanted"),
    [
        ("2026-03-03 09:30", [UNURGED]),
        ("2026-03-03 12:29", [UNURGED]),
        ("2026-03-03 12:30", [UNURGED]),
        ("2026-03-03 12:31", []),
    ],
)
def test_逾期3小时起催办_此前报送的仍加5分(reported: str, wanted: list[object]) -> None:
    row = matter(time_limit=TimeLimit.ONE_DAY)
    assert quarter_points(row, report("1天", reported)) == wanted


@clause("SZ4-9.2")
def test_提醒不是催办_没有节点到期的不加分() -> None:
    assert quarter_points(matter(time_limit=TimeLimit.LONG, board=Board.DAILY), moment="2026-03-30 12:00") == []
    assert quarter_points() == []


@clause("SZ4-9.2")
def test_季度没有过完不加() -> None:
    assert quarter_points(matter(), ALL_MET, moment="2026-03-31 23:59") == []
    assert quarter_points(matter(), ALL_MET) == [UNURGED]


@clause("SZ4-9.2")
@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        ({"node": "1天"}, []),
        ({"node": ""}, []),
        ({"node": "", "unit": LEAD}, []),
        ({"node": "1天", "unit": COOPERATOR}, [UNURGED]),
    ],
)
def test_电话催办也是催办(call: dict[str, object], wanted: list[object]) -> None:
    act = supervision("2026-03-03 07:00", method=SupervisionMethod.PHONE_URGING, **call)
    assert quarter_points(matter(), act, ALL_MET) == wanted


@clause("SZ4-9.2")
def test_月报被催办的不加_月底到期记在当月() -> None:
    long = matter(board=Board.KEY_TASK, time_limit=TimeLimit.LONG)
    march = report("月报", "2026-03-31 20:00", period="2026-03")
    summary = report("季报", "2026-03-31 10:00", period="2026Q1")
    node = matter(number="2026-日-0002", time_limit=TimeLimit.ONE_DAY, place=Place("matters", 6))
    met = report("1天", "2026-03-03 08:00", matter="2026-日-0002")
    assert quarter_points(long, march, summary, node, met) == [UNURGED]
    late = report("月报", "2026-04-01 09:00", period="2026-03")
    assert quarter_points(long, late, summary, node, met, moment="2026-04-01 10:00") == []


@clause("SZ4-9.2")
@pytest.mark.parametrize("board", [Board.DAILY, Board.KEY_TASK])
def test_只有月报季报到期的季度不加_有节点或整改到期才加(board: Board) -> None:
    """Reading 38: reports that nobody may urge earn nothing by themselves."""
    source = {"source": "政府工作报告"} if board == Board.KEY_TASK else {}
    row = matter(board=board, time_limit=TimeLimit.LONG, **source)
    papers = [report("月报", "2026-03-31 20:00", period="2026-03")]
    papers += [report("季报", "2026-03-31 10:00", period="2026Q1")] if board == Board.KEY_TASK else []
    assert quarter_points(row, *papers) == []
    other = policies_with("points.unurged_counts", "every_report")
    assert quarter_points(row, *papers, under=other) == [UNURGED]
    back = completion(
        "2026-03-10 09:00",
        result=CompletionResult.SENT_BACK,
        reviewed_at="2026-03-11 09:00",
        rectification_due="2026-03-13 12:00",
    )
    mended = report("整改", "2026-03-12 09:00", period="1")
    assert quarter_points(row, *papers, back, mended) == [UNURGED]


@clause("SZ4-9.2")
def test_被剔除的节点不算催办() -> None:
    row = matter(time_limit=TimeLimit.ONE_DAY)
    assert quarter_points(row, exclusion("1天")) == [UNURGED]


@clause("SZ4-9.2")
def test_每单位每季度只加一次() -> None:
    rows = [matter(number=f"2026-日-{n:04}", time_limit=TimeLimit.ONE_DAY) for n in range(1, 4)]
    done = [report("1天", "2026-03-03 08:00", matter=row.number) for row in rows]
    assert quarter_points(*rows, *done) == [UNURGED]
    assert quarter_points(*rows, *done[:2]) == []


@clause("SZ4-9.1")
@pytest.mark.parametrize(("level", "amount"), [("国务院", 20), ("省", 20), ("市", 20), ("县", None), ("", None)])
def test_市级以上表彰才加分_县级的和没填层级的报错不加(level: str, amount: int | None) -> None:
    row = item("表彰", level=level)
    assert [entry[1] for entry in points(row)] == ([amount] if amount else [])
    assert faults(row) == ([] if amount else ["item_without_level"])


@clause("SZ4-9.1")
def test_读法33_另一种_层级不够的照样加分() -> None:
    under = policies_with("acts.below_rank", "counts")
    assert [entry[1] for entry in points(item("表彰", level="县"), under=under)] == [20]


MUTANTS = (
    policy_value("SZ4-9.1", "points.levels", ["国务院", "省", "市", "县", ""]),
    policy_value("SZ4-9.2", "points.unurged_counts", "every_report"),
    policy_value("SZ4-9.1", "points.commended_lead", 10),
    policy_value("SZ4-9.1", "points.commended_cooperating", 20),
    taken_out("SZ4-9.1", entered, "FAULTS", entered._documented),
    taken_out("SZ4-9.2", account, "PARAGRAPHS", additions.taken_in),
    taken_out("SZ4-9.2", account, "PARAGRAPHS", additions.closed_with_grade),
    replaced("SZ4-9.2", account, "unurged", lambda *_: iter(())),
    replaced("SZ4-9.2", unurged, "was_urged", lambda *_: False),
    replaced("SZ4-9.2", unurged, "_phoned", lambda *_: set()),
    policy_value("SZ4-9.2", "points.taken_in", 1),
    policy_value("SZ2-5.2", "points.graded.优秀", 1),
    policy_value("SZ3-5.2", "points.graded.良好", 3),
    taken_out("SZ4-9.2", entered, "FAULTS", entered._marks_a_matter),
)
