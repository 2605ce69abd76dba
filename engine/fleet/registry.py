"""What the workers of a fleet know of each other and of its ledgers: three small tables beside the journal.

Whoever shows the fleet reads it by ``fleet``, ``hosts`` and ``ledgers`` of :class:`FleetRegistry`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, DateTime, Float, MetaData, String, Table, delete, func, select, update

from sms.store.store import Store, upsert

_METADATA = MetaData()
_TEXT = String().with_variant(String(collation="C"), "postgresql")

_FLEET = Table("fleet", _METADATA, Column("name", _TEXT, primary_key=True))
_HOSTS = Table(
    "fleet_hosts",
    _METADATA,
    Column("host", _TEXT, primary_key=True),
    Column("worker", _TEXT, primary_key=True),
    Column("version", _TEXT, nullable=False),
    Column("policies", _TEXT, nullable=False),
    Column("clock_offset", Float, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("stopped_at", DateTime(timezone=True)),
    Column("problem", _TEXT, nullable=False),
)
_LEDGERS = Table(
    "fleet_ledgers",
    _METADATA,
    Column("place", _TEXT, primary_key=True),
    Column("share", _TEXT, nullable=False),
    Column("ledger", _TEXT, nullable=False),
    Column("signature", _TEXT, nullable=False),
    Column("next_at", DateTime),
    Column("passed_at", DateTime),
    Column("problem", _TEXT, nullable=False),
    Column("host", _TEXT, nullable=False),
    Column("digest", _TEXT, nullable=False),
)
_CLOCK = func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class FleetHost:
    """One worker as registered. ``worker``: its state folder, which tells two workers of one host apart; ``version``:
    of the program; ``policies``: the fingerprint of its regimes; ``clock_offset``: seconds by which its clock is ahead
    of the database's; ``problem``: why it takes no work, or what it cannot reach, empty if nothing is wrong.

    ``started_at``, ``seen_at``, ``stopped_at`` (a clean stop) are times of the database with their zone;
    ``silent_for``: seconds since ``seen_at`` by the database's clock.
    """

    host: str
    worker: str
    version: str
    policies: str
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
    ``digest``: its figures as JSON (``engine/board/digest.py``). Office time.
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

    def is_due(self, signature: str, now: datetime) -> bool:
        """Whether a pass is called for: the file has changed, or its time has come."""
        return signature != self.signature or self.next_at is None or self.next_at <= now


class FleetRegistry:
    """The tables of one fleet in an open store, made where they are missing. Raises SmsError where the store cannot be
    used.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        store.make(_METADATA)

    def fleet(self) -> str:
        """The name of the fleet that works with this store; empty before its first worker."""
        with self._store.read() as connection:
            return connection.scalar(select(_FLEET.c.name)) or ""

    def join(self, name: str) -> str:
        """Name the store's fleet, if it has no name yet; the name that stands."""
        with self._store.write() as connection:
            self._store.serialise(connection, "fleet")
            if not (standing := connection.scalar(select(_FLEET.c.name))):
                connection.execute(upsert(connection, _FLEET).values(name=name).on_conflict_do_nothing())
            return standing or name

    def clock(self) -> float:
        """The database's clock, in seconds since 1970."""
        with self._store.read() as connection:
            return float(connection.scalar(select(func.extract("epoch", _CLOCK))) or 0)

    def register(self, host: str, worker: str, version: str, policies: str, clock_offset: float) -> None:
        """Record that a worker starts."""
        values = {"version": version, "policies": policies, "clock_offset": clock_offset, "problem": ""}
        times = {"started_at": _CLOCK, "seen_at": _CLOCK, "stopped_at": None}
        with self._store.write() as connection:
            fresh = upsert(connection, _HOSTS).values(host=host, worker=worker, **values, **times)
            connection.execute(fresh.on_conflict_do_update(index_elements=["host", "worker"], set_={**values, **times}))

    def beat(self, host: str, worker: str, clock_offset: float, problem: str, *, stopped: bool = False) -> None:
        """Record a sign of life; ``stopped``: the last one."""
        values: dict[str, Any] = {"clock_offset": clock_offset, "problem": problem, "seen_at": _CLOCK}
        if stopped:
            values["stopped_at"] = _CLOCK
        with self._store.write() as connection:
            connection.execute(update(_HOSTS).where(_HOSTS.c.host == host, _HOSTS.c.worker == worker).values(values))

    def strike_off(self, host: str) -> None:
        """Forget the workers of a host that has left the fleet. One that still lives registers anew."""
        with self._store.write() as connection:
            connection.execute(delete(_HOSTS).where(_HOSTS.c.host == host))

    def hosts(self) -> list[FleetHost]:
        """All workers that were ever registered, by host."""
        silent = func.extract("epoch", _CLOCK - _HOSTS.c.seen_at).label("silent_for")
        chosen = select(_HOSTS, silent).order_by(_HOSTS.c.host, _HOSTS.c.worker)
        with self._store.read() as connection:
            return [
                FleetHost(**{**row._mapping, "silent_for": float(row.silent_for)}) for row in connection.execute(chosen)
            ]

    def ledgers(self) -> list[FleetLedger]:
        """All ledgers that a worker has come across, by place."""
        with self._store.read() as connection:
            rows = connection.execute(select(_LEDGERS).order_by(_LEDGERS.c.place))
            return [FleetLedger(**row._mapping) for row in rows]

    def ledger(self, place: str) -> FleetLedger | None:
        """One of them."""
        with self._store.read() as connection:
            row = connection.execute(select(_LEDGERS).where(_LEDGERS.c.place == place)).one_or_none()
        return FleetLedger(**row._mapping) if row else None

    def keep(self, ledger: FleetLedger) -> None:
        """Record how a ledger stands."""
        values = asdict(ledger)
        with self._store.write() as connection:
            fresh = upsert(connection, _LEDGERS).values(values)
            connection.execute(fresh.on_conflict_do_update(index_elements=["place"], set_=values))

    def make_due(self, ledgers: Iterable[str], now: datetime) -> None:
        """Record that something of these ledgers (台账标识) has changed that is worth a pass."""
        with self._store.write() as connection:
            connection.execute(update(_LEDGERS).where(_LEDGERS.c.ledger.in_([*ledgers])).values(next_at=now))


def by_place(ledgers: Iterable[FleetLedger]) -> Mapping[str, FleetLedger]:
    """The same by their place."""
    return {one.place: one for one in ledgers}
