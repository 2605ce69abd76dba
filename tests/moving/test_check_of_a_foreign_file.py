"""``check`` on a file that is no ledger of ours: what was found in it, and the way in."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from engine.cli.main import main
from tests.moving.ledgers_of_habit import MERGED_TITLE
from tests.moving.office import fresh
from tests.moving.old_books import OldSheet, old_book, old_word

HEAD = ("序号", "重点任务", "责任单位", "完成时限")
ROWS = (HEAD, (1, "新建学校", "市教育局", "12月底前"), (2, "治理河道", "市水利局", "长期"))


def told(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    before = path.read_bytes()
    assert main(["check", str(path)]) == 2
    assert path.read_bytes() == before
    return capsys.readouterr().err


def as_csv(folder: Path) -> Path:
    path = folder / "旧台账.csv"
    path.write_bytes("\n".join(",".join(map(str, row)) for row in ROWS).encode("gb18030"))
    return path


@pytest.mark.parametrize(
    "build",
    [
        lambda folder: old_book(folder / "旧台账.xlsx", OldSheet("2026年", ROWS)),
        lambda folder: old_word(folder / "旧台账.docx", "2026年督办台账", ROWS),
        as_csv,
    ],
    ids=["xlsx", "docx", "csv"],
)
def test_an_old_ledger_is_counted_and_import_is_offered(
    build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = build(tmp_path)
    said = told(path, capsys)
    assert "不是督办台账" in said
    assert "读出 2 个事项" in said
    assert "认得的列：序号、重点任务、责任单位、完成时限" in said
    assert f"duban import {path.name}" in said.replace("\n", " ")
    assert len(said.strip().splitlines()) == 1


def test_the_sheets_of_a_larger_one_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = told(MERGED_TITLE.build(tmp_path), capsys)
    assert f"读出 {len(MERGED_TITLE.expected)} 个事项" in said


def test_a_book_of_something_else_is_only_called_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = old_book(tmp_path / "花名册.xlsx", OldSheet("人员", (("姓名", "年龄"), ("张三", 30))))
    said = told(path, capsys)
    assert "不是督办台账" in said
    assert "读出" not in said
    (tmp_path / "坏.xlsx").write_bytes(b"not a workbook")
    assert "不是 Excel 工作簿" in told(tmp_path / "坏.xlsx", capsys)


def test_a_ledger_that_lost_a_sheet_is_still_told_which(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book: Workbook = load_workbook(BytesIO(fresh()))
    book.remove(book["反馈记录"])
    book.save(tmp_path / "台账.xlsx")
    assert "没有工作表「反馈记录」" in told(tmp_path / "台账.xlsx", capsys)
