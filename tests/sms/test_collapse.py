"""A gateway whose receipts collapse is stopped and told, before, at and after the share."""

from datetime import timedelta

import pytest

from sms.collapse import FIRST, LAST, delivered
from sms.doctor import check_receipts
from sms.gateways.protocol import Limits
from sms.inbound import StatusReport
from sms.outbox import Outbox
from sms.store.model import State
from sms.trial import send_test
from tests.sms.conftest import LEDGER, MOBILE, Clock, outgoing
from tests.sms.scripted import Scripted, send

SHARE = Limits(per_second=1e6, least_delivered=0.5)


def receipts(outbox: Outbox, clock: Clock, first: int, good: int, bad: int) -> Scripted:
    """So many SMS, each to a number of its own, of which the first ``good`` are delivered."""
    gateway = Scripted("甲", limits=SHARE, network=False)
    made = [outgoing(n, mobile=f"+86138{n:08}") for n in range(first, first + good + bad)]
    outbox.claim(LEDGER, made, [], {}, clock())
    send(outbox, clock, gateway)
    clock.forward(minutes=1)
    waiting = sorted(outbox.messages(LEDGER, State.ACCEPTED), key=lambda one: one.mobile)
    reports = [StatusReport(one.ref, one.mobile, n < good, clock(), "MK") for n, one in enumerate(waiting)]
    outbox.record_reports("甲", reports, clock())
    return gateway


@pytest.mark.parametrize(("good", "stopped"), [(26, False), (25, False), (24, True), (0, True)])
def test_the_share_of_the_last_fifty_decides(outbox: Outbox, clock: Clock, good: int, stopped: bool) -> None:
    gateway = receipts(outbox, clock, 0, good, LAST - good)
    told = outbox.stop_collapsed(clock, [gateway])
    assert bool(told) is stopped
    assert [bool(one.stopped_at) for one in outbox.gateway_conditions()] == ([True] if stopped else [])


def test_forty_nine_are_too_few_once_one_was_delivered(outbox: Outbox, clock: Clock) -> None:
    gateway = receipts(outbox, clock, 0, 1, LAST - 2)
    assert outbox.stop_collapsed(clock, [gateway]) == []


@pytest.mark.parametrize(
    ("good", "bad", "stopped"),
    [(0, FIRST - 1, False), (0, FIRST, True), (0, FIRST + 1, True), (1, FIRST, False)],
)
def test_a_signature_that_never_reached_a_carrier_is_told_once(
    outbox: Outbox, clock: Clock, good: int, bad: int, stopped: bool
) -> None:
    gateway = receipts(outbox, clock, 0, good, bad)
    told = outbox.stop_collapsed(clock, [gateway])
    assert [f"最近{bad}条一条也没有送达" in one for one in told] == ([True] if stopped else [])
    assert outbox.stop_collapsed(clock, [gateway]) == [], "once"


def test_where_the_share_may_be_nought_nothing_is_stopped(outbox: Outbox, clock: Clock) -> None:
    gateway = receipts(outbox, clock, 0, 0, FIRST)
    gateway.limits = SHARE.model_copy(update={"least_delivered": 0})
    assert outbox.stop_collapsed(clock, [gateway]) == []


def test_it_is_told_against_its_own_past(outbox: Outbox, clock: Clock) -> None:
    receipts(outbox, clock, 0, 100, 0)
    gateway = receipts(outbox, clock, 1000, 10, 40)
    (told,) = outbox.stop_collapsed(clock, [gateway])
    assert "只送达20%，此前为100%" in told
    assert outbox.stop_collapsed(clock, [gateway]) == [], "once"


def test_after_a_person_has_resumed_it_counts_anew(outbox: Outbox, clock: Clock) -> None:
    gateway = receipts(outbox, clock, 0, 0, LAST)
    outbox.stop_collapsed(clock, [gateway])
    clock.forward(minutes=1)
    outbox.resume_gateways("甲", clock())
    assert outbox.stop_collapsed(clock, [gateway]) == []
    assert delivered(outbox.store, "甲", clock() - timedelta(hours=1)) is not None
    again = receipts(outbox, clock, 1000, 0, LAST)
    assert len(outbox.stop_collapsed(clock, [again])) == 1


@pytest.mark.parametrize(
    ("good", "ok"), [(46, True), (41, True), (40, False), (39, False), (24, False)], ids=lambda one: str(one)
)
def test_doctor_tells_a_share_that_fell_by_a_fifth_though_nothing_is_stopped(
    outbox: Outbox, clock: Clock, good: int, ok: bool
) -> None:
    receipts(outbox, clock, 0, 50, 0)
    gateway = receipts(outbox, clock, 1000, good, LAST - good)
    (check,) = check_receipts(outbox.store, gateway)
    assert (check.ok, f"最近50条送达{good / LAST:.0%}，此前为100%" in check.said) == (ok, True)
    assert ("签名报备" in check.said) is not ok


def test_doctor_says_nothing_while_there_are_too_few_receipts(outbox: Outbox, clock: Clock) -> None:
    gateway = receipts(outbox, clock, 0, 1, LAST - 2)
    assert check_receipts(outbox.store, gateway) == []
    receipts(outbox, clock, 1000, 1, 0)
    (check,) = check_receipts(outbox.store, gateway)
    assert not check.ok, "below the share that the set-up demands, without a past"
    assert "此前" not in check.said


def test_receipts_from_before_a_test_message_count_no_longer(outbox: Outbox, clock: Clock) -> None:
    gateway = receipts(outbox, clock, 0, 0, LAST)
    assert len(outbox.stop_collapsed(clock, [gateway])) == 1
    clock.forward(minutes=1)
    send_test(outbox, gateway, MOBILE, "督查室", clock)
    assert outbox.stop_collapsed(clock, [gateway]) == []
