"""duban card: Word files beside the ledger, which stays as it is; all of them or none."""

from pathlib import Path

import pytest
from docx import Document

from engine.papers.cards import FOLDER
from tests.service.office import matter_row, write_book

ONE, TWO = "2026-省-0001", "2026-日-0001"
AT = "2026-03-02T10:05"


@pytest.fixture
def province(book: Path) -> Path:
    """Row 2: a matter of the province; row 3: one of the city; row 4: one of the province without a number."""
    of_province = {"board": "省政府交办事项", "source": "省政府交办", "province_due": matter_row(ONE)["assigned_at"]}
    bare = {"initiated_at": None, "notice_issued_at": None, "status": None, "approver": None, "approved_at": None}
    rows = [matter_row(ONE) | of_province, matter_row(TWO), matter_row(ONE) | of_province | bare | {"number": None}]
    return write_book(book, rows)


def files(book: Path, folder: str = FOLDER) -> list[str]:
    return sorted(path.name for path in (book.parent / folder).glob("*"))


def test_cards_by_number_and_by_row_leave_the_ledger_alone(province: Path, answer) -> None:
    before = province.read_bytes()
    done = answer("card", province, "第4行", ONE, "--at", AT)
    assert [(one["matter"], one["row"]) for one in done["cards"]] == [(ONE, 2), (None, 4)]
    assert files(province) == [f"签批卡片 {ONE}.docx", "签批卡片 第4行.docx"]
    assert Document(done["cards"][1]["path"]).paragraphs[1].text == "事项编号：（批准后编）"
    assert province.read_bytes() == before


def test_people_learn_where_the_file_is(province: Path, duban) -> None:
    code, out, err = duban("card", province, ONE, "--folder", "卡片")
    assert (code, err, files(province, "卡片")) == (0, "", [f"签批卡片 {ONE}.docx"])
    assert "文件在 卡片" in out


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (["2026-省-0009"], "没有事项 2026-省-0009"),
        (["第9行"], "第9行没有事项"),
        ([ONE, TWO], "不是省政府交办事项"),
        ([ONE, "--folder", "没有/的/文件夹"], "写不进去"),
        ([ONE, "--folder", "duban.toml"], "写不进去"),
        ([], "事项编号"),
    ],
)
def test_misuse_is_one_sentence_and_leaves_no_file(province: Path, duban, words: list[str], word: str) -> None:
    code, out, err = duban("card", province, *words)
    assert (code, out, len(err.strip().splitlines())) == (2, "", 1)
    assert word in err
    assert files(province) == []


def test_a_card_that_is_there_is_kept_and_none_before_it_stays(province: Path, duban) -> None:
    folder = province.parent / FOLDER
    folder.mkdir()
    signed = folder / "签批卡片 第4行.docx"
    signed.write_bytes(b"signed")
    code, _, err = duban("card", province, ONE, "4")
    assert (code, "已有" in err) == (2, True)
    assert files(province) == [signed.name]
    assert signed.read_bytes() == b"signed"
