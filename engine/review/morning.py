"""The morning report (晨报): every day one SMS to 督查室 with the state of supervision. Its absence is the alarm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.facts.duty import DutyKey
from engine.facts.kinds import MessageKind, Role, Status
from engine.facts.ledger import Ledger
from engine.facts.matter import Flags
from engine.facts.message import Message, Obligation, ObligationKey, Recipient, Sent
from engine.facts.moment import at_clock
from engine.facts.printable import printable
from engine.policy.limits import MORNING_CLOCK
from engine.policy.policy import Policy
from engine.rules.messages.wording import token

NAME = "晨报"
_DAY = timedelta(days=1)
MOST_COUNTED = 9999
LONGEST_VARIABLE = 35
"""Characters that providers take in one variable of a template; no count is written as more than 9999."""


@dataclass(frozen=True, slots=True)
class Overnight:
    """What happened since the last morning report: counts of messages, whether someone keeps the book open, and how
    many displaced saves are not merged.
    """

    sent: int
    undelivered: int
    needs_person: int
    book_open: bool
    conflicts: int = 0


def morning_at(now: datetime) -> datetime:
    """Today's time of the report."""
    return at_clock(now, MORNING_CLOCK)


def morning_report(
    ledger: Ledger, shown: Mapping[str, Flags], overnight: Overnight, sent: Sent, policy: Policy, now: datetime
) -> Message | None:
    """Today's report if it is due and has not gone out. It stays owed until midnight: late is better than silent."""
    at = morning_at(now)
    office = ledger.directory.find(policy.initiation.supervision_office)
    person = office.person(Role.CONTACT, now) if office else None
    if now < at or office is None or person is None or person.mobile is None:
        return None
    period = f"{at:%Y-%m-%d}"
    clock = f"{at:%H:%M}"
    key = ObligationKey("", NAME, period, 1, at, clock, office.name, Role.CONTACT.value)
    if key in sent:
        return None
    duty = DutyKey("", NAME, period, 1, at, office.name)
    obligation = Obligation(key, duty, at, MessageKind.MORNING, "", (23,), at_clock(at + _DAY, datetime.min.time()))
    mark = token(ledger.settings.ledger_id, [key])
    parameters = {
        "signature": printable(ledger.settings.signature),
        "summary": summary(overnight),
        "matters": matters_of(ledger, shown, at),
        "token": mark,
    }
    text = policy.texts[NAME].format(**parameters)
    recipient = Recipient(office.name, Role.CONTACT, person.name, person.mobile)
    return Message(now, MessageKind.MORNING, recipient, (obligation,), text, mark, NAME, parameters)


def summary(overnight: Overnight) -> str:
    """What became of the night's SMS, and what keeps the book: counts only. Counts of zero are left out, except that of
    the messages sent. Never longer than ``LONGEST_VARIABLE``, with four-digit numbers everywhere.
    """
    counts = (("未送达", overnight.undelivered), ("待人工", overnight.needs_person), ("未并入", overnight.conflicts))
    parts = [f"已发{_count(overnight.sent)}", *(f"{word}{_count(count)}" for word, count in counts if count)]
    if overnight.book_open:
        parts.append("台账占用")
    return ",".join(parts)


def matters_of(ledger: Ledger, shown: Mapping[str, Flags], at: datetime) -> str:
    """How the matters stand, in a variable of its own, so that neither outgrows what providers take."""
    # What falls due at the very minute of the report is overdue a minute later: tomorrow's report counts it.
    newly = sum(1 for flags in shown.values() if flags.current_due and at - _DAY <= flags.current_due < at)
    counts = (
        ("未编号", sum(1 for matter in ledger.matters if not matter.number and matter.approved_at)),
        ("未下发", sum(1 for matter in ledger.matters if _is_unissued(matter.status, matter.notice_issued_at))),
    )
    return ",".join([f"新逾期{_count(newly)}", *(f"{word}{_count(count)}" for word, count in counts if count)])


def _count(number: int) -> str:
    return str(min(number, MOST_COUNTED))


def _is_unissued(status: Status | None, issued: datetime | None) -> bool:
    return issued is None and status in (Status.IN_PROGRESS, Status.LONG_RUNNING)
