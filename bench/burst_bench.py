"""Nine o'clock for many ledgers on one host: how late the last SMS is against what the gateway's rate allows.

    python bench/burst_bench.py [ledgers] [SMS a ledger] [SMS a second]

The real service with its threads, real workbooks, and a gateway that takes 100 ms a request and no more than its rate.
The floor is the number of SMS divided by the rate. Also: the longest silence of the heartbeat, and how late what is
urgent (升级) is, although it was claimed last.
"""

import sys
import tempfile
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock, Thread

from rich.console import Console
from rich.table import Table

from engine.service import scheduler
from engine.service.adoption import adopt
from engine.service.clock import OfficeClock
from engine.service.config import Config
from engine.service.heartbeat import last_beat
from engine.service.host import Station
from sms.gateways.protocol import Limits, Receipt
from sms.store.model import State, StoredMessage
from tests.service.office import LEDGER_ID, matter_row, unit_row, write_book

NINE = datetime(2026, 3, 3, 9, 0)
DUE = NINE + timedelta(hours=5)
LATENCY = 0.1


class Shifted(OfficeClock):
    """Office time that begins a moment before nine and runs like the real one."""

    def __init__(self) -> None:
        self._base = time.monotonic()

    def now(self) -> datetime:
        """The shifted time."""
        return NINE + timedelta(seconds=time.monotonic() - self._base)

    def elapsed(self) -> float:
        """Runs with it."""
        return time.monotonic() - self._base


class Slow:
    """A network gateway that answers after 100 ms."""

    name, network, account, seconds = "慢", True, "", 0.0

    def __init__(self, rate: float, clock: OfficeClock) -> None:
        self.limits = Limits(per_second=rate, per_number_per_day=10**6, at_once=32)
        self._clock, self._lock = clock, Lock()
        self.taken: list[tuple[datetime, str]] = []
        self.seen: Counter[str] = Counter()

    def send(self, message: StoredMessage) -> str:
        """Take it."""
        with self._lock:
            self.taken.append((self._clock.now(), message.kind))
            self.seen[message.id] += 1
        time.sleep(LATENCY)
        return message.id

    def look_up(self, message: StoredMessage) -> str | None:
        """What it took it finds."""
        return message.id if self.seen[message.id] else None

    def receipt(self, message: StoredMessage) -> Receipt:
        """Nothing yet."""
        return Receipt(State.ACCEPTED, message.submitted_at)

    def probe(self) -> datetime | None:
        """Always there."""
        return None


class Watcher(Thread):
    """Reads the heartbeat as ``doctor`` would, and stops the service when everything has gone out."""

    def __init__(self, service: scheduler.Service, gateway: Slow, state: Path, wanted: int) -> None:
        super().__init__(daemon=True)
        self._service, self._gateway, self._state, self._wanted = service, gateway, state, wanted
        self.silence = 0.0

    def run(self) -> None:
        """Until the last SMS."""
        while len(self._gateway.taken) < self._wanted:
            time.sleep(0.5)
            seen = last_beat(self._state)
            if seen:
                now = self._service.station.clock.now()
                self.silence = max(self.silence, (now - seen.at).total_seconds())
        self._service.stop()


def books(folder: Path, ledgers: int, messages: int) -> list[Path]:
    """Ledgers in which so many matters have their reminder at nine; the last has one that is 48 hours late too."""
    made = []
    for number in range(ledgers):
        units = [unit_row(f"单位{n}", 100 + n) for n in range(messages)]
        offices = [unit_row("督查室", 3, "科室"), unit_row("秘书一科", 4, "科室")]
        rows = [
            matter_row(f"2026-日-{n + 1:04}", DUE - timedelta(days=1), "1天", lead_unit=f"单位{n}")
            for n in range(messages)
        ]
        if number == ledgers - 1:
            rows.append(matter_row("2026-日-9999", NINE - timedelta(days=3), "1天", lead_unit="单位0"))
        ledger_id = f"{number:08d}{LEDGER_ID[8:]}"
        made.append(write_book(folder / f"台账{number}.xlsx", rows, {"台账标识": ledger_id}, units=[*units, *offices]))
    return made


def main() -> None:
    """Run once and print the ratios."""
    ledgers, messages, rate = (*map(int, sys.argv[1:]), *(130, 20, 50)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = books(folder, ledgers, messages)
        clock = Shifted()
        config = Config(state=folder / "state", ledgers=tuple(paths), gateways=("慢",))
        station = Station.open(config, clock)
        gateway = Slow(rate, clock)
        station.__dict__["gateways"] = [gateway]
        for path in paths:
            adopt(path, station, NINE - timedelta(hours=1), NINE - timedelta(days=4))
        clock._base = time.monotonic()
        scheduler.BEAT_EVERY = 5
        service = scheduler.Service(station)
        wanted = ledgers * messages
        watcher = Watcher(service, gateway, config.state, wanted)
        watcher.start()
        service.run()
        watcher.join()
        station.close()
    report(gateway, wanted, rate, watcher.silence)


def report(gateway: Slow, wanted: int, rate: float, silence: float) -> None:
    """What was measured."""
    last = max(at for at, _ in gateway.taken)
    urgent = [at for at, kind in gateway.taken if kind == "升级"]
    floor = wanted / rate
    table = Table("what", "seconds", "ratio", title=f"{wanted} SMS at nine, {rate}/s, {LATENCY} s a request")
    table.add_row("the rate allows", f"{floor:.0f}", "1.00")
    late = (last - NINE).total_seconds()
    table.add_row("last SMS", f"{late:.1f}", f"{late / floor:.2f} (at most 1.3)")
    if urgent:
        table.add_row("升级 of the last ledger", f"{(max(urgent) - NINE).total_seconds():.1f}", "")
    table.add_row("longest silence of the heartbeat (one in 5 s)", f"{silence:.1f}", "")
    table.add_row("sent twice", str(sum(1 for count in gateway.seen.values() if count > 1)), "")
    Console().print(table)


if __name__ == "__main__":
    main()
