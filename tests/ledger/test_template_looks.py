"""How 台账模板.xlsx looks and prints: formats, bands, fonts, lights, pages."""

import re
import subprocess

import pytest
from openpyxl import Workbook, load_workbook

from engine.ledger.template.row_heights import TALLEST, row_height
from tests.ledger.template_headings import FOLDED, HEADINGS
from tests.ledger.test_template import LAST_ROW, TEMPLATE, parts
from tests.render import to_pdf
from tests.tools import need

CHINESE_WINDOWS_FONTS = {"等线", "仿宋", "黑体"}


@pytest.fixture(scope="module")
def book() -> Workbook:
    return load_workbook(TEMPLATE)


def test_numbers_periods_and_mobiles_are_text_and_times_are_times(book) -> None:
    formats = {
        (name, cell.value): book[name].cell(2, cell.column).number_format for name in HEADINGS for cell in book[name][1]
    }
    as_text = [
        key for key in formats if key[1] in ("事项编号", "记录编号", "短信编号", "期次", "上级编号") or "手机" in key[1]
    ]
    assert len(as_text) >= 15
    assert {formats[key] for key in as_text} == {"@"}
    times = [key for key in formats if key[1].endswith(("时间", "节点期限"))]
    assert {formats[key] for key in times} == {"yyyy-mm-dd hh:mm"}
    assert formats["节假日", "日期"] == "yyyy-mm-dd"
    assert formats["督办台账", "事项内容"] == "General", "text format shows ##### beyond 255 letters"


def test_a_row_typed_below_the_table_finds_its_format_ready(book) -> None:
    for name in HEADINGS:
        sheet = book[name]
        for cell in sheet[2]:
            column = sheet.column_dimensions[cell.column_letter]
            assert column.number_format == cell.number_format, (name, cell.coordinate)
            assert column.alignment.wrap_text


def test_headings_stand_in_three_bands_and_the_guide_explains_them(book) -> None:
    sheet = book["督办台账"]
    bands = {cell.value: cell.fill.start_color.rgb for cell in sheet[1]}
    legend = {row[1].value: row[1].fill.start_color.rgb for row in book["使用说明"].iter_rows() if row[1].value}
    assert bands["事项编号"] == bands["办结期限"] == bands["撤销批准人"] == legend["钮"]
    assert bands["版块"] == bands["交办时间"] == bands["认定时间"] == legend["人"]
    assert bands["预警灯"] == bands["同步时间"] == legend["机"]
    assert len({legend["人"], legend["钮"], legend["机"]}) == 3


def test_cells_wear_named_styles_and_fonts_of_chinese_windows(book) -> None:
    for name in HEADINGS:
        for row in book[name].iter_rows():
            for cell in row:
                assert cell.style.split()[0] in ("人", "钮", "机"), (name, cell.coordinate, cell.style)
                assert cell.font.name in CHINESE_WINDOWS_FONTS
    fonts = {font for part, data in parts(TEMPLATE.read_bytes()) if "styles" in part for font in named_fonts(data)}
    assert fonts == CHINESE_WINDOWS_FONTS


def named_fonts(styles: bytes) -> list[str]:
    return re.findall(r'<name val="([^"]+)"', styles.decode())


@pytest.mark.parametrize(
    ("sheet", "panes"),
    [("督办台账", "C2"), ("反馈记录", "C2"), ("短信记录", "D2"), ("单位通讯录", "B2"), ("校验结果", "A2")],
)
def test_headings_and_number_stay_in_sight(book, sheet, panes) -> None:
    assert book[sheet].freeze_panes == panes


def test_every_light_has_a_colour_of_its_own_over_its_word(book) -> None:
    sheet = book["督办台账"]
    column = next(cell.column_letter for cell in sheet[1] if cell.value == "预警灯")
    rules = [
        rule
        for area in sheet.conditional_formatting
        if str(area.sqref) == f"{column}2:{column}{LAST_ROW}"
        for rule in area.rules
    ]
    words = [rule.formula[0].partition("=")[2].strip('"') for rule in rules]
    assert words == ["绿", "黄", "红", "紫", "灰"]
    assert len({rule.dxf.fill.start_color.rgb for rule in rules}) == 5
    assert all(rule.dxf.font.bold and rule.dxf.numFmt is None for rule in rules), "the word must stay"


def test_prints_on_a3_across_with_headings_and_pages(book) -> None:
    for name in HEADINGS:
        sheet = book[name]
        assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "8")
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.oddHeader.center.text == name
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
        assert not sheet.print_area, "a print area would cut off the rows that come later"


def test_the_groups_of_the_ledger_are_closed_and_open_by_one_click_each(book) -> None:
    sheet = book["督办台账"]
    dimensions = {cell.value: sheet.column_dimensions[cell.column_letter] for cell in sheet[1]}
    headings = list(dimensions)
    folded = [heading for heading in headings if dimensions[heading].hidden]
    assert folded == [
        heading for _, first, last in FOLDED for heading in headings[headings.index(first) : headings.index(last) + 1]
    ]
    assert all((dimensions[heading].outlineLevel == 1) == (heading in folded) for heading in headings)
    anchors = [heading for heading in headings if dimensions[heading].collapsed]
    assert anchors == [anchor for anchor, _, _ in FOLDED]
    assert not sheet.sheet_properties.outlinePr.summaryRight, "[+] stands before its group"


def test_what_is_read_every_day_fills_one_screen(book) -> None:
    """Of 1366 × 768, in Excel with its default font (8 pixels a digit, 5 of padding) beside row numbers and bars."""
    sheet = book["督办台账"]
    first = list(sheet[1])[:11]
    assert (first[0].value, first[-1].value) == ("事项编号", "状态")
    pixels = sum(8 * sheet.column_dimensions[cell.column_letter].width + 5 for cell in first)
    assert pixels * sheet.sheet_view.zoomScale / 100 <= 1366 - 60


def test_the_ledger_in_sight_prints_one_page_wide(book) -> None:
    sheet = book["督办台账"]
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert not sheet.col_breaks.brk


def test_libreoffice_opens_and_prints_it(tmp_path) -> None:
    pdf = to_pdf(TEMPLATE, tmp_path)
    text = subprocess.run([need("pdftotext"), "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    pages = text.split("\f")[:-1]
    assert "###" not in text
    assert "Err:" not in text
    for name in HEADINGS:
        assert any(page.strip().startswith(name) for page in pages), name
    assert sum(page.strip().startswith("督办台账\n") for page in pages) == 1


@pytest.mark.parametrize(
    ("text", "width", "height"),
    [
        ("", 20, 22.0),
        ("字" * 10, 20, 22.0),
        ("字" * 11, 20, 35.0),
        ("ab" * 10, 20, 22.0),
        ("一行\n两行\n三行", 20, 49.5),
        ("字" * 4000, 20, TALLEST),
    ],
)
def test_rows_are_as_tall_as_their_text(text, width, height) -> None:
    assert row_height([(text, width)]) == height
