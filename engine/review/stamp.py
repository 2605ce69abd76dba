"""``stamp`` (编号盖时限): number, deadlines and state for the approved rows that have no error, and the state
that their records have brought about since.

Cells that staff type are never touched, and a stamp that stands is never replaced: where it differs from what the rules
compute, ``check`` reports it, and clearing the cell lets it be stamped anew.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime

from engine.facts.change import Change, NewRow
from engine.facts.finding import Finding
from engine.facts.kinds import LONG, Status
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter, Stamps
from engine.facts.moment import to_minute
from engine.ledger.headings.columns import MATTERS
from engine.policy.loading import Policies
from engine.policy.workdays import YearNotCoveredError
from engine.review.check import check, rows_of
from engine.review.numbering import RunningNumbers
from engine.rules.checks.ledger import years_not_covered
from engine.rules.checks.row import Row
from engine.rules.checks.stamps import stamps_called_for
from engine.rules.checks.states import Stamp, states_called_for
from engine.rules.duties import deadlines
from engine.rules.duties.cases import Cases


@dataclass(frozen=True, slots=True)
class Stamping:
    """``changes`` and ``rows`` (keys that 参数设置 does not have yet) are to be written in one step. ``findings`` are
    those of the ledger, among them the reasons of the rows that were left alone.
    """

    changes: tuple[Change, ...]
    rows: tuple[NewRow, ...]
    findings: tuple[Finding, ...]


def stamp(
    ledger: Ledger, policies: Policies, now: datetime, lost_number: Callable[[Matter], str | Finding] = lambda _: ""
) -> Stamping:
    """What is to be stamped at ``now``, in the order of the rows.

    ``lost_number`` returns the number that a row without one had at the last pass; empty where it had none, and a
    finding where it had one that nobody knows: the row is left alone.
    """
    now = to_minute(now)
    findings = list(check(ledger, policies, now))
    faulty = {finding.place.row for finding in findings if finding.is_error and finding.place.sheet == MATTERS.key}
    counter = RunningNumbers(ledger)
    changes: list[Change] = []
    cases = Cases(ledger, policies, now)
    for row in rows_of(cases):
        changes.extend(_changes(row, states_called_for(row), ledger))
        if row.has_ended or row.matter.place.row in faulty:
            continue
        try:
            due = stamps_called_for(row)
        except YearNotCoveredError:
            continue  # reported below: ``cases.workdays`` keeps the year
        number = row.matter.number or lost_number(row.matter)
        if isinstance(number, Finding):
            findings.append(number)
            continue
        changes.extend(_changes(row, (*_initiation(row, counter, now, number), *_deadlines(row, due)), ledger))
    gaps = years_not_covered(cases.workdays, cases.policy_today)
    findings.extend(gap for gap in gaps if gap not in findings)
    water, rows = counter.high_water()
    return Stamping((*changes, *water), rows, tuple(findings))


def settle_states(ledger: Ledger, policies: Policies, now: datetime) -> tuple[Change, ...]:
    """What the records call for in 状态, 持续推进起, 阶段目标, 目标期限, 办结期限, 评估等级, 审定人 and 办结时间."""
    rows = rows_of(Cases(ledger, policies, to_minute(now)))
    return tuple(change for row in rows for change in _changes(row, states_called_for(row), ledger))


def _initiation(row: Row, counter: RunningNumbers, now: datetime, known: str) -> Iterator[Stamp]:
    """SZ1-8, 10, 12, 16, SZ2-3.1, SZ2-4, SZ3-3.1, SZ3-4, BS-5.2, 8.2: number, 立项时间, state; 持续推进起 of a matter
    that is long from the start (reading 22). ``known`` is the number that it has or had.
    """
    matter, clause = row.matter, row.cites.initiation
    if not matter.number:
        mark = row.policy.initiation.board_marks[matter.board] if matter.board else ""
        number = known or counter.next(mark, (matter.initiated_at or now).year)
        yield Stamp("number", None, number, row.cites.boards)
    if matter.status not in (None, Status.AWAITING_INITIATION):
        return
    is_long = matter.time_limit == LONG
    if matter.initiated_at is None:
        yield Stamp("initiated_at", None, now, clause)
    yield Stamp("status", matter.status, Status.LONG_RUNNING if is_long else Status.IN_PROGRESS, clause)
    if is_long and matter.long_running_since is None:
        since = deadlines.start(matter, row.policy)
        yield Stamp("long_running_since", None, since, row.cites.long_running)


def _deadlines(row: Row, due: Stamps) -> Iterator[Stamp]:
    """SZ1-13.1, BS-5.2: the deadlines whose cells are empty."""
    for item in fields(Stamps):
        wanted = getattr(due, item.name)
        if wanted is not None and getattr(row.matter.stamps, item.name) is None:
            yield Stamp(item.name, None, wanted, row.cites.nodes)


def _changes(row: Row, stamps: Iterable[Stamp], ledger: Ledger) -> Iterator[Change]:
    matter = row.matter
    mark = "" if matter.number else ledger.row_hashes.get(matter.place.row or 0, "")
    for field, old, new, clause in stamps:
        yield Change(matter.place.at(field), matter.number, field, old, new, (clause,), mark)
