"""Findings that need a matter's duties: reported on but not finished (SZ1-16), 重点督办 of what is not overdue
(SZ1-14).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from engine.facts.duty import Duty
from engine.facts.finding import Finding, error, hint
from engine.rules.checks.row import has_ended, shown
from engine.rules.duties.approved_acts import lacks_lateness
from engine.rules.duties.case import Case
from engine.rules.duties.taken_over import overdue_at_takeover
from engine.rules.duties.unfinished import unfinished_limit


def reported_unfinished(case: Case, duties: Sequence[Duty], now: datetime) -> Iterator[Finding]:
    """SZ1-16, BS-8.3: by its last limit a matter is closed, applied for or extended; a report alone is none."""
    matter = case.matter
    limit = None if has_ended(matter) else unfinished_limit(case, duties, now)
    if limit:
        problem = f"最后期限 {shown(limit.due)} 已到，承办单位已报送，却没有申请办结，也没有申请延期。"
        remedy = "请督促承办单位申请办结；确需长期推进的，按程序申请转持续推进。"
        place, clause = matter.place.at("status"), case.cites.extension
        yield hint(place, "reported_unfinished", clause, problem, remedy, matter.number)


def escalated_while_overdue(case: Case, duties: Sequence[Duty]) -> Iterator[Finding]:
    """SZ1-14, BS-8.4: 重点督办 is for what went overdue; approved before, it has no effect (reading 33)."""
    for act in case.records.supervisions:
        rung, at = case.policy.rung_of_act(act.method), act.approved_at
        if rung and at and lacks_lateness(rung, at, duties):
            problem = f"{shown(at)} 批准{act.method}时没有逾期过的期限，{act.method}不起作用。"
            place, remedy = act.place.at("approved_at"), "请核对批准时间和事项编号；逾期以后批准的，请填逾期后的时间。"
            yield error(place, "escalated_without_lateness", case.cites.escalation, problem, remedy, act.matter)


def resting_on_movable_days(case: Case, duties: Sequence[Duty], now: datetime) -> Iterator[Finding]:
    """SZ2-4.2, BS-5.2: a deadline still owed that the next year's notice may move is 暂定."""
    matter = case.matter
    provisional = [duty for duty in duties if duty.provisional and duty.is_open(now)]
    if provisional and not has_ended(matter):
        named = "、".join(dict.fromkeys(f"{duty.name}（{shown(duty.due)}）" for duty in provisional))
        problem = f"暂定期限：{named}。次年放假安排还没有录入，可能调休。"
        remedy = "公布后请在「节假日」录入，或升级程序，期限自动重算。"
        place, clause = matter.place.at("number"), case.policy.citations.workdays
        yield hint(place, "provisional_deadline", clause, problem, remedy, matter.number)


def late_when_taken_over(case: Case, duties: Sequence[Duty]) -> Iterator[Finding]:
    """SZ1-16, BS-8.3: a matter whose last limit lies before 启用时间 is urged by nobody: it needs a report, an
    extension or a close-out.
    """
    matter = case.matter
    limit = None if has_ended(matter) else overdue_at_takeover(case, duties)
    if limit:
        problem = f"接管前已过最后期限（{shown(limit.due)}），程序不催办、不计分，也不会再提醒。"
        remedy = "请登记一次反馈，或申请延期（转持续推进），或申请办结。"
        place = matter.place.at("status")
        yield hint(place, "late_when_taken_over", case.cites.extension, problem, remedy, matter.number)
