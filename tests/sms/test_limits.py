"""Rates: before, at and after each limit, and across a restart."""

from datetime import datetime, timedelta

import pytest

from sms.gateways.protocol import Limits, NotSent
from sms.outbox import Outbox
from sms.store.model import State
from tests.postgresql import Stores
from tests.sms.conftest import LEDGER, START, Clock, always, outgoing
from tests.sms.scripted import Scripted


def _gateway(**limits: float) -> Scripted:
    return Scripted("甲", limits=Limits(**limits))


def test_the_rate_spaces_requests(outbox: Outbox, clock: Clock) -> None:
    outbox.claim(LEDGER, [outgoing(n) for n in range(5)], [], {}, START)
    outbox.send(LEDGER, clock, [_gateway(per_second=4)], always, wait=clock.wait)
    assert clock.waited == pytest.approx([0.25] * 4)


def test_no_wait_after_enough_time(outbox: Outbox, clock: Clock) -> None:
    gateway = _gateway(per_second=4)
    for number, gap in enumerate((0.25, 0.26)):
        outbox.claim(LEDGER, [outgoing(number)], [], {}, START)
        outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
        clock.forward(seconds=gap)
    assert clock.waited == []


def test_a_restart_remembers_the_last_second(stores: Stores, clock: Clock) -> None:
    for number in range(2):
        box = Outbox(stores("duban"))
        box.claim(LEDGER, [outgoing(number)], [], {}, START)
        box.send(LEDGER, clock, [_gateway(per_second=4)], always, wait=clock.wait)
        box.close()
    assert clock.waited == pytest.approx([0.25])


@pytest.mark.parametrize(("messages", "sent"), [(2, 2), (3, 3), (4, 3)], ids=["未满", "刚满", "超出"])
def test_a_daily_limit_for_each_number(outbox: Outbox, clock: Clock, messages: int, sent: int) -> None:
    gateway = _gateway(per_second=1000, per_number_per_day=3)
    outbox.claim(LEDGER, [outgoing(n) for n in range(messages)], [], {}, START)
    outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    assert len(gateway.sent) == sent


def test_what_exceeds_it_is_asked_about_again_next_day(stores: Stores, clock: Clock) -> None:
    gateway = _gateway(per_second=1000, per_number_per_day=1)
    for _ in range(2):
        box = Outbox(stores("duban"))
        box.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
        report = box.send(LEDGER, clock, [gateway], always, wait=clock.wait)
        box.close()
    assert len(gateway.sent) == 1
    box = Outbox(stores("duban"))
    assert next(box.messages(LEDGER, State.PENDING)).next_at == datetime(2026, 3, 4)
    assert report.next_at is not None
    clock.now = datetime(2026, 3, 4)
    box.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    assert len(gateway.sent) == 2
    box.close()


def test_what_was_not_sent_does_not_count(outbox: Outbox, clock: Clock) -> None:
    gateway = _gateway(per_second=1000, per_number_per_day=1)
    gateway.script = [NotSent("稍后", timedelta(seconds=1))]
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    for _ in range(2):
        outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
        clock.forward(seconds=2)
    assert next(iter(outbox.messages(LEDGER))).state is State.ACCEPTED


def test_other_numbers_are_not_concerned(outbox: Outbox, clock: Clock) -> None:
    gateway = _gateway(per_second=1000, per_number_per_day=1)
    outbox.claim(LEDGER, [outgoing(1), outgoing(2, mobile="+8613900139000")], [], {}, START)
    outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    assert len(gateway.sent) == 2
