"""持续推进和推进一个月以上的，每周提醒一次（第十三条（一）、第十六条；readings 17, 18, 37）。"""

import pytest

from engine.facts.kinds import ExtensionKind, ExtensionResult, MessageKind
from engine.facts.matter import Matter
from engine.sample.words import Board, TimeLimit
from tests.clauses.builders import (
    Record,
    closed_out,
    extension,
    ledger,
    matter,
    messages,
    policies_with,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value
from tests.clauses.test_quarters_and_years import sent_for, standing

pytestmark = clause("SZ1-13.1", "SZ1-16")


# ---- reading 17: weekly, board “1” only ----


def weekly(row: Matter, *records: Record, start: str, end: str) -> list[str]:
    return [when for when, *_ in sent_for("持续跟进", row, *records, start=start, end=end)]


def test_每周一九时提醒_自转入后第一个周一起() -> None:
    """2026-01-12 is a Monday; the matter begins at 09:30, so the first slot is the next Monday."""
    assert weekly(standing(Board.DAILY), start="2026-01-12", end="2026-02-03") == [
        "2026-01-19 09:00",
        "2026-01-26 09:00",
        "2026-02-02 09:00",
    ]


def test_推进一个月以上未办结的也每周提醒_满月之前不提醒() -> None:
    row = matter(time_limit=TimeLimit.THREE_DAYS)  # 2026-03-02 09:30, a Monday; a month later 04-02, a Thursday
    assert weekly(row, start="2026-03-01", end="2026-04-14") == ["2026-04-06 09:00", "2026-04-13 09:00"]


@pytest.mark.parametrize("board", [Board.KEY_TASK, Board.REFORM], ids=["重点工作任务", "重大改革事项"])
def test_两个专项版块不发周提醒(board: Board) -> None:
    assert weekly(standing(board), start="2026-01-12", end="2026-03-01") == []


def test_办结后不再周提醒() -> None:
    closed = closed_out("2026-01-26 09:00")
    assert weekly(standing(Board.DAILY), closed, start="2026-01-12", end="2026-03-01") == ["2026-01-19 09:00"]


def test_读法18_另一种_逢放假的周一不提醒() -> None:
    """2026-02-16 and 02-23 lie in the Spring Festival holiday."""
    row = standing(Board.DAILY)
    literal = weekly(row, start="2026-02-09", end="2026-03-03")
    under = policies_with("long_running.skip_holidays", True)
    skipping = [
        f"{sms.at:%Y-%m-%d %H:%M}"
        for sms in messages(ledger(row), "2026-02-09", "2026-03-03", under)
        if sms.kind is MessageKind.WEEKLY
    ]
    assert literal == ["2026-02-09 09:00", "2026-02-16 09:00", "2026-02-23 09:00", "2026-03-02 09:00"]
    assert skipping == ["2026-02-09 09:00", "2026-03-02 09:00"]


# ---- reading 37: from which day, by which paragraph ----


def cited(row: Matter, *records: Record, start: str, end: str, under: object = None) -> list[tuple[str, str]]:
    return [
        (f"{sms.at:%m-%d}", cover.clause)
        for sms in messages(ledger(row, *records), start, end, under)
        for cover in sms.covers
        if cover.kind is MessageKind.WEEKLY
    ]


@pytest.mark.parametrize(
    ("assigned", "first"),
    [
        ("2026-03-19", "04-20"),
        ("2026-03-20", "04-27"),
        ("2026-03-20 08:00", "04-27"),
        ("2026-03-21", "04-27"),
    ],
    ids=["周日满月", "周一满月_只写日期", "周一早上满月", "周二满月"],
)
def test_满一个月那天的周一不提醒_下一个周一才提醒(assigned: str, first: str) -> None:
    row = matter(time_limit=TimeLimit.THREE_DAYS, approved_at=assigned, assigned_at=assigned)
    assert cited(row, start="2026-04-01", end="2026-04-28")[0] == (first, "SZ1-13.1")


@pytest.mark.parametrize(
    ("assigned", "first"),
    [("2026-03-01", "03-02"), ("2026-03-02", "03-09"), ("2026-03-02 08:00", "03-09"), ("2026-03-03", "03-09")],
    ids=["周日交办", "周一交办_只写日期", "周一早上交办", "周二交办"],
)
def test_长期的事项_交办当天的周一不提醒(assigned: str, first: str) -> None:
    row = matter(time_limit=TimeLimit.LONG, approved_at=assigned, assigned_at=assigned)
    assert cited(row, start="2026-03-01", end="2026-03-10")[0] == (first, "SZ1-16")


def test_转持续推进不满一个月引第十六条_满一个月起引第十三条() -> None:
    """Assigned on 03-02 at 09:30, transferred on 03-07: a month is over on 04-02."""
    row = matter(time_limit=TimeLimit.SEVEN_DAYS)
    moved = extension(
        "2026-03-06 15:00",
        kind=ExtensionKind.TO_LONG_RUNNING,
        plan="方案",
        approver="李科长",
        approved_at="2026-03-07 09:00",
        result=ExtensionResult.AGREED,
    )
    found = cited(row, moved, start="2026-03-01", end="2026-04-14")
    assert found == [
        ("03-09", "SZ1-16"),
        ("03-16", "SZ1-16"),
        ("03-23", "SZ1-16"),
        ("03-30", "SZ1-16"),
        ("04-06", "SZ1-13.1"),
        ("04-13", "SZ1-13.1"),
    ]


@pytest.mark.parametrize(
    ("assigned", "clause"),
    [("2026-03-06 09:01", "SZ1-16"), ("2026-03-06 09:00", "SZ1-13.1"), ("2026-03-06 08:59", "SZ1-13.1")],
    ids=["差一分满月", "恰好满月", "过一分"],
)
def test_满月的那一分起引第十三条(assigned: str, clause: str) -> None:
    row = matter(time_limit=TimeLimit.LONG, approved_at=assigned, assigned_at=assigned)
    assert cited(row, start="2026-04-06", end="2026-04-07") == [("04-06", clause)]


def test_读法37_另一种_当天的周一也提醒_都引第十三条() -> None:
    under = policies_with("long_running.weekly_from", "same_day")
    row = matter(time_limit=TimeLimit.LONG, approved_at="2026-03-02", assigned_at="2026-03-02")
    assert cited(row, start="2026-03-01", end="2026-03-10", under=under) == [
        ("03-02", "SZ1-13.1"),
        ("03-09", "SZ1-13.1"),
    ]


MUTANTS = (
    policy_value("SZ1-16", "long_running.weekly_from", "same_day"),
    policy_value("SZ1-13.1", "long_running.weekly_boards", []),
)
