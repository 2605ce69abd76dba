"""Many messages through the real outbox, with a process that dies, a line that breaks and a list that lags."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sms.gateways.protocol import Limits, NotSent, Receipt, Unknown
from sms.outbox import Outbox
from sms.sender import OneLedger
from sms.store.location import Location
from sms.store.model import State, StoredMessage
from tests.postgresql import RunningServer
from tests.sms.conftest import LEDGER, START, Clock, always, outgoing
from tests.sms.inbound_weather import AFTER, Mail

BATCH = 200
MEMORY = Path("/dev/shm")


class Died(BaseException):
    """The process is gone: nothing after this line ran."""


@dataclass(frozen=True)
class Weather:
    """Chances in a hundred of each thing that can happen to a request; ``lag`` is the list's greatest, in seconds."""

    dies_before: int = 4
    dies_after: int = 4
    lost_before: int = 4
    lost_after: int = 4
    refused: int = 1
    lag: float = 55
    grace: float = 60

    def outcomes(self) -> list[str]:
        named = ("dies_before", "dies_after", "lost_before", "lost_after", "refused")
        chances = [name for name in named for _ in range(getattr(self, name))]
        return chances + ["ok"] * (100 - len(chances))


class Weathered:
    """A gateway in this weather. It shows in its list what it took, but only after a while."""

    name = "模拟"
    network = False
    account, seconds = "", 0.0

    def __init__(self, weather: Weather, clock: Clock, random: Random) -> None:
        self.limits = Limits(per_second=1e6, per_number_per_day=10**9, grace=weather.grace)
        self._weather, self._clock, self._random = weather, clock, random
        self._outcomes = weather.outcomes()
        self.taken: Counter[str] = Counter()
        self._shown_at: dict[str, datetime] = {}

    def send(self, message: StoredMessage) -> str:
        outcome = self._random.choice(self._outcomes)
        if outcome == "dies_before":
            raise Died
        if outcome == "refused":
            raise NotSent("连不上")
        if outcome == "lost_before":
            raise Unknown("断线")
        self.taken[message.token] += 1
        shown = self._clock() + timedelta(seconds=self._random.uniform(0, self._weather.lag))
        self._shown_at[message.token] = min(shown, self._shown_at.get(message.token, shown))
        if outcome == "dies_after":
            raise Died
        if outcome == "lost_after":
            raise Unknown("断线")
        return message.token

    def look_up(self, message: StoredMessage) -> str | None:
        if self._random.random() < 0.02:
            raise Unknown("断线")
        shown = self._shown_at.get(message.token)
        return message.token if shown and shown <= self._clock() else None

    def receipt(self, message: StoredMessage) -> Receipt:
        return Receipt(State.ACCEPTED)

    def probe(self) -> datetime | None:
        return None


@dataclass
class Tally:
    messages: int = 0
    lost: int = 0
    doubled: int = 0
    needs_human: int = 0
    deaths: int = 0
    posts: int = 0
    wrong_receipts: int = 0
    wrong_acknowledgements: int = 0
    by_strangers: int = 0


def simulate(
    messages: int, seed: int, weather: Weather, *, inbound: bool = False, server: RunningServer | None = None
) -> Tally:
    """Batches of messages, each on a fresh store in memory or of ``server``, until all are at rest; with ``inbound``
    also their receipts and replies.
    """
    total = Tally()
    for batch in range(-(-messages // BATCH)):
        size = min(BATCH, messages - batch * BATCH)
        with _fresh_store(server) as store:
            _batch(store, size, Random(f"{seed} {batch}"), weather, total, inbound=inbound)
    return total


@contextmanager
def _fresh_store(server: RunningServer | None) -> Iterator[Location]:
    if server is None:
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
            yield Path(folder) / "duban.sqlite"
        return
    fresh = server.fresh()
    yield fresh
    server.give_back(fresh)


def _batch(store: Location, size: int, random: Random, weather: Weather, total: Tally, *, inbound: bool) -> None:
    clock = Clock(START)
    gateway = Weathered(weather, clock, random)
    mail = Mail(gateway.name, random)
    outbox = Outbox(store)
    outbox.claim(LEDGER, [outgoing(n, mobile=f"+86138{n:08}") for n in range(size)], [], {}, START)
    died = True
    while died or (states := outbox.tally(LEDGER, START)).keys() & {State.PENDING, State.SUBMITTING, State.UNKNOWN}:
        died = _live(outbox, clock, gateway, random)
        total.deaths += died
        if inbound:
            mail.come_early(outbox, clock())
    if inbound:
        _post(outbox, clock, gateway, mail, total)
    outbox.close()
    total.messages += size
    total.lost += size - len(gateway.taken)
    total.doubled += sum(1 for count in gateway.taken.values() if count > 1)
    total.needs_human += states[State.NEEDS_HUMAN]


def _post(outbox: Outbox, clock: Clock, gateway: Weathered, mail: Mail, total: Tally) -> None:
    """The rest of receipts and replies comes in; whatever they hold, nothing is sent again."""
    clock.forward(seconds=AFTER.total_seconds())
    mail.come_late(outbox, clock())
    _live(outbox, clock, gateway, mail.random)
    messages = [*outbox.messages(LEDGER)]
    total.posts += mail.posts
    total.wrong_receipts += mail.wrong_receipts(messages)
    total.wrong_acknowledgements += mail.wrong_acknowledgements(messages)
    total.by_strangers += mail.acknowledged_by_strangers(outbox)


def _live(outbox: Outbox, clock: Clock, gateway: Weathered, random: Random) -> bool:
    """One life of the process: whether it died sending. It is started again some seconds later."""
    try:
        outbox.send_for(OneLedger(LEDGER, always), clock, [gateway], wait=clock.wait, random=random)
        died = False
    except Died:
        died = True
    clock.forward(seconds=random.uniform(1, 20))
    return died
