"""What one matter calls for at one time: its faults, its flags, what is owed and missed, and how long that lasts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.facts.duty import Duty, DutyKey
from engine.facts.finding import Finding
from engine.facts.ledger import Ledger, Records
from engine.facts.matter import Flags, Matter
from engine.facts.message import Missed, Obligation, Sent
from engine.policy.governing import policy_of_matter
from engine.policy.loading import Policies
from engine.policy.workdays import Workdays, YearNotCoveredError
from engine.review.check import Asked, faults_of, row_of, what_is_asked
from engine.rules.checks.stamps import stamps_as_computed
from engine.rules.duties.case import Case, closed_in_row_only
from engine.rules.duties.paragraphs import duties_of, open_case
from engine.rules.messages.flags import flags
from engine.rules.messages.sending import Window, sort_slots
from engine.rules.messages.validity import lasts_until, next_event


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every matter of a review is looked at with. ``workdays`` gathers the years that the duties lack;
    what the checks lack is said by ``check``.
    """

    ledger: Ledger
    sent: Sent
    policies: Policies
    window: Window
    numbered: Mapping[str, Matter]
    workdays: Workdays
    workdays_of_checks: Workdays
    asked: Asked

    @classmethod
    def of(cls, ledger: Ledger, sent: Sent, policies: Policies, window: Window) -> "Surroundings":
        """For a review of ``ledger`` at ``window.now``."""
        numbered = {matter.number: matter for matter in ledger.matters if matter.number}
        workdays, of_checks = Workdays(ledger.day_overrides), Workdays(ledger.day_overrides)
        return cls(ledger, sent, policies, window, numbered, workdays, of_checks, what_is_asked())


@dataclass(frozen=True, slots=True)
class MatterReview:
    """``faults`` are told by the facts alone, ``discrepancies`` by the duties. ``shown`` is ``None`` without duties.

    ``settled``: the duties of which slots were sorted, each with the time through which they are. ``next_at``: when
    it next needs a look by itself. ``lasts_until``: before it, another look finds the same, unless facts changed or
    something was sent.
    """

    faults: tuple[Finding, ...]
    lasts_until: datetime
    discrepancies: tuple[Finding, ...] = ()
    shown: Flags | None = None
    owed: tuple[Obligation, ...] = ()
    missed: tuple[Missed, ...] = ()
    settled: tuple[tuple[DutyKey, datetime], ...] = ()
    next_at: datetime | None = None


def review_matter(matter: Matter, records: Records, around: Surroundings) -> MatterReview:
    """Look at one matter. A year without a calendar silences what needs its workdays, and stays in ``workdays``."""
    now = around.window.now
    policy = policy_of_matter(matter, around.ledger, around.policies, now)
    row = row_of(matter, records, around.ledger.directory, policy, around.workdays_of_checks, around.numbered, now)
    faults = tuple(faults_of(row, around.asked))
    try:
        case = open_case(matter, records, policy, around.workdays, row.until, now)
        return _calls_for(case, duties_of(case), records, around, faults)
    except YearNotCoveredError:
        return MatterReview(faults, now)


def _calls_for(
    case: Case, duties: list[Duty], records: Records, around: Surroundings, faults: tuple[Finding, ...]
) -> MatterReview:
    """What the duties call for."""
    window, now = around.window, around.window.now
    owed: list[Obligation] = []
    missed: list[Missed] = []
    settled: list[tuple[DutyKey, datetime]] = []
    silent = closed_in_row_only(case)
    for duty in duties:
        found = None if silent else sort_slots(duty, case, around.sent, window)
        if found:
            owed += found.owed
            missed += found.missed
            settled.append((duty.key, found.through))
    next_at = next_event(case, records, duties, window.quiet, now)
    return MatterReview(
        faults,
        lasts_until(case, duties, next_at, now),
        tuple(stamps_as_computed(case.matter, duties, case.policy)) if duties else (),
        flags(case, duties, around.sent, now) if duties else None,
        tuple(owed),
        tuple(missed),
        tuple(settled),
        next_at,
    )
