"""Every SMS that the facts call for between two times, from an empty history, sending nothing.

The facts are replayed: what is dated after the simulated moment does not exist yet. Time runs in stretches between two
facts of a matter (at most a month long), each matter on its own, merged in the order of time. Of a stretch only the day
at hand is laid out: memory does not grow with the span.
"""

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from engine.facts.duty import Duty
from engine.facts.ledger import Ledger, Records
from engine.facts.matter import Matter
from engine.facts.message import Message, Obligation
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import Policies
from engine.policy.policy import Policy
from engine.policy.workdays import YearNotCoveredError
from engine.rules.duties.case import Case, closed_in_row_only
from engine.rules.duties.cases import Cases
from engine.rules.duties.inspection_reports import report_duties, with_drafters
from engine.rules.duties.paragraphs import duties_of
from engine.rules.duties.standing import known_at
from engine.rules.messages.merging import compose
from engine.rules.messages.obligations import next_slot, obligations
from engine.rules.messages.sending import send_at
from engine.rules.messages.validity import times_in

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_STRETCH = timedelta(days=31)
_FOR_EVER = datetime(9999, 1, 1)


def simulate(ledger: Ledger, policies: Policies, start: datetime, end: datetime) -> Iterator[Message]:
    """The messages from ``start`` (inclusive) to ``end`` (exclusive), in order of time.

    Ignores 启用时间, 短信发送 and 值班主机; contacts and settings count as they are today. A matter whose workdays
    cannot be determined is left out: ``review`` has the finding.
    """
    addressed = with_drafters(ledger)
    streams = [_stream(matter, ledger, policies, start, end) for matter in ledger.matters if matter.number]
    merged = heapq.merge(*streams, iter(_of_reports(ledger, policies, start, end)), key=_at)
    for at, group in groupby(merged, key=_at):
        due = [obligation for _, obligation in group]
        yield from compose(due, addressed, policy_of_ledger(ledger, policies, at), at).messages


def _of_reports(
    ledger: Ledger, policies: Policies, start: datetime, end: datetime
) -> list[tuple[datetime, Obligation]]:
    """What the reports of inspections call for (SZ6-14), in order."""
    quiet, cases = ledger.settings.quiet_hours, Cases(ledger, policies, start)
    found = [
        entry
        for case, duty in report_duties(cases, _FOR_EVER)
        for entry in _sent_between(case, [duty], start, end, quiet)
    ]
    return sorted(found, key=lambda entry: (entry[0], entry[1].key))


def _at(entry: tuple[datetime, Obligation]) -> datetime:
    return entry[0]


def _stream(
    matter: Matter, ledger: Ledger, policies: Policies, start: datetime, end: datetime
) -> Iterator[tuple[datetime, Obligation]]:
    """One matter's obligations with the time of sending, in order."""
    cases = Cases(ledger, policies, start)
    policy, records = cases.policy_of(matter), ledger.records_of(matter.number)
    quiet = ledger.settings.quiet_hours
    try:
        for since, until in _stretches(matter, records, policy, start, end):
            case = cases.between(matter, since, until, records)
            duties = _with_slots_ahead(case, since, quiet)
            for begin, close in _days(case, duties, since, until, quiet):
                found = _sent_between(case, duties, begin, close, quiet)
                yield from sorted(found, key=lambda entry: (entry[0], entry[1].key))
    except YearNotCoveredError:
        return


def _with_slots_ahead(case: Case, since: datetime, quiet: bool) -> list[Duty]:
    """The duties with slots still to be sent: those of a long life that are over would pile up."""
    if closed_in_row_only(case):
        return []
    return [duty for duty in duties_of(case) if _next(duty, case, since, quiet)]


def _next(duty: Duty, case: Case, since: datetime, quiet: bool) -> datetime | None:
    """The first slot of the duty that may be sent from ``since`` on; in quiet nights one of the day before waits."""
    return next_slot(duty, case, since - (_DAY if quiet else timedelta()) - _MINUTE)


def _days(
    case: Case, duties: list[Duty], since: datetime, until: datetime, quiet: bool
) -> Iterator[tuple[datetime, datetime]]:
    """The days of a stretch on which something falls due, as spans; what lies between is passed over."""
    while since < until:
        close = min(since + _DAY, until)
        yield since, close
        coming = (_next(duty, case, close, quiet) for duty in duties)
        since = max(close, min((at for at in coming if at), default=until))


def _sent_between(
    case: Case, duties: list[Duty], since: datetime, until: datetime, quiet: bool
) -> Iterator[tuple[datetime, Obligation]]:
    """What is sent from ``since`` on and before ``until``, with no new fact in between."""
    earliest = since - _DAY if quiet else since
    for duty in duties:
        for slot in obligations(duty, case, earliest - _MINUTE, until - _MINUTE):
            at = send_at(slot, case.policy, quiet)
            stale = slot.expires_at and at >= slot.expires_at
            if since <= at < until and not stale and (duty.is_announcement or duty.is_open(at)):
                yield at, slot


def _stretches(
    matter: Matter, records: Records, policy: Policy, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The span cut at every fact of the matter, and at least every month."""
    facts = [moment for moment in _moments(matter, records, policy) if start < moment < end]
    edges = iter(sorted({*facts, end}))
    since = start
    for edge in edges:
        while since < edge:
            until = min(edge, since + _STRETCH)
            yield since, until
            since = until


def _moments(matter: Matter, records: Records, policy: Policy) -> Iterator[datetime]:
    """Every time that stands in the facts of the matter and its sub-items, bare dates read as they count."""
    everything = known_at(records, _FOR_EVER, policy)
    known = (
        matter,
        *everything.reports,
        *everything.extensions,
        *everything.completions,
        *everything.supervisions,
    )
    for fact in known:
        yield from times_in(fact)
    for child, papers in everything.children:
        yield from _moments(child, papers, policy)
