"""What one matter counts for in statistics (SZ1-21): its groups, its state, its reports in time and late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from engine.facts.duty import Duty, DutyKey
from engine.facts.kinds import Status
from engine.rules.duties.case import Case


@dataclass(frozen=True, slots=True)
class MatterFigures:
    """One matter at one time. ``groups`` are its words in the order of ``statistics.GROUPS``; ``due`` how many reports
    were handed in or are late, ``in_time`` how many of them were in time; ``days`` from 立项 to 办结, ``closed_at``.
    """

    number: str
    initiated_at: datetime
    groups: tuple[str, ...]
    status: Status
    is_overdue: bool
    due: int
    in_time: int
    returns: int
    days: float | None
    closed_at: datetime | None = None


def figures_of(case: Case, duties: Iterable[Duty], at: datetime) -> MatterFigures:
    """The figures of one case at ``at``, read off its duties."""
    matter, standing = case.matter, case.standing
    initiated = matter.taken_in_at or at
    met, late, is_overdue = _met_and_late(case, duties, at)
    status = standing.status(at)
    done = standing.completed_at
    return MatterFigures(
        matter.number,
        initiated,
        (
            case.owner or "（未填）",
            matter.source or "（未填）",
            matter.board or "（未填）",
            matter.initiating_office or "（未填）",
            f"{initiated.year}-{initiated.month:02}",
        ),
        Status.IN_PROGRESS if status is Status.AWAITING_INITIATION else status,
        is_overdue,
        len(met | late),
        len(met - late),
        len(standing.returns),
        (done - initiated).total_seconds() / 86400 if done and status is Status.COMPLETED else None,
        done if status is Status.COMPLETED else None,
    )


def _met_and_late(case: Case, duties: Iterable[Duty], at: datetime) -> tuple[set[DutyKey], set[DutyKey], bool]:
    """What the owner has handed in, what went late by ``at``, and whether anything is overdue right then."""
    met: set[DutyKey] = set()
    late: set[DutyKey] = set()
    is_overdue = False
    owner = case.owner
    for duty in duties:
        if duty.owed_by != owner or duty.is_announcement:
            continue
        is_open, was_late = duty.is_open(at), duty.went_overdue(at)
        is_overdue |= is_open and at > duty.due
        if duty.fulfilled_at and not is_open:
            met.add(duty.key)
        if was_late:
            late.add(duty.key)
    return met, late, is_overdue
