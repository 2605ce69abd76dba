"""The charts of 季度积分 and 年度排名 show what was published last, of the units that had work."""

from pathlib import Path

import openpyxl

from engine.cli.main import main
from engine.facts.points import Quarter
from engine.ledger.headings.board_sheets import CHART_SHEET, CHARTED_QUARTER
from engine.scores.chart_cells import quarter_chart, year_chart
from engine.scores.scoring import UnitScore
from tests.ledger.test_template import WORKBOOKS

Q3 = Quarter(2026, 3)


def score(unit: str, points: float, rank: int | None) -> UnitScore:
    by_quarter = {"2026Q1": points - 100, "2026Q2": 0.0, "2026Q3": 0.0, "2026Q4": 0.0}
    return UnitScore(unit, "市直部门", 100, by_quarter, points - 100, points, rank, 0, among_last=False)


def test_units_without_work_are_not_charted_and_old_bars_go() -> None:
    cells = quarter_chart(Q3, [score("甲局", 104, 1), score("乙局", 99, 2), score("丙局", 100, None)])
    assert cells["B", 2] == "2026Q3 得分"
    assert [(cells["A", row], cells["B", row]) for row in (3, 4, 5)] == [("甲局", 104), ("乙局", 99), (None, None)]
    assert {row for _, row in cells} == {2, *range(CHARTED_QUARTER.first, CHARTED_QUARTER.last + 1)}


def test_many_units_end_in_the_mean_of_the_rest() -> None:
    scores = [score(f"第{at}局", 120 - at, at) for at in range(1, 21)]
    cells = quarter_chart(Q3, scores)
    assert (cells["A", 17], cells["B", 17]) == ("第15局", 105)
    assert (cells["A", 18], cells["B", 18]) == ("其余5个平均", 102.0)
    assert (year_chart(2026, scores)["F", 18], year_chart(2026, scores)["E", 2]) == (2.0, "2026年得分")


def test_publishing_fills_the_charts_of_the_book(tmp_path: Path) -> None:
    book = tmp_path / "台账.xlsx"
    book.write_bytes((WORKBOOKS / "示例台账.xlsx").read_bytes())
    (tmp_path / "duban.toml").write_text("state = 'state'\n", encoding="utf-8")
    options = ("--publish", "--scorer", "张某", "--at", "2026-11-18T09:00", "--config", str(tmp_path / "duban.toml"))
    assert main(["score", str(book), "--quarter", "2026Q1", *options, "--json"]) == 0
    workbook = openpyxl.load_workbook(book)
    sheet = workbook[CHART_SHEET.name]
    shown = [(row[0], row[1]) for row in sheet.iter_rows(3, 18, 1, 2, values_only=True)]
    ranks = {row[2]: row[13] for row in workbook["季度积分"].values if row[1] == "2026Q1"}
    assert sheet["B2"].value == "2026Q1 得分"
    assert all(ranks[unit] is not None for unit, _ in shown[:-1])
    assert [value for _, value in shown[:-1]] == sorted((value for _, value in shown[:-1]), reverse=True)
    [chart] = workbook["季度积分"]._charts
    assert chart.series[0].val.numRef.f == "'图表数据'!$B$3:$B$18"
