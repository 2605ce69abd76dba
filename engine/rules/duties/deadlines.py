"""From the time of assignment to the deadlines of the nodes (SZ1-13.1; readings 1, 2, 3, 22)."""

import calendar as month_lengths
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from engine.facts.kinds import TimeLimit
from engine.facts.matter import Matter
from engine.facts.moment import at_clock, bare_as, is_bare_date, to_minute
from engine.policy.policy import Policy
from engine.policy.workdays import Workdays

MONTH = "1个月"
# The ladder of 第十三条(一), in its order: the name of the node and its days; a month is counted apart.
LADDER: tuple[tuple[TimeLimit, int], ...] = (
    (TimeLimit.ONE_DAY, 1),
    (TimeLimit.THREE_DAYS, 3),
    (TimeLimit.SEVEN_DAYS, 7),
    (TimeLimit.ONE_MONTH, 0),
)
_RUNGS = tuple(limit for limit, _ in LADDER)
_SPANS = {limit: (limit.value, timedelta(days=days)) for limit, days in LADDER}


class Node(NamedTuple):
    """A node of the ladder, or the fixed date, with its deadline."""

    name: str
    due: datetime


def add_month(moment: datetime) -> datetime:
    """The same day and clock of the next month, clamped to its end: 01-31 → 02-28 (reading 3)."""
    year, month = (moment.year + 1, 1) if moment.month == 12 else (moment.year, moment.month + 1)
    if moment.day > 28:
        return moment.replace(year=year, month=month, day=min(moment.day, month_lengths.monthrange(year, month)[1]))
    return moment.replace(year=year, month=month)


def start(matter: Matter, policy: Policy) -> datetime | None:
    """When the clock starts: the later of 交办时间 and 立项审批时间, by day where one is a bare date (reading 2).

    ``None`` while the matter has not been assigned. A matter with a number but no recorded approval runs from its
    assignment: the missing approval is a finding (SZ1-12), not a reason to forget the deadline.
    """
    assigned, approved = matter.assigned_at, matter.approved_at
    if assigned is None or approved is None:
        return _as_read(assigned, policy)
    if is_bare_date(assigned) or is_bare_date(approved):
        later = approved if approved.date() > assigned.date() else assigned
    else:
        later = max(assigned, approved)
    return _as_read(later, policy)


def handling_begins(matter: Matter, began: datetime) -> datetime:
    """No slot lies before 交办时间 or 立项审批时间. A clock that started with the day, because one of the two is a bare
    date, started before the minute of the other.
    """
    return max(began, matter.assigned_at or began, matter.approved_at or began)


def _as_read(moment: datetime | None, policy: Policy) -> datetime | None:
    if moment is None:
        return None
    return at_clock(moment, datetime.min.time()) if policy.start.clock == "always_close" else to_minute(moment)


def _ladder(began: datetime, rungs: tuple[TimeLimit, ...], policy: Policy, workdays: Workdays) -> Iterator[Node]:
    """Each rung with its deadline: exact hours from a time of day, close of office from a bare date (reading 2).

    Raises YearNotCoveredError only where the policy rolls over holidays (reading 1).
    """
    rules = policy.nodes
    to_close = policy.start.clock != "always_exact" and is_bare_date(began)
    for limit in rungs:
        name, span = _SPANS[limit]
        if limit is TimeLimit.ONE_MONTH:
            due = began + timedelta(days=30) if rules.month == "thirty_days" else add_month(began)
        else:
            due = began + span
        if to_close:
            due = at_clock(due, policy.office.close)
        if rules.rolling != "none":
            due = datetime.combine(workdays.roll_forward(due.date()), due.time())
        yield Node(name, due)


def a_month_after(began: datetime, policy: Policy) -> datetime:
    """When a matter has run for a month: the same clock, close of office where it began on a bare date (reading 37)."""
    due = began + timedelta(days=30) if policy.nodes.month == "thirty_days" else add_month(began)
    to_close = policy.start.clock != "always_exact" and is_bare_date(began)
    return at_clock(due, policy.office.close) if to_close else due


def fixed_due(moment: datetime, policy: Policy) -> datetime:
    """A date that a person set (指定期限, 整改期限, 新期限): a bare one is due at close of office (reading 2)."""
    return bare_as(to_minute(moment), policy.office.close)


def nodes(matter: Matter, policy: Policy, workdays: Workdays) -> tuple[Node, ...]:
    """The nodes of a matter up to its own limit (reading 22), in the order of the ladder.

    A fixed date takes the rungs before it, and itself. 长期, an unknown limit or no assignment: none.
    """
    began = start(matter, policy)
    if began is None or matter.time_limit is None or matter.time_limit is TimeLimit.LONG:
        return ()
    if matter.time_limit is TimeLimit.FIXED_DATE:
        return _nodes_before(began, matter.fixed_due, policy, workdays)
    rungs = _RUNGS[: _RUNGS.index(matter.time_limit) + 1]
    if policy.nodes.selection == "final_only":
        rungs = rungs[-1:]
    return tuple(_ladder(began, rungs, policy, workdays))


def _nodes_before(began: datetime, fixed: datetime | None, policy: Policy, workdays: Workdays) -> tuple[Node, ...]:
    if fixed is None:
        return ()
    last = Node(TimeLimit.FIXED_DATE.value, fixed_due(fixed, policy))
    if policy.nodes.selection == "final_only":
        return (last,)
    rungs = _ladder(began, _RUNGS, policy, workdays)
    return (*(node for node in rungs if node.due < last.due), last)


def month_end(day: date) -> datetime:
    """24:00 of the month's last calendar day, as 00:00 of the next (reading 27)."""
    return add_month(datetime(day.year, day.month, 1))
