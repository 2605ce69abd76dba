"""The annual assessment's file (SZ4-15): one workbook with ranking, entries and charts, and the entries as CSV."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from engine.csv_file import csv_bytes
from engine.facts.points import PointEntry, Quarter
from engine.faults import DubanError
from engine.ledger.columns import POINT_ENTRIES, QUARTER_SCORES, YEAR_RANKING
from engine.ledger.fixed_zip import fixed_zip
from engine.ledger.score_columns import CLAUSE_FIELDS
from engine.ledger.sharing import reason
from engine.scoring import UnitScore
from engine.whole_file import replace_file

Line = Sequence[str | int | float | None]
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
_HEADING = Font(name="黑体", size=10.5)
_BODY = Font(name="等线", size=10.5)
_TREND_UNITS = 10
_UNIT_COLUMN = 2


def export_quarter(path: Path, quarter: Quarter, scores: Sequence[UnitScore], entries: Iterable[PointEntry]) -> None:
    """Write a quarter's ranking and entries to ``path``, and the entries as CSV beside it. Raises DubanError."""
    named = {clause: QUARTER_SCORES.heading(field) for clause, field in CLAUSE_FIELDS.items()}
    headings = [QUARTER_SCORES.heading(field) for field in ("rank", "unit", "category", "base")]
    headings += [*named.values(), QUARTER_SCORES.heading("total"), QUARTER_SCORES.heading("score")]
    lines: list[Line] = [
        (one.rank, one.unit, one.category, one.base, *(one.by_clause[c] for c in named), one.total, one.score)
        for one in scores
    ]
    book = Workbook()
    sheet = _sheet(book, f"{quarter}", headings, lines, first=True)
    _bars(_chart_page(book), sheet, f"{quarter} 得分", len(lines), len(headings), "A1")
    _finish(book, path, entries)


def export_year(
    path: Path, year: int, readings: Mapping[str, Sequence[UnitScore]], entries: Iterable[PointEntry]
) -> None:
    """Write a year's ranking by both readings and its entries to ``path``, and a CSV beside it. Raises DubanError."""
    means = {one.unit: one for one in readings["mean"]}
    fields = ("sum_rank", "unit", "category", "q1", "q2", "q3", "q4", "total", "sum_score", "mean_score", "mean_rank")
    lines: list[Line] = [
        (one.rank, one.unit, one.category, *one.by_clause.values(), one.total, one.score, mean.score, mean.rank)
        for one in readings["sum"]
        for mean in (means[one.unit],)
    ]
    book = Workbook()
    sheet = _sheet(book, f"{year}年", [YEAR_RANKING.heading(field) for field in fields], lines, first=True)
    page = _chart_page(book)
    _trend(page, sheet, f"{year}年 各季度加减分（前{_TREND_UNITS}名）", min(len(lines), _TREND_UNITS), "A1")
    _bars(page, sheet, f"{year}年 累计得分", len(lines), 1 + fields.index("sum_score"), "A27")
    _finish(book, path, entries)


def _finish(book: Workbook, path: Path, entries: Iterable[PointEntry]) -> None:
    lines = [_entry_line(entry) for entry in entries]
    headings = [POINT_ENTRIES.heading(field) for field in _ENTRY_FIELDS]
    _sheet(book, POINT_ENTRIES.name, headings, lines, first=False)
    buffer = BytesIO()
    book.save(buffer)
    _write(path, fixed_zip(buffer.getvalue()))
    _write(path.with_suffix(".csv"), csv_bytes([headings, *lines]))


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


def _sheet(book: Workbook, title: str, headings: Sequence[str], lines: Iterable[Line], *, first: bool) -> Worksheet:
    sheet = book.worksheets[0] if first else book.create_sheet()
    sheet.title = title
    sheet.append(list(headings))
    for down, line in enumerate(lines, start=2):
        for across, value in enumerate(line, start=1):
            cell = sheet.cell(down, across, value)
            cell.font = _BODY
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula, whatever it begins with
    for across, heading in enumerate(headings, start=1):
        sheet.cell(1, across).font = _HEADING
        longest = max(
            (len(str(row[0].value or "")) for row in sheet.iter_rows(2, min_col=across, max_col=across)), default=0
        )
        sheet.column_dimensions[get_column_letter(across)].width = min(60, max(len(heading), longest) * 2 + 2)
    sheet.freeze_panes, sheet.auto_filter.ref = "C2", sheet.dimensions
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", "9"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    return sheet


def _chart_page(book: Workbook) -> Worksheet:
    """A page of its own, so that the charts print on one sheet of paper."""
    page: Worksheet = book.create_sheet("图表")
    page.sheet_view.showGridLines = False
    page.page_setup.orientation, page.page_setup.paperSize = "portrait", "9"
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return page


def _bars(page: Worksheet, sheet: Worksheet, title: str, count: int, values: int, place: str) -> None:
    """Ranking bars, the best on top."""
    if not count:
        return
    chart = BarChart()
    chart.type, chart.title, chart.legend, chart.gapWidth = "bar", title, None, 40
    chart.add_data(Reference(sheet, min_col=values, min_row=2, max_row=count + 1))
    chart.set_categories(Reference(sheet, min_col=_UNIT_COLUMN, min_row=2, max_row=count + 1))
    chart.y_axis.delete, chart.x_axis.delete = False, False
    chart.x_axis.scaling.orientation = "maxMin"
    chart.width, chart.height = 22, max(8.0, count * 0.6 + 3)
    page.add_chart(chart, place)


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


def _write(path: Path, data: bytes) -> None:
    try:
        replace_file(path, data)
    except OSError as fault:
        raise DubanError(f"{path} 写不了：{reason(fault)}") from fault
