"""Headings of the record sheets: what people record about a matter or a unit (see ``columns``)."""

from engine.facts import kinds
from engine.facts.duty_kinds import BY_REPORT_WORD
from engine.ledger.headings.column import Kind, SheetColumns, button, staff, words

RANKS = ("办公厅分管领导", "分管副秘书长", "秘书长", "分管副市长", "常务副市长", "市长")
AGREE = ("同意", "不同意")
TIME_LIMITS = ("1天", "3天", "7天", "1个月", kinds.FIXED_DATE, kinds.LONG)
GRADES = ("优秀", "良好", "合格", "不合格")
NODES = (*TIME_LIMITS[:-1], *BY_REPORT_WORD)

REPORTS = SheetColumns(
    "reports",
    "反馈记录",
    (
        button("number", "记录编号", width=14),
        staff("matter", "事项编号", width=15),
        staff("unit", "报送单位", Kind.UNIT, width=18),
        staff("node", "节点", Kind.CHOICE, NODES, 10),
        staff("period", "期次", width=10),
        staff("reported_at", "报送时间", Kind.MOMENT, width=17),
        staff("content", "报送内容", Kind.LONG_TEXT, width=40),
        staff("reporter", "报送人", width=10),
        staff("stage_goal", "阶段目标", Kind.LONG_TEXT, width=24),
        staff("result", "审核结果", Kind.CHOICE, words(kinds.ReviewResult), 10),
        staff("reviewer", "审核人", width=10),
        staff("reviewed_at", "审核时间", Kind.MOMENT, width=17),
        staff("forwarded_at", "呈报副市长时间", Kind.MOMENT, width=17),
        staff("return_reason", "退回原因", Kind.LONG_TEXT, width=24),
        staff("follow_up", "后续方式", Kind.CHOICE, words(kinds.FollowUp), 10),
        staff("rectification_due", "整改期限", Kind.MOMENT, width=17),
        staff("registrar", "登记人", width=10),
    ),
)

EXTENSIONS = SheetColumns(
    "extensions",
    "延期申请",
    (
        staff("matter", "事项编号", width=15),
        staff("applied_at", "申请时间", Kind.MOMENT, width=17),
        staff("kind", "申请类型", Kind.CHOICE, words(kinds.ExtensionKind), 12),
        staff("reason", "申请理由", Kind.LONG_TEXT, width=30),
        staff("plan", "落实方案", Kind.LONG_TEXT, width=30),
        staff("stage_goal", "阶段目标", Kind.LONG_TEXT, width=24),
        staff("old_due", "原期限", Kind.MOMENT, width=17),
        staff("new_due", "新期限", Kind.MOMENT, width=17),
        staff("approver", "同意人", width=10),
        staff("approver_rank", "同意人职务", Kind.CHOICE, RANKS, 14),
        staff("approved_at", "同意时间", Kind.MOMENT, width=17),
        staff("result", "结果", Kind.CHOICE, AGREE, 9),
        staff("late_explanation", "逾时受理说明", Kind.LONG_TEXT, width=24),
        staff("late_approver", "逾时批准人", width=11),
        staff("late_approved_at", "逾时批准时间", Kind.MOMENT, width=17),
    ),
)

COMPLETIONS = SheetColumns(
    "completions",
    "办结审核",
    (
        staff("matter", "事项编号", width=15),
        staff("applied_at", "申请时间", Kind.MOMENT, width=17),
        staff("service_object_agrees", "服务对象意见", Kind.CHOICE, AGREE, 12),
        staff("talks", "沟通次数", Kind.INTEGER, width=9),
        staff("written_report_at", "书面报告时间", Kind.MOMENT, width=17),
        staff("office_agreed_at", "立项主体同意时间", Kind.MOMENT, width=17),
        staff("verification", "核验方式", Kind.CHOICE, ("专家论证", "公众评价", "其他"), 10),
        staff("verified_at", "核验时间", Kind.MOMENT, width=17),
        staff("verdict", "核验结论", Kind.CHOICE, words(kinds.Verdict), 10),
        staff("service_object_told_at", "反馈服务对象时间", Kind.MOMENT, width=17),
        staff("grade", "评估等级", Kind.CHOICE, GRADES, 10),
        staff("grader", "评估人", width=10),
        staff("grade_approver", "等级审定人", width=11),
        staff("grade_approver_rank", "等级审定人职务", Kind.CHOICE, RANKS, 15),
        staff("grade_approved_at", "等级审定时间", Kind.MOMENT, width=17),
        staff("requester", "提请人", width=10),
        staff("requested_at", "提请时间", Kind.MOMENT, width=17),
        staff("reviewer", "审核人", width=10),
        staff("reviewer_rank", "审核人职务", Kind.CHOICE, RANKS, 14),
        staff("reviewed_at", "审核时间", Kind.MOMENT, width=17),
        staff("finalizer", "审定人", width=10),
        staff("finalizer_rank", "审定人职务", Kind.CHOICE, RANKS, 14),
        staff("finalized_at", "审定时间", Kind.MOMENT, width=17),
        staff("result", "结果", Kind.CHOICE, words(kinds.CompletionResult), 9),
        staff("rectification_due", "整改期限", Kind.MOMENT, width=17),
    ),
)

SUPERVISIONS = SheetColumns(
    "supervisions",
    "督办记录",
    (
        staff("matter", "事项编号", width=15),
        staff("at", "时间", Kind.MOMENT, width=17),
        staff("method", "方式", Kind.CHOICE, words(kinds.SupervisionMethod), 10),
        staff("unit", "对象单位", Kind.UNIT, width=18),
        staff("node", "节点", Kind.CHOICE, NODES, 10),
        staff("handler", "经办人", width=10),
        staff("approver", "批准人", width=10),
        staff("approver_rank", "批准人职务", Kind.CHOICE, RANKS, 14),
        staff("approved_at", "批准时间", Kind.MOMENT, width=17),
        staff("due", "报送期限", Kind.MOMENT, width=17),
        staff("outcome", "情况", Kind.LONG_TEXT, width=40),
    ),
)

POINT_ITEMS = SheetColumns(
    "point_items",
    "积分事项",
    (
        staff("date", "日期", Kind.DAY, width=12),
        staff("unit", "单位", Kind.UNIT, width=18),
        staff("role", "角色", Kind.CHOICE, ("牵头", "配合"), 8),
        staff(
            "item",
            "事项",
            Kind.CHOICE,
            ("表彰", "督查发现问题", "配合不力致问题", "不配合阻碍", "迟报材料", "推动不力", "保山通报扣分"),
            16,
        ),
        staff("level", "督查层级", Kind.CHOICE, ("国务院", "省", "市"), 10),
        staff("quantity", "数量", Kind.INTEGER, width=8),
        staff("discretionary_points", "酌定分值", Kind.NUMBER, width=10),
        staff("matter", "事项编号", width=15),
        staff("document", "依据文号", width=20),
        staff("case", "情形", Kind.CHOICE, ("一", "二", "三"), 8),
        staff("explanation", "依据说明", Kind.LONG_TEXT, width=36),
        staff("scorer", "评分主体", Kind.UNIT, width=12),
        staff("registrar", "登记人", width=10),
    ),
)

POINT_EXCLUSIONS = SheetColumns(
    "point_exclusions",
    "积分剔除",
    (
        staff("matter", "事项编号", width=15),
        staff("node", "节点", Kind.CHOICE, NODES, 10),
        staff("period", "期次", width=10),
        staff("reason", "理由", Kind.LONG_TEXT, width=36),
        staff("approver", "批准人", width=10),
        staff("at", "时间", Kind.MOMENT, width=17),
    ),
)

UNIT_GRADES = SheetColumns(
    "unit_grades",
    "单位年度评价",
    (
        staff("year", "年度", Kind.INTEGER, width=8),
        staff("unit", "单位", Kind.UNIT, width=18),
        staff("board", "版块", Kind.CHOICE, ("重点工作任务", "重大改革事项"), 15),
        staff("grade", "等级", Kind.CHOICE, GRADES, 9),
        staff("grader", "评价人", width=10),
        staff("approver", "审定人", width=10),
        staff("at", "时间", Kind.MOMENT, width=17),
    ),
)
