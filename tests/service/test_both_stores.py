"""The journal and whole passes on a SQLite file and on a PostgreSQL server."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

import pytest

from engine.facts.service import Hold, Seen
from engine.fleet.registry import fleet_of
from engine.ledger.reading.ledger import read_ledger
from engine.review.burden import Burden
from engine.service.burden import burden_of_journal
from engine.service.host import BookBusy, Station
from engine.service.journal import Journal
from engine.service.remembered import KnownCount
from sms.store.location import Server
from sms.store.opening import open_store
from tests.postgresql import Stores
from tests.service.office import DAY, HOUR, LEDGER_ID, T0, ServedOffice, matter_row, write_book


@pytest.fixture
def office(stores: Stores, tmp_path: Path) -> Iterator[ServedOffice]:
    location = stores("duban")
    made = ServedOffice(tmp_path / "办公厅", location if isinstance(location, Server) else None)
    write_book(made.book, [matter_row("2026-日-0001"), matter_row("2026-日-0002")])
    yield made
    made.station.close()


def test_what_was_seen_is_remembered_replaced_and_forgotten(office: ServedOffice) -> None:
    office.adopt()
    office.pass_at(T0 + HOUR)
    journal = office.station.journal
    seen = journal.seen(LEDGER_ID)
    assert set(seen) == {"2026-日-0001", "2026-日-0002"}
    assert all(isinstance(row, Seen) for row in seen.values())
    journal.remember(LEDGER_ID, {"2026-日-0001": seen["2026-日-0002"]}, gone=["2026-日-0002"])
    again = journal.seen(LEDGER_ID)
    assert (set(again), again["2026-日-0001"].identity) == ({"2026-日-0001"}, seen["2026-日-0002"].identity)
    journal.forget(LEDGER_ID)
    assert (journal.seen(LEDGER_ID), journal.served(LEDGER_ID)) == ({}, None)


def test_a_ledgers_state_of_service_is_kept_and_replaced(office: ServedOffice) -> None:
    office.adopt()
    journal = office.station.journal
    (served,) = journal.all_served()
    journal.save(served.held(Hold.BURST, T0, "太多"))
    held = journal.served(LEDGER_ID)
    assert held is not None
    assert (held.hold, held.hold_at, held.hold_note) == (Hold.BURST, T0, "太多")
    journal.save(replace(held, last_pass_at=T0 + DAY))
    assert journal.all_served() == [replace(held, last_pass_at=T0 + DAY)]


def test_parsed_sheets_are_kept_while_they_are_in_use(office: ServedOffice) -> None:
    journal = office.station.journal
    journal.keep_sheets("甲", {"a": b"\x00one", "b": b"two"}, [])
    journal.keep_sheets("甲", {"a": b"other", "c": b"three"}, ["a"])
    journal.keep_sheets("乙", {"b": b"another book's"}, [])
    assert journal.sheets("甲", [*"abc"]) == {"a": b"\x00one", "c": b"three"}
    assert journal.sheets("甲", []) == {}


def test_leases_are_known_for_ever(office: ServedOffice) -> None:
    journal = office.station.journal
    journal.remember_lease(LEDGER_ID, "t1")
    assert (journal.knows_lease(LEDGER_ID, "t1"), journal.knows_lease(LEDGER_ID, "t2")) == (True, False)


def test_a_call_is_taken_once(office: ServedOffice) -> None:
    journal = office.station.journal
    journal.call([])
    assert journal.take_calls() == []
    journal.call({"乙", "甲"})
    journal.call(["甲"])
    assert sorted(journal.take_calls()) == ["乙", "甲"]
    assert journal.take_calls() == []


def test_a_store_of_before_the_one_schema_gets_what_it_lacks_and_keeps_the_rest(stores: Stores) -> None:
    """Its journal had made its own tables, and a single host's lacks those of a fleet."""
    location = stores("duban")
    with closing(open_store(location)) as store:
        identity = Journal(store).identity
        with store.write() as connection:
            for table in ("journal_calls", "fleet", "fleet_hosts", "fleet_ledgers"):
                connection.exec_driver_sql(f"DROP TABLE {table}")
            version = (
                "UPDATE schema_version SET version = 6" if isinstance(location, Server) else "PRAGMA user_version = 6"
            )
            connection.exec_driver_sql(version)
    with closing(open_store(location)) as store:
        journal = Journal(store)
        journal.call(["甲"])
        assert (journal.identity, journal.take_calls(), fleet_of(store)) == (identity, ["甲"], "")


def test_of_many_that_open_a_new_store_at_once_all_have_one_journal(stores: Stores) -> None:
    """Hosts of a fleet start together after a power cut."""
    location = stores("duban")

    def opened(_: int) -> tuple[str, bytes]:
        with closing(open_store(location)) as store:
            journal = Journal(store)
            return journal.identity, journal.secret

    with ThreadPool(4) as pool:
        assert len(set(pool.map(opened, range(4)))) == 1


def test_days_of_passes_send_each_sms_once_and_writes_the_book(office: ServedOffice) -> None:
    office.adopt()
    office.passes(T0, T0 + 2 * DAY, 6 * HOUR)
    arrived = [one.text for one in office.phone()]
    assert len(arrived) > 3
    assert len(arrived) == len(set(arrived))
    office.station.close()
    office.station = Station.open(office.config, office.clock)
    office.pass_at(T0 + 2 * DAY)
    assert [one.text for one in office.phone()] == arrived
    assert [*office.station.outbox.log_rows(LEDGER_ID)] == []


def test_a_month_is_counted_anew_only_where_what_it_is_counted_from_has_changed(office: ServedOffice) -> None:
    office.adopt()
    known, policies = KnownCount(), office.station.policies

    def counted(end: datetime, **changes: Any) -> tuple[Burden, Burden]:
        """By what is remembered, and by the journal alone."""
        ledger = read_ledger(office.book.read_bytes())
        ledger = replace(ledger, settings=replace(ledger.settings, **changes))
        asked = (office.station.outbox, ledger, policies, end)
        return burden_of_journal(*asked, known), burden_of_journal(*asked)

    office.passes(T0, T0 + DAY, 6 * HOUR)
    remembered, fresh = counted(T0 + DAY)
    assert remembered == fresh
    assert known.count is not None
    known.count = known.count._replace(burden=replace(known.count.burden, messages=999))
    assert counted(T0 + DAY)[0].messages == 999, "nothing was sent: what is remembered is shown"
    office.passes(T0 + DAY, T0 + 2 * DAY, 6 * HOUR)
    after, fresh = counted(T0 + 2 * DAY)
    assert after == fresh
    assert after.messages > remembered.messages
    quiet, fresh = counted(T0 + 2 * DAY, quiet_hours=True)
    assert quiet == fresh != after
    next_month, fresh = counted(T0 + 31 * DAY)
    assert next_month == fresh
    assert next_month.messages == 0


def test_one_pass_at_a_time_on_all_hosts_of_the_store(office: ServedOffice) -> None:
    office.adopt()
    other = Station.open(office.config, office.clock)
    with other.only_one(office.book), pytest.raises(BookBusy, match="另一个督办程序"):
        office.pass_at(T0 + HOUR)
    office.pass_at(T0 + HOUR)
    with (
        other.only_one(office.book),
        other.only_one(office.folder / "另一本.xlsx"),
        pytest.raises(BookBusy),
        other.only_one(office.book),
    ):
        pass
    other.close()


def test_a_lock_falls_with_its_holder(office: ServedOffice) -> None:
    other = Station.open(office.config, office.clock)
    held = other.only_one(office.book)
    held.__enter__()
    with pytest.raises(BookBusy):
        office.pass_at(T0)
    other.outbox.store.close() if office.server else held.__exit__(None, None, None)
    office.adopt()


def test_a_fleet_is_the_host_in_service(office: ServedOffice) -> None:
    import socket

    assert office.station.host == ("市局" if office.server else socket.gethostname())
