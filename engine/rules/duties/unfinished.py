"""A report does not finish a matter: from its last limit on it is closed, applied for or extended (reading 31)."""

from collections.abc import Iterable
from datetime import datetime

from engine.facts.duty import Duty
from engine.facts.duty_kinds import DutyKind
from engine.rules.duties.case import Case

_LIMITS = frozenset({DutyKind.NODE, DutyKind.RECTIFICATION})


def is_limit(duty: Duty) -> bool:
    """Whether the duty's deadline may be the matter's last limit: a node or a 整改期限 (reading 21)."""
    return duty.kind in _LIMITS


def unfinished_limit(case: Case, duties: Iterable[Duty], at: datetime) -> Duty | None:
    """The matter's last limit, if it has come by ``at``, was reported on, and the matter is still neither closed nor
    applied for nor extended; a limit that is still owed is late by itself.
    """
    if case.policy.nodes.final_limit != "reported_unfinished":
        return None
    last = max([duty for duty in duties if duty.kind in _LIMITS and duty.starts_at <= at], key=_due, default=None)
    if last is None or last.due > at or last.is_open(at) or is_finished(case, at):
        return None
    return last


def is_finished(case: Case, at: datetime) -> bool:
    """Whether by then the matter had been closed or withdrawn, turned 持续推进, or stood applied for."""
    ends = (case.standing.ended_at, case.standing.long_running_since)
    return any(end and end <= at for end in ends) or case.standing.awaits_approval(at)


def _due(duty: Duty) -> datetime:
    return duty.due
