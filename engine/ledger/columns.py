"""The only home of sheet names and headings: a contract with the office (docs: workbook).

Everything else speaks of fields by identifier. A field is the attribute of the fact class that the sheet is read into.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from engine.facts import kinds


class Owner(StrEnum):
    """Who writes a column: staff, a ribbon button, or the scheduler."""

    STAFF = "人"
    BUTTON = "钮"
    MACHINE = "机"


class Kind(Enum):
    """What a cell of the column holds; decides how it is read, shown and validated."""

    TEXT = "text"
    LONG_TEXT = "long text"
    DAY = "day"
    MOMENT = "moment"
    INTEGER = "integer"
    NUMBER = "number"
    CHOICE = "choice"
    UNIT = "unit"
    UNITS = "units"
    NAMES = "names"
    MOBILE = "mobile"


@dataclass(frozen=True, slots=True)
class Column:
    """One heading. ``choices`` are the words of the dropdown; ``width`` is in characters."""

    field: str
    heading: str
    owner: Owner
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    width: float = 12


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """One data sheet: an Excel table of the sheet's own name, in contract order. ``key`` is the identifier used in
    ``Place.sheet``.
    """

    key: str
    name: str
    columns: tuple[Column, ...]

    def column(self, field: str) -> Column:
        """The column of this field. Raises KeyError for a field that the sheet does not have."""
        for column in self.columns:
            if column.field == field:
                return column
        raise KeyError(f"{self.key}.{field}")

    def heading(self, field: str) -> str:
        """The heading of this field."""
        return self.column(field).heading


def _words(kind: type[StrEnum]) -> tuple[str, ...]:
    return tuple(member.value for member in kind)


RANKS = ("办公厅分管领导", "分管副秘书长", "秘书长", "分管副市长", "常务副市长", "市长")
YES = ("是",)
YES_NO = ("是", "否")
AGREE = ("同意", "不同意")
NODES = ("1天", "3天", "7天", "1个月", "指定日期", "整改", "月报", "季报", "协办意见")

_STAFF, _BUTTON, _MACHINE = Owner.STAFF, Owner.BUTTON, Owner.MACHINE
_LONG, _DAY, _MOMENT, _INT, _NUM = Kind.LONG_TEXT, Kind.DAY, Kind.MOMENT, Kind.INTEGER, Kind.NUMBER
_CHOICE, _UNIT, _UNITS, _NAMES, _MOBILE = Kind.CHOICE, Kind.UNIT, Kind.UNITS, Kind.NAMES, Kind.MOBILE


def _staff(
    field: str, heading: str, kind: Kind = Kind.TEXT, choices: tuple[str, ...] = (), width: float = 12
) -> Column:
    return Column(field, heading, _STAFF, kind, choices, width)


def _button(
    field: str, heading: str, kind: Kind = Kind.TEXT, choices: tuple[str, ...] = (), width: float = 12
) -> Column:
    return Column(field, heading, _BUTTON, kind, choices, width)


def _machine(
    field: str, heading: str, kind: Kind = Kind.TEXT, choices: tuple[str, ...] = (), width: float = 12
) -> Column:
    return Column(field, heading, _MACHINE, kind, choices, width)


MATTERS = SheetColumns(
    "matters",
    "督办台账",
    (
        _button("number", "事项编号", width=15),
        _staff("board", "版块", _CHOICE, _words(kinds.Board), 15),
        _staff("source", "任务来源", _CHOICE, width=16),
        _staff("source_number", "来源文号", width=20),
        _staff("source_date", "来源日期", _DAY, width=12),
        _staff("content", "事项内容", _LONG, width=44),
        _staff("requirement", "办理要求", _LONG, width=30),
        _staff("responsible_leader", "责任领导", width=10),
        _staff("initiating_office", "立项主体", _UNIT, width=12),
        _staff("assigning_leader", "交办领导", width=10),
        _staff("assigning_leader_rank", "交办领导职务", _CHOICE, RANKS, 14),
        _staff("transferring_office", "转交科室", _UNIT, width=12),
        _staff("approver", "立项审批人", width=11),
        _staff("approver_rank", "审批人职务", _CHOICE, RANKS, 14),
        _staff("approved_at", "立项审批时间", _MOMENT, width=17),
        _staff("lead_unit", "牵头单位", _UNIT, width=18),
        _staff("cooperating_units", "配合单位", _UNITS, width=24),
        _staff("secrecy", "密级", _CHOICE, ("非密",), 7),
        _staff("passively_included", "被动纳入", _CHOICE, YES, 9),
        _staff("parent", "上级编号", width=15),
        _staff("directly_responsible", "直接责任人", width=11),
        _staff("handling_office", "承办科室", _UNIT, width=12),
        _staff("province_due", "省级期限", _MOMENT, width=17),
        _staff("decomposition_approver", "分解审批人", width=11),
        _staff("decomposition_approved_at", "分解审批时间", _MOMENT, width=17),
        _staff("office_approver", "办公厅审批人", width=12),
        _staff("office_approved_at", "办公厅审批时间", _MOMENT, width=17),
        _staff("city_leader_approver", "市领导审批人", width=12),
        _staff("city_leader_approved_at", "市领导审批时间", _MOMENT, width=17),
        _staff("submitted_at", "上报时间", _MOMENT, width=17),
        _staff("assigned_at", "交办时间", _MOMENT, width=17),
        _staff("time_limit", "办理时限", _CHOICE, _words(kinds.TimeLimit), 10),
        _staff("fixed_due", "指定期限", _MOMENT, width=17),
        _staff("service_object", "服务对象", width=14),
        _staff("note", "备注", _LONG, width=24),
        _button("node_1_day", "1天节点", _MOMENT, width=17),
        _button("node_3_days", "3天节点", _MOMENT, width=17),
        _button("node_7_days", "7天节点", _MOMENT, width=17),
        _button("node_1_month", "1个月节点", _MOMENT, width=17),
        _button("completion_due", "办结期限", _MOMENT, width=17),
        _button("initiated_at", "立项时间", _MOMENT, width=17),
        _button("notice_number", "通知文号", width=18),
        _button("notice_issued_at", "通知下发时间", _MOMENT, width=17),
        _button("status", "状态", _CHOICE, _words(kinds.Status), 10),
        _button("long_running_since", "持续推进起", _MOMENT, width=17),
        _button("stage_goal", "阶段目标", _LONG, width=24),
        _button("target_due", "目标期限", _MOMENT, width=17),
        _button("grade", "评估等级", _CHOICE, _words(kinds.Grade), 10),
        _button("finalizer", "审定人", width=10),
        _button("completed_at", "办结时间", _MOMENT, width=17),
        _button("withdrawn_at", "撤销时间", _MOMENT, width=17),
        _button("withdrawal_approver", "撤销批准人", width=11),
        _staff("overdue_reason", "逾期理由", _LONG, width=20),
        _staff("reason_recognizer", "理由认定人", width=11),
        _staff("reason_recognized_at", "认定时间", _MOMENT, width=17),
        _machine("light", "预警灯", _CHOICE, _words(kinds.Light), 8),
        _machine("current_duty", "当前节点", width=11),
        _machine("current_due", "当前期限", _MOMENT, width=17),
        _machine("overdue_state", "逾期状态", _CHOICE, _words(kinds.OverdueState), 13),
        _machine("overdue_hours", "逾期小时", _INT, width=9),
        _machine("overdue_count", "逾期次数", _INT, width=9),
        _machine("urging_count", "催办次数", _INT, width=9),
        _machine("last_sent_at", "末次提醒时间", _MOMENT, width=17),
        _machine("escalation", "升级标记", _CHOICE, _words(kinds.Escalation), 13),
        _machine("escalated_at", "升级时间", _MOMENT, width=17),
        _machine("basis", "依据", width=24),
        _machine("check_note", "核验提示", _LONG, width=34),
        _machine("synced_at", "同步时间", _MOMENT, width=17),
    ),
)

REPORTS = SheetColumns(
    "reports",
    "反馈记录",
    (
        _button("number", "记录编号", width=14),
        _staff("matter", "事项编号", width=15),
        _staff("unit", "报送单位", _UNIT, width=18),
        _staff("node", "节点", _CHOICE, NODES, 10),
        _staff("period", "期次", width=10),
        _staff("reported_at", "报送时间", _MOMENT, width=17),
        _staff("content", "报送内容", _LONG, width=40),
        _staff("reporter", "报送人", width=10),
        _staff("stage_goal", "阶段目标", _LONG, width=24),
        _staff("result", "审核结果", _CHOICE, _words(kinds.ReviewResult), 10),
        _staff("reviewer", "审核人", width=10),
        _staff("reviewed_at", "审核时间", _MOMENT, width=17),
        _staff("forwarded_at", "呈报副市长时间", _MOMENT, width=17),
        _staff("return_reason", "退回原因", _LONG, width=24),
        _staff("follow_up", "后续方式", _CHOICE, _words(kinds.FollowUp), 10),
        _staff("rectification_due", "整改期限", _MOMENT, width=17),
        _staff("registrar", "登记人", width=10),
    ),
)

EXTENSIONS = SheetColumns(
    "extensions",
    "延期申请",
    (
        _staff("matter", "事项编号", width=15),
        _staff("applied_at", "申请时间", _MOMENT, width=17),
        _staff("kind", "申请类型", _CHOICE, _words(kinds.ExtensionKind), 12),
        _staff("reason", "申请理由", _LONG, width=30),
        _staff("plan", "落实方案", _LONG, width=30),
        _staff("stage_goal", "阶段目标", _LONG, width=24),
        _staff("old_due", "原期限", _MOMENT, width=17),
        _staff("new_due", "新期限", _MOMENT, width=17),
        _staff("approver", "同意人", width=10),
        _staff("approver_rank", "同意人职务", _CHOICE, RANKS, 14),
        _staff("approved_at", "同意时间", _MOMENT, width=17),
        _staff("result", "结果", _CHOICE, AGREE, 9),
        _staff("late_explanation", "逾时受理说明", _LONG, width=24),
        _staff("late_approver", "逾时批准人", width=11),
        _staff("late_approved_at", "逾时批准时间", _MOMENT, width=17),
    ),
)

COMPLETIONS = SheetColumns(
    "completions",
    "办结审核",
    (
        _staff("matter", "事项编号", width=15),
        _staff("applied_at", "申请时间", _MOMENT, width=17),
        _staff("service_object_agrees", "服务对象意见", _CHOICE, AGREE, 12),
        _staff("talks", "沟通次数", _INT, width=9),
        _staff("written_report_at", "书面报告时间", _MOMENT, width=17),
        _staff("office_agreed_at", "立项主体同意时间", _MOMENT, width=17),
        _staff("verification", "核验方式", _CHOICE, ("专家论证", "公众评价", "其他"), 10),
        _staff("verified_at", "核验时间", _MOMENT, width=17),
        _staff("verdict", "核验结论", _LONG, width=24),
        _staff("service_object_told_at", "反馈服务对象时间", _MOMENT, width=17),
        _staff("grade", "评估等级", _CHOICE, _words(kinds.Grade), 10),
        _staff("grader", "评估人", width=10),
        _staff("grade_approver", "等级审定人", width=11),
        _staff("grade_approver_rank", "等级审定人职务", _CHOICE, RANKS, 15),
        _staff("grade_approved_at", "等级审定时间", _MOMENT, width=17),
        _staff("requester", "提请人", width=10),
        _staff("requested_at", "提请时间", _MOMENT, width=17),
        _staff("reviewer", "审核人", width=10),
        _staff("reviewer_rank", "审核人职务", _CHOICE, RANKS, 14),
        _staff("reviewed_at", "审核时间", _MOMENT, width=17),
        _staff("finalizer", "审定人", width=10),
        _staff("finalizer_rank", "审定人职务", _CHOICE, RANKS, 14),
        _staff("finalized_at", "审定时间", _MOMENT, width=17),
        _staff("result", "结果", _CHOICE, _words(kinds.CompletionResult), 9),
        _staff("rectification_due", "整改期限", _MOMENT, width=17),
    ),
)

SUPERVISIONS = SheetColumns(
    "supervisions",
    "督办记录",
    (
        _staff("matter", "事项编号", width=15),
        _staff("at", "时间", _MOMENT, width=17),
        _staff("method", "方式", _CHOICE, _words(kinds.SupervisionMethod), 10),
        _staff("unit", "对象单位", _UNIT, width=18),
        _staff("node", "节点", _CHOICE, NODES, 10),
        _staff("handler", "经办人", width=10),
        _staff("approver", "批准人", width=10),
        _staff("approver_rank", "批准人职务", _CHOICE, RANKS, 14),
        _staff("approved_at", "批准时间", _MOMENT, width=17),
        _staff("outcome", "情况", _LONG, width=40),
    ),
)

POINT_ITEMS = SheetColumns(
    "point_items",
    "积分事项",
    (
        _staff("date", "日期", _DAY, width=12),
        _staff("unit", "单位", _UNIT, width=18),
        _staff("role", "角色", _CHOICE, ("牵头", "配合"), 8),
        _staff(
            "item",
            "事项",
            _CHOICE,
            ("表彰", "督查发现问题", "配合不力致问题", "不配合阻碍", "迟报材料", "推动不力", "保山通报扣分"),
            16,
        ),
        _staff("level", "督查层级", _CHOICE, ("国务院", "省", "市"), 10),
        _staff("quantity", "数量", _INT, width=8),
        _staff("discretionary_points", "酌定分值", _NUM, width=10),
        _staff("matter", "事项编号", width=15),
        _staff("document", "依据文号", width=20),
        _staff("case", "情形", _CHOICE, ("一", "二", "三"), 8),
        _staff("explanation", "依据说明", _LONG, width=36),
        _staff("scorer", "评分主体", _UNIT, width=12),
        _staff("registrar", "登记人", width=10),
    ),
)

POINT_EXCLUSIONS = SheetColumns(
    "point_exclusions",
    "积分剔除",
    (
        _staff("matter", "事项编号", width=15),
        _staff("node", "节点", _CHOICE, NODES, 10),
        _staff("period", "期次", width=10),
        _staff("reason", "理由", _LONG, width=36),
        _staff("approver", "批准人", width=10),
        _staff("at", "时间", _MOMENT, width=17),
    ),
)

UNIT_GRADES = SheetColumns(
    "unit_grades",
    "单位年度评价",
    (
        _staff("year", "年度", _INT, width=8),
        _staff("unit", "单位", _UNIT, width=18),
        _staff("board", "版块", _CHOICE, ("重点工作任务", "重大改革事项"), 15),
        _staff("grade", "等级", _CHOICE, _words(kinds.Grade), 9),
        _staff("grader", "评价人", width=10),
        _staff("approver", "审定人", width=10),
        _staff("at", "时间", _MOMENT, width=17),
    ),
)

UNITS = SheetColumns(
    "units",
    "单位通讯录",
    (
        _staff("name", "单位", width=24),
        _staff("aliases", "别名", _NAMES, width=26),
        _staff("category", "类别", _CHOICE, _words(kinds.UnitCategory), 11),
        _staff("head", "第一责任人", width=11),
        _staff("head_mobile", "第一责任人手机", _MOBILE, width=15),
        _staff("contact", "具体责任人", width=11),
        _staff("contact_mobile", "具体责任人手机", _MOBILE, width=15),
        _staff("substitute", "代班人", width=10),
        _staff("substitute_mobile", "代班人手机", _MOBILE, width=15),
        _staff("substitute_from", "代班起", _DAY, width=12),
        _staff("substitute_until", "代班止", _DAY, width=12),
        _staff("active", "启用", _CHOICE, YES_NO, 7),
    ),
)

GROUPS = SheetColumns(
    "groups",
    "群组",
    (_staff("name", "群组", width=20), _staff("members", "成员单位", _UNITS, width=60)),
)

HOLIDAYS = SheetColumns(
    "holidays",
    "节假日",
    (
        _staff("date", "日期", _DAY, width=14),
        _staff("type", "类型", _CHOICE, _words(kinds.DayType), 9),
        _staff("explanation", "说明", width=36),
    ),
)

SETTINGS = SheetColumns(
    "settings",
    "参数设置",
    (_staff("key", "键", width=18), _staff("value", "值", width=40), _staff("explanation", "说明", width=60)),
)

MESSAGE_LOG = SheetColumns(
    "message_log",
    "短信记录",
    (
        _machine("number", "短信编号", width=16),
        _machine("at", "时间", _MOMENT, width=17),
        _machine("matter", "事项编号", width=15),
        _machine("unit", "单位", width=18),
        _machine("recipient", "收信人", width=10),
        _machine("mobile", "手机", width=14),
        _machine("node", "节点", width=10),
        _machine("period", "期次", width=10),
        _machine("slot", "时点", width=10),
        _machine("due", "应发时间", _MOMENT, width=17),
        _machine("kind", "类型", width=10),
        _machine("clause", "条款", width=14),
        _machine("text", "内容", _LONG, width=60),
        _machine("state", "状态", width=10),
        _machine("receipt_at", "回执时间", _MOMENT, width=17),
        _machine("explanation", "说明", width=28),
        _machine("role", "收信角色", width=12),
        _machine("duty_due", "节点期限", _MOMENT, width=17),
        _machine("ordinal", "序次", _INT, width=7),
        _machine("owed_by", "承办单位", width=18),
    ),
)

CHECK_RESULTS = SheetColumns(
    "check_results",
    "校验结果",
    (
        _machine("severity", "级别", width=8),
        _machine("sheet", "工作表", width=14),
        _machine("row", "行", _INT, width=7),
        _machine("column", "列", width=14),
        _machine("clause", "条款", width=14),
        _machine("problem", "问题", _LONG, width=50),
        _machine("remedy", "处理", _LONG, width=44),
    ),
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
    UNITS,
    GROUPS,
    HOLIDAYS,
    SETTINGS,
    MESSAGE_LOG,
    CHECK_RESULTS,
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
