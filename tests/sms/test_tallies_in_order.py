"""Two hosts count the same matters on one server: in one order, or one of them loses what it had to record."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from sms import inbound
from sms.gateways.protocol import Reply
from sms.inbound import record_replies
from sms.outbox import Outbox
from sms.store.model import Route, State, StoredMessage
from sms.store.transitions import move, submit
from tests.fleet.fleet_office import until
from tests.postgresql import RunningServer
from tests.sms.conftest import LEDGER, START, Clock, outgoing
from tests.sms.scripted import Scripted, send

FIRST, SECOND, DIGEST = (f"+86139{n:08}" for n in range(3))


def under_way(box: Outbox) -> StoredMessage:
    """A digest about two matters, whose answer has just come."""
    box.claim(LEDGER, [outgoing(3, slot="+6h", matters=(1, 2), mobile=DIGEST)], [], {}, START)
    (digest,) = box.messages(LEDGER, State.PENDING)
    with box.store.write() as connection:
        return submit(connection, digest, Route("甲"), START)


def test_a_post_of_replies_and_an_accepted_digest_do_not_wait_for_each_other(
    postgresql: RunningServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server would end one of them. Where that was the sender, a message that went out stood in doubt."""
    server = postgresql.fresh()
    waiting = (
        f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{server.parsed.database}' AND wait_event_type = 'Lock'"
    )
    box, other = Outbox(server), Outbox(server)
    box.claim(LEDGER, [outgoing(1, mobile=FIRST), outgoing(2, mobile=SECOND)], [], {}, START)
    send(box, clock, Scripted("甲"))
    digest, take, begun, both = under_way(box), inbound._take_reply, Event(), Event()

    def one_by_one(*arguments: Any) -> str | None:
        if begun.is_set():
            both.wait(30)
        try:
            return take(*arguments)
        finally:
            begun.set()

    monkeypatch.setattr(inbound, "_take_reply", one_by_one)
    replies = [Reply(mobile, mobile, "收到", START) for mobile in (SECOND, FIRST)]
    with ThreadPoolExecutor(2) as pool:
        recorded = pool.submit(record_replies, other.store, "甲", replies, START)
        assert begun.wait(30)

        def accept() -> None:
            with box.store.write() as connection:
                move(connection, digest, State.ACCEPTED, START, accepted_at=START)

        accepted = pool.submit(accept)
        until(lambda: postgresql.run(waiting) == [(1,)])
        both.set()
        assert recorded.result(30) == {LEDGER: 2}
        accepted.result(30)
    box.close()
    other.close()
    postgresql.give_back(server)
