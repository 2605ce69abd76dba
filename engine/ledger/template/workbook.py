"""The workbook that an office is given: every sheet of the contract, built from ``columns`` and nothing else."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.properties import Outline, PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from engine.facts.change import Value
from engine.facts.kinds import OFFICE_CATEGORY
from engine.facts.regime_words import RegimeWords
from engine.ledger.headings.board_sheets import CHART_SHEET, FORMS
from engine.ledger.headings.column import Owner, SheetColumns
from engine.ledger.headings.columns import MATTERS, PIN_KEYS, SETTING_KEYS, SETTINGS, SHEETS, UNITS
from engine.ledger.template.charts import add_charts, write_chart_figures
from engine.ledger.template.fixed_zip import fixed_zip, saved
from engine.ledger.template.forms import write_forms
from engine.ledger.template.guide import GUIDE_SHEET, write_guide
from engine.ledger.template.lights import add_lights
from engine.ledger.template.lists import add_lists, add_setting_words, add_validations
from engine.ledger.template.row_heights import TWO_LINES, row_height
from engine.ledger.template.styles import (
    BAND,
    add_styles,
    cell_style,
    heading_style,
    page_footer,
    page_header,
    style_column,
)

LAST_ROW = 20_000
HEADING_HEIGHT = 42.0  # the filter arrow stands below a heading of one line, not on it
DEFAULT_SETTINGS: Mapping[str, str] = {"免打扰": "关", "短信发送": "停", "演示": "否"}
# Columns that stay in sight while scrolling right: the heading after which the panes freeze.
FROZEN_AFTER = {
    MATTERS.key: "light",
    "reports": "matter",
    "message_log": "matter",
    "check_results": None,
    "settings": "key",
} | dict.fromkeys(("point_entries", "quarter_scores", "year_ranking"), "unit")
# At this zoom the columns of 督办台账 through 状态 fill a screen of 1366 pixels.
MATTERS_ZOOM = 90
PAGE_WIDTH = 300

Row = Mapping[str, Value]


def build_template(path: Path, regime: str, words: RegimeWords) -> None:
    """Write 台账模板.xlsx to ``path``: the same bytes every time."""
    path.write_bytes(workbook_bytes(template_rows("", regime, words), words))


def new_ledger_bytes(ledger_id: str, regime: str, words: RegimeWords) -> bytes:
    """A fresh ledger with its own 台账标识, for a regime, in its words."""
    return workbook_bytes(template_rows(ledger_id, regime, words), words)


def template_rows(ledger_id: str, regime: str, words: RegimeWords) -> Mapping[str, Iterable[Row]]:
    """The rows a fresh ledger begins with: the offices without people, and every setting with its explanation."""
    offices = [{"name": name, "category": OFFICE_CATEGORY, "active": "是"} for name in words.offices]
    settings = setting_rows({**DEFAULT_SETTINGS, "制度方案": regime, "台账标识": ledger_id})
    pins = [
        {"key": key, "value": words.settings[key], "explanation": explanation}
        for key, (_, explanation) in PIN_KEYS.items()
        if key in words.settings
    ]
    return {UNITS.key: offices, SETTINGS.key: [*settings, *pins]}


def setting_rows(values: Mapping[str, str]) -> list[Row]:
    """参数设置: every known key, with its value from ``values`` and its explanation."""
    return [
        {"key": key, "value": values.get(key) or None, "explanation": explanation}
        for key, (field, explanation) in SETTING_KEYS.items()
        if field not in ("carried_over", "carried_from")  # of books of several years alone
    ]


def workbook_bytes(rows: Mapping[str, Iterable[Row]], words: RegimeWords) -> bytes:
    """A whole ledger holding ``rows`` (sheet key → rows, field → value), as the bytes of an xlsx file."""
    book = Workbook()
    add_styles(book)
    guide = book.worksheets[0]
    guide.title = GUIDE_SHEET
    write_guide(guide, words)
    board, today = (book.create_sheet(form.name) for form in FORMS)
    write_forms(board, today, words)
    figures = book.create_sheet(CHART_SHEET.name)
    write_chart_figures(figures)
    for columns in SHEETS:
        sheet = book.create_sheet(columns.name)
        _data_sheet(sheet, columns, list(rows.get(columns.key, ())), words)
        add_charts(sheet, columns, figures)
    book.move_sheet(figures, len(SHEETS))  # after all sheets that people read
    title = ledger_title(rows)
    book[MATTERS.name].HeaderFooter.oddHeader = page_header(title)
    add_lists(book, words)
    book.calculation.fullCalcOnLoad = None  # no formulas: Excel must not ask to save on closing
    book.calculation.calcId = 191029
    book.properties.creator, book.properties.title = "督办", title
    return fixed_zip(saved(book))


def ledger_title(rows: Mapping[str, Iterable[Row]]) -> str:
    """〈单位名称〉〈年度〉督办台账, as far as the settings and the numbers in ``rows`` state them."""
    settings = {row["key"]: row["value"] for row in rows.get(SETTINGS.key, ())}
    years = {str(row["number"])[:4] for row in rows.get(MATTERS.key, ()) if row.get("number")}
    return f"{settings.get('单位名称') or ''}{f'{max(years)}年' if years else ''}{MATTERS.name}"


def _data_sheet(sheet: Worksheet, columns: SheetColumns, rows: list[Row], words: RegimeWords) -> None:
    letters = {column.field: get_column_letter(index) for index, column in enumerate(columns.columns, start=1)}
    for column in columns.columns:
        style_column(sheet.column_dimensions[letters[column.field]], column)
        heading = sheet[f"{letters[column.field]}1"]
        heading.value, heading.style = column.heading, heading_style(column.owner)
    sheet.row_dimensions[1].height = HEADING_HEIGHT
    for number, row in enumerate(rows or [{}], start=2):  # a table needs one row: an empty one is filled first
        _write_row(sheet, columns, number, row)
    _add_table(sheet, columns, last_row=max(2, len(rows) + 1))
    add_validations(sheet, columns, letters, LAST_ROW, words)
    add_lights(sheet, columns, letters, LAST_ROW, words)
    if columns is SETTINGS:
        add_setting_words(sheet, {str(row["key"]): number for number, row in enumerate(rows, start=2)})
    _arrange(sheet, columns, letters)


def _write_row(sheet: Worksheet, columns: SheetColumns, number: int, row: Row) -> None:
    for index, column in enumerate(columns.columns, start=1):
        cell = sheet.cell(number, index, row.get(column.field))
        cell.style = cell_style(column)
    in_sight = (column for column in columns.columns if not column.group)
    texts = ((value, column.width) for column in in_sight if isinstance(value := row.get(column.field), str))
    least = TWO_LINES if columns is MATTERS else 0  # 最新进展 is written later, and Excel does not fit the row to it
    sheet.row_dimensions[number].height = max(least, row_height(texts))


def _add_table(sheet: Worksheet, columns: SheetColumns, last_row: int) -> None:
    area = f"A1:{get_column_letter(len(columns.columns))}{last_row}"
    sheet.add_table(
        Table(
            name=columns.name,
            displayName=columns.name,
            ref=area,
            autoFilter=AutoFilter(ref=area),
            tableColumns=[
                TableColumn(id=index, name=column.heading, dataCellStyle=cell_style(column))
                for index, column in enumerate(columns.columns, start=1)
            ],
            tableStyleInfo=TableStyleInfo(name="TableStyleLight1", showRowStripes=False),
        )
    )


def _arrange(sheet: Worksheet, columns: SheetColumns, letters: Mapping[str, str]) -> None:
    fields = list(letters)
    first = FROZEN_AFTER.get(columns.key, fields[0])
    sheet.freeze_panes = f"{letters[fields[fields.index(first) + 1]]}2" if first else "A2"
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = BAND[columns.columns[-1].owner if columns is not MATTERS else Owner.STAFF]
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", "8"
    sheet.page_margins.left = sheet.page_margins.right = 0.3
    sheet.page_margins.top, sheet.page_margins.bottom = 0.8, 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    sheet.print_title_rows = "1:1"
    sheet.HeaderFooter.oddHeader, sheet.HeaderFooter.oddFooter = page_header(columns.name), page_footer()
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    in_sight = sum(column.width for column in columns.columns if not column.group)
    pages = -(-int(in_sight) // PAGE_WIDTH)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0
    if pages > 1:
        sheet.print_title_cols = "A:A"
    if columns is MATTERS:
        sheet.sheet_view.zoomScale = sheet.sheet_view.zoomScaleNormal = MATTERS_ZOOM
        _fold_groups(sheet, columns, letters)


def _fold_groups(sheet: Worksheet, columns: SheetColumns, letters: Mapping[str, str]) -> None:
    """Outline groups, closed: Excel's [+] stands above the column before each, which stays in sight."""
    sheet.sheet_properties.outlinePr = Outline(summaryRight=False)
    for before, column in pairwise(columns.columns):
        if not column.group:
            continue
        dimension = sheet.column_dimensions[letters[column.field]]
        dimension.outlineLevel, dimension.hidden = 1, True
        if not before.group:
            sheet.column_dimensions[letters[before.field]].collapsed = True
