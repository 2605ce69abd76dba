"""短信负担 of a month (为基层减负) as files: a workbook, a Word page, the sheets in the statistics."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from openpyxl import Workbook
from openpyxl.styles import Alignment

from engine.facts.settings import Settings
from engine.papers.burden_words import (
    MATTER_COLUMNS,
    PERSON_COLUMNS,
    TITLE,
    UNIT_COLUMNS,
    matter_line,
    person_line,
    summary,
    unit_line,
)
from engine.papers.export_book import BarData, Line, bars, book_bytes, chart_page, data_sheet
from engine.papers.official import Head, Layout, OfficialDocument
from engine.papers.phrases import chinese_moment
from engine.review.burden import Burden

_MOST_CHARTED, _MOST_IN_WORD = 15, 10
_LINE = 110


def add_burden_sheets(book: Workbook, burden: Burden, *, first: bool = False) -> None:
    """The sheets 短信负担, by person, by unit and by matter; nothing for a month without SMS."""
    if not burden.messages:
        return
    _sentences(book, burden, first=first)
    data_sheet(book, f"{TITLE}-人员", PERSON_COLUMNS, map(person_line, burden.by_person), first=False)
    data_sheet(book, f"{TITLE}-单位", UNIT_COLUMNS, map(unit_line, burden.by_unit), first=False)
    data_sheet(book, f"{TITLE}-事项", MATTER_COLUMNS, map(matter_line, burden.by_matter), first=False)


def _sentences(book: Workbook, burden: Burden, *, first: bool) -> None:
    sheet = data_sheet(book, TITLE, ("说明",), [(line,) for line in summary(burden)], first=first)
    sheet.column_dimensions["A"].width, sheet.freeze_panes = _LINE, "A2"
    for (cell,) in sheet.iter_rows(min_row=2):
        cell.alignment = Alignment("left", "center", wrap_text=True)


def burden_book(burden: Burden) -> bytes:
    """The report as the bytes of a workbook with charts."""
    book = Workbook()
    add_burden_sheets(book, burden, first=True)
    if not burden.messages:
        _sentences(book, burden, first=True)
        return book_bytes(book)
    page = chart_page(book)
    counts = [min(_MOST_CHARTED, len(one)) for one in (burden.by_unit, burden.by_person)]
    bars(page, "要求报送最多的单位（次）", "A1", BarData(book[f"{TITLE}-单位"], counts[0], 2, names=1))
    bars(page, "短信最多的人（条）", "A30", BarData(book[f"{TITLE}-人员"], counts[1], 3, names=2))
    return book_bytes(book)


def burden_docx(burden: Burden, settings: Settings, now: datetime) -> bytes:
    """The report as the bytes of a Word page, dated ``now`` or the month's end."""
    through = min(burden.until - timedelta(days=1), now)
    month = f"{burden.since.year}年{burden.since.month}月"
    document = OfficialDocument(Layout.SHEET, Head("", f"截至{chinese_moment(through)}", f"{month}督办短信负担情况"))
    for line in summary(burden):
        document.text(line)
    tables: Sequence[tuple[str, Sequence[Line], tuple[float, ...], tuple[str, ...]]] = (
        ("一、短信最多的人", [*map(person_line, burden.by_person)], (48, 24, 16, 20, 18, 15, 15), _PERSON_HEADS),
        ("二、要求报送最多的单位", [*map(unit_line, burden.by_unit)], (90, 33, 33), UNIT_COLUMNS),
        ("三、要求报送最多的事项", [*map(matter_line, burden.by_matter)], (33, 66, 19, 19, 19), _MATTER_HEADS),
    )
    for heading, lines, widths, columns in tables if burden.messages else ():
        document.heading(heading)
        document.table([[str(value) for value in line] for line in lines[:_MOST_IN_WORD]], widths, columns)
    document.sign(settings.office_name, through)
    return document.to_bytes()


_PERSON_HEADS = ("单位", "收信人", "短信", "有短信\n的天数", "最多\n一天", "夜间", "休息日")
_MATTER_HEADS = ("事项编号", "事项内容", "要求\n报送", "短信", "实际\n报送")
