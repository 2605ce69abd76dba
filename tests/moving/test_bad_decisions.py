"""A review that people have damaged or filled in wrongly: each fault is told with its place, and nothing is written."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from engine.cli.main import main
from tests.moving.office import accept, fill_in, ledger_file
from tests.moving.old_books import OldSheet, old_book

HEAD = ("序号", "重点任务", "责任单位", "完成时限", "联系人", "联系电话")
ROWS = (
    HEAD,
    (1, "新建学校", "市教育局", "12月底前", "张三", 13800000001),
    (2, "治理河道", "市水利局", "立行立改", None, None),
    (3, "养老床位", "民政", "长期", None, None),
)


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger and a review in which everything is decided."""
    folder = tmp_path_factory.mktemp("office")
    old = old_book(folder / "旧.xlsx", OldSheet("2026年", ROWS))
    assert main(["import", str(old), "--into", str(ledger_file(folder))]) == 0
    fill_in(folder / "导入核对.xlsx", accept)
    return folder


@pytest.fixture
def review(decided: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    shutil.copytree(decided, tmp_path, dirs_exist_ok=True)
    return tmp_path / "导入核对.xlsx"


def changed(path: Path, change: Callable[[Workbook], None]) -> None:
    book = load_workbook(path)
    change(book)
    book.save(path)


def said(review: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command says that refuses the review; the ledger is as it was."""
    book = review.with_name("台账.xlsx")
    before = book.read_bytes()
    capsys.readouterr()
    assert main(["import", "--apply", str(review), "--into", str(book), "--at", "2026-06-10T09:00"]) in (1, 2)
    assert book.read_bytes() == before
    out, err = capsys.readouterr()
    return "".join((out + err).split())


def at(book: Workbook, sheet: str, row: int, heading: str, value: object) -> None:
    page = book[sheet]
    column = [cell.value for cell in page[1]].index(heading) + 1
    page.cell(row, column).value = value


def set_to(sheet: str, row: int, heading: str, value: object) -> Callable[[Workbook], None]:
    return lambda book: at(book, sheet, row, heading, value)


def copy_over(book: Workbook) -> None:
    """One row copied over another: the count is right, a matter is there twice and one is gone."""
    page = book["逐行核对"]
    for cell in page[2]:
        page.cell(4, cell.column).value = cell.value


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda book: book["逐行核对"].delete_rows(3), "原有3行，现在是2行"),
        (copy_over, "与第2行是同一个来源"),
        (lambda book: book.remove(book["存疑词语"]), "没有「存疑词语」"),
        (lambda book: book["逐行核对"].delete_cols(1), "没有“处理”一列"),
        (set_to("逐行核对", 2, "处理", "好的"), "还没有选“处理”"),
        (set_to("逐行核对", 2, "事项内容", None), "“事项内容”是空的"),
        (set_to("逐行核对", 2, "事项内容", "长" * 31_000), "文字太长"),
        (set_to("逐行核对", 2, "指定期限", "年底吧"), "要填完整的日期"),
        (set_to("逐行核对", 2, "办理时限", "3天"), "请选“指定日期”"),
        (set_to("逐行核对", 2, "牵头单位", "市教育局、市水利局"), "只能填一个单位"),
        (set_to("逐行核对", 2, "程序用", "x"), "不是程序生成的"),
        (set_to("联系人", 2, "手机号码", "1380000"), "不是11位手机号"),
        (set_to("存疑词语", 2, "改为", None), "请在“改为”一栏填写"),
        (set_to("统一填写", 2, "填写", "2026年"), "不在可选范围内"),
    ],
)
def test_a_fault_in_the_review_is_told_and_nothing_is_written(
    change: Callable[[Workbook], None], told: str, review: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(review, change)
    assert told in said(review, capsys)


def test_the_same_review_without_a_fault_is_written(review: Path) -> None:
    book = review.with_name("台账.xlsx")
    assert main(["import", "--apply", str(review), "--into", str(book), "--at", "2026-06-10T09:00"]) == 0


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)])
def test_a_review_that_is_no_workbook_any_more_is_told(
    data: bytes, review: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    review.write_bytes(data)
    assert said(review, capsys)
