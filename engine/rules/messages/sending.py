"""Which slots are still sent, and which are recorded as 错过未发 (readings 4, 23, 40)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from engine.facts.duty import Duty
from engine.facts.kinds import URGINGS
from engine.facts.message import Missed, Obligation, Sent
from engine.facts.moment import at_clock
from engine.policy.policy import Policy
from engine.rules.duties.case import Case
from engine.rules.messages.obligations import is_ahead, obligations

SUPERSEDED = "已有更近的时点"
STALE = "超过可发时间"
NO_LONGER_OWED = "发送前已办"
ACKNOWLEDGED = "上一次催办已签收，这一次不发"

_BEGINNING = datetime(1900, 1, 1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Window:
    """The time of a pass, the time from which slots are sent (启用时间), and whether nights are quiet."""

    now: datetime
    effective_from: datetime | None = None
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Sorted:
    """A duty's unrecorded slots: to send now, and missed. ``through`` is the latest of both."""

    owed: list[Obligation]
    missed: list[Missed]
    through: datetime


def sort_slots(duty: Duty, case: Case, sent: Sent, window: Window) -> Sorted | None:
    """Sort what fell due and is not recorded yet; ``None`` where there is nothing.

    A slot is sent while its duty is open, it is not stale, and no newer slot of the duty and recipient is due. A duty
    without a mark has nothing recorded, so its keys need no look-up.
    """
    if duty.before_service or is_ahead(duty, case, window.now):
        return None
    settled = sent.settled_through(duty.key)
    after = settled or _BEGINNING
    if window.effective_from:
        after = max(after, window.effective_from - _MINUTE)  # a slot at 启用时间 itself is ours
    due = [
        slot
        for slot in obligations(duty, case, after, window.now)
        if (settled is None or slot.key not in sent) and send_at(slot, case.policy, window.quiet) <= window.now
    ]
    if not due:
        return None
    live: list[Obligation] = []
    missed: list[Missed] = []
    for slot in due:
        reason = _lost(slot, duty, case, window.now)
        if reason:
            missed.append(Missed(slot, reason))
        else:
            live.append(slot)
    newest, superseded = _newest(live, case.policy, window.quiet)
    spared = _spared(newest, duty, case, sent)
    owed = [slot for slot in newest if slot not in spared]
    missed += [*(Missed(slot, SUPERSEDED) for slot in superseded), *(Missed(slot, ACKNOWLEDGED) for slot in spared)]
    return Sorted(owed, missed, max(slot.at for slot in due))


def _lost(slot: Obligation, duty: Duty, case: Case, now: datetime) -> str:
    if not (duty.is_announcement or duty.is_open(case.at)):
        return NO_LONGER_OWED
    return STALE if slot.expires_at and now >= slot.expires_at else ""


def _spared(slots: Iterable[Obligation], duty: Duty, case: Case, sent: Sent) -> list[Obligation]:
    """The urging slots whose recipient has acknowledged the urging just before, where the policy spares them (reading
    40). What was spared cannot be acknowledged itself, so the one after it goes out.
    """
    if not case.policy.sending.acknowledged_spares_next:
        return []
    return [
        slot
        for slot in slots
        if slot.kind in URGINGS and (before := _urging_before(slot, duty, case)) and sent.is_acknowledged(before.key)
    ]


def _urging_before(slot: Obligation, duty: Duty, case: Case) -> Obligation | None:
    """The urging of this duty and recipient next before it, whether it was sent or not."""
    to = (slot.key.unit, slot.key.role)
    earlier = obligations(duty, case, _BEGINNING, slot.at - _MINUTE)
    urgings = (one for one in earlier if one.kind in URGINGS and (one.key.unit, one.key.role) == to)
    return max(urgings, key=lambda one: one.at, default=None)


def send_at(slot: Obligation, policy: Policy, quiet: bool) -> datetime:
    """The slot's own time; where nights are quiet and it lies in one, the end of that night (reading 4)."""
    rules = policy.sending
    clock = slot.at.time()
    if not quiet or rules.quiet_until <= clock < rules.quiet_from:
        return slot.at
    morning = at_clock(slot.at, rules.quiet_until)
    return morning + timedelta(days=1) if clock >= rules.quiet_from else morning


def _newest(slots: Iterable[Obligation], policy: Policy, quiet: bool) -> tuple[list[Obligation], list[Obligation]]:
    """Of each recipient's slots the newest, and the others; what is sent at one time goes together."""

    def addressee(slot: Obligation) -> tuple[str, str]:
        return slot.key.unit, slot.key.role

    newest: list[Obligation] = []
    superseded: list[Obligation] = []
    for _, group in groupby(sorted(slots, key=addressee), key=addressee):
        timed = [(send_at(slot, policy, quiet), slot) for slot in group]
        last = max(at for at, _ in timed)
        for at, slot in timed:
            (newest if at == last else superseded).append(slot)
    return newest, superseded
