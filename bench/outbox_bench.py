"""Outbox overhead for one message against bare commits of the same durability, in a SQLite file and on a PostgreSQL
server that syncs every commit; steady memory; a big history.

    python -m bench.outbox_bench [messages]

The floor writes the same rows into the same tables with the same two commits a message (before the request, after the
answer), from prepared SQL and without any object made: what is left is the outbox.
"""

import resource
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import perf_counter

import psycopg
from rich.console import Console
from rich.table import Table

from sms.gateways.local import LocalGateway
from sms.gateways.protocol import Limits, Receipt
from sms.outbox import Outbox
from sms.store.location import Location, Server
from sms.store.model import Cover, DutyRef, Key, Outgoing, State, StoredMessage
from tests.postgresql import RunningServer, running_server

LEDGER, AT = "台账", datetime(2026, 3, 3, 4, 30)
ROUNDS = 20
"""Short rounds in turn, the best of each kind: what else the machine does only ever adds."""


class Instant:
    """A gateway that takes no time: what remains is the outbox."""

    name, network, limits = "无", False, Limits(per_second=1e9, per_number_per_day=10**9)
    account, seconds = "", 0.0

    def send(self, message: StoredMessage) -> str:
        """Take it."""
        return message.id

    def look_up(self, message: StoredMessage) -> str | None:
        """What it took it finds."""
        return message.ref

    def receipt(self, message: StoredMessage) -> Receipt:
        """Delivered when it was submitted."""
        return Receipt(State.DELIVERED, message.submitted_at)

    def probe(self) -> datetime | None:
        """Always there."""
        return None


def outgoing(number: int, slot: str = "+3h") -> Outgoing:
    key = Key(LEDGER, f"2026-日-{number:05d}", "1天", "", 1, AT, slot, "市教育局", "具体责任人")
    cover = Cover(key, DutyRef(*key[:6], "市教育局"), "催办", "SZ1-14", AT, True)
    token = f"{number % 10**6:06d}"
    text = f"【某某市政府督查室】催办:{key.matter}号“1天”节点逾期3小时,请即报送。电话0349-2020000编号{token}"
    return Outgoing(AT, "催办", "市教育局", "具体责任人", "王某", "+8613800138000", text, token, (cover,))


def filled(location: Location, messages: int) -> Outbox:
    outbox = Outbox(location)
    outbox.claim(LEDGER, [outgoing(n) for n in range(messages)], [], {}, AT)
    return outbox


def by_outbox(location: Location, messages: int) -> float:
    outbox = filled(location, messages)
    start = perf_counter()
    report = outbox.send(LEDGER, lambda: AT, [Instant()], lambda _message, _now: True, wait=lambda _seconds: None)
    taken = perf_counter() - start
    assert len(report.sent) == messages
    outbox.close()
    return taken


def by_hand(file: Path, messages: int) -> float:
    filled(file, messages).close()
    bare = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        bare.execute(f"PRAGMA {pragma}")
    at = "2026-03-03 04:30:00.000000"
    start = perf_counter()
    for (identity,) in bare.execute("SELECT id FROM messages ORDER BY at, id").fetchall():
        bare.execute("BEGIN IMMEDIATE")
        bare.execute(
            "UPDATE messages SET state='submitting', gateway='x', attempts=1, submitted_at=?, first_submitted_at=?,"
            " changed_at=?, absences=0, absent_since=NULL, next_at=NULL WHERE id=? AND state='pending'",
            (at, at, at, identity),
        )
        bare.execute(
            "INSERT INTO attempts (message_id, gateway, mobile, at, outcome) VALUES (?, 'x', '+8613800138000', ?, '')",
            (identity, at),
        )
        bare.execute("COMMIT")
        bare.execute("BEGIN IMMEDIATE")
        bare.execute(
            "UPDATE messages SET state='accepted', ref=?, accepted_at=?, next_at=?, changed_at=?, explanation=''"
            " WHERE id=? AND state='submitting'",
            (identity, at, at, at, identity),
        )
        bare.execute(
            "INSERT INTO tallies (ledger, matter, urgings, last_sent_at)"
            " SELECT ledger, matter, sum(counts_as_urging), ? FROM obligations WHERE message_id=?"
            " GROUP BY ledger, matter ON CONFLICT DO UPDATE SET urgings = urgings + excluded.urgings",
            (at, identity),
        )
        bare.execute("COMMIT")
    taken = perf_counter() - start
    bare.close()
    return taken


def by_hand_on_server(server: Server, messages: int) -> float:
    """The same rows by prepared statements of one connection."""
    filled(server, messages).close()
    bare = psycopg.connect(server.url, prepare_threshold=0)
    identities = [row[0] for row in bare.execute("SELECT id FROM messages ORDER BY at, id")]
    bare.commit()
    start = perf_counter()
    for identity in identities:
        values = {"at": AT, "id": identity}
        bare.execute(
            "UPDATE messages SET state='submitting', gateway='x', attempts=1, submitted_at=%(at)s,"
            " first_submitted_at=%(at)s, changed_at=%(at)s, absences=0, absent_since=NULL, next_at=%(at)s"
            " WHERE id=%(id)s AND state='pending'",
            values,
        )
        bare.execute(
            "INSERT INTO attempts (message_id, gateway, mobile, at, outcome)"
            " VALUES (%(id)s, 'x', '+8613800138000', %(at)s, '')",
            values,
        )
        bare.commit()
        bare.execute(
            "UPDATE messages SET state='accepted', ref=%(id)s, accepted_at=%(at)s, next_at=%(at)s, changed_at=%(at)s,"
            " explanation='' WHERE id=%(id)s AND state='submitting'",
            values,
        )
        bare.execute(
            "INSERT INTO tallies (ledger, matter, urgings, last_sent_at)"
            " SELECT ledger, matter, sum(counts_as_urging::int), %(at)s::timestamp FROM obligations"
            " WHERE message_id=%(id)s GROUP BY ledger, matter"
            " ON CONFLICT (ledger, matter) DO UPDATE SET urgings = tallies.urgings + excluded.urgings",
            values,
        )
        bare.commit()
    taken = perf_counter() - start
    bare.close()
    return taken


def measured(way: Callable[[Path, int], float], messages: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return way(Path(folder) / "duban.sqlite", messages) / messages * 1e6


def on_server(server: RunningServer, way: Callable[[Server, int], float], messages: int) -> float:
    fresh = server.fresh()
    taken = way(fresh, messages) / messages * 1e6
    server.give_back(fresh)
    return taken


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def overhead(table: Table, messages: int) -> None:
    pairs = [(measured(by_hand, messages), measured(by_outbox, messages)) for _ in range(ROUNDS)]
    floor, ours = (min(one) for one in zip(*pairs, strict=True))
    table.add_row("bare SQLite, two commits a message", f"{floor:.0f} µs", "1.00")
    table.add_row("outbox without gateway", f"{ours:.0f} µs", f"{ours / floor:.2f} (at most 1.5)")


def overhead_on_server(table: Table, messages: int) -> None:
    with running_server(()) as server:
        pairs = [
            (on_server(server, by_hand_on_server, messages), on_server(server, by_outbox, messages))
            for _ in range(ROUNDS)
        ]
    floor, ours = (min(one) for one in zip(*pairs, strict=True))
    table.add_row("bare PostgreSQL, two commits a message", f"{floor:.0f} µs", "1.00")
    table.add_row("outbox without gateway, on PostgreSQL", f"{ours:.0f} µs", f"{ours / floor:.2f} (at most 1.5)")


def embedded(table: Table, messages: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        outbox, phone = filled(Path(folder) / "duban.sqlite", 0), LocalGateway(Path(folder) / "phone.sqlite")
        marks: list[float] = []
        start = perf_counter()
        for tenth in range(10):
            batch = range(tenth * messages // 10, (tenth + 1) * messages // 10)
            outbox.claim(LEDGER, [outgoing(n) for n in batch], [], {}, AT)
            outbox.send(LEDGER, lambda: AT, [phone], lambda _message, _now: True, wait=lambda _seconds: None)
            marks.append(megabytes())
        taken = perf_counter() - start
        assert len(phone.received()) == messages
        table.add_row(f"{messages} through the embedded gateway", f"{taken:.1f} s", "")
        table.add_row("peak memory after 20 % → at the end", f"{marks[1]:.0f} → {marks[-1]:.0f} MB", "")
        outbox.close()
        phone.close()


def history(table: Table, keys: int = 500_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        outbox = filled(Path(folder) / "duban.sqlite", 0)
        start = perf_counter()
        for part in range(keys // 10_000):
            made = [outgoing(n, f"+{part}h") for n in range(10_000)]
            outbox.claim(LEDGER, made, [], {one.covers[0].duty: AT for one in made} if part == 0 else {}, AT)
        table.add_row(
            f"claiming {keys} keys, 10,000 at a time", f"{(perf_counter() - start) / keys * 1e6:.0f} µs/key", ""
        )
        start = perf_counter()
        past = outbox.history(LEDGER)
        table.add_row("history with 10,000 duties settled", f"{(perf_counter() - start) * 1e3:.0f} ms", "")
        asked = [tuple(outgoing(n, "+7h").covers[0].key[1:]) for n in range(0, 10_000, 10)]
        start = perf_counter()
        assert all(key in past for key in asked)
        table.add_row("one key looked up among them", f"{(perf_counter() - start) / len(asked) * 1e6:.0f} µs", "")
        outbox.close()


def main() -> None:
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    table = Table("what", "measured", "ratio", title="Outbox")
    overhead(table, min(messages, 1_000))
    overhead_on_server(table, min(messages, 500))
    embedded(table, messages)
    history(table)
    Console().print(table)


if __name__ == "__main__":
    main()
