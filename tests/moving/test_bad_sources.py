"""Files that are no old ledger, or a hostile one: each is told in a Chinese sentence, and nothing is written."""

import base64
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook
from xlsxwriter import Workbook as DrawnWorkbook

from engine.cli.main import main
from engine.moving.files.sources import UnreadableSource, read_source
from tests.moving.ledgers_of_habit import A_SHEET_A_YEAR, MERGED_TITLE
from tests.moving.office import ledger, ledger_file, proposals
from tests.moving.old_books import OldSheet, old_book

_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def with_password(folder: Path) -> Path:
    return write(folder / "密码.xlsx", _OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(512))


def broken(folder: Path) -> Path:
    whole = MERGED_TITLE.build(folder).read_bytes()
    return write(folder / "残缺.xlsx", whole[: len(whole) // 2])


def no_xls(folder: Path) -> Path:
    return write(folder / "假.xls", b"not a workbook at all")


def far_cell(folder: Path) -> Path:
    book = Workbook()
    book.active["A1"], book.active["XFD1048576"] = "序号", "x"
    book.save(folder / "远.xlsx")
    return folder / "远.xlsx"


def word_bomb(folder: Path) -> Path:
    path = folder / "炸弹.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(64 << 20))
    return path


def with_entities(folder: Path) -> Path:
    path = folder / "实体.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    return path


def a_pdf(folder: Path) -> Path:
    return write(folder / "台账.pdf", b"%PDF-1.4")


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (with_password, "密码"),
        (broken, "损坏"),
        (no_xls, "损坏"),
        (far_cell, "远在表格之外"),
        (word_bomb, "压缩炸弹"),
        (with_entities, "外部定义"),
        (a_pdf, "不能导入这种文件"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(build, told: str, tmp_path: Path) -> None:
    path = build(tmp_path)
    with pytest.raises(UnreadableSource, match=told) as refusal:
        read_source(path)
    assert path.name in str(refusal.value)


def only_pictures(folder: Path) -> Path:
    path = folder / "图片.xlsx"
    with DrawnWorkbook(str(path)) as book:
        book.add_worksheet("扫描件").insert_image("A1", "a.png", {"image_data": BytesIO(_PICTURE)})
    return path


def no_matters(folder: Path) -> Path:
    return old_book(folder / "人员.xlsx", OldSheet("花名册", (("姓名", "年龄"), ("张三", 30), ("李四", 31))))


@pytest.mark.parametrize(("build", "told"), [(only_pictures, "只有图片"), (no_matters, "没有找到督办事项")])
def test_a_book_without_matters_makes_no_review(
    build, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    book = ledger_file(tmp_path)
    before = book.read_bytes()
    assert main(["import", str(build(tmp_path)), "--into", str(book)]) == 2
    assert told in capsys.readouterr().err
    assert book.read_bytes() == before
    assert not (tmp_path / "导入核对.xlsx").exists()


def test_a_file_that_is_not_there_and_a_missing_choice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = ledger_file(tmp_path)
    assert main(["import", str(tmp_path / "无.xlsx"), "--into", str(book)]) == 2
    assert "找不到文件" in capsys.readouterr().err
    assert main(["import", "--into", str(book)]) == 2
    assert "--apply" in capsys.readouterr().err


def test_ten_thousand_rows(tmp_path: Path) -> None:
    rows = [("序号", "重点任务", "责任单位", "完成时限")]
    rows += [(at, f"任务{at}", "市教育局", "12月底前") for at in range(1, 10_001)]
    found = proposals(old_book(tmp_path / "万行.xlsx", OldSheet("2026年", rows)), ledger())
    assert len(found.rows) == 10_000
    assert found.accounts[0].balances


def test_the_same_numbers_in_two_sheets_are_told(tmp_path: Path) -> None:
    rows = (("序号", "重点任务", "责任单位"), (1, "甲", "市教育局"))
    other = (("序号", "重点任务", "责任单位"), (1, "乙", "市教育局"))
    found = proposals(old_book(tmp_path / "a.xlsx", OldSheet("一组", rows), OldSheet("二组", other)), ledger())
    assert any("原编号在几张表里都有" in notice for notice in found.notices)
    years = proposals(A_SHEET_A_YEAR.build(tmp_path), ledger())
    assert not any("原编号在几张表里都有" in notice for notice in years.notices)


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    rows = (("序号", "重点任务", "责任单位"), (1, "＝HYPERLINK(1)", "=cmd|' /C calc'!A0"))
    book = ledger_file(tmp_path)
    path = old_book(tmp_path / "公式.xlsx", OldSheet("2026年", rows))
    assert main(["import", str(path), "--into", str(book)]) == 0
    with zipfile.ZipFile(tmp_path / "导入核对.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if "sheets/sheet" in name)
