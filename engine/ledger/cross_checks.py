"""Contradictions between cells of one row that need no clock and no policy: a deadline before its own start."""

from collections.abc import Iterator
from datetime import datetime

from engine.facts.finding import Finding, Place, error
from engine.facts.moment import is_bare_date
from engine.ledger.matter_rows import MatterRows
from engine.ledger.record_rows import RecordRows

RULE = "deadline_before_start"


def cross_check(matters: MatterRows, records: RecordRows) -> Iterator[Finding]:
    """A finding for every deadline that lies before the time from which it runs."""
    for matter in matters.matters:
        place, number, start = matter.place, matter.number, matter.assigned_at
        yield from _order(place, "fixed_due", start, matter.fixed_due, "交办时间", number)
        yield from _order(place, "province_due", start, matter.province_due, "交办时间", number)
        yield from _order(place, "target_due", matter.long_running_since, matter.target_due, "持续推进起", number)
    for number, found in records.by_matter.items():
        for report in found.reports:
            start, name = (report.reviewed_at, "审核时间") if report.reviewed_at else (report.reported_at, "报送时间")
            yield from _order(report.place, "rectification_due", start, report.rectification_due, name, number)
        for completion in found.completions:
            start = completion.finalized_at or completion.applied_at
            name = "审定时间" if completion.finalized_at else "申请时间"
            yield from _order(completion.place, "rectification_due", start, completion.rectification_due, name, number)


def _order(
    place: Place, field: str, start: datetime | None, due: datetime | None, start_heading: str, number: str
) -> Iterator[Finding]:
    """Compared by day where one of them is a bare date (reading 2)."""
    if start is None or due is None or due >= start:
        return
    by_day = is_bare_date(start) or is_bare_date(due)
    if due.date() < start.date() if by_day else due < start:
        text = f"{due:%Y-%m-%d %H:%M} 早于{start_heading} {start:%Y-%m-%d %H:%M}。"
        yield error(place.at(field), RULE, "", text, "请核对这两个时间。", number or None)
