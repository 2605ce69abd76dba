"""What a stand-in remembers: messages taken, requests made, faults to come."""

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Trouble(StrEnum):
    OK = "ok"
    DROP_BEFORE = "drop before"
    DROP_AFTER = "drop after"
    ERROR_AFTER = "5xx after"
    HANG = "hang"
    TOO_MANY = "429"


@dataclass
class Taken:
    """One message that the gateway accepted. ``statuses`` are handed out one by one; the last one stays."""

    ref: str
    mobile: str
    text: str
    mark: str
    at: datetime
    statuses: deque[tuple[str, str]]

    def status(self) -> tuple[str, str]:
        return self.statuses.popleft() if len(self.statuses) > 1 else self.statuses[0]


@dataclass
class Phone:
    """Thread-safe; ``clock`` is office time. ``lag`` hides so many of the newest messages from that many look-ups;
    ``unapproved`` gives templates and signatures a state other than approved (``None``: not listed).
    """

    clock: Callable[[], datetime]
    faults: deque[Trouble] = field(default_factory=deque)
    refusals: deque[tuple[int, str]] = field(default_factory=deque)
    taken: list[Taken] = field(default_factory=list)
    replies: deque[dict[str, object]] = field(default_factory=deque)
    requests: Counter[str] = field(default_factory=Counter)
    next_statuses: list[tuple[str, str]] = field(default_factory=list)
    hidden_look_ups: int = 0
    unapproved: dict[str, object] = field(default_factory=dict)
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def next_fault(self) -> Trouble:
        with self.lock:
            return self.faults.popleft() if self.faults else Trouble.OK

    def take(self, prefix: str, mobile: str, text: str, mark: str, first_status: str) -> Taken:
        with self.lock:
            statuses = deque(self.next_statuses or [(first_status, "")])
            one = Taken(f"{prefix}{len(self.taken) + 1:032x}", mobile, text, mark, self.clock(), statuses)
            self.taken.append(one)
            return one

    def visible(self, mobile: str) -> list[Taken]:
        """Newest first, as far as the list has caught up."""
        with self.lock:
            if self.hidden_look_ups > 0:
                self.hidden_look_ups -= 1
                return []
            return [one for one in reversed(self.taken) if one.mobile == mobile]
