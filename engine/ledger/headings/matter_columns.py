"""Headings of 督办台账 (see ``columns``): what is read every day stands first, the rest in outline groups after it."""

from dataclasses import replace

from engine.facts import kinds
from engine.ledger.headings.column import Column, Kind, SheetColumns, button, machine, staff, words
from engine.ledger.headings.record_columns import GRADES, RANKS, TIME_LIMITS

YES = ("是",)
BOARDS = ("日常管理事项", "重点工作任务", "重大改革事项", "常务会议议定事项", "省政府交办事项")
LIGHT_WORDS = ("绿", "黄", "红", "紫", "灰")
MARKS = ("报请协调", "待批重点督办", "重点督办", "移交核查", "重点通报")
PROGRESS = ("未启动", "进展正常", "进展缓慢", "基本完成")
CHAIRS = ("市长", "受市长委托的常务副市长", "其他")
URGENCY = ("特急", "加急", "一般")

INITIATION, LEADERS, PROVINCE, CLOSE_OUT, KEPT = "立项", "交办领导", "省级事项", "办结", "程序自留"


def _group(name: str, *columns: Column) -> tuple[Column, ...]:
    """Columns of one outline group, folded away in a new book. The column before it stays in sight and carries [+]."""
    return tuple(replace(column, group=name) for column in columns)


MATTERS = SheetColumns(
    "matters",
    "督办台账",
    (
        button("number", "事项编号", width=14),
        machine("light", "预警灯", Kind.CHOICE, LIGHT_WORDS, 7),
        staff("content", "事项内容", Kind.LONG_TEXT, width=36),
        staff("lead_unit", "牵头单位", Kind.UNIT, width=16),
        staff("time_limit", "办理时限", Kind.CHOICE, TIME_LIMITS, 9),
        machine("current_duty", "当前节点", width=12.5),
        machine("current_due", "当前期限", Kind.MOMENT, width=16.5),
        machine("overdue_state", "逾期状态", Kind.CHOICE, words(kinds.OverdueState), 12.5),
        machine("escalation", "升级标记", Kind.CHOICE, MARKS, 12.5),
        machine("latest_progress", "最新进展", Kind.LONG_TEXT, width=27),
        button("status", "状态", Kind.CHOICE, words(kinds.Status), 9),
        staff("progress", "进度", Kind.CHOICE, PROGRESS, 10),
        staff("board", "版块", Kind.CHOICE, BOARDS, 12),
        *_group(
            INITIATION,
            staff("urgency", "紧急程度", Kind.CHOICE, URGENCY, 9),
            staff("source", "任务来源", Kind.CHOICE, width=16),
            staff("source_number", "来源文号", width=20),
            staff("source_date", "来源日期", Kind.DAY, width=12),
            staff("meeting_chair", "会议主持", Kind.CHOICE, CHAIRS, 16),
            staff("requirement", "办理要求", Kind.LONG_TEXT, width=38),
            staff("initiating_office", "立项主体", Kind.UNIT, width=12),
            staff("approver", "立项审批人", width=11),
            staff("approver_rank", "审批人职务", Kind.CHOICE, RANKS, 14),
            staff("approved_at", "立项审批时间", Kind.MOMENT, width=16.5),
            staff("assigned_at", "交办时间", Kind.MOMENT, width=16.5),
            staff("fixed_due", "指定期限", Kind.MOMENT, width=16.5),
            staff("secrecy", "密级", Kind.CHOICE, ("非密",), 7),
            staff("passively_included", "被动纳入", Kind.CHOICE, YES, 8),
            staff("parent", "上级编号", width=15),
            staff("handling_office", "承办科室", Kind.UNIT, width=11),
            staff("service_object", "服务对象", width=13),
            staff("original_number", "原编号", width=14),
            button("node_1_day", "1天节点", Kind.MOMENT, width=16.5),
            button("node_3_days", "3天节点", Kind.MOMENT, width=16.5),
            button("node_7_days", "7天节点", Kind.MOMENT, width=16.5),
            button("node_1_month", "1个月节点", Kind.MOMENT, width=16.5),
            button("initiated_at", "立项时间", Kind.MOMENT, width=16.5),
            button("notice_number", "通知文号", width=20),
            button("notice_issued_at", "通知下发时间", Kind.MOMENT, width=16.5),
        ),
        staff("responsible_leader", "责任领导", width=9),
        *_group(
            LEADERS,
            staff("assigning_leader", "交办领导", width=10),
            staff("assigning_leader_rank", "交办领导职务", Kind.CHOICE, RANKS, 14),
            staff("transferring_office", "转交科室", Kind.UNIT, width=12),
            staff("directly_responsible", "直接责任人", width=11),
        ),
        staff("cooperating_units", "配合单位", Kind.UNITS, width=16),
        *_group(
            PROVINCE,
            staff("province_due", "省级期限", Kind.MOMENT, width=16.5),
            staff("decomposition_approver", "分解审批人", width=11),
            staff("decomposition_approved_at", "分解审批时间", Kind.MOMENT, width=16.5),
            staff("office_approver", "办公厅审批人", width=12),
            staff("office_approved_at", "办公厅审批时间", Kind.MOMENT, width=16.5),
            staff("city_leader_approver", "市领导审批人", width=12),
            staff("city_leader_approved_at", "市领导审批时间", Kind.MOMENT, width=16.5),
            staff("submitted_at", "上报时间", Kind.MOMENT, width=16.5),
        ),
        button("completion_due", "办结期限", Kind.MOMENT, width=16.5),
        *_group(
            CLOSE_OUT,
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
        ),
        machine("check_note", "核验提示", Kind.LONG_TEXT, width=44),
        *_group(
            KEPT,
            machine("overdue_hours", "逾期小时", Kind.INTEGER, width=9),
            machine("overdue_count", "逾期次数", Kind.INTEGER, width=9),
            machine("urging_count", "催办次数", Kind.INTEGER, width=9),
            machine("last_sent_at", "末次提醒时间", Kind.MOMENT, width=16.5),
            machine("acknowledged_at", "签收时间", Kind.MOMENT, width=16.5),
            machine("escalated_at", "升级时间", Kind.MOMENT, width=16.5),
            machine("basis", "依据", width=24),
            machine("synced_at", "同步时间", Kind.MOMENT, width=16.5),
        ),
        # Last and in sight: LibreOffice draws what a folded column holds over the edge of the page.
        staff("note", "备注", Kind.LONG_TEXT, width=20),
    ),
)
