"""重点工作、重大改革四（二）季度小结、四（三）年底清零 (reading 28); 暂行办法十三（一）每周提醒 (17)."""

import pytest

from engine.facts.kinds import MessageKind
from engine.facts.matter import Matter
from engine.rules.duties import paragraphs, recurring
from engine.sample.words import Board, TimeLimit
from tests.clauses.builders import (
    Record,
    at,
    closed_out,
    completion,
    duties,
    findings,
    ledger,
    matter,
    messages,
    report,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, schedule_row, taken_out

LEAD, OFFICE = "市教育局", "秘书一科"


def standing(board: Board = Board.KEY_TASK, since: str = "2026-01-12 09:30", **changes: object) -> Matter:
    """A matter without limit (长期): long-running from its start."""
    begun = {"assigned_at": since, "approved_at": since, "initiated_at": since}
    return matter(board=board, time_limit=TimeLimit.LONG, **(begun | changes))


def sent_for(duty: str, row: Matter, *records: Record, start: str, end: str) -> list[tuple[str, str, str]]:
    return [
        (f"{sms.at:%Y-%m-%d %H:%M}", sms.to.unit, cover.clause)
        for sms in messages(ledger(row, *records), start, end)
        for cover in sms.covers
        if cover.key.duty == duty and cover.kind is not MessageKind.REPORT_RECEIVED
    ]


@clause("SZ2-4.2", "SZ3-4.2")
@pytest.mark.parametrize(
    ("quarter", "due"),
    [
        ("2026Q1", "2026-03-31 17:30"),
        ("2026Q2", "2026-06-30 17:30"),
        ("2026Q3", "2026-09-30 17:30"),
        ("2026Q4", "2026-12-24 17:30"),
    ],
    ids=["一季度末工作日", "二季度末工作日", "三季度末工作日", "四季度提前一周"],
)
def test_季度最后一个工作日为限_第四季度提前一周(quarter: str, due: str) -> None:
    assert duties(standing(), moment="2026-12-30 09:00")[f"季报 {quarter}"].due == at(due)


@clause("SZ2-4.2", "SZ3-4.2")
def test_季末逢休息日_提前到最后一个工作日() -> None:
    """2024-03-31 is a Sunday; the quarter's last workday is Friday 03-29."""
    row = standing(since="2024-01-12 09:30")
    assert duties(row, moment="2024-03-31 12:00")["季报 2024Q1"].due == at("2024-03-29 17:30")


@clause("SZ2-4.2", "SZ3-4.2")
def test_季报提前五个和一个工作日提醒_逾期次一工作日报立项主体() -> None:
    assert sent_for("季报", standing(), start="2026-03-20", end="2026-04-10") == [
        ("2026-03-24 09:00", LEAD, "SZ2-4.2"),
        ("2026-03-30 09:00", LEAD, "SZ2-4.2"),
        ("2026-04-01 09:00", OFFICE, "SZ2-4.2"),
    ]


@clause("SZ3-4.2")
def test_改革版块引重大改革事项的条款() -> None:
    found = sent_for("季报", standing(Board.REFORM), start="2026-03-20", end="2026-03-25")
    assert found == [("2026-03-24 09:00", LEAD, "SZ3-4.2")]


@clause("SZ2-4.2", "SZ3-4.2")
@pytest.mark.parametrize(
    ("reported", "told"),
    [("2026-04-01 08:59", False), ("2026-04-01 09:00", False), ("2026-04-01 09:01", True)],
    ids=["报立项主体前一分报送", "同分报送", "后一分报送"],
)
def test_季报报送后不再报立项主体(reported: str, told: bool) -> None:
    row, handed_in = standing(), report("季报", reported, period="2026Q1")
    found = sent_for("季报", row, handed_in, start="2026-04-01", end="2026-04-02")
    assert bool(found) is told


@clause("SZ2-4.2")
def test_日常管理版块没有季报() -> None:
    assert not [name for name in duties(standing(Board.DAILY), moment="2026-12-30 09:00") if "季报" in name]


@clause("SZ2-4.3", "SZ3-4.3")
def test_年底清零_十二月一日起预警_三次_报承办单位和立项主体() -> None:
    found = sent_for("年底清零", standing(), start="2026-11-01", end="2027-01-02")
    expected = [(f"2026-12-{day} 09:00", unit, "SZ2-4.3") for day in ("01", "16", "25") for unit in (LEAD, OFFICE)]
    assert sorted(found) == sorted(expected)


@clause("SZ2-4.3", "SZ3-4.3")
def test_年底前已办结_不再预警() -> None:
    found = sent_for("年底清零", standing(), closed_out("2026-12-10 10:00"), start="2026-11-01", end="2027-01-02")
    assert [when for when, *_ in found] == ["2026-12-01 09:00"] * 2


@clause("SZ2-4.3", "SZ3-4.3")
def test_已申请办结_不再催清零() -> None:
    found = sent_for("年底清零", standing(), completion("2026-12-10 10:00"), start="2026-11-01", end="2027-01-02")
    assert {when for when, *_ in found} == {"2026-12-01 09:00"}


@clause("SZ2-4.3")
def test_日常管理版块不在年底清零之列() -> None:
    assert sent_for("年底清零", standing(Board.DAILY), start="2026-11-01", end="2027-01-02") == []


@clause("SZ2-4.2", "SZ3-4.2")
@pytest.mark.parametrize(
    ("moment", "hinted"), [("2026-04-06 23:00", False), ("2026-04-07 00:00", True), ("2026-07-01 09:00", True)]
)
@pytest.mark.parametrize(("board", "cited"), [(Board.KEY_TASK, "SZ2-4.2"), (Board.REFORM, "SZ3-4.2")])
def test_季度小结要呈报分管副市长_满七日没有呈报的提示(board: Board, cited: str, moment: str, hinted: bool) -> None:
    summary = report("季报", "2026-03-31 10:00", period="2026Q1")
    found = [f for f in findings(standing(board), summary, moment=moment) if f.rule == "summary_not_forwarded"]
    assert [(f.clause, f.place.field, f.is_error) for f in found] == (
        [(cited, "forwarded_at", False)] if hinted else []
    )
    forwarded = report("季报", "2026-03-31 10:00", period="2026Q1", forwarded_at="2026-04-01 09:00")
    assert "summary_not_forwarded" not in [f.rule for f in findings(standing(board), forwarded, moment=moment)]


MUTANTS = (
    policy_value("SZ2-4.2", "summaries.季报.forward_days", 0),
    policy_value("SZ3-4.2", "summaries.季报.forward_days", 8),
    taken_out("SZ2-4.2", paragraphs, "PARAGRAPHS", recurring.written_summaries),
    policy_value("SZ2-4.2", "summaries.季报.last_days_earlier", 0),
    schedule_row("SZ3-4.2", duty="季报", kind="提醒"),
    taken_out("SZ2-4.3", paragraphs, "PARAGRAPHS", recurring.year_end_clearing),
    schedule_row("SZ3-4.3", duty="年底清零"),
)
