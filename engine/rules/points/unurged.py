"""SZ4-9.2, last sentence: +5 for each quarter in which no node of a unit was urged (reading 10)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.facts.duty import Duty
from engine.facts.kinds import URGINGS, SupervisionMethod
from engine.facts.points import PointEntry, PointKind, Quarter
from engine.facts.records import Supervision
from engine.policy.loading import PolicyFile
from engine.rules.duties.unfinished import is_limit
from engine.rules.messages.obligations import obligations
from engine.rules.messages.sending import send_at
from engine.rules.points.scored import LEAD, Scored, due_day, tenths


@dataclass
class _Tally:
    """How many nodes fell due for one unit in one quarter, and how much of all that was due was urged."""

    due: int = 0
    urged: int = 0


def unurged(all_scored: Iterable[Scored], policies: PolicyFile, now: datetime) -> Iterator[PointEntry]:
    """SZ4-9.2: one entry for each unit and quarter that is over, in which a node fell due and nothing was urged.
    Reports that nobody may urge earn none by themselves (reading 38).

    What counts as urged is what the facts call for: an SMS that should have gone out to the unit, or a recorded
    电话催办. Where the gateway failed, a person takes the duty out through 积分剔除.
    """
    tallies: defaultdict[tuple[str, Quarter], _Tally] = defaultdict(_Tally)
    for scored in all_scored:
        by_phone = _phoned(scored)
        for duty in scored.duties:
            if duty.due <= scored.now and _fell_due(duty):
                tally = tallies[duty.owed_by, Quarter.of(due_day(duty))]
                tally.due += scored.points.unurged_counts == "every_report" or is_limit(duty)
                tally.urged += not scored.excluded(duty) and (duty in by_phone or was_urged(duty, scored))
    for (unit, quarter), tally in sorted(tallies.items()):
        policy = policies.on(quarter.last)
        if not tally.due or tally.urged or quarter.last >= now.date() or not policy.points.unurged:
            continue
        evidence = f"{quarter}有{tally.due}个节点到期，均未被催办"
        office, amount = policy.initiation.supervision_office, tenths(policy.points.unurged)
        kind, clause = PointKind.UNURGED, policy.clause("points.unurged")
        yield PointEntry(unit, LEAD, "", clause, kind, amount, quarter.last, evidence, office, 10)


def _fell_due(duty: Duty) -> bool:
    """Whether its deadline came while it stood: one that 转持续推进 or the close-out ended before never did."""
    if duty.before_service:
        return False
    return duty.fulfilled_at is not None or duty.ended_at is None or duty.ended_at > duty.due


def was_urged(duty: Duty, scored: Scored) -> bool:
    """Whether an urging SMS to the unit fell due while the duty was open; a 提醒 is none."""
    if not duty.went_overdue(scored.now):
        return False
    case = scored.case
    return any(
        slot.kind in URGINGS and slot.key.unit == duty.owed_by and duty.is_open(at) and at <= scored.now
        for slot in obligations(duty, case, duty.due, scored.now)
        for at in (send_at(slot, case.policy, scored.quiet),)
    )


def _phoned(scored: Scored) -> set[Duty]:
    """The duties urged by phone."""
    calls = [act for act in scored.case.records.supervisions if act.method is SupervisionMethod.PHONE_URGING]
    return {duty for act in calls if (duty := _duty_named(act, scored.duties))}


def _duty_named(act: Supervision, duties: Iterable[Duty]) -> Duty | None:
    """The duty that a call is about: the earliest open one that fits; one that it names may be met already."""
    at = act.at
    if at is None:
        return None
    fitting = [
        duty
        for duty in duties
        if duty.starts_at <= at and act.unit in ("", duty.owed_by) and act.node in ("", duty.name)
    ]
    still_open = [duty for duty in fitting if duty.is_open(at)]
    if still_open:
        return min(still_open, key=lambda duty: duty.due)
    return max(fitting, key=lambda duty: duty.due, default=None) if act.node else None
