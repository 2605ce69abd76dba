"""The annual assessment's file (SZ4-15): one workbook with ranking, entries and charts, and the entries as CSV."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference, Series
from openpyxl.worksheet.worksheet import Worksheet

from engine.facts.points import SCORE_COLUMNS, PointEntry, Quarter
from engine.files.csv_file import csv_bytes
from engine.ledger.headings.columns import POINT_ENTRIES, QUARTER_SCORES, YEAR_RANKING
from engine.papers.export_book import BarData, Line, bars, book_bytes, chart_page, data_sheet
from engine.scores.scoring import UnitScore, ranked

_ENTRY_FIELDS = (
    "quarter",
    "date",
    "unit",
    "role",
    "kind",
    "points",
    "clause",
    "matter",
    "evidence",
    "scorer",
    "corrects",
)
_TREND_UNITS = 10
_UNIT_COLUMN = 2


@dataclass(frozen=True, slots=True)
class PointsExport:
    """The bytes of the workbook, and of the CSV that stands beside it."""

    workbook: bytes
    csv: bytes


def export_quarter(quarter: Quarter, scores: Sequence[UnitScore], entries: Iterable[PointEntry]) -> PointsExport:
    """SZ1-24, SZ4-15: a quarter's ranking and entries as a workbook, and the entries as CSV."""
    fields = ("rank", "unit", "category", "base", *SCORE_COLUMNS, "total", "score")
    headings = [QUARTER_SCORES.heading(field) for field in fields]
    lines: list[Line] = [
        (
            one.rank,
            one.unit,
            one.category,
            one.base,
            *(one.by_column[name] for name in SCORE_COLUMNS),
            one.total,
            one.score,
        )
        for one in scores
    ]
    book = Workbook()
    sheet = data_sheet(book, f"{quarter}", headings, lines, first=True)
    bars(chart_page(book), f"{quarter} 得分", "A1", BarData(sheet, len(ranked(scores)), len(headings)))
    return _finished(book, entries)


def export_year(year: int, readings: Mapping[str, Sequence[UnitScore]], entries: Iterable[PointEntry]) -> PointsExport:
    """SZ1-24, SZ4-15: a year's ranking by both readings and its entries as a workbook, and the entries as CSV."""
    means = {one.unit: one for one in readings["mean"]}
    fields = ("sum_rank", "unit", "category", "q1", "q2", "q3", "q4", "total", "sum_score", "mean_score", "mean_rank")
    lines: list[Line] = [
        (one.rank, one.unit, one.category, *one.by_column.values(), one.total, one.score, mean.score, mean.rank)
        for one in readings["sum"]
        for mean in (means[one.unit],)
    ]
    book = Workbook()
    sheet = data_sheet(book, f"{year}年", [YEAR_RANKING.heading(field) for field in fields], lines, first=True)
    page = chart_page(book)
    worked = len(ranked(readings["sum"]))
    _trend(page, sheet, f"{year}年 各季度加减分（前{_TREND_UNITS}名）", min(worked, _TREND_UNITS), "A1")
    bars(page, f"{year}年 累计得分", "A27", BarData(sheet, worked, 1 + fields.index("sum_score")))
    return _finished(book, entries)


def _finished(book: Workbook, entries: Iterable[PointEntry]) -> PointsExport:
    lines = [_entry_line(entry) for entry in entries]
    headings = [POINT_ENTRIES.heading(field) for field in _ENTRY_FIELDS]
    data_sheet(book, POINT_ENTRIES.name, headings, lines, first=False)
    return PointsExport(book_bytes(book), csv_bytes([headings, *lines]))


def _entry_line(entry: PointEntry) -> Line:
    return (
        str(entry.quarter),
        entry.date.isoformat(),
        entry.unit,
        entry.role,
        entry.kind.value,
        entry.points,
        entry.clause,
        entry.matter,
        entry.evidence,
        entry.scorer,
        entry.corrects,
    )


def _trend(page: Worksheet, sheet: Worksheet, title: str, count: int, place: str) -> None:
    """A line for each of the first units through the four quarters."""
    if not count:
        return
    chart = LineChart()
    chart.title = title
    for row in range(2, count + 2):
        line = Series(
            Reference(sheet, min_col=4, max_col=7, min_row=row), title=str(sheet.cell(row, _UNIT_COLUMN).value)
        )
        line.smooth = False
        chart.series.append(line)
    chart.set_categories(Reference(sheet, min_col=4, max_col=7, min_row=1))
    chart.y_axis.delete, chart.x_axis.delete = False, False
    chart.x_axis.tickLblPos = "low"
    chart.width, chart.height = 22, 12
    page.add_chart(chart, place)
