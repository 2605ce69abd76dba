"""A first start where something is amiss: an account without access to the share, a clock two days off."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.ledger.file.disk import Disk
from tests.service.office import DAY, HOUR, T0, ServedOffice, matter_row, write_book


def test_an_account_without_access_to_the_share_is_told_by_run_and_doctor(
    office: ServedOffice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()
    office.station.close()
    config = office.folder / "duban.toml"
    config.write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    real: Callable[..., object] = Disk.open

    def denied(self: Disk, path: Path, *rest: object) -> object:
        if path.name == office.book.name:
            raise PermissionError(13, os.strerror(13), str(path))
        return real(self, path, *rest)

    monkeypatch.setattr(Disk, "open", denied)
    for command, code in ((["run", "--strict"], 2), (["doctor"], 1)):
        assert main([*command, "--config", str(config)]) == code
        out, err = capsys.readouterr()
        assert "没有权限" in "".join((out + err).split()), out + err


@pytest.mark.parametrize("off", [-2 * DAY, 2 * DAY])
def test_a_clock_two_days_off_at_the_first_start_sends_nothing_stale(office: ServedOffice, off: timedelta) -> None:
    """Ahead: nothing goes until the time is right and the ledger adopted anew. Behind: what those two days called for
    is not sent afterwards.
    """
    write_book(office.book, [matter_row("2026-日-0001", T0 - HOUR, limit="1天")])
    office.clock.at = T0 + off
    office.adopt(at=T0 + off)
    office.pass_at(T0 + off, explicit_time=False)
    before = office.phone()
    office.clock.at = T0
    corrected = office.pass_at(T0, explicit_time=False)
    assert office.phone() == before
    if off > timedelta():
        assert "校准时钟" in (corrected.obstacle or "")
        office.adopt(at=T0)
        assert office.pass_at(T0, explicit_time=False).obstacle is None
