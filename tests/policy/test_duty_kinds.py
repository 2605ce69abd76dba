"""The table of duty kinds: whatever is owed can be met, and every word that people may type for it is known."""

import sys
from dataclasses import replace
from datetime import date, datetime

import pytest

from engine.facts.duty import Duty
from engine.facts.duty_kinds import (
    BY_REPORT_WORD,
    PERIOD_FORMS,
    DutyKind,
    DutyTraits,
    MetBy,
    period_hints,
    period_in_words,
)
from engine.facts.finding import Place
from engine.facts.inspection import Inspections, InspectionTask
from engine.facts.periods import MONTH, QUARTER, CalendarPeriod
from engine.ledger.headings.columns import NODES
from engine.rules.duties.cases import Cases
from engine.rules.duties.fulfilment import settle
from engine.rules.duties.inspection_reports import report_duties
from tests.clauses.builders import LEAD, at, case, ledger, matter, policies, report

NODE, HELPER = "3天", "市财政局"
HALF_YEAR = CalendarPeriod(6, "H", "半年", "上下")


def can_be_met(kind: DutyKind) -> bool:
    """Whether what the ledger can hold for this kind meets a duty of it."""
    began, handed_in, due = at("2026-03-02 09:30"), at("2026-03-03 10:00"), at("2026-03-05 09:30")
    if kind.traits.met_by is MetBy.TASK:
        return _met_by_its_task(handed_in)
    opinion = kind.traits.met_by is MetBy.OPINION
    name = NODE if kind.traits.met_by is MetBy.NODE_REPORT else kind.value
    period = kind.traits.period.example if kind.traits.period else ""
    duty = Duty("2026-日-0001", kind, name, HELPER if opinion else LEAD, began, due, "SZ1-13.1", period)
    approvals = dict.fromkeys(("office_approver", "city_leader_approver"), "冯某")
    approvals |= dict.fromkeys(("office_approved_at", "city_leader_approved_at"), began)
    row = matter(cooperating_units=(HELPER,), **approvals)
    row = replace(row, **{kind.traits.stamp: handed_in}) if kind.traits.stamp else row
    said = report(name, "2026-03-03 10:00", unit=duty.owed_by, period=period) if name in NODES else None
    under = case(row, *([said] if said else []), moment="2026-03-04 09:30")
    return settle([duty], under)[0].fulfilled_at == handed_in


def _met_by_its_task(handed_in: datetime) -> bool:
    task = InspectionTask(Place("inspection_tasks", 2), "督2026-1", ends_at=at("2026-03-02"), reported_at=handed_in)
    book = ledger(inspections=Inspections(tasks=(task,)))
    [(_, duty)] = report_duties(Cases(book, policies(), at("2026-03-04 09:30")))
    return duty.fulfilled_at == handed_in


@pytest.mark.parametrize("kind", [kind for kind in DutyKind if not kind.is_announced])
def test_whatever_is_owed_can_be_met(kind: DutyKind) -> None:
    assert can_be_met(kind)


@pytest.mark.parametrize("fault", [MetBy.NOTHING, MetBy.STAMP])
def test_a_kind_that_nothing_can_meet_is_seen(fault: MetBy, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = DutyKind.MONTHLY_REPORT
    assert can_be_met(kind)
    monkeypatch.setattr(kind, "traits", replace(kind.traits, met_by=fault))
    assert not can_be_met(kind)


def test_a_kind_without_its_word_in_the_sheet_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "NODES", tuple(word for word in NODES if word != "季报"))
    assert not can_be_met(DutyKind.QUARTERLY_SUMMARY)


def test_what_is_announced_is_owed_by_nobody() -> None:
    announced = {kind.value for kind in DutyKind if kind.is_announced}
    assert announced == {"持续跟进", "交办", "反馈", "退回", "办结", "年底清零", "内部期限", "督查单下发"}
    assert not any(DutyKind(word).traits.is_reporting for word in announced)


def test_the_words_of_reports_and_their_periods_come_from_the_table() -> None:
    assert tuple(BY_REPORT_WORD) == ("整改", "月报", "季报", "协办意见")
    assert tuple(PERIOD_FORMS) == ("月报", "季报", "整改")
    assert period_hints("写") == "月报写 2026-03，季报写 2026Q1，整改写第几次退回（1、2、3）"


@pytest.mark.parametrize(
    ("form", "text", "period"),
    [
        (MONTH, "2026年3月", "2026-03"),
        (MONTH, "202613", ""),
        (QUARTER, "2026年第一季度", "2026Q1"),
        (QUARTER, "2026q4", "2026Q4"),
        (QUARTER, "2026Q5", ""),
        (HALF_YEAR, "2026年上半年", "2026H1"),
        (HALF_YEAR, "2026h2", "2026H2"),
        (HALF_YEAR, "2026H3", ""),
    ],
)
def test_a_period_has_one_spelling(form: CalendarPeriod, text: str, period: str) -> None:
    assert form.parse(text) == period


@pytest.mark.parametrize(
    ("form", "day", "first", "last", "ends_year"),
    [
        (MONTH, date(2026, 2, 14), date(2026, 2, 1), date(2026, 2, 28), False),
        (MONTH, date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31), True),
        (QUARTER, date(2026, 6, 30), date(2026, 4, 1), date(2026, 6, 30), False),
        (QUARTER, date(2026, 10, 1), date(2026, 10, 1), date(2026, 12, 31), True),
        (HALF_YEAR, date(2026, 7, 1), date(2026, 7, 1), date(2026, 12, 31), True),
    ],
)
def test_a_period_has_its_days(form: CalendarPeriod, day: date, first: date, last: date, ends_year: bool) -> None:
    assert (form.first(day), form.last(day), form.ends_year(day)) == (first, last, ends_year)


@pytest.mark.parametrize(
    ("period", "said"), [("2026-03", "3"), ("2026Q1", "第1"), ("2026-W05", "第5周"), ("2026", "2026"), ("2", "2")]
)
def test_an_sms_says_a_period_in_words(period: str, said: str) -> None:
    assert period_in_words(period) == said


def test_a_half_year_is_said_in_words() -> None:
    assert HALF_YEAR.in_words("2026H2") == "下"
    assert DutyTraits(MetBy.KIND_REPORT, HALF_YEAR).period is HALF_YEAR
