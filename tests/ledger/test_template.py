"""台账模板.xlsx is what the builder makes and keeps the contract with the office; other programs say so too."""

import re
import subprocess
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from engine.ledger.template.fixed_zip import fixed_zip
from engine.ledger.template.workbook import build_template, new_ledger_bytes
from engine.policy.loading import shipped_policies
from engine.policy.words import usual_words
from engine.sample.words import Regime
from tests.addin.checkers import open_xml_faults
from tests.ledger.template_headings import DROPDOWNS, HEADINGS, SETTING_KEYS, SOURCES, UNIT_LISTS
from tests.tools import need

WORKBOOKS = Path(__file__).parents[2] / "workbook"
TEMPLATE = WORKBOOKS / "台账模板.xlsx"
LAST_ROW = 20_000
EVERY_SHEET_AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


@pytest.fixture(scope="module")
def book() -> Workbook:
    return load_workbook(TEMPLATE)


def parts(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def test_the_committed_template_is_what_the_builder_makes(tmp_path) -> None:
    build_template(tmp_path / "模板.xlsx", "朔州", usual_words())
    assert parts(TEMPLATE.read_bytes()) == parts((tmp_path / "模板.xlsx").read_bytes())


def test_building_twice_makes_the_same_bytes(tmp_path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        build_template(tmp_path / name, "朔州", usual_words())
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_nothing_in_the_file_tells_when_or_where_it_was_built() -> None:
    with zipfile.ZipFile(TEMPLATE) as archive:
        assert {(member.date_time, member.create_system) for member in archive.infolist()} == {
            ((2026, 1, 1, 0, 0, 0), 0)
        }
        core = archive.read("docProps/core.xml").decode()
    assert re.findall(r"\d{4}-\d\d-\d\dT[^<]*", core) == ["2026-01-01T00:00:00Z"] * 2


def breaches(path: Path) -> list[str]:
    """Where a workbook departs from the contract in its sheets and headings."""
    book = CalamineWorkbook.from_path(str(path))
    missing = [name for name in HEADINGS if name not in book.sheet_names]
    present = [name for name in HEADINGS if name in book.sheet_names]
    return missing + [n for n in present if book.get_sheet_by_name(n).to_python()[0] != HEADINGS[n].split()]


def test_sheets_and_headings_are_the_contract() -> None:
    assert breaches(TEMPLATE) == []
    assert CalamineWorkbook.from_path(str(TEMPLATE)).sheet_names == [
        "使用说明",
        "统计看板",
        "今日待办",
        *HEADINGS,
        "图表数据",
        "选项",
    ]


def test_a_renamed_heading_or_sheet_breaks_the_contract(tmp_path) -> None:
    book = load_workbook(TEMPLATE)
    book["督办台账"]["A1"] = "编号"
    book["群组"].title = "分组"
    book.save(tmp_path / "renamed.xlsx")
    assert breaches(tmp_path / "renamed.xlsx") == ["群组", "督办台账"]


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
    assert rule.formula1 == 'INDIRECT("来源_"&$M2)'
    assert book["督办台账"]["M1"].value == "版块"
    sheet, area = book.defined_names[f"来源_{board}"].attr_text.split("!")
    assert sheet.strip("'") == "选项"
    assert [row[0].value for row in book["选项"][area.replace("$", "")]] == sources.split()


@pytest.mark.parametrize("regime", list(Regime))
def test_the_policy_knows_the_same_sources_as_the_dropdown(regime) -> None:
    policy = shipped_policies()[regime].on(date(2026, 1, 1))
    for board, sources in policy.initiation.sources.items():
        assert list(sources) == SOURCES[str(board)].split()


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
    fresh.write_bytes(new_ledger_bytes("6f9619ff-8b86-d011-b42d-00c04fc964ff", "朔州", usual_words()))
    before, after = (load_workbook(path) for path in (TEMPLATE, fresh))
    changed = [
        (name, cell.coordinate, cell.value)
        for name in before.sheetnames
        for row in after[name].iter_rows()
        for cell in row
        if cell.value != before[name][cell.coordinate].value
    ]
    assert changed == [("参数设置", "B2", "6f9619ff-8b86-d011-b42d-00c04fc964ff")]


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


def test_the_names_behind_the_dropdowns_lead_where_they_should(tmp_path) -> None:
    """Asked of LibreOffice: structured references, a range from INDEX to INDEX, a source list by the board's name."""
    copy = load_workbook(WORKBOOKS / "示例台账.xlsx")
    probe = copy.create_sheet("探针")
    questions = [
        "=ROWS(单位名单)-COUNTA(单位通讯录!A:A)",
        "=INDEX(单位名单,7)",
        "=ROWS(科室名单)",
        "=INDEX(科室名单,6)",
        '=INDEX(INDIRECT("来源_重大改革事项"),2)',
    ]
    for row, question in enumerate(questions, start=1):
        probe.cell(row, 1, question)
    copy.active = probe
    copy.save(tmp_path / "probe.xlsx")
    profile = (tmp_path / "profile").as_uri()
    command = [need("soffice"), f"-env:UserInstallation={profile}", "--headless", "--convert-to", EVERY_SHEET_AS_CSV]
    book = tmp_path / "probe.xlsx"
    subprocess.run([*command, "--outdir", tmp_path, book], check=True, capture_output=True, timeout=120)
    answers = (tmp_path / "probe-探针.csv").read_text(encoding="utf-8").split()
    assert answers == ["-1", "朔城区人民政府", "6", "秘书五科", "市委市政府部署"]
