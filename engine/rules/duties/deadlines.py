"""From the time of assignment to the deadlines of the nodes (SZ1-13.1; readings 1, 2, 3, 22)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from engine.facts.kinds import FIXED_DATE, LONG
from engine.facts.matter import Matter
from engine.facts.moment import at_clock, bare_as, is_bare_date, to_minute
from engine.policy.policy import Policy
from engine.policy.spans import LimitSpan, SpanUnit, add_months
from engine.policy.workdays import Workdays


class Node(NamedTuple):
    """A node of the ladder, or the fixed date, with its deadline; ``provisional`` as of a duty."""

    name: str
    due: datetime
    provisional: bool = False


def start(matter: Matter, policy: Policy) -> datetime | None:
    """When the clock starts: the later of 交办时间 and 立项审批时间, by day where one is a bare date (reading 2).

    ``None`` while the matter has not been assigned. Whether it was taken in at all is for
    ``taking_in``.
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


def _dated(began: datetime, words: Sequence[str], policy: Policy, workdays: Workdays) -> Iterator[Node]:
    """Each limit with its deadline: exact hours from a time of day, close of office from a bare date (reading 2).

    Workdays end at close of office. Raises YearNotCoveredError only where the policy counts in workdays or rolls over
    holidays (reading 1).
    """
    for word in words:
        yield ended(began, word, policy.spans[word], policy, workdays)


def ended(began: datetime, word: str, span: LimitSpan, policy: Policy, workdays: Workdays) -> Node:
    """The end of a span called ``word``, as for the limits of 办理时限."""
    to_close = policy.start.clock != "always_exact" and is_bare_date(began)
    due = _after(began, span, policy, workdays)
    if (to_close and span.unit is not SpanUnit.HOURS) or span.unit is SpanUnit.WORKDAYS:
        due = at_clock(due, policy.office.close)
    counted_from = began.date() + timedelta(days=1) if span.unit is SpanUnit.WORKDAYS else None
    if policy.nodes.rolling != "none":
        counted_from = counted_from or due.date()
        due = datetime.combine(workdays.roll_forward(due.date()), due.time())
    return Node(word, due, counted_from is not None and workdays.may_move(counted_from, due.date()))


def _after(began: datetime, span: LimitSpan, policy: Policy, workdays: Workdays) -> datetime:
    match span.unit:
        case SpanUnit.HOURS:
            return began + timedelta(hours=span.count)
        case SpanUnit.DAYS:
            return began + timedelta(days=span.count)
        case SpanUnit.WORKDAYS:
            return datetime.combine(workdays.shift(began.date(), span.count), began.time())
    if policy.nodes.month == "thirty_days":
        return began + timedelta(days=30 * span.count)
    return add_months(began, span.count)


def a_month_after(began: datetime, policy: Policy) -> datetime:
    """When a matter has run for a month: the same clock, close of office where it began on a bare date (reading 37)."""
    due = began + timedelta(days=30) if policy.nodes.month == "thirty_days" else add_months(began, 1)
    to_close = policy.start.clock != "always_exact" and is_bare_date(began)
    return at_clock(due, policy.office.close) if to_close else due


def fixed_due(moment: datetime, policy: Policy) -> datetime:
    """A date that a person set (指定期限, 整改期限, 新期限): a bare one is due at close of office (reading 2)."""
    return bare_as(to_minute(moment), policy.office.close)


def limit_of(matter: Matter, policy: Policy) -> str | None:
    """办理时限 of the row, else the one that the regime gives such a matter."""
    if matter.time_limit:
        return matter.time_limit
    row = policy.default_limit_for(matter.board, matter.source, matter.urgency)
    return row.limit if row else None


def nodes(matter: Matter, policy: Policy, workdays: Workdays) -> tuple[Node, ...]:
    """The nodes of a matter up to its own limit (reading 22), in the order of the ladder.

    A fixed date takes the rungs before it, and itself. 长期, an unknown limit or no assignment: none.
    """
    began, limit = start(matter, policy), limit_of(matter, policy)
    if began is None or limit is None or limit == LONG:
        return ()
    if limit == FIXED_DATE:
        fixed = matter.fixed_due
        return _through(began, Node(limit, fixed_due(fixed, policy)), policy, workdays) if fixed else ()
    if limit not in policy.spans:
        return ()
    ladder = policy.nodes.ladder
    if limit in ladder and policy.nodes.selection == "up_to_limit":
        return tuple(_dated(began, ladder[: ladder.index(limit) + 1], policy, workdays))
    (last,) = _dated(began, (limit,), policy, workdays)
    return _through(began, last, policy, workdays)


def _through(began: datetime, last: Node, policy: Policy, workdays: Workdays) -> tuple[Node, ...]:
    """The rungs due before the last node, and it."""
    if policy.nodes.selection == "final_only":
        return (last,)
    rungs = _dated(began, policy.nodes.ladder, policy, workdays)
    return (*(node for node in rungs if node.due < last.due), last)
