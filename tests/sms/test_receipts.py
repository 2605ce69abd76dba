"""Receipts: polled until final, forward only, one more try where the network's reason allows it."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sms.gateways.protocol import Inconclusive, Receipt, Rejected, Remedy, Unknown
from sms.outbox import Outbox
from sms.store.model import State, StoredMessage
from sms.store.transitions import Moved, move
from tests.sms.conftest import LEDGER, START, Clock, Line, always, connect, outgoing
from tests.sms.scripted import Scripted, only, send


class Answering(Scripted):
    """Hands out receipts in order, the last one for ever."""

    def __init__(self, *receipts: Receipt | Exception, name: str = "甲") -> None:
        super().__init__(name)
        self.receipts = [*receipts]
        self.asked = 0

    def receipt(self, message: StoredMessage) -> Receipt:
        self.asked += 1
        receipt = self.receipts.pop(0) if len(self.receipts) > 1 else self.receipts[0]
        if isinstance(receipt, Exception):
            raise receipt
        return receipt


WAITING = Receipt(State.ACCEPTED)


def _sent(outbox: Outbox, clock: Clock, *gateways: Scripted) -> str:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, gateways, always, wait=clock.wait)
    return next(iter(outbox.messages(LEDGER))).id


def _poll(outbox: Outbox, clock: Clock, *gateways: Scripted, seconds: float = 31) -> StoredMessage:
    clock.forward(seconds=seconds)
    outbox.collect_receipts(LEDGER, clock, gateways)
    return next(iter(outbox.messages(LEDGER)))


@pytest.mark.parametrize(("seconds", "asked"), [(29, 0), (30, 1), (31, 1)])
def test_receipts_are_asked_for_after_thirty_seconds(outbox: Outbox, clock: Clock, seconds: int, asked: int) -> None:
    gateway = Answering(WAITING)
    _sent(outbox, clock, gateway)
    _poll(outbox, clock, gateway, seconds=seconds)
    assert gateway.asked == asked


def test_a_delivery_is_noted_and_not_asked_for_again(outbox: Outbox, clock: Clock) -> None:
    arrived = START + timedelta(seconds=8)
    gateway = Answering(WAITING, Receipt(State.DELIVERED, arrived))
    _sent(outbox, clock, gateway)
    assert _poll(outbox, clock, gateway).state is State.ACCEPTED
    message = _poll(outbox, clock, gateway)
    assert (message.state, message.receipt_at) == (State.DELIVERED, arrived)
    _poll(outbox, clock, gateway, seconds=90000)
    assert gateway.asked == 2


@pytest.mark.parametrize(("hours", "state"), [(71.9, State.ACCEPTED), (72, State.EXPIRED), (72.1, State.EXPIRED)])
def test_after_72_hours_without_a_receipt_nobody_waits(
    outbox: Outbox, clock: Clock, hours: float, state: State
) -> None:
    gateway = Answering(WAITING)
    _sent(outbox, clock, gateway)
    assert _poll(outbox, clock, gateway, seconds=hours * 3600).state is state


def test_a_receipt_that_cannot_be_had_is_asked_for_later(outbox: Outbox, clock: Clock) -> None:
    gateway = Answering(Unknown("断线"), Receipt(State.DELIVERED))
    _sent(outbox, clock, gateway)
    assert _poll(outbox, clock, gateway).state is State.ACCEPTED
    assert _poll(outbox, clock, gateway, seconds=61).state is State.DELIVERED


@pytest.mark.parametrize(("hours", "state"), [(72, State.ACCEPTED), (167.9, State.ACCEPTED), (168, State.EXPIRED)])
def test_who_does_not_answer_is_asked_for_a_week(outbox: Outbox, clock: Clock, hours: float, state: State) -> None:
    """没有回执 is final, and only the gateway can say that there is none."""
    gateway = Answering(Unknown("断线"))
    _sent(outbox, clock, gateway)
    assert _poll(outbox, clock, gateway, seconds=hours * 3600).state is state


def test_a_gateway_that_was_away_for_72_hours_is_still_asked(outbox: Outbox, clock: Clock) -> None:
    gateway = Answering(Unknown("断线"), Receipt(State.DELIVERED))
    _sent(outbox, clock, gateway)
    assert _poll(outbox, clock, gateway, seconds=72 * 3600).state is State.ACCEPTED
    assert _poll(outbox, clock, gateway, seconds=3600).state is State.DELIVERED


def test_after_a_broken_line_the_others_keep_their_turn(outbox: Outbox, clock: Clock) -> None:
    gateway = Answering(Unknown("断线"), Receipt(State.DELIVERED))
    outbox.claim(LEDGER, [outgoing(n) for n in range(5)], [], {}, START)
    outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    _poll(outbox, clock, gateway)
    assert gateway.asked == 1
    assert outbox.collect_receipts(LEDGER, clock, [gateway]) == 4, "at once, not after their next interval"


def test_who_stops_asks_no_more(outbox: Outbox, clock: Clock) -> None:
    """Each message costs a request: a worker that has thousands to ask about must still end within seconds."""
    gateway = Answering(Receipt(State.DELIVERED))
    outbox.claim(LEDGER, [outgoing(n) for n in range(5)], [], {}, START)
    outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    clock.forward(seconds=31)
    assert outbox.collect_receipts(LEDGER, clock, [gateway], stopping=lambda: gateway.asked == 2) == 1
    assert gateway.asked == 2
    assert outbox.collect_receipts(LEDGER, clock, [gateway]) == 4, "the second one too: its answer came while stopping"


def test_an_unreachable_phone_is_tried_once_more_after_half_an_hour(outbox: Outbox, clock: Clock) -> None:
    gateway = Answering(Receipt(State.UNDELIVERED, None, "关机（30003）", Remedy.LATER))
    identity = _sent(outbox, clock, gateway)
    assert _poll(outbox, clock, gateway).state is State.PENDING
    for seconds, sent in ((1799, 1), (2, 2)):
        clock.forward(seconds=seconds)
        outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
        assert gateway.sent == [identity] * sent
    assert _poll(outbox, clock, gateway).state is State.UNDELIVERED
    assert outbox.history(LEDGER).urgings("2026-日-0001") == 1, "one obligation, however often it was tried"


def test_an_unknown_cause_of_the_carrier_changes_the_gateway_once(outbox: Outbox, clock: Clock) -> None:
    bad = Receipt(State.UNDELIVERED, None, "不明（30008）", Remedy.OTHER_GATEWAY)
    first, second = Answering(bad), Answering(bad, name="乙")
    _sent(outbox, clock, first, second)
    assert _poll(outbox, clock, first, second).state is State.PENDING
    outbox.send(LEDGER, clock, [first, second], always, wait=clock.wait)
    assert (len(first.sent), len(second.sent)) == (1, 1)
    assert _poll(outbox, clock, first, second).state is State.UNDELIVERED


def test_without_another_gateway_it_is_undelivered(outbox: Outbox, clock: Clock) -> None:
    gateway = Answering(Receipt(State.UNDELIVERED, None, "不明（30008）", Remedy.OTHER_GATEWAY))
    _sent(outbox, clock, gateway)
    assert _poll(outbox, clock, gateway).state is State.UNDELIVERED


def test_late_and_doubled_receipts_never_go_back(outbox: Outbox, clock: Clock) -> None:
    gateway = Answering(Receipt(State.DELIVERED))
    _sent(outbox, clock, gateway)
    stale = next(iter(outbox.messages(LEDGER)))
    _poll(outbox, clock, gateway)
    for state in (State.ACCEPTED, State.UNDELIVERED, State.PENDING):
        with outbox.store.write() as connection, pytest.raises(Moved):
            move(connection, stale, state, clock())
    assert next(iter(outbox.messages(LEDGER))).state is State.DELIVERED


@pytest.mark.parametrize(
    ("kind", "statuses", "expected"),
    [
        ("twilio", ["queued", "sending", "sent", "sent", "delivered", "delivered"], State.DELIVERED),
        ("twilio", ["queued", "undelivered"], State.UNDELIVERED),
        ("aliyun", ["1", "1", "3", "3"], State.DELIVERED),
        ("aliyun", ["1", "2"], State.UNDELIVERED),
    ],
)
def test_the_true_client_sees_states_arrive(
    outbox: Outbox, clock: Clock, tmp_path: Path, kind: str, statuses: list[str], expected: State
) -> None:
    with ExitStack() as stack:
        line: Line = connect(kind, tmp_path, clock, stack)
        code = "30005" if kind == "twilio" else "MOBILE_NUMBER_NOT_EXIST"
        line.phone.next_statuses = [(one, code if one in {"undelivered", "2"} else "") for one in statuses]
        outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
        outbox.send(LEDGER, clock, [line.gateway], always)
        for _ in statuses:
            clock.forward(hours=2)
            outbox.collect_receipts(LEDGER, clock, [line.gateway])
        message = next(iter(outbox.messages(LEDGER)))
        assert message.state is expected
        assert message.receipt_at is not None


def test_a_message_that_the_gateway_does_not_know_holds_up_no_other(outbox: Outbox, clock: Clock) -> None:
    """As after a change of account: the old ones are unknown there, and came first in every round."""
    gateway = Answering(Rejected("Twilio 20404：没有这一条"), Receipt(State.DELIVERED))
    outbox.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
    outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    clock.forward(seconds=31)
    outbox.collect_receipts(LEDGER, clock, [gateway])
    assert sorted(one.state for one in outbox.messages(LEDGER)) == [State.ACCEPTED, State.DELIVERED]


def test_a_second_try_is_the_last_reminder_and_one_urging(outbox: Outbox, clock: Clock) -> None:
    gateway = Answering(Receipt(State.UNDELIVERED, None, "关机（30003）", Remedy.LATER))
    _sent(outbox, clock, gateway)
    _poll(outbox, clock, gateway)
    clock.forward(minutes=31)
    outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    history = outbox.history(LEDGER)
    assert (history.urgings("2026-日-0001"), history.last_sent_at("2026-日-0001")) == (1, clock())


def test_one_gateway_alone_is_asked_where_each_has_a_worker_of_its_own(outbox: Outbox, clock: Clock) -> None:
    """A message of another gateway keeps its turn; one whose gateway is no longer set up grows old with any."""
    one, other = Answering(Receipt(State.DELIVERED), name="甲"), Answering(Receipt(State.DELIVERED), name="乙")
    _sent(outbox, clock, one, other)
    clock.forward(seconds=31)
    assert outbox.collect_receipts(LEDGER, clock, (one, other), only="乙") == 0
    assert next(iter(outbox.messages(LEDGER))).next_at == START + timedelta(seconds=30)
    assert outbox.collect_receipts(LEDGER, clock, (one, other), only="甲") == 1
    assert (one.asked, other.asked) == (1, 0)


def test_a_message_of_a_gateway_that_is_gone_expires_with_any_other(outbox: Outbox, clock: Clock) -> None:
    _sent(outbox, clock, Answering(WAITING, name="甲"))
    clock.forward(hours=73)
    assert outbox.collect_receipts(LEDGER, clock, (Answering(WAITING, name="乙"),), only="乙") == 1
    assert next(iter(outbox.messages(LEDGER))).state is State.EXPIRED


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (datetime(2026, 3, 3, 4, 30, 50, tzinfo=ZoneInfo("Asia/Shanghai")), datetime(2026, 3, 3, 4, 30, 50)),
        (datetime(2026, 3, 2, 20, 30, 50, tzinfo=UTC), datetime(2026, 3, 3, 4, 30, 50)),
        (START - timedelta(minutes=15), START - timedelta(minutes=15)),
        (START - timedelta(minutes=16), START + timedelta(minutes=1)),
        (START + timedelta(minutes=16), START + timedelta(minutes=16)),
        (START + timedelta(minutes=17), START + timedelta(minutes=1)),
        (datetime(1970, 1, 1, 8), START + timedelta(minutes=1)),
    ],
)
def test_the_time_of_a_receipt_is_office_time_and_one_that_can_be(
    outbox: Outbox, clock: Clock, told: datetime, kept: datetime
) -> None:
    """One with an offset is refused by the workbook, and stands eight hours off on a server."""

    class Dating(Scripted):
        def receipt(self, message: StoredMessage) -> Receipt:
            return Receipt(State.DELIVERED, told)

    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, Dating("甲"))
    clock.forward(minutes=1)
    assert outbox.collect_receipts(LEDGER, clock, [Dating("甲")]) == 1
    assert only(outbox).receipt_at == kept


def test_a_list_that_leaves_one_receipt_open_delays_no_other(outbox: Outbox, clock: Clock) -> None:
    gateway = Answering(Inconclusive("没有列全"), Receipt(State.DELIVERED))
    outbox.claim(LEDGER, [outgoing(n) for n in (1, 2)], [], {}, START)
    send(outbox, clock, gateway)
    clock.forward(minutes=1)
    assert outbox.collect_receipts(LEDGER, clock, [gateway]) == 1
    assert outbox.collect_receipts(LEDGER, clock, [gateway]) == 0, "the other one waits for its next turn"
    assert gateway.asked == 2
