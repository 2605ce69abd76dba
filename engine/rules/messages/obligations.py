"""From duties to obligations: the timetable of the policy laid around each deadline."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

from engine.facts.duty import Duty
from engine.facts.duty_kinds import DutyKind
from engine.facts.kinds import MessageKind, Party
from engine.facts.message import Obligation, ObligationKey
from engine.facts.moment import at_clock
from engine.policy.timetable import Slot
from engine.rules.duties.case import Case
from engine.rules.duties.escalation_papers import reason_ends
from engine.rules.duties.recurring import weekly_clause

_PERISHABLE = frozenset({MessageKind.REMINDER, MessageKind.URGING, MessageKind.WEEKLY, MessageKind.MONTHLY_URGING})
_WEEK = timedelta(days=7)


def obligations(duty: Duty, case: Case, after: datetime, until: datetime) -> Iterator[Obligation]:
    """What falls due later than ``after`` and not later than ``until``, one obligation per recipient.

    A slot before the duty began is never sent; a duty met at or before a slot's time sends nothing for it. Where two
    parties of a slot are one office (督查室 took the matter in itself), it gets one obligation.
    """
    if duty.kind is DutyKind.WEEKLY:
        yield from _weekly(duty, case, after, until)
        return
    timetable = case.policy.timetable(duty.kind, case.matter.board, duty.name)
    seen: set[ObligationKey] = set()
    for at, slot in timetable.between(anchor(duty), after, until, case.workdays):
        if (
            at >= duty.starts_at
            and duty.is_open(at)
            and _is_sent_at(at, duty, case)
            and _needs_approval(slot, at, duty, case)
            and not (slot.row.flag and reason_ends(duty, case))
        ):
            for obligation in _to_each(duty, case, slot, at):
                if obligation.key not in seen:
                    seen.add(obligation.key)
                    yield obligation


def anchor(duty: Duty) -> datetime:
    """What a duty's slots are counted from: its deadline; for an announcement, its own time."""
    return duty.starts_at if duty.is_announcement and not duty.kind.traits.before_deadline else duty.due


def is_ahead(duty: Duty, case: Case, now: datetime) -> bool:
    """Whether the duty's first slot certainly lies after ``now``: no slot need be computed."""
    if duty.kind is DutyKind.WEEKLY:
        return False
    return case.policy.timetable(duty.kind, case.matter.board, duty.name).is_silent_at(anchor(duty), now)


def next_slot(duty: Duty, case: Case, now: datetime) -> datetime | None:
    """When the next slot of an open duty falls due after ``now``, ``None`` if there is none."""
    if duty.kind is DutyKind.WEEKLY:
        return _first_on_weekday(max(now, _eve_of_weekly(duty, case)), case)
    return case.policy.timetable(duty.kind, case.matter.board, duty.name).next_after(anchor(duty), now, case.workdays)


def _is_sent_at(at: datetime, duty: Duty, case: Case) -> bool:
    """Reading 18: recurring clock times are literal, or skip holidays. A unit that has applied for close-out gets no
    such reminder.
    """
    if duty.kind.traits.is_nudge and case.standing.awaits_approval(at):
        return False
    if not duty.kind.traits.recurs or not case.policy.long_running.skip_holidays:
        return True
    return case.workdays.is_workday(at.date())


def _needs_approval(slot: Slot, at: datetime, duty: Duty, case: Case) -> bool:
    """SZ1-14: no approval of 重点督办 is asked for a matter that is in it already."""
    if not duty.marks or not slot.row.flag:
        return True
    wanted = case.policy.rungs[slot.row.flag].asks_for
    return not any(mark == wanted and since <= at for mark, since in duty.marks)


def _to_each(duty: Duty, case: Case, slot: Slot, at: datetime) -> Iterator[Obligation]:
    row = slot.row
    for party, role in row.recipients:
        unit = _unit(party, duty, case)
        if not unit and party is Party.DRAFTER:
            continue  # nobody with a number in the pool: ``check`` reports it, and the unit gets its SMS all the same
        key = ObligationKey(
            duty.matter, duty.name, duty.period, duty.ordinal, duty.due, slot.offset.name, unit, role.value
        )
        yield Obligation(
            key,
            duty.key,
            at,
            row.kind,
            slot.clause,
            tuple(sorted({*duty.readings, *row.readings})),
            _expiry(at, duty, row.kind, case),
            slot.count,
            row.text,
        )


def _unit(party: Party, duty: Duty, case: Case) -> str:
    if party is Party.OWNER:
        return duty.owed_by
    if party is Party.INITIATING_OFFICE:
        return case.matter.initiating_office
    if party is Party.HANDLING_OFFICE:
        return case.matter.handling_office or case.matter.initiating_office
    if party is Party.DRAFTER:
        return case.matter.directly_responsible
    return case.policy.initiation.supervision_office


def _expiry(at: datetime, duty: Duty, kind: MessageKind, case: Case) -> datetime | None:
    """Reading 23: reminders and urging go stale; one before the deadline is never sent at or after it."""
    if kind not in _PERISHABLE:
        return None
    stale = at + timedelta(hours=case.policy.sending.late_hours, minutes=1)
    return min(stale, duty.due) if at < duty.due else stale


def _first_on_weekday(moment: datetime, case: Case) -> datetime:
    """The first weekly slot later than ``moment`` (reading 17)."""
    rules = case.policy.long_running
    days = (rules.weekly_weekday - moment.isoweekday()) % 7
    at = at_clock(moment + timedelta(days=days), rules.weekly_clock)
    return at if at > moment else at + _WEEK


def _eve_of_weekly(duty: Duty, case: Case) -> datetime:
    """The last moment that has no weekly slot yet: the day on which it begins has none (reading 37)."""
    if case.policy.long_running.weekly_from == "next_day":
        return at_clock(duty.starts_at, time.max)
    return duty.starts_at


def _weekly(duty: Duty, case: Case, after: datetime, until: datetime) -> Iterator[Obligation]:
    timetable = case.policy.timetable(duty.kind, case.matter.board, duty.name)
    at = _first_on_weekday(max(after, _eve_of_weekly(duty, case)), case)
    while at <= until and duty.is_open(at):
        if _is_sent_at(at, duty, case):
            year, week, _ = at.isocalendar()
            for slot in timetable.exact:
                for obligation in _to_each(duty, case, slot, at):
                    yield _in_week(obligation, f"{year}-W{week:02}", at, weekly_clause(case, at))
        at += _WEEK


def _in_week(obligation: Obligation, week: str, at: datetime, clause: str) -> Obligation:
    return replace(obligation, key=obligation.key._replace(period=week, due=at), at=at, clause=clause)
