"""保山: the notice (第五条), co-operating units (第六条), reports (第八条), all by workdays (readings 19, 29)."""

from datetime import date

import pytest

from engine.facts.duty import Duty
from engine.facts.kinds import MessageKind
from engine.facts.matter import Matter
from engine.policy.policy import Policy
from engine.review.briefing import briefing
from engine.rules.duties import case as case_module
from engine.rules.duties.paragraphs import duties_of
from engine.rules.messages.flags import flags
from engine.sample.words import Escalation, Regime, TimeLimit
from tests.clauses.builders import (
    NothingSent,
    Record,
    at,
    baoshan,
    case,
    closed_out,
    duties,
    ledger,
    messages,
    policies,
    policy,
    report,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced, schedule_row

LEAD, SUPERVISION, HANDLING = "市教育局", "督查室", "秘书二科"
NUMBER = "2026-日-0001"


def under() -> Policy:
    return policy(Regime.BAOSHAN, date(2026, 3, 2))


def decision(**changes: object) -> Matter:
    """A decision of 2026-03-02 09:30, due on Friday 2026-03-20 at close of office; minutes out on 03-01, a Sunday."""
    return baoshan(**({"number": NUMBER, "handling_office": HANDLING, "initiated_at": "2026-03-02 09:35"} | changes))


def owed(moment: str, *records: Record, **changes: object) -> dict[str, Duty]:
    return duties(decision(**changes), *records, moment=moment, under=under())


def sent_for(duty: str, *records: Record, start: str, end: str, **changes: object) -> list[tuple[str, str]]:
    book = ledger(decision(**changes), *records, regime=Regime.BAOSHAN)
    return [
        (f"{sms.at:%m-%d %H:%M}", cover.key.unit)
        for sms in messages(book, start, end)
        for cover in sms.covers
        if cover.key.duty == duty and cover.kind is not MessageKind.REPORT_RECEIVED
    ]


# ---- BS-5.2: within 3 workdays after the minutes came out ----


@clause("BS-5.2")
@pytest.mark.parametrize(
    ("issued", "due"),
    [
        ("2026-03-02", "2026-03-05 17:30"),
        ("2026-03-06", "2026-03-11 17:30"),
        ("2026-02-13", "2026-02-25 17:30"),
        ("2026-09-30", "2026-10-10 17:30"),
    ],
    ids=["周一印发", "周五印发", "春节前印发", "国庆前印发_调休上班计入"],
)
def test_纪要印发后三个工作日内制发通知(issued: str, due: str) -> None:
    assert owed("2026-12-01 09:00", source_date=issued)["下发通知"].due == at(due)


@clause("BS-5.2")
@pytest.mark.parametrize(
    ("notice", "late"),
    [("2026-03-05 17:29", False), ("2026-03-05 17:30", False), ("2026-03-05 17:31", True)],
    ids=["差一分", "到点", "过一分"],
)
def test_通知是否按时制发(notice: str, late: bool) -> None:
    duty = owed("2026-03-10 09:00", source_date="2026-03-02", notice_issued_at=notice)["下发通知"]
    assert duty.went_overdue(at("2026-03-10 09:00")) is late


@clause("BS-5.2")
def test_第二第三个工作日九时提醒督查室_制发后不再提醒() -> None:
    span = {"start": "2026-03-02", "end": "2026-03-10"}
    assert sent_for("下发通知", source_date="2026-03-02", **span) == [
        ("03-04 09:00", "督查室"),
        ("03-05 09:00", "督查室"),
    ]
    issued = sent_for("下发通知", source_date="2026-03-02", notice_issued_at="2026-03-04 09:30", **span)
    assert issued == [("03-04 09:00", "督查室")]


@clause("BS-5.2")
def test_没有纪要日期_没有这项义务() -> None:
    assert "下发通知" not in owed("2026-03-10 09:00", source_date=None)


# ---- BS-6.4: opinions before the lead unit's deadline ----


@clause("BS-6.4")
def test_协办意见在牵头单位时限前一个工作日_当日九时提醒() -> None:
    units = {"cooperating_units": ("市住建局", "朔城区人民政府")}
    due = [duty for duty in owed_by_all(**units) if duty.name == "协办意见"]
    assert {(duty.owed_by, duty.due) for duty in due} == {
        ("市住建局", at("2026-03-19 17:30")),
        ("朔城区人民政府", at("2026-03-19 17:30")),
    }
    found = sent_for("协办意见", start="2026-03-02", end="2026-03-30", **units)
    assert found == [("03-19 09:00", "市住建局"), ("03-19 09:00", "朔城区人民政府")]


def owed_by_all(*records: Record, **changes: object) -> list[Duty]:
    found = duties_of(case(decision(**changes), *records, moment="2026-03-25 09:00", under=under()))
    return [duty for duty in found if not duty.is_announcement]


@clause("BS-6.4")
def test_协办意见只由本单位报送了结() -> None:
    handed_in = report("协办意见", "2026-03-18 10:00", unit="市住建局")
    units = {"cooperating_units": ("市住建局", "朔城区人民政府")}
    met = {duty.owed_by: duty.fulfilled_at for duty in owed_by_all(handed_in, **units) if duty.name == "协办意见"}
    assert met == {"市住建局": at("2026-03-18 10:00"), "朔城区人民政府": None}


# ---- BS-8: reports; the notice's deadline is the only node ----


@clause("BS-5.2")
def test_通知写明的时限是唯一节点() -> None:
    assert [name for name in owed("2026-03-10 09:00") if name in ("1天", "3天", "7天", "1个月", "指定日期")] == [
        "指定日期"
    ]
    assert owed("2026-03-10 09:00")["指定日期"].due == at("2026-03-20 17:30")


@clause("BS-8.2", "BS-8.4")
def test_到期前一个工作日和当日提醒_逾期三个工作日每日催办_再报督查室() -> None:
    assert sorted(sent_for("指定日期", start="2026-03-10", end="2026-04-10")) == [
        ("03-19 09:00", LEAD),
        ("03-20 09:00", LEAD),
        ("03-23 09:00", LEAD),
        ("03-23 09:00", HANDLING),
        ("03-24 09:00", LEAD),
        ("03-24 09:00", HANDLING),
        ("03-25 09:00", LEAD),
        ("03-25 09:00", HANDLING),
        ("03-26 09:00", SUPERVISION),
        ("03-26 09:00", HANDLING),
    ]


@clause("BS-8.4")
@pytest.mark.parametrize(
    ("moment", "mark"),
    [("2026-03-26 08:59", None), ("2026-03-26 09:00", Escalation.CIRCULATED)],
    ids=["第四个工作日九时前", "九时整"],
)
def test_三个工作日仍未报_列入督查室通报(moment: str, mark: Escalation | None) -> None:
    known = case(decision(), moment=moment, under=under())
    assert flags(known, duties_of(known), NothingSent(), at(moment)).escalation == mark


@clause("BS-6.4")
@pytest.mark.parametrize(
    ("reported", "late"),
    [("2026-03-20 17:29", False), ("2026-03-20 17:30", False), ("2026-03-20 17:31", True)],
    ids=["差一分", "到点", "过一分"],
)
def test_按办理时限报送(reported: str, late: bool) -> None:
    duty = owed("2026-03-25 09:00", report("指定日期", reported))["指定日期"]
    assert duty.went_overdue(at("2026-03-25 09:00")) is late


@clause("BS-8.1")
def test_市领导牵头的事项由承办科室报送() -> None:
    """BS-8.1: no unit leads it; the 承办科室 owes the report."""
    assert owed("2026-03-10 09:00", lead_unit="")["指定日期"].owed_by == HANDLING


@clause("BS-8.2")
@pytest.mark.parametrize(
    ("period", "due"),
    [("2026-03", "2026-03-25 17:30"), ("2026-04", "2026-04-25 17:30"), ("2026-12", "2026-12-25 17:30")],
    ids=["三月", "四月_周六不顺延", "十二月"],
)
def test_长期事项每月二十五日前报送_不顺延(period: str, due: str) -> None:
    assert owed("2026-12-28 09:00", time_limit=TimeLimit.LONG)[f"月报 {period}"].due == at(due)


@clause("BS-8.2")
def test_月报二十日和二十五日九时提醒_报送后取消() -> None:
    span = {"start": "2026-04-01", "end": "2026-04-30", "time_limit": TimeLimit.LONG}
    followed_up = ("04-27 09:00", HANDLING)  # BS-6.2
    assert sent_for("月报", **span) == [("04-20 09:00", LEAD), ("04-25 09:00", LEAD), followed_up]
    early = report("月报", "2026-04-22 10:00", period="2026-04")
    assert sent_for("月报", early, **span) == [("04-20 09:00", LEAD)]


@clause("BS-8.2")
def test_二十五日之后才转入的_当月不报() -> None:
    owed_now = owed("2026-04-28 09:00", time_limit=TimeLimit.LONG, assigned_at="2026-03-26 09:00", source_date=None)
    assert [name for name in owed_now if name.startswith("月报")] == ["月报 2026-04"]


@clause("BS-5.2", "BS-8.2")
def test_每条短信都引保山的条款() -> None:
    book = ledger(decision(cooperating_units=("市住建局",), notice_issued_at="2026-03-03 10:00"), regime=Regime.BAOSHAN)
    clauses = {cover.clause for sms in messages(book, "2026-03-01", "2026-05-01") for cover in sms.covers}
    assert clauses
    assert all(clause.startswith("BS-") for clause in clauses)


# ---- BS-8.4: what the month's first meeting is told ----


@clause("BS-8.4", "BS-6.4")
def test_会议汇报_列出逾期未落实和未函告意见的单位() -> None:
    told = briefing(
        ledger(decision(cooperating_units=("市住建局",), notice_issued_at="2026-03-03 10:00"), regime=Regime.BAOSHAN),
        policies(),
        NothingSent(),
        at("2026-03-24 08:00"),
    )
    (one,) = told.overdue
    assert (one.duty, one.due, one.days_overdue) == ("协办意见", at("2026-03-19 17:30"), 4)
    assert one.silent_units == ("市住建局",)


@clause("BS-8.4")
@pytest.mark.parametrize(
    ("moment", "count"),
    [("2026-03-20 17:29", 0), ("2026-03-20 17:30", 0), ("2026-03-20 17:31", 1)],
    ids=["差一分", "到点", "过一分"],
)
def test_会议汇报只列逾期的(moment: str, count: int) -> None:
    book = ledger(decision(notice_issued_at="2026-03-03 10:00"), regime=Regime.BAOSHAN)
    assert len(briefing(book, policies(), NothingSent(), at(moment)).overdue) == count


@clause("BS-8.2")
def test_告知和销号也引保山的条款() -> None:
    handed_in = report("指定日期", "2026-03-18 10:00")
    issued, done = decision(notice_issued_at="2026-03-03 10:00"), closed_out("2026-03-19 09:00")
    known = case(issued, handed_in, done, moment="2026-03-20 09:00", under=under())
    told = {duty.clause for duty in duties_of(known)}
    assert told
    assert all(clause.startswith("BS-") for clause in told)
    assert flags(known, duties_of(known), NothingSent(), at("2026-03-20 09:00")).basis == "BS-8.2"


MUTANTS = (
    policy_value("BS-5.2", "meeting.notice_workdays", 4, Regime.BAOSHAN),
    schedule_row("BS-5.2", Regime.BAOSHAN, duty="下发通知"),
    policy_value("BS-6.4", "meeting.opinion_workdays_ahead", 2, Regime.BAOSHAN),
    schedule_row("BS-6.4", Regime.BAOSHAN, duty="协办意见"),
    policy_value("BS-8.2", "long_running.monthly_day", 26, Regime.BAOSHAN),
    schedule_row("BS-8.2", Regime.BAOSHAN, duty="月报"),
    schedule_row("BS-8.2", Regime.BAOSHAN, duty="节点", kind="催办"),
    schedule_row("BS-8.4", Regime.BAOSHAN, duty="节点", kind="升级"),
    replaced("BS-8.1", case_module.Case, "owner", property(lambda case: case.matter.lead_unit)),
)
