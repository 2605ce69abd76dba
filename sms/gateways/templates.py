"""What gateways with registered templates share: how a template's variables are filled."""

from collections.abc import Iterable

from sms.gateways.protocol import Rejected
from sms.store.model import StoredMessage


def filled(words: Iterable[str], message: StoredMessage, template: str) -> list[str]:
    """The values of these words in their order. Raises Rejected where the message lacks one."""
    words = list(words)
    lacking = set(words) - message.parameters.keys()
    if lacking:
        raise Rejected(f"{template} 要用的“{'、'.join(sorted(lacking))}”短信中没有")
    return [message.parameters[word] for word in words]
