"""``duban score`` and ``duban explain --unit`` on real workbooks, read and written as an office would."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from engine.cli.main import main
from engine.facts.change import Value
from tests.addin.checkers import open_xml_faults
from tests.service.office import T0, matter_row, report_row, write_book

POINT_ITEM = {
    "date": T0,
    "unit": "市住建局",
    "role": "牵头",
    "item": "表彰",
    "level": "省",
    "quantity": 1,
    "document": "晋政通〔2026〕1号",
    "scorer": "督查室",
}


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A folder with a config of its own and a ledger: one matter late by a day, one commendation."""
    (tmp_path / "duban.toml").write_text(f'state = "{(tmp_path / "state").as_posix()}"\n', encoding="utf-8")
    make(tmp_path)
    return tmp_path


def make(folder: Path, **changes: list[dict[str, Value]]) -> Path:
    late = report_row("2026-日-0001", "3天", T0.replace(day=6))
    sheets: dict[str, Any] = {"reports": [late], "point_items": [POINT_ITEM], **changes}
    return write_book(folder / "台账.xlsx", [matter_row("2026-日-0001")], **sheets)


def run(folder: Path, *arguments: str) -> int:
    command, *rest = arguments
    return main([command, str(folder / "台账.xlsx"), *rest, "--config", str(folder / "duban.toml")])


def told(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> dict[str, Any]:
    assert run(folder, *arguments, "--json") == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def scores(answer: dict[str, Any]) -> dict[str, tuple[float, int]]:
    return {one["unit"]: (one["score"], one["rank"]) for one in answer["scores"]}


AFTER = ("--at", "2026-04-02T09:00")


def test_a_quarter_as_json(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = told(capsys, office, "score", "--quarter", "2026Q1", *AFTER)
    # 市教育局: taken in 0.5, two nodes late 2 × -0.5; urged, so no +5
    assert scores(answer) == {"市住建局": (120, 1), "市教育局": (99.5, 2)}
    assert answer["published"] is None
    assert answer["left_out"] == []
    late = [entry for entry in answer["entries"] if entry["kind"] == "报送逾期"]
    assert [(entry["points"], entry["date"], entry["clause"]) for entry in late] == [
        (-0.5, "2026-03-03", "SZ4-10.2"),
        (-0.5, "2026-03-05", "SZ4-10.2"),
    ]
    sums = {one["unit"]: one["by_clause"] for one in answer["scores"]}
    assert sums == {"市住建局": {"SZ4-9.1": 20}, "市教育局": {"SZ4-10.2": -1, "SZ4-9.2": 0.5}}
    assert {clue["clause"] for clue in answer["clues"]} == {"SZ5-5.2"}  # reported on, never applied for (reading 31)


def test_publishing_writes_the_sheets_freezes_and_corrects(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = told(capsys, office, "score", "--quarter", "2026Q1", "--publish", "--scorer", "柳乙", *AFTER)
    assert (first["written"], first["pending"]) == (True, None)
    book = load_workbook(office / "台账.xlsx")
    assert [row[2].value for row in book["季度积分"].iter_rows(min_row=2)] == ["市住建局", "市教育局"]
    assert len({row[17].value for row in book["季度积分"].iter_rows(min_row=2)}) == 1
    assert book["积分明细"].max_row - 1 == len(first["entries"])
    assert open_xml_faults(office / "台账.xlsx") == []

    again = told(capsys, office, "score", "--quarter", "2026Q1", "--at", "2026-04-20T09:00")
    assert (again["digest"], again["entries"]) == (first["digest"], first["entries"])
    assert again["published"] == {"scorer": "柳乙", "at": "2026-04-02T09:00:00"}

    sheet = load_workbook(office / "台账.xlsx")
    sheet["积分事项"]["F2"] = 2  # 数量: two commendations after all
    sheet.save(office / "台账.xlsx")
    later = told(capsys, office, "score", "--quarter", "2026Q1", "--at", "2026-05-05T09:00")
    assert scores(later) == scores(first)
    second = told(capsys, office, "score", "--quarter", "2026Q2", "--at", "2026-05-05T09:00")
    assert [(entry["points"], entry["corrects"]) for entry in second["entries"]] == [(20, "2026Q1")]


def test_a_published_row_changed_by_hand_is_told(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, office, "score", "--quarter", "2026Q1", "--publish", "--scorer", "柳乙", *AFTER)
    book = load_workbook(office / "台账.xlsx")
    book["积分明细"]["H2"] = 99
    book.save(office / "台账.xlsx")
    answer = told(capsys, office, "score", "--quarter", "2026Q1", "--at", "2026-05-05T09:00")
    assert "published_changed" in [finding["rule"] for finding in answer["left_out"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--quarter", "2026-1"), "2026Q1 这样的形式"),
        (("--quarter", "一季度"), "2026Q1 这样的形式"),
        (("--quarter", "2026Q5"), "2026Q1 这样的形式"),
        ((), "两者选一"),
        (("--quarter", "2026Q1", "--year", "2026"), "两者选一"),
        (("--year", "26"), "四位年份"),
        (("--quarter", "2026Q1", "--export", "考核.csv", "--publish", "--scorer", "甲", *AFTER), "以 .xlsx 结尾"),
        (("--quarter", "2026Q1", "--publish", *AFTER), "--scorer"),
        (("--quarter", "2026Q2", "--publish", "--scorer", "甲", *AFTER), "还没有结束"),
        (("--year", "2026", "--publish", "--scorer", "甲", *AFTER), "还没有通报"),
    ],
)
def test_misuse_is_one_line(
    office: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    before = (office / "台账.xlsx").read_bytes()
    assert run(office, "score", *arguments) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err
    assert (office / "台账.xlsx").read_bytes() == before


def test_bad_rows_are_left_out_and_the_rest_is_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "duban.toml").write_text(f'state = "{(tmp_path / "state").as_posix()}"\n', encoding="utf-8")
    unknown = {**POINT_ITEM, "unit": "市X局"}
    beyond = {**POINT_ITEM, "item": "配合不力致问题", "discretionary_points": -4}
    make(tmp_path, point_items=[POINT_ITEM, unknown, beyond, {**POINT_ITEM}])
    answer = told(capsys, tmp_path, "score", "--quarter", "2026Q1", *AFTER)
    assert scores(answer)["市住建局"] == (120, 1)
    found = {(finding["rule"], finding["sheet"], finding["row"]) for finding in answer["left_out"]}
    assert found == {
        ("item_without_unit", "积分事项", 3),
        ("discretion_out_of_range", "积分事项", 4),
        ("commended_twice", "积分事项", 5),
    }
    assert all(finding["remedy"] for finding in answer["left_out"])


def test_explaining_a_unit_by_its_alias(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = told(capsys, office, "explain", "--unit", "市教育局", "--quarter", "2026Q1", *AFTER)
    assert (answer["unit"], answer["base"], answer["total"], answer["score"]) == ("市教育局", 100, -0.5, 99.5)
    whole = told(capsys, office, "score", "--quarter", "2026Q1", *AFTER)
    assert answer["entries"] == [entry for entry in whole["entries"] if entry["unit"] == "市教育局"]
    assert run(office, "explain", "--unit", "市教育局", "--quarter", "2026Q1", *AFTER) == 0
    shown = capsys.readouterr().out
    assert "得分 99.5" in shown
    assert "SZ4-10.2" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--unit", "市教育局"), "写明"),
        (("2026-日-0001", "--unit", "市教育局", "--quarter", "2026Q1"), "写明"),
        ((), "写明"),
        (("--unit", "市X局", "--quarter", "2026Q1"), "通讯录里没有"),
        (("--unit", "督查室", "--quarter", "2026Q1"), "不在积分范围"),
    ],
)
def test_explaining_what_cannot_be_explained(
    office: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert run(office, "explain", *arguments) == 2
    assert said in capsys.readouterr().err


def test_a_year_ranks_exports_and_lists_clues(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = office / "考核.xlsx"
    answer = told(capsys, office, "score", "--year", "2026", "--at", "2027-01-05T09:00", "--export", str(target))
    assert scores(answer) == {"市住建局": (120, 1), "市教育局": (99.5, 2)}
    assert [one["other_reading"]["score"] for one in answer["scores"]] == [105, 99.88]
    book = load_workbook(target)
    assert book.sheetnames == ["2026年", "图表", "积分明细"]
    assert len(book["图表"]._charts) == 2
    assert open_xml_faults(target) == []
    lines = list(csv.reader(target.with_suffix(".csv").read_text("utf-8-sig").splitlines()))
    assert len(lines) == book["积分明细"].max_row == 5
    assert {path.name for path in office.iterdir()} >= {"考核.xlsx", "考核.csv"}
    assert not list(office.glob(".*.tmp"))


def test_a_year_is_published_after_its_quarters(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (1, 2, 3, 4):
        sign = ("--publish", "--scorer", "柳乙", "--at", "2027-01-05T09:00")
        assert told(capsys, office, "score", "--quarter", f"2026Q{number}", *sign)["written"]
    answer = told(capsys, office, "score", "--year", "2026", *sign)
    assert answer["written"]
    rows = list(load_workbook(office / "台账.xlsx")["年度排名"].iter_rows(min_row=2, values_only=True))
    found = [(row[2], row[9], row[10], row[11]) for row in rows]
    assert found == [("市住建局", 120, 1, 105), ("市教育局", 99.5, 2, 99.88)]


def test_scores_and_clues_are_written_together_or_not_at_all(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(office, reports=[])
    book = load_workbook(office / "台账.xlsx")
    del book["问责线索"]
    book.save(office / "台账.xlsx")
    sign = ("--quarter", "2026Q1", "--publish", "--scorer", "柳乙", *AFTER)
    answer = told(capsys, office, "score", *sign)
    assert {clue["clause"] for clue in answer["clues"]} == {"SZ5-5.2"}
    assert (answer["written"], "问责线索" in answer["pending"]) == (False, True)
    assert load_workbook(office / "台账.xlsx")["季度积分"].max_row == 2  # the empty row of an empty table
    make(office, reports=[])
    assert told(capsys, office, "score", *sign)["written"]
    written = load_workbook(office / "台账.xlsx")
    assert [written[name]["A2"].value is not None for name in ("季度积分", "积分明细", "问责线索")] == [True] * 3


def test_an_export_holds_text_not_formulas(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = {**POINT_ITEM, "document": "=1+1", "explanation": "@SUM(1)"}
    make(office, point_items=[hostile])
    target = office / "q.xlsx"
    told(capsys, office, "score", "--quarter", "2026Q1", *AFTER, "--export", str(target))
    cells = [cell for row in load_workbook(target)["积分明细"].iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert not any(line.startswith(("=", "@")) for line in target.with_suffix(".csv").read_text("utf-8-sig").split(","))


def test_explaining_a_matter_tells_its_points(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = told(capsys, office, "explain", "2026-日-0001", *AFTER)
    assert [(entry["kind"], entry["points"]) for entry in answer["points"]] == [
        ("纳入系统", 0.5),
        ("报送逾期", -0.5),
        ("报送逾期", -0.5),
    ]
    assert run(office, "explain", "2026-日-0001", *AFTER) == 0
    assert "报送逾期" in capsys.readouterr().out


def test_commands_start_without_pandas() -> None:
    """It costs more time to import than most commands take."""
    asked = "import sys, engine.cli.main; print('pandas' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


@pytest.mark.parametrize("sheet", ["季度积分", "积分明细"])
def test_published_scores_are_not_forgotten_when_a_sheet_is_gone(
    office: Path, capsys: pytest.CaptureFixture[str], sheet: str
) -> None:
    told(capsys, office, "score", "--quarter", "2026Q1", "--publish", "--scorer", "柳乙", *AFTER)
    book = load_workbook(office / "台账.xlsx")
    book[sheet].title = "改了名"
    book.save(office / "台账.xlsx")
    assert run(office, "score", "--quarter", "2026Q1", "--at", "2026-05-05T09:00") == 2
    assert sheet in capsys.readouterr().err


def test_a_book_without_the_sheets_has_published_nothing(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = load_workbook(office / "台账.xlsx")
    for sheet in ("季度积分", "积分明细", "年度排名", "问责线索"):
        del book[sheet]
    book.save(office / "台账.xlsx")
    assert told(capsys, office, "score", "--quarter", "2026Q1", *AFTER)["published"] is None
