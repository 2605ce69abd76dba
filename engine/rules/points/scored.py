"""The input of a paragraph of the 激励积分办法: one matter with its duties, and how an entry is made of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from engine.facts.duty import Duty
from engine.facts.kinds import SupervisionMethod
from engine.facts.moment import is_bare_date
from engine.facts.periods import CalendarPeriod
from engine.facts.points import PointEntry, PointKind
from engine.facts.records import PointExclusion, Supervision
from engine.policy.points import Points
from engine.rules.checks.row import shown
from engine.rules.duties.approved_acts import approved_acts
from engine.rules.duties.case import Case

LEAD, COOPERATING = "牵头", "配合"
_MINUTE = timedelta(minutes=1)


class Basis(NamedTuple):
    """The paragraph that an entry rests on, and the reading of it, if any."""

    clause: str
    reading: int | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """One matter as the points see it: the reports that it owed, what people excluded, and what they marked.

    ``sluggish``: a person found 推动不力. ``quiet``: nights are quiet, so an urging waits for the morning.
    """

    case: Case
    duties: tuple[Duty, ...]
    exclusions: tuple[PointExclusion, ...] = ()
    sluggish: bool = False
    quiet: bool = False

    @property
    def points(self) -> Points:
        """The amounts that govern this matter."""
        return self.case.policy.points

    def clause(self, path: str) -> str:
        """The paragraph of a policy value; empty where the regime states none, and so gives nothing for it."""
        return self.case.policy.clauses.get(path, "")

    @property
    def now(self) -> datetime:
        """The time of the scoring, by which deadlines are judged."""
        return self.case.until

    def knows(self, moment: datetime | None) -> bool:
        """Whether something has happened; a fact stamped a little ahead by another PC's clock has."""
        return self.case.known(moment) is not None

    def excluded(self, duty: Duty) -> PointExclusion | None:
        """The decision by which a duty's lateness does not count, if a person took one."""
        for one in self.exclusions:
            if one.node == duty.name and (not one.period or one.period == duty.period):
                return one
        return None

    def late(self) -> Iterator[Duty]:
        """The duties whose deadline passed without a report (reading 9)."""
        return (duty for duty in self.duties if duty.went_overdue(self.now))

    def escalations(self) -> list[tuple[datetime, Supervision]]:
        """Approved acts of 重点督办 that count, by the time of approval (reading 7)."""
        return [
            (at, act)
            for act, _, at in approved_acts(self.case, self.duties)
            if act.method is SupervisionMethod.ESCALATED and self.knows(at)
        ]

    def entries(
        self,
        kind: PointKind,
        amount: float,
        day: date,
        evidence: str,
        basis: Basis,
        cause: str = "",
    ) -> Iterator[PointEntry]:
        """One entry for the unit that answers for the matter; by a switch also for those that co-operate (reading 14).

        Nothing where the policy gives nothing for it. ``cause`` as in ``PointEntry``.
        """
        if not amount:
            return
        matter = self.case.matter
        units = [(self.case.owner, LEAD)]
        if self.points.shared == "all":
            units += [(unit, COOPERATING) for unit in matter.cooperating_units if unit != self.case.owner]
        for unit, role in units:
            yield PointEntry(
                unit,
                role,
                matter.number,
                basis.clause,
                kind,
                tenths(amount),
                day,
                evidence,
                self._scorer,
                basis.reading,
                cause,
            )

    @property
    def _scorer(self) -> str:
        """SZ1-23, SZ4-13: the initiating office; 督查室 for a matter that came into 重点督办, the entries before too
        (reading 30).
        """
        office = self.case.policy.initiation.supervision_office
        return office if self.escalations() else self.case.matter.initiating_office or office


Paragraph = Callable[[Scored], Iterator[PointEntry]]


def tenths(amount: float) -> int:
    """Points as whole tenths."""
    return round(amount * 10)


def due_day(duty: Duty) -> date:
    """The day on which a deadline counts; 24:00 of a month's last day is that day (reading 27)."""
    if isinstance(duty.kind.traits.period, CalendarPeriod) and is_bare_date(duty.due):
        return (duty.due - _MINUTE).date()
    return duty.due.date()


def stood_late(duty: Duty, span: timedelta, at: datetime) -> bool:
    """Whether it was still owed when ``span`` had passed since its deadline; a report at that minute comes too late."""
    since = duty.due + span
    return since <= at and (duty.closed_at is None or duty.closed_at >= since)


def title(duty: Duty) -> str:
    """``3天``节点, ``月报 2026-03``: a duty in a sentence."""
    return f"“{duty.name} {duty.period}”" if duty.period else f"“{duty.name}”"


def lateness(duty: Duty) -> str:
    """How late a duty was met, in plain words."""
    met = f"{shown(duty.fulfilled_at)}报送" if duty.fulfilled_at else "未报送"
    return f"{title(duty)}应于{shown(duty.due)}前报送，{met}"
