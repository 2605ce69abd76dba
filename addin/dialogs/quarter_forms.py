"""The forms with a quarter: 季度评分 and 转存短信记录."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from addin.dialogs.form import EntryKind, Faults, Field, Form, Values
from engine.facts.points import Quarter
from engine.scores.publishing import Past, open_quarter

TRIAL, PUBLISH = "试算", "通报"
YEAR = "年"
_QUARTERS = 4


def score_form(past: Past, now: datetime) -> Form:
    """季度评分 (SZ1-22, SZ4-11): the first quarter that waits to be published, else the one that ended last. A year can
    be chosen too.
    """
    current = Quarter.of(now.date())
    ended = Quarter.of(current.first - timedelta(days=1))
    first = waiting = min(open_quarter(past), current) if past else ended
    for _ in range(_QUARTERS):
        first = Quarter.of(first.first - timedelta(days=1))
    quarters = [first]
    while quarters[-1] < current:
        quarters.append(quarters[-1].following)
    years = [f"{year}{YEAR}" for year in range(current.year, first.year - 1, -1)]
    return Form(
        "季度评分",
        "试算只看不改。通报后得分固定，写入「积分明细」「季度积分」和「问责线索」，事后的变化在下一季度更正；"
        "四个季度都通报后，才能通报年度排名。",
        (
            Field(
                "span",
                "季度或年度",
                EntryKind.CHOICE,
                str(waiting),
                (*map(str, reversed(quarters)), *years),
                required=True,
                hint=f"如 {waiting}；{years[0]}是全年总评和排名",
            ),
            Field("purpose", "试算或通报", EntryKind.CHOICE, TRIAL, (TRIAL, PUBLISH), required=True),
            Field("scorer", "评分人", hint="通报的填写"),
        ),
        "评分",
        _score_fits,
    )


def _score_fits(values: Values) -> Faults:
    if values["purpose"] == PUBLISH and not values["scorer"]:
        return {"scorer": "通报须写明评分人。"}
    return {}


def archive_form(quarters: Sequence[str]) -> Form:
    """转存短信记录: up to which of the published quarters."""
    return Form(
        "转存短信记录",
        "把积分已通报的季度的短信记录移到台账旁边的年度文件。转存后台账里不再保留这些行。",
        (
            Field(
                "until",
                "转存到",
                EntryKind.CHOICE,
                quarters[-1],
                tuple(reversed(quarters)),
                required=True,
                hint="含这个季度",
            ),
        ),
        "转存",
    )
