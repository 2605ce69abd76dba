"""How long what was found of a matter stays true by itself, while nobody touches the ledger."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime, time, timedelta
from operator import attrgetter

from engine.facts.duty import Duty
from engine.facts.ledger import NO_RECORDS, Records
from engine.facts.matter import Matter
from engine.facts.moment import at_clock
from engine.facts.records import Completion, Extension, Report, Supervision
from engine.rules import deadlines
from engine.rules.case import Case
from engine.rules.flags import next_change
from engine.rules.obligations import next_slot

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def _times_of(kind: type) -> Callable[[object], tuple[datetime | None, ...]]:
    return attrgetter(*(item.name for item in fields(kind) if "datetime" in str(item.type)))


_KINDS: tuple[type, ...] = (Matter, Report, Extension, Completion, Supervision)
_TIMES = {kind: _times_of(kind) for kind in _KINDS}


def next_by_itself(duty: Duty, case: Case, now: datetime) -> Iterator[datetime]:
    """When a duty that is still open next sends something, or changes the light of its row."""
    slot = next_slot(duty, case, now)
    if slot:
        yield slot
    light = None if duty.is_announcement else next_change(duty, case, now)
    if light:
        yield light


def lasts_until(
    case: Case, records: Records, duties: Sequence[Duty], next_at: datetime | None, quiet: bool, now: datetime
) -> datetime:
    """The earliest time after ``now`` at which anything about the matter may change by itself.

    It may be too early, never too late: facts that lie ahead become known (by a colleague's clock, which may run
    ahead, and at close of office where they have no clock), duties begin, lateness grows by an hour, a quiet night
    ends. What recurs begins with a day, so nothing outlasts its day. ``next_at``: the earliest of
    :func:`next_by_itself`; ``records``: all, known or not.
    """
    ahead = timedelta(minutes=case.policy.sending.clock_tolerance_minutes)
    tomorrow = at_clock(now, time()) + _DAY
    found = [tomorrow, tomorrow - ahead]
    if next_at:
        found.append(next_at)
    if quiet:
        found.append(at_clock(now, case.policy.sending.quiet_until))
    for moment in _facts_from(now - _DAY, case.matter, records):
        as_read = deadlines.fixed_due(moment, case.policy)
        found += (moment, moment - ahead, as_read, as_read - ahead)
    for duty in duties:
        found.append(duty.starts_at)
        if duty.due < now and duty.is_open(now):
            found.append(now + _HOUR - (now - duty.due) % _HOUR)
    if case.standing.started_at:
        found.append(deadlines.add_month(case.standing.started_at))  # from when on it is followed weekly
    return min(moment for moment in found if moment > now)


def _facts_from(since: datetime, matter: Matter, records: Records) -> Iterator[datetime]:
    facts: Iterable[object] = (matter,)
    if records is not NO_RECORDS:
        facts = (matter, *records.reports, *records.extensions, *records.completions, *records.supervisions)
    for fact in facts:
        for moment in _TIMES[type(fact)](fact):
            if moment and moment >= since:
                yield moment
