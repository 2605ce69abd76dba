"""What most senders do: whatever did not end well is queued again. It must fail the tests that the outbox passes."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

from sms.gateways.protocol import Gateway
from sms.outbox import Outbox
from sms.sender import Sender
from sms.store.model import State, StoredMessage
from sms.store.transitions import in_state
from tests.sms.conftest import LEDGER, always


class NaiveSender(Sender):
    def _to(self, message: StoredMessage, state: State, **values: Any) -> StoredMessage:
        return super()._to(message, State.PENDING if state is State.UNKNOWN else state, **values)


def send(outbox: Outbox, clock: Callable[[], datetime], gateway: Gateway) -> None:
    """One pass; a message that is in doubt is tried at the next one."""
    sender = NaiveSender(outbox.store, LEDGER, clock, [gateway], always, lambda _: None, Random(0))
    for message in in_state(outbox.store, LEDGER, State.SUBMITTING):
        sender._to(message, State.PENDING)
    for message in in_state(outbox.store, LEDGER, State.PENDING):
        sender._submit(message, gateway)
