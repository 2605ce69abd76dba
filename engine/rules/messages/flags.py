"""Lights and flags of a row, read off its duties (readings 5, 7; the 机 columns of 督办台账)."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta

from engine.facts.duty import Duty
from engine.facts.kinds import OverdueState, Status, SupervisionMethod
from engine.facts.matter import Flags
from engine.facts.message import Sent
from engine.facts.moment import to_minute
from engine.rules.duties.approved_acts import approved_acts
from engine.rules.duties.case import Case
from engine.rules.duties.escalation_papers import reason_ends, stands
from engine.rules.duties.unfinished import unfinished_limit
from engine.rules.messages.progress import latest_progress

_HOUR = timedelta(hours=1)


def flags(case: Case, duties: list[Duty], sent: Sent, now: datetime) -> Flags:
    """SZ1-19, BS-8.2 for what is closed, SZ1-16, BS-8.3 for what is reported and not finished, else the clause of its
    duty: what the row should show at ``now``;
    ``check_note`` and ``synced_at`` are left to the review.
    """
    owed = [duty for duty in duties if not duty.is_announcement and duty.starts_at <= now]
    number = case.matter.number
    last, acknowledged = sent.last_sent_at(number), sent.acknowledged_at(number)
    current = min((duty for duty in owed if duty.is_open(case.at)), key=lambda duty: duty.due, default=None)
    escalation, escalated_at, escalation_clause = _escalation(case, owed, now)
    phone = sum(1 for act in case.records.supervisions if act.method is SupervisionMethod.PHONE_URGING)
    ended = case.standing.ended_at is not None
    if ended:
        current = None
    unfinished = unfinished_limit(case, owed, now) if current is None or now <= current.due else None
    basis = current.clause if current else case.cites.closed if ended else ""
    clauses = [case.cites.extension if unfinished else "", basis, escalation_clause]
    return Flags(
        light=case.policy.near_light if unfinished else _light(case, current, now),
        current_duty=_title(current),
        current_due=current.due if current else None,
        overdue_state=OverdueState.REPORTED_UNFINISHED if unfinished else _state(case, current, owed, now),
        latest_progress=latest_progress(case),
        overdue_hours=(now - current.due) // _HOUR if current and now > current.due else None,
        overdue_count=sum(duty.went_overdue(now) for duty in owed),
        urging_count=sent.urgings(number) + phone,
        last_sent_at=last and to_minute(last),  # cells hold whole minutes
        acknowledged_at=acknowledged and to_minute(acknowledged),
        escalation=escalation,
        escalated_at=escalated_at,
        basis="、".join(dict.fromkeys(clause for clause in clauses if clause)) or None,
    )


def _title(duty: Duty | None) -> str | None:
    """月报 2026-03: the duty's word, with its period where it recurs."""
    if duty is None:
        return None
    return f"{duty.name} {duty.period}" if duty.period else duty.name


def _light(case: Case, current: Duty | None, now: datetime) -> str:
    """The word of the last band that has begun; of a closed matter that of its own."""
    bands = case.policy.lights
    if case.standing.ended_at is not None:
        return case.policy.closed_light
    word = bands[0].word
    if current is not None:
        for band in bands[1:]:
            begins = current.due + band.begins
            if now > begins or (now == begins and band.from_hours):  # a deadline itself is still in time
                word = band.word
    return word


def _state(case: Case, current: Duty | None, owed: list[Duty], now: datetime) -> OverdueState | None:
    """逾期状态; a withdrawn matter has none."""
    bands = case.policy.bands
    status = case.standing.status(now)
    if status is Status.COMPLETED:
        return OverdueState.COMPLETED
    if status is Status.WITHDRAWN:
        return None
    if current is None:
        return OverdueState.REPORTED if any(duty.fulfilled_at for duty in owed) else OverdueState.NOT_DUE
    if now > current.due:
        if now <= current.due + bands.first:
            return OverdueState.WITHIN_ONE_DAY
        within_two = now < current.due + bands.second
        return OverdueState.WITHIN_TWO_DAYS if within_two else OverdueState.OVER_TWO_DAYS
    near = now >= current.due - bands.near
    return OverdueState.NEAR if near else OverdueState.NOT_DUE


def _escalation(case: Case, owed: list[Duty], now: datetime) -> tuple[str | None, datetime | None, str]:
    """The gravest mark in force, since when, and by which clause (SZ1-14, SZ2-3.4, SZ3-3.4, SZ2-4.1; reading 7)."""
    if case.standing.ended_at is not None:
        return None, None, ""
    found = _approved(case, owed, now)
    for duty in owed:
        if duty.due < now and not duty.before_service:
            found += _raised(duty, case, now)
    if not found:
        return None, None, ""
    marks = case.policy.marks
    return max(found, key=lambda entry: (marks.index(entry[0]), -entry[1].timestamp()))


def _approved(case: Case, owed: list[Duty], now: datetime) -> list[tuple[str, datetime, str]]:
    """重点督办 and the like begin with a recorded approval, not by themselves; the mark of a paper that is met goes."""
    found = (one for one in approved_acts(case, owed) if one.at <= now and stands(one, case, owed))
    return [(rung.mark, at, rung.clause) for _, rung, at in found]


def _raised(duty: Duty, case: Case, now: datetime) -> Iterator[tuple[str, datetime, str]]:
    """The marks that a duty has raised by ``now`` and that still stand."""
    rungs = case.policy.rungs
    if reason_ends(duty, case):
        return
    for slot in case.policy.timetable(duty.kind, case.matter.board, duty.name).raising:
        mark = slot.row.flag
        at = slot.time(duty.due, case.workdays)
        if mark and at and at <= now and duty.is_open(at) and (rungs[mark].lasting or duty.is_open(case.at)):
            yield mark, at, slot.clause


def next_change(duty: Duty, case: Case, now: datetime) -> datetime | None:
    """When the light or the overdue state of an open duty next changes by itself, to the minute.

    Flags are raised by slots of the timetable: ``next_slot`` knows these.
    """
    changes = case.policy.changes
    index = bisect_right(changes, now - duty.due)
    return duty.due + changes[index] if index < len(changes) else None
