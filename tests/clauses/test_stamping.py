"""编号盖时限：批准且无错的行得到编号、时限和状态；号码永不重复；人填的格子不动（SZ1-8、12、13.1）。"""

from datetime import date

import pytest

from engine.facts.change import Change, NewRow
from engine.facts.finding import Place
from engine.facts.kinds import Status
from engine.facts.matter import Matter, Stamps
from engine.ledger.headings.columns import MATTERS, Owner
from engine.review.stamp import Stamping, stamp
from engine.sample.words import Board, Regime, TimeLimit
from tests.clauses.builders import at, baoshan, ledger, matter, policies, policies_with, proposal

NOW = "2026-03-02 12:00"


def stamped(*facts: Matter, now: str = NOW, under: object = None, **given: object) -> Stamping:
    return stamp(ledger(*facts, **given), under or policies(), at(now))


def cells(stamping: Stamping, row: int = 5) -> dict[str, object]:
    """What is written into one row of 督办台账."""
    return {one.field: one.new for one in stamping.changes if (one.place.sheet, one.place.row) == ("matters", row)}


def test_批准的行得到编号_时限_立项时间和状态() -> None:
    assert cells(stamped(proposal())) == {
        "number": "2026-日-0001",
        "initiated_at": at(NOW),
        "status": Status.IN_PROGRESS,
        "node_1_day": at("2026-03-03 09:30"),
        "node_3_days": at("2026-03-05 09:30"),
        "completion_due": at("2026-03-05 09:30"),
    }


def test_没有编号的行按行号和内容找_每格只在仍为空时写() -> None:
    changes = stamped(proposal()).changes
    assert {(one.matter, one.row_hash, one.old) for one in changes} == {("", "hash5", None)}
    assert all(one.clauses for one in changes)


def test_人填的格子一个不动() -> None:
    owners = {column.field: column.owner for column in MATTERS.columns}
    rows = (
        proposal(),
        matter(place=Place("matters", 6)),
        proposal(place=Place("matters", 7), time_limit=TimeLimit.LONG),
    )
    for one in stamped(*rows).changes:
        if one.place.sheet == "matters":
            assert owners[one.field] is Owner.BUTTON


def test_有错的行不盖_别的行照盖() -> None:
    bad = proposal(place=Place("matters", 6), approver="")
    result = stamped(bad, proposal())
    assert cells(result, 6) == {}
    assert cells(result)["number"] == "2026-日-0001"
    assert [found.rule for found in result.findings] == ["approval_missing"]


def test_只有提示的行照盖() -> None:
    assert "number" in cells(stamped(proposal(assigned_at="2026-03-02 08:00")))


@pytest.mark.parametrize(
    "ended", [{"completed_at": "2026-03-02"}, {"status": Status.WITHDRAWN, "withdrawn_at": "2026-03-02"}]
)
def test_已办结已撤销的行不盖(ended: dict[str, object]) -> None:
    assert stamped(proposal(**ended)).changes == ()


# ---- 状态 ----


def test_长期事项一立项就持续推进() -> None:
    written = cells(stamped(proposal(time_limit=TimeLimit.LONG)))
    assert written["status"] is Status.LONG_RUNNING
    assert written["long_running_since"] == at("2026-03-02 09:30")
    assert not {"node_1_day", "completion_due"} & written.keys()


def test_待立项改为办理中() -> None:
    [status] = [one for one in stamped(proposal(status=Status.AWAITING_INITIATION)).changes if one.field == "status"]
    assert (status.old, status.new) == (Status.AWAITING_INITIATION, Status.IN_PROGRESS)


def test_指定日期盖最后期限_保山只有一个期限() -> None:
    written = cells(stamped(proposal(time_limit=TimeLimit.FIXED_DATE, fixed_due="2026-03-06")))
    assert (written["node_3_days"], written["completion_due"]) == (at("2026-03-05 09:30"), at("2026-03-06 17:30"))
    meeting = cells(stamped(baoshan(), regime=Regime.BAOSHAN))
    assert meeting["number"] == "2026-常-0001"
    assert meeting["completion_due"] == at("2026-03-20 17:30")
    assert "node_1_day" not in meeting


# ---- 已有编号的行：只补空缺 ----


def test_有编号缺时限的补上_不动编号和状态() -> None:
    row = matter(stamps=Stamps(node_1_day=at("2026-03-03 09:30")))
    result = stamped(row)
    assert cells(result) == {"node_3_days": at("2026-03-05 09:30"), "completion_due": at("2026-03-05 09:30")}
    assert {one.matter for one in result.changes if one.place.sheet == "matters"} == {row.number}


def test_盖过的时限不改写_只提示() -> None:
    moved = Stamps(at("2026-03-03 09:30"), at("2026-03-09 09:30"), completion_due=at("2026-03-05 09:30"))
    result = stamped(matter(stamps=moved))
    assert cells(result) == {}
    assert [found.rule for found in result.findings] == ["stamp_differs"]


def test_再盖一次什么也不变() -> None:
    first = stamped(proposal())
    written = {key: value for key, value in cells(first).items() if key in Stamps.__dataclass_fields__}
    rest = {key: value for key, value in cells(first).items() if key not in written}
    again = stamped(proposal(stamps=Stamps(**written), **rest), settings={"high_water": {"日2026": 1}})
    assert (again.changes, again.rows) == ((), ())


# ---- 编号：年份、版块、顺序号 ----


def numbers(*facts: Matter, **given: object) -> list[object]:
    return [one.new for one in stamped(*facts, **given).changes if one.field == "number"]


def test_按行的次序连续编号_各版块各编各的() -> None:
    reform = {"board": Board.REFORM, "source": "省委省政府部署"}
    rows = (proposal(), proposal(place=Place("matters", 6), **reform), proposal(place=Place("matters", 7)))
    assert numbers(*rows) == ["2026-日-0001", "2026-改-0001", "2026-日-0002"]


@pytest.mark.parametrize(
    ("high_water", "existing", "expected"),
    [
        ({}, "2026-日-0007", "2026-日-0008"),
        ({"日2026": 9}, "2026-日-0007", "2026-日-0010"),
        ({"日2026": 5}, "2026-日-0007", "2026-日-0008"),
        ({"日2025": 99, "重2026": 88}, "2025-日-0777", "2026-日-0001"),
        ({"日2026": 9999}, "2026-日-0001", "2026-日-10000"),
        ({}, "旧台账12号", "2026-日-0001"),
    ],
)
def test_接着用过的最大号往下编(high_water: dict[str, int], existing: str, expected: str) -> None:
    row = matter(number=existing, place=Place("matters", 9))
    assert numbers(proposal(), row, settings={"high_water": high_water}) == [expected]


def test_删掉行以后号码不再用() -> None:
    first = stamped(proposal())
    [kept] = first.rows
    assert numbers(proposal(), settings={"high_water": {"日2026": kept.values["value"]}}) == ["2026-日-0002"]


def test_年份是立项那一年() -> None:
    row = proposal(approved_at="2025-12-31 16:00", assigned_at="2025-12-31 16:30")
    assert numbers(row, now="2026-01-01 00:00") == ["2026-日-0001"]
    assert numbers(row, now="2025-12-31 23:59") == ["2025-日-0001"]


def test_编号字头按当时的制度() -> None:
    renamed = policies_with("initiation.board_marks.日常管理事项", "急")
    assert numbers(proposal(), under=renamed) == ["2026-急-0001"]


def test_高水位写回参数设置_没有这个键就加一行() -> None:
    result = stamped(proposal())
    [row] = result.rows
    assert isinstance(row, NewRow)
    assert (row.sheet, row.key_field, row.values["key"], row.values["value"]) == (
        "settings",
        "key",
        "编号高水位日2026",
        1,
    )
    again = stamped(proposal(), settings={"high_water": {"日2026": 4}})
    changes = [one for one in again.changes if one.place.sheet == "settings"]
    assert changes == [Change(Place("settings", None, "value"), "编号高水位日2026", "value", 4, 5)]
    assert again.rows == ()


def test_没有可盖的就不动参数设置() -> None:
    assert stamped(proposal(approver=""), settings={"high_water": {"日2026": 4}}).changes == ()


# ---- 日历 ----


def test_顺延遇到没有放假安排的年份_不盖也不猜() -> None:
    rolling = policies_with("nodes.rolling", "next_workday")
    row = proposal(approved_at="2031-03-03 09:00", assigned_at="2031-03-03 09:30")
    result = stamped(row, under=rolling, now="2031-03-03 12:00")
    assert result.changes == ()
    assert [found.rule for found in result.findings] == ["year_not_covered"]
    covered = stamped(row, now="2031-03-03 12:00")
    assert "number" in cells(covered)
    assert date(2031, 3, 4) == cells(covered)["node_1_day"].date()
