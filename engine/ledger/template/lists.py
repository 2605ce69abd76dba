"""Dropdowns and prompts: what may be typed where, offered while typing and never in the way of pasting."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from engine.facts.duty_kinds import period_hints
from engine.facts.kinds import OFFICE_CATEGORY, SmsSwitch
from engine.facts.regime_words import RegimeWords
from engine.ledger.headings.column import Column, Kind, Owner, SheetColumns, words
from engine.ledger.headings.columns import MATTERS, SETTINGS, UNITS, YES_NO

LISTS_SHEET = "选项"
LONGEST_LIST = 250
"""Excel takes no longer list of words in a cell's validation."""
ALL_UNITS, ALL_OFFICES, SOURCES_PREFIX = "单位名单", "科室名单", "来源_"
OFFICE_FIELDS = ("initiating_office", "transferring_office", "handling_office", "scorer")
SETTING_WORDS: Mapping[str, tuple[str, ...]] = {
    "免打扰": ("关", "开"),
    "短信发送": words(SmsSwitch),
    "演示": YES_NO,
}
BAND_PROMPTS = {
    Owner.STAFF: "蓝色表头：由工作人员填写。",
    Owner.BUTTON: "绿色表头：由“督办”选项卡的按钮盖章，一般不手工填写；确需更正可以改，程序会留意并提示。",
    Owner.MACHINE: "灰色表头：由程序填写，请勿手工修改，改了也会被改回。",
}
PROMPTS: Mapping[tuple[str, str], str] = {
    ("matters", "source"): "先选“版块”，再从下拉列表中选来源。",
    ("matters", "cooperating_units"): "多个单位用顿号“、”隔开，可以写简称或群组名（如：各县区政府）。",
    ("matters", "lead_unit"): "写一个单位，全称、简称均可，须在“单位通讯录”中。",
    ("matters", "assigned_at"): "写到几点几分则从该时刻起算；只写日期则当日不计，到期日17:30截止。",
    ("matters", "fixed_due"): "办理时限选“指定日期”时填写；只写日期即当日17:30截止。",
    ("matters", "approved_at"): "须先经批准再立项（暂行办法第十二条）。",
    ("matters", "secrecy"): "涉密事项严禁纳入（暂行办法第三条）。留空即非密。",
    ("matters", "parent"): "省政府交办事项分解后，在子事项中填写上级事项编号。",
    ("reports", "period"): f"{period_hints('写')}。",
    ("reports", "node"): "留空即报送最早的未报节点。",
    ("reports", "rectification_due"): "审核结果为“退回”时必填；只写日期即当日17:30截止。",
    ("point_exclusions", "period"): f"{period_hints('写')}。",
    ("point_items", "discretionary_points"): "配合不力致问题时，牵头单位可不减分（0）或酌情减1至3分（填 -1 至 -3）。",
    ("units", "aliases"): "简称、旧称，多个用顿号“、”隔开，不得与其他单位重复。",
    ("units", "substitute_from"): "代班起止之间，短信改发代班人。",
    ("groups", "members"): "成员单位用顿号“、”隔开，须在“单位通讯录”中。",
}


def add_lists(book: Workbook, words: RegimeWords) -> None:
    """The hidden sheet for the dependent dropdown, and the names that dropdowns refer to."""
    sheet = book.create_sheet(LISTS_SHEET)
    sheet.sheet_state = "hidden"
    for index, (board, sources) in enumerate(words.sources.items(), start=1):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = 24
        for row, word in enumerate((board, *sources), start=1):
            sheet.cell(row, index, word)
        area = f"{quote_sheetname(LISTS_SHEET)}!${letter}$2:${letter}${len(sources) + 1}"
        _define(book, SOURCES_PREFIX + board, area)
    names = f"{UNITS.name}[{UNITS.heading('name')}]"
    categories = f"{UNITS.name}[{UNITS.heading('category')}]"
    first = f'MATCH("{OFFICE_CATEGORY}",{categories},0)'
    count = f'COUNTIF({categories},"{OFFICE_CATEGORY}")'
    _define(book, ALL_UNITS, names)
    _define(book, ALL_OFFICES, f"INDEX({names},{first}):INDEX({names},{first}+{count}-1)")


def add_validations(
    sheet: Worksheet, columns: SheetColumns, letters: Mapping[str, str], last_row: int, words: RegimeWords
) -> None:
    """Dropdowns, checks and prompts of one data sheet, from row 2 to ``last_row``; headings say who writes."""
    for owner in Owner:
        headings = [f"{letters[column.field]}1" for column in columns.columns if column.owner is owner]
        _attach(sheet, DataValidation(), headings, BAND_PROMPTS[owner])
    for column in columns.columns:
        letter = letters[column.field]
        prompt = PROMPTS.get((columns.key, column.field), "")
        validation = (
            None
            if column.owner is Owner.MACHINE
            else _validation(columns, _with_words(columns, column, words), letters)
        )
        if validation or prompt:
            _attach(sheet, validation or DataValidation(), [f"{letter}2:{letter}{last_row}"], prompt)


def _with_words(columns: SheetColumns, column: Column, words: RegimeWords) -> Column:
    """The column with the regime's own words, where it has any; more than a cell's list can hold are typed freely."""
    choices = words.choices.get((columns.key, column.field))
    if choices is None:
        return column
    return replace(column, choices=choices if len(",".join(choices)) <= LONGEST_LIST else ())


def add_setting_words(sheet: Worksheet, rows: Mapping[str, int]) -> None:
    """Dropdowns for the settings that know only certain words. ``rows`` is key → row."""
    letter = get_column_letter(1 + [column.field for column in SETTINGS.columns].index("value"))
    for key, choices in SETTING_WORDS.items():
        if key in rows:  # a row that people deleted is not brought back
            _attach(sheet, _choice(choices), [f"{letter}{rows[key]}"], "")


def _define(book: Workbook, name: str, formula: str) -> None:
    book.defined_names[name] = DefinedName(name, attr_text=formula)


def _attach(sheet: Worksheet, validation: DataValidation, areas: Iterable[str], prompt: str) -> None:
    validation.allow_blank = True
    if prompt:
        validation.showInputMessage = True
        validation.prompt = prompt
    for area in areas:
        validation.add(area)
    if validation.sqref:
        sheet.add_data_validation(validation)


def _validation(columns: SheetColumns, column: Column, letters: Mapping[str, str]) -> DataValidation | None:
    if columns.key == MATTERS.key and column.field == "source":
        return _refuse(DataValidation(type="list", formula1=f'INDIRECT("{SOURCES_PREFIX}"&${letters["board"]}2)'))
    if column.choices:
        return _choice(column.choices)
    if column.kind is Kind.UNIT:
        names = ALL_OFFICES if column.field in OFFICE_FIELDS else ALL_UNITS
        return DataValidation(type="list", formula1=names, showErrorMessage=False)  # aliases may be typed
    if column.kind in (Kind.MOMENT, Kind.DAY):
        return _warn(
            DataValidation(type="date", operator="greaterThanOrEqual", formula1="36526"),
            "请按 2026-03-05 09:30 或 2026-03-05 的样式填写日期。仍要这样填写吗？",
        )
    if column.kind is Kind.INTEGER:
        return _refuse(DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0"), "请填写整数，如 3。")
    if column.kind is Kind.MOBILE:
        cell = f"{letters[column.field]}2"
        formula = f'AND(LEN({cell})=11,LEFT({cell},1)="1",ISNUMBER(VALUE({cell})))'
        return _warn(DataValidation(type="custom", formula1=formula), "手机号应为11位数字。仍要这样填写吗？")
    return None


def _choice(choices: Iterable[str]) -> DataValidation:
    return _refuse(DataValidation(type="list", formula1=f'"{",".join(choices)}"'))


def _refuse(validation: DataValidation, message: str = "请从下拉列表中选择。") -> DataValidation:
    validation.errorStyle = "stop"
    return _complain(validation, message)


def _warn(validation: DataValidation, message: str) -> DataValidation:
    validation.errorStyle = "warning"
    return _complain(validation, message)


def _complain(validation: DataValidation, message: str) -> DataValidation:
    validation.showErrorMessage = True
    validation.errorTitle = "请核对"
    validation.error = message
    return validation
