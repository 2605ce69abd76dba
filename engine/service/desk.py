"""The desk between passes and the sender of a running service: whose messages may go out, by which facts.

A pass claims its messages and leaves them here with the facts of its reading; the sender's thread takes them from all
ledgers, the most urgent first. So no ledger waits for another one's messages, and no pass for a gateway.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from threading import Lock
from typing import Protocol

from sms.sender import StillOwed
from sms.store.model import StoredMessage


class MessageDesk(Protocol):
    """Where a pass leaves its messages."""

    def admit(self, ledger: str, owed: StillOwed, waiting: int) -> None:
        """From now on what is due of this ledger may be sent, ``waiting`` messages of it at once."""

    def hold(self, ledger: str) -> None:
        """Nothing more of this ledger until its next pass."""


class SendingDesk:
    """Implements ``sms.sender.Ledgers``. ``at_rest`` is called with a ledger of which nothing waits to be sent any
    more.
    """

    def __init__(self, at_rest: Callable[[str], None]) -> None:
        self._at_rest = at_rest
        self._owed: dict[str, StillOwed] = {}
        self._waiting: dict[str, int] = {}
        self._lock = Lock()

    def admit(self, ledger: str, owed: StillOwed, waiting: int) -> None:
        """As in ``MessageDesk``."""
        with self._lock:
            self._owed[ledger] = owed
            self._waiting[ledger] = waiting

    def hold(self, ledger: str) -> None:
        """As in ``MessageDesk``."""
        with self._lock:
            self._owed.pop(ledger, None)

    def hold_all(self) -> None:
        """Nothing more of anybody: the service ends, or its clock is wrong."""
        with self._lock:
            self._owed.clear()

    def names(self) -> Collection[str]:
        """The ledgers whose last pass let them send."""
        with self._lock:
            return tuple(self._owed)

    def still_owed(self, message: StoredMessage, now: datetime) -> bool | None:
        """By the facts of the ledger's last reading; ``None`` where it was held meanwhile."""
        owed = self._owed.get(message.ledger)
        return None if owed is None else owed(message, now)

    def left(self, message: StoredMessage) -> None:
        """One message fewer waits."""
        with self._lock:
            left = self._waiting.get(message.ledger, 0) - 1
            self._waiting[message.ledger] = max(left, 0)
        if left == 0:
            self._at_rest(message.ledger)
