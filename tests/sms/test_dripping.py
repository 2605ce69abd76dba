"""A gateway that answers byte by byte: no timeout of its client ends that, and yet it keeps nobody else waiting."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Event, Thread

import pytest

from sms import requests
from sms.gateways.protocol import Gateway
from sms.gateways.setup import open_gateway
from sms.outbox import Outbox
from sms.store.model import State, StoredMessage
from tests.sms.conftest import ENVIRONMENT, LEDGER, START, Clock, always, outgoing, table_of
from tests.sms.scripted import Scripted, only, send


@pytest.fixture
def port() -> Iterator[int]:
    """Where somebody listens whose answer never ends."""
    over = Event()

    def drip(one: socket.socket) -> None:
        with one, suppress(OSError):
            one.recv(65536)
            one.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not over.wait(0.05):
                one.sendall(b"x")

    def listen() -> None:
        with suppress(OSError):
            while True:
                Thread(target=drip, args=(listening.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=listen, daemon=True).start()
        yield listening.getsockname()[1]
        over.set()


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "LONGEST", 1.0)


@pytest.mark.parametrize("kind", ["twilio", "aliyun", "tencent", "mas"])
def test_an_answer_that_comes_byte_by_byte_is_given_up(
    kind: str, port: int, tmp_path, outbox: Outbox, clock: Clock
) -> None:
    gateway = open_gateway(kind, {**table_of(kind, port), "read_timeout": 5}, ENVIRONMENT, tmp_path, tmp_path)
    gateway.seconds = 0
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    report = outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    assert (only(outbox).state, report.unknown) == (State.UNKNOWN, [only(outbox).id])
    assert "没有答完" in only(outbox).explanation


class Slow(Scripted):
    """It answers about the first message only when it is allowed to."""

    def __init__(self, allowed: Event) -> None:
        super().__init__("甲")
        self.allowed = allowed

    def send(self, message: StoredMessage) -> str:
        if not self.sent:
            self.sent.append(message.id)
            self.allowed.wait(30)
        return super().send(message)


def test_the_others_go_out_and_a_late_answer_changes_nothing(outbox: Outbox, clock: Clock) -> None:
    allowed = Event()
    gateway: Gateway = Slow(allowed)
    outbox.claim(LEDGER, [outgoing(n) for n in (1, 2, 3)], [], {}, START)
    send(outbox, clock, gateway)
    states = sorted(one.state for one in outbox.messages(LEDGER))
    allowed.set()
    assert states == [State.ACCEPTED, State.ACCEPTED, State.UNKNOWN]
    clock.forward(seconds=1)
    send(outbox, clock, Scripted("甲", found="1"))
    assert {one.state for one in outbox.messages(LEDGER)} == {State.ACCEPTED}
