"""Several requests under way: as many as a gateway allows, the urgent first, and never two for one message."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Barrier, Event, Lock

import pytest

from sms.gateways.protocol import GatewayStopped, Limits, NotSent, Unknown
from sms.lock import SenderBusy
from sms.outbox import Outbox
from sms.store.model import SmsError, State, StoredMessage
from tests.sms.conftest import LEDGER, START, Clock, always, outgoing
from tests.sms.scripted import Scripted, send

QUICK = Limits(per_second=1e6, at_once=8)


@dataclass
class Crowded(Scripted):
    """Counts how many requests are under way; all but the first wait for another one at ``meeting``."""

    name: str = "甲"
    limits: Limits = field(default_factory=lambda: QUICK)
    meeting: Barrier | None = None
    most: int = 0
    under_way: int = 0
    lock: Lock = field(default_factory=Lock)

    def send(self, message: StoredMessage) -> str:
        with self.lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        try:
            if self.meeting and self.sent:
                self.meeting.wait(5)
            return super().send(message)
        finally:
            with self.lock:
                self.under_way -= 1


@dataclass
class Burst:
    """Several ledgers, of which some may be held back."""

    allowed: list[str]
    left_: Counter[str] = field(default_factory=Counter)

    def names(self) -> Collection[str]:
        return self.allowed

    def still_owed(self, message: StoredMessage, now: datetime) -> bool | None:
        return True if message.ledger in self.allowed else None

    def left(self, message: StoredMessage) -> None:
        self.left_[message.ledger] += 1


def claim(outbox: Outbox, count: int) -> None:
    outbox.claim(LEDGER, [outgoing(n, mobile=f"+86138001{n:05}") for n in range(count)], [], {}, START)


def test_several_requests_overlap_up_to_the_limit(outbox: Outbox, clock: Clock) -> None:
    gateway = Crowded(meeting=Barrier(2))
    claim(outbox, 61)
    send(outbox, clock, gateway)
    assert max(Counter(gateway.sent).values()) == 1
    assert sum(1 for _ in outbox.messages(LEDGER, State.ACCEPTED)) == 61
    assert 2 <= gateway.most <= 8


def test_a_gateway_that_fails_at_once_has_seen_one_message(outbox: Outbox, clock: Clock) -> None:
    claim(outbox, 50)
    for fault in (GatewayStopped("停"), NotSent("连不上"), Unknown("断")):
        gateway = Crowded(script=[fault] * 50)
        send(outbox, clock, gateway)
        assert len(gateway.sent) <= 3, "three in doubt let the gateway rest"
        assert gateway.most == 1
        outbox.resume_gateways()


def test_after_a_fault_it_begins_with_one_again(outbox: Outbox, clock: Clock) -> None:
    gateway = Crowded(script=[None, None, None, Unknown("断")])
    claim(outbox, 40)
    send(outbox, clock, gateway)
    assert Counter(gateway.sent).most_common(1)[0][1] == 1


def test_one_at_a_time_where_the_set_up_says_so(outbox: Outbox, clock: Clock) -> None:
    gateway = Crowded(limits=Limits(per_second=1e6, at_once=1))
    claim(outbox, 30)
    send(outbox, clock, gateway)
    assert (len(gateway.sent), gateway.most) == (30, 1)


def test_urgent_first_then_what_expires_soonest_then_the_oldest(outbox: Outbox, clock: Clock) -> None:
    hour = timedelta(hours=1)
    lasting, soon, later = outgoing(1), outgoing(2, expires_at=START + hour), outgoing(3, expires_at=START + 5 * hour)
    older = replace(outgoing(4), at=START - hour)
    escalation = replace(outgoing(5), urgent=True)
    ids = outbox.claim(LEDGER, [lasting, soon, later, older, escalation], [], {}, START)
    gateway = Scripted("甲", limits=Limits(per_second=1000, at_once=1))
    send(outbox, clock, gateway)
    assert gateway.sent == [ids[n] for n in (4, 1, 2, 3, 0)]


def test_what_becomes_urgent_meanwhile_overtakes(outbox: Outbox, clock: Clock) -> None:
    claim(outbox, 60)

    class Interrupted(Scripted):
        def send(self, message: StoredMessage) -> str:
            if len(self.sent) == 3:
                outbox.claim(LEDGER, [replace(outgoing(99), urgent=True)], [], {}, START)
            return super().send(message)

    gateway = Interrupted("甲", limits=Limits(per_second=2, at_once=1))
    send(outbox, clock, gateway)
    urgent = next(one.id for one in outbox.messages(LEDGER) if one.covers[0].key.matter.endswith("0099"))
    assert gateway.sent.index(urgent) <= 10, "a page holds what goes out in five seconds"


def test_several_ledgers_are_one_queue_and_a_held_one_waits(outbox: Outbox, clock: Clock) -> None:
    for number, ledger in enumerate(("甲", "乙", "丙")):
        outbox.claim(ledger, [outgoing(number, ledger=ledger)], [], {}, START)
    group, gateway = Burst(["甲", "丙"]), Scripted("g")
    outbox.send_for(group, clock, [gateway], wait=clock.wait)
    states = {ledger: next(outbox.messages(ledger)).state for ledger in ("甲", "乙", "丙")}
    assert states == {"甲": State.ACCEPTED, "乙": State.PENDING, "丙": State.ACCEPTED}
    assert group.left_ == {"甲": 1, "丙": 1}


def test_a_ledger_that_is_held_back_meanwhile_keeps_its_messages(outbox: Outbox, clock: Clock) -> None:
    claim(outbox, 20)
    group = Burst([LEDGER])

    class Stopping(Scripted):
        def send(self, message: StoredMessage) -> str:
            if len(self.sent) == 4:
                group.allowed = []
            return super().send(message)

    gateway = Stopping("甲", limits=Limits(per_second=1e6, at_once=1))
    outbox.send_for(group, clock, [gateway], wait=clock.wait)
    assert len(gateway.sent) == 5
    assert sum(1 for _ in outbox.messages(LEDGER, State.PENDING)) == 15


def test_the_lock_is_held_until_the_last_request_has_ended(
    file_outbox: Outbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store fails while a request is under way: another process must not look for that message yet."""
    claim(file_outbox, 3)
    entered, go_on = Event(), Event()

    class Slow(Crowded):
        def send(self, message: StoredMessage) -> str:
            ref = super().send(message)
            if len(self.sent) == 3:
                entered.set()
                assert go_on.wait(5)
            return ref

    gateway, gone_wrong = Slow(), SmsError("磁盘已满")
    found: list[type[Exception]] = []

    def other_process() -> None:
        second = Outbox(file_outbox.store.path)
        try:
            second.send(LEDGER, clock, [], always)
        except SenderBusy as busy:
            found.append(type(busy))
        finally:
            second.close()

    write = file_outbox.store.write

    def failing() -> object:
        if entered.is_set():
            other_process()
            go_on.set()
            raise gone_wrong
        return write()

    monkeypatch.setattr(file_outbox.store, "write", failing)
    with pytest.raises(SmsError, match="磁盘已满"):
        send(file_outbox, clock, gateway)
    assert found
    assert set(found) == {SenderBusy}
    assert gateway.under_way == 0


def test_numbers_that_are_full_are_reported_at_once(outbox: Outbox, clock: Clock) -> None:
    """Sixty ledgers with one contact: what waits for tomorrow is said today, and by which number."""
    for ledger in range(6):
        outbox.claim(f"台账{ledger}", [outgoing(ledger, ledger=f"台账{ledger}")], [], {}, START)
    gateway = Scripted("甲", limits=Limits(per_second=1e6, per_number_per_day=4))
    report = outbox.send_for(Burst([f"台账{n}" for n in range(6)]), clock, [gateway], wait=clock.wait)
    assert (len(report.sent), report.full) == (4, {"138****8000": 2})
