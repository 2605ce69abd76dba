"""The sending loop: still owed, backoff, fallback, stopped gateways, one sender at a time."""

from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sms.gateways.protocol import BadNumber, GatewayStopped, Limits, NotSent, Rejected
from sms.lock import SenderBusy, sole_sender
from sms.outbox import Outbox
from sms.store.model import SmsError, State, StoredMessage
from tests.sms.conftest import LEDGER, START, Clock, Line, always, connect, outgoing
from tests.sms.scripted import Scripted, only, send


def test_what_is_no_longer_owed_is_not_sent(outbox: Outbox, clock: Clock, local: Line) -> None:
    ids = outbox.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
    report = outbox.send(LEDGER, clock, [local.gateway], lambda message, _: message.id == ids[0])
    assert (report.sent, report.missed) == ([ids[0]], [ids[1]])
    assert len(local.arrived) == 1
    assert outbox.message(ids[1]).state is State.MISSED


def test_the_question_names_covers_and_the_time(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(9, matters=(1, 2))], [], {}, START)
    asked: list[tuple[set[str], datetime]] = []

    def owed(message: StoredMessage, now: datetime) -> bool:
        asked.append(({cover.key.matter for cover in message.covers}, now))
        return True

    clock.forward(minutes=3)
    outbox.send(LEDGER, clock, [local.gateway], owed)
    assert asked == [({"2026-日-0001", "2026-日-0002"}, START + timedelta(minutes=3))]


@pytest.mark.parametrize(
    ("seconds", "state"), [(-1, State.ACCEPTED), (0, State.MISSED), (1, State.MISSED)], ids=["前一秒", "当秒", "后一秒"]
)
def test_past_its_expiry_nothing_is_sent(outbox: Outbox, clock: Clock, local: Line, seconds: int, state: State) -> None:
    expires = START + timedelta(hours=24)
    outbox.claim(LEDGER, [outgoing(1, expires_at=expires)], [], {}, START)
    clock.now = expires + timedelta(seconds=seconds)
    send(outbox, clock, local.gateway)
    assert only(outbox).state is state


def test_after_a_wait_it_is_asked_again(outbox: Outbox, clock: Clock) -> None:
    slow = Scripted("甲", limits=Limits(per_second=0.1))
    expires = START + timedelta(seconds=5)
    outbox.claim(LEDGER, [outgoing(1), outgoing(2, expires_at=expires)], [], {}, START)
    outbox.claim(LEDGER, [outgoing(3)], [], {}, START)
    send(outbox, clock, slow)
    states = {one.covers[0].key.matter[-1]: one.state for one in outbox.messages(LEDGER)}
    late = [n for n, state in states.items() if state is State.MISSED]
    assert late in ([], ["2"])
    assert (len(slow.sent), len(late)) in ((3, 0), (2, 1))


def test_an_unreachable_gateway_is_tried_at_doubling_intervals(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [NotSent("连不上")] * 2)
    outbox.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
    first = send(outbox, clock, gateway)
    assert len(gateway.sent) == 1, "one failure is enough to let the others wait"
    assert START + timedelta(seconds=15) <= first.next_at <= START + timedelta(seconds=30)
    clock.now = first.next_at
    second = send(outbox, clock, gateway)
    assert timedelta(seconds=30) <= second.next_at - clock.now <= timedelta(seconds=60)
    clock.now = second.next_at
    send(outbox, clock, gateway)
    assert [one.state for one in outbox.messages(LEDGER)] == [State.ACCEPTED] * 2
    assert [one.failures for one in outbox.gateway_conditions()] == [0]


def test_before_the_interval_is_over_nothing_is_requested(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [NotSent("连不上")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    clock.now = send(outbox, clock, gateway).next_at - timedelta(seconds=1)
    send(outbox, clock, gateway)
    assert len(gateway.sent) == 1


def test_a_third_failure_changes_the_gateway(outbox: Outbox, clock: Clock) -> None:
    first, second = Scripted("甲", [NotSent("连不上")] * 9), Scripted("乙")
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    for failures in (1, 2):
        clock.now = send(outbox, clock, first, second).next_at
        assert (len(first.sent), second.sent) == (failures, [])
    send(outbox, clock, first, second)
    assert (len(first.sent), len(second.sent)) == (3, 1)
    assert only(outbox).gateway == "乙"


def test_a_refusal_changes_the_gateway_at_once(outbox: Outbox, clock: Clock) -> None:
    first, second = Scripted("甲", [Rejected("模板未审核")]), Scripted("乙")
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, first, second)
    assert (only(outbox).state, only(outbox).gateway, len(first.sent)) == (State.ACCEPTED, "乙", 1)


def test_only_all_refusals_are_a_failure(outbox: Outbox, clock: Clock) -> None:
    first, second = Scripted("甲", [Rejected("不收")]), Scripted("乙", [Rejected("也不收")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    report = send(outbox, clock, first, second)
    assert (only(outbox).state, only(outbox).explanation) == (State.FAILED, "也不收")
    assert report.failed == [only(outbox).id]


def test_refused_by_the_only_gateway_that_is_left_it_has_failed(outbox: Outbox, clock: Clock) -> None:
    """The other one was removed from the set-up: it would have waited, without a word, until it lapsed."""
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, Scripted("甲", [Rejected("文字不收")]), Scripted("乙", [NotSent("连接不上")]))
    assert only(outbox).state is State.PENDING
    clock.forward(minutes=30)
    report = send(outbox, clock, Scripted("甲"))
    assert (only(outbox).state, report.failed) == (State.FAILED, [only(outbox).id])
    assert "连接不上" in only(outbox).explanation


def test_a_wrong_number_does_not_change_the_gateway(outbox: Outbox, clock: Clock) -> None:
    first, second = Scripted("甲", [BadNumber("空号")]), Scripted("乙")
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, first, second)
    assert (only(outbox).state, second.sent) == (State.FAILED, [])


def test_a_stopped_gateway_waits_for_a_person_and_loses_nothing(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [GatewayStopped("密钥不对")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    assert send(outbox, clock, gateway).stopped == {"甲": "密钥不对"}
    clock.forward(hours=1)
    send(outbox, clock, gateway)
    assert (only(outbox).state, len(gateway.sent)) == (State.PENDING, 1)
    outbox.resume_gateways()
    send(outbox, clock, gateway)
    assert (only(outbox).state, len(gateway.sent)) == (State.ACCEPTED, 2)


def test_a_stopped_gateway_gives_way_to_another(outbox: Outbox, clock: Clock) -> None:
    first, second = Scripted("甲", [GatewayStopped("密钥不对")]), Scripted("乙")
    outbox.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
    send(outbox, clock, first, second)
    assert (len(first.sent), len(second.sent)) == (1, 2)


def test_a_number_that_must_wait_holds_up_no_other(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [NotSent("该号码太频繁", timedelta(hours=1), number_only=True)])
    outbox.claim(LEDGER, [outgoing(1), outgoing(2, mobile="+8613900139000")], [], {}, START)
    report = send(outbox, clock, gateway)
    assert sorted(one.state for one in outbox.messages(LEDGER)) == [State.ACCEPTED, State.PENDING]
    waiting = next(outbox.messages(LEDGER, State.PENDING))
    assert waiting.next_at == START + timedelta(hours=1)
    assert report.next_at < waiting.next_at, "the other one's receipt comes first"


def test_a_failed_sms_is_sent_again_with_a_corrected_number(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [BadNumber("空号")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, gateway)
    outbox.retry(only(outbox).id, clock(), "+8613900139000", by="甲")
    send(outbox, clock, gateway)
    assert (only(outbox).state, only(outbox).mobile) == (State.ACCEPTED, "+8613900139000")


def test_sent_again_it_must_still_be_owed(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [BadNumber("空号")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, gateway)
    outbox.retry(only(outbox).id, clock(), by="甲")
    outbox.send(LEDGER, clock, [gateway], lambda _message, _now: False)
    assert (only(outbox).state, len(gateway.sent)) == (State.MISSED, 1)


def test_a_delivered_sms_cannot_be_sent_again(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, local.gateway)
    with pytest.raises(SmsError, match="不能这样处理"):
        outbox.retry(only(outbox).id, clock(), by="甲")


def test_only_one_program_sends(file_outbox: Outbox, clock: Clock, local: Line) -> None:
    file_outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    with sole_sender(file_outbox.store.path.with_suffix(".sender")), pytest.raises(SenderBusy, match="请等它结束"):
        send(file_outbox, clock, local.gateway)
    assert local.arrived == []
    send(file_outbox, clock, local.gateway)
    assert len(local.arrived) == 1


def test_a_demonstration_refuses_network_gateways(outbox: Outbox, clock: Clock, tmp_path: Path) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    with ExitStack() as stack:
        real = connect("twilio", tmp_path, clock, stack)
        with pytest.raises(SmsError, match="演示台账"):
            outbox.send(LEDGER, clock, [real.gateway], always, refuse_network=True)
        assert real.phone.requests["send"] == 0
        phone = connect("local", tmp_path, clock, stack)
        outbox.send(LEDGER, clock, [phone.gateway], always, refuse_network=True)
        assert len(phone.arrived) == 1


def test_with_nothing_to_do_there_is_no_next_time(outbox: Outbox, clock: Clock, local: Line) -> None:
    assert send(outbox, clock, local.gateway).next_at is None
