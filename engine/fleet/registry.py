"""What the workers of a fleet know of each other and of its ledgers: three small tables beside the journal.

Whoever shows the fleet reads it by ``fleet``, ``hosts`` and ``ledgers`` of :class:`FleetRegistry`.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, delete, func, select, update

from sms.store.fleet_tables import FLEET, HOSTS, LEDGERS
from sms.store.store import Store, upsert

_CLOCK = func.clock_timestamp()
_BRIEF = [column for column in LEDGERS.c if column.name != "digest"]
"""Without the digest, which is many times as long as the rest of the row."""


@dataclass(frozen=True, slots=True)
class WorkerProgram:
    """What a worker brings along: the version of its program, the fingerprint of its regimes, the names of the gateways
    that it has opened; the last two empty while it cannot work for a reason of its own.
    """

    version: str
    policies: str
    gateways: str


@dataclass(frozen=True, slots=True)
class FleetHost:
    """One worker as registered. ``worker``: its state folder, which tells two workers of one host apart; ``version``,
    ``policies``, ``gateways``: those of its ``WorkerProgram``; ``clock_offset``: seconds by which its clock is ahead
    of the database's; ``problem``: why it takes no work, or what it cannot reach, empty if nothing is wrong.

    ``started_at``, ``seen_at``, ``stopped_at`` (a clean stop) are times of the database with their zone;
    ``silent_for``: seconds since ``seen_at`` by the database's clock.
    """

    host: str
    worker: str
    version: str
    policies: str
    gateways: str
    clock_offset: float
    started_at: datetime
    seen_at: datetime
    stopped_at: datetime | None
    problem: str
    silent_for: float

    def is_alive(self, dead: float) -> bool:
        """Whether it has not stopped and was seen within so many seconds."""
        return self.stopped_at is None and self.silent_for < dead


@dataclass(frozen=True, slots=True)
class FleetLedger:
    """One ledger after its last pass in the fleet. ``place``: its file; ``signature``: the file's state before that
    pass, empty while it was absent; ``next_at``: when something is due again, ``None`` before the first pass;
    ``problem``: why nothing was sent or written; ``host``: who passed over it at ``passed_at``;
    ``digest``: its figures as JSON (``engine/board/digest.py``). Office time. ``read_next_at`` is ``next_at`` as it was
    when this was read, whatever a pass replaces afterwards.
    """

    place: str
    share: str
    ledger: str = ""
    signature: str = ""
    next_at: datetime | None = None
    passed_at: datetime | None = None
    problem: str = ""
    host: str = ""
    digest: str = ""
    read_next_at: datetime | None = field(default=None, compare=False, repr=False)

    def is_due(self, signature: str, now: datetime) -> bool:
        """Whether a pass is called for: the file has changed, or its time has come."""
        return signature != self.signature or self.next_at is None or self.next_at <= now


def fleet_of(store: Store) -> str:
    """The name of the fleet that works with this store; empty before its first worker, and for a single host's. Raises
    SmsError where the store cannot be used.
    """
    with store.read_once() as connection:
        return connection.scalar(select(FLEET.c.name)) or ""


class FleetRegistry:
    """The tables of one fleet in an open store. Raises SmsError where the store cannot be used."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def fleet(self) -> str:
        """The name of the fleet; empty before its first worker."""
        return fleet_of(self._store)

    def join(self, name: str) -> str:
        """Name the store's fleet, if it has no name yet; the name that stands."""
        with self._store.write() as connection:
            self._store.serialise(connection, "fleet")
            if not (standing := connection.scalar(select(FLEET.c.name))):
                connection.execute(upsert(connection, FLEET).values(name=name).on_conflict_do_nothing())
            return standing or name

    def clock(self) -> float:
        """The database's clock, in seconds since 1970."""
        with self._store.read() as connection:
            return float(connection.scalar(select(func.extract("epoch", _CLOCK))) or 0)

    def register(self, host: str, worker: str, program: WorkerProgram, clock_offset: float) -> datetime:
        """Record that a worker starts, or goes on with another program; its ``started_at``."""
        values = {**asdict(program), "clock_offset": clock_offset, "problem": ""}
        times = {"started_at": _CLOCK, "seen_at": _CLOCK, "stopped_at": None}
        fresh = self._store.insert(HOSTS).values(host=host, worker=worker, **values, **times)
        kept = fresh.on_conflict_do_update(index_elements=["host", "worker"], set_={**values, **times})
        with self._store.write() as connection:
            started_at: datetime = connection.execute(kept.returning(HOSTS.c.started_at)).scalar_one()
        return started_at

    def beat(
        self, host: str, started_at: datetime, clock_offset: float, problem: str, *, stopped: bool = False
    ) -> None:
        """Record a sign of life of the worker that was registered at this time; ``stopped``: the last one."""
        values: dict[str, Any] = {"clock_offset": clock_offset, "problem": problem, "seen_at": _CLOCK}
        if stopped:
            values["stopped_at"] = _CLOCK
        with self._store.write() as connection:
            mine = (HOSTS.c.host == host, HOSTS.c.started_at == started_at)
            connection.execute(update(HOSTS).where(*mine).values(values))

    def strike_off(self, host: str, workers: Collection[str]) -> None:
        """Forget these workers of a host, which have left the fleet. One that still lives registers anew."""
        with self._store.write() as connection:
            connection.execute(delete(HOSTS).where(HOSTS.c.host == host, HOSTS.c.worker.in_(workers)))

    def forget(self, ledger: str, *, but: str = "") -> None:
        """Delete what is recorded of a ledger (台账标识) that has left the fleet, or has moved to the place ``but``."""
        with self._store.write() as connection:
            connection.execute(delete(LEDGERS).where(LEDGERS.c.ledger == ledger, LEDGERS.c.place != but))

    def forget_place(self, place: str) -> None:
        """Delete what is recorded of the ledger at a place that no host lists. One that is listed comes back."""
        with self._store.write() as connection:
            connection.execute(delete(LEDGERS).where(LEDGERS.c.place == place))

    def hosts(self) -> list[FleetHost]:
        """All workers that were ever registered, by host."""
        silent = func.extract("epoch", _CLOCK - HOSTS.c.seen_at).label("silent_for")
        chosen = select(HOSTS, silent).order_by(HOSTS.c.host, HOSTS.c.worker)
        with self._store.read() as connection:
            return [
                FleetHost(**{**row._mapping, "silent_for": float(row.silent_for)}) for row in connection.execute(chosen)
            ]

    def ledgers(self) -> list[FleetLedger]:
        """All ledgers that a worker has come across, by place."""
        with self._store.read_once() as connection:
            return [_ledger(row) for row in connection.execute(select(LEDGERS).order_by(LEDGERS.c.place))]

    def ledgers_at(self, places: Collection[str]) -> dict[str, FleetLedger]:
        """Those of them at these places, by place, without their digests."""
        if not places:
            return {}
        with self._store.read_once() as connection:
            rows = connection.execute(select(*_BRIEF).where(LEDGERS.c.place.in_(places)))
            return {row.place: _ledger(row) for row in rows}

    def ledger(self, place: str) -> FleetLedger | None:
        """One of them."""
        with self._store.read_once() as connection:
            row = connection.execute(select(LEDGERS).where(LEDGERS.c.place == place)).one_or_none()
        return _ledger(row) if row else None

    def keep(self, ledger: FleetLedger) -> FleetLedger:
        """Record how a ledger stands after a pass; how it stands then. An earlier ``next_at`` that somebody else has
        set since it was read stays: what has come during the pass (``make_due``) may not be in the book yet.
        """
        values = {name: value for name, value in asdict(ledger).items() if name in LEDGERS.c}
        fresh = self._store.insert(LEDGERS).values(values)
        standing, coming = LEDGERS.c.next_at, fresh.excluded.next_at
        called_for = standing.is_distinct_from(ledger.read_next_at) & (standing < coming)
        next_at = case((called_for, standing), else_=coming)
        with self._store.write() as connection:
            replaced = {**values, "next_at": next_at}
            kept = fresh.on_conflict_do_update(index_elements=["place"], set_=replaced).returning(standing)
            return replace(ledger, next_at=connection.execute(kept).scalar_one())

    def note_absence(self, ledger: FleetLedger, problem: str) -> None:
        """Record that a ledger's file is not there, and what that means to people; nothing else of it changes."""
        absent = {"signature": "", "problem": problem}
        with self._store.write() as connection:
            fresh = upsert(connection, LEDGERS).values(
                place=ledger.place, share=ledger.share, ledger="", host="", digest="", **absent
            )
            connection.execute(fresh.on_conflict_do_update(index_elements=["place"], set_=absent))

    def make_due(self, ledgers: Collection[str], now: datetime) -> list[FleetLedger]:
        """Record that something of these ledgers (台账标识) has changed that is worth a pass; them, without their
        digests.
        """
        if not ledgers:
            return []
        changed = update(LEDGERS).where(LEDGERS.c.ledger.in_(ledgers)).values(next_at=now).returning(*_BRIEF)
        with self._store.write() as connection:
            return [_ledger(row) for row in connection.execute(changed)]


def _ledger(row: Row[Any]) -> FleetLedger:
    return FleetLedger(**row._mapping, read_next_at=row.next_at)
