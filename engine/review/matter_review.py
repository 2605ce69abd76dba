"""What one matter calls for at one time: its faults, its flags, what is owed and missed, and how long that is valid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.facts.duty import Duty, DutyKey
from engine.facts.finding import Finding
from engine.facts.ledger import Ledger, Records
from engine.facts.matter import Flags, Matter
from engine.facts.message import Missed, Obligation, Sent
from engine.policy.loading import Policies
from engine.policy.workdays import YearNotCoveredError
from engine.review.check import ChecksByState, checks_by_state, faults_of, numbered_matters, row_of
from engine.review.matter_figures import MatterFigures, figures_of
from engine.rules.checks.duty_findings import (
    escalated_while_overdue,
    late_when_taken_over,
    reported_unfinished,
    resting_on_movable_days,
)
from engine.rules.checks.paper_findings import papers_as_recorded
from engine.rules.checks.stamps import stamps_as_computed
from engine.rules.duties.case import Case, closed_in_row_only
from engine.rules.duties.cases import Cases
from engine.rules.duties.paragraphs import duties_of
from engine.rules.messages.flags import flags
from engine.rules.messages.sending import Window, sort_slots
from engine.rules.messages.validity import next_event, valid_until


@dataclass(frozen=True, slots=True)
class ReviewContext:
    """Inputs shared by all matters of one review.

    ``cases`` keeps the years that the duties lack; those that only the checks lack stay in ``cases_of_checks``, for
    ``check`` to report.
    """

    sent: Sent
    window: Window
    cases: Cases
    cases_of_checks: Cases
    numbered: Mapping[str, Matter]
    checks: ChecksByState

    @classmethod
    def of(cls, ledger: Ledger, sent: Sent, policies: Policies, window: Window) -> "ReviewContext":
        """For a review of ``ledger`` at ``window.now``."""
        cases, of_checks = Cases(ledger, policies, window.now), Cases(ledger, policies, window.now)
        return cls(sent, window, cases, of_checks, numbered_matters(ledger), checks_by_state())


@dataclass(frozen=True, slots=True)
class MatterReview:
    """The review of one matter: ``faults`` follow from the facts alone, ``discrepancies`` from the duties.

    ``shown`` is ``None`` without duties. ``settled``: the duties of which slots were sorted, each with the time through
    which they are. ``next_at``: when the matter next changes by itself. ``valid_until``: the result is unchanged until
    then, unless facts change or something is sent.
    """

    faults: tuple[Finding, ...]
    valid_until: datetime
    discrepancies: tuple[Finding, ...] = ()
    shown: Flags | None = None
    owed: tuple[Obligation, ...] = ()
    missed: tuple[Missed, ...] = ()
    settled: tuple[tuple[DutyKey, datetime], ...] = ()
    next_at: datetime | None = None
    figures: MatterFigures | None = None


def review_matter(matter: Matter, records: Records, context: ReviewContext) -> MatterReview:
    """Review one matter. A year without a calendar silences what needs its workdays, and stays in ``context.cases``."""
    row = row_of(matter, records, context.cases_of_checks, context.numbered)
    faults = tuple(faults_of(row, context.checks))
    try:
        case = context.cases.of(matter, records)
        return _review_duties(case, duties_of(case), records, context, faults)
    except YearNotCoveredError:
        return MatterReview(faults, context.window.now)


def _review_duties(
    case: Case, duties: list[Duty], records: Records, context: ReviewContext, faults: tuple[Finding, ...]
) -> MatterReview:
    """Slots to send and to record as missed, flags and discrepancies, read off the duties."""
    window, now = context.window, context.window.now
    owed: list[Obligation] = []
    missed: list[Missed] = []
    settled: list[tuple[DutyKey, datetime]] = []
    silent = closed_in_row_only(case)
    for duty in duties:
        found = None if silent else sort_slots(duty, case, context.sent, window)
        if found:
            owed += found.owed
            missed += found.missed
            settled.append((duty.key, found.through))
    next_at = next_event(case, records, duties, window.quiet, now)
    return MatterReview(
        faults,
        valid_until(duties, next_at, now),
        (
            *stamps_as_computed(case.matter, duties, case.policy),
            *reported_unfinished(case, duties, now),
            *escalated_while_overdue(case, duties),
            *papers_as_recorded(case, duties),
            *late_when_taken_over(case, duties),
            *resting_on_movable_days(case, duties, now),
        ),
        flags(case, duties, context.sent, now) if duties else None,
        tuple(owed),
        tuple(missed),
        tuple(settled),
        next_at,
        figures_of(case, duties, now) if case.matter.number and case.matter.taken_in_at else None,
    )
