"""What one matter counts for in statistics (SZ1-21): its groups, its state, its reports in time and late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from engine.facts.duty import Duty
from engine.facts.kinds import Status
from engine.facts.matter import Matter
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


def taken_in_at(matter: Matter) -> datetime | None:
    """When the matter was taken in: its 立项, or what is known in its place."""
    return matter.initiated_at or matter.approved_at or matter.assigned_at


def figures_of(case: Case, duties: Iterable[Duty], at: datetime) -> MatterFigures:
    """The figures of one case at ``at``, read off its duties."""
    matter, standing = case.matter, case.standing
    initiated = taken_in_at(matter) or at
    owed = [duty for duty in duties if not duty.is_announcement and duty.owed_by == case.owner]
    met = [duty for duty in owed if duty.fulfilled_at and not duty.is_open(at)]
    late = [duty for duty in owed if duty.went_overdue(at)]
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
            f"{initiated:%Y-%m}",
        ),
        Status.IN_PROGRESS if status is Status.AWAITING_INITIATION else status,
        any(duty.is_overdue(at) for duty in owed),
        len({duty.key for duty in (*met, *late)}),
        len({duty.key for duty in met} - {duty.key for duty in late}),
        len(standing.returns),
        (done - initiated).total_seconds() / 86400 if done and status is Status.COMPLETED else None,
        done if status is Status.COMPLETED else None,
    )
