"""三个单位的一年，手算到一位小数；读法逐条两面都试。"""

from dataclasses import replace
from typing import Any

import pytest

from engine.facts.finding import Place
from engine.facts.points import SCORE_COLUMNS, Quarter
from engine.facts.records import PointItem, UnitGrade
from engine.facts.unit import Unit
from engine.policy.loading import Policies
from engine.rules.points.accountability import ungraded
from engine.sample.words import Board, Grade
from engine.scores.ranking_clues import ranking_clues
from engine.scores.scorebook import Scorebook, scorebook
from engine.scores.scoring import UnitScore, quarter_scores, ties_for_last, year_scores
from tests.clauses.builders import OFFICES, UNITS, at, ledger, policies, policies_with, unit
from tests.clauses.points import item
from tests.scoring.year import COUNTY, EDUCATION, HOUSING, facts, taken_in

END = "2027-01-05 09:00"
# 基准 + 九(一) + 九(二) + 十(一) + 十(二) + 十(三) = 得分
BY_HAND = {
    (EDUCATION, "2026Q1"): (100, 20, 8.5, 0, 0, 0, 128.5),  # 表彰20；纳入0.5、优秀3、未催办5
    (HOUSING, "2026Q1"): (100, 10, 0, 0, 0, 0, 110),  # 配合受表彰10
    (COUNTY, "2026Q1"): (100, 0, 0, 0, 0, 0, 100),  # 没有事项
    (EDUCATION, "2026Q2"): (100, 0, 0.5, 0, -5.5, 0, 95),  # 纳入0.5；逾期0.5、重点督办5；被催办过
    (HOUSING, "2026Q2"): (100, 0, 5.5, 0, -2, 0, 103.5),  # 纳入0.5、未催办5；退回0.5+1.5
    (COUNTY, "2026Q2"): (100, 0, 0, -5, 0, -5, 90),  # 问题5；阻碍5
    (EDUCATION, "2026Q3"): (100, 0, 0, 0, 0, -2, 98),  # 迟报2天
    (HOUSING, "2026Q3"): (100, 0, 0, -3, 0, 0, 97),  # 配合单位有问题3
    (COUNTY, "2026Q3"): (100, 0, 5, 0, -5, 0, 100),  # 被动纳入不加；未催办5；不合格5，不再算退回
    (EDUCATION, "2026Q4"): (100, 0, 0, 0, 0, 0, 100),
    (HOUSING, "2026Q4"): (100, 0, 0, 0, 0, 0, 100),
    (COUNTY, "2026Q4"): (100, 0, 5.5, 0, -0.5, 0, 105),  # 纳入0.5、逾期1小时0.5，没到催办的时候，未催办5
}
COLUMNS = SCORE_COLUMNS[:5]


def book(*more: Any, moment: str = END, under: Policies | None = None, units: tuple[Unit, ...] = UNITS) -> Scorebook:
    """The year's points as they stand at ``moment``."""
    rows = [*facts(), *more]
    items = tuple(row for row in rows if isinstance(row, PointItem))
    others = [row for row in rows if row not in items]
    made = ledger(*others, units=units, point_items=items)
    return scorebook(made, under or policies(), at(moment), {})


def quarter(of: Scorebook, text: str) -> dict[str, UnitScore]:
    account = of.account
    return {one.unit: one for one in quarter_scores(of.entries, account, Quarter.parse(text))}


def year(of: Scorebook, reading: str | None = None) -> dict[str, UnitScore]:
    account = of.account
    scores = year_scores(of.entries, account, 2026, account.now.date(), reading)
    return {one.unit: one for one in scores}


@pytest.mark.parametrize(("unit_name", "text"), BY_HAND)
def test_quarters_match_the_sums_by_hand(unit_name: str, text: str) -> None:
    base, *by_column, score = BY_HAND[unit_name, text]
    found = quarter(book(), text)[unit_name]
    assert (found.base, [found.by_column[name] for name in COLUMNS], found.score) == (base, by_column, score)
    assert found.total == score - base


@pytest.mark.parametrize(
    ("text", "ranks"),
    [("2026Q1", (1, 2, None)), ("2026Q2", (2, 1, 3)), ("2026Q3", (2, 3, 1)), ("2026Q4", (2, 2, 1))],
)
def test_ranks_go_by_score_and_equal_scores_share(text: str, ranks: tuple[int | None, ...]) -> None:
    found = quarter(book(), text)
    assert tuple(found[name].rank for name in (EDUCATION, HOUSING, COUNTY)) == ranks


@pytest.mark.parametrize(
    ("reading", "wanted"),
    [
        ("sum", {EDUCATION: (121.5, 1), HOUSING: (110.5, 2), COUNTY: (95, 3)}),
        ("mean", {EDUCATION: (105.38, 1), HOUSING: (102.63, 2), COUNTY: (98.75, 3)}),
    ],
)
def test_the_year_by_both_readings(reading: str, wanted: dict[str, tuple[float, int]]) -> None:
    assert {name: (one.score, one.rank) for name, one in year(book(), reading).items()} == wanted
    under = policies_with("points.year", reading)
    assert {name: (one.score, one.rank) for name, one in year(book(under=under)).items()} == wanted


def test_a_mean_within_the_year_counts_quarters_begun() -> None:
    assert year(book(moment="2026-06-30 23:00"), "mean")[COUNTY].score == 95
    assert year(book(moment="2026-07-01 00:00"), "mean")[HOUSING].score == 104.5


def test_of_the_last_two_at_most_two_score_as_low() -> None:
    assert [name for name, one in year(book()).items() if one.among_last] == [HOUSING, COUNTY]
    fourth = replace(unit("市水利局"), name="市水利局")
    several = year(book(units=(*UNITS, fourth)))
    assert {name: one.rank for name, one in several.items()} == {EDUCATION: 1, HOUSING: 2, COUNTY: 3, "市水利局": None}
    assert [name for name, one in several.items() if one.among_last] == [COUNTY]  # who had no work is not last


def last(*counts: int, under: Policies | None = None) -> tuple[list[str], list[str]]:
    """Who is among the last two, and who is tied for it, of units that lost 5 points so many times."""
    units = tuple(replace(unit("甲"), name=f"单位{index}") for index in range(len(counts)))
    items = tuple(
        item("不配合阻碍", "2026-06-01", unit=one.name, quantity=count, document=one.name)
        for one, count in zip(units, counts, strict=True)
        if count
    )
    made = ledger(units=units, point_items=items)
    found = year(scorebook(made, under or policies(), at(END), {}))
    return (
        sorted(name for name, one in found.items() if one.among_last),
        sorted(name for name, one in found.items() if one.tied_for_last),
    )


@pytest.mark.parametrize(
    ("counts", "among", "tied"),
    [
        ((0, 1, 2), ["单位1", "单位2"], []),
        ((0, 2, 2), ["单位1", "单位2"], []),
        ((0, 1, 1, 2), ["单位3"], ["单位1", "单位2"]),
        ((0, 1, 1, 1), [], ["单位1", "单位2", "单位3"]),
        ((1, 1), ["单位0", "单位1"], []),
        ((1, 1, 1), [], ["单位0", "单位1", "单位2"]),
    ],
    ids=["各不相同", "末两名同分", "第二第三名同分", "末三名同分", "只有两家", "三家全同分"],
)
def test_a_tie_that_leaves_the_last_two_open_is_for_a_person(
    counts: tuple[int, ...], among: list[str], tied: list[str]
) -> None:
    """Reading 36, which takes the place of the rule of reading 13."""
    assert last(*counts) == (among, tied)
    both = sorted(among + tied)
    assert last(*counts, under=policies_with("points.last_ties", "included")) == (both, [])


def test_a_tie_names_its_units() -> None:
    units = tuple(replace(unit("甲"), name=name) for name in ("甲局", "乙局", "丙局"))
    rows = tuple(item("不配合阻碍", "2026-06-01", unit=one.name, document=one.name) for one in units)
    scores = year(scorebook(ledger(units=units, point_items=rows), policies(), at(END), {})).values()
    assert ties_for_last(tuple(scores)) == ["甲局、乙局、丙局同为95分，是否列入倒数后几位定不下来，请由人认定。"]


def test_a_list_for_each_category() -> None:
    found = year(book(under=policies_with("points.ranking", "per_category")))
    assert {name: one.rank for name, one in found.items()} == {COUNTY: 1, EDUCATION: 1, HOUSING: 2}


def test_a_unit_without_matters_has_the_base_and_offices_none() -> None:
    idle = unit("市水利局")
    found = quarter(book(units=(*UNITS, idle)), "2026Q2")
    assert (found["市水利局"].score, found["市水利局"].entries) == (100, 0)
    assert not set(found) & set(OFFICES)


def test_a_unit_out_of_use_without_points_is_not_listed() -> None:
    gone = unit("市水利局", active=False)
    assert "市水利局" not in quarter(book(units=(*UNITS, gone)), "2026Q2")
    late = item("迟报材料", "2026-05-05", unit="市水利局")
    assert quarter(book(late, units=(*UNITS, gone)), "2026Q2")["市水利局"].score == 99


def test_an_empty_ledger_can_be_scored() -> None:
    made = scorebook(ledger(), policies(), at(END), {})
    account = made.account
    scores = quarter_scores(made.entries, account, Quarter(2026, 1))
    assert {(one.score, one.rank) for one in scores} == {(100, None)}


# ---- 第十四条、责任追究办法第五条（五）：连续2年倒数后2位 ----


def two_years(*more: Any, moment: str = END) -> Scorebook:
    before = [item("迟报材料", "2025-05-05", unit=COUNTY, quantity=3), item("表彰", "2025-05-05", document="另一文号")]
    return book(*before, *more, moment=moment)


def test_two_years_among_the_last_two_is_a_clue_and_below_base_another() -> None:
    found = {(clue.unit, clue.clause) for clue in ranking_clues(two_years(), 2026)}
    assert found == {(COUNTY, "SZ5-5.5"), (COUNTY, "SZ4-14")}
    (agreed,) = [clue.evidence for clue in ranking_clues(two_years(), 2026) if clue.clause == "SZ4-14"]
    assert "经市政府同意" in agreed
    assert "2025年97分" in agreed


def test_an_unfinished_year_or_one_without_points_is_no_clue() -> None:
    assert ranking_clues(two_years(moment="2026-12-31 23:59"), 2026) == []
    assert ranking_clues(book(), 2026) == []


# ---- 两项制度五（一）：年底前按单位评价 ----


def test_units_without_grade_are_listed_with_their_matters_grades() -> None:
    key_task = taken_in("0009", "2026-06-01", HOUSING, board=Board.KEY_TASK, grade=Grade.GOOD)
    (waiting,) = ungraded(book(key_task).account, 2026)
    assert (waiting.unit, waiting.board, waiting.clause) == (HOUSING, "重点工作任务", "SZ2-5.1")
    assert waiting.evidence == "2026-日-0009良好"
    reform = taken_in("0009", "2026-06-01", HOUSING, board=Board.REFORM)
    assert [one.clause for one in ungraded(book(reform).account, 2026)] == ["SZ3-5.1"]
    made = book(key_task)
    graded = UnitGrade(Place("unit_grades", 3), 2026, HOUSING, "重点工作任务", Grade.GOOD, "秘书一科")
    account = replace(made.account, ledger=replace(made.account.ledger, unit_grades=(graded,)))
    assert ungraded(account, 2026) == []
    assert len(ungraded(account, 2027)) == 1
