"""Messages in doubt: looked up, never given to another gateway, and what only a person can settle."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from sms.gateways.protocol import Inconclusive, Limits, NotSent, Unknown
from sms.outbox import Outbox
from sms.store.model import SmsError, State, StoredMessage
from sms.store.tables import MESSAGES
from tests.sms.conftest import LEDGER, MOBILE, START, Clock, connect, outgoing
from tests.sms.scripted import Scripted, only, send
from tests.sms.standin.phone import Trouble


def test_an_unknown_outcome_never_changes_the_gateway(outbox: Outbox, clock: Clock) -> None:
    first, second = Scripted("甲", [Unknown("超时")]), Scripted("乙")
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    for _ in range(3):
        send(outbox, clock, first, second)
        clock.forward(seconds=10)
    assert (only(outbox).state, second.sent, len(first.sent)) == (State.UNKNOWN, [], 1)


def test_absent_it_is_sent_again_by_the_same_gateway(outbox: Outbox, clock: Clock) -> None:
    first, second = Scripted("甲", [Unknown("超时")]), Scripted("乙")
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    for _ in range(5):
        send(outbox, clock, first, second)
        clock.forward(seconds=31)
    assert (only(outbox).state, second.sent, len(first.sent)) == (State.ACCEPTED, [], 2)


@pytest.mark.parametrize(
    ("looks", "last", "state"),
    [
        (2, 60, State.UNKNOWN),
        (3, 59, State.UNKNOWN),
        (3, 60, State.ACCEPTED),
        (3, 61, State.ACCEPTED),
        (9, 59, State.UNKNOWN),
    ],
    ids=["两次满宽限", "三次差一秒", "三次刚满", "三次过一秒", "多次未满"],
)
def test_three_look_ups_beyond_the_grace_prove_absence(
    outbox: Outbox, clock: Clock, looks: int, last: int, state: State
) -> None:
    gateway = Scripted("甲", [Unknown("超时")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, gateway)
    for look in range(looks):
        clock.now = START + timedelta(seconds=last * look / (looks - 1))
        _let_look(outbox, clock)
        send(outbox, clock, gateway)
    assert only(outbox).state is state


def _let_look(outbox: Outbox, clock: Clock) -> None:
    """Make the next look-up due now, so that its number and its time can be chosen freely."""
    with outbox.store.write() as connection:
        connection.execute(MESSAGES.update().values(next_at=clock.now))


def test_a_clock_that_went_back_starts_the_grace_anew(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [Unknown("超时")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    for minutes in (0, 30, -30, -29):
        clock.now = START + timedelta(minutes=minutes)
        _let_look(outbox, clock)
        send(outbox, clock, gateway)
    assert only(outbox).state is State.UNKNOWN
    assert only(outbox).absences == 2


def test_three_unknown_outcomes_give_the_gateway_a_rest(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [Unknown("超时")] * 9)
    outbox.claim(LEDGER, [outgoing(n) for n in range(6)], [], {}, START)
    send(outbox, clock, gateway)
    assert len(gateway.sent) == 3


@pytest.mark.parametrize(("hours", "state"), [(5.99, State.UNKNOWN), (6, State.NEEDS_HUMAN), (6.01, State.NEEDS_HUMAN)])
def test_six_hours_without_a_look_up_go_to_a_person(outbox: Outbox, clock: Clock, hours: float, state: State) -> None:
    gateway = Scripted("甲", [Unknown("超时")], deaf=True)
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, gateway)
    clock.now = START + timedelta(hours=hours)
    report = send(outbox, clock, gateway)
    assert only(outbox).state is state
    assert bool(report.needs_human) == (state is State.NEEDS_HUMAN)


def test_one_look_up_that_is_never_answered_keeps_no_other_waiting(outbox: Outbox, clock: Clock) -> None:
    outbox.claim(LEDGER, [outgoing(n) for n in range(3)], [], {}, START)
    first, *others = (message.id for message in outbox.messages(LEDGER))

    class DeafToOne(Scripted):
        def look_up(self, message: StoredMessage) -> str | None:
            self.deaf = message.id == first
            return super().look_up(message)

    gateway = DeafToOne("甲", [Unknown("超时")] * 3, found="甲-1", limits=Limits(per_second=1000, at_once=1))
    for _ in range(3):
        send(outbox, clock, gateway)
        clock.forward(seconds=30)
    assert {one.id for one in outbox.messages(LEDGER) if one.state is State.ACCEPTED} == {*others}


def test_a_gateway_gone_from_the_config_goes_to_a_person(outbox: Outbox, clock: Clock) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, Scripted("甲", [Unknown("超时")]))
    send(outbox, clock, Scripted("乙"))
    assert only(outbox).state is State.NEEDS_HUMAN
    assert "甲" in only(outbox).explanation


def test_a_fault_inside_the_gateway_is_unknown(outbox: Outbox, clock: Clock) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, Scripted("甲", [KeyError("+8613800138000")]))
    assert only(outbox).state is State.UNKNOWN
    assert "13800138000" not in only(outbox).explanation


@pytest.mark.parametrize(("sent", "state"), [(True, State.ACCEPTED), (False, State.PENDING)])
def test_a_person_decides(outbox: Outbox, clock: Clock, sent: bool, state: State) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, Scripted("甲", [Unknown("超时")]))
    send(outbox, clock, Scripted("乙"))
    identity = only(outbox).id
    clock.forward(hours=9)
    assert outbox.resolve(identity, clock(), sent=sent, by="甲").state is state
    history = outbox.history(LEDGER)
    assert history.urgings("2026-日-0001") == int(sent)
    assert history.last_sent_at("2026-日-0001") == (START if sent else None)
    with pytest.raises(SmsError, match="不能这样处理"):
        outbox.resolve(identity, clock(), sent=sent, by="甲")


@pytest.mark.parametrize(("account", "state"), [("one", State.PENDING), ("another", State.NEEDS_HUMAN)])
def test_what_one_account_may_have_sent_no_other_is_asked_about(
    outbox: Outbox, clock: Clock, account: str, state: State
) -> None:
    """It has never had the message, would say so three times, and send it a second time."""
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, Scripted("甲", [Unknown("超时")], account="one"))
    gateway = Scripted("甲", [NotSent("稍后")] * 9, account=account)
    for _ in range(4):
        send(outbox, clock, gateway)
        clock.forward(minutes=1)
    assert only(outbox).state is state
    assert ("换了账号" in only(outbox).explanation) == (state is State.NEEDS_HUMAN)


def test_an_unknown_number_is_said(outbox: Outbox, clock: Clock) -> None:
    with pytest.raises(SmsError, match="没有编号为 S0 的短信"):
        outbox.retry("S0", clock(), by="甲")


def test_one_that_cannot_be_looked_up_holds_up_no_other(outbox: Outbox, clock: Clock) -> None:
    """A number with too full a list stood first in every round, and for six hours nobody else was asked for."""

    class Unclear(Scripted):
        def look_up(self, message: StoredMessage) -> str | None:
            if message.mobile == MOBILE:
                raise Inconclusive("列表没有列全")
            return "找到了"

    outbox.claim(LEDGER, [outgoing(1), outgoing(2, mobile="+8613900139000")], [], {}, START)
    gateway = Unclear("甲", [Unknown("超时")] * 2)
    for _ in range(2):
        send(outbox, clock, gateway)
    assert {one.mobile: one.state for one in outbox.messages(LEDGER)} == {
        MOBILE: State.UNKNOWN,
        "+8613900139000": State.ACCEPTED,
    }


@pytest.mark.parametrize("kind", ["aliyun", "tencent"])
def test_what_a_person_has_settled_as_sent_still_gets_its_receipt(
    kind: str, tmp_path: Path, outbox: Outbox, clock: Clock
) -> None:
    with ExitStack() as stack:
        line = connect(kind, tmp_path, clock, stack)
        line.phone.faults.append(Trouble.DROP_AFTER)
        line.phone.next_statuses = [("3", "DELIVERED") if kind == "aliyun" else ("SUCCESS", "")]
        outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
        send(outbox, clock, line.gateway)
        send(outbox, clock, Scripted("another"))
        assert only(outbox).state is State.NEEDS_HUMAN, "its gateway was out of the set-up for a while"
        outbox.resolve(only(outbox).id, clock(), sent=True, by="王某")
        clock.forward(minutes=1)
        outbox.collect_receipts(LEDGER, clock, [line.gateway])
    assert only(outbox).state is State.DELIVERED
