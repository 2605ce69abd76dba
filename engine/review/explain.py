"""Why: a matter's duties and slots, what became of each, and the flags, each with clause and reading.

Nothing is decided here: the same duties, obligations and flags as in ``review``, spelled out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from engine.facts.duty import Duty
from engine.facts.matter import Flags, Matter
from engine.facts.message import Obligation, ObligationKey, Sent
from engine.rules.duties.case import Case
from engine.rules.duties.cases import Cases
from engine.rules.duties.paragraphs import duties_of
from engine.rules.duties.taken_over import BEFORE_SERVICE
from engine.rules.messages.flags import flags
from engine.rules.messages.obligations import anchor, obligations

_BEGINNING = datetime(1900, 1, 1)
_AHEAD = timedelta(days=7)


class Outcome(StrEnum):
    """What becomes of a slot that is not on record."""

    MET = "已取消（已报送）"
    CANCELLED = "已取消"
    BEFORE_SERVICE = "接管前，不发"
    AHEAD = "未到"
    MAY_MOVE = "未到（暂定）"
    DUE = "待发"


@dataclass(frozen=True, slots=True)
class ExplainedSlot:
    """One slot of a duty and one recipient, and what became of it: its message's state in words, or an ``Outcome``."""

    slot: str
    at: datetime
    kind: str
    to: str
    clause: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ExplainedDuty:
    """One duty, how it stands, and its slots in the order of time."""

    duty: Duty
    state: str
    slots: tuple[ExplainedSlot, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that the software knows of one matter at ``at``."""

    matter: Matter
    at: datetime
    duties: tuple[ExplainedDuty, ...]
    flags: Flags
    readings: tuple[int, ...]

    @property
    def clauses(self) -> tuple[str, ...]:
        """Every clause cited, once, in the order of appearance: by a duty, then by its slots."""
        cited = (clause for one in self.duties for clause in (one.duty.clause, *(slot.clause for slot in one.slots)))
        return tuple(dict.fromkeys(clause for clause in cited if clause))


def explain(
    cases: Cases,
    matter: Matter,
    sent: Sent,
    outcomes: Mapping[ObligationKey, str],
    effective_from: datetime | None = None,
) -> Explanation:
    """Explain ``matter`` at the time of ``cases``. ``outcomes`` holds the state word of every obligation on record.

    Raises YearNotCoveredError where its workdays cannot be determined.
    """
    case, now = cases.of(matter), cases.now
    duties = duties_of(case)
    explained: list[ExplainedDuty] = []
    readings: set[int] = set()
    for duty in duties:
        slots = _all_slots(duty, case, now)
        shown = [
            _explained(slot, outcomes.get(slot.key) or _expected(slot, duty, case, now, effective_from))
            for slot in slots
        ]
        explained.append(ExplainedDuty(duty, _state(duty, now), tuple(shown)))
        readings.update(duty.readings, *(slot.readings for slot in slots))
    return Explanation(matter, now, tuple(explained), flags(case, duties, sent, now), tuple(sorted(readings)))


def _state(duty: Duty, now: datetime) -> str:
    if duty.is_announcement:
        return "告知"
    if duty.before_service:
        return f"{BEFORE_SERVICE}{_of_before(duty, now)}"
    if duty.fulfilled_at and not duty.is_open(now):
        return "逾期后报送" if duty.fulfilled_at > duty.due else "按时报送"
    if duty.ended_at and not duty.is_open(now):
        return f"已终止（{duty.ended_by}）"
    if now > duty.due:
        return "逾期"
    return "办理中" if duty.starts_at <= now else "未开始"


def _of_before(duty: Duty, now: datetime) -> str:
    """What became of a duty whose deadline lies before 启用时间."""
    if duty.fulfilled_at and not duty.is_open(now):
        return "（已报送）"
    return "（已过期，未办结）" if duty.is_open(now) else ""


def _all_slots(duty: Duty, case: Case, now: datetime) -> list[Obligation]:
    """Every slot of the duty, also those that its end cancelled."""
    unending = replace(duty, fulfilled_at=None, ended_at=None, suspended=())
    until = max(now, duty.due) + _AHEAD
    return sorted(obligations(unending, case, _BEGINNING, until), key=lambda slot: (slot.at, slot.key))


def _explained(slot: Obligation, outcome: str) -> ExplainedSlot:
    key = slot.key
    return ExplainedSlot(key.slot, slot.at, slot.kind.value, f"{key.unit}{key.role}", slot.clause, outcome)


def _expected(slot: Obligation, duty: Duty, case: Case, now: datetime, effective_from: datetime | None) -> Outcome:
    if duty.before_service:
        return Outcome.BEFORE_SERVICE
    if not duty.is_open(slot.at):
        return Outcome.MET if duty.fulfilled_at else Outcome.CANCELLED
    if effective_from and slot.at < effective_from:
        return Outcome.BEFORE_SERVICE
    if slot.at <= now:
        return Outcome.DUE
    return Outcome.MAY_MOVE if _may_move(slot, duty, case) else Outcome.AHEAD


def _may_move(slot: Obligation, duty: Duty, case: Case) -> bool:
    """Whether the slot moves with a deadline that is 暂定, or is itself counted in workdays over days that the next
    year's notice, not known yet, may still move.
    """
    if duty.provisional:
        return True
    timetable = case.policy.timetable(duty.kind, case.matter.board)
    if not any(one.offset.workdays and one.offset.name == slot.key.slot for one in timetable.by_clock):
        return False
    first, last = sorted((slot.at.date(), anchor(duty).date()))
    return case.workdays.may_move(first, last)
