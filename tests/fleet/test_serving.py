"""Serving one ledger, in the test's own process: what is recorded of it, and when it is due again."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from engine.fleet import scanning
from engine.fleet import serving as serving_module
from engine.fleet.registry import FleetLedger
from engine.fleet.scanning import scan
from engine.fleet.serving import Serving
from engine.fleet.shares import Share
from engine.fleet.tasks import Tasks
from engine.fleet.work_queue import WorkQueue, install
from engine.guards.permission import Options
from engine.ledger.headings.columns import MESSAGE_LOG
from engine.ledger.reading.ledger import read_rows
from engine.service.desk import SendingDesk
from engine.service.host import BookBusy, Station
from engine.service.one_pass import PassResult, pass_within, run_pass
from engine.service.watch import ABSENT
from sms.gateways.local import LocalGateway
from sms.store.model import SmsError, State
from sms.store.postgresql import PostgresqlStore
from tests.fleet.fleet_office import QUICK, SLOT, Fleet, serve, until

MINUTE = timedelta(minutes=1)


def test_a_ledger_is_recorded_as_in_order_once_its_messages_have_left_and_stand_in_the_book(fleet: Fleet) -> None:
    book = fleet.add_ledger("甲")
    fleet.clock.at = SLOT

    async def story(serving: Serving, share: Share) -> None:
        after = await serving.serve(str(book), share)
        assert after == fleet.ledger(book)
        assert after.passed_at == SLOT
        assert after.next_at
        assert after.next_at > SLOT
        assert await serving.serve(str(book), share) != after  # our own writing, once more
        assert await serving.serve(str(book), share) == fleet.ledger(book)

    serve(fleet, story)
    assert len(fleet.phone()) == len(read_rows(book.read_bytes(), MESSAGE_LOG.key)) == 1


def test_what_a_dead_worker_had_claimed_is_sent_whatever_the_sender_does_meanwhile(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of the sender that began and ended during the pass has not seen the ledger."""
    book = fleet.add_ledger("甲")
    fleet.clock.at = SLOT
    run_pass(book, fleet.station, SLOT, Options(), SendingDesk(lambda _: None))
    assert [one.state for one in fleet.station.outbox.messages("11111111-2222-4333-8444-000000000000")] == ["pending"]

    async def story(serving: Serving, share: Share) -> None:
        sender = serving._sender

        def passing(*given: object) -> object:
            result = pass_within(*given)
            sender.turn = sender.ended = sender.turn + 1
            return result

        monkeypatch.setattr(serving_module, "pass_within", passing)
        await serving.serve(str(book), share)

    serve(fleet, story)
    assert len(fleet.phone()) == 1


@pytest.mark.parametrize("fault", [SmsError("数据库断了"), BookBusy("已由别的主机处理")])
def test_whatever_ends_the_serving_of_a_ledger_nothing_of_it_stays_on_the_desk(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    book = fleet.add_ledger("甲")
    fleet.clock.at = SLOT

    def failing(*_: object) -> bool:
        raise fault

    monkeypatch.setattr(Serving, "_is_on_its_way", failing)

    async def story(serving: Serving, share: Share) -> None:
        await serving.serve(str(book), share)
        assert serving._sender.desk.names() == ()

    serve(fleet, story)


def test_a_broken_workbook_is_reported_and_tried_again_in_five_minutes_or_when_it_is_mended(fleet: Fleet) -> None:
    book = fleet.add_ledger("甲")
    whole = book.read_bytes()
    book.write_bytes(b"no workbook")

    async def story(serving: Serving, share: Share) -> None:
        after = await serving.serve(str(book), share)
        assert after
        assert after.problem
        assert not after.is_due(after.signature, fleet.clock.now() + 4 * MINUTE)
        assert after.is_due(after.signature, fleet.clock.now() + 5 * MINUTE)
        book.write_bytes(whole)
        after = await serving.serve(str(book), share)
        assert after
        assert after.problem == ""

    serve(fleet, story)


def test_a_save_while_a_message_waits_is_taken_in_at_once(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    book = fleet.add_ledger("甲")
    fleet.clock.at = SLOT
    asked, let_go, really = Event(), Event(), LocalGateway.send

    def send(self: LocalGateway, message: object) -> str:
        asked.set()
        assert let_go.wait(30)
        return really(self, message)

    passes: list[object] = []
    monkeypatch.setattr(LocalGateway, "send", send)
    monkeypatch.setattr(serving_module, "pass_within", lambda *given: passes.append(given) or pass_within(*given))

    async def story(serving: Serving, share: Share) -> None:
        served = asyncio.create_task(serving.serve(str(book), share))
        await asyncio.to_thread(asked.wait, 30)
        assert len(passes) == 1
        book.touch()
        await asyncio.to_thread(until, lambda: len(passes) == 2)
        let_go.set()
        assert await served

    serve(fleet, story)
    assert len(fleet.phone()) == 1


def test_a_pass_that_hangs_is_noted_although_a_second_job_comes_for_its_ledger(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = fleet.add_ledger("甲")
    asked, let_go = Event(), Event()

    def hanging(*given: Any) -> PassResult:
        asked.set()
        assert let_go.wait(30)
        return pass_within(*given)

    monkeypatch.setattr(serving_module, "pass_within", hanging)

    async def story(serving: Serving, share: Share) -> None:
        served = asyncio.create_task(serving.serve(str(book), share))
        await asyncio.to_thread(asked.wait, 30)
        noted = [*serving.calls]
        assert [place for place, _ in noted] == [str(book)]
        assert await serving.serve(str(book), share) is None
        assert serving.calls == noted
        let_go.set()
        assert await served
        assert serving.calls == []

    serve(fleet, story)


@pytest.mark.parametrize(("ahead", "held"), [(1, False), (2, False), (3, True)])
def test_a_pass_of_a_host_whose_clock_is_a_little_ahead_holds_nobody(fleet: Fleet, ahead: int, held: bool) -> None:
    book = fleet.add_ledger("甲")
    last = SLOT.replace(second=0) + ahead * MINUTE
    fleet.clock.at, fleet.clock.rate = SLOT, 0

    async def story(serving: Serving, share: Share) -> None:
        await serving.serve(str(book), share)
        record = fleet.ledger(book)
        served = fleet.station.journal.served(record.ledger)
        assert served
        fleet.station.journal.save(replace(served, last_pass_at=last))
        fleet.registry.keep(replace(record, passed_at=last, signature="another"))
        after = await serving.serve(str(book), share)
        assert after
        assert ("时钟" in after.problem) is held

    serve(fleet, story)


def scans(fleet: Fleet, share: Share, count: int) -> list[list[str]]:
    """The places that are asked for after each of so many scans."""
    store = fleet.station.outbox.store
    assert isinstance(store, PostgresqlStore)
    install(store.conninfo)
    queue = WorkQueue(store.conninfo, QUICK)

    async def run() -> list[list[str]]:
        asked = []
        async with queue.opened():
            for _ in range(count):
                await scan(share, fleet.station, fleet.registry, queue, QUICK)
                asked.append([str(job.task_kwargs["place"]) for job in await queue.jobs.list_jobs_async()])
        return asked

    return asyncio.run(run())


def test_a_workbook_that_is_absent_is_a_problem_at_the_second_scan(fleet: Fleet) -> None:
    """For a moment it is absent whenever Excel saves."""
    book = fleet.add_ledger("甲")
    share = Share("共享", fleet.folder, [book], is_reached=True)
    fleet.registry.keep(FleetLedger(str(book), share.name, signature="seen"))
    book.unlink()
    scans(fleet, share, 1)
    assert fleet.ledger(book).problem == ""
    scans(fleet, share, 1)
    assert fleet.ledger(book).problem == ABSENT


def test_a_file_that_hangs_keeps_the_next_scan_from_no_other(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    books = [fleet.add_ledger(name) for name in ("甲", "乙", "丙")]
    really = scanning.signature_text

    def signature(station: Station, path: Path) -> str:
        if path == books[1]:
            Event().wait()
        return really(station, path)

    monkeypatch.setattr(scanning, "signature_text", signature)
    share = Share("共享", fleet.folder, books, is_reached=True)
    assert scans(fleet, share, 2) == [[str(books[0])], [str(books[0]), str(books[2])]]


def test_receipts_that_have_come_are_worth_a_pass(fleet: Fleet) -> None:
    book = fleet.add_ledger("甲")
    fleet.clock.at = SLOT
    store = fleet.station.outbox.store
    assert isinstance(store, PostgresqlStore)

    async def story(serving: Serving, share: Share) -> None:
        await serving.serve(str(book), share)
        queue = WorkQueue(store.conninfo, QUICK)
        tasks = Tasks(fleet.station, fleet.registry, queue, serving, [share])
        fleet.clock.since -= 120  # time that passes
        assert [one.place for one in tasks.collected("local")] == [str(book)]
        assert tasks.collected("local") == []
        record = fleet.ledger(book)
        assert record.is_due(record.signature, fleet.clock.now())

    serve(fleet, story)
    assert {one.state for one in fleet.messages(book)} == {State.DELIVERED}
