"""积分的评定和运用：基准分、每季度评分、年末总评排名、连续倒数、考核导出、年度评价（手算的一年见 tests/scoring）。"""

import csv
from typing import Any

import pytest

from engine.facts.finding import Place
from engine.facts.points import Quarter
from engine.facts.records import UnitGrade
from engine.papers import points_export
from engine.rules.points import accountability, checks, scored
from engine.sample.words import Board, Grade, TimeLimit, UnitCategory
from engine.scores import ranking_clues, scorebook, scoring
from tests.clauses.builders import UNITS, matter, unit
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced
from tests.clauses.points import COOPERATOR, LEAD, account, faults, item

COUNTY = "朔城区人民政府"
END = "2027-01-05 09:00"


def book(*facts: Any, moment: str = END, **given: Any) -> scorebook.Scorebook:
    """The points of a small ledger."""
    made = account(*facts, moment=moment, **given)
    return scorebook.scorebook(made.ledger, made.policies, made.now, {})


def quarter(of: scorebook.Scorebook, text: str = "2026Q1") -> dict[str, tuple[float, int | None]]:
    made = of.account
    scores = scoring.quarter_scores(of.entries, made, Quarter.parse(text))
    return {one.unit: (one.score, one.rank) for one in scores}


def year(of: scorebook.Scorebook, which: int = 2026) -> dict[str, tuple[float, int | None, bool]]:
    made = of.account
    scores = scoring.year_scores(of.entries, made, which, made.now.date())
    return {one.unit: (one.score, one.rank, one.among_last) for one in scores}


# ---- 积分办法第二条、第八条；暂行办法第二十二条 ----


@clause("SZ4-8", "SZ1-22")
def test_以100分为基准_加减之后排名_同分同名次() -> None:
    found = quarter(book(item("表彰"), item("不配合阻碍", unit=COUNTY)))
    assert found == {LEAD: (120, 1), COUNTY: (95, 2), COOPERATOR: (100, None)}
    assert quarter(book()) == {LEAD: (100, None), COOPERATOR: (100, None), COUNTY: (100, None)}
    tied = quarter(book(item("表彰"), item("表彰", unit=COUNTY, document="乙")))
    assert tied == {LEAD: (120, 1), COUNTY: (120, 1), COOPERATOR: (100, None)}


@clause("SZ4-8", "SZ1-22")
def test_有督办事项的单位才排名_没有加减分也排() -> None:
    at_work = quarter(book(matter(cooperating_units=(COOPERATOR,)), item("不配合阻碍", unit=COUNTY)))
    assert {name: rank for name, (_, rank) in at_work.items()} == {COOPERATOR: 1, LEAD: 2, COUNTY: 3}
    closed = quarter(book(matter(cooperating_units=(COOPERATOR,))), "2025Q4")
    assert closed[COOPERATOR] == (100, None)


@clause("SZ4-2")
@pytest.mark.parametrize("category", list(UnitCategory))
def test_县区_开发区_市直部门_驻朔单位计分_科室不计(category: UnitCategory) -> None:
    found = quarter(book(units=(*UNITS, unit("某单位", category))))
    assert ("某单位" in found) == (category != UnitCategory.OFFICE)


@clause("SZ4-11", "SZ1-22")
def test_每季度各评各的() -> None:
    made = book(item("表彰", "2026-03-31"), item("不配合阻碍", "2026-04-01", unit=COUNTY))
    assert quarter(made, "2026Q1")[LEAD] == (120, 1)
    assert quarter(made, "2026Q2") == {COUNTY: (95, 1), LEAD: (100, None), COOPERATOR: (100, None)}


# ---- 第十一条：年末总评并排名 ----


@clause("SZ4-11", "SZ1-22")
def test_年末总评是基准分加全年加减分() -> None:
    rows = (item("表彰", "2026-02-01"), item("督查发现问题", "2026-11-01"), item("迟报材料", "2026-12-31", unit=COUNTY))
    assert year(book(*rows)) == {LEAD: (115, 1, False), COUNTY: (99, 2, True), COOPERATOR: (100, None, False)}


# ---- 暂行办法第二十三条：立项主体评分，督查室汇总 ----


@clause("SZ1-23")
def test_立项主体评分_督查室汇总() -> None:
    entries = book(matter(time_limit=TimeLimit.ONE_DAY), item("表彰")).entries
    assert {entry.kind.value: entry.scorer for entry in entries} == {
        "纳入系统": "秘书一科",
        "报送逾期": "秘书一科",
        "表彰": "督查室",
    }


# ---- 第十四条：基准分以下，且连续2年均为倒数后2位 ----


def clue_set(*rows: Any, which: int = 2026) -> set[tuple[str, str]]:
    return {(clue.unit, clue.clause) for clue in ranking_clues.ranking_clues(book(*rows), which)}


def low(year_: int, unit_: str, document: str = "甲") -> Any:
    return item("不配合阻碍", f"{year_}-05-05", unit=unit_, document=document)


@clause("SZ4-14")
def test_基准分以下且连续两年倒数后2位() -> None:
    rows = (low(2025, COUNTY), low(2026, COUNTY), item("表彰", "2025-05-05"), item("表彰", "2026-05-05", document="乙"))
    assert clue_set(*rows) == {(COUNTY, "SZ5-5.5"), (COUNTY, "SZ4-14")}


@clause("SZ4-14")
def test_倒数第2位也算_倒数第3位不算() -> None:
    best = (item("表彰", "2025-05-05"), item("表彰", "2026-05-05", document="乙"))
    last = tuple(low(year_, COUNTY, document) for year_ in (2025, 2026) for document in ("甲", "乙"))
    second_last = (low(2025, COOPERATOR), low(2026, COOPERATOR))
    found = clue_set(*best, *last, *second_last)
    assert {unit_ for unit_, clause_ in found if clause_ == "SZ4-14"} == {COUNTY, COOPERATOR}


@clause("SZ4-14")
def test_只有一年的_前一年在前的_都不算() -> None:
    others = (low(2025, LEAD), low(2025, COOPERATOR))
    assert (COUNTY, "SZ4-14") not in clue_set(low(2026, COUNTY))
    assert not {clue for clue in clue_set(*others, low(2026, COUNTY)) if clue[0] == COUNTY}


# ---- 第十五条、暂行办法第二十四条：报送考核 ----


@clause("SZ4-15", "SZ1-24")
def test_导出排名和每一笔依据() -> None:
    made = book(item("表彰"), item("不配合阻碍", unit=COUNTY))
    scores = scoring.quarter_scores(made.entries, made.account, Quarter(2026, 1))
    export = points_export.export_quarter(Quarter(2026, 1), scores, made.entries)
    lines = list(csv.reader(export.csv.decode("utf-8-sig").splitlines()))
    assert export.workbook
    found = [line[2:6] for line in lines[1:]]
    assert found == [[LEAD, "牵头", "表彰", "20.0"], [COUNTY, "牵头", "不配合阻碍", "-5.0"]]


# ---- 两项制度五（一）：按单位评价；五（三）：线索 ----


@clause("SZ2-5.1", "SZ3-5.1")
@pytest.mark.parametrize(
    ("board", "clause"), [(Board.KEY_TASK, "SZ2-5.1"), (Board.REFORM, "SZ3-5.1"), (Board.DAILY, None)]
)
def test_年底前按单位和版块评价(board: Board, clause: str | None) -> None:
    facts = matter(board=board, grade=Grade.GOOD)
    waiting = [(one.unit, one.clause) for one in accountability.ungraded(account(facts), 2026)]
    assert waiting == ([(LEAD, clause)] if clause else [])
    graded = UnitGrade(Place("unit_grades", 3), 2026, LEAD, board.value, Grade.GOOD, "秘书一科")
    assert accountability.ungraded(account(facts, unit_grades=(graded,)), 2026) == []


@clause("SZ2-5.1", "SZ3-5.1")
def test_同一单位同一版块同一年只评一次_不完整的提示() -> None:
    one = UnitGrade(Place("unit_grades", 3), 2026, LEAD, "重点工作任务", Grade.GOOD, "秘书一科")
    assert faults(unit_grades=(one,)) == []
    assert faults(unit_grades=(one, one)) == ["graded_twice"]
    assert (
        faults(unit_grades=(UnitGrade(Place("unit_grades", 3), 2026, LEAD, "重点工作任务"),))
        == ["grade_incomplete"] * 2
    )


@clause("SZ2-5.3", "SZ3-5.3")
@pytest.mark.parametrize("board", [Board.KEY_TASK, Board.REFORM])
def test_两个版块的严重逾期也是问责线索(board: Board) -> None:
    assert [clue.clause for clue in accountability.clues(account(matter(board=board)))] == ["SZ5-5.2"]


MUTANTS = (
    policy_value("SZ4-2", "points.categories", ["县区", "科室"]),
    policy_value("SZ4-8", "points.base", 0),
    policy_value("SZ1-22", "points.base", 60),
    policy_value("SZ4-11", "points.year", "mean"),
    replaced("SZ1-23", scored.Scored, "_scorer", lambda self, day: "督查室"),
    policy_value("SZ4-14", "points.last_places", 1),
    policy_value("SZ4-14", "points.last_years", 1),
    replaced("SZ4-15", points_export, "_entry_line", lambda entry: ()),
    replaced("SZ1-24", points_export, "_finished", lambda *_: None),
    replaced("SZ2-5.1", accountability, "ungraded", lambda *_: []),
    replaced("SZ3-5.1", checks, "_grades", lambda *_: iter(())),
    replaced("SZ2-5.3", accountability, "over_two_days", lambda *_: iter(())),
    replaced("SZ3-5.3", accountability, "clues", lambda *_: []),
)
