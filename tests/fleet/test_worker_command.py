"""``duban worker`` as it is typed."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli.main import main
from tests.fleet.fleet_office import NAME, SLOT, Fleet, until


def test_the_command_serves_its_ledgers_until_it_is_stopped(fleet: Fleet) -> None:
    """At the real pace, office time and time of day: the reminder is long past, and stands as missed in 短信记录."""
    book = fleet.add_ledger("甲")
    text = f"ledgers = ['{book}']\nstate = 'state'\nstore = '{fleet.database.url}'\nfleet = '{NAME}'\n"
    config = fleet.folder / "duban.toml"
    config.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "engine.cli", "worker", "--json", "--config", str(config)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: fleet.ledger(book).host)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert json.loads(out)["fleet"] == NAME
    after = fleet.station.book(book)
    after.read()
    (reminder,) = (row for row in after.message_log() if row["due"] == SLOT)
    assert (reminder["state"], reminder["explanation"]) == ("错过未发", "超过可发时间")


def refusal(folder: Path, command: str, capsys: pytest.CaptureFixture[str], more: str = "") -> str:
    """What a command that cannot run says, in one line."""
    config = folder / "duban.toml"
    config.write_text(f"ledgers = ['台账.xlsx']\nstate = 'state'\n{more}", encoding="utf-8")
    assert main([command, "--config", str(config)]) == 2
    said = capsys.readouterr().err.strip()
    assert "\n" not in said
    return said


def test_a_host_of_a_fleet_runs_no_scheduler_of_its_own(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    said = refusal(fleet.folder, "run", capsys, f"store = '{fleet.database.url}'\nfleet = '{NAME}'\n")
    assert f"本机属于机群“{NAME}”，请运行 duban worker" in said


def test_a_database_without_the_name_of_a_fleet_serves_none(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    assert "写上 store 和 fleet" in refusal(fleet.folder, "worker", capsys, f"store = '{fleet.database.url}'\n")


def test_without_a_database_the_command_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "写上 store 和 fleet" in refusal(tmp_path, "worker", capsys)
