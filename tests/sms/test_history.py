"""What a pass asks of the past, and that it agrees with the engine's protocol."""

from datetime import timedelta

from engine.facts.duty import DutyKey
from engine.facts.message import ObligationKey, Sent
from sms.gateways.protocol import BadNumber, Unknown
from sms.outbox import Outbox
from tests.sms.conftest import LEDGER, START, Clock, Line, always, cover, outgoing
from tests.sms.scripted import Scripted


def test_the_engines_keys_can_be_asked_directly(outbox: Outbox, clock: Clock, local: Line) -> None:
    duty = cover(1).duty
    outbox.claim(LEDGER, [outgoing(1)], [], {duty: START}, START)
    history: Sent = outbox.history(LEDGER)
    assert ObligationKey(*cover(1).key[1:]) in history
    assert ObligationKey(*cover(2).key[1:]) not in history
    assert history.settled_through(DutyKey(*duty[1:])) == START
    assert history.settled_through(DutyKey(*cover(2).duty[1:])) is None


def test_urging_counts_by_obligation_and_reminders_do_not(outbox: Outbox, clock: Clock, local: Line) -> None:
    both = [outgoing(8, matters=(1, 2)), outgoing(1, slot="+6h"), outgoing(3, urging=False)]
    outbox.claim(LEDGER, both, [], {}, START)
    assert outbox.history(LEDGER).urgings("2026-日-0001") == 0, "claimed is not yet sent"
    clock.forward(seconds=9)
    outbox.send(LEDGER, clock, [local.gateway], always)
    history = outbox.history(LEDGER)
    assert [history.urgings(f"2026-日-000{n}") for n in (1, 2, 3, 4)] == [2, 1, 0, 0]
    assert history.last_sent_at("2026-日-0003") == START + timedelta(seconds=9)
    assert history.last_sent_at("2026-日-0004") is None


def test_what_did_not_go_out_is_no_urging(outbox: Outbox, clock: Clock) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [Scripted("甲", [BadNumber("空号")])], always)
    assert outbox.history(LEDGER).urgings("2026-日-0001") == 0


def test_what_a_look_up_found_counts_at_its_submission(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [Unknown("超时")], found="已在")
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [gateway], always)
    clock.forward(minutes=2)
    outbox.send(LEDGER, clock, [gateway], always)
    assert outbox.history(LEDGER).last_sent_at("2026-日-0001") == START
    assert outbox.history(LEDGER).urgings("2026-日-0001") == 1
