"""Replies that a gateway gives only once, and a store that fails or is busy meanwhile."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sms import pulled
from sms.gateways.protocol import GatewayError, Limits, NotSent, Reply
from sms.inbound import ReplyMeaning, StatusReport, record_replies, record_reports
from sms.outbox import Outbox
from sms.store.model import SmsError
from sms.store.tables import MESSAGES
from sms.store.transitions import hold
from tests.fleet.fleet_office import until
from tests.postgresql import RunningServer
from tests.sms.conftest import LEDGER, MOBILE, START, Clock, always, connect, outgoing
from tests.sms.scripted import Scripted, send

FIVE = timedelta(minutes=5)
Record = Callable[[Outbox, Iterable[tuple[str, str]], Clock], int]


@dataclass
class Pulling(Scripted):
    """Gives each reply once, or fails."""

    name: str = "甲"
    limits: Limits = field(default_factory=lambda: Limits(per_second=1000))
    kept: list[list[Reply] | GatewayError] = field(default_factory=list)

    def replies(self) -> list[Reply]:
        given = self.kept.pop(0) if self.kept else []
        if isinstance(given, GatewayError):
            raise given
        return given


def delivered(outbox: Outbox, clock: Clock, messages: int) -> list[tuple[str, str]]:
    """The references and numbers of so many messages, in the order of their ids."""
    made = [outgoing(n, mobile=f"+86138{n:08}") for n in range(messages)]
    outbox.claim(LEDGER, made, [], {}, START)
    send(outbox, clock, Scripted("甲"))
    return sorted((message.id, message.mobile) for message in outbox.messages(LEDGER))


def test_what_the_store_could_not_record_is_recorded_the_next_time(
    outbox: Outbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [mobile for _, mobile in delivered(outbox, clock, 3)]
    first, second, third = (Reply(mobile, mobile, "收到", START) for mobile in numbers)
    gateway = Pulling(kept=[[first], NotSent("停机"), [second], [third]])

    def fails(*_: object) -> int:
        raise SmsError("数据库正忙")

    with monkeypatch.context() as broken:
        broken.setattr(pulled, "record_replies", fails)
        for _ in range(3):
            with pytest.raises(SmsError):
                outbox.collect_replies(clock, [gateway])
    assert outbox.collect_replies(clock, [gateway]) == {LEDGER: 3}
    assert outbox.collect_replies(clock, [gateway]) == {}


@pytest.mark.parametrize("time", [None, "x", {}, 10**18, -62135596800, 0])
def test_a_reply_with_a_time_that_is_none_loses_no_other(
    tmp_path: Path, outbox: Outbox, clock: Clock, time: object
) -> None:
    """Tencent's queue gives each once. Two of the others come within one second."""
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, Scripted("甲"))
    sent_at = int(START.replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp())
    with ExitStack() as stack:
        line = connect("tencent", tmp_path, clock, stack)
        texts = {"不归我们管": sent_at, "再说": time, "收到": sent_at}
        line.phone.replies.extend(
            {"PhoneNumber": MOBILE, "ReplyTime": at, "ReplyContent": text} for text, at in texts.items()
        )
        clock.forward(minutes=5)
        assert outbox.collect_replies(clock, [line.gateway]).total() == 1
    kept = {reply.text: reply.at for reply in outbox.replies(*ReplyMeaning)}
    assert kept == {"不归我们管": START, "再说": clock(), "收到": START}


def replies_to(outbox: Outbox, messages: Iterable[tuple[str, str]], clock: Clock) -> int:
    found = [Reply(identity, mobile, "收到", START) for identity, mobile in messages]
    return record_replies(outbox.store, "甲", found, clock()).total()


def test_a_reply_that_names_two_messages_acknowledges_no_third(outbox: Outbox, clock: Clock) -> None:
    outbox.claim(LEDGER, [outgoing(n) for n in (1, 2, 3)], [], {}, START)
    send(outbox, clock, Scripted("甲"))
    said = ["收到000001", "收到000002", "收到 编号000001 编号000002"]
    acknowledged = outbox.record_replies("甲", [Reply(one, MOBILE, one, START) for one in said], START)
    assert acknowledged.total() == 2
    assert [one.acknowledged_at for one in outbox.messages(LEDGER) if one.token == "000003"] == [None]


def test_a_reply_that_may_answer_several_ledgers_is_shown_in_that_of_the_last_sms(outbox: Outbox, clock: Clock) -> None:
    for number, ledger in enumerate((LEDGER, "台账乙", "台账丙", "台账丁")):
        outbox.claim(ledger, [outgoing(number, ledger=ledger)], [], {}, START)
        outbox.send(ledger, clock, [Scripted("甲")], always, wait=clock.wait)
        clock.forward(hours=1)
        reply = Reply(ledger, MOBILE, "明天报", clock())
        outbox.record_replies("甲", [reply], clock())
        assert [one.text for one in outbox.replies(*ReplyMeaning, ledger=ledger)] == ["明天报"]


def reports_of(outbox: Outbox, messages: Iterable[tuple[str, str]], clock: Clock) -> int:
    found = [StatusReport(identity, mobile, delivered=True, at=START + FIVE) for identity, mobile in messages]
    return record_reports(outbox.store, "甲", found, clock()).total()


@pytest.mark.parametrize("record", [replies_to, reports_of])
def test_a_post_takes_its_messages_in_the_order_in_which_a_pass_does(
    postgresql: RunningServer, clock: Clock, record: Record
) -> None:
    """In another one, each would wait for the other until the server ended one of them."""
    server = postgresql.fresh()
    waiting = (
        f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{server.parsed.database}' AND wait_event_type = 'Lock'"
    )
    box, other = Outbox(server), Outbox(server)
    low, high = delivered(box, clock, 2)
    with ThreadPoolExecutor(1) as pool:
        with other.store.write() as connection:
            hold(connection, MESSAGES.c.id == low[0])
            recorded = pool.submit(record, box, [high, low], clock)
            until(lambda: postgresql.run(waiting) == [(1,)])
            hold(connection, MESSAGES.c.id == high[0])
        assert recorded.result(30) == 2
    box.close()
    other.close()
    postgresql.give_back(server)
