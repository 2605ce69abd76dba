"""Native charts beside the published scores. They show the visible rows: filter by 季度 or 年度, and they follow."""

from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.series import SeriesLabel
from openpyxl.drawing.spreadsheet_drawing import AnchorClientData, AnchorMarker, TwoCellAnchor
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from engine.ledger.headings.column import SheetColumns
from engine.ledger.headings.columns import QUARTER_SCORES, YEAR_RANKING

LAST_CHARTED_ROW = 400
_WIDTH, _HEIGHT = 11, 34  # columns and rows that a chart covers


def add_charts(sheet: Worksheet, columns: SheetColumns, letters: Mapping[str, str]) -> None:
    """The charts of a sheet, to the right of its table; they are not printed with it."""
    if columns is QUARTER_SCORES:
        _bars(sheet, columns, letters, ("score",), "各单位得分（请先在表头筛选一个季度）", 0)
    elif columns is YEAR_RANKING:
        _bars(sheet, columns, letters, ("sum_score",), "各单位全年得分（请先在表头筛选一个年度）", 0)
        _bars(sheet, columns, letters, ("q1", "q2", "q3", "q4"), "各单位逐季加减分", 1)


def _bars(
    sheet: Worksheet, columns: SheetColumns, letters: Mapping[str, str], fields: Sequence[str], title: str, place: int
) -> None:
    chart = BarChart()
    chart.type, chart.title = "bar", title
    chart.visible_cells_only = True
    for field in fields:
        column = column_index_from_string(letters[field])
        chart.add_data(Reference(sheet, min_col=column, min_row=2, max_row=LAST_CHARTED_ROW))
        chart.series[-1].tx = SeriesLabel(v=columns.heading(field))
    units = column_index_from_string(letters["unit"])
    chart.set_categories(Reference(sheet, min_col=units, min_row=2, max_row=LAST_CHARTED_ROW))
    chart.x_axis.scaling.orientation = "maxMin"  # the best on top, as in the table
    chart.x_axis.delete = chart.y_axis.delete = False
    if len(fields) == 1:
        chart.legend = None
    first = len(letters) + 1 + place * (_WIDTH + 1)
    anchor: Any = TwoCellAnchor(
        editAs="oneCell",
        _from=AnchorMarker(col=first, row=1),
        to=AnchorMarker(col=first + _WIDTH, row=1 + _HEIGHT),
        clientData=AnchorClientData(fPrintsWithSheet=False),
    )
    sheet.add_chart(chart, anchor)
