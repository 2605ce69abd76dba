"""How a fleet stands: its workers, its ledgers, what waits to be sent. Read from the store alone, no workbook."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath

from engine.board.digest import LedgerDigest
from engine.facts.service import Served
from engine.fleet.pace import Pace
from engine.fleet.registry import FleetHost, FleetLedger, FleetRegistry
from engine.papers.overview_page import OverviewLedger
from engine.service.host import Station
from sms.store.flow import Flow, flows

LATE = timedelta(minutes=15)
"""A ledger that was due for so long without a pass needs somebody."""
BACKLOG = timedelta(minutes=10)
"""A message that has been due for longer waits for more than its turn."""
HOUR = timedelta(hours=1)
NO_WORK = "没有一台主机在工作，短信都停着。请检查各主机和网络，在每台上运行 duban worker，并设为自动启动。"
NO_WORKER = "没有一台主机在处理它。请看各主机的情况。"
UNLISTED = "接管以后还没有一台主机处理过它。请在各主机的 duban.toml 的 ledgers 里写上它，再重新启动 duban worker。"
UNSENT = "有短信到期十多分钟还没有发出。请检查短信网关和各主机的日志。"


@dataclass(frozen=True, slots=True)
class LedgerStanding:
    """One ledger. ``hold``: what holds it for a person, empty if nothing does; ``lag``: since when the oldest of its
    open messages has been due; ``problem``: why it is not in order, empty if it is.
    """

    record: FleetLedger
    hold: str
    flow: Flow
    lag: timedelta
    problem: str
    digest: LedgerDigest | None

    @property
    def name(self) -> str:
        """The name of its file."""
        return PurePath(self.record.place).name


@dataclass(frozen=True, slots=True)
class FleetStatus:
    """The fleet ``name`` at ``at``; ``dead``: seconds after which a silent worker counts as gone."""

    name: str
    at: datetime
    dead: float
    hosts: tuple[FleetHost, ...]
    ledgers: tuple[LedgerStanding, ...]

    @property
    def requests(self) -> int:
        """Messages in the last hour."""
        return sum(one.flow.requests for one in self.ledgers)

    @property
    def lag(self) -> timedelta:
        """How late the oldest message is."""
        return max((one.lag for one in self.ledgers), default=timedelta())

    @property
    def working(self) -> list[FleetHost]:
        """The workers that nobody has stopped."""
        return [host for host in self.hosts if host.stopped_at is None]

    @property
    def problem(self) -> str:
        """What is wrong with the fleet as a whole, empty if nothing is: all its workers are stopped or silent."""
        return "" if any(host.is_alive(self.dead) for host in self.hosts) else NO_WORK

    @property
    def is_well(self) -> bool:
        """Whether nobody needs to do anything."""
        faults = (self.problem, *map(self.fault_of, self.working), *(one.problem for one in self.ledgers))
        return not any(faults)

    def fault_of(self, host: FleetHost) -> str:
        """What is wrong with a worker: it is silent without having been stopped, or what it reports itself."""
        if host.stopped_at is None and host.silent_for >= self.dead:
            return "没有消息，可能断网或断电。请检查这台主机；它的台账由还在工作的主机接着处理。"
        return host.problem

    def overview(self) -> list[OverviewLedger]:
        """What 总览.html shows; no ledger is in order of which nobody would see a change."""
        nobody = NO_WORKER if self.problem else ""
        return [
            OverviewLedger(one.name, one.digest, one.record.passed_at, one.problem or nobody) for one in self.ledgers
        ]


def fleet_status(station: Station, registry: FleetRegistry, now: datetime, pace: Pace) -> FleetStatus:
    """Raises SmsError where the store cannot be read."""
    served = {one.path: one for one in station.journal.all_served()}  # by place: a copy has neither hold nor messages
    flowing = flows(station.outbox.store, now - HOUR)
    records = registry.ledgers()
    known = {record.place for record in records}
    unlisted = [FleetLedger(place, "", problem=UNLISTED) for place in served if place not in known]
    ledgers = tuple(_standing(one, served.get(one.place), flowing, now) for one in (*records, *unlisted))
    return FleetStatus(registry.fleet() or station.host, now, pace.dead, tuple(registry.hosts()), ledgers)


def _standing(
    record: FleetLedger, service: Served | None, flowing: Mapping[str, Flow], now: datetime
) -> LedgerStanding:
    hold, flow = (_hold(service), flowing.get(service.ledger, Flow())) if service else ("", Flow())
    lag = max(now - flow.since, timedelta()) if flow.since else timedelta()
    overdue = record.next_at is None or now - record.next_at > LATE
    problem = record.problem or hold or (NO_WORKER if overdue else "") or (UNSENT if lag > BACKLOG else "")
    return LedgerStanding(record, hold, flow, lag, problem, _digest(record))


def _hold(served: Served) -> str:
    return f"{served.hold.value}，待放行：{served.hold_note}" if served.hold else ""


def _digest(record: FleetLedger) -> LedgerDigest | None:
    """``None`` before the first pass, and for what another version has written."""
    try:
        return LedgerDigest.from_json(record.digest) if record.digest else None
    except (ValueError, TypeError, KeyError):
        return None
