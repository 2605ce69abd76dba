"""``duban worker`` as it is typed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.fleet.fleet_office import NAME, Fleet, until


def test_the_command_serves_its_ledgers_until_it_is_stopped(fleet: Fleet) -> None:
    """At the real pace, office time and time of day: the matter's slots are long past, and said to be missed."""
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


def test_without_a_database_the_command_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "duban.toml").write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    command = [sys.executable, "-m", "engine.cli", "worker", "--config", str(tmp_path / "duban.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "请在 duban.toml 写上 store 和 fleet" in done.stderr
    assert os.linesep not in done.stderr.strip()
