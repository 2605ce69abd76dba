"""What nearly three thousand workbooks of other programs showed: small numbers, missing parts, blanks, first days."""

import re
from datetime import date, datetime
from io import BytesIO

import pytest

from engine.facts.change import Change, NewRow, Value
from engine.facts.finding import Place
from engine.ledger.package.addresses import column_number
from engine.ledger.package.faults import UnsupportedXmlError
from engine.ledger.package.row_grammar import Grammar, SheetRow
from engine.ledger.patching.patch import patch_into
from engine.ledger.patching.report import PatchReport
from engine.ledger.patching.values import same
from engine.ledger.reading.ledger import read_ledger
from tests.ledger.hostile_sheets import Parts, repacked
from tests.ledger.messy_books import book_of, letter, with_cell

SHEET = "xl/worksheets/sheet1.xml"
NUMBER = "2026-日-0001"


def patched(data: bytes, *changes: Change, rows: tuple[NewRow, ...] = ()) -> tuple[bytes, PatchReport]:
    target = BytesIO()
    report = patch_into(data, target, changes, rows)
    return target.getvalue() or data, report


def change_of(field: str, old: Value, new: Value) -> Change:
    return Change(Place("matters", 2, field), NUMBER, field, old, new)


def sheet_of(data: bytes, change: str = "") -> str:
    found: list[str] = []
    repacked(data, lambda parts: found.append(parts[change or SHEET].decode()))
    return found[0]


@pytest.mark.parametrize("number", [1e-07, -1e-07, 0.00001, 1e-300])
def test_a_small_number_is_no_zero(number: float) -> None:
    data, report = patched(book_of(with_cell("overdue_hours", 0)), change_of("overdue_hours", 0, number))
    assert report.parts
    cell = re.search(rf'<c r="{letter("matters", "overdue_hours")}2"[^>]*><v>([^<]*)</v>', sheet_of(data))
    assert cell
    assert float(cell[1]) == number


def test_a_zero_does_not_stand_where_a_small_number_was_read() -> None:
    _, report = patched(book_of(with_cell("overdue_hours", 0)), change_of("overdue_hours", 1e-07, 1))
    assert report.applied == ()


@pytest.mark.parametrize(
    ("days", "day"),
    [(1, date(1900, 1, 1)), (58, date(1900, 2, 27)), (61, date(1900, 3, 1)), (46086, date(2026, 3, 5))],
)
def test_the_first_days_of_excels_calendar_stand_where_they_stand(days: float, day: date) -> None:
    assert same(day, days, date1904=False)
    assert not same(day, days + 1, date1904=False)


def test_the_first_day_of_1904_is_its_day_nought() -> None:
    assert same(datetime(1904, 1, 1), 0.0, date1904=True)


def named_but_missing(parts: Parts) -> None:
    rels = "xl/_rels/workbook.xml.rels"
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = b'<Relationship Id="gone" Target="sharedStrings.xml" Type="' + kind + b'"/></Relationships>'
    parts[rels] = parts[rels].replace(b"</Relationships>", relation)


def test_shared_strings_that_are_named_and_missing_are_none() -> None:
    data, report = patched(repacked(book_of(), named_but_missing), change_of("light", None, "绿"))
    assert len(report.applied) == 1
    assert read_ledger(data).matters[0].shown.light == "绿"


def test_a_cell_that_names_a_string_of_a_missing_part_is_refused_in_words() -> None:
    def change(parts: Parts) -> None:
        named_but_missing(parts)
        cell = letter("matters", "light").encode() + b"2"
        parts[SHEET] = re.sub(b'<c r="' + cell + b'"[^>]*?(?:/>|>.*?</c>)', b"", parts[SHEET])
        shared = b'<c r="' + cell + b'" t="s"><v>0</v></c>'
        first = parts[SHEET].index(b"</row>", parts[SHEET].index(b'<row r="2"'))
        after = re.compile(b'<c r="([A-Z]+)2"')
        own = column_number(cell[:-1].decode())
        later = [found.start() for found in after.finditer(parts[SHEET]) if column_number(found[1].decode()) > own]
        at = min(later, default=first)
        parts[SHEET] = parts[SHEET][:at] + shared + parts[SHEET][at:]

    with pytest.raises(UnsupportedXmlError, match="不存在的文字"):
        patched(repacked(book_of(), change), change_of("light", None, "绿"))


def with_extension(formula: bytes) -> bytes:
    """A validation across sheets, which Excel keeps after the rows with an element named like a formula."""
    space = b"http://schemas.microsoft.com/office/excel/2006/main"
    extension = b'<extLst><ext xmlns:xm="' + space + b'" uri="{1}">' + formula + b"</ext></extLst></worksheet>"

    def change(parts: Parts) -> None:
        for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
            parts[name] = parts[name].replace(b"</worksheet>", extension)
        parts["xl/workbook.xml"] = re.sub(rb"<calcPr[^>]*/>", b"", parts["xl/workbook.xml"])

    return repacked(book_of(), change)


def test_what_looks_like_a_formula_after_the_rows_asks_for_no_calculation() -> None:
    data, report = patched(with_extension(b"<xm:f>x</xm:f>"), change_of("light", None, "绿"))
    assert report.parts == (SHEET,)
    assert "fullCalcOnLoad" not in sheet_of(data, "xl/workbook.xml")


def with_blanks(cell: bytes) -> bytes:
    """Three rows of the message log, and three below them in which only this stands."""
    data = book_of(message_log=[{"number": f"n{at}"} for at in range(3)])
    names = re.findall(r'<sheet [^>]*name="([^"]+)"', sheet_of(data, "xl/workbook.xml"))
    part = f"xl/worksheets/sheet{names.index('短信记录') + 1}.xml"

    def change(parts: Parts) -> None:
        rows = b"".join(b'\n  <row r="%d">\n    <c r="A%d"%b\n    </row>' % (row, row, cell) for row in range(5, 8))
        parts[part] = parts[part].replace(b"</sheetData>", rows + b"\n</sheetData>")

    return repacked(data, change)


@pytest.mark.parametrize(
    "cell",
    [
        b' s="0"/>',
        b' s="0"></c>',
        b">\n</c>",
        b"><v>\n</v></c>",
        b' t="inlineStr"><is><t> </t></is></c>',
        b' t="inlineStr">\n <is>\n <t xml:space="preserve">\n</t>\n </is>\n</c>',
    ],
)
def test_new_rows_fill_rows_of_blanks_however_they_are_indented(cell: bytes) -> None:
    data, report = patched(with_blanks(cell), rows=(NewRow("message_log", {"number": "new"}, "number"),))
    assert report.appended == 1
    (part,) = [part for part in report.parts if part.startswith("xl/worksheets/")]
    assert re.search(r'<c r="A5"[^>]*><is><t[^>]*>new<', sheet_of(data, part))


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ("2026-03-05T17:30:00Z", datetime(2026, 3, 5, 17, 30)),
        ("2026-03-05", datetime(2026, 3, 5)),
        ("12:00:00", 0.5),
        ("23:59:59.500", 1 - 0.5 / 86400),
    ],
)
def test_a_date_or_a_time_of_day_in_iso_8601_is_read(written: str, held: object) -> None:
    """What openpyxl writes on request; a time alone made the patch refuse the book as 内部结构少见."""
    row = SheetRow(Grammar(b"", ""), 3, 0, f' r="3"><c r="A3" t="d"><v>{written}</v></c></row>'.encode())
    cell = row.cell(1)
    assert cell
    assert row.content(cell) == held


def test_what_is_no_time_is_named() -> None:
    row = SheetRow(Grammar(b"", ""), 3, 0, b' r="3"><c r="A3" t="d"><v>25:00</v></c></row>')
    cell = row.cell(1)
    assert cell
    with pytest.raises(UnsupportedXmlError, match="值与类型不符"):
        row.content(cell)
