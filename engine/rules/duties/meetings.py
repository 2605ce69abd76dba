"""Duties of the executive meeting's decisions (BS-5.2, 6.4): the notice in time, the co-operating units' opinions."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from engine.facts.duty import Duty
from engine.facts.duty_kinds import DutyKind
from engine.facts.moment import at_clock
from engine.rules.duties import deadlines
from engine.rules.duties.case import Case, Paragraph

_DAY = timedelta(days=1)


def notice_in_time(case: Case) -> Iterator[Duty]:
    """BS-5.2: 督查室 issues the notice within 3 workdays after the minutes came out (reading 29)."""
    days = case.policy.meeting.notice_workdays
    minutes = case.matter.source_date
    if not days or minutes is None:
        return
    due = datetime.combine(case.workdays.shift(minutes.date(), days), case.policy.meeting.clock)
    yield Duty(
        case.matter.number,
        DutyKind.NOTICE,
        "下发通知",
        case.policy.initiation.supervision_office,
        at_clock(minutes, time()),
        due,
        case.cites.notice,
        readings=(29,),
        provisional=case.workdays.may_move(minutes.date() + _DAY, due.date()),
    )


def cooperation_opinions(case: Case) -> Iterator[Duty]:
    """BS-6.4: every co-operating unit hands its opinion to the lead unit before the lead's deadline (reading 29)."""
    ahead = case.policy.meeting.opinion_workdays_ahead
    began = case.standing.started_at
    ladder = deadlines.nodes(case.matter, case.policy, case.workdays) if ahead else ()
    if began is None or not ladder:
        return
    limit = ladder[-1]
    due = datetime.combine(case.workdays.shift(limit.due.date(), -ahead), case.policy.meeting.clock)
    provisional = limit.provisional or case.workdays.may_move(due.date(), limit.due.date() - _DAY)
    for unit in case.matter.cooperating_units:
        if due > began:
            yield Duty(
                case.matter.number,
                DutyKind.COOPERATION_OPINION,
                "协办意见",
                unit,
                began,
                due,
                case.cites.opinion,
                readings=(29,),
                provisional=provisional,
            )


PARAGRAPHS: tuple[Paragraph, ...] = (
    notice_in_time,  # BS-5.2
    cooperation_opinions,  # BS-6.4
)
