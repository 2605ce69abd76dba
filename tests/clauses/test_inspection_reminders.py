"""“一网三库”办法第十四条：督查报告的期限照样用短信提醒报告负责人和他的单位。"""

from datetime import datetime
from pathlib import Path

import pytest

from engine.facts.inspection import Inspections
from engine.facts.ledger import Ledger
from engine.facts.message import Message
from engine.ledger.reading.ledger import read_ledger
from engine.review.ledger_review import review
from engine.rules.duties import inspection_reports as report_rules
from engine.sample.words import Regime
from tests.clauses.builders import LEAD, NothingSent, at, ledger, matter, messages, policies
from tests.clauses.clause import clause
from tests.clauses.inspections import faults, person, task
from tests.clauses.mutants import policy_value, replaced, schedule_row

pytestmark = clause("SZ6-14")

MOBILE = "+8613700000001"
DRAFTER = person(name="甲某", unit=LEAD, origin="市直部门办公室主任", mobile=MOBILE)
UNREPORTED = {"reported_at": None, "problem_list": "", "failure_list": "", "forwarded_at": None, "support": ""}
SPAN = ("2026-10-23", "2026-11-10")


def book(*people: object, **changes: object) -> Ledger:
    """A ledger with one inspection, which ended on Friday 2026-10-23: its report is due on 10-26 at 17:30."""
    row = task(**(UNREPORTED | {"ends_at": at("2026-10-23")} | changes))
    return ledger(inspections=Inspections(tuple(people) or (DRAFTER,), (row,)))


def told(sent: list[Message]) -> list[tuple[str, str, str, str]]:
    return [(f"{sms.at:%m-%d %H:%M}", sms.to.mobile[-4:], sms.kind, sms.covers[0].clause) for sms in sent]


def test_到期前五小时和逾期五小时一天两天_提醒负责人和单位() -> None:
    sent = told(messages(book(), *SPAN))
    assert sorted({when for when, *_ in sent}) == ["10-26 12:30", "10-26 22:30", "10-27 17:30", "10-28 17:30"]
    assert {(kind, cited) for _, _, kind, cited in sent} == {("提醒", "SZ6-14")}
    assert len(sent) == 8
    assert sum(mobile == MOBILE[-4:] for _, mobile, _, _ in sent) == 4


def test_短信写明任务编号和期限() -> None:
    [first, *_] = messages(book(), *SPAN)
    assert "督2026-1" in first.text
    assert "26日17:30" in first.text


@pytest.mark.parametrize(
    ("reported", "count"),
    [(None, 8), ("2026-10-26 12:29", 0), ("2026-10-26 12:30", 0), ("2026-10-26 12:31", 2), ("2026-10-27 09:00", 4)],
)
def test_形成报告以后不再提醒(reported: str | None, count: int) -> None:
    assert len(messages(book(reported_at=reported and at(reported)), *SPAN)) == count


def test_负责人就是单位的具体责任人_只发一条() -> None:
    contact = book().directory.units[LEAD].contact
    same = person(name="甲某", unit=LEAD, mobile=contact.mobile)
    assert len(messages(book(same), *SPAN)) == 4


def test_负责人没有手机_只发单位_并提示() -> None:
    nameless = person(name="甲某", unit=LEAD, mobile=None)
    assert len(messages(book(nameless), *SPAN)) == 4
    assert ("drafter_unreachable", "SZ6-14") in faults(nameless, task(**UNREPORTED), moment="2026-10-24 09:00")


def test_方案没有负责人_提醒督查室() -> None:
    sent = messages(book(drafter=""), *SPAN)
    assert {sms.to.unit for sms in sent} == {"督查室"}


def test_没有结束时间或编号的_不提醒() -> None:
    assert messages(book(ends_at=None), *SPAN) == []
    assert messages(book(number=""), *SPAN) == []


def test_保山没有三库_不提醒() -> None:
    made = ledger(inspections=book().inspections, regime=Regime.BAOSHAN)
    assert messages(made, *SPAN) == []


@pytest.mark.parametrize("moment", ["2026-10-26 12:29", "2026-10-26 12:30", "2026-10-26 12:31"])
def test_每一轮与推演一样(moment: str) -> None:
    made = review(book(), NothingSent(), policies(), at(moment))
    until: datetime = at(moment)
    expected = [sms for sms in messages(book(), *SPAN) if sms.at <= until]
    assert {(sms.to.mobile, sms.text) for sms in made.messages} == {(sms.to.mobile, sms.text) for sms in expected}
    assert made.next_at is not None
    assert made.next_at > until


def test_从工作簿里读到任务和负责人() -> None:
    made = read_ledger((Path(__file__).parents[2] / "workbook" / "示例台账.xlsx").read_bytes())
    drafters = {one.drafter for one in made.inspections.tasks}
    assert drafters & {one.name for one in made.inspections.inspectors}


def test_事项的短信和行里的标记不受影响() -> None:
    alone, both = ledger(matter()), ledger(matter(), inspections=book().inspections)
    moment = at("2026-03-03 12:30")
    before, after = review(alone, NothingSent(), policies(), moment), review(both, NothingSent(), policies(), moment)
    assert (before.messages, before.shown, before.changes) == (after.messages, after.shown, after.changes)


MUTANTS = (
    schedule_row("SZ6-14", duty="督查报告", text="督查报告提醒"),
    schedule_row("SZ6-14", duty="督查报告", text="督查报告逾期"),
    policy_value("SZ6-14", "inspection.report_days", 4),
    replaced("SZ6-14", report_rules, "report_due", lambda *_: None),
)
