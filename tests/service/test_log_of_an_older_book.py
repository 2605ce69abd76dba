"""短信记录 without the columns that the journal can be rebuilt from, as a book older than them has it."""

from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter

from engine.ledger.headings.columns import MESSAGE_LOG
from engine.ledger.reading.ledger import read_rows
from tests.service.office import DAY, HOUR, T0, ServedOffice, matter_row, write_book

LATER = ("收信角色", "节点期限", "序次", "承办单位", "签收时间")


def drop_columns(book: Path, headings: tuple[str, ...]) -> None:
    """Take the last columns away from 短信记录, in the cells and in the table."""
    workbook = openpyxl.load_workbook(book)
    sheet = workbook[MESSAGE_LOG.name]
    table = sheet.tables[MESSAGE_LOG.name]
    kept = [column for column in table.tableColumns if column.name not in headings]
    assert [column.name for column in table.tableColumns[len(kept) :]] == list(headings)
    sheet.delete_cols(len(kept) + 1, len(headings))
    table.tableColumns = kept
    table.ref = f"A1:{get_column_letter(len(kept))}2"
    if table.autoFilter:
        table.autoFilter.ref = table.ref
    workbook.save(book)


def test_a_log_without_some_columns_keeps_lights_and_rows_and_says_what_is_missing(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    drop_columns(office.book, LATER)
    office.adopt()
    result = office.pass_at(T0 + DAY + 3 * HOUR)
    (sent,) = (one for one in result.messages if one.message.kind == "催办")
    assert (sent.state, result.written, result.pending) == ("已提交", True, None)
    (told,) = [one.problem for one in result.findings if "短信记录" in one.problem]
    assert "收信角色、节点期限、序次、承办单位" in told
    urged = [row for row in read_rows(office.book.read_bytes(), "message_log") if row["number"] == sent.id]
    assert [(row["number"], row["slot"], row["text"]) for row in urged] == [(sent.id, "+3h", sent.message.text)]


def test_a_whole_log_says_nothing_more(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    office.adopt()
    result = office.pass_at(T0 + DAY + 3 * HOUR)
    assert not [one for one in result.findings if "短信记录" in one.problem]
