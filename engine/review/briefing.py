"""The briefing of the month's first 常务会议 (BS-8.4), and what is not cleared at the year's end (SZ2-4.3, SZ3-4.3)."""

from dataclasses import dataclass
from datetime import datetime

from engine.facts.duty import Duty
from engine.facts.duty_kinds import DutyKind
from engine.facts.kinds import OverdueState
from engine.facts.ledger import Ledger
from engine.facts.matter import Flags, Matter
from engine.facts.message import Sent
from engine.policy.loading import Policies
from engine.rules.duties.case import Case
from engine.rules.duties.cases import Cases
from engine.rules.duties.paragraphs import duties_of
from engine.rules.messages.flags import flags


@dataclass(frozen=True, slots=True)
class BriefedMatter:
    """One matter of the briefing. ``due`` is the earliest missed deadline; ``silent_units`` did not hand in their
    opinion in time (BS-6.4).
    """

    matter: Matter
    duty: str
    due: datetime
    days_overdue: int
    urgings: int
    escalation: str | None
    silent_units: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Briefing:
    """How things stand at ``at``: counts by overdue state, and the overdue matters, the longest overdue first."""

    at: datetime
    total: int
    closed: int
    by_state: dict[OverdueState, int]
    overdue: tuple[BriefedMatter, ...]


def briefing(ledger: Ledger, policies: Policies, sent: Sent, at: datetime) -> Briefing:
    """The briefing at ``at``; facts dated later are not known yet."""
    cases = Cases(ledger, policies, at)
    states: dict[OverdueState, int] = {}
    overdue: list[BriefedMatter] = []
    total = 0
    for matter in ledger.matters:
        if not matter.number:
            continue
        case = cases.as_known(matter)
        duties = duties_of(case)
        shown = flags(case, duties, sent, at)
        if not duties or shown.overdue_state is None:
            continue
        total += 1
        states[shown.overdue_state] = states.get(shown.overdue_state, 0) + 1
        if shown.current_due and at > shown.current_due:
            overdue.append(_briefed(case, duties, shown, shown.current_due))
    overdue.sort(key=lambda one: (one.due, one.matter.number))
    ordered = {state: states[state] for state in OverdueState if state in states}
    return Briefing(at, total, states.get(OverdueState.COMPLETED, 0), ordered, tuple(overdue))


def _briefed(case: Case, duties: list[Duty], shown: Flags, due: datetime) -> BriefedMatter:
    silent = (
        duty.owed_by for duty in duties if duty.kind is DutyKind.COOPERATION_OPINION and duty.went_overdue(case.at)
    )
    return BriefedMatter(
        case.matter,
        shown.current_duty or "",
        due,
        (case.at - due).days,
        shown.urging_count or 0,
        shown.escalation,
        tuple(silent),
        shown.basis or "",
    )


def not_cleared(ledger: Ledger, policies: Policies, year: int, at: datetime) -> list[Matter]:
    """SZ2-4.3, SZ3-4.3: the matters of the two boards, taken in by the year's end, that are still open."""
    cases = Cases(ledger, policies, at)
    boards = cases.policy_today.long_running.year_end_boards
    end = datetime(year + 1, 1, 1)
    found = []
    for matter in ledger.matters:
        if matter.board not in boards or not matter.number:
            continue
        standing = cases.as_known(matter).standing
        if standing.started_at and standing.started_at < end and standing.ended_at is None:
            found.append(matter)
    return found
