"""A duty: something owed by a unit, with a deadline. Everything else is read off duties."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from engine.facts.duty_kinds import DutyKind


class DutyKey(NamedTuple):
    """The identity of a duty: with another deadline or another unit it is another duty."""

    matter: str
    duty: str
    period: str
    ordinal: int
    due: datetime
    unit: str


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that one unit owes by one time.

    ``name`` is the word people use (1天, 整改, 月报 …) and, with ``period`` and ``ordinal``, distinguishes duties of
    one matter. ``fulfilled_at`` is when it was met, late or not; ``ended_at`` when it ceased to be owed without being
    met (转持续推进, 办结, 撤销). ``before_service``: its deadline lies before 启用时间, so that it is never late, urged
    or charged (接管前). ``suspended`` are spans (from, until) during which nothing was owed, because a close-out
    application stood that was refused before the deadline came (reading 32). ``marks`` are the 升级标记 that an
    approval put on the matter, each since when. ``readings`` are the rows of readings.md that this deadline depends on.
    ``provisional`` (暂定): the deadline rests on workdays that the next year's notice, not known yet, may still move.

    An announcement (``is_announced``) starts when it is to be sent; its ``due`` is the deadline that it names.
    """

    matter: str
    kind: DutyKind
    name: str
    owed_by: str
    starts_at: datetime
    due: datetime
    clause: str
    period: str = ""
    ordinal: int = 1
    fulfilled_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    marks: tuple[tuple[str, datetime], ...] = ()
    suspended: tuple[tuple[datetime, datetime], ...] = ()
    before_service: bool = False
    readings: tuple[int, ...] = ()
    provisional: bool = False

    @property
    def key(self) -> DutyKey:
        """The identity of the duty in the journal; an announcement about a node is another duty than the node."""
        name = f"{self.kind.value}:{self.name}" if self.is_announcement else self.name
        return DutyKey(self.matter, name, self.period, self.ordinal, self.due, self.owed_by)

    @property
    def is_announcement(self) -> bool:
        """Whether it is an announcement, owed by no unit."""
        return self.kind.is_announced

    @property
    def closed_at(self) -> datetime | None:
        """When it stopped being open, by being met or by ending; ``None`` while it is open."""
        if self.fulfilled_at and self.ended_at:
            return min(self.fulfilled_at, self.ended_at)
        return self.fulfilled_at or self.ended_at

    def is_open(self, at: datetime) -> bool:
        """Whether it is still owed at that minute; a report at that very minute closes it."""
        end = self.closed_at
        if end is not None and at >= end:
            return False
        return not self.suspended or not any(since <= at < until for since, until in self.suspended)

    def is_overdue(self, at: datetime) -> bool:
        """Open and past its deadline: overdue iff ``at`` > ``due`` (reading 5)."""
        return self.is_open(at) and at > self.due

    def went_overdue(self, at: datetime) -> bool:
        """Whether its deadline passed by ``at`` while it was open, met later or not; never of one before 启用时间."""
        return not self.before_service and self.passed_unmet(at)

    def passed_unmet(self, at: datetime) -> bool:
        """As ``went_overdue``, for deadlines before 启用时间 too."""
        end = self.closed_at
        return at > self.due and (end is None or end > self.due)
