"""The words of the review workbook: its sheets, its headings, and what a column may become."""

from engine.ledger.headings.columns import MATTERS

ROWS, WORDS, CONTACTS, COMMON = "逐行核对", "存疑词语", "联系人", "统一填写"
COLUMNS, ACCOUNT, GUIDE, CHOICES = "列对照", "对账", "怎么核对", "选项"
LEDGER_ID, ROW_COUNT = "B1", "B2"
"""Where 台账标识 and the number of rows stand on the hidden sheet: a review belongs to one ledger, and loses none."""
DECISION, WHY, SOURCE, SAID, MACHINE = "处理", "存疑说明", "来源", "原文", "程序用"
PROGRESS, PROGRESS_DATE = "进展（反馈记录）", "进展日期"
KIND, TEXT, COUNT, PROPOSED, CHANGED_TO, REASON = "类别", "原文", "行数", "拟作", "改为", "原因"
UNIT, ROLE, NAME, MOBILE = "单位名称", "角色", "姓名", "手机号码"
ITEM, VALUE, EXPLANATION = "项目", "填写", "说明文字"
FILE, SHEET, AREA, HEADING, BECOMES, HOW, FILLED = "文件", "表", "范围", "原表头", "导入到", "依据", "有内容的格数"

# Fields of a matter in the order in which a person checks them; of the others only those with a value are shown.
ALWAYS = (
    *("original_number", "content", "lead_unit", "cooperating_units", "time_limit", "fixed_due", "assigned_at", "note"),
)
SOMETIMES = (
    *("requirement", "board", "source", "source_number", "source_date", "responsible_leader", "assigning_leader"),
    *("initiating_office", "handling_office", "directly_responsible", "urgency", "secrecy", "service_object", "parent"),
)
# What an old ledger omits because it is the same for all its matters.
COMMON_FIELDS = (
    *("board", "source", "source_number", "source_date", "initiating_office", "assigning_leader"),
    *("assigning_leader_rank", "transferring_office", "approver", "approver_rank", "approved_at", "assigned_at"),
)
_SPREAD = {
    "unit_and_people": "责任单位和责任人",
    "contact": "具体责任人姓名",
    "contact_mobile": "具体责任人手机号",
    "contact_both": "具体责任人姓名和手机号",
    "head": "第一责任人姓名",
    "head_mobile": "第一责任人手机号",
    "deadline": "时限",
    "progress": "进展",
    "progress_date": "进展的日期",
    "state": "办理状态（只作参考）",
    "completed_at": "办结日期（只作参考）",
}
TO_NOTE = "备注（连同表头）"


def becomes(ours: str) -> str:
    """What a column becomes, in words for people."""
    if not ours:
        return TO_NOTE
    return _SPREAD.get(ours) or heading_of(ours)


def heading_of(field: str) -> str:
    """The heading of a field of a matter; the field itself where this ledger's version does not have it."""
    return next((column.heading for column in MATTERS.columns if column.field == field), field)


def ours_by_words(known: frozenset[str]) -> dict[str, str]:
    """The words of the dropdown → ours."""
    return {becomes(ours): ours for ours in sorted(known)} | {TO_NOTE: ""}
