"""duban.toml, the log, the clock: what a host is told and what it tells."""

import logging
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from engine.service.clock import OfficeClock
from engine.service.config import Config, ConfigError, load_config
from engine.service.logging_setup import log_file, start_logging


def test_without_a_config_there_are_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "状态"))
    config = load_config(None)
    assert (config.ledgers, config.gateways) == ((), ("local",))
    assert config.state == tmp_path / "状态" / "duban"


def test_relative_paths_start_at_the_folder_of_the_config(tmp_path: Path) -> None:
    path = tmp_path / "duban.toml"
    path.write_text("ledgers = ['台账.xlsx', '/别处/甲.xlsx']\nstate = '状态'\n", encoding="utf-8-sig")
    config = load_config(path)
    assert config.ledgers == (tmp_path / "台账.xlsx", Path("/别处/甲.xlsx"))
    assert config.database == tmp_path / "状态" / "duban.sqlite"


def test_a_secret_written_there_by_mistake_is_in_no_message(tmp_path: Path) -> None:
    path = tmp_path / "duban.toml"
    path.write_text("state = 5\nauth_token = 'very-secret'\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert "auth_token" in str(caught.value)
    assert "very-secret" not in str(caught.value)


def test_logs_are_kept_in_parts(tmp_path: Path) -> None:
    config = Config(state=tmp_path, log={"megabytes": 0.001, "keep": 2})
    start_logging(config)
    for number in range(200):
        logging.getLogger("duban").info("第%d行 13800138000", number)
    names = sorted(path.name for path in log_file(config).parent.iterdir())
    assert names == ["duban.log", "duban.log.1", "duban.log.2"]
    assert "13800138000" not in log_file(config).read_text(encoding="utf-8")
    start_logging(Config(state=tmp_path / "别处"))


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
def test_office_time_does_not_depend_on_the_machines_zone(zone: str) -> None:
    code = (
        "from engine.service.clock import OfficeClock; import time\n"
        "at = OfficeClock().now(); print(at.isoformat(), at.tzinfo, time.time())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"TZ": zone, "PATH": ""}, capture_output=True, text=True, check=True
    )
    shown, offset, stamp = done.stdout.split()
    assert offset == "None"
    assert abs((datetime.fromisoformat(shown) - datetime(1970, 1, 1)).total_seconds() - 8 * 3600 - float(stamp)) < 5


def test_elapsed_time_only_goes_forward() -> None:
    clock = OfficeClock()
    first = clock.elapsed()
    assert clock.elapsed() >= first
