"""Contradictions between cells of one row that need no clock and no policy: a deadline before its own start."""

from collections.abc import Iterator
from typing import NamedTuple

from engine.facts.finding import Finding, error
from engine.facts.matter import Matter
from engine.facts.moment import as_written, is_bare_date
from engine.facts.records import Completion, Report
from engine.ledger.headings.columns import BY_KEY
from engine.ledger.reading.matter_rows import MatterRows
from engine.ledger.reading.record_rows import RecordRows

RULE = "deadline_before_start"


class _Order(NamedTuple):
    """A deadline, and the times from which it runs: the first that is filled in counts."""

    due: str
    starts: tuple[str, ...]


_MATTER = (
    _Order("fixed_due", ("assigned_at",)),
    _Order("province_due", ("assigned_at",)),
    _Order("target_due", ("long_running_since",)),
)
_REPORT = (_Order("rectification_due", ("reviewed_at", "reported_at")),)
_COMPLETION = (_Order("rectification_due", ("finalized_at", "applied_at")),)


def cross_check(matters: MatterRows, records: RecordRows) -> Iterator[Finding]:
    """A finding for every deadline that lies before the time from which it runs."""
    for matter in matters.matters:
        yield from _check(matter, matter.number, _MATTER)
    for number, found in records.by_matter.items():
        for report in found.reports:
            yield from _check(report, number, _REPORT)
        for completion in found.completions:
            yield from _check(completion, number, _COMPLETION)


def _check(fact: Matter | Report | Completion, number: str, orders: tuple[_Order, ...]) -> Iterator[Finding]:
    """Compared by day where one of the two is a bare date (reading 2)."""
    for field, starts in orders:
        due = getattr(fact, field)
        since = next((name for name in starts if getattr(fact, name)), None) if due else None
        start = getattr(fact, since) if since else None
        if start is None or due >= start:
            continue
        by_day = is_bare_date(start) or is_bare_date(due)
        if not by_day or due.date() < start.date():
            heading = BY_KEY[fact.place.sheet].heading(since or "")
            text = f"{as_written(due)} 早于{heading} {as_written(start)}。"
            yield error(fact.place.at(field), RULE, "", text, "请核对这两个时间。", number or None)
