"""A gateway that answers as told, and the calls that its tests are made of."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from sms.gateways.protocol import Gateway, Limits, Receipt, Unknown
from sms.outbox import Outbox
from sms.store.model import SendReport, State, StoredMessage
from tests.sms.conftest import LEDGER, Clock, always


@dataclass
class Scripted:
    """A gateway that answers as told: an exception to raise, or ``None`` for acceptance. Absent in look-ups."""

    name: str
    script: list[Exception | None] = field(default_factory=list)
    network: bool = True
    limits: Limits = field(default_factory=lambda: Limits(per_second=1000))
    sent: list[str] = field(default_factory=list)
    found: str | None = None
    deaf: bool = False
    account: str = ""
    seconds: float = 0

    def send(self, message: StoredMessage) -> str:
        self.sent.append(message.id)
        step = self.script.pop(0) if self.script else None
        if step:
            raise step
        return f"{self.name}-{len(self.sent)}"

    def look_up(self, message: StoredMessage) -> str | None:
        if self.deaf:
            raise Unknown("没有回答")
        return self.found

    def receipt(self, message: StoredMessage) -> Receipt:
        return Receipt(State.ACCEPTED)

    def probe(self) -> datetime | None:
        return None


def send(outbox: Outbox, clock: Clock, *gateways: Gateway) -> SendReport:
    return outbox.send(LEDGER, clock, gateways, always, wait=clock.wait)


def only(outbox: Outbox) -> StoredMessage:
    (message,) = outbox.messages(LEDGER)
    return message


def english(text: str) -> re.Match[str] | None:
    """English words in a text that people see; names of vendors and codes are none."""
    return re.search(r"\b(?!Twilio )[A-Za-z]{3,}[ :,]", text)
