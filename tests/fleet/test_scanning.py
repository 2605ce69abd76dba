"""What a scan and a collection of receipts record of ledgers that are served at the same moment."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import event

from engine.fleet import scanning
from engine.fleet.registry import FleetLedger
from engine.fleet.scanning import scan
from engine.fleet.sending import FleetSender
from engine.fleet.serving import Serving
from engine.fleet.shares import Share
from engine.fleet.tasks import Tasks
from engine.fleet.work_queue import WorkQueue
from engine.service.host import Station
from engine.service.watch import ABSENT
from sms.outbox import Outbox
from sms.store.postgresql import PostgresqlStore
from tests.fleet.fleet_office import HOUR, QUICK, SLOT, Fleet, checked, unseen

SHORT = replace(QUICK, probe=0.1)


class Asked(WorkQueue):
    """Notes which places it is asked to serve."""

    def __init__(self) -> None:
        self.places: list[str] = []

    async def serve_now(self, place: str, queue: str) -> None:
        self.places.append(Path(place).stem)


def scanned(fleet: Fleet, share: Share) -> list[str]:
    """What one scan asks for."""
    asked = Asked()
    asyncio.run(scan(share, fleet.station, fleet.registry, asked, SHORT))
    return asked.places


def test_a_scan_that_runs_out_of_time_is_gone_on_with_and_never_runs_beside_the_next(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = [fleet.add_ledger(name) for name in "甲乙丙丁"]
    answers, ended = Event(), Event()
    looked_at: list[str] = []

    def signature(station: Station, path: Path) -> str:
        looked_at.append(path.stem)
        if path == books[1]:
            answers.wait(30)
            ended.set()
        return "saved"

    monkeypatch.setattr(scanning, "signature_text", signature)
    share = Share("共享", fleet.folder, books, is_reached=True)
    assert scanned(fleet, share) == ["甲"]
    assert scanned(fleet, share) == ["丙", "丁", "甲"]
    looked_at.clear()
    answers.set()
    assert ended.wait(30)
    assert scanned(fleet, share) == [*"丙丁甲乙"] == looked_at


def test_a_ledger_that_may_not_be_seen_is_named_and_keeps_no_other_from_the_scan(fleet: Fleet) -> None:
    refused = unseen(fleet.folder)
    books = [fleet.add_ledger("甲"), refused, fleet.add_ledger("丙")]
    share = Share("共享", fleet.folder, books, is_reached=True)
    assert [scanned(fleet, share), scanned(fleet, share)] == [["甲", "丙"]] * 2
    assert {one.place: one.problem for one in fleet.registry.ledgers()} == {str(refused): ABSENT}


def test_a_scan_reads_no_digest_and_no_ledger_of_another_share(fleet: Fleet) -> None:
    book = fleet.add_ledger("甲")
    fleet.registry.keep(FleetLedger(str(book), "共享", digest="long"))
    fleet.registry.keep(FleetLedger("elsewhere", "别处"))
    read = fleet.registry.ledgers_at([str(book)])
    assert {place: record.digest for place, record in read.items()} == {str(book): ""}
    statements: list[str] = []
    store = fleet.station.outbox.store
    assert isinstance(store, PostgresqlStore)
    event.listen(store.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    share = Share("共享", fleet.folder, [book], is_reached=True)
    assert scanned(fleet, share) == ["甲"]
    assert not any("digest" in one for one in statements if "CREATE" not in one)


def test_an_absence_changes_nothing_else_of_a_ledger_that_is_served_meanwhile(fleet: Fleet) -> None:
    book = fleet.add_ledger("甲")
    fleet.registry.keep(FleetLedger(str(book), "共享", "标识", "s", SLOT, SLOT, "", "甲机", "long"))
    before = fleet.registry.ledgers_at([str(book)])[str(book)]
    served = replace(fleet.ledger(book), next_at=SLOT + HOUR, passed_at=SLOT + HOUR, host="乙机")
    fleet.registry.keep(served)
    fleet.registry.note_absence(before, ABSENT)
    assert fleet.ledger(book) == replace(served, signature="", problem=ABSENT)


@pytest.mark.parametrize(
    ("loaded", "meanwhile", "after", "stands"),
    [
        (SLOT, SLOT, SLOT + HOUR, SLOT + HOUR),  # nothing came
        (SLOT, SLOT + HOUR / 2, SLOT + HOUR, SLOT + HOUR / 2),
        (SLOT, SLOT + HOUR, SLOT + HOUR, SLOT + HOUR),
        (SLOT, SLOT + 2 * HOUR, SLOT + HOUR, SLOT + HOUR),  # the pass itself has found something earlier
        (None, None, SLOT + HOUR, SLOT + HOUR),
        (None, SLOT, SLOT + HOUR, SLOT),
    ],
)
def test_what_becomes_due_during_a_pass_stays_due(
    fleet: Fleet, loaded: datetime | None, meanwhile: datetime | None, after: datetime, stands: datetime
) -> None:
    book = fleet.add_ledger("甲")
    fleet.registry.keep(FleetLedger(str(book), "共享", "标识", next_at=loaded))
    record = fleet.ledger(book)
    if meanwhile and meanwhile != loaded:
        fleet.registry.make_due(("标识",), meanwhile)
    passed = replace(record, next_at=after)
    assert fleet.registry.keep(passed) == fleet.ledger(book) == replace(passed, next_at=stands)
    fleet.registry.keep(replace(fleet.ledger(book), next_at=after))
    assert fleet.ledger(book).next_at == after


def test_receipts_of_one_ledger_are_not_forgotten_where_those_of_the_next_fail(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    books, served = two_in_order(fleet)

    def collect(_: Outbox, ledger: str, **_how: object) -> int:
        if ledger == served[1]:
            raise ConnectionError
        return 1

    monkeypatch.setattr(Outbox, "collect_receipts", collect)
    with pytest.raises(ConnectionError):
        tasks_of(fleet).collected("local")
    assert [fleet.ledger(book).next_at for book in books] == [SLOT, SLOT + HOUR]


def test_an_acknowledgement_is_worth_a_pass_over_its_own_ledger_alone(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    books, served = two_in_order(fleet)
    answers = [Counter(), Counter({served[1]: 2})]
    monkeypatch.setattr(Outbox, "collect_replies", lambda *_: answers.pop(0))
    assert tasks_of(fleet).collected("local") == []
    assert [one.place for one in tasks_of(fleet).collected("local")] == [str(books[1])]
    assert [fleet.ledger(book).next_at for book in books] == [SLOT + HOUR, SLOT]


def test_a_worker_that_stops_asks_for_no_more_receipts(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand messages the rest would take minutes, and the process would count as one that hangs."""
    fleet.add_ledger("甲")
    asked: list[bool] = []

    def collect(*_: object, stopping: Callable[[], bool], **_how: object) -> int:
        asked.append(stopping())
        return 0

    monkeypatch.setattr(Outbox, "collect_receipts", collect)
    monkeypatch.setattr(Outbox, "collect_replies", lambda *_: asked.append(False))
    tasks = tasks_of(fleet)
    tasks._serving.stopping = True
    assert tasks.collected("local") == []
    assert asked == [True]


def two_in_order(fleet: Fleet) -> tuple[list[Path], list[str]]:
    """Two ledgers that are due in an hour: their files and their 台账标识; it is ``SLOT``, and time stands."""
    books = [fleet.add_ledger(name) for name in "甲乙"]
    served = [one.ledger for one in fleet.station.journal.all_served()]
    for book, ledger in zip(books, served, strict=True):
        fleet.registry.keep(FleetLedger(str(book), "共享", ledger, "s", SLOT + HOUR))
    fleet.clock.at, fleet.clock.rate = SLOT, 0
    return books, served


def tasks_of(fleet: Fleet) -> Tasks:
    share = Share("共享", fleet.folder, fleet.books)
    serving = Serving(fleet.station, fleet.registry, FleetSender(fleet.station), QUICK, "本机", checked(fleet.clock))
    return Tasks(fleet.station, fleet.registry, Asked(), serving, [share])
