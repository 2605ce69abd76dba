"""重点工作任务、重大改革事项四（一）逐月反馈: month end, four urgings, the office, then 核查 (reading 27)."""

import pytest

from engine.facts.kinds import ExtensionKind, ExtensionResult, MessageKind, OverdueState
from engine.facts.matter import Matter
from engine.facts.records import Extension
from engine.policy import policy as policy_module
from engine.rules.duties import paragraphs, recurring
from engine.rules.duties.paragraphs import duties_of
from engine.rules.messages.flags import flags
from engine.sample.words import Board, Escalation, TimeLimit
from tests.clauses.builders import (
    NothingSent,
    Record,
    at,
    case,
    duties,
    extension,
    ledger,
    matter,
    messages,
    policies_with,
    report,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import replaced, schedule_row, taken_out

LEAD, OFFICE, SUPERVISION = "市教育局", "秘书一科", "督查室"
NUMBER = "2026-日-0001"


def long_running(board: Board = Board.KEY_TASK, **changes: object) -> Matter:
    """A matter of one month from 2026-01-12 09:30."""
    begun = {"assigned_at": "2026-01-12 09:30", "approved_at": "2026-01-12 09:00", "initiated_at": "2026-01-12 09:35"}
    return matter(board=board, time_limit=TimeLimit.ONE_MONTH, **(begun | changes))


def transfer(approved_at: str = "2026-01-20 10:00", applied_at: str = "2026-01-14 10:00") -> Extension:
    """Agreed transfer to 持续推进, applied for in time."""
    return extension(
        applied_at,
        kind=ExtensionKind.TO_LONG_RUNNING,
        plan="分三段推进",
        approver="孙某",
        approved_at=approved_at,
        result=ExtensionResult.AGREED,
    )


def monthly(
    row: Matter, *records: Record, start: str = "2026-01-31", end: str = "2026-02-20"
) -> list[tuple[str, str, str]]:
    sent = messages(ledger(row, *records), start, end)
    return [
        (f"{sms.at:%m-%d %H:%M}", sms.to.unit, cover.clause)
        for sms in sent
        for cover in sms.covers
        if cover.key.duty == "月报" and cover.kind is not MessageKind.REPORT_RECEIVED
    ]


@clause("SZ2-4.1", "SZ3-4.1")
@pytest.mark.parametrize(
    ("board", "clause"), [(Board.KEY_TASK, "SZ2-4.1"), (Board.REFORM, "SZ3-4.1")], ids=["重点工作任务", "重大改革事项"]
)
def test_月底未反馈_下月一日二日八时十五时四次催办_再报立项主体_再移交核查(board: Board, clause: str) -> None:
    met = [report(node, "2026-01-13 09:00") for node in ("1天", "3天", "7天")]
    assert duties(long_running(board), transfer(), moment="2026-02-05 09:00")["月报 2026-01"].clause == clause
    assert monthly(long_running(board), transfer(), *met) == [
        ("02-01 08:00", LEAD, clause),
        ("02-01 15:00", LEAD, clause),
        ("02-02 08:00", LEAD, clause),
        ("02-02 15:00", LEAD, clause),
        ("02-02 17:30", OFFICE, clause),
        ("02-03 00:00", SUPERVISION, clause),
    ]


@clause("SZ2-4.1", "SZ3-4.1")
def test_日常管理版块也要月报_但不催() -> None:
    row = long_running(Board.DAILY)
    owed = duties(row, transfer(), moment="2026-02-05 09:00")
    assert owed["月报 2026-01"].due == at("2026-02-01 00:00")
    assert owed["月报 2026-01"].clause == "SZ1-16"
    assert monthly(row, transfer()) == []


@clause("SZ2-4.1", "SZ3-4.1")
@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ("2026-01-31 23:59", []),
        ("2026-01-31", []),
        ("2026-02-01 08:00", []),
        ("2026-02-01 08:01", ["02-01 08:00"]),
        ("2026-02-02 17:30", ["02-01 08:00", "02-01 15:00", "02-02 08:00", "02-02 15:00"]),
    ],
    ids=[
        "月底前报",
        "只写31日_按17时30分",
        "首次催办同分报_不催",
        "首次催办后一分报_催过一次",
        "报立项主体同分报_不再报",
    ],
)
def test_报送之后不再催(reported: str, expected: list[str]) -> None:
    found = monthly(long_running(), transfer(), report("月报", reported, period="2026-01"))
    assert [when for when, *_ in found] == expected


@clause("SZ2-4.1", "SZ3-4.1")
@pytest.mark.parametrize(
    ("reported", "late"),
    [("2026-01-31 23:59", False), ("2026-01-31", False), ("2026-02-01 00:01", True), ("2026-02-01", True)],
    ids=["23时59分_按时", "只写31日_按时", "过一分_逾期", "只写1日_按17时30分_逾期"],
)
def test_月底二十四时为限(reported: str, late: bool) -> None:
    owed = duties(long_running(), transfer(), report("月报", reported, period="2026-01"), moment="2026-02-10 09:00")
    assert owed["月报 2026-01"].went_overdue(at("2026-02-10 09:00")) is late


@clause("SZ2-4.1", "SZ3-4.1")
@pytest.mark.parametrize(
    ("month", "due"),
    [("2026-01", "2026-02-01"), ("2026-02", "2026-03-01"), ("2026-04", "2026-05-01"), ("2026-12", "2027-01-01")],
    ids=["31天的月", "28天的月", "30天的月", "跨年"],
)
def test_期限随月份长短(month: str, due: str) -> None:
    assert duties(long_running(), transfer(), moment="2027-01-10 09:00")[f"月报 {month}"].due == at(due)


@clause("SZ2-4.1", "SZ3-4.1")
def test_闰年二月() -> None:
    row = long_running(assigned_at="2028-01-12 09:30", approved_at="2028-01-12 09:00")
    moved = transfer("2028-01-20 10:00", "2028-01-14 10:00")
    assert duties(row, moved, moment="2028-02-29 23:59")["月报 2028-02"].due == at("2028-03-01")


@clause("SZ2-4.1", "SZ3-4.1")
def test_首期为转入持续推进的当月_此前没有月报() -> None:
    owed = duties(long_running(), transfer("2026-02-20 10:00", "2026-01-14 10:00"), moment="2026-03-05 09:00")
    assert [name for name in owed if name.startswith("月报")] == ["月报 2026-02", "月报 2026-03"]


@clause("SZ2-4.1", "SZ3-4.1")
def test_未转入持续推进的孪生案例_没有月报() -> None:
    assert not [name for name in duties(long_running(), moment="2026-03-05 09:00") if name.startswith("月报")]


@clause("SZ2-4.1", "SZ3-4.1")
@pytest.mark.parametrize(
    ("moment", "mark"),
    [
        ("2026-02-02 23:59", None),
        ("2026-02-03 00:00", Escalation.HANDED_OVER),
        ("2026-02-03 00:01", Escalation.HANDED_OVER),
    ],
    ids=["超2日差一分", "超2日整_移交核查", "此后"],
)
def test_超过时限二日移交核查(moment: str, mark: Escalation | None) -> None:
    met = [report(node, "2026-01-13 09:00") for node in ("1天", "3天", "7天")]
    known = case(long_running(), transfer(), *met, moment=moment)
    assert flags(known, duties_of(known), NothingSent(), at(moment)).escalation == mark


@clause("SZ2-4.1", "SZ3-4.1")
def test_移交核查报送后仍在() -> None:
    met = [report(node, "2026-01-13 09:00") for node in ("1天", "3天", "7天")]
    late = report("月报", "2026-02-04 09:00", period="2026-01")
    known = case(long_running(), transfer(), *met, late, moment="2026-02-05 09:00")
    shown = flags(known, duties_of(known), NothingSent(), at("2026-02-05 09:00"))
    assert (shown.escalation, shown.overdue_state) == (Escalation.HANDED_OVER, OverdueState.NOT_DUE)
    assert shown.current_duty == "月报 2026-02"


@clause("SZ2-4.1", "SZ3-4.1")
def test_催办按月报催办记_第几次写明() -> None:
    met = [report(node, "2026-01-13 09:00") for node in ("1天", "3天", "7天")]
    sent = messages(ledger(long_running(), transfer(), *met), "2026-02-02 15:00", "2026-02-02 15:01")
    assert sent[0].kind is MessageKind.MONTHLY_URGING
    assert "第4次催办" in sent[0].text
    assert "1月进展" in sent[0].text


@clause("SZ2-4.1", "SZ3-4.1")
def test_读法18_默认_元旦五一国庆照催() -> None:
    row = long_running(assigned_at="2026-04-08 09:30", approved_at="2026-04-08 09:00")
    moved = transfer("2026-04-15 10:00", "2026-04-10 10:00")
    assert monthly(row, moved, start="2026-05-01", end="2026-05-02")[0][0] == "05-01 08:00"


@clause("SZ2-4.1", "SZ3-4.1")
def test_读法18_另一种_节假日不催() -> None:
    row = long_running(assigned_at="2026-04-08 09:30", approved_at="2026-04-08 09:00")
    moved = transfer("2026-04-15 10:00", "2026-04-10 10:00")
    under = policies_with("long_running.skip_holidays", True)
    sent = messages(ledger(row, moved), "2026-05-01", "2026-05-04", under)
    assert [sms for sms in sent if sms.covers[0].key.duty == "月报"] == []


MUTANTS = (
    schedule_row("SZ2-4.1", duty="月报", text="月报催办"),
    schedule_row("SZ2-4.1", duty="月报", text="月报请催"),
    schedule_row("SZ3-4.1", duty="月报", text="移交核查"),
    replaced("SZ3-4.1", policy_module.Policy, "cites", lambda policy, board: policy.citations),
    taken_out("SZ2-4.1", paragraphs, "PARAGRAPHS", recurring.monthly_reports),
)
