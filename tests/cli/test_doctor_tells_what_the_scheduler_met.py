"""doctor: what only the running scheduler has met with a ledger is told, and told once."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from engine.service.clock import OfficeClock
from engine.service.heartbeat import beat


@pytest.mark.parametrize("problems", [{}, {"台账.xlsx": "程序内部出错，详见日志。"}])
def test_值班程序遇到的问题_体检时说出来(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer, duban, problems: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "duban.toml").write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    answer("new", "台账.xlsx")
    answer("adopt", "台账.xlsx")
    answer("pass", "台账.xlsx")
    now: datetime = OfficeClock().now()
    beat(tmp_path / "state", now, {str(tmp_path / name): said for name, said in problems.items()})
    _, out, _ = duban("doctor", "--json")  # its exit code also hangs on the calendar of the year
    told = [one["said"] for one in json.loads(out) if one["subject"] == "台账 台账.xlsx" and not one["ok"]]
    assert told == [f"值班程序上次处理时：{said}" for said in problems.values()]
