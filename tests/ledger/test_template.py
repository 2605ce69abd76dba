"""台账模板.xlsx is what the builder makes and keeps the contract with the office; other programs say so too."""

import re
import subprocess
import zipfile
from datetime import date
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from engine.facts.kinds import Regime
from engine.ledger.fixed_zip import fixed_zip
from engine.ledger.row_heights import TALLEST, row_height
from engine.ledger.template import build_template, new_ledger
from engine.policy.loading import shipped_policies
from tests.addin.checkers import open_xml_faults
from tests.ledger.template_headings import DROPDOWNS, HEADINGS, SETTING_KEYS, SOURCES, UNIT_LISTS
from tests.render import to_pdf
from tests.tools import need

WORKBOOKS = Path(__file__).parents[2] / "workbook"
TEMPLATE = WORKBOOKS / "台账模板.xlsx"
CHINESE_WINDOWS_FONTS = {"等线", "仿宋", "黑体"}
LAST_ROW = 20_000


@pytest.fixture(scope="module")
def book() -> Workbook:
    return load_workbook(TEMPLATE)


def parts(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def test_the_committed_template_is_what_the_builder_makes(tmp_path) -> None:
    build_template(tmp_path / "模板.xlsx")
    assert parts(TEMPLATE.read_bytes()) == parts((tmp_path / "模板.xlsx").read_bytes())


def test_building_twice_makes_the_same_bytes(tmp_path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        build_template(tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_nothing_in_the_file_tells_when_or_where_it_was_built() -> None:
    with zipfile.ZipFile(TEMPLATE) as archive:
        assert {(member.date_time, member.create_system) for member in archive.infolist()} == {
            ((2026, 1, 1, 0, 0, 0), 0)
        }
        core = archive.read("docProps/core.xml").decode()
    assert re.findall(r"\d{4}-\d\d-\d\dT[^<]*", core) == ["2026-01-01T00:00:00Z"] * 2


def test_sheets_and_headings_are_the_contract() -> None:
    book = CalamineWorkbook.from_path(str(TEMPLATE))
    assert book.sheet_names == ["使用说明", *HEADINGS, "选项"]
    for name, headings in HEADINGS.items():
        assert book.get_sheet_by_name(name).to_python()[0] == headings.split(), name


def test_every_data_sheet_is_one_table_of_its_own_name(book) -> None:
    idents = []
    for name, headings in HEADINGS.items():
        sheet = book[name]
        (table,) = sheet.tables.values()
        assert (table.name, table.displayName) == (name, name)
        assert [column.name for column in table.tableColumns] == headings.split()
        assert table.autoFilter.ref == table.ref
        assert table.ref.startswith("A1:")
        assert sheet.tables[name].ref.endswith(str(max(2, sheet.max_row)))
        assert not sheet.merged_cells.ranges
        assert not sheet.protection.sheet
        idents.append(table.id)
    assert len(set(idents)) == len(HEADINGS)


def test_a_fresh_table_offers_one_empty_row(book) -> None:
    empty = [name for name in HEADINGS if name not in ("单位通讯录", "参数设置")]
    for name in empty:
        assert [cell.value for cell in book[name][2]] == [None] * len(HEADINGS[name].split())
        assert book[name].max_row == 2


def validations(sheet: Worksheet, heading: str) -> list[DataValidation]:
    """The validations on the first data cell under a heading."""
    (cell,) = [cell for cell in sheet[1] if cell.value == heading]
    below = f"{cell.column_letter}2"
    return [rule for rule in sheet.data_validations.dataValidation if below in rule.sqref]


def reaches(rule: DataValidation) -> bool:
    return str(rule.sqref).endswith(str(LAST_ROW))


@pytest.mark.parametrize(("place", "words"), DROPDOWNS.items(), ids=lambda value: "".join(value))
def test_enumerated_columns_have_their_dropdown(book, place, words) -> None:
    (rule,) = validations(book[place[0]], place[1])
    assert (rule.type, rule.formula1, rule.errorStyle) == ("list", f'"{",".join(words.split())}"', "stop")
    assert len(rule.formula1) <= 257, "Excel takes 255 characters"
    assert reaches(rule)


@pytest.mark.parametrize(("place", "names"), UNIT_LISTS.items(), ids=lambda value: "".join(value))
def test_unit_columns_offer_the_directory_and_still_take_aliases(book, place, names) -> None:
    (rule,) = validations(book[place[0]], place[1])
    assert (rule.type, rule.formula1, bool(rule.showErrorMessage)) == ("list", names, False)
    assert reaches(rule)
    assert names in book.defined_names
    assert "单位通讯录[单位]" in book.defined_names[names].attr_text


@pytest.mark.parametrize(("board", "sources"), SOURCES.items())
def test_task_sources_depend_on_the_board(book, board, sources) -> None:
    (rule,) = validations(book["督办台账"], "任务来源")
    assert rule.formula1 == 'INDIRECT("来源_"&$B2)'
    assert book["督办台账"]["B1"].value == "版块"
    sheet, area = book.defined_names[f"来源_{board}"].attr_text.split("!")
    assert sheet.strip("'") == "选项"
    assert [row[0].value for row in book["选项"][area.replace("$", "")]] == sources.split()


@pytest.mark.parametrize("regime", list(Regime))
def test_the_policy_knows_the_same_sources_as_the_dropdown(regime) -> None:
    policy = shipped_policies()[regime].on(date(2026, 1, 1))
    for board, sources in policy.initiation.sources.items():
        assert list(sources) == SOURCES[str(board)].split()


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
    [("督办台账", "B2"), ("反馈记录", "C2"), ("短信记录", "D2"), ("单位通讯录", "B2"), ("校验结果", "A2")],
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


def test_the_ledger_breaks_between_columns_that_fit_a_page(book) -> None:
    """In Excel with its default font (8 pixels a digit, 5 of padding), by 0.2646 mm a pixel, at the sheet's scale."""
    sheet = book["督办台账"]
    widths = {}
    for cell in sheet[1]:
        column = sheet.column_dimensions[cell.column_letter]
        widths[cell.column] = 0 if column.hidden else (8 * column.width + 5) * 0.2646
    ends = [*(item.id for item in sheet.col_breaks.brk), len(widths)]
    blocks = [sum(widths[index] for index in range(first + 1, last + 1)) for first, last in pairwise([0, *ends])]
    blocks = [block if index == 0 else block + widths[1] for index, block in enumerate(blocks)]
    paper = 420 - 2 * 0.3 * 25.4
    assert len(blocks) == 4
    assert max(blocks) * sheet.page_setup.scale / 100 <= paper


def test_province_columns_are_folded_and_no_other(book) -> None:
    sheet = book["督办台账"]
    folded = [cell.value for cell in sheet[1] if sheet.column_dimensions[cell.column_letter].hidden]
    assert folded == HEADINGS["督办台账"].split()[22:30]
    assert (folded[0], folded[-1]) == ("省级期限", "上报时间")


def test_settings_hold_every_key_with_its_explanation() -> None:
    rows = CalamineWorkbook.from_path(str(TEMPLATE)).get_sheet_by_name("参数设置").to_python()[1:]
    assert [row[0] for row in rows] == SETTING_KEYS
    assert all(row[2] for row in rows)
    values = {row[0]: row[1] for row in rows}
    assert (values["台账标识"], values["短信发送"], values["演示"]) == ("", "停", "否")


def test_the_offices_stand_ready_without_people() -> None:
    rows = CalamineWorkbook.from_path(str(TEMPLATE)).get_sheet_by_name("单位通讯录").to_python()[1:]
    assert [row[0] for row in rows] == ["督查室", "秘书一科", "秘书二科", "秘书三科", "秘书四科", "秘书五科"]
    assert all(row[1:] == ["", "科室", "", "", "", "", "", "", "", "", "是"] for row in rows)


def test_a_new_ledger_differs_from_the_template_by_its_identity_only(tmp_path) -> None:
    fresh = tmp_path / "台账.xlsx"
    new_ledger(fresh, "6f9619ff-8b86-d011-b42d-00c04fc964ff")
    before, after = (load_workbook(path) for path in (TEMPLATE, fresh))
    changed = [
        (name, cell.coordinate, cell.value)
        for name in before.sheetnames
        for row in after[name].iter_rows()
        for cell in row
        if cell.value != before[name][cell.coordinate].value
    ]
    assert changed == [("参数设置", "B2", "6f9619ff-8b86-d011-b42d-00c04fc964ff")]


def test_a_new_ledger_never_replaces_what_is_there(tmp_path) -> None:
    there = tmp_path / "台账.xlsx"
    there.write_text("在用")
    with pytest.raises(FileExistsError):
        new_ledger(there, "x")
    assert there.read_text() == "在用"


def test_the_open_xml_sdk_finds_no_fault(tmp_path) -> None:
    copy = tmp_path / "template.xlsx"
    copy.write_bytes(TEMPLATE.read_bytes())
    assert open_xml_faults(copy) == []


def test_the_open_xml_sdk_does_find_a_planted_fault(tmp_path) -> None:
    """Without the last touch of ``fixed_zip``, openpyxl's fonts are out of order."""
    raw = tmp_path / "raw.xlsx"
    load_workbook(TEMPLATE).save(raw)
    assert open_xml_faults(raw) != []
    raw.write_bytes(fixed_zip(raw.read_bytes()))
    assert open_xml_faults(raw) == []


def test_libreoffice_opens_and_prints_it(tmp_path) -> None:
    pdf = to_pdf(TEMPLATE, tmp_path)
    text = subprocess.run([need("pdftotext"), "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    pages = text.split("\f")[:-1]
    assert "###" not in text
    assert "Err:" not in text
    for name in HEADINGS:
        assert any(page.strip().startswith(name) for page in pages), name
    assert sum(page.strip().startswith("督办台账\n") for page in pages) == 4


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
