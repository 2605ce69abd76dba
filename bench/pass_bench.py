"""A pass against its floors: a bare calamine read of the same file, and one ``stat``. Only ratios carry over.

    python -m bench.pass_bench [MATTERS ...]

Each ledger has that many open matters with every column filled, three in ten of them overdue, and fifty keys a matter
in the journal. A first pass has sent and written what was due. Every pass measured comes a minute after the one before
it; it is a dry run, so what falls due meanwhile is still due at the next.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from sqlalchemy import insert

from bench.books import KEEP, UNITS, large_ledger
from bench.reading_bench import bare
from engine.facts.change import Change
from engine.facts.ledger import Ledger
from engine.guards.permission import Options
from engine.ledger.headings.column import Column, SheetColumns
from engine.ledger.patching.patch import patch
from engine.ledger.reading.cells import Parse
from engine.ledger.reading.ledger import without_collections
from engine.policy.loading import shipped_policies
from engine.review.check import judge
from engine.review.ledger_review import review
from engine.service.adoption import adopt
from engine.service.clock import OfficeClock
from engine.service.config import Config
from engine.service.host import Station
from engine.service.one_pass import PassResult, run_pass
from engine.service.parsing.process import ParsingProcess
from engine.service.places import place_of
from engine.service.scheduler import Service
from sms.store.history import History
from sms.store.tables import OBLIGATIONS, SETTLEMENTS

NOW = datetime(2026, 3, 5, 12, 0)
SINCE = NOW - timedelta(days=3)
KEYS_A_MATTER = 50
ROUNDS = 3
LOOKS = 2_000
SETTING_ROWS = {
    1: ("台账标识", "bench"),
    2: ("制度方案", next(iter(shipped_policies()))),
    3: ("短信发送", "开"),
    4: ("短信签名", "督查室"),
}


class StillClock(OfficeClock):
    """It is always noon."""

    def now(self) -> datetime:
        """The same time at every call."""
        return NOW


def assigned_at(row: int) -> datetime:
    """Three in ten matters are past their first node, up to two days; the others not yet."""
    return NOW - timedelta(hours=26 + row % 40) if row % 10 < 3 else NOW - timedelta(minutes=row % 600)


def facts(sheet: SheetColumns, column: Column, row: int) -> object:
    """Matters that are open and in order, on a ladder of three days; everything else as it comes."""
    if sheet.key == "settings":
        return dict(zip(("key", "value"), SETTING_ROWS.get(row, (None, None)), strict=True)).get(column.field)
    if sheet.key == "units":
        return unit_facts(row).get(column.field, KEEP)
    return matter_facts(row).get(column.field, KEEP) if sheet.key == "matters" else KEEP


def unit_facts(row: int) -> dict[str, object]:
    """Two offices, then units; all of them active."""
    office = {1: "督查室", 2: "秘书一科"}.get(row)
    named = {"name": office, "category": "科室"} if office else {"category": "市直部门"}
    return named | {"active": "是", "substitute_from": None, "substitute_until": None}


def matter_facts(row: int) -> dict[str, object]:
    """One matter: approved, stamped, assigned, not yet reported on."""
    assigned, day = assigned_at(row), timedelta(days=1)
    not_yet = ("long_running_since", "target_due", "grade", "submitted_at", "completed_at", "withdrawn_at")
    empty = ("fixed_due", "province_due", *not_yet)
    return dict.fromkeys(empty) | {
        "board": "日常管理事项",
        "source": "领导批示指示",
        "secrecy": "非密",
        "initiating_office": "秘书一科",
        "assigning_leader_rank": "分管副市长",
        "transferring_office": None,
        "approver_rank": "分管副秘书长",
        "approved_at": assigned - timedelta(hours=1),
        "lead_unit": f"市第{row % (UNITS - 2) + 3}局",
        "assigned_at": assigned,
        "time_limit": "3天",
        "node_1_day": assigned + day,
        "node_3_days": assigned + 3 * day,
        "node_7_days": None,
        "node_1_month": None,
        "completion_due": assigned + 3 * day,
        "initiated_at": assigned,
        "notice_issued_at": NOW - 60 * day,
        "status": "办理中",
    }


def station_with(folder: Path, matters: int) -> tuple[Station, Path]:
    book = folder / "大.xlsx"
    book.write_bytes(large_ledger(matters, reports=0, settings=len(SETTING_ROWS), facts=facts))
    station = Station.open(Config(state=folder / "state", ledgers=(book,)), StillClock())
    adopt(book, station, SINCE)
    with station.outbox.store.write() as connection:
        connection.execute(insert(SETTLEMENTS), [*settlements(matters)])
        rows = obligations(matters)
        while chunk := [row for row, _ in zip(rows, range(20_000), strict=False)]:
            connection.execute(insert(OBLIGATIONS), chunk)
    return station, book


def settlements(matters: int) -> Iterator[dict[str, Any]]:
    """Every duty recorded through an hour ago: later slots are looked up key by key."""
    for row in range(1, matters + 1):
        assigned = assigned_at(row)
        for name, days in (("1天", 1), ("3天", 3)):
            yield {
                "ledger": "bench",
                "matter": f"2026-日-{row:05d}",
                "duty": name,
                "period": "",
                "ordinal": 1,
                "due": assigned + timedelta(days=days),
                "unit": f"市第{row % (UNITS - 2) + 3}局",
                "through": NOW - timedelta(hours=3),
            }


def obligations(matters: int) -> Iterator[dict[str, Any]]:
    for row in range(1, matters + 1):
        for key in range(KEYS_A_MATTER):
            yield {
                "number": f"B{row:06d}{key:02d}",
                "ledger": "bench",
                "matter": f"2026-日-{row:05d}",
                "duty": "1天",
                "period": f"{key}",
                "ordinal": 1,
                "due": NOW,
                "slot": "+3h",
                "unit": "x",
                "role": "具体责任人",
                "owed_by": "x",
                "kind": "催办",
                "clause": "SZ1-14",
                "at": NOW,
                "counts_as_urging": True,
                "recorded_at": NOW,
                "missed_reason": "",
                "unlogged": 0,
            }


def best_of(runs: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The best of some rounds, in turns, so that a busy machine strikes all alike."""
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(ROUNDS):
        for name, run in runs.items():
            begin = perf_counter()
            run()
            best[name] = min(best[name], perf_counter() - begin)
    return best


def looks(station: Station, book: Path) -> float:
    """The cost of one poll of an unchanged workbook with nothing due, in units of one ``stat``."""
    service = Service(station)
    watch = service.watches[0]
    status = book.stat()
    watch.signature, watch.due_at = (status.st_mtime_ns, status.st_size, status.st_ino), NOW + timedelta(days=1)

    def look() -> None:
        for _ in range(LOOKS):
            service.poll(watch, NOW)

    def stat() -> None:
        for _ in range(LOOKS):
            book.stat()

    best = best_of({"look": look, "stat": stat})
    return best["look"] / best["stat"]


class Passes:
    """Passes over one book, a minute apart, in this process or in one that has just started."""

    def __init__(self, station: Station, book: Path) -> None:
        self.station, self.book, self.now = station, book, NOW
        run_pass(book, station, NOW, Options(explicit_time=True, released=True))
        self.saves = cycle([book.read_bytes(), with_edits(book, station)])

    def looked(self) -> PassResult:
        """A pass of the running service because a slot or a light is due, without a save."""
        return self._pass(self.station)

    def saved(self, elsewhere: Parse | None = None) -> PassResult:
        """A pass of the running service after a save that changed twenty rows, its sheets parsed ``elsewhere``."""
        self.book.write_bytes(next(self.saves))
        return self._pass(replace(self.station, elsewhere=elsewhere))

    def restarted(self) -> PassResult:
        """A process that has just started; the journal knows the sheets."""
        station = Station.open(self.station.config, StillClock())
        try:
            return self._pass(station)
        finally:
            station.close()

    def started(self) -> PassResult:
        """A process that has just started, with every sheet to parse."""
        self.station.journal.keep_sheets(place_of(self.book), {}, [])
        return self.restarted()

    def _pass(self, station: Station) -> PassResult:
        self.now += timedelta(minutes=1)
        return run_pass(self.book, station, self.now, Options(dry_run=True, explicit_time=True))


def with_edits(book: Path, station: Station) -> bytes:
    """The book as a colleague saves it who wrote into twenty rows."""
    edited = book.with_name("另存.xlsx")
    edited.write_bytes(book.read_bytes())
    matters = station.book(book).read().ledger.matters
    changes = [
        Change(one.place, one.number, "note", one.note, f"{one.note}已了解。") for one in matters[:: len(matters) // 20]
    ]
    patch(edited, changes, ())
    return edited.read_bytes()


def as_in_a_pass(ledger: Ledger, history: History, station: Station) -> None:
    with without_collections():
        review(ledger, history, station.policies, NOW, SINCE)


def measure(matters: int) -> None:
    with TemporaryDirectory() as name, ParsingProcess() as elsewhere:
        station, book = station_with(Path(name), matters)
        passes = Passes(station, book)
        data = book.read_bytes()
        ledger, history = station.book(book).read().ledger, station.outbox.history("bench")
        runs: dict[str, Callable[[], object]] = {
            "bare calamine": lambda: bare(data),
            "a pass of the service, twenty rows changed": passes.saved,
            "the same, parsed in another process": lambda: passes.saved(elsewhere),
            "a pass of the service, nothing changed": passes.looked,
            "first pass after a restart": passes.restarted,
            "first pass ever: every sheet parsed": passes.started,
            "of the first: review of all matters": lambda: as_in_a_pass(ledger, history, station),
            "of the first: checks of the rows": lambda: judge(ledger, station.policies, NOW),
            "of each: rows last seen": lambda: station.journal.seen("bench"),
            "of each: history": lambda: station.outbox.history("bench"),
        }
        best = best_of(runs)
        floor = best["bare calamine"]
        shown = review(ledger, history, station.policies, NOW, SINCE).shown.values()
        late = sum(1 for flags in shown if flags.overdue_hours is not None)
        print(f"{matters} matters, {late} overdue, {matters * KEYS_A_MATTER} keys")
        for what, seconds in best.items():
            print(f"  {what:44}{seconds:8.3f} s {seconds / floor:6.2f}x {seconds / matters * 1e6:8.1f} us a matter")
        print(f"  one look with nothing due: {looks(station, book):.1f}x stat")
        station.close()


if __name__ == "__main__":
    for count in [int(word) for word in sys.argv[1:]] or [10_000]:
        measure(count)
