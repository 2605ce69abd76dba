"""Lights and flags of a row, read off its duties (readings 5, 7; the 机 columns of 督办台账)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from engine.facts.duty import Duty
from engine.facts.kinds import Escalation, Light, OverdueState, Status, SupervisionMethod
from engine.facts.matter import Flags
from engine.facts.message import Sent
from engine.facts.moment import to_minute
from engine.rules.duties.case import Case
from engine.rules.messages.progress import latest_progress

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_GRAVITY = tuple(Escalation)
# These stay until the matter is closed; the milder ones clear when their duty is met (reading 7).
_LASTING = frozenset({Escalation.ESCALATED, Escalation.HANDED_OVER})


def flags(case: Case, duties: list[Duty], sent: Sent, now: datetime) -> Flags:
    """What the row should show at ``now``; ``check_note`` and ``synced_at`` are left to the review."""
    owed = [duty for duty in duties if not duty.is_announcement and duty.starts_at <= now]
    number = case.matter.number
    last = sent.last_sent_at(number)
    current = min((duty for duty in owed if duty.is_open(case.at)), key=lambda duty: duty.due, default=None)
    escalation, escalated_at, escalation_clause = _escalation(case, owed, now)
    phone = sum(1 for act in case.records.supervisions if act.method is SupervisionMethod.PHONE_URGING)
    ended = case.standing.ended_at is not None
    if ended:
        current = None
    light = _light(case, current, now)
    clauses = [current.clause if current else case.cites.closed if ended else "", escalation_clause]
    return Flags(
        light=light,
        current_duty=_title(current),
        current_due=current.due if current else None,
        overdue_state=_state(case, current, owed, now),
        latest_progress=latest_progress(case),
        overdue_hours=(now - current.due) // _HOUR if current and now > current.due else None,
        overdue_count=sum(duty.went_overdue(now) for duty in owed),
        urging_count=sent.urgings(number) + phone,
        last_sent_at=last and to_minute(last),  # cells hold whole minutes
        escalation=escalation,
        escalated_at=escalated_at,
        basis="、".join(dict.fromkeys(clause for clause in clauses if clause)) or None,
    )


def _title(duty: Duty | None) -> str | None:
    """月报 2026-03: the duty's word, with its period where it recurs."""
    if duty is None:
        return None
    return f"{duty.name} {duty.period}" if duty.period else duty.name


def _light(case: Case, current: Duty | None, now: datetime) -> Light:
    bands = case.policy.bands
    if case.standing.ended_at is not None:
        return Light.GREY
    if current is None or now < current.due - bands.near:
        return Light.GREEN
    if now <= current.due:
        return Light.YELLOW
    return Light.PURPLE if now >= current.due + bands.second else Light.RED


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


def _escalation(case: Case, owed: list[Duty], now: datetime) -> tuple[Escalation | None, datetime | None, str]:
    """The gravest mark in force, since when, and by which clause (SZ1-14, SZ2-4.1; reading 7)."""
    if case.standing.ended_at is not None:
        return None, None, ""
    found = [*_approved(case, now)]
    for duty in owed:
        if duty.due < now:
            found += _raised(duty, case, now)
    if not found:
        return None, None, ""
    return max(found, key=lambda entry: (_GRAVITY.index(entry[0]), -entry[1].timestamp()))


def _approved(case: Case, now: datetime) -> list[tuple[Escalation, datetime, str]]:
    """重点督办 begins with its recorded approval, not by itself."""
    return [
        (Escalation.ESCALATED, act.approved_at, "SZ1-14")
        for act in case.records.supervisions
        if act.method is SupervisionMethod.ESCALATED and act.approver and act.approved_at and act.approved_at <= now
    ]


def _raised(duty: Duty, case: Case, now: datetime) -> Iterator[tuple[Escalation, datetime, str]]:
    """The marks that a duty has raised by ``now`` and that still stand."""
    for slot in case.policy.timetable(duty.kind, case.matter.board).raising:
        mark = slot.row.flag
        at = slot.time(duty.due, case.workdays)
        if mark and at and at <= now and duty.is_open(at) and (mark in _LASTING or duty.is_open(case.at)):
            yield mark, at, slot.clause


def next_change(duty: Duty, case: Case, now: datetime) -> datetime | None:
    """When the light or the overdue state of an open duty next changes by itself, to the minute.

    Flags are raised by slots of the timetable: ``next_slot`` knows these.
    """
    bands, due = case.policy.bands, duty.due
    if now >= due + bands.second:
        return None
    if now < due - bands.near:
        return due - bands.near
    if now <= due:
        return due + _MINUTE
    return due + bands.first + _MINUTE if now <= due + bands.first else due + bands.second
