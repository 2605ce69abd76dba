"""The only home of sheet names and headings: a contract with the office (docs: workbook).

Everything else speaks of fields by identifier. A field is the attribute of the fact class that the sheet is read into.
The record sheets stand in ``record_columns``, the classes in ``column``, and so on; all are handed on from here.
"""

from collections.abc import Mapping

from engine.facts import kinds
from engine.ledger.headings.column import Column, Kind, Owner, SheetColumns, button, machine, staff, words
from engine.ledger.headings.inspection_columns import INSPECTION_SHEETS
from engine.ledger.headings.log_columns import CHECK_RESULTS, MESSAGE_LOG, OPERATIONS
from engine.ledger.headings.record_columns import (
    AGREE,
    COMPLETIONS,
    EXTENSIONS,
    GRADES,
    NODES,
    POINT_EXCLUSIONS,
    POINT_ITEMS,
    RANKS,
    REPORTS,
    SUPERVISIONS,
    TIME_LIMITS,
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
    "LATER_SHEETS",
    "MATTERS",
    "MESSAGE_LOG",
    "NODES",
    "OPERATIONS",
    "POINT_ENTRIES",
    "POINT_EXCLUSIONS",
    "POINT_ITEMS",
    "QUARTER_SCORES",
    "RANKS",
    "REPORTS",
    "SETTINGS",
    "SETTING_KEYS",
    "SHEETS",
    "SOURCES",
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

YES = ("是",)
LIGHT_WORDS = ("绿", "黄", "红", "紫", "灰")
MARKS = ("报请协调", "待批重点督办", "重点督办", "移交核查", "重点通报")
CATEGORIES = ("县区", "开发区", "市直部门", "驻朔单位", kinds.OFFICE_CATEGORY)
YES_NO = ("是", "否")

# 任务来源 by 版块 (SZ1-7, SZ2-1, SZ3-1, SZ1-10, BS-5, BS-12): the words of the dropdown; the policies hold the same.
SOURCES: Mapping[str, tuple[str, ...]] = {
    "日常管理事项": ("全体会议", "常务会议", "市长办公会议", "专题会议", "领导批示指示"),
    "重点工作任务": ("省经济工作会议", "市经济工作会议", "政府工作报告", "市委市政府重大工作任务"),
    "重大改革事项": ("省委省政府部署", "市委市政府部署"),
    "常务会议议定事项": ("常务会议", "专题会议", "领导批示"),
    "省政府交办事项": ("省政府交办",),
}

MATTERS = SheetColumns(
    "matters",
    "督办台账",
    (
        button("number", "事项编号", width=15),
        staff("board", "版块", Kind.CHOICE, tuple(SOURCES), 15),
        staff("source", "任务来源", Kind.CHOICE, width=16),
        staff("source_number", "来源文号", width=20),
        staff("source_date", "来源日期", Kind.DAY, width=12),
        staff("content", "事项内容", Kind.LONG_TEXT, width=46),
        staff("requirement", "办理要求", Kind.LONG_TEXT, width=32),
        staff("responsible_leader", "责任领导", width=10),
        staff("initiating_office", "立项主体", Kind.UNIT, width=12),
        staff("assigning_leader", "交办领导", width=10),
        staff("assigning_leader_rank", "交办领导职务", Kind.CHOICE, RANKS, 14),
        staff("transferring_office", "转交科室", Kind.UNIT, width=12),
        staff("approver", "立项审批人", width=11),
        staff("approver_rank", "审批人职务", Kind.CHOICE, RANKS, 14),
        staff("approved_at", "立项审批时间", Kind.MOMENT, width=16.5),
        staff("lead_unit", "牵头单位", Kind.UNIT, width=18),
        staff("cooperating_units", "配合单位", Kind.UNITS, width=22),
        staff("secrecy", "密级", Kind.CHOICE, ("非密",), 7),
        staff("passively_included", "被动纳入", Kind.CHOICE, YES, 8),
        staff("parent", "上级编号", width=15),
        staff("directly_responsible", "直接责任人", width=11),
        staff("handling_office", "承办科室", Kind.UNIT, width=11),
        staff("province_due", "省级期限", Kind.MOMENT, width=16.5),
        staff("decomposition_approver", "分解审批人", width=11),
        staff("decomposition_approved_at", "分解审批时间", Kind.MOMENT, width=16.5),
        staff("office_approver", "办公厅审批人", width=12),
        staff("office_approved_at", "办公厅审批时间", Kind.MOMENT, width=16.5),
        staff("city_leader_approver", "市领导审批人", width=12),
        staff("city_leader_approved_at", "市领导审批时间", Kind.MOMENT, width=16.5),
        staff("submitted_at", "上报时间", Kind.MOMENT, width=16.5),
        staff("assigned_at", "交办时间", Kind.MOMENT, width=16.5),
        staff("time_limit", "办理时限", Kind.CHOICE, TIME_LIMITS, 10),
        staff("fixed_due", "指定期限", Kind.MOMENT, width=16.5),
        staff("service_object", "服务对象", width=13),
        staff("note", "备注", Kind.LONG_TEXT, width=20),
        button("node_1_day", "1天节点", Kind.MOMENT, width=16.5),
        button("node_3_days", "3天节点", Kind.MOMENT, width=16.5),
        button("node_7_days", "7天节点", Kind.MOMENT, width=16.5),
        button("node_1_month", "1个月节点", Kind.MOMENT, width=16.5),
        button("completion_due", "办结期限", Kind.MOMENT, width=16.5),
        button("initiated_at", "立项时间", Kind.MOMENT, width=16.5),
        button("notice_number", "通知文号", width=20),
        button("notice_issued_at", "通知下发时间", Kind.MOMENT, width=16.5),
        button("status", "状态", Kind.CHOICE, words(kinds.Status), 10),
        button("long_running_since", "持续推进起", Kind.MOMENT, width=16.5),
        button("stage_goal", "阶段目标", Kind.LONG_TEXT, width=24),
        button("target_due", "目标期限", Kind.MOMENT, width=16.5),
        button("grade", "评估等级", Kind.CHOICE, GRADES, 10),
        button("finalizer", "审定人", width=10),
        button("completed_at", "办结时间", Kind.MOMENT, width=16.5),
        button("withdrawn_at", "撤销时间", Kind.MOMENT, width=16.5),
        button("withdrawal_approver", "撤销批准人", width=11),
        staff("overdue_reason", "逾期理由", Kind.LONG_TEXT, width=20),
        staff("reason_recognizer", "理由认定人", width=11),
        staff("reason_recognized_at", "认定时间", Kind.MOMENT, width=16.5),
        machine("light", "预警灯", Kind.CHOICE, LIGHT_WORDS, 8),
        machine("current_duty", "当前节点", width=11),
        machine("current_due", "当前期限", Kind.MOMENT, width=16.5),
        machine("overdue_state", "逾期状态", Kind.CHOICE, words(kinds.OverdueState), 13),
        machine("overdue_hours", "逾期小时", Kind.INTEGER, width=9),
        machine("overdue_count", "逾期次数", Kind.INTEGER, width=9),
        machine("urging_count", "催办次数", Kind.INTEGER, width=9),
        machine("last_sent_at", "末次提醒时间", Kind.MOMENT, width=16.5),
        machine("escalation", "升级标记", Kind.CHOICE, MARKS, 13),
        machine("escalated_at", "升级时间", Kind.MOMENT, width=16.5),
        machine("basis", "依据", width=24),
        machine("check_note", "核验提示", Kind.LONG_TEXT, width=34),
        machine("synced_at", "同步时间", Kind.MOMENT, width=16.5),
    ),
)

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

# Sheets that ledgers of earlier versions do not have; to be without one is no fault.
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

BY_KEY: Mapping[str, SheetColumns] = {sheet.key: sheet for sheet in SHEETS}
BY_NAME: Mapping[str, SheetColumns] = {sheet.name: sheet for sheet in SHEETS}

# 参数设置: 键 → (attribute of Settings, 说明). The running numbers stand as 编号高水位日2026, 编号高水位重2026, …
SETTING_KEYS: Mapping[str, tuple[str, str]] = {
    "台账标识": ("ledger_id", "本台账的唯一标识，由程序写入，请勿改动"),
    "制度方案": ("regime", "朔州 或 保山：按哪套制度督办"),
    "单位名称": ("office_name", "本单位全称，用于通知和表头"),
    "短信签名": ("signature", "短信开头【】内的签名，须与运营商报备的一致"),
    "联系电话": ("phone", "短信中留给承办单位的电话"),
    "免打扰": ("quiet_hours", "关：按制度原文昼夜发送；开：20时至次日8时的短信并到8时发"),
    "短信发送": ("sms", "开、试运行（全部发到试运行号码）、停"),
    "试运行号码": ("trial_mobile", "试运行时接收全部短信的手机号"),
    "启用时间": ("enabled_from", "此前应发的短信一律不发，由“接管”写入"),
    "值班主机": ("host", "只有这台电脑可以发短信，由“接管”写入"),
    "日志标识": ("journal_id", "与值班主机上的发送日志对应，由“接管”写入"),
    "演示": ("demonstration", "是：演示台账，不会发出真实短信"),
}
HIGH_WATER_PREFIX = "编号高水位"
