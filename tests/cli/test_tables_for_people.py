"""What a pass and an explanation show people: news, not noise, and within 80 columns."""

import shutil
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import pytest
from rich.cells import cell_len

from engine.cli.commands.passes import change_rows
from engine.cli.console import PEOPLE
from engine.facts.change import Change, Value
from engine.facts.finding import Place

NOON = datetime(2026, 3, 3, 12, 0)


def change(field: str, old: Value, new: Value, matter: str = "2026-日-0001", row: int = 2) -> Change:
    return Change(Place("matters", row, field), matter, field, old, new)


@pytest.mark.parametrize(
    ("field", "old", "new", "said"),
    [
        ("light", None, "红", "预警灯：红"),
        ("light", "黄", "红", "预警灯：黄 → 红"),
        ("light", "黄", None, "预警灯：黄 → 空"),
        ("current_due", None, NOON, "当前期限：03-03 12:00"),
        ("urging_count", None, 1, "催办次数：1"),
        ("urging_count", 1, 0, "催办次数：1 → 0"),
    ],
)
def test_changes_show_the_new_value_and_an_arrow_only_after_an_old_one(
    field: str, old: Value, new: Value, said: str
) -> None:
    assert change_rows([change(field, old, new)]) == [("2026-日-0001", said)]


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [("urging_count", None, 0), ("synced_at", None, NOON), ("check_note", None, "没有填立项审批人。")],
)
def test_zeros_sync_time_and_notes_are_no_news(field: str, old: Value, new: Value) -> None:
    assert change_rows([change(field, old, new)]) == []


def test_rows_without_number_are_kept_apart() -> None:
    rows = change_rows([change("light", None, "红", "", row) for row in (3, 4)])
    assert [name for name, _ in rows] == ["第3行", "第4行"]


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(PEOPLE, "width", 80)
    (tmp_path / "duban.toml").write_text("state = 'state'\n", encoding="utf-8")
    return Path(shutil.copy(str(files("workbook") / "示例台账.xlsx"), tmp_path / "台账.xlsx"))


def test_explain_shows_both_ends_of_a_long_run_within_the_width(sample: Path, duban) -> None:
    code, out, _ = duban("explain", sample, "2026-日-0026", "--at", "2026-11-18T08:00")
    assert code == 0
    assert "……" in out
    assert "中间" in out
    assert max(map(cell_len, out.splitlines())) <= 80
    assert "核验提示" not in out


def test_simulate_and_check_stay_within_the_width(sample: Path, duban) -> None:
    _, messages, _ = duban("simulate", sample, "--from", "2026-11-18", "--to", "2026-11-18T06:00")
    _, findings, _ = duban("check", sample, "--at", "2026-11-18T08:00")
    assert max(map(cell_len, (messages + findings).splitlines())) <= 80
    assert "应发短信" in messages
    assert "立项审批人" in findings


def test_new_with_a_wrong_suffix_or_folder_says_what_to_do(sample: Path, duban) -> None:
    assert "以 .xlsx 结尾" in duban("new", "台账")[2]
    assert "请先建好" in duban("new", "没有/台账.xlsx")[2]
