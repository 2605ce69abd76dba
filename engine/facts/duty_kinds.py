"""The kinds of duty, one row each: its word, how it is met, its periods.

Whatever depends on the kind derives from here: the words of 节点 and 期次 in sheets, dropdowns, forms and guides, which
report meets what, and what counts as 报送.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Self

from engine.facts.periods import CALENDAR_FORMS, MONTH, QUARTER, RETURN_NUMBER, CalendarPeriod, PeriodForm


class MetBy(Enum):
    """How a duty of a kind is met. What is announced is met by nothing: nobody owes it."""

    NODE_REPORT = auto()  # a report that names it (1天, 蓝色督查单 …), or none
    KIND_REPORT = auto()  # a report whose 节点 is the word of the kind, or none
    OPINION = auto()  # the same, handed in by the co-operating unit that owes it
    STAMP = auto()  # a time in the matter's row
    TASK = auto()  # a time in the row of an inspection task
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class DutyTraits:
    """One row of the table. ``stamp`` is the field of the matter's row that meets it.

    ``is_reporting``: it is 信息报送, so its lateness costs points (SZ4-10.2) and its urging the quarter's addition.
    ``is_summary``: a written summary (小结) of a stretch of the calendar, owed on the boards that the policy's
    ``summaries`` name. ``ends_when_long_running``: 转持续推进 ends it (SZ1-16). ``recurs``: its slots may skip holidays
    (reading 18). ``is_nudge``: it urges a unit to proceed, so nothing is sent once the unit has applied for close-out.
    ``before_deadline``: announced by slots around a deadline, not once when something has happened.
    """

    met_by: MetBy
    period: PeriodForm | None = None
    stamp: str = ""
    is_reporting: bool = False
    is_summary: bool = False
    ends_when_long_running: bool = False
    recurs: bool = False
    is_nudge: bool = False
    before_deadline: bool = False


class DutyKind(StrEnum):
    """What sort of thing is owed; the value is the word that people use. The policy holds its schedule of messages."""

    traits: DutyTraits
    is_announced: bool
    """Whether it is an announcement, sent once or repeatedly and owed by no unit: it never changes a light."""

    def __new__(cls, word: str, traits: DutyTraits) -> Self:
        """A member with its row."""
        member = str.__new__(cls, word)
        member._value_, member.traits = word, traits
        member.is_announced = traits.met_by is MetBy.NOTHING
        return member

    NODE = "节点", DutyTraits(MetBy.NODE_REPORT, is_reporting=True, ends_when_long_running=True)
    RECTIFICATION = "整改", DutyTraits(MetBy.KIND_REPORT, RETURN_NUMBER, is_reporting=True)
    MONTHLY_REPORT = "月报", DutyTraits(MetBy.KIND_REPORT, MONTH, is_reporting=True, recurs=True)
    QUARTERLY_SUMMARY = "季报", DutyTraits(MetBy.KIND_REPORT, QUARTER, is_reporting=True, is_summary=True)
    RECURRING_REPORT = "定期报告", DutyTraits(MetBy.NODE_REPORT, is_reporting=True, recurs=True)
    SUPERVISION_PAPER = "督查单", DutyTraits(MetBy.NODE_REPORT)
    NOTICE = "下发通知", DutyTraits(MetBy.STAMP, stamp="notice_issued_at")
    COOPERATION_OPINION = "协办意见", DutyTraits(MetBy.OPINION, ends_when_long_running=True)
    PROVINCE_DEADLINE = "省级期限", DutyTraits(MetBy.STAMP, stamp="submitted_at")
    INSPECTION_REPORT = "督查报告", DutyTraits(MetBy.TASK)
    INTERNAL_DEADLINE = "内部期限", DutyTraits(MetBy.NOTHING, before_deadline=True)
    YEAR_END = "年底清零", DutyTraits(MetBy.NOTHING, is_nudge=True, before_deadline=True)
    WEEKLY = "持续跟进", DutyTraits(MetBy.NOTHING, is_nudge=True, recurs=True)
    ASSIGNMENT = "交办", DutyTraits(MetBy.NOTHING)
    PAPER_ISSUED = "督查单下发", DutyTraits(MetBy.NOTHING)
    REPORT_RECEIVED = "反馈", DutyTraits(MetBy.NOTHING)
    SENT_BACK = "退回", DutyTraits(MetBy.NOTHING)
    COMPLETION = "办结", DutyTraits(MetBy.NOTHING)

    @property
    def is_met_by_reports(self) -> bool:
        """Whether what a unit hands in meets it; a notice or a submission is met by its own stamp."""
        return self.traits.met_by in (MetBy.NODE_REPORT, MetBy.KIND_REPORT, MetBy.OPINION)

    @property
    def summary_form(self) -> CalendarPeriod | None:
        """The stretches of the calendar that a written summary is about; ``None`` for any other kind."""
        form = self.traits.period
        return form if self.traits.is_summary and isinstance(form, CalendarPeriod) else None

    @property
    def summary_title(self) -> str:
        """What people call the written summary: 季度小结; empty for any other kind."""
        return f"{self.summary_form.word}小结" if self.summary_form else ""


BY_REPORT_WORD = {kind.value: kind for kind in DutyKind if kind.traits.met_by in (MetBy.KIND_REPORT, MetBy.OPINION)}
"""The kinds that a report names by their own word in 节点."""

_PERIODS = {word: kind.traits.period for word, kind in BY_REPORT_WORD.items() if kind.traits.period}
PERIOD_FORMS = dict(sorted(_PERIODS.items(), key=lambda row: row[1] is RETURN_NUMBER))
"""How the 期次 of a report is spelled, by the word in 节点; a bare number is a return only if nothing else fits."""


def period_in_words(period: str) -> str:
    """A period as an SMS words it: ``2026-03`` → 3, ``2026Q1`` → 第1, ``2026-W12`` → 第12周,
    ``2026-03-02周`` → 3月2日起一周.
    """
    if period.endswith("周"):
        return f"{int(period[5:7])}月{int(period[8:10])}日起一周"
    if "W" in period:
        return f"第{int(period[6:])}周"
    if period.endswith("旬"):
        return f"{int(period[5:7])}月{period[7:]}"
    forms = (form for form in CALENDAR_FORMS if form.parse(period) == period and len(period) > 5)
    form = next(forms, None)
    return form.in_words(period) if form else period


def period_hints(verb: str) -> str:
    """``月报写 2026-03，季报写 2026Q1，整改写第几次退回（1、2、3）``: every 期次 for a prompt."""
    return "，".join(f"{word}{verb}{form.listed}" for word, form in PERIOD_FORMS.items())
