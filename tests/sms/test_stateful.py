"""Hypothesis over the state machine: claims, sends, deaths, receipts, people and clocks in any order."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sms.gateways.protocol import BadNumber, GatewayStopped, NotSent, Receipt, Rejected, Remedy, Unknown
from sms.outbox import Outbox
from sms.sender import OneLedger
from sms.store.location import Location, Server
from sms.store.model import BOOK_WORD, State, StoredMessage
from tests.postgresql import RunningServer
from tests.sms.conftest import LEDGER, Clock, always, outgoing
from tests.sms.scripted import Scripted
from tests.sms.simulation import MEMORY, Died

FINAL = (State.DELIVERED, State.UNDELIVERED, State.EXPIRED, State.MISSED, State.FAILED)
STEPS = st.sampled_from(
    ["ok", "lost after", "lost before", "dies after", "dies before", "not sent", "rejected", "bad number", "stopped"]
)
RECEIPTS = st.sampled_from(
    [
        Receipt(State.ACCEPTED),
        Receipt(State.DELIVERED),
        Receipt(State.UNDELIVERED),
        Receipt(State.UNDELIVERED, None, "", Remedy.LATER),
        Receipt(State.UNDELIVERED, None, "", Remedy.OTHER_GATEWAY),
    ]
)


class Moody(Scripted):
    """A gateway whose list never lags: what it took it finds. ``arrived`` holds (message, round) of every SMS."""

    def __init__(self, name: str, arrived: list[tuple[str, int]]) -> None:
        super().__init__(name)
        self.arrived = arrived
        self.held: set[str] = set()
        self.next_steps: list[str] = []
        self.next_receipt = Receipt(State.ACCEPTED)

    def send(self, message: StoredMessage) -> str:
        step = self.next_steps.pop(0) if self.next_steps else "ok"
        faults = {
            "not sent": NotSent("稍后"),
            "rejected": Rejected("不收"),
            "bad number": BadNumber("空号"),
            "stopped": GatewayStopped("停"),
            "lost before": Unknown("断"),
        }
        if step in faults:
            raise faults[step]
        if step == "dies before":
            raise Died
        self.arrived.append((message.id, message.round))
        self.held.add(message.out_id)
        if step == "dies after":
            raise Died
        if step == "lost after":
            raise Unknown("断")
        return message.out_id

    def look_up(self, message: StoredMessage) -> str | None:
        return message.out_id if message.out_id in self.held else None

    def receipt(self, message: StoredMessage) -> Receipt:
        return self.next_receipt


class OutboxMachine(RuleBasedStateMachine):
    server: RunningServer | None = None

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.store: Location = self.server.fresh() if self.server else Path(self.folder.name) / "duban.sqlite"
        self.outbox = Outbox(self.store)
        self.clock = Clock()
        self.arrived: list[tuple[str, int]] = []
        self.gateways = [Moody("甲", self.arrived), Moody("乙", self.arrived)]
        self.claimed: set[str] = set()
        self.final: dict[str, State] = {}
        self.retried: set[str] = set()

    @rule(numbers=st.lists(st.integers(0, 6), min_size=1, max_size=4, unique=True), seconds=st.integers(0, 90))
    def claim(self, numbers: list[int], seconds: int) -> None:
        expires = self.clock() + timedelta(seconds=seconds) if seconds % 3 == 0 else None
        made = self.outbox.claim(LEDGER, [outgoing(n, expires_at=expires) for n in numbers], [], {}, self.clock())
        assert self.claimed.isdisjoint(made)
        self.claimed.update(made)

    @rule(first=st.lists(STEPS, max_size=5), second=st.lists(STEPS, max_size=5), owed=st.booleans())
    def send(self, first: list[str], second: list[str], owed: bool) -> None:
        self.gateways[0].next_steps, self.gateways[1].next_steps = first, second
        one = OneLedger(LEDGER, always if owed else lambda message, _now: message.id.endswith("A"))
        try:
            self.outbox.send_for(one, self.clock, self.gateways, wait=self.clock.wait, random=Random(1))
        except Died:
            self.outbox.close()
            self.outbox = Outbox(self.store)

    @rule(receipts=st.lists(RECEIPTS, min_size=2, max_size=2))
    def poll(self, receipts: list[Receipt]) -> None:
        for gateway, receipt in zip(self.gateways, receipts, strict=True):
            gateway.next_receipt = receipt
        self.outbox.collect_receipts(LEDGER, self.clock, self.gateways)

    @rule(seconds=st.sampled_from([1, 31, 61, 1801, 4000, 90000, -61, -4000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)

    @rule()
    def mended(self) -> None:
        self.outbox.resume_gateways()

    @rule(pick=st.integers(0, 5))
    def a_person_retries(self, pick: int) -> None:
        waiting = [*self.outbox.messages(LEDGER, State.FAILED, State.UNDELIVERED)]
        if waiting:
            message = waiting[pick % len(waiting)]
            self.outbox.retry(message.id, self.clock(), by="甲")
            self.final.pop(message.id, None)
            self.retried.add(message.id)

    @rule()
    def book_is_written(self) -> None:
        rows = list(self.outbox.log_rows(LEDGER))
        assert {row["state"] for row in rows} <= set(BOOK_WORD.values())
        self.outbox.confirm_log(rows)
        assert list(self.outbox.log_rows(LEDGER)) == []

    @invariant()
    def holds(self) -> None:
        """Nothing twice in one round; one message a claim; states agree with what arrived; what is final stays."""
        taken = {identity for identity, _ in self.arrived}
        assert len(self.arrived) == len(set(self.arrived))
        messages = [*self.outbox.messages(LEDGER, *State)]
        assert {message.id for message in messages} == self.claimed
        history = self.outbox.history(LEDGER)
        for message in messages:
            assert message.state is not State.NEEDS_HUMAN, "look-ups answer here"
            if message.state in (State.ACCEPTED, State.DELIVERED, State.UNDELIVERED, State.EXPIRED):
                assert message.id in taken
            if message.state is State.MISSED and not message.round:
                assert message.id not in taken
            assert self.final.get(message.id) in (None, message.state)
            if message.state in FINAL:
                self.final[message.id] = message.state
            assert history.urgings(message.covers[0].key.matter) == int(message.accepted_at is not None)

    def teardown(self) -> None:
        if hasattr(self, "outbox"):
            self.outbox.close()
            self.folder.cleanup()
            if self.server and isinstance(self.store, Server):
                self.server.give_back(self.store)


class MachineOnServer(OutboxMachine):
    pass


@pytest.fixture
def machine_on_server(postgresql: RunningServer) -> Iterator[None]:
    MachineOnServer.server = postgresql
    yield
    MachineOnServer.server = None


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(
    settings.default, stateful_step_count=20, max_examples=(settings.default or settings()).max_examples // 3
)


@pytest.mark.usefixtures("machine_on_server")
class TestOutboxOnServer(MachineOnServer.TestCase):
    settings = settings(
        settings.default, stateful_step_count=20, max_examples=(settings.default or settings()).max_examples // 10
    )
