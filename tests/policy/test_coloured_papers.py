"""三色督查单: rungs that are papers, each with a deadline of its own; three months of facts, computed by hand."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from engine.policy.shelf import OwnText, checked, shelved
from engine.policy.words import words_of
from engine.review.simulate import simulate
from engine.review.trial import NothingRecorded
from engine.rules.duties.cases import Cases
from engine.rules.duties.paragraphs import duties_of
from engine.rules.messages.flags import flags
from tests.clauses.builders import LEAD, Record, at, ledger, matter, report, supervision
from tests.policy.districts import THREE_COLOURS

SHELF = shelved((OwnText("三色.toml", THREE_COLOURS),))
NUMBER, HELPER = "2026-督-0001", "市住建局"
BLUE, ORANGE, RED = "蓝色督查单", "橙色督查单", "红色督查单"
RANK = {"approver": "孙某", "approver_rank": "市长"}


def row(**changes: Any):
    given = {"number": NUMBER, "board": "督查事项", "source": "领导批示", "approver_rank": "市长", "time_limit": "10天"}
    return matter(**(given | changes))


def issued(mark: str, moment: str, **changes: Any) -> Record:
    return supervision(moment, **({"matter": NUMBER, "method": mark, "approved_at": moment, **RANK} | changes))


def reported(node: str, moment: str, **changes: Any) -> Record:
    return report(node, moment, matter=NUMBER, **changes)


CLIMB = (issued(BLUE, "2026-03-16 10:00"), issued(ORANGE, "2026-03-24 09:00"), issued(RED, "2026-03-30 11:00"))
ANSWERED = reported(RED, "2026-04-01 15:00")


def of(*facts: Any):
    book = ledger(*facts)
    return replace(book, settings=replace(book.settings, regime="三色"))


def sent(*facts: Any) -> list[tuple[str, str, str, str]]:
    found = simulate(of(*facts), SHELF, at("2026-03-01 00:00"), at("2026-06-01 00:00"))
    return [(f"{one.at:%m-%d %H:%M}", one.covers[0].key.duty, one.to.unit, one.covers[0].clause) for one in found]


def mark_at(moment: str, *facts: Any) -> str | None:
    case = Cases(of(*facts), SHELF, at(moment)).of(facts[0])
    return flags(case, duties_of(case), NothingRecorded(), at(moment)).escalation


def papers(moment: str, *facts: Any) -> dict[str, tuple[str, bool]]:
    case = Cases(of(*facts), SHELF, at(moment)).of(facts[0])
    owed = (duty for duty in duties_of(case) if not duty.is_announcement)
    return {duty.name: (f"{duty.due:%m-%d %H:%M}", duty.is_open(at(moment))) for duty in owed}


def test_the_regime_loads_from_at_most_150_lines() -> None:
    assert SHELF.unreadable == {}
    assert THREE_COLOURS.count("\n") <= 150


def test_blue_then_orange_then_red_each_with_its_own_deadline_and_sms() -> None:
    assert sent(row(), *CLIMB, ANSWERED) == [
        ("03-11 09:30", "10天", LEAD, "SM-5"),
        ("03-13 09:30", "10天", "督查室", "SM-7.1"),
        ("03-16 10:00", BLUE, LEAD, "SM-6"),
        ("03-22 17:30", BLUE, LEAD, "SM-6"),
        ("03-23 18:30", BLUE, "督查室", "SM-7.2"),
        ("03-24 09:00", ORANGE, LEAD, "SM-6"),
        ("03-26 17:30", ORANGE, LEAD, "SM-6"),
        ("03-27 18:30", ORANGE, "督查室", "SM-7.3"),
        ("03-30 11:00", RED, LEAD, "SM-6"),
        ("03-31 17:30", RED, LEAD, "SM-6"),
        ("04-01 15:00", RED, "秘书一科", "SZ1-13.2"),
    ]


@pytest.mark.parametrize(
    ("moment", "mark"),
    [
        ("2026-03-13 09:29", None),
        ("2026-03-13 09:30", "待发蓝色督查单"),
        ("2026-03-16 10:00", BLUE),
        ("2026-03-23 18:29", BLUE),
        ("2026-03-23 18:30", "待发橙色督查单"),
        ("2026-03-24 09:00", ORANGE),
        ("2026-03-27 18:30", "待发红色督查单"),
        ("2026-03-30 11:00", RED),
        ("2026-05-31 12:00", RED),
    ],
)
def test_the_mark_follows_the_climb_and_red_stays(moment: str, mark: str | None) -> None:
    assert mark_at(moment, row(), *CLIMB, ANSWERED) == mark


def test_the_mark_of_a_paper_that_is_answered_goes() -> None:
    facts = (row(), CLIMB[0], reported(BLUE, "2026-03-20 10:00"))
    assert [mark_at(moment, *facts) for moment in ("2026-03-20 09:00", "2026-03-20 10:00")] == [BLUE, None]
    assert papers("2026-03-20 10:00", *facts) == {"10天": ("03-12 09:30", False), BLUE: ("03-23 17:30", False)}


def test_an_answer_in_time_ends_the_climb() -> None:
    assert ("03-23 18:30", BLUE, "督查室", "SM-7.2") not in sent(row(), CLIMB[0], reported(BLUE, "2026-03-23 17:30"))


@pytest.mark.parametrize(
    ("recognised", "climbs"), [("2026-03-16 09:59", True), ("2026-03-16 10:00", False), ("2026-03-23 18:31", True)]
)
def test_a_reason_recognised_since_the_paper_ends_the_climb(recognised: str, climbs: bool) -> None:
    reason = {"overdue_reason": "汛期停工", "reason_recognizer": "孙某", "reason_recognized_at": recognised}
    told = ("03-23 18:30", BLUE, "督查室", "SM-7.2")
    assert (told in sent(row(**reason), CLIMB[0])) == climbs
    late = mark_at("2026-03-25 12:00", row(**reason), CLIMB[0])
    assert late == ("待发橙色督查单" if recognised < "2026-03-16 10:00" else BLUE)


def test_a_reason_that_nobody_recognised_ends_nothing() -> None:
    unrecognised = row(overdue_reason="汛期停工", reason_recognized_at="2026-03-17 10:00")
    assert mark_at("2026-03-25 12:00", unrecognised, CLIMB[0]) == "待发橙色督查单"


def test_a_matter_may_enter_at_red_before_anything_is_late() -> None:
    entered = issued(RED, "2026-03-03 09:00")
    assert mark_at("2026-03-03 09:00", row(), entered) == RED
    assert papers("2026-03-03 09:00", row(), entered)[RED] == ("03-05 17:30", True)


@pytest.mark.parametrize("lacking", ["approver", "approver_rank", "approved_at"])
def test_a_paper_that_no_leader_approved_is_none(lacking: str) -> None:
    draft = issued(BLUE, "2026-03-16 10:00", **{lacking: None if lacking == "approved_at" else ""})
    assert BLUE not in papers("2026-03-20 09:00", row(), draft)


def test_a_paper_to_one_unit_is_answered_by_that_unit() -> None:
    helped = row(cooperating_units=(HELPER,))
    to_helper = issued(BLUE, "2026-03-16 10:00", unit=HELPER)
    by = {unit: reported(BLUE, "2026-03-20 10:00", unit=unit) for unit in (LEAD, HELPER)}
    found = {unit: papers("2026-03-21 09:00", helped, to_helper, one)[BLUE] for unit, one in by.items()}
    assert found == {LEAD: ("03-23 17:30", True), HELPER: ("03-23 17:30", False)}


def test_the_next_paper_takes_the_place_of_the_one_before() -> None:
    assert papers("2026-03-25 09:00", row(), *CLIMB[:2]) == {
        "10天": ("03-12 09:30", True),
        BLUE: ("03-23 17:30", False),
        ORANGE: ("03-27 17:30", True),
    }


def test_the_dropdowns_offer_the_papers() -> None:
    choices = words_of(SHELF["三色"].on(at("2026-03-02").date())).choices
    assert {BLUE, ORANGE, RED} <= set(choices["supervisions", "method"])
    assert {BLUE, ORANGE, RED} <= set(choices["reports", "node"])


def faults_of(edits: Iterable[tuple[str, str]]) -> list[str]:
    text = THREE_COLOURS
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return checked(OwnText("三色.toml", text))[1]


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([('mark = "橙色督查单"', 'mark = "黄色督查单"')], "督查单“橙色督查单”不是升级标记"),
        ([('act = "橙色督查单"\n', "")], "督查单“橙色督查单”没有写由哪个方式发出"),
        ([('value = "3工作日"', 'value = "0工作日"')], "时长“0工作日”为0，没有期限可言"),
        ([('names = ["橙色督查单"]', 'names = ["黄色督查单"]')], "没有督查单或定期报告“黄色督查单”"),
        ([('duty = "督查单"', 'duty = "督查单下发"')], "督查单有期限，却没有提醒"),
        ([('[papers."蓝色督查单"]', '[papers."10天"]')], "督查单“10天”与一个办理时限同名"),
    ],
)
def test_a_paper_that_leads_nowhere_is_refused_with_its_line(edits: list[tuple[str, str]], said: str) -> None:
    assert [words for words in faults_of(edits) if said in words and words.startswith("第")], faults_of(edits)
