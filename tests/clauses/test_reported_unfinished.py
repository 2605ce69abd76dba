"""报送了不等于办结（第十六条、责任追究办法第五条（二），reading 31）：最后期限到了，要办结、申请办结或者延期。"""

from dataclasses import replace

import pytest

from engine.board.waiting import waiting
from engine.facts.kinds import CompletionResult, ExtensionKind, ExtensionResult, OverdueState, ReviewResult, Status
from engine.facts.matter import Flags
from engine.review.ledger_review import review
from engine.rules.points import accountability
from engine.rules.points.accountability import clues
from engine.sample.words import Light, Regime, TimeLimit
from tests.clauses.builders import (
    NothingSent,
    Record,
    at,
    baoshan,
    closed_out,
    completion,
    duties,
    extension,
    findings,
    ledger,
    matter,
    messages,
    policies,
    policies_with,
    policy,
    policy_with,
    report,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced
from tests.clauses.points import account

pytestmark = clause("SZ1-16", "SZ5-5")

DUE = "2026-03-05 09:30"  # of 3天, assigned 03-02 09:30
IN_TIME = report("3天", "2026-03-05 09:00")
UNFINISHED = ("黄", OverdueState.REPORTED_UNFINISHED)
MOVED = extension(
    "2026-03-03 09:00",
    kind=ExtensionKind.TO_LONG_RUNNING,
    plan="方案",
    approver="李科长",
    approved_at="2026-03-04 09:00",
    result=ExtensionResult.AGREED,
)


def shown(moment: str, *records: Record, under: object = None, **changes: object) -> Flags:
    book = ledger(matter(**changes), *records)
    return review(book, NothingSent(), under or policies(), at(moment)).shown["2026-日-0001"]


def state(moment: str, *records: Record, **given: object) -> tuple[str | None, OverdueState | None]:
    flags = shown(moment, *records, **given)
    return flags.light, flags.overdue_state


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-05 09:29", (Light.GREEN, OverdueState.REPORTED)),
        (DUE, UNFINISHED),
        ("2026-03-05 09:31", UNFINISHED),
        ("2026-04-01 09:00", UNFINISHED),
    ],
    ids=["到期前一分", "到期时", "到期后一分", "一个月后"],
)
def test_按时报送_最后期限到了还没申请办结_亮黄灯(moment: str, expected: tuple[str, OverdueState]) -> None:
    assert state(moment, IN_TIME) == expected


@pytest.mark.parametrize(
    "records",
    [(completion("2026-03-05 09:10"),), (closed_out("2026-03-05 09:20"),), (MOVED,)],
    ids=["已申请办结", "已办结", "已转持续推进"],
)
def test_已办结_已申请_已延期的_不算(records: tuple[Record, ...]) -> None:
    assert state("2026-03-06 09:00", IN_TIME, *records)[1] is not OverdueState.REPORTED_UNFINISHED
    rules = [f.rule for f in findings(matter(), IN_TIME, *records, moment="2026-03-06 09:00")]
    assert "reported_unfinished" not in rules


def test_没有报送的_照旧是逾期() -> None:
    assert state("2026-03-05 09:31") == (Light.PURPLE, OverdueState.OVER_TWO_DAYS)  # 1天 is the earliest


def test_核验提示写明_短信不多发一条() -> None:
    [found] = findings(matter(), IN_TIME, moment="2026-03-06 09:00")
    assert (found.rule, found.clause, found.is_error) == ("reported_unfinished", "SZ1-16", False)
    assert findings(matter(), IN_TIME, moment="2026-03-05 09:29") == ()
    assert messages(ledger(matter(), IN_TIME), "2026-03-05 09:01", "2026-03-20") == []


@pytest.mark.parametrize(
    ("moment", "kinds"), [("2026-03-05 09:29", []), (DUE, ["待办结"]), ("2026-03-06 09:00", ["待办结"])]
)
def test_列入立项主体的今日待办(moment: str, kinds: list[str]) -> None:
    reviewed_report = replace(IN_TIME, result=ReviewResult.ACCEPTED, reviewed_at=at("2026-03-05 09:10"))
    book = ledger(matter(notice_issued_at="2026-03-02 10:00"), reviewed_report)
    found = waiting(book, review(book, NothingSent(), policies(), at(moment)), policy(), ())
    assert [one.kind for one in found] == kinds
    assert all("秘书一科" in one.what for one in found)


def test_整改期限没到的不算_整改报送后仍没申请的算() -> None:
    back = {"reviewed_at": "2026-03-05 10:00", "rectification_due": "2026-03-08 12:00"}
    sent_back = report("3天", "2026-03-05 09:00", result=ReviewResult.SENT_BACK, **back)
    assert state("2026-03-06 09:00", sent_back) == (Light.GREEN, OverdueState.NOT_DUE)
    again = report("整改", "2026-03-07 09:00", period="1")
    assert state("2026-03-08 12:00", sent_back, again) == UNFINISHED


def test_申请被退回以后_又算没有办结() -> None:
    back = completion("2026-03-05 09:10", result=CompletionResult.SENT_BACK, reviewed_at="2026-03-05 12:00")
    assert state("2026-03-05 11:59", IN_TIME, back)[1] is OverdueState.REPORTED
    assert state("2026-03-05 12:00", IN_TIME, back) == UNFINISHED


def test_状态已写办结却没有记录的_只报冲突() -> None:
    rules = [f.rule for f in findings(matter(status=Status.COMPLETED), IN_TIME, moment="2026-03-06 09:00")]
    assert rules == ["state_without_record"]


# ---- 责任追究办法第五条（二）：满48小时 ----


def seen(*records: Record, moment: str = "2026-03-20 09:00", under: object = None) -> list[str]:
    return [clue.clause for clue in clues(account(matter(), *records, moment=moment, under=under))]


@pytest.mark.parametrize(("moment", "found"), [("2026-03-07 09:29", []), ("2026-03-07 09:30", ["SZ5-5.2"])])
def test_按时报送却没有申请办结_满48小时是线索(moment: str, found: list[str]) -> None:
    assert seen(IN_TIME, moment=moment) == found


@pytest.mark.parametrize(
    ("applied", "found"),
    [("2026-03-07 09:29", []), ("2026-03-07 09:30", ["SZ5-5.2"]), ("2026-03-07 09:31", ["SZ5-5.2"])],
)
def test_48小时内申请办结的不是线索(applied: str, found: list[str]) -> None:
    assert seen(IN_TIME, completion(applied)) == found


def test_信息报送没有逾期_不减分() -> None:
    book = account(matter(time_limit=TimeLimit.ONE_DAY), report("1天", "2026-03-03 09:00"), moment="2026-03-20 09:00")
    assert [entry for entry in book.entries if entry.points < 0] == []


# ---- 另外的读法 ----


def test_读法31_另一种_只有申请办结或延期才算最后期限已办() -> None:
    under = policies_with("nodes.final_limit", "by_close_out")
    alone = policy_with("nodes.final_limit", "by_close_out")
    reported = duties(matter(), IN_TIME, moment="2026-03-06 09:00", under=alone)
    applied = duties(matter(), completion("2026-03-05 09:10"), moment="2026-03-06 09:00", under=alone)
    assert (reported["1天"].fulfilled_at, reported["3天"].fulfilled_at) == (None, None)
    assert applied["3天"].fulfilled_at == at("2026-03-05 09:10")
    one_day = ledger(matter(time_limit=TimeLimit.ONE_DAY), report("1天", "2026-03-03 09:00"))
    sent = messages(one_day, "2026-03-03 09:01", "2026-03-03 13:00", under)
    assert [f"{sms.at:%H:%M}" for sms in sent] == ["12:30"]


def test_保山_报送即可_没有这一读法() -> None:
    row = baoshan(number="2026-日-0001", status=Status.IN_PROGRESS, notice_issued_at="2026-03-02 10:00")
    book = ledger(row, report("指定日期", "2026-03-18 10:00"), regime=Regime.BAOSHAN)
    flags = review(book, NothingSent(), policies(), at("2026-03-25 09:00")).shown["2026-日-0001"]
    assert (flags.light, flags.overdue_state) == (Light.GREEN, OverdueState.REPORTED)


MUTANTS = (
    policy_value("SZ1-16", "nodes.final_limit", "report_is_enough"),
    replaced("SZ5-5", accountability, "_stayed_unfinished", lambda *_: False),
)
