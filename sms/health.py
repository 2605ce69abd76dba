"""Which gateways may be used: stopped ones wait for a person, failing ones for their time. Kept across restarts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select, true, update

from sms.gateways.protocol import Gateway
from sms.store.model import StoredMessage
from sms.store.store import Store, upsert
from sms.store.tables import GATEWAYS

FIRST_BACKOFF = timedelta(seconds=30)
_CONDITIONS = select(GATEWAYS)
LONGEST_BACKOFF = timedelta(minutes=15)
FAILURES_BEFORE_FALLBACK = 3


@dataclass(frozen=True, slots=True)
class Condition:
    """One gateway's condition; ``failures`` counts requests in a row that certainly did not get through."""

    name: str
    stopped_at: datetime | None = None
    reason: str = ""
    failures: int = 0
    retry_at: datetime | None = None
    resumed_at: datetime | None = None


class Health:
    """The conditions of the gateways of one call of ``send``, written through to the store."""

    def __init__(self, store: Store, gateways: Sequence[Gateway], random: Random) -> None:
        self._store = store
        self._gateways = gateways
        self._random = random
        self.read()

    def read(self) -> None:
        """As the store has them now: another host, a person or a collapse of receipts may have changed them."""
        self._conditions = {condition.name: condition for condition in conditions(self._store)}

    def choose(self, message: StoredMessage, now: datetime) -> Gateway | None:
        """The gateway to try next: the one tried last, then the order of the set-up. ``None``: none just now.

        A failing gateway is waited for until it has failed several times in a row; then the next one is used.
        """
        for gateway in sorted(self._gateways, key=lambda one: one.name != message.gateway):
            condition = self._condition(gateway.name)
            if gateway.name in message.tried or condition.stopped_at:
                continue
            if condition.retry_at and now < condition.retry_at:
                if condition.failures < FAILURES_BEFORE_FALLBACK:
                    return None
                continue
            return gateway
        return None

    def next_retry(self) -> datetime | None:
        """When the first of the failing gateways may be used again."""
        conditions_now = (self._condition(gateway.name) for gateway in self._gateways)
        return min((one.retry_at for one in conditions_now if one.retry_at and not one.stopped_at), default=None)

    def worked(self, name: str) -> None:
        """Record an answer: its failures are forgotten."""
        if self._condition(name).failures:
            self._keep(name, failures=0, retry_at=None)

    def failed(self, name: str, now: datetime, retry_after: timedelta | None = None) -> None:
        """Wait before the next request: as long as it demands, otherwise twice as long each time, with jitter."""
        failures = self._condition(name).failures + 1
        backoff = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** min(failures - 1, 10)) * self._random.uniform(0.5, 1)
        self._keep(name, failures=failures, retry_at=now + (retry_after or backoff))

    def stop(self, name: str, now: datetime, reason: str) -> None:
        """Use it no more until a person has resumed it."""
        self._keep(name, stopped_at=now, reason=reason)

    def _condition(self, name: str) -> Condition:
        return self._conditions.get(name, Condition(name))

    def _keep(self, name: str, **changed: Any) -> None:
        self._conditions[name] = replace(self._condition(name), **changed)
        _keep(self._store, name, **changed)


def stop(store: Store, name: str, now: datetime, reason: str) -> None:
    """Use a gateway no more until a person has resumed it."""
    _keep(store, name, stopped_at=now, reason=reason)


def resumed_at(store: Store, name: str) -> tuple[bool, datetime | None]:
    """Whether a gateway is stopped, and when a person last let it go on."""
    known = next((one for one in conditions(store) if one.name == name), Condition(name))
    return known.stopped_at is not None, known.resumed_at


def _keep(store: Store, name: str, **changed: Any) -> None:
    """Only what has changed: a gateway that somebody else has stopped meanwhile stays stopped."""
    with store.write() as connection:
        fresh = upsert(connection, GATEWAYS).values(name=name, **changed)
        connection.execute(fresh.on_conflict_do_update(index_elements=GATEWAYS.primary_key.columns, set_=changed))


def conditions(store: Store) -> list[Condition]:
    """All gateways of which something is on record."""
    with store.read() as connection:
        return [Condition(**row._asdict()) for row in connection.execute(_CONDITIONS)]


def resume(store: Store, name: str | None = None, now: datetime | None = None) -> list[str]:
    """Resume this gateway, or every one, after a person has mended the set-up; the names of those that were stopped.
    From ``now`` on its receipts count anew.
    """
    meant = GATEWAYS.c.name == name if name else true()
    stopped = select(GATEWAYS.c.name).where(meant, GATEWAYS.c.stopped_at.is_not(None)).order_by(GATEWAYS.c.name)
    with store.write() as connection:
        names = [*connection.scalars(stopped)]
        again = {"stopped_at": None, "reason": "", "failures": 0, "retry_at": None, "resumed_at": now}
        connection.execute(update(GATEWAYS).where(meant).values(again))
    return names
