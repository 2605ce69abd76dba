"""Rates that survive a restart: per gateway and second in memory, per number over a minute, an hour and a day by the
attempts on record.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, bindparam, func, select

from sms.gateways.protocol import Gateway, Limits
from sms.store.store import Store
from sms.store.tables import ATTEMPTS

NOT_SENT = "not sent"
DAY = timedelta(days=1)
"""Any 24 hours, as 阿里云 counts them; no calendar day holds more then either, as 腾讯云 counts them."""

_SINCE = ATTEMPTS.c.at >= bindparam("since")
_LAST = select(ATTEMPTS.c.gateway, func.max(ATTEMPTS.c.at)).where(_SINCE).group_by(ATTEMPTS.c.gateway)
_COUNTED = (_SINCE, ATTEMPTS.c.outcome != NOT_SENT)
_PER_NUMBER = select(ATTEMPTS.c.mobile, func.count()).where(*_COUNTED).group_by(ATTEMPTS.c.mobile)
_OF_NUMBER = select(ATTEMPTS.c.at).where(*_COUNTED, ATTEMPTS.c.mobile == bindparam("mobile")).order_by(ATTEMPTS.c.at)


class Allowance(NamedTuple):
    """So many SMS that one number may have within a span; ``key`` is the entry of ``limits`` in duban.toml."""

    key: str
    word: str
    span: timedelta
    most: int


def windows(limits: Limits) -> Iterator[Allowance]:
    """What a gateway allows one number, the longest span first."""
    yield Allowance("per_number_per_day", "24小时", DAY, limits.per_number_per_day)
    if limits.per_number_per_hour:
        yield Allowance("per_number_per_hour", "一小时", timedelta(hours=1), limits.per_number_per_hour)
    if limits.per_number_per_minute:
        yield Allowance("per_number_per_minute", "一分钟", timedelta(minutes=1), limits.per_number_per_minute)


def busiest(times: Sequence[datetime], span: timedelta) -> int:
    """How many of these times, oldest first, lie within one span at most. What lies a whole span apart does not count
    together.
    """
    first, most = 0, 0
    for number, at in enumerate(times):
        while at - times[first] >= span:
            first += 1
        most = max(most, number - first + 1)
    return most


class Rates(Protocol):
    """What one call of ``send`` may ask of a gateway and a number."""

    def full_until(self, gateway: Gateway, mobile: str, now: datetime, /) -> tuple[Allowance, datetime] | None:
        """The window of this number that is full longest, and until when; ``None`` where it may have another SMS."""

    def wait_for(self, gateway: Gateway, now: datetime, /) -> float:
        """Seconds until the gateway may be used again; 0 if at once."""

    def claim(self, connection: Connection, gateway: Gateway, mobile: str, now: datetime, /) -> None:
        """Called in the transaction that records an attempt, before it is recorded.

        Raises:
            NumberFull: another host has sent this number its share meanwhile.
        """

    def submitted(self, gateway: Gateway, mobile: str, now: datetime, /) -> None:
        """Count an attempt, which is on record already."""

    def not_sent(self, mobile: str, /) -> None:
        """Take an attempt back that certainly reached nobody."""


class NumberFull(Exception):
    """Another host has sent this number what it may have."""


class HostRates:
    """The rates of one host, which counts in memory: made while the sender's lock is held, discarded with it."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        with store.read() as connection:
            last = connection.execute(_LAST, {"since": now - timedelta(seconds=1)})
            self._last: dict[str, datetime] = dict(last.all())
            # Never too low where no other host sends: as times grow old only too high. It spares a look at them.
            self._numbers: Counter[str] = Counter(dict(connection.execute(_PER_NUMBER, {"since": now - DAY}).all()))

    def full_until(self, gateway: Gateway, mobile: str, now: datetime) -> tuple[Allowance, datetime] | None:
        """By the attempts on record. A clock that went back waits for nothing that lies ahead of it."""
        if self._numbers[mobile] < min(window.most for window in windows(gateway.limits)):
            return None
        with self._store.read() as connection:
            return fullest(gateway.limits, of_number(connection, mobile, now), now)

    def claim(self, connection: Connection, gateway: Gateway, mobile: str, now: datetime) -> None:
        """Nothing to do in the transaction that records an attempt: nobody else sends meanwhile."""

    def wait_for(self, gateway: Gateway, now: datetime) -> float:
        """Since the last request. A clock that went back waits for nothing."""
        last = self._last.get(gateway.name)
        since = (now - last).total_seconds() if last else -1.0
        return max(0.0, 1 / gateway.limits.per_second - since) if since >= 0 else 0.0

    def submitted(self, gateway: Gateway, mobile: str, now: datetime) -> None:
        """Remember it."""
        self._last[gateway.name] = now
        self._numbers[mobile] += 1

    def not_sent(self, mobile: str) -> None:
        """Forget it."""
        self._numbers[mobile] -= 1


def of_number(connection: Connection, mobile: str, now: datetime) -> Sequence[datetime]:
    """When this number had requests in the last 24 hours, oldest first, without those that reached nobody."""
    return connection.scalars(_OF_NUMBER, {"since": now - DAY, "mobile": mobile}).all()


def fullest(limits: Limits, times: Sequence[datetime], now: datetime) -> tuple[Allowance, datetime] | None:
    """The window that is full longest by these times, and until when; ``None``: the number may have another SMS."""
    passed = bisect_right(times, now)
    full = [
        (window, times[passed - window.most] + window.span)
        for window in windows(limits)
        if passed >= window.most and now - times[passed - window.most] < window.span
    ]
    return max(full, key=lambda one: one[1], default=None)


def number_full(mobile: str, count: int) -> str:
    """The sentence to report, once, of a masked number that has had its share of the day, over all ledgers."""
    return (
        f"号码 {mobile} 24小时内的短信已达上限，有{count}条要等到有了余量，其间到期的不再发。请先向网关报备，再调高 "
        "duban.toml 中该网关 limits 的 per_number_per_day；或在「单位通讯录」把事项分给别的责任人。"
    )
