"""The rates of a fleet: several hosts send at once, and keep each gateway's and each number's limits together.

A gateway's moments are reserved by one row of the store and the clock of its server; what a number has had stands in
the attempts of all hosts.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from time import monotonic

from sqlalchemy import ColumnElement, Connection, Float, bindparam, case, extract, func, select

from sms.gateways.protocol import Gateway
from sms.limits import DAY, Allowance, NumberFull, fullest, of_number, windows
from sms.store.store import Store
from sms.store.tables import ATTEMPTS, RATES

_AT_ONCE = 0.02
"""Seconds: of a quick gateway so much is reserved at a time."""
_STALE = 0.1
"""Seconds, or a gateway's own interval if that is longer: a moment that passed unused so long ago is given up. Several
hosts that had each kept one would burst.
"""
_APART = timedelta(minutes=2)
"""The clocks of two hosts may differ by so much: each by a minute from the server's."""
_MOST_AHEAD = 100
"""So many reservations at most stand before ours: each host has one."""
_NEAR = 16
"""So many SMS below a limit a number is counted again while no other host can send to it."""


@dataclass(slots=True)
class _Turn:
    """A gateway's moments that are ours: the next one, by the monotonic clock, and how many are left."""

    at: float
    left: int


class FleetRates:
    """Made for one call of ``send``; the reservations that it leaves unused are lost."""

    def __init__(self, store: Store, clock: Callable[[], float] = monotonic) -> None:
        self._store = store
        self._monotonic = clock
        self._turns: dict[str, _Turn] = {}
        self._near: set[str] = set()

    def full_until(self, gateway: Gateway, mobile: str, now: datetime) -> tuple[Allowance, datetime] | None:
        """By the attempts of all hosts; a number far below every limit is only counted."""
        row = self._store.ask(_counting(type(self._store)), {"mobile": mobile, "since": now - DAY})
        if (row[0] if row else 0) + _NEAR < min(window.most for window in windows(gateway.limits)):
            self._near.discard(mobile)
            return None
        self._near.add(mobile)
        with self._store.read() as connection:
            return _fullest(connection, gateway, mobile, now)

    def claim(self, connection: Connection, gateway: Gateway, mobile: str, now: datetime) -> None:
        """Count a number that is near a limit once more; until the transaction ends no other host counts it."""
        if mobile in self._near:
            self._store.serialise(connection, f"number {mobile}")
            if _fullest(connection, gateway, mobile, now):
                raise NumberFull

    def wait_for(self, gateway: Gateway, _now: datetime) -> float:
        """Seconds until the moment that is reserved; one is taken where none is."""
        step = 1 / gateway.limits.per_second
        turn = self._turns.get(gateway.name)
        if turn is None or not turn.left or self._monotonic() - turn.at > max(step, _STALE):
            turn = self._turns[gateway.name] = self._reserved(gateway.name, step)
        return max(0.0, turn.at - self._monotonic())

    def submitted(self, gateway: Gateway, _mobile: str, _now: datetime) -> None:
        """The moment is used up; the attempt is on record."""
        if turn := self._turns.get(gateway.name):
            turn.left -= 1
            turn.at += 1 / gateway.limits.per_second

    def not_sent(self, mobile: str) -> None:
        """Nothing to take back: it is on record."""

    def _reserved(self, gateway: str, step: float) -> _Turn:
        count = max(1, int(_AT_ONCE / step))
        asked = {"gateway": gateway, "span": count * step, "farthest": _MOST_AHEAD * count * step}
        row = self._store.ask(_reserving(type(self._store)), asked)
        return _Turn(self._monotonic() + (max(0.0, row[0]) if row else 0.0), count)


def _fullest(connection: Connection, gateway: Gateway, mobile: str, now: datetime) -> tuple[Allowance, datetime] | None:
    """As ``fullest``. An attempt by a clock a little ahead, or made while this host waited, counts too; one farther
    ahead is of a clock that has gone back since.
    """
    times = of_number(connection, mobile, now)
    reached = bisect_right(times, now + _APART)
    return fullest(gateway.limits, times, max([now, *times[:reached][-1:]]))


@cache
def _counting(store: type[Store]) -> str:
    """How many requests for a number are on record, those that reached nobody too."""
    mine = (ATTEMPTS.c.mobile == bindparam("mobile"), ATTEMPTS.c.at >= bindparam("since"))
    return store.compiled(select(func.count()).select_from(ATTEMPTS).where(*mine))


@cache
def _reserving(store: type[Store]) -> str:
    """Take the next ``span`` seconds of a gateway; the seconds until they begin. What is reserved ``farthest`` seconds
    ahead or more was so by a clock of the server that has gone back since.
    """
    now: ColumnElement[float] = extract("epoch", func.clock_timestamp()).cast(Float(53))
    span = bindparam("span", type_=Float(53))
    fresh = store.insert(RATES).from_select(["gateway", "free_at"], select(bindparam("gateway"), now + span))
    is_near = RATES.c.free_at - now < bindparam("farthest", type_=Float(53))
    later = case((is_near, func.greatest(RATES.c.free_at, now)), else_=now) + span
    taken = fresh.on_conflict_do_update(index_elements=RATES.primary_key.columns, set_={"free_at": later})
    return store.compiled(taken.returning(RATES.c.free_at - span - now))
