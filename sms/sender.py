"""The sending loop: recover, look up, send what is due. Never a second request while the first one's fate is open."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from sms.gateways.protocol import (
    BadNumber,
    Gateway,
    GatewayError,
    GatewayStopped,
    Inconclusive,
    NotSent,
    Rejected,
    ask,
)
from sms.health import Health
from sms.limits import NOT_SENT, Rates
from sms.store.database import Store
from sms.store.model import SendReport, State, StoredMessage
from sms.store.transitions import Moved, any_due, in_state, mark_attempt, move, next_due, submit

Clock = Callable[[], datetime]
StillOwed = Callable[[StoredMessage, datetime], bool]

ABSENCES_NEEDED = 3
SECOND_LOOK = timedelta(seconds=30)
ASK_A_PERSON_AFTER = timedelta(hours=6)
NUMBER_WAITS = timedelta(hours=1)
FIRST_RECEIPT_AFTER = timedelta(seconds=30)
UNKNOWNS_BEFORE_PAUSE = 3


class Sender:
    """One call of ``send``, made while the sender's lock is held."""

    def __init__(
        self,
        store: Store,
        ledger: str,
        clock: Clock,
        gateways: Sequence[Gateway],
        still_owed: StillOwed,
        wait: Callable[[float], None],
        random: Random,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._gateways = {gateway.name: gateway for gateway in gateways}
        self._still_owed = still_owed
        self._wait = wait
        self._health = Health(store, gateways, random)
        self._rates = Rates(store, clock())
        self._unknowns: Counter[str] = Counter()
        self._silent: set[str] = set()
        self.report = SendReport()

    def run(self) -> SendReport:
        """Settle what an earlier run left open, then send what is due."""
        for message in in_state(self._store, self._ledger, State.SUBMITTING):
            self._to(message, State.UNKNOWN, explanation="提交时中断，正在向网关核实")
        for message in in_state(self._store, self._ledger, State.UNKNOWN, self._clock()):
            self._look_up(message)
        for message in in_state(self._store, self._ledger, State.PENDING, self._clock()):
            try:
                self._deliver(message)
            except Moved:
                continue
        self.report.next_at = self._next_at()
        return self.report

    def _deliver(self, message: StoredMessage) -> None:
        """Send through the first gateway that takes it; what is no longer owed is recorded and not sent."""
        while message.state is State.PENDING and not message.waits(self._clock()):
            if self._lapsed(message):
                return
            gateway = self._health.choose(message, self._clock())
            if gateway is None or self._number_is_full(message, gateway):
                return
            pause = self._rates.wait_for(gateway, self._clock())
            if pause:
                self._wait(pause)
                if self._lapsed(message):
                    return
            message = self._submit(message, gateway)

    def _lapsed(self, message: StoredMessage) -> bool:
        now = self._clock()
        if (message.expires_at is None or now < message.expires_at) and self._still_owed(message, now):
            return False
        self._to(message, State.MISSED, explanation="到发送时已无须再发，未发送")
        self.report.missed.append(message.id)
        return True

    def _number_is_full(self, message: StoredMessage, gateway: Gateway) -> bool:
        now = self._clock()
        if not self._rates.number_is_full(gateway, message.mobile, now):
            return False
        tomorrow = datetime.combine(now.date() + timedelta(days=1), datetime.min.time())
        self._to(message, State.PENDING, next_at=tomorrow, explanation="该号码当日短信已达上限，次日再发")
        return True

    def _submit(self, message: StoredMessage, gateway: Gateway) -> StoredMessage:
        """One request. The attempt is on the disk before it is made."""
        now = self._clock()
        with self._store.write() as connection:
            message = submit(connection, message, gateway.name, now)
        self._rates.submitted(gateway, message.mobile, now)
        try:
            ref = ask(gateway.send, message)
        except GatewayError as fault:
            return self._not_accepted(message, gateway, fault)
        self._unknowns[gateway.name] = 0
        self._health.worked(gateway.name)
        self.report.sent.append(message.id)
        return self._accepted(message, ref, now)

    def _accepted(self, message: StoredMessage, ref: str, submitted_at: datetime) -> StoredMessage:
        poll = self._clock() + FIRST_RECEIPT_AFTER
        return self._to(
            message, State.ACCEPTED, ref=ref, accepted_at=submitted_at, next_at=poll, absences=0, explanation=""
        )

    def _not_accepted(self, message: StoredMessage, gateway: Gateway, fault: GatewayError) -> StoredMessage:
        now, why = self._clock(), str(fault)
        match fault:
            case BadNumber():
                return self._refused(message, State.FAILED, explanation=why)
            case Rejected():
                tried = (*message.tried, gateway.name)
                others = self._gateways.keys() - set(tried)
                return self._refused(message, State.PENDING if others else State.FAILED, tried=tried, explanation=why)
            case GatewayStopped():
                self._health.stop(gateway.name, now, why)
                self.report.stopped[gateway.name] = why
                return self._refused(message, State.PENDING, explanation=why)
            case NotSent(number_only=True):
                later = now + (fault.retry_after or NUMBER_WAITS)
                return self._refused(message, State.PENDING, next_at=later, explanation=why)
            case NotSent():
                self._health.failed(gateway.name, now, fault.retry_after)
                return self._refused(message, State.PENDING, explanation=why)
            case _:
                return self._open(message, gateway, why)

    def _refused(self, message: StoredMessage, state: State, **values: object) -> StoredMessage:
        """Certainly not sent."""
        self._rates.not_sent(message.mobile)
        if state is State.FAILED:
            self.report.failed.append(message.id)
        with self._store.write() as connection:
            mark_attempt(connection, message, NOT_SENT)
            return move(connection, message, state, self._clock(), **values)

    def _open(self, message: StoredMessage, gateway: Gateway, why: str) -> StoredMessage:
        """Nobody knows: to be looked up, and after several in a row the gateway is given a rest."""
        self._unknowns[gateway.name] += 1
        if self._unknowns[gateway.name] >= UNKNOWNS_BEFORE_PAUSE:
            self._health.failed(gateway.name, self._clock())
        self.report.unknown.append(message.id)
        return self._to(message, State.UNKNOWN, next_at=self._clock(), explanation=why)

    def _look_up(self, message: StoredMessage) -> None:
        gateway = self._gateways.get(message.gateway)
        if gateway is None:
            self._ask_a_person(message, f"网关“{message.gateway}”已不在配置中，无法核实是否已发出")
            return
        if gateway.name in self._silent:
            return
        try:
            ref = ask(gateway.look_up, message)
        except GatewayError as fault:
            if not isinstance(fault, Inconclusive):
                self._silent.add(gateway.name)
            self._unanswered(message, str(fault))
            return
        if ref is None:
            self._absent(message, gateway)
        else:
            self.report.sent.append(message.id)
            self._accepted(message, ref, message.submitted_at or self._clock())

    def _unanswered(self, message: StoredMessage, why: str) -> None:
        now = self._clock()
        if message.submitted_at and now - message.submitted_at >= ASK_A_PERSON_AFTER:
            self._ask_a_person(message, f"网关一直无法核实是否已发出：{why}")
        else:
            self._to(message, State.UNKNOWN, next_at=now + SECOND_LOOK, explanation=why)

    def _absent(self, message: StoredMessage, gateway: Gateway) -> None:
        """Absent once is no proof: the gateway's list lags. A clock that went back starts the count anew."""
        now, grace = self._clock(), timedelta(seconds=gateway.limits.grace)
        since = message.absent_since if message.absent_since and message.absent_since <= now else now
        absences = message.absences + 1 if since == message.absent_since else 1
        if absences >= ABSENCES_NEEDED and now - since >= grace:
            with self._store.write() as connection:
                mark_attempt(connection, message, NOT_SENT)
                move(connection, message, State.PENDING, now, next_at=None, explanation="网关确认未收到，重新发送")
            self._rates.not_sent(message.mobile)
            return
        again = now + max(grace / (ABSENCES_NEEDED - 1), timedelta(seconds=1))
        self._to(message, State.UNKNOWN, absences=absences, absent_since=since, next_at=again)

    def _ask_a_person(self, message: StoredMessage, why: str) -> None:
        self._to(message, State.NEEDS_HUMAN, next_at=None, explanation=why)
        self.report.needs_human.append(message.id)

    def _to(self, message: StoredMessage, state: State, **values: object) -> StoredMessage:
        with self._store.write() as connection:
            return move(connection, message, state, self._clock(), **values)

    def _next_at(self) -> datetime | None:
        times = [next_due(self._store, self._ledger)]
        if any_due(self._store, self._ledger, self._clock()):
            times.append(self._health.next_retry())
        if self._silent:
            times.append(self._clock() + SECOND_LOOK)
        return min((time for time in times if time), default=None)
