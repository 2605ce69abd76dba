"""What providers have not approved: asked once an hour, so that a gateway objects to it before anything is claimed."""

from collections.abc import Iterable
from datetime import datetime

from sms.gateways.protocol import Gateway, GatewayError, KnowsRegistrations, answer_to
from sms.gateways.templates import ASK_EVERY


class Registrations:
    """The memory of one service: when to ask again, and what was reported."""

    def __init__(self) -> None:
        self._next = datetime.min
        self._reported: dict[str, list[str]] = {}

    def ask(self, gateways: Iterable[Gateway], now: datetime) -> list[str]:
        """Ask every provider that can say, at most once an hour; the sentences that are new. One that does not answer
        leaves what it said before.
        """
        if now < self._next:
            return []
        self._next = now + ASK_EVERY
        fresh: list[str] = []
        for gateway in gateways:
            if not isinstance(gateway, KnowsRegistrations):
                continue
            try:
                found = answer_to(gateway.unapproved)
            except GatewayError:
                continue  # the key may lack the permission; doctor says so
            before = self._reported.get(gateway.name, [])
            fresh += [
                f"短信网关“{gateway.name}”：{one}。请到服务商的控制台处理。" for one in found if one not in before
            ]
            self._reported[gateway.name] = found
        return fresh
