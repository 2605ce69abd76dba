"""The words of the two shipped regimes, for samples and tests; everything else reads them from the policies."""

from enum import StrEnum


class Board(StrEnum):
    """版块: which set of rules a matter runs on (SZ1-8, BS-2, SZ1-10)."""

    DAILY = "日常管理事项"
    KEY_TASK = "重点工作任务"
    REFORM = "重大改革事项"
    EXECUTIVE_MEETING = "常务会议议定事项"
    PROVINCE = "省政府交办事项"


class TimeLimit(StrEnum):
    """办理时限 as typed; ``LONG`` has no nodes and is 持续推进 from the start (reading 22)."""

    ONE_DAY = "1天"
    THREE_DAYS = "3天"
    SEVEN_DAYS = "7天"
    ONE_MONTH = "1个月"
    FIXED_DATE = "指定日期"
    LONG = "长期"


class Grade(StrEnum):
    """评估等级 (SZ1-17)."""

    EXCELLENT = "优秀"
    GOOD = "良好"
    ACCEPTABLE = "合格"
    FAIL = "不合格"


class Light(StrEnum):
    """预警灯."""

    GREEN = "绿"
    YELLOW = "黄"
    RED = "红"
    PURPLE = "紫"
    GREY = "灰"


class Escalation(StrEnum):
    """升级标记, from the mildest to the gravest (reading 7)."""

    COORDINATION = "报请协调"
    AWAITING_ESCALATED = "待批重点督办"
    ESCALATED = "重点督办"
    HANDED_OVER = "移交核查"
    CIRCULATED = "重点通报"


class UnitCategory(StrEnum):
    """类别 in 单位通讯录."""

    COUNTY = "县区"
    DEVELOPMENT_ZONE = "开发区"
    DEPARTMENT = "市直部门"
    RESIDENT = "驻朔单位"
    OFFICE = "科室"


class Regime(StrEnum):
    """制度方案 in 参数设置."""

    SHUOZHOU = "朔州"
    BAOSHAN = "保山"


MARKS = {
    Board.DAILY: "日",
    Board.KEY_TASK: "重",
    Board.REFORM: "改",
    Board.EXECUTIVE_MEETING: "常",
    Board.PROVINCE: "省",
}
