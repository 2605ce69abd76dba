"""Rates that survive a restart: read from the attempts once, then kept in memory under the lock."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from sms.gateways.protocol import Gateway
from sms.store.store import Store
from sms.store.tables import ATTEMPTS

NOT_SENT = "not sent"

_SINCE = ATTEMPTS.c.at >= bindparam("since")
_LAST = select(ATTEMPTS.c.gateway, func.max(ATTEMPTS.c.at)).where(_SINCE).group_by(ATTEMPTS.c.gateway)
_TODAY = (ATTEMPTS.c.at >= bindparam("midnight"), ATTEMPTS.c.at < bindparam("next"), ATTEMPTS.c.outcome != NOT_SENT)
_PER_NUMBER = select(ATTEMPTS.c.mobile, func.count()).where(*_TODAY).group_by(ATTEMPTS.c.mobile)


class Rates:
    """Per gateway and second, per number and day. Made while the sender's lock is held, discarded with it."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._day = now.date()
        asked = {"midnight": datetime.combine(self._day, datetime.min.time())}
        asked |= {"since": asked["midnight"] - timedelta(seconds=1), "next": asked["midnight"] + timedelta(days=1)}
        with store.read() as connection:
            self._last: dict[str, datetime] = dict(connection.execute(_LAST, asked).all())
            self._numbers: Counter[str] = Counter(dict(connection.execute(_PER_NUMBER, asked).all()))

    def number_is_full(self, gateway: Gateway, mobile: str, now: datetime) -> bool:
        """Whether this number has had its share of the day."""
        self._turn(now)
        return self._numbers[mobile] >= gateway.limits.per_number_per_day

    def wait_for(self, gateway: Gateway, now: datetime) -> float:
        """Seconds until the gateway may be used again; 0 if at once. A clock that went back waits for nothing."""
        last = self._last.get(gateway.name)
        since = (now - last).total_seconds() if last else -1.0
        return max(0.0, 1 / gateway.limits.per_second - since) if since >= 0 else 0.0

    def submitted(self, gateway: Gateway, mobile: str, now: datetime) -> None:
        """Count an attempt."""
        self._turn(now)
        self._last[gateway.name] = now
        self._numbers[mobile] += 1

    def not_sent(self, mobile: str) -> None:
        """Take an attempt back that certainly reached nobody."""
        self._numbers[mobile] -= 1

    def _turn(self, now: datetime) -> None:
        if now.date() != self._day:
            self._day = now.date()
            self._numbers.clear()


def number_full(mobile: str, count: int) -> str:
    """The sentence to report, once, of a masked number that has had its share of the day, over all ledgers."""
    return (
        f"号码 {mobile} 今日短信已达上限，有{count}条要等到明天，其间到期的不再发。请先向网关报备，再调高 duban.toml "
        "中该网关 limits 的 per_number_per_day；或在「单位通讯录」把事项分给别的责任人。"
    )
