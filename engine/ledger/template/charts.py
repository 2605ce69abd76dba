"""Native charts beside the published scores: what was published last, as it stands on the hidden sheet 图表数据."""

from typing import Any

from openpyxl.chart import BarChart, Reference
from openpyxl.drawing.spreadsheet_drawing import AnchorClientData, AnchorMarker, TwoCellAnchor
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from engine.ledger.headings.board_sheets import CHARTED_QUARTER, CHARTED_YEAR, FormBlock
from engine.ledger.headings.column import SheetColumns
from engine.ledger.headings.columns import QUARTER_SCORES, YEAR_RANKING

_WIDTH, _HEIGHT = 11, 34  # columns and rows that a chart covers


def write_chart_figures(sheet: Worksheet) -> None:
    """The hidden sheet with the data of the charts: its headings, no figures yet."""
    sheet.sheet_state = "hidden"
    for block in (CHARTED_QUARTER, CHARTED_YEAR):
        sheet[f"{block.columns[0]}{block.top}"] = block.title
        sheet.column_dimensions[block.columns[0]].width = 24
        for letter, heading in zip(block.columns, block.headings, strict=True):
            sheet[f"{letter}{block.top + 1}"] = heading
            for row in range(block.first, block.last + 1):
                sheet[f"{letter}{row}"].number_format = "@" if letter == block.columns[0] else "0.0"


def add_charts(sheet: Worksheet, columns: SheetColumns, figures: Worksheet) -> None:
    """The charts of a sheet, to the right of its table; they are not printed with it."""
    right = len(columns.columns) + 1
    if columns is QUARTER_SCORES:
        title = "各单位得分（有督办事项的，最近通报的季度）"
        _bars(sheet, figures, CHARTED_QUARTER, range(1, 2), title, right)
    elif columns is YEAR_RANKING:
        title = "各单位全年得分（有督办事项的，最近通报的年度）"
        _bars(sheet, figures, CHARTED_YEAR, range(1, 2), title, right)
        _bars(sheet, figures, CHARTED_YEAR, range(2, 6), "各单位逐季加减分", right + _WIDTH + 1)


def _bars(sheet: Worksheet, figures: Worksheet, block: FormBlock, values: range, title: str, right: int) -> None:
    chart = BarChart()
    chart.type, chart.title, chart.gapWidth = "bar", title, 40
    numbers = [column_index_from_string(letter) for letter in block.columns]
    for at in values:
        area = Reference(figures, min_col=numbers[at], min_row=block.top + 1, max_row=block.last)
        chart.add_data(area, titles_from_data=True)
    chart.set_categories(Reference(figures, min_col=numbers[0], min_row=block.first, max_row=block.last))
    chart.x_axis.scaling.orientation = "maxMin"  # the best on top, as in the table
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.legend.position = "b"
    chart.visible_cells_only = False  # its figures stand on a hidden sheet
    anchor: Any = TwoCellAnchor(
        editAs="oneCell",
        _from=AnchorMarker(col=right, row=2),  # below the headings, which are printed on every page
        to=AnchorMarker(col=right + _WIDTH, row=2 + _HEIGHT),
        clientData=AnchorClientData(fPrintsWithSheet=False),
    )
    sheet.add_chart(chart, anchor)
