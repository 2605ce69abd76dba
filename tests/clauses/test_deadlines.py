"""SZ1-13.1 按1天、3天、7天、1个月的时间节点推算时限（readings 1、2、3、22，每个选择两面都试）。"""

from datetime import datetime

import pytest

from engine.facts.kinds import DayType
from engine.policy.workdays import Workdays
from engine.rules.duties import deadlines
from engine.sample.words import TimeLimit
from tests.clauses.builders import at, policy, policy_with, proposal
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced

pytestmark = clause("SZ1-13.1")

DAY, THREE, SEVEN, MONTH = TimeLimit.ONE_DAY, TimeLimit.THREE_DAYS, TimeLimit.SEVEN_DAYS, TimeLimit.ONE_MONTH
FIXED, LONG = TimeLimit.FIXED_DATE, TimeLimit.LONG


def due(assigned: str, limit: TimeLimit, under: object = None, **changes: object) -> dict[str, str]:
    """The nodes of a matter assigned (and approved) then, each with its deadline."""
    row = proposal(**({"assigned_at": assigned, "approved_at": assigned, "time_limit": limit} | changes))
    found = deadlines.nodes(row, under or policy(), Workdays())
    return {node.name: node.due.isoformat(" ", "minutes") for node in found}


def last(assigned: str, limit: TimeLimit, under: object = None, **changes: object) -> str:
    """The final deadline."""
    return list(due(assigned, limit, under, **changes).values())[-1]


# ---- 节点：到本事项的时限为止（reading 22） ----


@pytest.mark.parametrize(
    ("limit", "names"),
    [
        (DAY, ["1天"]),
        (THREE, ["1天", "3天"]),
        (SEVEN, ["1天", "3天", "7天"]),
        (MONTH, ["1天", "3天", "7天", "1个月"]),
        (LONG, []),
    ],
)
def test_节点到本事项的时限为止(limit: TimeLimit, names: list[str]) -> None:
    assert list(due("2026-03-02 09:30", limit)) == names


@pytest.mark.parametrize(("limit", "names"), [(DAY, ["1天"]), (THREE, ["3天"]), (MONTH, ["1个月"]), (LONG, [])])
def test_另一种选择_只算最后一个节点(limit: TimeLimit, names: list[str]) -> None:
    assert list(due("2026-03-02 09:30", limit, policy_with("nodes.selection", "final_only"))) == names


@pytest.mark.parametrize(
    ("fixed", "names"),
    [
        ("2026-03-03 09:29", ["指定日期"]),
        ("2026-03-03 09:30", ["指定日期"]),
        ("2026-03-03 09:31", ["1天", "指定日期"]),
        ("2026-03-05 09:31", ["1天", "3天", "指定日期"]),
        ("2026-04-02 09:30", ["1天", "3天", "7天", "指定日期"]),
        ("2026-04-02 09:31", ["1天", "3天", "7天", "1个月", "指定日期"]),
    ],
)
def test_指定日期取它之前的节点和它自己(fixed: str, names: list[str]) -> None:
    assert list(due("2026-03-02 09:30", FIXED, fixed_due=fixed)) == names
    final_only = policy_with("nodes.selection", "final_only")
    assert list(due("2026-03-02 09:30", FIXED, final_only, fixed_due=fixed)) == ["指定日期"]


def test_指定期限只写日期_当天下班到期() -> None:
    assert last("2026-03-02 09:30", FIXED, fixed_due="2026-03-20") == "2026-03-20 17:30"
    assert last("2026-03-02 09:30", FIXED, fixed_due="2026-03-20 10:00") == "2026-03-20 10:00"
    assert due("2026-03-02 09:30", FIXED) == {}


# ---- 钟点（reading 2） ----


@pytest.mark.parametrize(
    ("clock", "assigned", "expected"),
    [
        ("as_written", "2026-03-02 09:30", "2026-03-03 09:30"),
        ("as_written", "2026-03-02 00:01", "2026-03-03 00:01"),
        ("as_written", "2026-03-02 23:59", "2026-03-03 23:59"),
        ("as_written", "2026-03-02 00:00", "2026-03-03 17:30"),
        ("always_exact", "2026-03-02 09:30", "2026-03-03 09:30"),
        ("always_exact", "2026-03-02 00:00", "2026-03-03 00:00"),
        ("always_close", "2026-03-02 09:30", "2026-03-03 17:30"),
        ("always_close", "2026-03-02 00:00", "2026-03-03 17:30"),
    ],
)
def test_有钟点满24小时_只写日期到下班(clock: str, assigned: str, expected: str) -> None:
    assert last(assigned, DAY, policy_with("start.clock", clock)) == expected


def test_秒舍去() -> None:
    row = proposal(assigned_at=datetime(2026, 3, 2, 9, 30, 59), approved_at=at("2026-03-02 09:00"), time_limit=DAY)
    assert deadlines.nodes(row, policy(), Workdays())[0].due == at("2026-03-03 09:30")


@pytest.mark.parametrize(
    ("assigned", "approved", "start"),
    [
        ("2026-03-02 09:30", "2026-03-02 09:29", "2026-03-02 09:30"),
        ("2026-03-02 09:30", "2026-03-02 09:30", "2026-03-02 09:30"),
        ("2026-03-02 09:30", "2026-03-02 09:31", "2026-03-02 09:31"),
        ("2026-03-02", "2026-03-02 15:00", "2026-03-02 00:00"),
        ("2026-03-02", "2026-03-03 15:00", "2026-03-03 15:00"),
        ("2026-03-02 09:30", "2026-03-02", "2026-03-02 09:30"),
        ("2026-03-02 09:30", "2026-03-03", "2026-03-03 00:00"),
        ("2026-03-02", "2026-03-01 15:00", "2026-03-02 00:00"),
        ("2026-03-02 09:30", None, "2026-03-02 09:30"),
    ],
)
def test_从交办和审批中较晚的起算_有一方只写日期就按天比(assigned: str, approved: str | None, start: str) -> None:
    row = proposal(assigned_at=assigned, approved_at=approved)
    assert deadlines.start(row, policy()) == at(start)


def test_没有交办就没有节点() -> None:
    assert due("2026-03-02", DAY, assigned_at=None) == {}


# ---- 1个月（reading 3） ----

MONTHS = [
    ("2026-01-28 09:00", "2026-02-28 09:00", "2026-02-27 09:00"),
    ("2026-01-29 09:00", "2026-02-28 09:00", "2026-02-28 09:00"),
    ("2026-01-30 09:00", "2026-02-28 09:00", "2026-03-01 09:00"),
    ("2026-01-31 09:00", "2026-02-28 09:00", "2026-03-02 09:00"),
    ("2024-01-28 09:00", "2024-02-28 09:00", "2024-02-27 09:00"),
    ("2024-01-29 09:00", "2024-02-29 09:00", "2024-02-28 09:00"),
    ("2024-01-31 09:00", "2024-02-29 09:00", "2024-03-01 09:00"),
    ("2024-02-29 09:00", "2024-03-29 09:00", "2024-03-30 09:00"),
    ("2026-02-28 09:00", "2026-03-28 09:00", "2026-03-30 09:00"),
    ("2026-03-30 09:00", "2026-04-30 09:00", "2026-04-29 09:00"),
    ("2026-03-31 09:00", "2026-04-30 09:00", "2026-04-30 09:00"),
    ("2026-04-30 09:00", "2026-05-30 09:00", "2026-05-30 09:00"),
    ("2026-12-01 09:00", "2027-01-01 09:00", "2026-12-31 09:00"),
    ("2026-12-31 09:00", "2027-01-31 09:00", "2027-01-30 09:00"),
]


@pytest.mark.parametrize(("assigned", "same_day", "thirty_days"), MONTHS)
def test_一个月到次月同日_没有同日到月底_或按30天(assigned: str, same_day: str, thirty_days: str) -> None:
    assert last(assigned, MONTH) == same_day
    assert last(assigned, MONTH, policy_with("nodes.month", "thirty_days")) == thirty_days


def test_只写日期的一个月_到期日下班() -> None:
    assert last("2026-01-31", MONTH) == "2026-02-28 17:30"


@pytest.mark.parametrize(
    ("assigned", "limit", "expected"),
    [
        ("2026-12-31 09:00", DAY, "2027-01-01 09:00"),
        ("2026-12-29 09:00", THREE, "2027-01-01 09:00"),
        ("2026-12-28", SEVEN, "2027-01-04 17:30"),
        ("2024-02-28 09:00", DAY, "2024-02-29 09:00"),
        ("2026-02-28 09:00", DAY, "2026-03-01 09:00"),
        ("2026-02-25 09:00", SEVEN, "2026-03-04 09:00"),
    ],
)
def test_跨月_跨年_闰日(assigned: str, limit: TimeLimit, expected: str) -> None:
    assert last(assigned, limit) == expected


# ---- 自然日还是顺延到工作日（reading 1） ----


@pytest.mark.parametrize(
    ("assigned", "limit", "literal", "rolled"),
    [
        ("2026-03-05 09:30", DAY, "2026-03-06 09:30", "2026-03-06 09:30"),
        ("2026-03-06 09:30", DAY, "2026-03-07 09:30", "2026-03-09 09:30"),
        ("2026-02-13 09:30", DAY, "2026-02-14 09:30", "2026-02-14 09:30"),
        ("2026-02-14 09:30", DAY, "2026-02-15 09:30", "2026-02-24 09:30"),
        ("2026-09-30", THREE, "2026-10-03 17:30", "2026-10-08 17:30"),
    ],
)
def test_遇休息日不顺延_或顺延到下一个工作日(assigned: str, limit: TimeLimit, literal: str, rolled: str) -> None:
    assert last(assigned, limit) == literal
    assert last(assigned, limit, policy_with("nodes.rolling", "next_workday")) == rolled


def test_顺延时_节假日表改变工作日() -> None:
    row = proposal(assigned_at="2026-03-06 09:30", time_limit=DAY)
    worked = Workdays({at("2026-03-07").date(): DayType.WORKDAY})
    rolling = policy_with("nodes.rolling", "next_workday")
    assert deadlines.nodes(row, rolling, worked)[0].due == at("2026-03-07 09:30")


MUTANTS = (
    policy_value("SZ1-13.1", "nodes.selection", "final_only"),
    policy_value("SZ1-13.1", "nodes.month", "thirty_days"),
    policy_value("SZ1-13.1", "nodes.rolling", "next_workday"),
    policy_value("SZ1-13.1", "start.clock", "always_exact"),
    policy_value("SZ1-13.1", "start.clock", "always_close"),
    policy_value("SZ1-13.1", "office.close", "18:00"),
    replaced(
        "SZ1-13.1",
        deadlines,
        "add_months",
        lambda moment, count: moment.replace(month=moment.month % 12 + 1),
    ),
    replaced("SZ1-13.1", deadlines, "start", lambda matter, policy: matter.assigned_at),
)
