"""Requests under way: several at a time for each gateway, so that a slow answer delays nobody else's message.

Only the thread that sends reads and writes the store; the others make one request each, and their answers are settled
by that thread. A gateway begins with one request, and is given twice as many with every answer in order: one that fails
never gets sixteen messages before that is known.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from functools import partial
from time import monotonic

from sms.gateways.protocol import BadNumber, Gateway, Rejected, Unknown, ask
from sms.store.model import StoredMessage
from sms.threads import started

Request = Callable[[StoredMessage], str | None]
Answer = Callable[[], str | None]
Then = Callable[[Answer], None]
_ANSWERED = (type(None), BadNumber, Rejected)
"""An answer, or a fault of one message: the gateway itself works."""
LONGEST = 60.0
"""Seconds, or twice what its gateway's timeouts allow: an answer that has not come by then is given up. A timeout
bounds each reading alone, and an answer that comes byte by byte would keep all sending waiting for ever.
"""


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A request to this gateway; ``until``: when its answer is given up, by the monotonic clock."""

    gateway: str
    then: Then
    until: float


class Requests:
    """The requests of one call of ``send``. Leave it before the sender's lock: then nothing is under way any more."""

    def __init__(self, gateways: Sequence[Gateway]) -> None:
        self._most = {gateway.name: gateway.limits.at_once for gateway in gateways}
        self._allowed = dict.fromkeys(self._most, 1)
        self._under_way: dict[Future[str | None], _UnderWay] = {}
        self._of_gateway: Counter[str] = Counter()

    @property
    def any_under_way(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._under_way)

    def is_full(self, gateway: Gateway) -> bool:
        """Whether this gateway has as many requests under way as it may."""
        return self._of_gateway[gateway.name] >= self._allowed[gateway.name]

    def make(self, gateway: Gateway, request: Request, message: StoredMessage, then: Then) -> None:
        """Make one request; ``then`` gets its answer: at once where there is no network, else by ``take_in``."""
        if not gateway.network:
            then(lambda: ask(request, message))
            return
        until = monotonic() + max(LONGEST, 2 * gateway.seconds)
        self._of_gateway[gateway.name] += 1
        self._under_way[started(partial(ask, request, message))] = _UnderWay(gateway.name, then, until)

    def take_in(self, seconds: float | None = None) -> bool:
        """Settle one answer, waiting for it at most so many seconds (until it is given up); whether one came."""
        patience = min(one.until for one in self._under_way.values()) - monotonic()
        pause = patience if seconds is None else min(seconds, patience)
        done, _ = wait(self._under_way, max(0.0, pause), FIRST_COMPLETED)
        made = next(iter(done), None) or self._overdue()
        if made is None:
            return False
        one = self._under_way.pop(made)
        self._of_gateway[one.gateway] -= 1
        in_order = made.done() and isinstance(made.exception(), _ANSWERED)
        self._allowed[one.gateway] = min(self._most[one.gateway], 2 * self._allowed[one.gateway]) if in_order else 1
        one.then(made.result if made.done() else _no_answer)
        return True

    def _overdue(self) -> Future[str | None] | None:
        now = monotonic()
        return next((made for made, one in self._under_way.items() if one.until <= now), None)

    def finish(self) -> None:
        """Settle all answers that are still to come."""
        while self.any_under_way:
            self.take_in()

    def abandon(self) -> None:
        """Wait until nothing is under way any more, and leave it to a look-up what became of it."""
        latest = max((one.until for one in self._under_way.values()), default=0.0)
        wait(self._under_way, max(0.0, latest - monotonic()))

    def __enter__(self) -> "Requests":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None or issubclass(kind, Exception):
                self.finish()
        finally:
            self.abandon()


def _no_answer() -> str | None:
    raise Unknown("网关迟迟没有答完，不知是否收到")
