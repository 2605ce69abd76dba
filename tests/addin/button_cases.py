"""What each button is pressed with in tests, and the columns that it may change."""

import xlwings as xw

from engine.ledger.headings.columns import MATTERS
from tests.addin.pressing import (
    Clerk,
    button,
)

FLAGS = {(MATTERS.name, column.heading) for column in MATTERS.columns if column.owner == "机"}
LOG = "操作日志"
ONE = "2026-日-0024"
GRADED = {
    "grade": "良好",
    "grader": "甲",
    "grade_approver": "乙",
    "grade_approver_rank": "秘书长",
    "requester": "甲",
    "requested_at": "2026-11-20 10:00",
    "reviewer": "乙",
    "reviewer_rank": "秘书长",
    "reviewed_at": "2026-11-21 10:00",
    "finalizer": "丙",
    "finalizer_rank": "分管副市长",
    "finalized_at": "2026-11-22 10:00",
    "result": "办结",
}


def synchronized(person: Clerk) -> None:
    """Bring the flags up to date first, so that what a button changes is its own doing."""
    button("synchronize")()
    person.told.clear()


class ButtonCase:
    """What a button is pressed with, and the columns that it may change besides the flags."""

    def __init__(self, name: str, answers: dict[str, str], changes: set[tuple[str, str]], matter: str = ONE) -> None:
        self.name, self.answers, self.changes, self.matter = name, answers, changes, matter


def columns(sheet: str, *headings: str) -> set[tuple[str, str]]:
    return {(sheet, heading) for heading in headings}


CASES = [
    ButtonCase(
        "register_report",
        {"content": "已完成初稿", "node": "1天", "reporter": "王某"},
        columns(
            "反馈记录", "记录编号", "事项编号", "报送单位", "节点", "报送时间", "报送内容", "报送人", "审核结果",
            "登记人",
        ),
    ),
    ButtonCase(
        "send_back",
        {"return_reason": "数据不实", "rectification_due": "2026-12-01"},
        columns("反馈记录", "审核结果", "退回原因", "后续方式", "整改期限", "审核人", "审核时间"),
        "2026-日-0013",
    ),
    ButtonCase(
        "register_extension",
        {
            "applied_at": "2026-11-22 18:00",
            "reason": "工期长",
            "plan": "分三步",
            "late_explanation": "汛期停工",
            "late_approver": "张某",
            "late_approved_at": "2026-11-22 18:30",
            "result": "同意",
            "approver": "张某",
            "approver_rank": "分管副秘书长",
            "approved_at": "2026-11-22 19:00",
        },
        columns(
            "延期申请", "事项编号", "申请时间", "申请类型", "申请理由", "落实方案", "原期限", "同意人", "同意人职务",
            "同意时间", "结果", "逾时受理说明", "逾时批准人", "逾时批准时间",
        )
        | columns(MATTERS.name, "状态", "持续推进起"),
    ),
    ButtonCase(
        "apply_completion",
        {"service_object_agrees": "同意"},
        columns("办结审核", "事项编号", "申请时间", "服务对象意见") | columns(MATTERS.name, "状态"),
    ),
    ButtonCase(
        "close_out",
        GRADED,
        columns(
            "办结审核", "评估等级", "评估人", "等级审定人", "等级审定人职务", "等级审定时间", "提请人", "提请时间",
            "审核人", "审核人职务", "审核时间", "审定人", "审定人职务", "审定时间", "结果",
        )
        | columns(MATTERS.name, "状态", "评估等级", "审定人", "办结时间"),
        "2026-日-0012",
    ),
    ButtonCase(
        "record_supervision",
        {"outcome": "已催"},
        columns("督办记录", "事项编号", "时间", "方式", "对象单位", "经办人", "情况"),
    ),
]  # fmt: skip


def heading(book: xw.Book, place: tuple[str, str]) -> str:
    return str(book.impl._workbook[place[0]][f"{place[1].rstrip('0123456789')}1"].value)
