"""A matter that was reported on at its last limit, and is not finished (SZ1-16; reading 31)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from engine.facts.duty import Duty
from engine.facts.finding import Finding, hint
from engine.rules.checks.row import has_ended, shown
from engine.rules.duties.case import Case
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
