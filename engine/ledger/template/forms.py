"""统计看板 and 今日待办 as the template has them: titles, headings, styled cells, native charts; no figures."""

from collections.abc import Iterable
from typing import Any

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from engine.facts.regime_words import RegimeWords
from engine.ledger.headings.board_sheets import (
    BOARD_SHEET,
    BY_MONTH,
    BY_UNIT,
    LIGHT_HEADINGS,
    LISTS,
    SHOWN_LIGHTS,
    TILE_LABELS,
    TILE_VALUES,
    TILES,
    TODAY_SHEET,
    WAITING,
    FormBlock,
)
from engine.ledger.headings.column import Owner, SheetColumns
from engine.ledger.template.lights import LIGHT_COLOURS, PALE_AMBER, PALE_PURPLE, PALE_RED, RED_INK
from engine.ledger.template.styles import BAND, BODY, HEAVY, frame, page_footer, solid

WIDTHS = {BOARD_SHEET.key: (20, *(11,) * 5, 20, *(11,) * 5), TODAY_SHEET.key: (11, 15, 22, 50, 46, 17)}
TODAY_ZOOM = 90
ROW = 18.0
TAKEN_IN, CLOSED = "1F4E79", "70AD47"
MOMENT = "yyyy-mm-dd hh:mm"


def write_forms(board: Worksheet, today: Worksheet, words: RegimeWords) -> None:
    """Fill both sheets; the lights are those of the regime."""
    _page(board, BOARD_SHEET, "督办统计看板")
    _tiles(board, words)
    for block in LISTS:
        _list(board, block)
    _light_chart(board, BY_UNIT, "G7", "L24", "各承办单位在办事项灯色")
    _month_chart(board, "D37", "I50")
    _page(today, TODAY_SHEET, "今日待办")
    _list(today, WAITING)
    today["A2"].font = Font(name=BODY, size=11, bold=True)
    today.sheet_view.zoomScale = today.sheet_view.zoomScaleNormal = TODAY_ZOOM
    today.freeze_panes = f"A{WAITING.first}"
    today.auto_filter.ref = f"A{WAITING.first - 1}:F{WAITING.last}"
    today.print_title_rows = f"{WAITING.first - 1}:{WAITING.first - 1}"


def _page(sheet: Worksheet, columns: SheetColumns, title: str) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = BAND[Owner.MACHINE]
    for column, width in zip(columns.columns, WIDTHS[columns.key], strict=True):
        sheet.column_dimensions[column.field].width = width
    for row in range(2, columns.grid_rows + 1):
        sheet.row_dimensions[row].height = ROW
    sheet["A1"] = title
    sheet["A1"].font, sheet["A1"].alignment = (
        Font(name=HEAVY, size=22, color=BAND[Owner.STAFF]),
        Alignment("left", "center"),
    )
    sheet.row_dimensions[1].height = 38
    sheet["A2"].font = Font(name=BODY, size=11, color="595959")
    sheet.page_setup.orientation = "portrait" if columns is BOARD_SHEET else "landscape"
    sheet.page_setup.paperSize = "9"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 1 if columns is BOARD_SHEET else 0
    sheet.page_margins.left = sheet.page_margins.right = sheet.page_margins.top = 0.4
    sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.3
    sheet.print_options.horizontalCentered = True
    sheet.HeaderFooter.oddFooter = page_footer()
    sheet.HeaderFooter.oddFooter.left.text = None


def _tiles(sheet: Worksheet, words: RegimeWords) -> None:
    *lights, _closed = words.lights
    colours = {label: (light.fill, light.ink) for label, light in zip(SHOWN_LIGHTS, lights, strict=False)}
    for column, label in zip(BOARD_SHEET.columns, TILES, strict=True):
        fill, ink = colours.get(label) or ("DDEBF7", "1F4E79")
        top, value = sheet[f"{column.field}{TILE_LABELS}"], sheet[f"{column.field}{TILE_VALUES}"]
        top.value = label
        for cell, size, is_bold in ((top, 10.5, False), (value, 20, True)):
            cell.fill, cell.border = solid(fill), frame()
            cell.font = Font(name=BODY, size=size, bold=is_bold, color=ink)
            cell.alignment = Alignment("center", "center")
        value.number_format = "0.0" if "率" in label else "0"
    sheet.row_dimensions[TILE_LABELS].height, sheet.row_dimensions[TILE_VALUES].height = 20, 34


def _list(sheet: Worksheet, block: FormBlock) -> None:
    letters = _letters(block)
    if sheet.title != block.title:
        sheet[f"{block.columns[0]}{block.top}"] = block.title
    sheet[f"{block.columns[0]}{block.top}"].font = Font(name=HEAVY, size=12, color=BAND[Owner.STAFF])
    headings = dict(zip(block.columns, block.headings, strict=True))
    for letter in letters:
        cell = sheet[f"{letter}{block.top + 1}"]
        cell.value, cell.fill, cell.border = headings.get(letter), solid(BAND[Owner.MACHINE]), _border(block, letter)
        runs_on = not _ends(block, letter)
        cell.font = Font(name=HEAVY, size=10.5, color="FFFFFF")
        cell.alignment = Alignment("left" if runs_on else "center", "center", indent=1 if runs_on else 0)
        for row in range(block.first, block.last + 1):
            _dress(sheet, block, letter, row)
    for light in SHOWN_LIGHTS:
        if light in block.headings:
            _tint(sheet, block, block.columns[block.headings.index(light)], light)


def _letters(block: FormBlock) -> Iterable[str]:
    first, last = (column_index_from_string(letter) for letter in (block.columns[0], block.end or block.columns[-1]))
    return [chr(ord("A") + index - 1) for index in range(first, last + 1)]


def _dress(sheet: Worksheet, block: FormBlock, letter: str, row: int) -> None:
    cell = sheet[f"{letter}{row}"]
    cell.font = Font(name=BODY, size=10.5)
    cell.border = _border(block, letter)
    if letter not in block.columns:
        return
    heading = block.headings[block.columns.index(letter)]
    is_number = heading in (*LIGHT_HEADINGS, "立项", "办结", "催办", "逾期")
    cell.alignment = Alignment(
        "center" if is_number or heading == "期限" else "left",
        "center",
        shrink_to_fit=heading == "单位" and not block.end,
    )
    cell.number_format = "0" if is_number else MOMENT if heading == "期限" else "@"


def _border(block: FormBlock, letter: str) -> Border:
    """Open where the text of one column runs on into the next."""
    return frame(left=letter in block.columns, right=_ends(block, letter))


def _ends(block: FormBlock, letter: str) -> bool:
    """Whether the next column belongs to another heading, or to none."""
    return letter == (block.end or block.columns[-1]) or chr(ord(letter) + 1) in block.columns


def _tint(sheet: Worksheet, block: FormBlock, letter: str, light: str) -> None:
    """A number that is not 0 shows its light; the word above names it."""
    pale = dict(zip(SHOWN_LIGHTS[1:], (PALE_AMBER, PALE_RED, PALE_PURPLE), strict=True)).get(light)
    if pale:
        area, cell = f"{letter}{block.first}:{letter}{block.last}", f"{letter}{block.first}"
        style = DifferentialStyle(font=Font(bold=True, color=RED_INK if pale == PALE_RED else None), fill=solid(pale))
        sheet.conditional_formatting.add(
            area, Rule(type="expression", dxf=style, formula=[f"AND(ISNUMBER({cell}),{cell}>0)"])
        )


def _light_chart(sheet: Worksheet, block: FormBlock, start: str, end: str, title: str) -> None:
    """Stacked bars in the order of the list, the first on top."""
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth, chart.title = "bar", "stacked", 100, 40, _title(title)
    for light in SHOWN_LIGHTS:
        column = column_index_from_string(block.columns[block.headings.index(light)])
        chart.add_data(Reference(sheet, min_col=column, min_row=block.first, max_row=block.last))
        chart.series[-1].tx = SeriesLabel(v=light)
        chart.series[-1].graphicalProperties.solidFill = LIGHT_COLOURS[light][0]
    _finish(sheet, chart, block, start, end)
    chart.x_axis.scaling.orientation, chart.y_axis.crosses = "maxMin", "max"


def _month_chart(sheet: Worksheet, start: str, end: str) -> None:
    chart = BarChart()
    chart.type, chart.gapWidth, chart.title = "col", 60, _title(BY_MONTH.title)
    months = column_index_from_string(BY_MONTH.columns[0])
    for offset, colour in ((1, TAKEN_IN), (2, CLOSED)):
        chart.add_data(Reference(sheet, min_col=months + offset, min_row=BY_MONTH.first, max_row=BY_MONTH.last))
        chart.series[-1].tx = SeriesLabel(v=BY_MONTH.headings[offset])
        chart.series[-1].graphicalProperties.solidFill = colour
    _finish(sheet, chart, BY_MONTH, start, end)


def _title(text: str) -> Title:
    run = RegularTextRun(rPr=CharacterProperties(sz=1200, b=True), t=text)
    return Title(tx=Text(rich=RichText(p=[Paragraph(r=[run])])), overlay=False)


def _small() -> RichText:
    """Labels that leave room for one at every bar."""
    properties = ParagraphProperties(defRPr=CharacterProperties(sz=800))
    return RichText(p=[Paragraph(pPr=properties, endParaRPr=CharacterProperties(sz=800))])


def _finish(sheet: Worksheet, chart: BarChart, block: FormBlock, start: str, end: str) -> None:
    names = column_index_from_string(block.columns[0])
    chart.set_categories(Reference(sheet, min_col=names, min_row=block.first, max_row=block.last))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.numFmt, chart.y_axis.majorGridlines = "0", None
    chart.legend.position = "b"
    for axis in (chart.x_axis, chart.y_axis):
        axis.txPr = _small()
    first, last = (AnchorMarker(col=ord(at[0]) - 65, row=int(at[1:]) - 1) for at in (start, end))
    end_marker = AnchorMarker(col=last.col + 1, row=last.row + 1)
    anchor: Any = TwoCellAnchor(editAs="oneCell", _from=first, to=end_marker)
    sheet.add_chart(chart, anchor)
