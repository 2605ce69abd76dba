"""What most senders do: whatever did not end well is queued again. It must fail the tests that the outbox passes."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

from sms.gateways.protocol import Gateway
from sms.outbox import Outbox
from sms.sender import OneLedger, Sender
from sms.settlement import Settlement
from sms.store.model import State, StoredMessage
from sms.store.transitions import in_state
from tests.sms.conftest import LEDGER, always


class NaiveSettlement(Settlement):
    def to(self, message: StoredMessage, state: State, **values: Any) -> None:
        super().to(message, State.PENDING if state is State.UNKNOWN else state, **values)


def send(outbox: Outbox, clock: Callable[[], datetime], gateway: Gateway) -> None:
    """One pass; a message that is in doubt is tried at the next one."""
    sender = Sender(outbox.store, OneLedger(LEDGER, always), clock, [gateway], lambda _: None, Random(0))
    sender._settlement = NaiveSettlement(outbox.store, clock, [gateway], sender._health, sender._rates)
    for message in in_state(outbox.store, (LEDGER,), State.SUBMITTING):
        sender._settlement.to(message, State.PENDING)
    for message in in_state(outbox.store, (LEDGER,), State.PENDING):
        sender._submit(message, gateway)
    sender._requests.finish()
