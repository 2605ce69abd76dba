"""The forms of 统计 → 报表."""

from datetime import datetime, timedelta

from addin.dialogs.form import EntryKind, Faults, Field, Form, Values
from engine.facts.points import Quarter
from engine.service.circulars import CircularKind


def briefing_form(now: datetime) -> Form:
    """会议汇报."""
    tomorrow = f"{now + timedelta(days=1):%Y-%m-%d}"
    return Form(
        "会议汇报",
        "列出到开会前一日逾期未落实的事项，生成 Word。台账不改动。",
        (Field("meeting", "开会日期", EntryKind.MOMENT, tomorrow, required=True),),
        "生成",
    )


def circular_form(now: datetime) -> Form:
    """通报."""

    def fits(values: Values) -> Faults:
        if values["kind"] == CircularKind.RANKING.value and not values["quarter"]:
            return {"quarter": "排名通报要写明季度，如 2026Q3。"}
        return {}

    last = Quarter.of((now - timedelta(days=90)).date())
    return Form(
        "通报",
        "生成通报（Word文件）。没有批准的是草稿；经批准并在「督办记录」登记了“通报”、批准人和批准时间的，才能编号。",
        (
            Field("kind", "种类", EntryKind.CHOICE, CircularKind.ALL.value, tuple(CircularKind), required=True),
            Field("quarter", "季度", default=str(last), hint="只用于“排名”"),
            Field("number", "文号", hint="留空就是草稿"),
        ),
        "生成",
        fits,
    )


def team_form() -> Form:
    """督查分组."""
    return Form(
        "督查分组",
        "从三库中为一次督查提出各组人选。",
        (Field("task", "任务编号", required=True, hint="「督查任务」里的编号"),),
        "提出建议",
    )
