"""What a pass asks of the past, and that it agrees with the engine's protocol."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from engine.facts.duty import DutyKey
from engine.facts.message import ObligationKey, Sent
from sms.gateways.protocol import BadNumber, Reply, Unknown
from sms.outbox import Outbox
from sms.store.model import MissedCover, SmsError, State, StoredMessage
from tests.sms.conftest import LEDGER, MOBILE, START, Clock, Line, always, cover, outgoing
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


def test_a_life_says_which_host_did_what_and_who_settled_it(outbox: Outbox, clock: Clock) -> None:
    """Claimed by one host, sent by another, in doubt, settled by one person and then by another."""
    outbox.store.host = "主机甲"
    outbox.claim(LEDGER, [outgoing(1)], [MissedCover(cover(1, slot="+6h"), "停机")], {}, START)
    outbox.store.host = "主机乙"
    outbox.send(LEDGER, clock, [Scripted("网关", [Unknown("断")])], always)
    clock.forward(hours=7)
    outbox.send(LEDGER, clock, [Scripted("网关", deaf=True)], always)
    (message,) = outbox.messages(LEDGER, State.NEEDS_HUMAN)
    outbox.resolve(message.id, clock(), sent=False, by="张某（duty@主机乙）")
    with pytest.raises(SmsError):
        outbox.resolve(message.id, clock(), sent=True, by="李某13900139000")
    outbox.send(LEDGER, clock, [Scripted("网关", [BadNumber("空号")])], always)
    outbox.retry(message.id, clock(), by="李某13900139000")
    life, missed = sorted(outbox.lives(LEDGER, "2026-日-0001"), key=lambda one: str(one["slot"]))
    assert (life["claimed_by"], life["submitted_by"]) == ("主机甲", "主机乙")
    assert life["handled"] == [
        "2026-03-03 11:30 张某（duty@主机乙）确认未发出",
        "2026-03-03 11:30 李某139****9000要求重新发送",
    ]
    assert (missed["claimed_by"], missed["submitted_by"], missed["handled"]) == ("主机甲", "", [])


def test_a_store_of_the_version_before_learns_who_does_what(tmp_path: Path, clock: Clock) -> None:
    old = Outbox(tmp_path / "duban.sqlite", "旧")
    old.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
    old.send(LEDGER, clock, [Scripted("网关", [BadNumber("空号")])], always)
    replied = START + timedelta(minutes=1)
    clock.forward(minutes=2)
    old.record_replies("网关", [Reply("1", MOBILE, "收到000002", replied)], clock())
    with old.store.write() as connection:
        for statement in (
            "DROP TABLE handlings",
            "ALTER TABLE tallies DROP COLUMN acknowledged_at",
            "ALTER TABLE messages DROP COLUMN submitted_by",
            "ALTER TABLE obligations DROP COLUMN recorded_by",
            "PRAGMA user_version = 3",
        ):
            connection.exec_driver_sql(statement)
    old.close()
    with closing(Outbox(tmp_path / "duban.sqlite", "新")) as outbox:
        assert outbox.history(LEDGER).acknowledged_at("2026-日-0002") == replied
        outbox.retry(next(outbox.messages(LEDGER, State.FAILED)).id, clock(), by="甲")
        outbox.send(LEDGER, clock, [Scripted("网关")], always)
        (life,) = outbox.lives(LEDGER, "2026-日-0001")
    assert (life["claimed_by"], life["submitted_by"]) == ("", "新")
    assert life["handled"] == ["2026-03-03 04:32 甲要求重新发送"]


def test_what_a_look_up_found_counts_at_its_submission(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [Unknown("超时")], found="已在")
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [gateway], always)
    clock.forward(minutes=2)
    outbox.send(LEDGER, clock, [gateway], always)
    assert outbox.history(LEDGER).last_sent_at("2026-日-0001") == START
    assert outbox.history(LEDGER).urgings("2026-日-0001") == 1


def test_messages_are_found_by_their_ids_each_once_in_the_order_asked_for(outbox: Outbox) -> None:
    first, second = outbox.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
    found = outbox.messages_of([second, "nowhere", first, second])
    assert found == [outbox.message(second), outbox.message(first)]
    assert [len(one.covers) for one in found] == [1, 1]
    assert outbox.messages_of([]) == []


def test_messages_are_counted_by_state(outbox: Outbox) -> None:
    outbox.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
    outbox.claim("另一本", [outgoing(1, ledger="另一本")], [], {}, START)
    assert outbox.counts(LEDGER, State.PENDING, State.UNKNOWN) == {State.PENDING: 2}
    assert outbox.counts(LEDGER, State.UNKNOWN) == {}


REF = f"ok \x1b 13800138000 {'x' * 1000}"


class Referring(Scripted):
    def send(self, message: StoredMessage) -> str:
        return REF


def test_a_gateways_reference_is_shown_as_any_text_from_outside(outbox: Outbox, clock: Clock) -> None:
    """Whole it stays in the store, by which the receipt is asked for."""
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [Referring("甲")], always)
    (life,) = outbox.lives(LEDGER, "2026-日-0001")
    assert life["ref"].startswith("ok   138****8000 xxx")
    assert len(life["ref"]) <= 201
    assert [message.ref for message in outbox.messages(LEDGER)] == [REF]
