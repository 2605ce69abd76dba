"""The scheduler keeps 看板.html beside the ledger, and leaves it where nothing has changed."""

from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from engine.board.figures import BoardFigures
from engine.guards.permission import Options
from engine.ledger.file.concurrent_access import LEAST_INTERVAL
from engine.ledger.reading.ledger import read_ledger
from engine.service import pass_writing
from engine.service.board_page import board_of
from engine.service.burden import burden_of_book, burden_of_journal
from engine.service.one_pass import run_pass
from tests.service.office import LEDGER_ID, T0, ServedOffice, matter_row, write_book

THROTTLED = Options(explicit_time=True, throttled=True)
CONTENT = matter_row("2026-日-0001")["content"]
WRITABLE = T0 + LEAST_INTERVAL


def test_the_scheduler_renews_the_board_only_when_it_changes(office: ServedOffice) -> None:
    page = office.book.with_name("看板.html")
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()
    office.pass_at(T0)
    assert not page.exists(), "a pass by hand leaves it to the command"
    run_pass(office.book, office.station, T0, THROTTLED)
    assert LEDGER_ID in page.read_text("utf-8")
    page.write_text(page.read_text("utf-8").replace("督办看板", "没有重写"), "utf-8")
    run_pass(office.book, office.station, T0, THROTTLED)
    assert "没有重写" in page.read_text("utf-8")


def test_our_own_writing_is_no_reason_to_make_the_page_again(office: ServedOffice) -> None:
    page = office.book.with_name("看板.html")
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()
    assert run_pass(office.book, office.station, WRITABLE, THROTTLED).written
    page.write_text(page.read_text("utf-8").replace("督办看板", "没有重写"), "utf-8")
    run_pass(office.book, office.station, WRITABLE, THROTTLED)
    assert "没有重写" in page.read_text("utf-8")


def test_a_save_during_the_pass_is_on_the_next_page(office: ServedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """It came after the book was read, and our writing was made on top of it."""
    page = office.book.with_name("看板.html")
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()

    def saved_meanwhile(*parts: Any) -> BoardFigures:
        monkeypatch.setattr(pass_writing, "board_of", board_of)
        book = load_workbook(office.book)
        (cell,) = [one for row in book["督办台账"] for one in row if one.value == CONTENT]
        cell.value = "会议后改过的内容"
        book.save(office.book)
        return board_of(*parts)

    monkeypatch.setattr(pass_writing, "board_of", saved_meanwhile)
    assert run_pass(office.book, office.station, WRITABLE, THROTTLED).pending is None
    assert "会议后改过的内容" not in page.read_text("utf-8")
    run_pass(office.book, office.station, WRITABLE, THROTTLED)
    assert "会议后改过的内容" in page.read_text("utf-8")


def test_the_burden_by_the_journal_is_that_of_the_book(office: ServedOffice) -> None:
    write_book(office.book, [matter_row(f"2026-日-{number:04d}") for number in range(1, 6)])
    office.adopt()
    end = T0 + timedelta(days=3)
    office.passes(T0, end)
    data, policies = office.book.read_bytes(), office.station.policies
    ledger = read_ledger(data)
    of_journal = burden_of_journal(office.station.outbox, ledger, policies, end)
    assert of_journal == burden_of_book(data, ledger, policies, end)
    assert of_journal.messages > 10
    assert of_journal.digests
    assert of_journal.hints
