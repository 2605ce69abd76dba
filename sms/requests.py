"""Requests under way: several at a time for each gateway, so that a slow answer delays nobody else's message.

Only the thread that sends reads and writes the store; the others make one request each, and their answers are settled
by that thread. A gateway begins with one request, and is given twice as many with every answer in order: one that fails
never gets sixteen messages before that is known.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue

from sms.gateways.protocol import BadNumber, Gateway, Rejected, ask
from sms.store.model import StoredMessage

Request = Callable[[StoredMessage], str | None]
Answer = Callable[[], str | None]
Then = Callable[[Answer], None]
_ANSWERED = (type(None), BadNumber, Rejected)
"""An answer, or a fault of one message: the gateway itself works."""


class Requests:
    """The requests of one call of ``send``. Leave it before the sender's lock: then nothing is under way any more."""

    def __init__(self, gateways: Sequence[Gateway]) -> None:
        self._most = {gateway.name: gateway.limits.at_once for gateway in gateways}
        self._allowed = dict.fromkeys(self._most, 1)
        self._under_way: Counter[str] = Counter()
        self._answers: SimpleQueue[tuple[str, Future[str | None], Then]] = SimpleQueue()
        self._pool: ThreadPoolExecutor | None = None

    @property
    def any_under_way(self) -> bool:
        """Whether an answer is still to come."""
        return self._under_way.total() > 0

    def is_full(self, gateway: Gateway) -> bool:
        """Whether this gateway has as many requests under way as it may."""
        return self._under_way[gateway.name] >= self._allowed[gateway.name]

    def make(self, gateway: Gateway, request: Request, message: StoredMessage, then: Then) -> None:
        """Make one request; ``then`` gets its answer: at once where there is no network, else by ``take_in``."""
        if not gateway.network:
            then(lambda: ask(request, message))
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(sum(self._most.values()), "sms")
        self._under_way[gateway.name] += 1
        made = self._pool.submit(ask, request, message)
        made.add_done_callback(lambda done: self._answers.put((gateway.name, done, then)))

    def take_in(self, seconds: float | None = None) -> bool:
        """Settle one answer, waiting for it at most so many seconds (for ever); whether one came."""
        try:
            name, done, then = self._answers.get(timeout=seconds)
        except Empty:
            return False
        self._under_way[name] -= 1
        in_order = isinstance(done.exception(), _ANSWERED)
        self._allowed[name] = min(self._most[name], 2 * self._allowed[name]) if in_order else 1
        then(done.result)
        return True

    def finish(self) -> None:
        """Settle all answers that are still to come."""
        while self.any_under_way:
            self.take_in()

    def abandon(self) -> None:
        """Wait until nothing is under way any more, and leave it to a look-up what became of it."""
        if self._pool:
            self._pool.shutdown(wait=True)

    def __enter__(self) -> "Requests":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None or issubclass(kind, Exception):
                self.finish()
        finally:
            self.abandon()
