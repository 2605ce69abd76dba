"""What an answer of a gateway means for its message: accepted, refused for good, to be tried again, in doubt."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sms.gateways.error_table import fault_of
from sms.gateways.protocol import (
    BadNumber,
    Gateway,
    GatewayError,
    GatewayStopped,
    Inconclusive,
    Meaning,
    NotSent,
    Rejected,
    UnknownRefusal,
)
from sms.health import Health
from sms.limits import NOT_SENT, Rates
from sms.requests import Answer
from sms.store.codes import Codes
from sms.store.model import SendReport, State, StoredMessage
from sms.store.store import Store
from sms.store.transitions import Moved, mark_attempt, move
from sms.text import encodable

Clock = Callable[[], datetime]

ABSENCES_NEEDED = 3
SECOND_LOOK = timedelta(seconds=30)
ASK_A_PERSON_AFTER = timedelta(hours=6)
NUMBER_WAITS = timedelta(hours=1)
FIRST_RECEIPT_AFTER = timedelta(seconds=30)
UNKNOWNS_BEFORE_PAUSE = 3


class Settlement:
    """Moves the messages of one call of ``send``, and keeps its report."""

    def __init__(self, store: Store, clock: Clock, gateways: Sequence[Gateway], health: Health, rates: Rates) -> None:
        self._store = store
        self._clock = clock
        self._names = {gateway.name for gateway in gateways}
        self._health = health
        self._rates = rates
        self._unknowns: Counter[str] = Counter()
        self._codes = Codes(store)
        self.silent: set[str] = set()
        """Gateways that did not answer a look-up: not used again in this call."""
        self.report = SendReport(code_questions=self._codes.asked)

    def of_send(self, message: StoredMessage, gateway: Gateway, answer: Answer) -> None:
        """Record the answer to a request to send."""
        try:
            ref = encodable(answer() or "")
        except GatewayError as fault:
            self._not_accepted(message, gateway, fault)
            return
        self._unknowns[gateway.name] = 0
        self._health.worked(gateway.name)
        self.report.sent.append(message.id)
        self._accepted(message, ref, message.submitted_at or self._clock())

    def of_look_up(self, message: StoredMessage, gateway: Gateway, answer: Answer) -> None:
        """Record whether the gateway has a message that is in doubt."""
        try:
            ref = answer()
        except GatewayError as fault:
            if not isinstance(fault, Inconclusive):
                self.silent.add(gateway.name)
            self._unanswered(message, str(fault))
            return
        if ref is None:
            self._absent(message, gateway)
        else:
            self.report.sent.append(message.id)
            self._accepted(message, encodable(ref), message.submitted_at or self._clock())

    def interrupted(self, message: StoredMessage) -> None:
        """An earlier run ended while the request was under way."""
        self.to(message, State.UNKNOWN, explanation="提交时中断，正在向网关核实")

    def lapsed(self, message: StoredMessage) -> None:
        """It is not owed any more now that its turn has come; it keeps the reason why it had to wait."""
        why = f"{message.explanation}。" if message.explanation else ""
        self.to(message, State.MISSED, explanation=f"{why}到发送时已无须再发，未发送")
        self.report.missed.append(message.id)

    def refused_by_all(self, message: StoredMessage) -> bool:
        """Whether every gateway has refused it for good: the one that was still to be asked is no longer set up. Then
        it has failed, and a person learns of it.
        """
        if not message.tried or self._names - set(message.tried):
            return False
        self.to(message, State.FAILED, next_at=None)
        self.report.failed.append(message.id)
        return True

    def needs_person(self, message: StoredMessage, why: str) -> None:
        """Put the message into 待人工: only a person can find out whether it was sent."""
        self.to(message, State.NEEDS_HUMAN, next_at=None, explanation=why)
        self.report.needs_human.append(message.id)

    def to(self, message: StoredMessage, state: State, **values: object) -> None:
        """Move a message; whoever has moved it meanwhile continues with it."""
        try:
            with self._store.write() as connection:
                move(connection, message, state, self._clock(), **values)
        except Moved:
            return

    def _accepted(self, message: StoredMessage, ref: str, submitted_at: datetime) -> None:
        poll = self._clock() + FIRST_RECEIPT_AFTER
        self.to(message, State.ACCEPTED, ref=ref, accepted_at=submitted_at, next_at=poll, absences=0, explanation="")

    def _not_accepted(self, message: StoredMessage, gateway: Gateway, fault: GatewayError) -> None:
        now, why = self._clock(), str(fault)
        match fault:
            case BadNumber():
                self._refused(message, State.FAILED, explanation=why)
            case UnknownRefusal():
                meaning = self._codes.meaning(gateway.name, fault.code, str(fault), now)
                if meaning is not Meaning.THIS_TEXT:
                    self._not_accepted(message, gateway, fault_of(meaning, str(fault)))
                    return
                self._not_accepted(message, gateway, Rejected(str(fault)))
            case Rejected():
                tried = (*message.tried, gateway.name)
                if self._names - set(tried):
                    self._refused(message, State.PENDING, tried=tried, explanation=why)
                elif fault.retry_after:
                    self._refused(message, State.PENDING, next_at=now + fault.retry_after, explanation=why)
                else:
                    self._refused(message, State.FAILED, tried=tried, explanation=why)
            case GatewayStopped():
                self._health.stop(gateway.name, now, why)
                self.report.stopped[gateway.name] = why
                self._refused(message, State.PENDING, explanation=why)
            case NotSent(number_only=True):
                later = now + (fault.retry_after or NUMBER_WAITS)
                self._refused(message, State.PENDING, next_at=later, explanation=why)
            case NotSent():
                self._health.failed(gateway.name, now, fault.retry_after)
                self._refused(message, State.PENDING, explanation=why)
            case _:
                self._open(message, gateway, why)

    def _refused(self, message: StoredMessage, state: State, **values: object) -> None:
        """Certainly not sent."""
        self._rates.not_sent(message.mobile)
        if state is State.FAILED:
            self.report.failed.append(message.id)
        self._not_sent(message, state, **{"next_at": None, **values})

    def _not_sent(self, message: StoredMessage, state: State, **values: object) -> None:
        """The last request reached nobody. Whoever has moved the message meanwhile continues with it."""
        with suppress(Moved), self._store.write() as connection:
            move(connection, message, state, self._clock(), **values)
            mark_attempt(connection, message, NOT_SENT)

    def _open(self, message: StoredMessage, gateway: Gateway, why: str) -> None:
        """The outcome is unknown: to be looked up, and after several in a row the gateway is given a rest."""
        self._unknowns[gateway.name] += 1
        if self._unknowns[gateway.name] >= UNKNOWNS_BEFORE_PAUSE:
            self._health.failed(gateway.name, self._clock())
        self.report.unknown.append(message.id)
        self.to(message, State.UNKNOWN, next_at=self._clock(), explanation=why)

    def _unanswered(self, message: StoredMessage, why: str) -> None:
        now = self._clock()
        if message.submitted_at and now - message.submitted_at >= ASK_A_PERSON_AFTER:
            self.needs_person(message, f"网关一直无法核实是否已发出：{why}")
        else:
            self.to(message, State.UNKNOWN, next_at=now + SECOND_LOOK, explanation=why)

    def _absent(self, message: StoredMessage, gateway: Gateway) -> None:
        """Absent once is no proof: the gateway's list lags. A clock that went back starts the count anew."""
        now, grace = self._clock(), timedelta(seconds=gateway.limits.grace)
        since = message.absent_since if message.absent_since and message.absent_since <= now else now
        absences = message.absences + 1 if since == message.absent_since else 1
        if absences >= ABSENCES_NEEDED and now - since >= grace:
            self._not_sent(message, State.PENDING, next_at=None, explanation="网关确认未收到，重新发送")
            return
        again = now + max(grace / (ABSENCES_NEEDED - 1), timedelta(seconds=1))
        self.to(message, State.UNKNOWN, absences=absences, absent_since=since, next_at=again)
