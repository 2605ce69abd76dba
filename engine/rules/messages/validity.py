"""How long the result of a review stays valid while the ledger does not change."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime, time, timedelta
from operator import attrgetter

from engine.facts.duty import Duty
from engine.facts.ledger import NO_RECORDS, Records
from engine.facts.matter import Matter
from engine.facts.moment import at_clock, bare_as
from engine.facts.records import Completion, Extension, Report, Supervision
from engine.policy.limits import CLOCK_TOLERANCE
from engine.rules.duties import deadlines
from engine.rules.duties.case import Case
from engine.rules.duties.unfinished import is_limit
from engine.rules.messages.flags import next_change
from engine.rules.messages.obligations import next_slot

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def _times_of(kind: type) -> Callable[[object], tuple[datetime | None, ...]]:
    return attrgetter(*(item.name for item in fields(kind) if "datetime" in str(item.type)))


_KINDS: tuple[type, ...] = (Matter, Report, Extension, Completion, Supervision)
_TIMES = {kind: _times_of(kind) for kind in _KINDS}


def times_in(fact: object) -> Iterator[datetime]:
    """Every time that a matter or a record states; neither stamps nor 机 cells."""
    return filter(None, _TIMES[type(fact)](fact))


def next_event(case: Case, records: Records, duties: Sequence[Duty], quiet: bool, now: datetime) -> datetime | None:
    """When the matter must next be reviewed although the ledger does not change: a slot or a light falls due, a fact
    that lies ahead becomes known (by a colleague's clock, which may run ahead; at close of office where it has none) or
    comes true, the month is over from which on it is followed weekly, a quiet night ends. ``records``: all, known or
    not.
    """
    found: list[datetime | None] = []
    for duty in duties:
        if duty.is_open(now):
            found.append(next_slot(duty, case, now))
            found.append(None if duty.is_announcement else next_change(duty, case, now))
        elif is_limit(duty):
            found.append(duty.due)  # reported on, it is not finished (reading 31)
    yesterday = now - _DAY
    for fact in (case.matter,) if records is NO_RECORDS else _facts_of(case.matter, records):
        for moment in times_in(fact):
            if moment >= yesterday:
                as_read = bare_as(moment, case.policy.office.close)
                found += (moment - CLOCK_TOLERANCE, as_read - CLOCK_TOLERANCE, as_read)
    if case.standing.started_at:
        found.append(deadlines.a_month_after(case.standing.started_at, case.policy))
    if quiet:
        found.append(at_clock(now, case.policy.sending.quiet_until))
    return min([moment for moment in found if moment and moment > now], default=None)


def valid_until(duties: Sequence[Duty], next_at: datetime | None, now: datetime) -> datetime:
    """The result is unchanged until then: nothing outlasts its day, for what recurs begins with one, nor an hour of
    lateness. It may be early, never late. ``next_at`` comes from :func:`next_event`. An announcement is never late.
    """
    tomorrow = at_clock(now, time()) + _DAY
    found = [next_at or tomorrow, tomorrow, tomorrow - CLOCK_TOLERANCE]
    overdue = [duty for duty in duties if duty.due < now and not duty.is_announcement and duty.is_open(now)]
    found += [now + _HOUR - (now - duty.due) % _HOUR for duty in overdue]
    return min([moment for moment in found if moment > now])


def _facts_of(matter: Matter, records: Records) -> Iterable[object]:
    return matter, *records.reports, *records.extensions, *records.completions, *records.supervisions
