"""A matter past its last limit that is not finished: reported on (reading 31), or taken over as it stood (SZ1-16)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from engine.facts.duty import Duty
from engine.facts.finding import Finding, hint
from engine.rules.checks.row import has_ended, shown
from engine.rules.duties.case import Case
from engine.rules.duties.taken_over import overdue_at_takeover
from engine.rules.duties.unfinished import unfinished_limit


def reported_unfinished(case: Case, duties: Sequence[Duty], now: datetime) -> Iterator[Finding]:
    """SZ1-16: by its last limit a matter is closed, applied for or extended; a report alone is none of these."""
    matter = case.matter
    limit = None if has_ended(matter) else unfinished_limit(case, duties, now)
    if limit:
        problem = f"最后期限 {shown(limit.due)} 已到，承办单位已报送，却没有申请办结，也没有申请延期。"
        remedy = "请督促承办单位申请办结；确需长期推进的，按程序申请转持续推进。"
        place, clause = matter.place.at("status"), case.cites.extension
        yield hint(place, "reported_unfinished", clause, problem, remedy, matter.number)


def late_when_taken_over(case: Case, duties: Sequence[Duty]) -> Iterator[Finding]:
    """SZ1-16: a matter whose last limit lies before 启用时间 is urged by nobody: it needs a report, an extension or a
    close-out.
    """
    matter = case.matter
    limit = None if has_ended(matter) else overdue_at_takeover(case, duties)
    if limit:
        problem = f"接管前已过最后期限（{shown(limit.due)}），程序不催办、不计分，也不会再提醒。"
        remedy = "请登记一次反馈，或申请延期（转持续推进），或申请办结。"
        place = matter.place.at("status")
        yield hint(place, "late_when_taken_over", case.cites.extension, problem, remedy, matter.number)
