"""The input of a paragraph of the law: one matter, its records and standing as known at one time, and its policy."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.facts.duty import Duty
from engine.facts.ledger import Records
from engine.facts.matter import Matter
from engine.policy.citations import Citations
from engine.policy.limits import CLOCK_TOLERANCE
from engine.policy.policy import Policy
from engine.policy.workdays import Workdays
from engine.rules.duties.standing import Standing


@dataclass(frozen=True, slots=True)
class Case:
    """One matter with all that a paragraph may use.

    ``at`` is the time as of which facts are known; ``until`` (not before it) bounds what recurs for ever.
    ``closes_later``: a close-out or a withdrawal is on record, whether or not it is known yet. ``serves_from`` is
    启用时间, before which no deadline counts; ``None`` where all do.
    """

    matter: Matter
    records: Records
    standing: Standing
    policy: Policy
    workdays: Workdays
    at: datetime
    until: datetime
    closes_later: bool = False
    serves_from: datetime | None = None

    @property
    def owner(self) -> str:
        """Who owes the reports: the lead unit; for a matter led by a city leader, the 承办科室 (SZ2-3.2, SZ3-3.2,
        BS-8.1).
        """
        return self.matter.lead_unit or self.matter.handling_office

    @property
    def cites(self) -> Citations:
        """The paragraph that each rule cites for this matter."""
        return self.policy.cites(self.matter.board)

    def known(self, moment: datetime | None) -> datetime | None:
        """``moment``, unless it lies ahead of what is known."""
        return moment if moment and moment <= self.at else None


Paragraph = Callable[[Case], Iterator[Duty]]
"""One paragraph of the law: the duties that it yields for a matter, met and ended ones too."""


def known_until(now: datetime) -> datetime:
    """Facts stamped a little ahead by another PC's clock count as now."""
    return now + CLOCK_TOLERANCE


def closed_in_row_only(case: Case) -> bool:
    """Whether the matter is closed or withdrawn by 状态 alone, without a record: then nothing is sent (reading 26)."""
    status = case.matter.status
    return bool(status and status.has_ended) and not (case.standing.ended_at or case.closes_later)
