"""督查单 in the records: a deadline that the leader set, reports that answer no standing paper, three reds in a row."""

from dataclasses import replace
from typing import Any

import pytest

from engine.facts.finding import Severity
from engine.policy.shelf import OwnText, checked, shelved
from engine.review.check import check
from engine.rules.duties.cases import Cases
from engine.rules.duties.paragraphs import duties_of
from engine.rules.points.account import Account
from engine.rules.points.accountability import clues
from tests.clauses.builders import LEAD, at, supervision
from tests.policy.districts import THREE_COLOURS
from tests.policy.test_coloured_papers import BLUE, CLIMB, NUMBER, ORANGE, RANK, RED, SHELF, issued, of, reported, row

HELPER = "市住建局"


def due_of(mark: str, *facts: Any) -> str:
    case = Cases(of(*facts), SHELF, at("2026-03-17 12:00")).of(facts[0])
    return next(f"{duty.due:%m-%d %H:%M}" for duty in duties_of(case) if duty.name == mark)


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        (None, "03-23 17:30"),
        ("2026-03-18 12:00", "03-18 12:00"),
        ("2026-03-18 00:00", "03-18 17:30"),
        ("2026-03-16 10:01", "03-16 10:01"),
        ("2026-03-16 10:00", "03-23 17:30"),
    ],
)
def test_the_leader_s_deadline_goes_before_the_policy_s(typed: str | None, due: str) -> None:
    assert due_of(BLUE, row(), issued(BLUE, "2026-03-16 10:00", due=typed and at(typed))) == due


def found(rule: str, *facts: Any, moment: str = "2026-03-27 12:00") -> list[str]:
    return [one.problem for one in check(of(*facts), SHELF, at(moment)) if one.rule == rule]


def test_a_deadline_before_the_approval_is_reported_and_the_policy_s_applies() -> None:
    early = issued(BLUE, "2026-03-16 10:00", due=at("2026-03-15 00:00"))
    [problem] = found("paper_due_too_early", row(), early)
    assert "已按5工作日计算" in problem
    assert found("paper_due_too_early", row(), issued(BLUE, "2026-03-16 10:00", due=at("2026-03-17 00:00"))) == []


def test_a_deadline_of_an_act_that_issues_nothing_is_a_hint() -> None:
    call = supervision("2026-03-16 10:00", matter=NUMBER, method="电话催办", due=at("2026-03-18 00:00"))
    assert found("deadline_without_paper", row(), call) == ["“电话催办”不下发督查单，填的报送期限没有用处。"]
    book = of(row(), call)
    [hint] = [one for one in check(book, SHELF, at("2026-03-27 12:00")) if one.rule == "deadline_without_paper"]
    assert hint.severity is Severity.HINT
    assert found("deadline_without_paper", row(), replace(call, due=None)) == []


@pytest.mark.parametrize(
    ("node", "moment", "rule", "said"),
    [
        (BLUE, "2026-03-24 08:59", "", ""),
        (BLUE, "2026-03-24 09:00", "paper_superseded", "这张蓝色督查单在 2026-03-24 09:00 已不再追办"),
        (ORANGE, "2026-03-24 09:00", "", ""),
        (ORANGE, "2026-03-24 08:59", "paper_not_issued", "报送时间早于橙色督查单的批准时间"),
        (RED, "2026-03-25 09:00", "paper_not_issued", "没有经批准的红色督查单"),
    ],
)
def test_a_report_on_a_paper_that_does_not_stand_is_told(node: str, moment: str, rule: str, said: str) -> None:
    facts = (row(), *CLIMB[:2], reported(node, moment))
    told = {rule: found(rule, *facts) for rule in ("paper_superseded", "paper_not_issued")}
    assert {rule: len(problems) for rule, problems in told.items() if problems} == ({rule: 1} if rule else {})
    assert all(said in problem for problems in told.values() for problem in problems)


def test_a_report_of_before_meets_no_paper() -> None:
    early = reported(BLUE, "2026-03-16 09:59")
    case = Cases(of(row(), CLIMB[0], early), SHELF, at("2026-03-17 12:00")).of(row())
    assert [duty.fulfilled_at for duty in duties_of(case) if duty.name == BLUE and not duty.is_announcement] == [None]


DAYS = ("2026-03-16 10:00", "2026-03-17 10:00", "2026-03-18 10:00", "2026-03-19 10:00")


def in_turn(*marks: tuple[str, ...], **act: Any) -> list[tuple[str, str, str]]:
    """The clues where the n-th matter was raised by these acts on the n-th day."""
    facts: list[Any] = []
    for count, (given, day) in enumerate(zip(marks, DAYS, strict=False), start=1):
        number = f"2026-督-000{count}"
        facts.append(row(number=number))
        for minute, mark in enumerate(given):
            moment = f"{day[:-2]}{minute:02}"
            facts.append(supervision(moment, matter=number, method=mark, approved_at=moment, **RANK, **act))
    now = at("2026-03-20 09:00")
    told = clues(Account(of(*facts), SHELF, now))
    return [(one.unit, f"{one.at:%m-%d}", one.evidence) for one in told if one.clause == "SM-10"]


THREE = "连续3件升到“红色督查单”（2026-督-0001、2026-督-0002、2026-督-0003），建议约谈"


def test_the_third_red_in_a_row_is_a_clue() -> None:
    climb = (BLUE, ORANGE, RED)
    assert in_turn(climb, climb) == []
    assert in_turn(climb, climb, climb) == [(LEAD, "03-18", THREE)]
    assert in_turn((RED,), (RED,), (RED,), (RED,)) == [(LEAD, "03-18", THREE)]


def test_a_matter_that_stayed_at_orange_breaks_the_row_and_one_without_any_does_not() -> None:
    assert in_turn((RED,), (RED,), (BLUE, ORANGE), (RED,)) == []
    assert [unit for unit, _, _ in in_turn((RED,), (RED,), (), (RED,))] == [LEAD]


def test_a_row_is_counted_for_the_unit_that_the_paper_went_to() -> None:
    assert [unit for unit, _, _ in in_turn((RED,), (RED,), (RED,), unit=HELPER)] == [HELPER]


def test_an_act_that_nobody_approved_counts_for_nothing() -> None:
    draft = [
        replace(act, approver="")
        for act in (issued(RED, day, matter=f"2026-督-000{n}") for n, day in enumerate(DAYS[:3], 1))
    ]
    rows = [row(number=f"2026-督-000{count}") for count in (1, 2, 3)]
    book = of(*rows, *draft)
    assert [one for one in clues(Account(book, SHELF, at("2026-03-20 09:00"))) if one.clause == "SM-10"] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'in_a_row_mark = { value = "红色督查单"',
            'in_a_row_mark = { value = "黑色督查单"',
            "“黑色督查单”不是经批准开始",
        ),
        ('in_a_row_mark = { value = "红色督查单"', 'in_a_row_mark = { value = "待发红色督查单"', "不是经批准开始"),
        ('in_a_row_measure = { value = "约谈"', 'in_a_row_measure = { value = ""', "没有写建议"),
        ("in_a_row = { value = 3", "in_a_row = { value = -1", "应不小于 0"),
    ],
)
def test_a_count_that_leads_nowhere_is_refused_with_its_line(old: str, new: str, said: str) -> None:
    assert old in THREE_COLOURS
    faults = checked(OwnText("三色.toml", THREE_COLOURS.replace(old, new)))[1]
    assert [words for words in faults if said in words and words.startswith("第")], faults


def test_a_regime_with_other_rungs_does_not_take_the_count_over() -> None:
    own = (
        'regime = "某区"\ntitle = "某区办法"\nbased_on = "三色"\nin_force_from = 2018-01-01\nwithout = ["papers"]\n'
        '[[rung]]\nmark = "重点督办"\nact = "重点督办"\nclause = "MQ-1"\n'
        '[[schedule]]\nduty = ["节点", "整改"]\nkind = "提醒"\nslots = ["-1d"]\nto = ["承办单位:具体责任人"]\n'
        'text = "到期提醒"\nclause = "MQ-2"\n'
        '[[schedule]]\nduty = "督查单"\nkind = "提醒"\nslots = ["-1d"]\nto = ["承办单位:具体责任人"]\n'
        'text = "到期提醒"\nclause = "MQ-2"\n'
    )
    shelf = shelved((OwnText("三色.toml", THREE_COLOURS), OwnText("某区.toml", own)))
    assert shelf.unreadable == {}
    assert shelf["某区"].on(at("2026-03-02 09:00").date()).clues.in_a_row == 0
