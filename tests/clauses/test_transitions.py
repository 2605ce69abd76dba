"""The table of what may follow what: closed, drawn in the handbook, and the source of every 对不上."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.facts.finding import Place
from engine.facts.kinds import (
    CompletionResult,
    ExtensionKind,
    ExtensionResult,
    FollowUp,
    ReviewResult,
    Status,
    SupervisionMethod,
)
from engine.law import state_diagram
from engine.law.state_diagram import page
from engine.rules.checks import transitions
from engine.rules.checks.transitions import BACK, INITIAL, TABLE, Course, Event, transition
from engine.sample.words import Regime, TimeLimit
from tests.clauses.builders import (
    at,
    case,
    closed_out,
    completion,
    extension,
    findings,
    matter,
    policy,
    report,
    supervision,
)
from tests.clauses.test_close_out import closing
from tests.clauses.test_extension import transfer

CLOSED = (closed_out("2026-03-04 16:00"),)
RETURN = {
    "result": ReviewResult.SENT_BACK,
    "return_reason": "x",
    "follow_up": FollowUp.INTERVIEW,
    "rectification_due": "2026-03-30",
}


def impossible(*records: object, **changes: object) -> list[tuple[str, str | None]]:
    found = findings(matter(**changes), *records, moment="2026-03-20 09:00")
    return [(f.place.sheet, f.place.field) for f in found if f.rule == "impossible_history"]


# ---- the table itself ----


def test_每个状态都走得到_事项终局之外都走得出() -> None:
    for course in Course:
        rows = [row for row in TABLE if row.course is course]
        reachable = {INITIAL[course]}
        for _ in rows:
            reachable |= {row.to for row in rows if row.state in reachable and row.to != BACK}
        assert {row.state for row in rows} <= reachable, course
    ends = {row.to for row in TABLE if row.course is Course.MATTER} - {
        row.state for row in TABLE if row.course is Course.MATTER
    }
    assert ends == {Status.COMPLETED.value, Status.WITHDRAWN.value, BACK}
    assert {row.state for row in TABLE if row.course is Course.MATTER} == {
        status.value for status in Status if not status.has_ended
    }


def test_一个状态一件事只有一个结果() -> None:
    for regime in Regime:
        keys = [(row.course, row.state, row.event) for row in TABLE if row.applies_under(policy(regime))]
        assert len(keys) == len(set(keys))


def test_每一行都有谁可以和条款_职务表在制度里() -> None:
    for row in TABLE:
        assert row.who
        assert row.clause(policy()).startswith("SZ")
        for regime in Regime:
            assert row.clause(policy(regime))
            known = policy(regime).clauses
            assert not row.ranks or any(path.startswith(row.ranks) for path in known), row
    assert {row.event for row in TABLE} == set(Event)


def test_手册里的状态图是最新的() -> None:
    path = Path(__file__).parents[2] / "docs" / "状态图.md"
    assert path.read_text(encoding="utf-8") == page(), "运行 python -m engine.law.state_diagram docs/状态图.md"


def test_改了表_状态图就不同(monkeypatch: pytest.MonkeyPatch) -> None:
    before = page()
    monkeypatch.setattr(state_diagram, "TABLE", transitions.TABLE[1:])
    assert page() != before


# ---- what follows from it ----


@pytest.mark.parametrize(
    ("records", "changes", "expected"),
    [
        ((report("1天", "2026-03-04 16:00"), *CLOSED), {}, []),
        ((report("1天", "2026-03-04 16:01"), *CLOSED), {}, [("reports", "reported_at")]),
        (
            (report("1天", "2026-03-04 15:00", reviewed_at="2026-03-04 16:01", **RETURN), *CLOSED),
            {},
            [("reports", "result")],
        ),
        ((report("1天", "2026-03-02 09:29"),), {}, [("reports", "reported_at")]),
        ((report("1天", "2026-03-02 09:30"),), {}, []),
        (
            (report("1天", "2026-03-04 15:00", result=ReviewResult.ACCEPTED, reviewed_at="2026-03-04 14:59"),),
            {},
            [("reports", "result")],
        ),
        ((completion("2026-03-04 16:01"), *CLOSED), {}, [("completions", "applied_at")]),
        (
            (completion("2026-03-03 09:00"), completion("2026-03-04 09:00", place=Place("completions", 4))),
            {},
            [("completions", "applied_at")],
        ),
        ((extension("2026-03-04 16:01", kind=ExtensionKind.EXPLANATION), *CLOSED), {}, [("extensions", "applied_at")]),
        (
            (supervision("2026-03-04 16:01", method=SupervisionMethod.PHONE_URGING), *CLOSED),
            {},
            [("supervisions", "at")],
        ),
        ((supervision("2026-03-04 16:01", method=SupervisionMethod.CIRCULAR), *CLOSED), {}, []),
        (
            (report("1天", "2026-03-05 09:00"),),
            {"status": Status.WITHDRAWN, "withdrawn_at": "2026-03-04 16:00", "withdrawal_approver": "钱某"},
            [("reports", "reported_at")],
        ),
    ],
    ids=[
        "办结同分报送",
        "办结后报送",
        "办结后退回",
        "交办前一分报送",
        "交办同分报送",
        "先审核后报送",
        "办结后又申请办结",
        "申请未退回又申请",
        "办结后申请延期",
        "办结后催办",
        "办结后通报",
        "撤销后报送",
    ],
)
def test_对不上的记录(records: tuple[object, ...], changes: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert impossible(*records, **changes) == expected


def test_先同意后申请_不生效_指出同意时间() -> None:
    seven = {"time_limit": TimeLimit.SEVEN_DAYS}
    met = (report("3天", "2026-03-04 15:00"),)
    early = transfer("2026-03-06 10:00", approved_at="2026-03-06 09:59")
    assert impossible(*met, early, **seven) == [("extensions", "approved_at")]
    assert impossible(*met, transfer("2026-03-06 10:00", approved_at="2026-03-06 10:00"), **seven) == []
    assert impossible(*met, transfer("2026-03-06 10:00", approved_at="2026-03-06"), **seven) == []


def test_一份申请又同意又不同意() -> None:
    other = transfer(result=ExtensionResult.REFUSED, place=Place("extensions", 4))
    found = findings(
        matter(time_limit=TimeLimit.SEVEN_DAYS),
        report("3天", "2026-03-04 15:00"),
        transfer(),
        other,
        moment="2026-03-20 09:00",
    )
    assert {f.rule for f in found} == {"contradictory_rows", "impossible_history"}


def test_已经持续推进的又转一次() -> None:
    late = {"late_explanation": "x", "late_approver": "周某", "late_approved_at": "2026-03-10 15:00"}
    again = transfer("2026-03-10 09:00", approved_at="2026-03-10 16:00", place=Place("extensions", 4), **late)
    met = (report("3天", "2026-03-04 15:00"),)
    assert impossible(*met, transfer(), again, time_limit=TimeLimit.SEVEN_DAYS) == [("extensions", "approved_at")]


def test_退回前的状态_持续推进的退回后仍是持续推进() -> None:
    back = completion(
        "2026-03-10 09:00",
        result=CompletionResult.SENT_BACK,
        reviewed_at="2026-03-11 09:00",
        rectification_due="2026-03-13",
    )
    again = completion("2026-03-14 09:00", place=Place("completions", 4))
    long = {"time_limit": TimeLimit.LONG}
    assert impossible(back, report("整改", "2026-03-12 09:00", period="1"), again, **long) == []


def test_只写日期的同一天不算颠倒() -> None:
    closed = closed_out("2026-03-04")
    assert impossible(report("1天", "2026-03-04"), closed) == []
    assert impossible(report("1天", "2026-03-05"), closed) == [("reports", "reported_at")]


def test_申请报送只写日期_当天上午就审批的不算颠倒() -> None:
    """A bare date counts as close of office for lateness (reading 2), not for the order of one day."""
    accepted = report("1天", "2026-03-03", result=ReviewResult.ACCEPTED, reviewed_at="2026-03-03 10:00")
    assert impossible(accepted) == []
    assert impossible(replace(closing(), applied_at=at("2026-03-03"))) == []
    met, seven = (report("3天", "2026-03-04 15:00"),), {"time_limit": TimeLimit.SEVEN_DAYS}
    same_day = transfer("2026-03-06", approved_at="2026-03-06 10:00")
    assert impossible(*met, same_day, **seven) == []
    agreed = case(matter(**seven), *met, same_day, moment="2026-03-08 09:00").standing.long_running_since
    assert agreed == at("2026-03-06 17:30")
    day_before = transfer("2026-03-06", approved_at="2026-03-05 10:00")
    assert impossible(*met, day_before, **seven) == [("extensions", "approved_at")]


def test_说明当时是什么状态_什么状态才可以() -> None:
    [found] = findings(matter(), report("1天", "2026-03-05 09:00"), *CLOSED, moment="2026-03-20 09:00")
    assert found.problem == "2026-03-05 09:00 的“报送”对不上：当时事项是“已办结”（2026-03-04 16:00 起），不能报送。"
    assert found.remedy == "只有在“办理中”、“持续推进”、“待审定”时才能报送。请核对有关的时间和记录，填错的请改正。"
    assert found.clause == "SZ1-13.1"


def test_办结的记录齐全_没有对不上的() -> None:
    assert impossible(closing()) == []


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.course}-{row.state}-{row.event}")
def test_表里少一行_就查得到(row: transitions.Transition) -> None:
    for regime in Regime:
        if row.applies_under(policy(regime)):
            assert transition(row.course, row.state, row.event, policy(regime)) is row
