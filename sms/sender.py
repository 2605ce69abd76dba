"""The sending loop: recover, look up, send what is due, the most urgent first, as fast as each gateway allows.

Never a second request for a message while the fate of the first one is open.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Protocol

from sms.elapsed import elapsed
from sms.fleet_limits import FleetRates
from sms.gateways.protocol import Gateway, NotSent
from sms.health import Health
from sms.limits import DAY, HostRates, NumberFull, Rates
from sms.numbers import mask_mobile
from sms.requests import Requests
from sms.settlement import SECOND_LOOK, Clock, Settlement
from sms.store.model import Route, SendReport, State, StoredMessage
from sms.store.store import Store
from sms.store.transitions import Moved, any_due, in_state, next_due, queue, submit

StillOwed = Callable[[StoredMessage, datetime], bool | None]
"""Whether a message is still owed at this time; ``None`` where its ledger was held back meanwhile."""

FULL = "该号码24小时内的短信已达上限，有了余量再发"
CROWDED = "该号码{span}内的短信已达上限，稍后再发"
FROZEN = "本机停顿了一阵，这条没有发出，随即再发"
SECONDS_OF_A_PAGE = 5
"""Whoever becomes urgent while others are being sent waits no longer than this until the queue is read again."""
SMALLEST_PAGE, LARGEST_PAGE = 10, 200


class Ledgers(Protocol):
    """The ledgers of one call of ``send``. Called anew for each message: a ledger may join, or be held back,
    meanwhile.
    """

    def names(self) -> Collection[str]:
        """The ledgers whose messages may be sent now."""

    def still_owed(self, message: StoredMessage, now: datetime) -> bool | None:
        """Whether the message is still owed; one that is not is recorded as 错过未发. ``None`` where its ledger was
        held back meanwhile: the message stays in the queue.
        """

    def left(self, message: StoredMessage) -> None:
        """The message waits to be sent no longer."""


@dataclass(frozen=True, slots=True)
class OneLedger:
    """A single ledger, for a pass by hand."""

    ledger: str
    is_owed: StillOwed

    def names(self) -> Collection[str]:
        """The one."""
        return (self.ledger,)

    def still_owed(self, message: StoredMessage, now: datetime) -> bool | None:
        """By the duties of the pass."""
        return self.is_owed(message, now)

    def left(self, message: StoredMessage) -> None:
        """Nothing waits for it."""


class Sender:
    """One call of ``send``, made while the sender's lock is held."""

    def __init__(
        self,
        store: Store,
        ledgers: Ledgers,
        clock: Clock,
        gateways: Sequence[Gateway],
        wait: Callable[[float], None],
        random: Random,
    ) -> None:
        self._store = store
        self._ledgers = ledgers
        self._clock = clock
        self._gateways = {gateway.name: gateway for gateway in gateways}
        self._wait = wait
        self._health = Health(store, gateways, random)
        self._rates: Rates = HostRates(store, clock()) if store.one_writer else FleetRates(store)
        self._requests = Requests(gateways)
        self._settlement = Settlement(store, clock, gateways, self._health, self._rates)
        self.report: SendReport = self._settlement.report

    def run(self) -> SendReport:
        """Settle what an earlier run left open, then send what is due."""
        began = self._clock()
        with self._requests:
            for message in in_state(self._store, self._ledgers.names(), State.SUBMITTING, self._clock()):
                self._settlement.interrupted(message)
            in_doubt = in_state(self._store, self._ledgers.names(), State.UNKNOWN, self._clock())
            # Who has waited longest first: one that is never answered must not keep the others from being asked about.
            for message in sorted(in_doubt, key=lambda message: message.next_at or datetime.min):
                self._look_up(message)
            self._send_due()
        self.report.next_at = self._next_at(began)
        return self.report

    def _send_due(self) -> None:
        """Send page by page. After every page the queue is read from its front again: what has become urgent since
        stands there. What no gateway takes just now is passed over.
        """
        passed_over: set[str] = set()
        after: StoredMessage | None = None
        while True:
            self._health.read()
            page = queue(self._store, self._ledgers.names(), self._clock(), after, self._page_size())
            if not page and not self._requests.any_under_way:
                return
            waits = {message.id for message in page if message.id not in passed_over and not self._deliver(message)}
            anything_left = any(message.id not in passed_over | waits for message in page)
            passed_over |= waits
            after = page[-1] if page and not anything_left else None
            if not page:
                self._requests.finish()

    def _page_size(self) -> int:
        rate = sum(gateway.limits.per_second for gateway in self._gateways.values())
        return int(min(max(SECONDS_OF_A_PAGE * rate, SMALLEST_PAGE), LARGEST_PAGE))

    def _deliver(self, message: StoredMessage) -> bool:
        """Hand the message to the first gateway that takes it, when its rate allows; whether it is done with. What is
        no longer owed is recorded and not sent.
        """
        if self._lapsed(message):
            return True
        waited_for = ""
        while gateway := self._health.choose(message, self._clock()):
            pause = self._rates.wait_for(gateway, self._clock()) if gateway.name != waited_for else 0
            if not pause and not self._requests.is_full(gateway):
                return self._number_is_full(message, gateway) or self._submit(message, gateway)
            self._let_pass(gateway)
            waited_for = gateway.name
            if self._lapsed(message):
                return True
        if self._settlement.refused_by_all(message):
            self._ledgers.left(message)
            return True
        return False

    def _let_pass(self, gateway: Gateway) -> None:
        """Until the gateway may have the next request; answers that come meanwhile are taken in."""
        while self._requests.is_full(gateway):
            self._requests.take_in()
        while pause := self._rates.wait_for(gateway, self._clock()):
            if not self._requests.any_under_way:
                self._wait(pause)
                return
            if not self._requests.take_in(pause):
                return

    def _lapsed(self, message: StoredMessage) -> bool:
        now = self._clock()
        is_owed = self._ledgers.still_owed(message, now)
        if is_owed and (message.expires_at is None or now < message.expires_at):
            return False
        if is_owed is not None:
            self._settlement.lapsed(message)
            self._ledgers.left(message)
        return True

    def _number_is_full(self, message: StoredMessage, gateway: Gateway) -> bool:
        """Whether the number may not have it now; it is put off until it may, and a full day is reported."""
        found = self._rates.full_until(gateway, message.mobile, self._clock())
        if found is None:
            return False
        window, until = found
        of_day = window.span == DAY
        why = FULL if of_day else CROWDED.format(span=window.word)
        self._settlement.to(message, State.PENDING, next_at=until, explanation=why)
        if of_day:
            self.report.full[mask_mobile(message.mobile)] += 1
        self._ledgers.left(message)
        return True

    def _submit(self, message: StoredMessage, gateway: Gateway) -> bool:
        """One request. The attempt is on the disk before it is made."""
        noted, now = elapsed(), self._clock()  # from before the note: its own answer may be long in coming
        try:
            with self._store.write() as connection:
                self._rates.claim(connection, gateway, message.mobile, now)
                route = Route(gateway.name, gateway.account, self._store.host, gateway.seconds)
                message = submit(connection, message, route, now)
        except NumberFull:
            return self._number_is_full(message, gateway)
        except Moved:
            return False
        self._rates.submitted(gateway, message.mobile, now)
        request = partial(self._requested, gateway, noted)
        self._requests.make(gateway, request, message, partial(self._sent, message, gateway))
        return True

    def _requested(self, gateway: Gateway, noted: float, message: StoredMessage) -> str | None:
        """The request; not where this process was frozen after it noted it: another host may by now have asked the
        gateway, which has nothing, and send the message itself.
        """
        allowed = self._store.interrupted_after.total_seconds() / 2
        if allowed and elapsed() - noted > allowed:
            raise NotSent(FROZEN, timedelta(seconds=1), number_only=True)
        return gateway.send(message)

    def _sent(self, message: StoredMessage, gateway: Gateway, answer: Callable[[], str | None]) -> None:
        self._settlement.of_send(message, gateway, answer)
        self._ledgers.left(message)

    def _look_up(self, message: StoredMessage) -> None:
        gateway = self._gateways.get(message.gateway)
        if gateway is None or message.account not in ("", gateway.account):
            # Another account has never got the message, and would say so.
            why = "换了账号，无法向原来的账号核实" if gateway else "已不在配置中，无法核实"
            self._settlement.needs_person(message, f"网关“{message.gateway}”{why}是否已发出")
            return
        while self._requests.is_full(gateway):
            self._requests.take_in()
        if gateway.name not in self._settlement.silent:
            then = partial(self._settlement.of_look_up, message, gateway)
            self._requests.make(gateway, gateway.look_up, message, then)

    def _next_at(self, began: datetime) -> datetime | None:
        """When something has its turn that had it not yet when this run began, or a gateway may be tried again."""
        names, now = self._ledgers.names(), self._clock()
        times = [next_due(self._store, names, began)]
        if any_due(self._store, names, now):
            times.append(self._health.next_retry())
        if self._settlement.silent:
            times.append(now + SECOND_LOOK)
        return min((time for time in times if time), default=None)
