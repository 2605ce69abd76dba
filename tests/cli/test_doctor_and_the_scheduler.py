"""doctor: what only the running scheduler has met with a ledger is told, and told once."""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest

from engine.ledger.file import conflicts
from engine.ledger.file.disk import Disk
from engine.service.clock import OfficeClock
from engine.service.heartbeat import beat
from tests.cli.conftest import NUMBER
from tests.service.office import T0, matter_row, write_book


def test_unmerged_edits_stand_in_doctor_and_morning_report(book: Path, duban, answer) -> None:
    answer("adopt", book, "--from", "2026-03-02T09:00")
    displaced = book.with_name("displaced")
    rows = [matter_row(NUMBER, note="请加快", content="")]
    displaced.write_bytes(write_book(book.with_name("made.xlsx"), rows).read_bytes())
    conflicts.store(Disk(), book, displaced, T0, BytesIO(book.read_bytes()))
    _, out, _ = duban("doctor", "--json")
    (said,) = [one["said"] for one in json.loads(out) if "冲突" in one["said"]]
    assert "“备注”" in said
    assert "“事项内容”" in said
    done = answer("pass", book, "--at", "2026-03-03T08:30")
    assert "未并入1" in next(one["text"] for one in done["messages"] if "晨报" in one["text"])
    (said,) = [one["said"] for one in json.loads(duban("doctor", "--json")[1]) if "冲突" in one["said"]]
    assert "“备注”" not in said  # merged by that pass


@pytest.mark.parametrize("problems", [{}, {"台账.xlsx": "程序内部出错，详见日志。"}])
def test_doctor_names_what_the_scheduler_met(
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
