"""A province on one machine: passes a second by one and two workers, and nine o'clock on a Monday.

    python -m bench.fleet_bench [LEDGERS] [MATTERS] [SMS A LEDGER] [SMS A SECOND] [WORKERS ...]

Real workers in processes of their own, PostgreSQL with its syncs, real workbooks, the real client of 移动云MAS against
a stand-in that takes 100 ms a request. First every ledger is new to the fleet and gets one pass; then, at nine, so many
of its matters fall due. The floor is the number of SMS divided by the rate of the gateway.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from engine.fleet.registry import FleetRegistry
from engine.service.adoption import adopt
from engine.service.clock import OfficeClock
from engine.service.config import load_config
from engine.service.host import Station
from tests.postgresql import RunningServer, running_server
from tests.service.office import LEDGER_ID, matter_row, unit_row, write_book
from tests.sms.standin.mas_api import AP_ID, KEY, NAME, SIGN, is_send, mas_api
from tests.sms.standin.phone import Phone, Taken
from tests.sms.standin.server import Answer, Request, serve

NINE = datetime(2026, 3, 2, 9, 0)
LEAD = timedelta(minutes=4)
"""From the start of the workers to nine: time for all that a start brings, the first passes and the writing, to end."""
LATENCY = 0.1
LATEST = 1800
TABLE = f"""
[gateway.mas]
url = "http://127.0.0.1:{{port}}/sms/norsubmit"
ec_name = "{NAME}"
sign = "{SIGN}"
limits = {{{{ per_second = {{rate}}, per_number_per_day = 100000, at_once = 32 }}}}
"""


class RunningClock(OfficeClock):
    """Office time that stands ``LEAD`` before nine at ``base`` and runs like the real one."""

    def __init__(self, base: float) -> None:
        self._base = base

    def now(self) -> datetime:
        """The shifted time."""
        return NINE - LEAD + timedelta(seconds=time.time() - self._base)

    def elapsed(self) -> float:
        """Runs with it."""
        return time.time() - self._base


def province(folder: Path, ledgers: int, matters: int, due: int) -> list[Path]:
    """Ledgers with so many matters, ``due`` of which have their reminder at nine; the others are due in months."""
    made = []
    for number in range(ledgers):
        units = [unit_row(f"单位{n}", 100 + n) for n in range(max(due, 1))]
        offices = [unit_row("督查室", 3, "科室"), unit_row("秘书一科", 4, "科室")]
        rows = [
            matter_row(
                f"2026-日-{n + 1:04}",
                NINE + timedelta(hours=5) - timedelta(days=1) if n < due else NINE - timedelta(hours=2),
                "1天" if n < due else "3个月",
                lead_unit=f"单位{n % max(due, 1)}",
            )
            for n in range(matters)
        ]
        settings = {"台账标识": f"{number:08d}{LEDGER_ID[8:]}", "单位名称": f"第{number}县督查室"}
        home = folder / f"县{number:03d}"
        home.mkdir()
        made.append(write_book(home / "台账.xlsx", rows, settings, units=[*units, *offices]))
    return made


def worker(config: str, base: str) -> None:
    """One worker, as ``duban worker`` makes it, by the shifted clock."""
    from engine.fleet.worker import FleetWorker

    station = Station.open(load_config(Path(config)), RunningClock(float(base)))
    sys.exit(FleetWorker(station).run())


@contextmanager
def workers(number: int, folder: Path, toml: str, base: float) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """So many workers, each with a state folder of its own, ended at the end of the block."""
    running = []
    for one in range(number):
        state = folder / f"worker{one}"
        state.mkdir()
        config = state / "duban.toml"
        config.write_text(f"state = '{state}'\n{toml}", encoding="utf-8")
        command = [sys.executable, "-m", "bench.fleet_bench", "worker", str(config), str(base)]
        running.append(subprocess.Popen(command, env={**os.environ, "MAS_AP_ID": AP_ID, "MAS_SECRET_KEY": KEY}))
    try:
        yield running
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(120)


def slow_mas(phone: Phone, request: Request) -> Answer:
    """The stand-in, as slow as a gateway."""
    time.sleep(LATENCY)
    return mas_api(phone, request)


def first_passes(station: Station, ledgers: int) -> float:
    """Passes a second, from the first ledger that a worker has recorded to the last."""
    seen: list[tuple[float, int]] = []
    while not seen or seen[-1][1] < ledgers:
        if seen and time.monotonic() - seen[0][0] > LATEST:
            raise RuntimeError(f"only {seen[-1][1]} of {ledgers} ledgers were passed")
        time.sleep(0.2)
        if count := _passed(station):
            seen.append((time.monotonic(), count))
    began, at_first = seen[0]
    return (ledgers - at_first) / max(seen[-1][0] - began, 1e-9)


def _passed(station: Station) -> int:
    """How many ledgers have been passed over, at little cost: whoever counts takes the workers' time."""
    with station.outbox.store.read() as connection:
        return connection.scalar(text("SELECT count(passed_at) FROM fleet_ledgers")) or 0


def run(server: RunningServer, source: Path, books: Sequence[Path], number: int, sizes: tuple[int, int]) -> list[str]:
    """One run with so many workers over copies of the books: a row of the table."""
    due, rate = sizes
    with tempfile.TemporaryDirectory() as name, closing(_Database(server)) as store:
        folder = Path(name)
        shutil.copytree(source, folder / "台账")
        paths = [folder / "台账" / book.relative_to(source) for book in books]
        base = time.time()
        clock = RunningClock(base)
        phone = Phone(clock.now)
        with serve(phone, slow_mas, is_send) as port:
            listed = ", ".join(f"'{path}'" for path in paths)
            toml = f"store = '{store.url}'\nfleet = '中心'\nledgers = [{listed}]\ngateways = ['mas']\n"
            toml += TABLE.format(port=port, rate=rate)
            (folder / "duban.toml").write_text(f"state = '{folder / 'state'}'\n{toml}", encoding="utf-8")
            station = Station.open(load_config(folder / "duban.toml"), clock)
            for path in paths:
                adopt(path, station, NINE - timedelta(hours=1), NINE - timedelta(hours=3))
            FleetRegistry(station.outbox.store)  # its tables
            base = time.time()
            clock._base = base
            with workers(number, folder, toml, base):
                passes = first_passes(station, len(paths))
                _until(lambda: len(_reminders(phone)) >= due * len(paths))
                time.sleep(2)  # what would be sent twice comes now
            station.close()
    last = max(one.at for one in _reminders(phone))
    late, floor = (last - NINE).total_seconds(), due * len(paths) / rate
    doubled = sum(1 for count in Counter(one.text for one in phone.taken).values() if count > 1)
    return [str(number), f"{passes:.1f}", f"{late:.1f}", f"{late / floor:.2f}", str(len(phone.taken)), str(doubled)]


class _Database:
    """A database of the bench, dropped at the end."""

    def __init__(self, server: RunningServer) -> None:
        self._server, self._made = server, server.fresh()
        self.url = self._made.url

    def close(self) -> None:
        """Empty it for the next run."""
        self._server.give_back(self._made)


def _reminders(phone: Phone) -> list[Taken]:
    """What arrived, the morning reports aside."""
    return [one for one in [*phone.taken] if "晨报" not in one.text]


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + LATEST
    while not done():
        if time.monotonic() > end:
            raise RuntimeError("not all SMS were sent")
        time.sleep(0.05)


def main(arguments: Sequence[str]) -> None:
    """Print one row for each number of workers."""
    given = [int(one) for one in arguments]
    ledgers, matters, due, rate = (*given[:4], *(130, 300, 20, 50)[len(given[:4]) :])
    table = Table(
        "workers",
        "passes a second",
        "last SMS, s late",
        "over the rate's floor",
        "SMS",
        "twice",
        title=f"{ledgers} ledgers × {matters} matters, {due} SMS each at nine, {rate}/s, {LATENCY} s a request",
    )
    with tempfile.TemporaryDirectory() as name, running_server(settings=()) as server:
        books = province(Path(name), ledgers, matters, due)
        for number in given[4:] or (1, 2, 4):
            table.add_row(*run(server, Path(name), books, number, (due, rate)))
    Console().print(table)


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        worker(*sys.argv[2:4])
    else:
        main(sys.argv[1:])
