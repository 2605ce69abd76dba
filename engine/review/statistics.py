"""统计分析 for leaders (SZ1-21): how many matters, how far, how punctual; by unit, source, board, office and month.

Each matter counts by the same duties as everywhere; here they are only added up.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.facts.kinds import Status
from engine.facts.ledger import Ledger
from engine.ledger.headings.columns import MATTERS
from engine.policy.loading import Policies
from engine.review.matter_figures import MatterFigures, figures_of
from engine.rules.duties.cases import Cases
from engine.rules.duties.paragraphs import duties_of

STATUSES = (Status.IN_PROGRESS, Status.LONG_RUNNING, Status.AWAITING_APPROVAL, Status.COMPLETED, Status.WITHDRAWN)
MONTH = "立项月份"
GROUPS = ("承办单位", *(MATTERS.heading(field) for field in ("source", "board", "initiating_office")), MONTH)


@dataclass(frozen=True, slots=True)
class Figures:
    """The matters of one group added up; ``name`` is empty for all of them. Rates are percent, ``None`` of nothing."""

    name: str
    matters: int
    by_status: tuple[tuple[Status, int], ...]
    overdue: int
    due: int
    in_time: int
    returns: int
    days: float | None

    @property
    def completed(self) -> int:
        """How many are closed out."""
        return dict(self.by_status)[Status.COMPLETED]

    @property
    def completion_rate(self) -> float | None:
        """Closed out, of all that were not withdrawn."""
        return _percent(self.completed, self.matters - dict(self.by_status)[Status.WITHDRAWN])

    @property
    def punctuality(self) -> float | None:
        """Reports in time, of all that were handed in or are late."""
        return _percent(self.in_time, self.due)


@dataclass(frozen=True, slots=True)
class Statistics:
    """The matters initiated from ``since`` to ``until`` (exclusive), as known at ``at``."""

    since: datetime
    until: datetime
    at: datetime
    total: Figures
    by: tuple[tuple[str, tuple[Figures, ...]], ...]
    matters: tuple[MatterFigures, ...]


def statistics(ledger: Ledger, policies: Policies, since: datetime, until: datetime, now: datetime) -> Statistics:
    """SZ1-21: everything initiated in the period, as it stands at the period's end, or now where that lies ahead.

    Raises YearNotCoveredError where a matter's workdays cannot be determined.
    """
    at = min(until, now)
    found = tuple(_figures(ledger, policies, since, until, at))
    by = tuple((name, _grouped(found, index)) for index, name in enumerate(GROUPS))
    return Statistics(since, until, at, added("", found), by, found)


def _figures(
    ledger: Ledger, policies: Policies, since: datetime, until: datetime, at: datetime
) -> Iterator[MatterFigures]:
    cases = Cases(ledger, policies, at)
    for matter in ledger.matters:
        initiated = matter.taken_in_at
        if not matter.number or initiated is None or not since <= initiated < until:
            continue
        case = cases.of(matter)
        yield figures_of(case, duties_of(case), at)


def _grouped(found: Sequence[MatterFigures], index: int) -> tuple[Figures, ...]:
    """Most matters first; months in their order."""
    names = sorted({one.groups[index] for one in found})
    groups = [added(name, [one for one in found if one.groups[index] == name]) for name in names]
    if GROUPS[index] != MONTH:
        groups.sort(key=lambda one: -one.matters)
    return tuple(groups)


def added(name: str, found: Sequence[MatterFigures]) -> Figures:
    """The figures of ``found`` under one name."""
    counted = Counter(one.status for one in found)
    days = [one.days for one in found if one.days is not None]
    return Figures(
        name,
        len(found),
        tuple((status, counted[status]) for status in STATUSES),
        sum(one.is_overdue for one in found),
        sum(one.due for one in found),
        sum(one.in_time for one in found),
        sum(one.returns for one in found),
        round(sum(days) / len(days), 1) if days else None,
    )


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
