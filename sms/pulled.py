"""Replies that a gateway is asked for."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from sms.gateways.protocol import Gateway, GatewayError, KeepsReplies, Reply, answer_to
from sms.inbound import record_replies
from sms.store.store import Store


class PulledReplies:
    """Some gateways give each reply only once: what the store could not record waits here for the next collection."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[str, list[Reply]] = {}

    def collect(self, gateways: Iterable[Gateway], now: datetime) -> Counter[str]:
        """Ask every gateway that keeps replies for those that have come since; how many were acknowledgements, by
        ledger.

        Raises:
            SmsError: the store cannot be used.
        """
        acknowledged: Counter[str] = Counter()
        for gateway in gateways:
            if isinstance(gateway, KeepsReplies):
                waiting = self._waiting.setdefault(gateway.name, [])
                with suppress(GatewayError):  # not activated, or it cannot be reached: what it keeps comes later
                    waiting += answer_to(gateway.replies)
                acknowledged += record_replies(self._store, gateway.name, waiting, now)
                waiting.clear()
        return acknowledged
