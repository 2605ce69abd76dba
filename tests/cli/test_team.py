"""duban team and check on the sample: people proposed with their reasons; what is wrong with the pools is told."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

SAMPLE = Path(__file__).parents[2] / "workbook" / "示例台账.xlsx"
AT = "2026-11-17T20:00"


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "示例台账.xlsx"
    path.write_bytes(SAMPLE.read_bytes())
    return path


def changed(path: Path, sheet: str, cell: str, value: object) -> None:
    book = load_workbook(BytesIO(path.read_bytes()))
    book[sheet][cell] = value
    book.save(path)


def test_people_are_proposed_with_reasons_and_the_ledger_stays(sample: Path, answer) -> None:
    before = sample.read_bytes()
    made = answer("team", sample, "督2026-2", "--at", AT)
    assert made["task"] == "督2026-2"
    assert [(one["group"], one["pool"], one["name"]) for one in made["proposed"]][:2] == [
        (1, "专职", "褚甲"),
        (1, "专职", "冯甲"),
    ]
    assert {one["name"]: one["reason"] for one in made["passed_over"]} == {
        "卫甲": "回避：不督查本单位本县区（应县人民政府）",
        "韩甲": "回避：不督查本单位本县区（山阴县人民政府）",
    }
    assert "第1组专职第3名" in made["lacking"]
    assert "许甲" not in str(made), "who has left is not proposed"
    assert sample.read_bytes() == before


def test_output_for_people(sample: Path, duban) -> None:
    code, out, err = duban("team", sample, "督2026-2", "--at", AT)
    assert (code, err) == (0, "")
    assert "建议人选（9 名）" in out
    assert "这是建议" in out


def test_an_unknown_task_and_a_regime_without_pools_are_one_sentence(sample: Path, duban) -> None:
    code, out, err = duban("team", sample, "督2026-9", "--at", AT)
    assert (code, out, "没有 督2026-9" in err) == (2, "", True)
    sample.write_bytes(SAMPLE.with_name("示例台账-保山.xlsx").read_bytes())
    code, out, err = duban("team", sample, "督2026-1", "--at", AT)
    assert (code, out, "没有设督查人员库" in err) == (2, "", True)


def test_a_wrong_number_of_groups_is_one_sentence_at_once(sample: Path, duban) -> None:
    sheet = load_workbook(sample)["督查任务"]
    row = next(cell.row for cell in sheet["A"] if cell.value == "督2026-2")
    (groups,) = [cell.column_letter for cell in sheet[1] if cell.value == "组数"]
    changed(sample, "督查任务", f"{groups}{row}", 900_000_000)
    code, out, err = duban("team", sample, "督2026-2", "--at", AT)
    assert (code, out, "900000000组" in err, "请核对" in err) == (2, "", True, True)


def inspected(found: list[dict]) -> list[tuple[object, ...]]:
    sheets = ("督查人员库", "督查任务", "督查分组")
    return [(one["sheet"], one["row"], one["column"], one["clause"]) for one in found if one["sheet"] in sheets]


def test_check_reads_the_three_sheets_too(sample: Path, answer) -> None:
    assert inspected(answer("check", sample, "--at", AT, code=1)) == []
    changed(sample, "督查人员库", "C2", "人大代表")
    changed(sample, "督查任务", "S2", None)
    assert inspected(answer("check", sample, "--at", AT, code=1)) == [
        ("督查人员库", 2, "身份", "SZ6-5"),
        ("督查人员库", 2, "联系手机", "SZ6-14"),
        ("督查任务", 2, "督查报告时间", "SZ6-14"),
    ]


def test_a_wrong_date_is_told_once(sample: Path, answer) -> None:
    changed(sample, "督查人员库", "H2", "年初")
    [one] = [one for one in answer("check", sample, "--at", AT, code=1) if one["sheet"] == "督查人员库"]
    assert (one["row"], one["column"]) == (2, "入库时间")
    assert one["remedy"]


def test_a_ledger_older_than_the_three_sheets(sample: Path, duban, answer) -> None:
    book = load_workbook(sample)
    for name in ("督查人员库", "督查任务", "督查分组"):
        del book[name]
    book.save(sample)
    assert inspected(answer("check", sample, "--at", AT, code=1)) == []
    assert "没有 督2026-1" in duban("team", sample, "督2026-1")[2]
