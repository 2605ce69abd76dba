"""Rates: before, at and after each limit, and across a restart."""

from datetime import timedelta
from pathlib import Path

import pytest

from sms.gateways.protocol import Limits, NotSent, Unknown
from sms.gateways.setup import open_gateway
from sms.limits import busiest
from sms.outbox import Outbox
from sms.store.model import State
from tests.postgresql import Stores
from tests.sms.conftest import ENVIRONMENT, LEDGER, START, Clock, always, outgoing, table_of
from tests.sms.scripted import Scripted, send


def _gateway(**limits: float) -> Scripted:
    return Scripted("甲", limits=Limits(**limits))


def test_the_rate_spaces_requests(file_outbox: Outbox, clock: Clock) -> None:
    """By this host's clock; a fleet keeps its rates by that of its server (``tests/sms/test_fleet_limits.py``)."""
    file_outbox.claim(LEDGER, [outgoing(n) for n in range(5)], [], {}, START)
    file_outbox.send(LEDGER, clock, [_gateway(per_second=4)], always, wait=clock.wait)
    assert clock.waited == pytest.approx([0.25] * 4)


def test_no_wait_after_enough_time(file_outbox: Outbox, clock: Clock) -> None:
    gateway = _gateway(per_second=4)
    for number, gap in enumerate((0.25, 0.26)):
        file_outbox.claim(LEDGER, [outgoing(number)], [], {}, START)
        file_outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
        clock.forward(seconds=gap)
    assert clock.waited == []


def test_a_restart_remembers_the_last_second(tmp_path: Path, clock: Clock) -> None:
    for number in range(2):
        box = Outbox(tmp_path / "duban.sqlite")
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


def test_what_exceeds_it_is_asked_about_again_a_day_later(stores: Stores, clock: Clock) -> None:
    gateway = _gateway(per_second=1000, per_number_per_day=1)
    for _ in range(2):
        box = Outbox(stores("duban"))
        box.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
        report = box.send(LEDGER, clock, [gateway], always, wait=clock.wait)
        box.close()
    assert len(gateway.sent) == 1
    box = Outbox(stores("duban"))
    assert next(box.messages(LEDGER, State.PENDING)).next_at == START + timedelta(days=1)
    assert report.next_at is not None
    clock.now = START + timedelta(days=1)
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


@pytest.mark.parametrize(
    ("window", "span"),
    [
        ("per_number_per_minute", timedelta(minutes=1)),
        ("per_number_per_hour", timedelta(hours=1)),
        ("per_number_per_day", timedelta(days=1)),
    ],
)
def test_each_window_moves_with_the_clock(outbox: Outbox, clock: Clock, window: str, span: timedelta) -> None:
    """Two in a window: the third goes out when the first has left it, and not a second earlier."""
    gateway = _gateway(per_second=1000, **{window: 2})
    for number in range(2):
        outbox.claim(LEDGER, [outgoing(number)], [], {}, START)
        outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
        clock.forward(seconds=10)
    outbox.claim(LEDGER, [outgoing(3)], [], {}, START)
    report = outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    assert (len(gateway.sent), next(outbox.messages(LEDGER, State.PENDING)).next_at) == (2, START + span)
    assert bool(report.full) is (window == "per_number_per_day"), "a person is asked about a full day only"
    clock.now = START + span - timedelta(seconds=1)
    outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    assert len(gateway.sent) == 2
    clock.forward(seconds=1)
    outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    assert len(gateway.sent) == 3


def test_the_longest_wait_decides(outbox: Outbox, clock: Clock) -> None:
    gateway = _gateway(per_second=1000, per_number_per_minute=1, per_number_per_hour=2, per_number_per_day=3)
    outbox.claim(LEDGER, [outgoing(n) for n in range(4)], [], {}, START)
    sent_at = []
    for _ in range(4):
        before = len(gateway.sent)
        outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
        to_the_second = timedelta(seconds=round((clock() - START).total_seconds()))
        sent_at += [to_the_second] * (len(gateway.sent) - before)
        clock.now = max((one.next_at or clock.now for one in outbox.messages(LEDGER, State.PENDING)), default=clock.now)
    assert sent_at == [timedelta(), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)]


def test_a_clock_that_went_back_waits_for_nothing_ahead_of_it(outbox: Outbox, clock: Clock) -> None:
    gateway = _gateway(per_second=1000, per_number_per_day=1)
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    clock.forward(days=-2)
    outbox.claim(LEDGER, [outgoing(2)], [], {}, START)
    outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    assert len(gateway.sent) == 2


@pytest.mark.parametrize(
    ("seconds", "span", "most"),
    [([], 60, 0), ([0], 60, 1), ([0, 60], 60, 1), ([0, 59, 118], 60, 2), ([0, 0, 0], 60, 3)],
)
def test_the_busiest_span(seconds: list[int], span: int, most: int) -> None:
    assert busiest([START + timedelta(seconds=one) for one in seconds], timedelta(seconds=span)) == most


def test_tencent_allows_ten_a_day_until_the_console_says_more(tmp_path: Path) -> None:
    own = {key: value for key, value in table_of("tencent", 9).items() if key != "limits"}
    for table, day in (
        (own, 10),
        ({**own, "limits": {"per_second": 5}}, 10),
        ({**own, "limits": {"per_number_per_day": 50}}, 50),
    ):
        limits = open_gateway("tencent", table, ENVIRONMENT, tmp_path, tmp_path).limits
        assert (limits.per_number_per_day, limits.grace) == (day, 900)


def test_a_request_of_days_ago_that_reached_nobody_makes_no_room(outbox: Outbox, clock: Clock) -> None:
    """It was counted no more when it was taken back: the number had one SMS too many."""
    of_two = Limits(per_second=1e6, per_number_per_day=2)
    gateway = Scripted("甲", [Unknown("断")], limits=of_two)
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, gateway)
    send(outbox, clock, gateway)
    clock.forward(seconds=30)
    send(outbox, clock, gateway)
    clock.forward(hours=25)
    outbox.claim("台账乙", [outgoing(n, ledger="台账乙") for n in (8, 9)], [], {}, START)
    outbox.send("台账乙", clock, [gateway], always, wait=clock.wait)
    report = send(outbox, clock, gateway)
    assert (len(gateway.sent), report.full.total()) == (3, 1)
