"""统计分析 as files for leaders (SZ1-21): one workbook with native charts, one Word report."""

from datetime import datetime, timedelta

from openpyxl import Workbook
from openpyxl.chart import PieChart, Reference
from openpyxl.worksheet.worksheet import Worksheet

from engine.facts.moment import as_written, is_bare_date
from engine.ledger.headings.columns import MATTERS
from engine.papers.burden_papers import add_burden_sheets
from engine.papers.export_book import BarData, Line, bars, book_bytes, chart_page, data_sheet
from engine.papers.official import Head, Layout, OfficialDocument
from engine.papers.phrases import chinese_moment, chinese_ordinal
from engine.review.burden import Burden
from engine.review.matter_figures import MatterFigures
from engine.review.statistics import GROUPS, STATUSES, Figures, Statistics

COLUMNS = (
    "事项数",
    *(status.value for status in STATUSES),
    "办结率%",
    "正在逾期",
    "应报送",
    "按时报送",
    "按时率%",
    "退回",
    "平均办结天数",
)
SHORT_COLUMNS = ("事项", "办结", "逾期", "应报送", "按时率%", "退回")
MATTER_COLUMNS = (
    *(MATTERS.heading(field) for field in ("number", "initiated_at")),
    *GROUPS[:-1],
    MATTERS.heading("status"),
    *COLUMNS[-6:-3],
    "退回",
)
_MOST = 15
_PUNCTUALITY = 2 + COLUMNS.index("按时率%")


def figures_line(one: Figures) -> list[str | int | float | None]:
    """The figures in the order of ``COLUMNS``."""
    counts = [count for _, count in one.by_status]
    rest = (one.completion_rate, one.overdue, one.due, one.in_time, one.punctuality, one.returns, one.days)
    return [one.matters, *counts, *rest]


def matter_line(one: MatterFigures) -> Line:
    """One matter in the order of ``MATTER_COLUMNS``."""
    unit, source, board, office, _ = one.groups
    overdue = "是" if one.is_overdue else ""
    words = (one.number, as_written(one.initiated_at), unit, source, board, office, one.status.value, overdue)
    return (*words, one.due, one.in_time, one.returns)


def export_statistics(figures: Statistics, burden: Burden) -> bytes:
    """A workbook with a sheet for each grouping, one of all matters, the SMS of the month, and a page of charts."""
    book = Workbook()
    sheets: dict[str, Worksheet] = {}
    for name, groups in figures.by:
        lines = [[one.name, *figures_line(one)] for one in groups]
        lines.append(["合计", *figures_line(figures.total)])
        sheets[name] = data_sheet(book, name, (name, *COLUMNS), lines, first=not sheets)
    data_sheet(book, "事项", MATTER_COLUMNS, map(matter_line, figures.matters), first=False)
    add_burden_sheets(book, burden)
    page, counts = chart_page(book), {name: min(_MOST, len(groups)) for name, groups in figures.by}
    unit, source, board, _, month = GROUPS
    _pie(page, sheets[board], f"各{board}事项", counts[board], "A1")
    bars(page, f"各{source}事项", "A18", BarData(sheets[source], counts[source], 2, names=1))
    bars(page, f"{unit}按时率%（事项最多的在前）", "A42", BarData(sheets[unit], counts[unit], _PUNCTUALITY, names=1))
    bars(page, f"各{month}事项", "A68", BarData(sheets[month], counts[month], 2, names=1))
    return book_bytes(book)


def _pie(page: Worksheet, sheet: Worksheet, title: str, count: int, place: str) -> None:
    if not count:
        return
    chart = PieChart()
    chart.title = title
    chart.add_data(Reference(sheet, min_col=2, min_row=2, max_row=count + 1))
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=count + 1))
    chart.width, chart.height = 22, 8
    page.add_chart(chart, place)


def report_docx(figures: Statistics, office: str) -> bytes:
    """The report as the bytes of a .docx; ``office`` signs it. Deterministic."""
    document = OfficialDocument(
        Layout.SHEET, Head("", f"截至{chinese_moment(through(figures))}", "督办事项统计分析报告")
    )
    for line in summary(figures):
        document.text(line)
    for index, (name, groups) in enumerate(figures.by):
        document.heading(f"{chinese_ordinal(index)}、按{name}")
        rows = [short_line(one) for one in groups]
        document.table(rows, (46, 17, 17, 17, 20, 22, 17), (name, *SHORT_COLUMNS), height=8)
    document.sign(office or "督查室", through(figures))
    return document.to_bytes()


def short_line(one: Figures) -> list[str]:
    """The group and its figures in the order of ``SHORT_COLUMNS``."""
    values = (one.matters, one.completed, one.overdue, one.due, one.punctuality, one.returns)
    return [one.name, *("—" if value is None else f"{value:g}" for value in values)]


def through(figures: Statistics) -> datetime:
    """The last day that counts: 24:00 of the 17th is the 17th, not the 18th."""
    return figures.at - timedelta(days=1) if is_bare_date(figures.at) else figures.at


def summary(figures: Statistics) -> list[str]:
    """What a leader reads first."""
    total = figures.total
    period = f"{chinese_moment(figures.since)}至{chinese_moment(through(figures))}"
    if not total.matters:
        return [f"{period}没有立项的督办事项。"]
    states = "，".join(f"{status.value}{count}项" for status, count in total.by_status if count)
    lines = [f"{period}立项的督办事项共{total.matters}项：{states}。正在逾期{total.overdue}项，退回{total.returns}次。"]
    if total.punctuality is not None:
        rate = f"按时率{total.punctuality:g}%"
        lines.append(f"承办单位应报送{total.due}次，按时报送{total.in_time}次，{rate}。")
    if total.days is not None:
        lines.append(f"办结率{total.completion_rate:g}%，已办结事项平均用时{total.days:g}天。")
    late = sorted((one for one in figures.by[0][1] if one.overdue), key=lambda one: -one.overdue)
    if late:
        named = "、".join(f"{one.name}{one.overdue}项" for one in late[:5])
        lines.append(f"正在逾期较多的承办单位：{named}。")
    return lines
