"""A workbook made for people to keep (points, statistics): data sheets, a page of native charts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font, NamedStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from engine.files.outputs import OUTPUT_MARK
from engine.ledger.headings.column import Owner
from engine.ledger.template.fixed_zip import fixed_zip, saved
from engine.ledger.template.styles import BAND, frame, page_footer, page_header, solid

Line = Sequence[str | int | float | None]
CHARTS = "图表"
_TICKS = 8
HEADING = Font(name="黑体", size=10.5, color="FFFFFF")
HEADING_HEIGHT = 28.0
BODY = "导出正文"
"""The named style of every cell below the headings: a font and a border set on each of 100,000 cost half a minute."""


@dataclass(frozen=True, slots=True)
class BarData:
    """The first ``count`` lines of a data sheet; ``values`` and ``names`` are its columns, counted from 1."""

    sheet: Worksheet
    count: int
    values: int
    names: int = 2


def data_sheet(book: Workbook, title: str, headings: Sequence[str], lines: Iterable[Line], *, first: bool) -> Worksheet:
    """A sheet of ``lines`` below ``headings``, printed on landscape A4; the first one takes the book's empty sheet."""
    sheet = book.worksheets[0] if first else book.create_sheet()
    sheet.title = title
    if BODY not in book.named_styles:
        book.add_named_style(NamedStyle(BODY, Font(name="等线", size=10.5), border=frame()))
    sheet.append(list(headings))
    for down, line in enumerate(lines, start=2):
        for across, value in enumerate(line, start=1):
            cell = sheet.cell(down, across, value)
            cell.style = BODY
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula, whatever it begins with
    sheet.row_dimensions[1].height = HEADING_HEIGHT
    for across, heading in enumerate(headings, start=1):
        cell = sheet.cell(1, across)
        cell.font, cell.fill, cell.border = HEADING, solid(BAND[Owner.STAFF]), frame()
        cell.alignment = Alignment("center", "center", wrap_text=True)
        longest = max(
            (len(str(row[0].value or "")) for row in sheet.iter_rows(2, min_col=across, max_col=across)), default=0
        )
        sheet.column_dimensions[get_column_letter(across)].width = min(60, max(len(heading), longest) * 2 + 2)
    sheet.freeze_panes, sheet.auto_filter.ref = "C2", sheet.dimensions
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", "9"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.HeaderFooter.oddHeader, sheet.HeaderFooter.oddFooter = page_header(title), page_footer()
    sheet.HeaderFooter.oddFooter.left.text = None
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.9, 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    return sheet


def chart_page(book: Workbook) -> Worksheet:
    """A page of its own, so that the charts print on one sheet of paper."""
    page: Worksheet = book.create_sheet(CHARTS)
    page.sheet_view.showGridLines = False
    page.page_setup.orientation, page.page_setup.paperSize = "portrait", "9"
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return page


def bars(page: Worksheet, title: str, place: str, data: BarData) -> None:
    """Bars for the lines in their order, the first on top; no chart for no lines."""
    sheet, count = data.sheet, data.count
    if not count:
        return
    chart = BarChart()
    chart.type, chart.title, chart.legend, chart.gapWidth = "bar", title, None, 40
    chart.add_data(Reference(sheet, min_col=data.values, min_row=2, max_row=count + 1))
    chart.set_categories(Reference(sheet, min_col=data.names, min_row=2, max_row=count + 1))
    chart.y_axis.delete, chart.x_axis.delete = False, False
    chart.x_axis.scaling.orientation = "maxMin"
    values = [cell.value for (cell,) in sheet.iter_rows(2, count + 1, data.values, data.values)]
    counts = [value for value in values if isinstance(value, int)]
    if len(counts) == count:
        chart.y_axis.majorUnit = max(1, -(-max(counts) // _TICKS))  # things are counted whole
    chart.width, chart.height = 22, max(8.0, count * 0.6 + 3)
    page.add_chart(chart, place)


def book_bytes(book: Workbook) -> bytes:
    """The workbook as the bytes of an .xlsx, known as ours by its mark: the same bytes for the same content."""
    book.properties.identifier = OUTPUT_MARK
    return fixed_zip(saved(book))
