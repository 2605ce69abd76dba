"""Headings of the sheets of 一网三库 (SZ6; see ``columns``)."""

from engine.facts.inspection import ATTENDANT, ORIGINS, Pool, TaskKind
from engine.ledger.headings.column import Kind, SheetColumns, staff, words

YES = ("是",)
INSPECTORS = SheetColumns(
    "inspectors",
    "督查人员库",
    (
        staff("name", "姓名", width=10),
        staff("pool", "库别", Kind.CHOICE, words(Pool), 8),
        staff("origin", "身份", Kind.CHOICE, tuple(word for listed in ORIGINS.values() for word in listed), 18),
        staff("unit", "所在单位", width=22),
        staff("county", "所在县区", width=14),
        staff("expertise", "专长", width=24),
        staff("mobile", "联系手机", Kind.MOBILE, width=14),
        staff("entered_at", "入库时间", Kind.MOMENT, width=17),
        staff("left_at", "出库时间", Kind.MOMENT, width=17),
        staff("change_note", "变动说明", Kind.LONG_TEXT, width=28),
        staff("registrar", "登记人", width=10),
    ),
)

TASKS = SheetColumns(
    "inspection_tasks",
    "督查任务",
    (
        staff("number", "任务编号", width=14),
        staff("title", "任务名称", Kind.LONG_TEXT, width=28),
        staff("kind", "任务类型", Kind.CHOICE, words(TaskKind), 10),
        staff("inspected", "被督查单位", Kind.UNITS, width=26),
        staff("expertise", "所需专长", width=18),
        staff("groups", "组数", Kind.INTEGER, width=7),
        staff("starts_at", "开始时间", Kind.MOMENT, width=17),
        staff("ends_at", "结束时间", Kind.MOMENT, width=17),
        staff("requested_at", "书面请示时间", Kind.MOMENT, width=17),
        staff("request_approver", "请示批准人", width=11),
        staff("request_approved_at", "请示批准时间", Kind.MOMENT, width=17),
        staff("planned_at", "方案形成时间", Kind.MOMENT, width=17),
        staff("plan_approver", "方案批准人", width=11),
        staff("plan_approved_at", "方案批准时间", Kind.MOMENT, width=17),
        staff("drafter", "报告负责人", width=11),
        staff("told_at", "任务告知时间", Kind.MOMENT, width=17),
        staff("trained_at", "培训时间", Kind.MOMENT, width=17),
        staff("log", "督查日志", Kind.LONG_TEXT, width=28),
        staff("reported_at", "督查报告时间", Kind.MOMENT, width=17),
        staff("problem_list", "附问题事项清单", Kind.CHOICE, YES, 13),
        staff("failure_list", "附不落实典型事项清单", Kind.CHOICE, YES, 18),
        staff("forwarded_at", "上报分管领导时间", Kind.MOMENT, width=17),
        staff("support", "被督查单位保障情况", Kind.LONG_TEXT, width=24),
        staff("note", "备注", Kind.LONG_TEXT, width=20),
    ),
)

MEMBERS = SheetColumns(
    "inspection_teams",
    "督查分组",
    (
        staff("task", "任务编号", width=14),
        staff("group", "组别", Kind.INTEGER, width=7),
        staff("name", "姓名", width=10),
        staff("role", "人员类别", Kind.CHOICE, (*words(Pool), ATTENDANT), 10),
        staff("unit", "所在单位", width=22),
        staff("proposed_at", "单位确定时间", Kind.MOMENT, width=17),
        staff("agreed_at", "督查室同意时间", Kind.MOMENT, width=17),
        staff("consented_by", "征得同意人", width=12),
        staff("consented_at", "征得同意时间", Kind.MOMENT, width=17),
        staff("notified_by", "通知方式", Kind.CHOICE, ("发函", "电话"), 9),
        staff("notified_at", "通知时间", Kind.MOMENT, width=17),
        staff("cost_bearer", "经费保障", Kind.CHOICE, ("所在单位", "市政府办公厅"), 13),
        staff("reason", "增员理由", Kind.LONG_TEXT, width=24),
    ),
)

INSPECTION_SHEETS = (INSPECTORS, TASKS, MEMBERS)
