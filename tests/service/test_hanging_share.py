"""A share that hangs: neither doctor nor who asks for a ledger on another share waits for it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.service import patience, places
from engine.service.doctor import examine
from engine.service.places import Places
from tests.service.office import T0, ServedOffice, matter_row, write_book


@pytest.fixture
def hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A ledger of which every question hangs until the test ends."""
    over, path = threading.Event(), tmp_path / "断" / "乙.xlsx"
    really, probed = places.os.path.realpath, places._probed

    def realpath(one: Path, **how: bool) -> str:
        if "断" in str(one):
            assert over.wait(30), "who asked did not go on"
        return really(one, **how)

    monkeypatch.setattr(places.os.path, "realpath", realpath)
    monkeypatch.setattr(places, "_probed", lambda one: over.wait(30) if "断" in str(one) else probed(one))
    monkeypatch.setattr(patience.Patience.__init__, "__defaults__", (1.0,))
    yield path
    over.set()


def test_a_ledger_on_another_share_is_found(tmp_path: Path, hanging: Path) -> None:
    mine = tmp_path / "甲.xlsx"
    mine.touch()
    assert Places(lambda: [str(hanging)], [hanging]).true_path(mine) == mine


def test_doctor_names_it_and_goes_on(office: ServedOffice, hanging: Path) -> None:
    write_book(office.book, [matter_row("2026-日-0001", T0)])
    office.adopt()
    config = office.config.model_copy(update={"ledgers": (hanging, office.book)})
    object.__setattr__(office.station, "config", config)
    found = [*examine(office.station)]
    assert [one.ok for one in found if "没有响应" in one.said] == [False]
    assert any(one.subject == f"台账 {office.book.name}" and one.ok for one in found)
