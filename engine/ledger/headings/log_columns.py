"""Headings of the sheets that the program writes for people to look up (see ``columns``)."""

from engine.ledger.headings.column import Kind, SheetColumns, machine

MESSAGE_LOG = SheetColumns(
    "message_log",
    "短信记录",
    (
        machine("number", "短信编号", width=16),
        machine("at", "时间", Kind.MOMENT, width=17),
        machine("matter", "事项编号", width=15),
        machine("unit", "单位", width=26),
        machine("recipient", "收信人", width=10),
        machine("mobile", "手机", width=14),
        machine("node", "节点", width=10),
        machine("period", "期次", width=10),
        machine("slot", "时点", width=10),
        machine("due", "应发时间", Kind.MOMENT, width=17),
        machine("kind", "类型", width=10),
        machine("clause", "条款", width=14),
        machine("text", "内容", Kind.LONG_TEXT, width=60),
        machine("state", "状态", width=10),
        machine("receipt_at", "回执时间", Kind.MOMENT, width=17),
        machine("explanation", "说明", width=28),
        machine("role", "收信角色", width=12),
        machine("duty_due", "节点期限", Kind.MOMENT, width=17),
        machine("ordinal", "序次", Kind.INTEGER, width=7),
        machine("owed_by", "承办单位", width=26),
        machine("acknowledged_at", "签收时间", Kind.MOMENT, width=17),
    ),
)

CHECK_RESULTS = SheetColumns(
    "check_results",
    "校验结果",
    (
        machine("severity", "级别", width=8),
        machine("sheet", "工作表", width=14),
        machine("row", "行", Kind.INTEGER, width=7),
        machine("column", "列", width=14),
        machine("clause", "条款", width=14),
        machine("problem", "问题", Kind.LONG_TEXT, width=50),
        machine("remedy", "处理", Kind.LONG_TEXT, width=44),
    ),
)

OPERATIONS = SheetColumns(
    "operations",
    "操作日志",
    (
        machine("number", "操作编号", width=18),
        machine("at", "时间", Kind.MOMENT, width=17),
        machine("operator", "操作人", width=12),
        machine("button", "按钮", width=16),
        machine("sheet", "工作表", width=14),
        machine("row", "行", Kind.INTEGER, width=7),
        machine("matter", "事项编号", width=15),
        machine("difference", "改动", Kind.LONG_TEXT, width=80),
        machine("undone_at", "撤销时间", Kind.MOMENT, width=17),
    ),
)
