"""What a fleet costs its database, for docs/scale.md: bytes, transactions and WAL of an SMS, of a ledger, of its
passes; and what a scan costs a share.

    python -m bench.volume_bench [MESSAGES] [MATTERS]

PostgreSQL with its syncs, autovacuum on. An SMS is claimed, submitted, accepted and delivered; each has a number of its
own, and one matter covered. Counters are the server's: pg_stat_database, pg_stat_wal, pg_database_size after VACUUM.
"""

import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from bench.outbox_bench import AT, LEDGER, Instant, outgoing
from engine.fleet.signatures import signature_text
from engine.service.adoption import adopt
from engine.service.config import Config
from engine.service.host import Station
from engine.service.one_pass import run_pass
from sms.gateways.protocol import Limits
from sms.outbox import Outbox
from sms.store.location import Server
from tests.postgresql import RunningServer, running_server
from tests.service.office import HandClock, matter_row, write_book

HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 3, 12, 0)
SCANNED = 500
REPEATED = 10


@dataclass(frozen=True)
class Counters:
    """Of the server since its start; ``transactions``: those that only read included."""

    size: int
    transactions: int
    wal: int
    syncs: int

    def __sub__(self, before: "Counters") -> "Counters":
        pairs = zip(vars(self).values(), vars(before).values(), strict=True)
        return Counters(*(now - then for now, then in pairs))


class Quick(Instant):
    """Takes no time; so many moments as a gateway of a fleet may have reserved at once."""

    limits = Limits(per_second=5_000, per_number_per_day=1_000)


def counters(server: RunningServer, database: str) -> Counters:
    """Read when all clients have gone: until then they keep some of their counts to themselves."""
    server.run("VACUUM", database)
    transactions = f"(SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '{database}')"
    wal = "(SELECT wal_bytes FROM pg_stat_wal), (SELECT wal_sync FROM pg_stat_wal)"
    row = server.run(f"SELECT pg_database_size('{database}'), {transactions}, {wal}")[0]
    return Counters(*(int(str(value)) for value in row))


def messages_cost(server: RunningServer, count: int, table: Table) -> None:
    place = server.fresh()
    name = str(place.parsed.database)
    start = before = counters(server, name)
    for step in ("claimed", "submitted and accepted", "delivered"):
        with closing(Outbox(place)) as outbox:
            _step(step, outbox, count)
        after = counters(server, name)
        _row(table, f"an SMS {step}", after - before, count)
        before = after
    _row(table, "an SMS, in all", before - start, count)


def _step(step: str, outbox: Outbox, count: int) -> None:
    gateway = Quick()
    if step == "claimed":
        for first in range(0, count, 100):
            made = [replace(outgoing(n), mobile=f"+86138{n:08}") for n in range(first, min(first + 100, count))]
            outbox.claim(LEDGER, made, [], {}, AT)
    elif step == "delivered":
        settled = outbox.collect_receipts(LEDGER, lambda: AT + HOUR, [gateway])
        assert settled == count
    else:
        report = outbox.send(LEDGER, lambda: AT, [gateway], lambda *_: True, wait=lambda _seconds: None)
        assert len(report.sent) == count


def ledger_cost(server: RunningServer, matters: int, table: Table) -> None:
    place = server.fresh()
    name = str(place.parsed.database)
    with tempfile.TemporaryDirectory() as folder:
        rows = [matter_row(f"2026-日-{n:04}", NOON - 2 * HOUR, "3个月") for n in range(1, matters + 1)]
        book = write_book(Path(folder) / "甲县.xlsx", rows)
        before = counters(server, name)
        with closing(_station(folder, place, book, NOON)) as station:
            adopt(book, station, NOON)
        for step, hours in (("first pass", 1), ("second pass", 2), ("pass where nobody saved", 3)):
            now = NOON + hours * HOUR
            with closing(_station(folder, place, book, now)) as station:
                run_pass(book, station, now)
            after = counters(server, name)
            _row(table, f"a ledger of {matters} matters, {step}", after - before, 1)
            before = after
        with closing(_station(folder, place, book, now)):
            pass
        opened = counters(server, name)
        opening = opened - before
        without_size = {"size": 0}  # the server's cache of its own catalogue, of which it makes what it likes
        _row(table, "opening of a store that is there", replace(opening, **without_size), 1)
        with closing(_station(folder, place, book, now)) as station:
            for minutes in range(REPEATED):
                run_pass(book, station, now + timedelta(minutes=minutes))
        repeated = counters(server, name) - opened - opening
        _row(table, f"one of {REPEATED} passes in an open store", replace(repeated, **without_size), REPEATED)


def _station(folder: str, place: Server, book: Path, now: datetime) -> Station:
    return Station.open(
        Config(state=Path(folder) / "state", ledgers=(book,), store=place.url, fleet="甲"), HandClock(now)
    )


def scan_cost(table: Table) -> None:
    with tempfile.TemporaryDirectory() as folder:
        books = [Path(folder) / f"{number}.xlsx" for number in range(SCANNED)]
        for book in books:
            book.write_bytes(b"")
        with closing(Station.open(Config(state=Path(folder) / "state", ledgers=tuple(books)))) as station:
            for book in books:
                signature_text(station, book)
            start = perf_counter()
            for book in books:
                signature_text(station, book)
            taken = perf_counter() - start
    what = "a scan of one ledger's files on a local disk, known from before"
    table.add_row(what, f"{taken / SCANNED * 1e6:.0f} µs", "", "", "")


def _row(table: Table, what: str, spent: Counters, divisor: int) -> None:
    figures = (spent.size, spent.transactions, spent.wal, spent.syncs)
    table.add_row(what, *(f"{value / divisor:,.{0 if value > 100 * divisor else 2}f}" for value in figures))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    matters = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    table = Table("what", "bytes kept", "transactions", "bytes of WAL", "syncs of WAL", title="What the database bears")
    with running_server(()) as server:
        messages_cost(server, count, table)
        ledger_cost(server, matters, table)
    scan_cost(table)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
