"""Backups put back: an older journal sends nothing again that it forgot, an older book gets its evidence back."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.facts.change import Change
from engine.facts.finding import Place
from engine.ledger.patching.patch import patch
from engine.ledger.reading.ledger import read_rows
from engine.service import pass_sending
from engine.service.adoption import NotAdopted
from engine.service.doctor import examine
from engine.service.host import Station
from engine.service.one_pass import PassResult
from sms.store.log import LogRow
from sms.store.model import State
from tests.service.office import DAY, HOUR, LEDGER_ID, T0, ServedOffice, matter_row, write_book

START, BACKUP, LATER = T0 + 18 * HOUR, T0 + 27 * HOUR, T0 + 40 * HOUR


@pytest.fixture
def served(office: ServedOffice) -> ServedOffice:
    """Three matters from the first reminder on; a backup of everything after nine hours; SMS until much later."""
    write_book(office.book, [matter_row(f"2026-日-{number:04}") for number in range(1, 4)])
    office.adopt()
    office.passes(START, BACKUP)
    back_up_journal(office)
    shutil.copy(office.book, office.folder / "台账备份.xlsx")
    office.passes(BACKUP + HOUR, LATER)
    return office


def back_up_journal(office: ServedOffice) -> None:
    office.station.close()
    shutil.copytree(office.config.state, office.folder / "state备份", dirs_exist_ok=True)
    office.station = Station.open(office.config, office.clock)


def restore_journal(office: ServedOffice) -> None:
    """The state folder as it was; the phone remembers all the same."""
    office.station.close()
    for file in office.config.state.glob("duban.sqlite*"):
        file.unlink()
    for file in (office.folder / "state备份").glob("duban.sqlite*"):
        shutil.copy(file, office.config.state)
    office.station = Station.open(office.config, office.clock)


def restore_book(office: ServedOffice) -> None:
    shutil.copy(office.folder / "台账备份.xlsx", office.book)


def opened(office: ServedOffice) -> Path:
    """The owner file of somebody who has the book open in Excel."""
    lock = office.book.with_name(f"~${office.book.name}")
    lock.write_bytes(b"\x03abc" + b" " * 161)
    return lock


def log(office: ServedOffice) -> dict[str, LogRow]:
    rows = read_rows(office.book.read_bytes(), "message_log")
    assert len({row["number"] for row in rows}) == len(rows), "a row stands there once"
    return {str(row["number"]): dict(row) for row in rows}


def states(result: PassResult) -> set[str]:
    return {one.state for one in result.messages}


def test_a_state_folder_from_an_old_backup_only_tries_and_doctor_says_so(served: ServedOffice) -> None:
    sent, before = len(served.phone()), served.book.read_bytes()
    restore_journal(served)
    result = served.pass_at(LATER)
    assert result.messages, "it has forgotten that these were sent"
    assert states(result) == {"试算"}
    assert "duban adopt" in (result.obstacle or "")
    assert (len(served.phone()), served.book.read_bytes()) == (sent, before)
    assert any("恢复自旧备份" in check.said for check in examine(served.station) if not check.ok)


def test_without_this_guard_it_would_send_again(served: ServedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail. The lease beside the book would hold it as well: it is gone."""
    sent = len(served.phone())
    restore_journal(served)
    served.station.lease(served.book, LEDGER_ID).give_up()
    monkeypatch.setattr(pass_sending, "outdated_journal", lambda *_: None)
    served.pass_at(LATER)
    assert len(served.phone()) > sent


def test_an_old_journal_adopted_again_sends_only_what_comes(served: ServedOffice) -> None:
    sent, told = len(served.phone()), log(served)
    restore_journal(served)
    assert served.adopt(LATER).rebuilt > 0
    again = served.pass_at(LATER)
    assert (again.obstacle, len(served.phone())) == (None, sent)
    assert log(served) == told
    served.pass_at(LATER + 8 * HOUR)
    assert len(served.phone()) > sent


def test_sms_waiting_in_an_old_journal_are_not_sent_after_adoption(office: ServedOffice) -> None:
    """Claimed before the backup, sent after it."""
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()
    office.station.__dict__["gateways"] = []
    office.pass_at(START + HOUR)
    back_up_journal(office)
    office.pass_at(START + HOUR)
    assert len(office.phone()) == 1
    restore_journal(office)
    waiting = [*office.station.outbox.messages(office.station.journal.all_served()[0].ledger, State.PENDING)]
    assert len(waiting) == 1
    office.adopt(START + 2 * HOUR)
    office.pass_at(START + 2 * HOUR)
    assert len(office.phone()) == 1
    assert office.station.outbox.message(waiting[0].id).state in (State.ACCEPTED, State.DELIVERED)


@pytest.mark.parametrize(("minutes", "sent"), [(-1, 1), (0, 1), (1, 0)], ids=["前一分", "当分", "后一分"])
def test_another_enabling_time_holds_for_waiting_sms(office: ServedOffice, minutes: int, sent: int) -> None:
    """As after book and journal were put back together, which nothing can tell."""
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()
    office.station.__dict__["gateways"] = []
    slot = START + HOUR
    office.pass_at(slot)
    office.station.close()
    office.station = Station.open(office.config, office.clock)
    office.adopt(slot, start=slot + minutes * timedelta(minutes=1))
    office.pass_at(slot + HOUR)
    assert len(office.phone()) == sent


def test_a_log_completed_with_the_book_open_still_only_tries(served: ServedOffice) -> None:
    """Had the journal been mended first, nobody would have seen any more that it lagged."""
    sent = len(served.phone())
    restore_journal(served)
    lock = opened(served)
    with pytest.raises(NotAdopted, match="打开"):
        served.adopt(LATER)
    lock.unlink()
    assert states(served.pass_at(LATER)) == {"试算"}
    assert len(served.phone()) == sent


def test_sms_sent_while_the_book_was_open_are_missed_by_an_old_journal_and_written(served: ServedOffice) -> None:
    """They stand beside the book only: no row of it tells of them."""
    back_up_journal(served)
    lock = opened(served)
    served.passes(LATER + HOUR, LATER + 9 * HOUR)
    sent, told = len(served.phone()), log(served)
    restore_journal(served)
    result = served.pass_at(LATER + 9 * HOUR)
    assert (states(result), "恢复自旧备份" in (result.obstacle or "")) == ({"试算"}, True)
    lock.unlink()
    assert served.adopt(LATER + 9 * HOUR).rebuilt > 0
    served.pass_at(LATER + 9 * HOUR)
    assert len(served.phone()) == sent
    assert len(log(served)) > len(told)
    assert set(told) < set(log(served))


def test_a_last_reminder_typed_by_hand_is_no_old_journal(served: ServedOffice) -> None:
    later = Change(Place("matters"), "2026-日-0001", "last_sent_at", None, LATER + DAY)
    shown = served.station.book(served.book).read().ledger.matters[0].shown.last_sent_at
    assert patch(served.book, [Change(later.place, later.matter, later.field, shown, later.new)], []).applied
    result = served.pass_at(LATER + HOUR)
    assert result.obstacle is None
    assert served.station.book(served.book).read().ledger.matters[0].shown.last_sent_at <= LATER + HOUR


def test_a_book_from_an_old_backup_gets_its_log_back_and_nothing_is_sent_again(served: ServedOffice) -> None:
    sent, told = len(served.phone()), log(served)
    restore_book(served)
    assert len(log(served)) < len(told)
    served.pass_at(LATER)
    assert (len(served.phone()), log(served)) == (sent, told)
    again = served.pass_at(LATER)
    assert (again.changes, log(served)) == ((), told)


def test_an_open_book_gets_its_log_back_when_closed(served: ServedOffice) -> None:
    told = log(served)
    restore_book(served)
    lock = opened(served)
    assert served.pass_at(LATER).pending
    lock.unlink()
    served.pass_at(LATER)
    assert log(served) == told


def test_quarters_moved_to_a_yearly_file_are_not_put_back(served: ServedOffice) -> None:
    """The book's oldest row is of the next quarter: what lies before was moved out of it."""
    kept = {number: row for number, row in log(served).items() if _at(row) >= LATER - HOUR}
    since = datetime(2026, 3, 3)
    outbox, ledger = served.station.outbox, served.station.journal.all_served()[0].ledger
    every = len(log(served))
    assert outbox.restore_rows(ledger, {number: str(row["state"]) for number, row in kept.items()}, LATER + DAY) == 0
    assert outbox.restore_rows(
        ledger, {number: str(row["state"]) for number, row in kept.items()}, since
    ) == every - len(kept)


def _at(row: LogRow) -> datetime:
    at = row["at"]
    assert isinstance(at, datetime)
    return at
