"""The enumerations of the engine. A member's value is the word that stands in the workbook.

What a regime chooses (版块, 办理时限, 评估等级, 预警灯, 升级标记, 单位类别) is data of its policy, and plain text in
facts.
"""

from enum import StrEnum

FIXED_DATE, LONG = "指定日期", "长期"
"""办理时限 of every regime: a date of the matter's own; no nodes, 持续推进 from the start (reading 22)."""

OFFICE_CATEGORY = "科室"
"""类别 of the offices of the government itself, in every regime."""


class Status(StrEnum):
    """状态 of a matter; an empty cell means ``AWAITING_INITIATION``."""

    AWAITING_INITIATION = "待立项"
    IN_PROGRESS = "办理中"
    LONG_RUNNING = "持续推进"
    AWAITING_APPROVAL = "待审定"
    COMPLETED = "已办结"
    WITHDRAWN = "已撤销"

    @property
    def has_ended(self) -> bool:
        """Whether nothing is owed any more."""
        return self in (Status.COMPLETED, Status.WITHDRAWN)


class MessageKind(StrEnum):
    """类型 of an SMS, as it stands in 短信记录."""

    ASSIGNMENT = "交办"
    REMINDER = "提醒"
    URGING = "催办"
    WEEKLY = "周提醒"
    MONTHLY_URGING = "月报催办"
    REPORT_RECEIVED = "反馈通知"
    SENT_BACK = "退回通知"
    ESCALATION = "升级"
    COMPLETION = "办结通知"
    DIGEST = "汇总"
    MORNING = "晨报"
    TEST = "测试"


# Having been urged (reading 10): by art. 14, by the monthly urging of SZ2-4.1 and SZ3-4.1. A 提醒 is none.
URGINGS = frozenset({MessageKind.URGING, MessageKind.MONTHLY_URGING})


class Role(StrEnum):
    """Which person of a unit is addressed (SZ1-6, SZ1-9)."""

    HEAD = "第一责任人"
    CONTACT = "具体责任人"


class OverdueState(StrEnum):
    """逾期状态; the bands are those of reading 5."""

    NOT_DUE = "未到期"
    NEAR = "临期"
    WITHIN_ONE_DAY = "逾期1天内"
    WITHIN_TWO_DAYS = "逾期2天内"
    OVER_TWO_DAYS = "逾期2天以上"
    REPORTED = "已报送"
    REPORTED_UNFINISHED = "已报送未办结"
    COMPLETED = "已办结"


class ReviewResult(StrEnum):
    """审核结果 of a report."""

    PENDING = "待审核"
    ACCEPTED = "通过"
    SENT_BACK = "退回"


class FollowUp(StrEnum):
    """后续方式 of a return (SZ1-13.3)."""

    INQUIRY_LETTER = "函询"
    KEEP_WORKING = "持续办理"
    INTERVIEW = "约谈"


class ExtensionKind(StrEnum):
    """申请类型 in 延期申请 (SZ1-16, BS-8.3)."""

    TO_LONG_RUNNING = "转持续推进"
    NEW_DEADLINE = "调整期限"
    EXPLANATION = "情况说明"


class ExtensionResult(StrEnum):
    """结果 in 延期申请."""

    AGREED = "同意"
    REFUSED = "不同意"


class Verdict(StrEnum):
    """核验结论: what the verification came to where the 服务对象 does not agree (SZ1-15)."""

    FIT_TO_CLOSE = "可办结"
    NOT_FIT_TO_CLOSE = "不可办结"


class CompletionResult(StrEnum):
    """结果 in 办结审核."""

    COMPLETED = "办结"
    SENT_BACK = "退回"


class SupervisionMethod(StrEnum):
    """方式 in 督办记录 (SZ1-13, SZ1-14, BS-7.3)."""

    PHONE_URGING = "电话催办"
    FOLLOW_UP_INSPECTION = "跟踪督查"
    WRITTEN = "书面督办"
    SPOT_CHECK = "随机抽查"
    ON_SITE = "实地检查"
    INQUIRY_LETTER = "函询"
    INTERVIEW = "约谈"
    COORDINATION = "协调"
    ESCALATED = "重点督办"
    CIRCULAR = "通报"


class DayType(StrEnum):
    """类型 in 节假日."""

    HOLIDAY = "放假"
    WORKDAY = "上班"


class SmsSwitch(StrEnum):
    """短信发送 in 参数设置."""

    ON = "开"
    TRIAL = "试运行"
    OFF = "停"


class Party(StrEnum):
    """Whom a schedule of messages addresses."""

    OWNER = "承办单位"
    INITIATING_OFFICE = "立项主体"
    SUPERVISION_OFFICE = "督查室"
    HANDLING_OFFICE = "承办科室"
    DRAFTER = "报告负责人"
