"""What gateways with registered templates share: the words a message may carry, and how a template's variables fill."""

from collections.abc import Iterable
from typing import Literal

from sms.gateways.protocol import Rejected
from sms.store.model import StoredMessage

# What a message may say (reading 25): number, node, time, contact. The matter's text is not among them.
Word = Literal[
    "signature",
    "number",
    "node",
    "due",
    "count",
    "hours",
    "days",
    "unit",
    "phone",
    "total",
    "period",
    "summary",
    "matters",
    "token",
]


def filled(words: Iterable[str], message: StoredMessage, template: str) -> list[str]:
    """The values of these words in their order. Raises Rejected where the message lacks one."""
    words = list(words)
    lacking = set(words) - message.parameters.keys()
    if lacking:
        raise Rejected(f"{template} 要用的“{'、'.join(sorted(lacking))}”短信中没有")
    return [message.parameters[word] for word in words]
