"""Whoever may write to the share can neither silence a ledger nor hang a pass."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from engine.facts.change import NewRow
from engine.ledger.file.differences import Differences, differences_path, encode
from engine.ledger.file.owner_files import owner_files
from engine.ledger.package.faults import UnreadableWorkbook
from sms.store.keys import number_of
from sms.store.model import Key
from tests.service.office import HOUR, LEDGER_ID, T0, ServedOffice, matter_row, write_book

DUE_SOON = T0 + 19 * HOUR


@pytest.fixture
def served(office: ServedOffice) -> ServedOffice:
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()
    return office


def genuine_row(office: ServedOffice) -> NewRow:
    """A row such as this very scheduler writes, of an SMS that is not sent yet: its number follows from its words."""
    office.pass_at(DUE_SOON)
    (row,) = office.station.outbox.log_rows(LEDGER_ID, "2026-日-0001")
    names = ("matter", "node", "period", "ordinal", "duty_due", "slot", "unit", "role")
    key = Key(LEDGER_ID, *({**row, "slot": "+5h"}[name] for name in names))
    return NewRow("message_log", {**row, "slot": "+5h", "number": number_of(key)}, "number")


def test_a_genuine_row_in_a_planted_file_silences_nothing(served: ServedOffice) -> None:
    planted = encode(Differences(LEDGER_ID, DUE_SOON, (genuine_row(served),)), b"a guess")
    sent = len(served.phone())
    later = DUE_SOON + 10 * HOUR
    differences_path(served.book).write_bytes(planted)
    result = served.pass_at(later)
    assert result.obstacle is None
    assert len(served.phone()) == sent + 1


def test_what_its_own_seal_proves_still_tells_of_a_restored_journal(served: ServedOffice) -> None:
    secret = served.station.journal.secret
    own = encode(Differences(LEDGER_ID, DUE_SOON, (genuine_row(served),)), secret)
    differences_path(served.book).write_bytes(own)
    result = served.pass_at(DUE_SOON + timedelta(minutes=1))
    assert "恢复自旧备份" in (result.obstacle or "")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "link"])
def test_what_is_no_file_hangs_no_pass(served: ServedOffice, kind: str) -> None:
    for place in (differences_path(served.book), *owner_files(served.book).values()):
        plant(place, kind)
        result = served.pass_at(DUE_SOON)
        assert result.messages is not None
        place.rmdir() if kind == "folder" else place.unlink(missing_ok=True)
    assert len(served.phone()) == 1


@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_workbook_is_a_sentence(served: ServedOffice, kind: str) -> None:
    served.book.unlink()
    plant(served.book, kind)
    with pytest.raises(UnreadableWorkbook, match="不是普通文件"):
        served.pass_at(DUE_SOON)


def plant(place: Path, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    else:
        place.symlink_to("/dev/zero" if kind == "device" else "/etc/hostname")
