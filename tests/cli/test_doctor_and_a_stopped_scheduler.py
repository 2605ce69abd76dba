"""doctor: a scheduler that was stopped is not running, and what merely waits for its turn is no fault."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.service.book import ServedBook
from engine.service.clock import OfficeClock
from engine.service.config import Config
from engine.service.heartbeat import beat
from engine.service.logging_setup import LOGGER, log_file, start_logging
from sms.office_time import ZONE
from tests.service.office import matter_row, write_book


def told(duban, subject: str) -> list[tuple[bool, str]]:
    _, out, _ = duban("doctor", "--json")
    return [(one["ok"], one["said"]) for one in json.loads(out) if one["subject"] == subject]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "duban.toml").write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("stopped", "ok"), [(False, True), (True, False)])
def test_a_stopped_scheduler_is_not_called_running(folder: Path, duban, stopped: bool, ok: bool) -> None:
    (folder / "state").mkdir()
    beat(folder / "state", OfficeClock().now(), {}, stopped=stopped)
    [(fine, said)] = told(duban, "调度程序")
    assert (fine, "请重新运行 duban run" in said) == (ok, not ok)


@pytest.mark.parametrize(("minutes", "ok"), [(19, True), (21, False)])
def test_differences_wait_after_a_write_and_are_a_problem_only_later(
    folder: Path, duban, answer, monkeypatch: pytest.MonkeyPatch, minutes: int, ok: bool
) -> None:
    write_book(folder / "台账.xlsx", [matter_row("2026-日-0001")])
    answer("adopt", "台账.xlsx")
    answer("pass", "台账.xlsx")
    (folder / "台账.待同步.json").write_text("{}", encoding="utf-8")
    now = OfficeClock().now()
    monkeypatch.setattr(ServedBook, "last_written", lambda _: now - timedelta(minutes=minutes))
    waiting = [one for one in told(duban, "台账 台账.xlsx") if "写" in one[1]]
    assert [fine for fine, _ in waiting] == [ok]


def test_log_times_are_office_times(tmp_path: Path) -> None:
    config = Config(state=tmp_path)
    start_logging(config)
    before = datetime.now(ZONE).replace(tzinfo=None, microsecond=0)
    LOGGER.error("甲")
    logged = re.findall(r"^(\S+ \S+),\d+ ERROR", log_file(config).read_text(encoding="utf-8"), re.MULTILINE)
    assert timedelta() <= datetime.fromisoformat(logged[0]) - before < timedelta(minutes=5)
    start_logging(Config(state=tmp_path / "别处"))
