"""定期报告 that a regime names itself: 旬报, 双周报, 半年报, each with its days, boards and forwarding."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine.facts.stretches import STRETCHES
from engine.ledger.reading.cell_problem import CellProblem
from engine.ledger.reading.periods import read_period
from engine.policy.shelf import OwnText, checked, shelved
from engine.policy.words import words_of
from engine.review.check import check
from engine.review.simulate import simulate
from engine.rules.duties.cases import Cases
from engine.rules.duties.paragraphs import duties_of
from tests.clauses.builders import LEAD, at, ledger, matter, report
from tests.policy.districts import HEAD

BOARD = "日常管理事项"
REPORTS = (
    HEAD.format("旬报县", "某县政发〔2019〕2号")
    + f"""
[recurring."旬报"]
every = {{ value = "旬", clause = "XB-2" }}
boards = {{ value = ["{BOARD}"], clause = "XB-2" }}
days_after = {{ value = 2, clause = "XB-2" }}
clock = {{ value = "12:00", clause = "XB-2" }}
forward_days = {{ value = 3, clause = "XB-4" }}

[recurring."双周报"]
every = {{ value = "双周", clause = "XB-3" }}
boards = {{ value = ["{BOARD}"], clause = "XB-3" }}
in_workdays = {{ value = true, clause = "XB-3" }}
clock = {{ value = "17:30", clause = "XB-3" }}
owed_while = {{ value = "long_running", clause = "XB-3" }}

[recurring."半年报"]
every = {{ value = "半年", clause = "XB-5" }}
boards = {{ value = ["{BOARD}"], clause = "XB-5" }}
in_workdays = {{ value = true, clause = "XB-5" }}
days_after = {{ value = 3, clause = "XB-5" }}
clock = {{ value = "17:30", clause = "XB-5" }}

[texts]
"定期报告提醒" = {{ value = "【{{signature}}】{{period}}{{node}}应于{{due}}前报送{{token}}", clause = "XB-2" }}

[[schedule]]
duty = "定期报告"
kind = "提醒"
slots = ["-1d"]
to = ["承办单位:具体责任人"]
text = "定期报告提醒"
clause = "XB-6"
names = ["旬报", "半年报"]
"""
)
SHELF = shelved((OwnText("旬报县.toml", REPORTS),))


def of(*facts: Any):
    book = ledger(*facts)
    return replace(book, settings=replace(book.settings, regime="旬报县"))


def owed(name: str, until: str, *facts: Any) -> dict[str, tuple[str, bool]]:
    case = Cases(of(*facts), SHELF, at(until)).of(facts[0])
    found = (duty for duty in duties_of(case) if duty.name == name and not duty.is_announcement)
    return {duty.period: (f"{duty.due:%m-%d %H:%M}", duty.is_open(at(until))) for duty in found}


def test_the_regime_loads() -> None:
    assert SHELF.unreadable == {}


def test_every_ten_days_two_days_after_their_end() -> None:
    assert owed("旬报", "2026-04-01 12:00", matter()) == {
        "2026-03上旬": ("03-12 12:00", True),
        "2026-03中旬": ("03-22 12:00", True),
        "2026-03下旬": ("04-02 12:00", True),
        "2026-04上旬": ("04-12 12:00", True),
    }


def test_a_report_meets_the_period_that_it_names_and_no_other_nor_a_node() -> None:
    facts = (matter(), report("旬报", "2026-03-20 10:00", period="2026-03上旬"))
    found = owed("旬报", "2026-03-25 12:00", *facts)
    assert {period: is_open for period, (_, is_open) in found.items()} == {
        "2026-03上旬": False,
        "2026-03中旬": True,
        "2026-03下旬": True,
    }
    assert owed("3天", "2026-03-25 12:00", *facts)[""][1]


def test_a_weekly_report_is_owed_from_monday_to_sunday() -> None:
    weekly = REPORTS.replace('"旬"', '"周"').replace("days_after = { value = 2", "days_after = { value = -2")
    shelf = shelved((OwnText("旬报县.toml", weekly),))
    case = Cases(of(matter()), shelf, at("2026-03-17 12:00")).of(matter())
    owed = [(duty.period, f"{duty.due:%m-%d %H:%M}") for duty in duties_of(case) if duty.name == "旬报"]
    assert owed == [("2026-03-02周", "03-06 12:00"), ("2026-03-09周", "03-13 12:00"), ("2026-03-16周", "03-20 12:00")]
    [sms] = simulate(of(matter(time_limit="长期")), shelf, at("2026-03-12 12:00"), at("2026-03-12 12:01"))
    assert "3月9日起一周旬报应于13日12:00前报送" in sms.text
    assert read_period("2026年3月9日周", "旬报") == "2026-03-09周"


@pytest.mark.parametrize("limit", ["3天", "长期"])
def test_a_fortnightly_report_is_owed_from_long_running_on(limit: str) -> None:
    found = owed("双周报", "2026-03-20 12:00", matter(time_limit=limit))
    assert found == ({"2026-W10": ("03-06 17:30", True), "2026-W12": ("03-20 17:30", True)} if limit == "长期" else {})


def test_half_a_year_ends_in_june_and_is_due_three_workdays_later() -> None:
    assert owed("半年报", "2026-06-30 12:00", matter()) == {"2026H1": ("07-03 17:30", True)}


def test_the_rows_of_the_timetable_go_by_name() -> None:
    sms = simulate(of(matter(time_limit="长期")), SHELF, at("2026-03-09 00:00"), at("2026-03-22 00:00"))
    told = [(f"{one.at:%m-%d %H:%M}", one.covers[0].key.duty, one.to.unit) for one in sms]
    assert [one for one in told if one[1] in ("旬报", "双周报")] == [
        ("03-11 12:00", "旬报", LEAD),
        ("03-21 12:00", "旬报", LEAD),
    ]


def test_an_sms_says_the_stretch_in_words() -> None:
    [sms] = simulate(of(matter(time_limit="长期")), SHELF, at("2026-03-11 12:00"), at("2026-03-11 12:01"))
    assert "3月上旬旬报应于12日12:00前报送" in sms.text


@pytest.mark.parametrize(("day", "hinted"), [("2026-03-14 12:00", False), ("2026-03-15 12:00", True)])
def test_a_report_must_be_forwarded(day: str, hinted: bool) -> None:
    book = of(matter(), report("旬报", "2026-03-12 10:00", period="2026-03上旬"))
    found = [one.clause for one in check(book, SHELF, at(day)) if one.rule == "summary_not_forwarded"]
    assert found == (["XB-4"] if hinted else [])


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2026-03上旬", ""),
        ("2026-02下旬", "这一期不在"),
        ("2026-04上旬", "这一期不在"),
        ("2026-03", "应如 2026-03上旬"),
    ],
)
def test_a_period_that_is_not_owed_is_reported(period: str, said: str) -> None:
    book = of(matter(), report("旬报", "2026-03-12 10:00", period=period))
    found = [one.problem for one in check(book, SHELF, at("2026-03-12 12:00")) if one.rule == "period_not_owed"]
    assert (found != []) == bool(said)
    assert all(said in problem for problem in found)


@pytest.mark.parametrize(
    ("word", "typed", "period"),
    [
        ("旬", "2026年3月上旬", "2026-03上旬"),
        ("旬", "2026-03-下旬", ""),
        ("旬", "2026-13上旬", ""),
        ("周", "2026年3月4日周", "2026-03-02周"),
        ("周", "2026-03-01周", "2026-02-23周"),
        ("周", "2026-02-30周", ""),
        ("周", "2026-W10", ""),
        ("双周", "2026年第9周", "2026-W10"),
        ("双周", "2026-W10", "2026-W10"),
        ("双周", "2026-W60", ""),
        ("半年", "2026年上半年", "2026H1"),
    ],
)
def test_a_stretch_has_one_spelling(word: str, typed: str, period: str) -> None:
    assert STRETCHES[word].parse(typed) == period


@pytest.mark.parametrize("word", STRETCHES)
def test_stretches_follow_without_gap_and_know_their_own_spelling(word: str) -> None:
    stretch, day, seen = STRETCHES[word], date(2019, 12, 30), set[str]()
    while day < date(2028, 1, 1):
        first, following = stretch.first(day), stretch.following(day)
        assert first <= day < following
        assert stretch.first(following) == following
        assert stretch.parse(stretch.spelled(day)) == stretch.spelled(first)
        assert stretch.spelled(day) not in seen
        seen.add(stretch.spelled(day))
        day = following


def test_the_sheet_reads_the_periods_of_own_reports() -> None:
    assert read_period("2026年3月上旬", "旬报") == "2026-03上旬"
    faulty = read_period("三月初", "旬报")
    assert isinstance(faulty, CellProblem)
    assert "2026-03上旬" in faulty.remedy


def test_the_dropdown_offers_own_reports() -> None:
    nodes = words_of(SHELF["旬报县"].on(date(2026, 3, 2))).choices["reports", "node"]
    assert {"旬报", "双周报", "半年报"} <= set(nodes)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            f'boards = {{ value = ["{BOARD}"], clause = "XB-5" }}',
            'boards = { value = ["招商"], clause = "XB-5" }',
            "没有版块“招商”",
        ),
        ('[recurring."半年报"]', '[recurring."季报"]', "定期报告“季报”的名称已有别的用处"),
        ('every = { value = "旬"', 'every = { value = "候"', "第"),
        ('duty = "定期报告"', 'duty = "节点"', "定期报告没有提醒"),
        ('names = ["旬报", "半年报"]', 'names = ["月末报"]', "没有督查单或定期报告“月末报”"),
    ],
)
def test_a_report_that_cannot_be_is_refused_with_its_line(old: str, new: str, said: str) -> None:
    assert old in REPORTS
    found = checked(OwnText("旬报县.toml", REPORTS.replace(old, new)))[1]
    assert [words for words in found if said in words and words.startswith("第")], found
