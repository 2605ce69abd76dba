"""The only home of sheet names and headings: a contract with the office (docs: workbook).

Everything else names fields by identifier. A field is the attribute of the fact class that the sheet is read into. The
record sheets stand in ``record_columns``, the classes in ``column``, and so on; all are exported from here.
"""

from collections.abc import Mapping

from engine.facts import kinds
from engine.ledger.headings.board_sheets import CHART_SHEET, FORMS
from engine.ledger.headings.column import Column, Kind, Owner, SheetColumns, staff, words
from engine.ledger.headings.inspection_columns import INSPECTION_SHEETS
from engine.ledger.headings.log_columns import CHECK_RESULTS, MESSAGE_LOG, OPERATIONS
from engine.ledger.headings.matter_columns import MATTERS, YES
from engine.ledger.headings.record_columns import (
    AGREE,
    COMPLETIONS,
    EXTENSIONS,
    NODES,
    POINT_EXCLUSIONS,
    POINT_ITEMS,
    RANKS,
    REPORTS,
    SUPERVISIONS,
    UNIT_GRADES,
)
from engine.ledger.headings.score_columns import CLUES, POINT_ENTRIES, QUARTER_SCORES, YEAR_RANKING

__all__ = [
    "AGREE",
    "BY_KEY",
    "BY_NAME",
    "CHECK_RESULTS",
    "CLUES",
    "COMPLETIONS",
    "EXTENSIONS",
    "GROUPS",
    "HIGH_WATER_PREFIX",
    "HOLIDAYS",
    "INSPECTION_SHEETS",
    "LATER_COLUMNS",
    "LATER_SHEETS",
    "MATTERS",
    "MESSAGE_LOG",
    "NODES",
    "OPERATIONS",
    "PIN_KEYS",
    "POINT_ENTRIES",
    "POINT_EXCLUSIONS",
    "POINT_ITEMS",
    "QUARTER_SCORES",
    "RANKS",
    "REPORTS",
    "SETTINGS",
    "SETTING_KEYS",
    "SHEETS",
    "SUPERVISIONS",
    "UNITS",
    "UNIT_GRADES",
    "YEAR_RANKING",
    "YES",
    "YES_NO",
    "Column",
    "Kind",
    "Owner",
    "SheetColumns",
]

YES_NO = ("是", "否")

CATEGORIES = ("县区", "开发区", "市直部门", "驻朔单位", kinds.OFFICE_CATEGORY)

UNITS = SheetColumns(
    "units",
    "单位通讯录",
    (
        staff("name", "单位", width=24),
        staff("aliases", "别名", Kind.NAMES, width=26),
        staff("category", "类别", Kind.CHOICE, CATEGORIES, 11),
        staff("head", "第一责任人", width=11),
        staff("head_mobile", "第一责任人手机", Kind.MOBILE, width=15),
        staff("contact", "具体责任人", width=11),
        staff("contact_mobile", "具体责任人手机", Kind.MOBILE, width=15),
        staff("substitute", "代班人", width=10),
        staff("substitute_mobile", "代班人手机", Kind.MOBILE, width=15),
        staff("substitute_from", "代班起", Kind.DAY, width=12),
        staff("substitute_until", "代班止", Kind.DAY, width=12),
        staff("active", "启用", Kind.CHOICE, YES_NO, 7),
    ),
)

GROUPS = SheetColumns(
    "groups",
    "群组",
    (staff("name", "群组", width=20), staff("members", "成员单位", Kind.UNITS, width=60)),
)

HOLIDAYS = SheetColumns(
    "holidays",
    "节假日",
    (
        staff("date", "日期", Kind.DAY, width=14),
        staff("type", "类型", Kind.CHOICE, words(kinds.DayType), 9),
        staff("explanation", "说明", width=36),
    ),
)

SETTINGS = SheetColumns(
    "settings",
    "参数设置",
    (staff("key", "键", width=18), staff("value", "值", width=40), staff("explanation", "说明", width=60)),
)

SHEETS: tuple[SheetColumns, ...] = (
    MATTERS,
    REPORTS,
    EXTENSIONS,
    COMPLETIONS,
    SUPERVISIONS,
    POINT_ITEMS,
    POINT_EXCLUSIONS,
    UNIT_GRADES,
    POINT_ENTRIES,
    QUARTER_SCORES,
    YEAR_RANKING,
    CLUES,
    *INSPECTION_SHEETS,
    UNITS,
    GROUPS,
    HOLIDAYS,
    SETTINGS,
    MESSAGE_LOG,
    CHECK_RESULTS,
    OPERATIONS,
)

# Sheets that ledgers of earlier versions lack, which is no fault.
LATER_SHEETS: tuple[SheetColumns, ...] = (
    POINT_ITEMS,
    POINT_EXCLUSIONS,
    UNIT_GRADES,
    POINT_ENTRIES,
    QUARTER_SCORES,
    YEAR_RANKING,
    CLUES,
    *INSPECTION_SHEETS,
    OPERATIONS,
)

# Headings that ledgers of earlier versions do not have: read as blank, and written only where a person fills them in.
LATER_COLUMNS: Mapping[str, frozenset[str]] = {
    MATTERS.key: frozenset(
        ("latest_progress", "progress", "urgency", "original_number", "acknowledged_at", "meeting_chair")
    ),
    SUPERVISIONS.key: frozenset(("due",)),
    MESSAGE_LOG.key: frozenset(("acknowledged_at",)),
}

BY_KEY: Mapping[str, SheetColumns] = {sheet.key: sheet for sheet in (*SHEETS, *FORMS, CHART_SHEET)}
BY_NAME: Mapping[str, SheetColumns] = {sheet.name: sheet for sheet in (*SHEETS, CHART_SHEET)}

# 参数设置: 键 → (attribute of Settings, 说明). The running numbers stand as 编号高水位日2026, 编号高水位重2026, …
SETTING_KEYS: Mapping[str, tuple[str, str]] = {
    "台账标识": ("ledger_id", "本台账的唯一标识，由程序写入，请勿改动"),
    "制度方案": ("regime", "按哪套制度督办；自定制度由 duban policy use 写入"),
    "单位名称": ("office_name", "本单位全称，用于通知和表头"),
    "发文代字": ("document_code", "通知文号年份前的字，如 朔政督办；不填则沿用上一份通知的"),
    "短信签名": ("signature", "短信开头【】内的签名，须与运营商报备的一致"),
    "联系电话": ("phone", "短信中留给承办单位的电话"),
    "免打扰": ("quiet_hours", "关：按制度原文昼夜发送；开：20时至次日8时的短信并到8时发"),
    "短信发送": ("sms", "开、试运行（全部发到试运行号码）、停"),
    "试运行号码": ("trial_mobile", "试运行时接收全部短信的手机号"),
    "启用时间": ("enabled_from", "此前应发的短信一律不发，由“接管”写入"),
    "值班主机": ("host", "只有这台电脑可以发短信，由“接管”写入"),
    "日志标识": ("journal_id", "与值班主机上的发送日志对应，由“接管”写入"),
    "已结转": ("carried_over", "这是旧年度的台账，已结转到这一年，只供查阅；由“结转”写入"),
    "结转自": ("carried_from", "上一年度的台账（在旁边）是哪一年的，当时办结的事项在那里；由“结转”写入，请勿改动"),
    "演示": ("demonstration", "是：演示台账，不会发出真实短信"),
}
PIN_KEYS: Mapping[str, tuple[str, str]] = {
    "制度指纹": ("policy_fingerprint", "启用的制度文件的指纹，由 duban policy use 写入，请勿改动"),
    "制度启用人": ("policy_accepted_by", "谁核对并启用了这份制度文件"),
    "制度启用日": ("policy_accepted_from", "自何日起按这份制度文件督办"),
    "制度存档": ("policy_archive", "启用时的制度文件存在“制度”文件夹的哪里，由 duban policy use 写入，请勿改动"),
    "此前制度": ("earlier_policies", "此前立项的事项按哪份制度督办、到何日止，由 duban policy use 写入，请勿改动"),
}
"""Rows of 参数设置 that only a ledger under a regime of its own has (SZ1-25)."""
HIGH_WATER_PREFIX = "编号高水位"
