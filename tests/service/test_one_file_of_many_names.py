"""A ledger that is a link, or has two names, is one: one lock, one journal, one turn; its file is never parted."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from engine.ledger.file.owner_files import owner_files
from engine.service.adoption import NotAdopted
from engine.service.config import Config
from engine.service.host import BookBusy, Station
from engine.service.places import Places
from engine.service.scheduler import Service
from engine.service.watch import signature_of
from tests.service.office import HOUR, T0, ServedOffice, matter_row, write_book

DUE_SOON = T0 + 19 * HOUR


@pytest.fixture
def linked(office: ServedOffice) -> Path:
    """A link in another folder that leads to the ledger."""
    write_book(office.book, [matter_row("2026-日-0001")])
    link = office.folder / "桌面" / "台账.xlsx"
    link.parent.mkdir()
    link.symlink_to(office.book)
    return link


def test_a_pass_through_a_link_writes_the_true_file(office: ServedOffice, linked: Path) -> None:
    office.adopt(path=linked)
    before = office.book.read_bytes()
    result = office.pass_at(DUE_SOON, linked)
    assert (result.written, result.obstacle) == (True, None)
    assert linked.is_symlink()
    assert office.book.read_bytes() != before
    assert [path.name for path in linked.parent.iterdir()] == ["台账.xlsx"]
    office.pass_at(DUE_SOON)
    assert len(office.phone()) == 1
    assert [one.path for one in office.station.journal.all_served()] == [str(office.book)]


def test_who_has_it_open_through_the_link_is_seen(office: ServedOffice, linked: Path) -> None:
    office.adopt()
    owner_files(linked)["Excel"].write_bytes(b"\x02zs".ljust(165, b"\0"))
    before = office.book.read_bytes()
    assert "打开" in (office.pass_at(DUE_SOON, linked).pending or "")
    assert office.book.read_bytes() == before


def test_the_scheduler_takes_one_file_once_and_looks_beside_all_its_names(office: ServedOffice, linked: Path) -> None:
    hard = office.folder / "硬.xlsx"
    office.adopt()
    os.link(office.book, hard)
    config = Config(state=office.config.state, ledgers=(linked, office.book, hard))
    station = Station.open(config, office.clock)
    service = Service(station)
    assert [watch.path for watch in service.watches] == [office.book]
    before = signature_of(station.places.names(office.book))
    owner_files(linked)["Excel"].write_bytes(b"x")
    assert signature_of(station.places.names(office.book)) != before
    station.close()


@pytest.mark.parametrize("kind", ["link", "hard link", "relative"])
def test_one_lock_for_all_names(office: ServedOffice, linked: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    office.adopt()
    name = {"link": linked, "hard link": office.folder / "硬.xlsx", "relative": Path("桌面/../台账.xlsx")}[kind]
    if kind == "hard link":
        os.link(office.book, name)
    monkeypatch.chdir(office.folder)
    other = Station.open(office.config, office.clock)
    with other.only_one(office.book), pytest.raises(BookBusy):
        office.pass_at(T0, name)
    other.close()


def test_a_hard_link_is_refused_at_adopt(office: ServedOffice, linked: Path) -> None:
    os.link(office.book, office.folder / "硬.xlsx")
    before = office.book.read_bytes()
    with pytest.raises(NotAdopted, match="硬链接"):
        office.adopt()
    assert office.book.read_bytes() == before


def test_a_hard_link_made_later_parts_no_file_and_stops_no_sms(office: ServedOffice, linked: Path) -> None:
    office.adopt()
    hard = office.folder / "硬.xlsx"
    os.link(office.book, hard)
    result = office.pass_at(DUE_SOON, hard)
    assert "硬链接" in (result.pending or "")
    assert hard.samefile(office.book)
    assert len(office.phone()) == 1
    hard.unlink()
    assert office.pass_at(DUE_SOON + timedelta(minutes=1)).written


def test_our_own_backups_are_no_other_name(office: ServedOffice, linked: Path) -> None:
    office.adopt()
    (office.folder / "备份").mkdir(exist_ok=True)
    os.link(office.book, office.folder / "备份" / "台账 2026-03-02 093000 (7).xlsx")
    assert office.pass_at(DUE_SOON).written


def test_a_second_mount_is_the_known_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mapped drive and its UNC path: two true paths, of which the disk says that they are one file."""
    known, other = tmp_path / "UNC.xlsx", tmp_path / "Z.xlsx"
    known.write_bytes(b"")
    os.link(known, other)
    places = Places(lambda: [str(known)])
    assert places.true_path(other) == places.true_path(known) == known
    assert places.names(known) == (known, other)
    assert places.true_path(tmp_path / "别的.xlsx") == tmp_path / "别的.xlsx"


def test_a_workbook_in_service_is_found_without_touching_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one may lie on a share that hangs, at the call that asks which file it is."""
    mine, other, really = tmp_path / "甲.xlsx", tmp_path / "乙.xlsx", os.path.realpath
    mine.touch()

    def realpath(path: Path, **how: bool) -> str:
        assert Path(path).name != other.name
        return really(path, **how)

    monkeypatch.setattr(os.path, "realpath", realpath)
    assert Places(lambda: [str(other), str(mine)], [other]).true_path(mine) == mine
    with pytest.raises(AssertionError):
        Places(lambda: [str(other)], [other]).true_path(mine)
