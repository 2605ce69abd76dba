"""暂定: deadlines that rest on the last days of December while the next year's notice is not known (SZ2-4.2, BS-5.2).

2031 is known here by one day on 节假日, so that no later edition of the calendar package changes what is tested.
"""

from collections.abc import Mapping
from datetime import date, datetime

import pytest

from addin.actions.viewing import explained_rows
from engine.cli.json_shapes import explanation_json
from engine.facts.duty import Duty
from engine.facts.kinds import DayType
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.policy.workdays import Workdays
from engine.review.check import check
from engine.review.explain import explain
from engine.rules.duties import deadlines
from engine.rules.duties.cases import Cases
from engine.rules.duties.paragraphs import duties_of
from engine.sample.words import Board, Regime, TimeLimit
from tests.clauses.builders import (
    NothingSent,
    Record,
    at,
    baoshan,
    ledger,
    matter,
    policies,
    policy_with,
    proposal,
    report,
)
from tests.clauses.clause import clause

Days = Mapping[date, DayType]

THIS_YEAR: Days = {date(2031, 10, 1): DayType.HOLIDAY}
NEXT_AS_USUAL: Days = {**THIS_YEAR, date(2032, 1, 1): DayType.HOLIDAY}
NEXT_MOVES: Days = {
    **NEXT_AS_USUAL,
    date(2031, 12, 26): DayType.HOLIDAY,
    date(2031, 12, 27): DayType.WORKDAY,
    date(2031, 12, 31): DayType.HOLIDAY,
}
MOMENT = "2031-12-22 12:00"


def long_running() -> Ledger:
    begun = dict.fromkeys(("assigned_at", "approved_at", "initiated_at"), "2031-11-03 09:30")
    row = matter(number="2031-重-0001", board=Board.KEY_TASK, time_limit=TimeLimit.LONG, **begun)
    return ledger(row, day_overrides=THIS_YEAR)


def decision(*records: Record, days: Days = THIS_YEAR, **changes: object) -> Ledger:
    begun = dict.fromkeys(("assigned_at", "approved_at", "initiated_at"), "2031-12-01 09:30")
    given = {"number": "2031-常-0001", "source_date": "2031-12-01", "fixed_due": "2031-12-19"} | begun | changes
    return ledger(baoshan(**given), *records, regime=Regime.BAOSHAN, day_overrides=days)


def knowing(book: Ledger, days: Days) -> Ledger:
    return ledger(*book.matters, regime=book.settings.regime, day_overrides=days)


def owed(book: Ledger, name: str) -> Duty:
    (row,) = book.matters
    (duty,) = [one for one in duties_of(Cases(book, policies(), at(MOMENT)).of(row)) if one.name == name]
    return duty


def stands(duty: Duty) -> tuple[datetime, bool]:
    return duty.due, duty.provisional


def hinted(book: Ledger) -> list[str]:
    found = check(book, policies(), at(MOMENT))
    return [one.problem for one in found if one.rule == "provisional_deadline" and not one.is_error]


@clause("BS-5.2")
@pytest.mark.parametrize(
    ("issued", "due", "provisional"),
    [
        ("2031-12-22", "2031-12-25 17:30", False),
        ("2031-12-23", "2031-12-26 17:30", True),
        ("2031-12-24", "2031-12-29 17:30", True),
    ],
    ids=["算到二十五日", "算到二十六日", "算过二十六日"],
)
def test_下发通知的期限算到十二月二十六日起_次年安排未录入_暂定(issued: str, due: str, provisional: bool) -> None:
    book = decision(source_date=issued)
    assert stands(owed(book, "下发通知")) == (at(due), provisional)
    assert stands(owed(knowing(book, NEXT_AS_USUAL), "下发通知")) == (at(due), False)


@clause("BS-6.4")
@pytest.mark.parametrize(
    ("limit", "due", "provisional"),
    [
        ("2031-12-26", "2031-12-25 17:30", False),
        ("2031-12-27", "2031-12-26 17:30", True),
        ("2031-12-29", "2031-12-26 17:30", True),
    ],
    ids=["倒数到二十五日", "倒数到二十六日", "倒数经过双休日"],
)
def test_协办意见的期限倒数到十二月二十六日以后_次年安排未录入_暂定(limit: str, due: str, provisional: bool) -> None:
    book = decision(fixed_due=limit, cooperating_units=("市住建局",))
    assert stands(owed(book, "协办意见")) == (at(due), provisional)
    assert stands(owed(knowing(book, NEXT_AS_USUAL), "协办意见")) == (at(due), False)


@clause("SZ2-4.2")
def test_四季度小结从年末最后一个工作日倒数_次年安排录入前暂定_录入后自动重算() -> None:
    book = long_running()
    assert stands(owed(book, "季报")) == (at("2031-12-24 17:30"), True)
    assert stands(owed(knowing(book, NEXT_AS_USUAL), "季报")) == (at("2031-12-24 17:30"), False)
    assert stands(owed(knowing(book, NEXT_MOVES), "季报")) == (at("2031-12-23 17:30"), False)


@clause("BS-5.2")
def test_次年安排录入后_下发通知的期限移动_暂定消失() -> None:
    book = decision(source_date="2031-12-23")
    assert stands(owed(book, "下发通知")) == (at("2031-12-26 17:30"), True)
    assert stands(owed(knowing(book, NEXT_MOVES), "下发通知")) == (at("2031-12-27 17:30"), False)


@clause("SZ2-4.3")
def test_年底清零和月报不按工作日算_不暂定() -> None:
    assert not owed(long_running(), "年底清零").provisional
    row = long_running().matters[0]
    monthly = [one for one in duties_of(Cases(long_running(), policies(), at(MOMENT)).of(row)) if one.name == "月报"]
    assert monthly
    assert not any(one.provisional for one in monthly)


@pytest.mark.parametrize(
    ("assigned", "due", "provisional"),
    [
        ("2031-12-24 09:30", "2031-12-25 09:30", False),
        ("2031-12-25 09:30", "2031-12-26 09:30", True),
        ("2031-12-26 09:30", "2031-12-29 09:30", True),
    ],
)
def test_制度规定遇休息日顺延的_节点落在年底几天也暂定(assigned: str, due: str, provisional: bool) -> None:
    row: Matter = proposal(assigned_at=assigned, approved_at=assigned, time_limit=TimeLimit.ONE_DAY)
    rolling = policy_with("nodes.rolling", "next_workday")
    (node,) = deadlines.nodes(row, rolling, Workdays(THIS_YEAR))
    assert (node.due, node.provisional) == (at(due), provisional)
    literal = policy_with("nodes.rolling", "none")
    assert not deadlines.nodes(row, literal, Workdays(THIS_YEAR))[0].provisional


@clause("BS-5.2")
def test_检查提示暂定期限_次年安排录入后_或通知制发后_不再提示() -> None:
    book = decision(source_date="2031-12-23")
    (said,) = hinted(book)
    assert said.startswith("暂定期限：下发通知（2031-12-26 17:30）。")
    assert hinted(knowing(book, NEXT_AS_USUAL)) == []
    assert hinted(decision(source_date="2031-12-22")) == []
    assert hinted(decision(source_date="2031-12-23", notice_issued_at="2031-12-22 11:00")) == []


@clause("SZ2-4.2")
def test_季报报送后_不再提示暂定() -> None:
    book = long_running()
    assert hinted(book) == ["暂定期限：季报（2031-12-24 17:30）。次年放假安排还没有录入，可能调休。"]
    handed_in = report("季报", "2031-12-19 10:00", period="2031Q4", matter="2031-重-0001")
    assert hinted(ledger(*book.matters, handed_in, day_overrides=THIS_YEAR)) == []


@clause("SZ2-4.2")
def test_为什么写明暂定() -> None:
    def told(book: Ledger) -> dict[str, bool]:
        why = explain(Cases(book, policies(), at(MOMENT)), book.matters[0], NothingSent(), {})
        return {one["duty"]: one["provisional"] for one in explanation_json(why)["duties"]}

    assert {name for name, provisional in told(long_running()).items() if provisional} == {"季报"}
    assert not any(told(knowing(long_running(), NEXT_MOVES)).values())


def outcomes(book: Ledger, duty: str) -> dict[str, str]:
    why = explain(Cases(book, policies(), at(MOMENT)), book.matters[0], NothingSent(), {})
    return {slot.slot: slot.outcome for one in why.duties if one.duty.name == duty for slot in one.slots}


@clause("SZ2-4.2")
def test_期限暂定的_提醒时点也暂定() -> None:
    told = outcomes(long_running(), "季报")
    assert (told["-5wd 09:00"], told["-1wd 09:00"]) == ("待发", "未到（暂定）")
    assert outcomes(knowing(long_running(), NEXT_AS_USUAL), "季报")["-1wd 09:00"] == "未到"


@clause("SZ2-4.2")
def test_按钮为什么也写明暂定() -> None:
    def due(book: Ledger) -> list[str]:
        found = explain(Cases(book, policies(), at(MOMENT)), book.matters[0], NothingSent(), {})
        return [row[2] for row in explained_rows(found) if row[0].startswith("季报")]

    assert [text.endswith("（暂定）") for text in due(long_running())] == [True]
    assert [text.endswith("（暂定）") for text in due(knowing(long_running(), NEXT_AS_USUAL))] == [False]


@pytest.mark.parametrize(
    ("limit", "outcome"), [("2031-12-25", "未到"), ("2031-12-26", "未到（暂定）"), ("2031-12-29", "未到（暂定）")]
)
@clause("BS-6.4")
def test_期限写定的_倒数工作日的提醒跨过年底几天_也暂定(limit: str, outcome: str) -> None:
    book = decision(fixed_due=limit, notice_issued_at="2031-12-02 11:00")
    (row,) = book.matters
    (node,) = [one for one in duties_of(Cases(book, policies(), at(MOMENT)).of(row)) if one.name == "指定日期"]
    assert not node.provisional
    assert outcomes(book, "指定日期")["-1wd 09:00"] == outcome
    assert outcomes(decision(fixed_due=limit, days=NEXT_AS_USUAL), "指定日期")["-1wd 09:00"] == "未到"
