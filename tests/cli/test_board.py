"""duban board: 看板.html beside the ledger, never over another file."""

from pathlib import Path

from tests.service.office import matter_row, write_book

AT = "2026-03-02T10:05"


def test_the_board_is_made_beside_the_ledger_and_made_anew(book: Path, answer) -> None:
    write_book(book, [matter_row("2026-日-0001")])
    page = book.with_name("看板.html")
    assert answer("board", book, "--at", AT)["path"] == str(page)
    assert "2026-日-0001" in page.read_text("utf-8")
    write_book(book, [matter_row("2026-日-0002")])
    answer("board", book, "--at", AT)
    assert "2026-日-0002" in page.read_text("utf-8")


def test_another_file_is_kept_and_another_ledger_has_a_board_of_its_own(book: Path, answer, duban) -> None:
    write_book(book, [matter_row("2026-日-0001")])
    page = book.with_name("看板.html")
    page.write_text("<html>别人的网页</html>", "utf-8")
    code, _, err = duban("board", book, "--at", AT)
    assert code == 2
    assert "没有覆盖" in err
    assert page.read_text("utf-8") == "<html>别人的网页</html>"
    page.write_text("<!DOCTYPE html><!-- duban-output 别的台账 -->\n", "utf-8")
    assert answer("board", book, "--at", AT)["path"] == str(book.with_name(f"{book.stem}-看板.html"))
