"""签批卡片: Word files for leaders to sign, beside the book, which stays as it is (SZ1-10.1)."""

from pathlib import Path

import xlwings as xw
from docx import Document

from tests.addin.pressing import Clerk, button, cells, differences, select

PROVINCE, CITY = "2026-省-0006", "2026-日-0026"


def test_a_card_is_made_and_the_book_stays_as_it_is(book: xw.Book, person: Clerk, path: Path) -> None:
    select(book, PROVINCE)
    before = cells(book)
    button("make_cards")()
    assert differences(before, cells(book)) == {}
    [file] = (path.parent / "签批卡片").iterdir()
    assert file.name == f"签批卡片 {PROVINCE}.docx"
    assert Document(str(file)).paragraphs[1].text == f"事项编号：{PROVINCE}"
    assert person.opened == [path.parent / "签批卡片"]
    assert "已生成1张签批卡片" in person.told[-1]


def test_a_card_that_is_there_is_not_overwritten(book: xw.Book, person: Clerk, path: Path) -> None:
    select(book, PROVINCE)
    button("make_cards")()
    [file] = (path.parent / "签批卡片").iterdir()
    file.write_bytes(b"signed")
    button("make_cards")()
    assert "已有" in person.told[-1]
    assert file.read_bytes() == b"signed"


def test_a_matter_of_the_city_needs_none(book: xw.Book, person: Clerk, path: Path) -> None:
    select(book, CITY)
    button("make_cards")()
    assert "不是省政府交办事项" in person.told[-1]
    assert not (path.parent / "签批卡片").exists()
