"""A matter's events, read off its records and folded along ``transitions``: what the table does not allow is
reported.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from engine.facts.finding import Finding, Place, error
from engine.facts.kinds import LONG, CompletionResult, ExtensionKind, ExtensionResult, ReviewResult, SupervisionMethod
from engine.facts.ledger import NO_RECORDS, Records
from engine.facts.matter import Matter
from engine.facts.moment import is_bare_date
from engine.facts.records import Completion, Extension, Report
from engine.rules.checks.row import Check, Findings, Row, shown
from engine.rules.checks.transitions import BACK, INITIAL, Course, Event, rows_of, transition
from engine.rules.duties import close_out, extension
from engine.rules.duties.standing import Standing, as_read, fold

_FOR_EVER = datetime(9999, 1, 1)
_ORDER = {event: index for index, event in enumerate(Event)}


class Happening(NamedTuple):
    """One event and the cell that states it. ``course`` and ``paper`` say whose state it changes."""

    at: datetime
    event: Event
    place: Place
    course: Course = Course.MATTER
    paper: Hashable = None


def happenings(row: Row) -> Iterator[Happening]:
    """Every event that the row and its records state, as it counts: void records change their own course only."""
    matter, policy = row.matter, row.policy
    if row.records is NO_RECORDS:
        yield from _of_matter(matter, fold(matter, NO_RECORDS, policy, row.workdays, _FOR_EVER))
        return
    known = as_read(row.records, policy)
    standing = fold(matter, known, policy, row.workdays, _FOR_EVER)
    yield from _of_matter(matter, standing)
    yield from _of_reports(row.records.reports)
    judged = extension.judge(matter, known, policy, row.workdays)
    as_written = [item.applied_at for item in row.records.extensions if item.applied_at]
    yield from _of_extensions(zip(judged, as_written, strict=True))
    yield from _of_completions(known, row, standing)
    yield from _of_supervisions(known)


def _of_matter(matter: Matter, standing: Standing) -> Iterator[Happening]:
    if standing.started_at:
        long = matter.time_limit == LONG
        event = Event.TAKEN_IN_LONG if long else Event.TAKEN_IN
        yield Happening(standing.started_at, event, matter.place.at("assigned_at"))
    if matter.withdrawn_at:
        yield Happening(matter.withdrawn_at, Event.WITHDRAWN, matter.place.at("withdrawn_at"))
    for event, field in (
        (Event.OFFICE_APPROVED, "office_approved_at"),
        (Event.LEADER_APPROVED, "city_leader_approved_at"),
        (Event.SUBMITTED, "submitted_at"),
    ):
        if at := getattr(matter, field):
            yield Happening(at, event, matter.place.at(field), Course.SUBMISSION)


def _of_reports(reports: Iterable[Report]) -> Iterator[Happening]:
    """Rows about the same report are one record: it is handed in once, and judged once."""
    seen: set[Hashable] = set()
    for report in reports:
        at = report.reported_at
        if at is None:
            continue
        paper = (report.unit, report.node, report.period, at)
        if paper not in seen:
            seen.add(paper)
            yield Happening(at, Event.REPORTED, report.place.at("reported_at"))
            yield Happening(at, Event.REPORTED, report.place.at("reported_at"), Course.REPORT, paper)
        if report.result is ReviewResult.ACCEPTED:
            place = report.place.at("result")
            yield Happening(report.reviewed_at or at, Event.ACCEPTED, place, Course.REPORT, paper)
        elif report.result is ReviewResult.SENT_BACK:
            place = report.place.at("result")
            yield Happening(report.reviewed_at or at, Event.RETURNED, place)
            yield Happening(report.reviewed_at or at, Event.RETURNED, place, Course.REPORT, paper)


def _of_extensions(judged: Iterable[tuple[extension.JudgedApplication, datetime]]) -> Iterator[Happening]:
    """With the time of each application as it was written: a bare date is known to be one (reading 2)."""
    seen: set[Hashable] = set()
    for one, applied_at in judged:
        item = one.item
        paper, place = (item.kind, item.applied_at), item.place.at("applied_at")
        if paper not in seen:
            seen.add(paper)
            yield Happening(applied_at, Event.EXTENSION_ASKED, place)
            yield Happening(applied_at, Event.EXTENSION_ASKED, place, Course.EXTENSION, paper)
        yield from _answer(item, paper)
        if one.agreed_at:
            event = Event.TRANSFERRED if item.kind is ExtensionKind.TO_LONG_RUNNING else Event.NEW_DEADLINE
            yield Happening(one.agreed_at, event, item.place.at("approved_at"))


def _answer(item: Extension, paper: Hashable) -> Iterator[Happening]:
    if item.result and item.applied_at:
        agreed = item.result is ExtensionResult.AGREED
        event = Event.EXTENSION_AGREED if agreed else Event.EXTENSION_REFUSED
        field = "approved_at" if item.approved_at else "result"
        yield Happening(item.approved_at or item.applied_at, event, item.place.at(field), Course.EXTENSION, paper)


_STEPS = (
    (Event.GRADED, "grade_approved_at"),
    (Event.REQUESTED, "requested_at"),
    (Event.REVIEWED, "reviewed_at"),
    (Event.FINALIZED, "finalized_at"),
)


def _of_completions(known: Records, row: Row, standing: Standing) -> Iterator[Happening]:
    matter, done = row.matter, standing.completed_at
    asked: set[datetime] = set()
    by_record = close_out.closed_at(known, matter, row.policy) and close_out.approved_at(known, matter, row.policy)
    for item in row.records.completions:
        since = close_out.valid_since(item, matter, row.policy)
        if since and item.applied_at and since not in asked:
            asked.add(since)
            bare = is_bare_date(item.applied_at) and item.applied_at.date() == since.date()
            yield Happening(item.applied_at if bare else since, Event.CLOSE_OUT_ASKED, item.place.at("applied_at"))
        if since and item.result is CompletionResult.SENT_BACK:
            at = close_out.decided_at(item)
            yield Happening(at or since, Event.CLOSE_OUT_RETURNED, item.place.at("result"))
        yield from _steps(item, row)
    if done:
        closing = next((item.place for item in known.completions if item.finalized_at == by_record), matter.place)
        event, field = (Event.FINALIZED, "finalized_at") if by_record else (Event.CLOSED, "completed_at")
        yield Happening(done, event, closing.at(field) if by_record else matter.place.at(field))


def _steps(item: Completion, row: Row) -> Iterator[Happening]:
    """The steps of one application; what is missing among them has its own finding already."""
    if item.applied_at is None or any(close_out.approval_faults(item, row.policy)):
        return
    paper = item.place.row
    yield Happening(item.applied_at, Event.CLOSE_OUT_ASKED, item.place.at("applied_at"), Course.CLOSE_OUT, paper)
    for event, field in _STEPS:
        returned = event is Event.FINALIZED and item.result is CompletionResult.SENT_BACK
        if (at := getattr(item, field)) and not returned:
            yield Happening(at, event, item.place.at(field), Course.CLOSE_OUT, paper)
    if item.result is CompletionResult.SENT_BACK:
        at = close_out.decided_at(item) or item.applied_at
        yield Happening(at, Event.CLOSE_OUT_RETURNED, item.place.at("result"), Course.CLOSE_OUT, paper)


def _of_supervisions(known: Records) -> Iterator[Happening]:
    """A circular may concern a closed matter."""
    for act in known.supervisions:
        if act.at and act.method is not SupervisionMethod.CIRCULAR:
            escalated = act.method is SupervisionMethod.ESCALATED
            yield Happening(act.at, Event.ESCALATED if escalated else Event.SUPERVISED, act.place.at("at"))


def in_order(found: Iterable[Happening]) -> Iterator[Happening]:
    """By time; the events of a day on which one has no clock, in the order of the law (reading 2)."""
    ordered = sorted(found, key=lambda one: (one.at, _ORDER[one.event]))
    if not any(is_bare_date(one.at) for one in ordered):
        yield from ordered
        return
    for _, group in groupby(ordered, key=lambda one: one.at.date()):
        day = list(group)
        bare = is_bare_date(day[0].at)  # 00:00 comes first
        yield from sorted(day, key=lambda one: _ORDER[one.event]) if bare else day


def possible(row: Row) -> Findings:
    """Reading 26: no event in a state that does not know it: no report after the close-out, no consent before the
    application, no return of what was accepted.
    """
    if row.records is NO_RECORDS and row.matter.submitted_at is None:
        return ()
    courses: defaultdict[tuple[Course, Hashable], list[Happening]] = defaultdict(list)
    for one in happenings(row):
        courses[one.course, one.paper].append(one)
    return [finding for (course, _), found in courses.items() for finding in _fold(course, found, row)]


def _fold(course: Course, found: list[Happening], row: Row) -> Iterator[Finding]:
    state = before = INITIAL[course]
    since: datetime | None = None
    for one in in_order(found):
        allowed = transition(course, state, one.event, row.policy)
        if allowed is None:
            yield _impossible(one, state, since, row)
            continue
        after = before if allowed.to == BACK else allowed.to
        if after != state:
            before, state, since = state, after, one.at


def _impossible(one: Happening, state: str, since: datetime | None, row: Row) -> Finding:
    rows = rows_of(one.course, one.event, row.policy)
    clause = rows[0].clause(row.policy) if rows else ""
    states = "、".join(f"“{allowed.state}”" for allowed in rows)
    then = f"（{shown(since)} 起）" if since else ""
    problem = f"{shown(one.at)} 的“{one.event}”对不上：当时{one.course}是“{state}”{then}，不能{one.event}。"
    remedy = f"只有在{states}时才能{one.event}。请核对有关的时间和记录，填错的请改正。"
    return error(one.place, "impossible_history", clause, problem, remedy, row.matter.number or None)


CHECKS: tuple[Check, ...] = (possible,)
