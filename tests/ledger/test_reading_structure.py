"""Sheets and headings that are missing or doubled: a sentence that names which."""

from io import BytesIO

import pytest
from openpyxl import Workbook

from engine.facts.finding import Severity
from engine.ledger.headings.columns import BY_KEY, LATER_COLUMNS, LATER_SHEETS
from engine.ledger.package.faults import TooLargeError, UnreadableWorkbook
from engine.ledger.reading import ledger as reading
from engine.ledger.reading.ledger import REQUIRED, read_ledger
from engine.ledger.reading.sheet_table import KEY_FIELDS
from tests.ledger.messy_books import MATTER, at, book_of, ledger_of, letter, with_cell


@pytest.mark.parametrize("sheet", REQUIRED)
def test_a_missing_sheet_of_facts_stops_the_reading(sheet: str) -> None:
    name = BY_KEY[sheet].name
    with pytest.raises(UnreadableWorkbook, match=f"没有工作表「{name}」"):
        read_ledger(book_of(lambda book: book.remove(book[name])))


@pytest.mark.parametrize("sheet", ["groups", "holidays"])
def test_another_missing_sheet_is_an_error(sheet: str) -> None:
    ledger = ledger_of(lambda book: book.remove(book[BY_KEY[sheet].name]))
    (finding,) = at(ledger, sheet, None, None)
    assert (finding.rule, finding.severity) == ("missing_sheet", Severity.ERROR)


@pytest.mark.parametrize("sheet", ["point_items", "point_exclusions", "unit_grades"])
def test_a_sheet_that_older_ledgers_do_not_have_is_a_hint_with_its_remedy(sheet: str) -> None:
    ledger = ledger_of(lambda book: book.remove(book[BY_KEY[sheet].name]))
    (finding,) = at(ledger, sheet, None, None)
    assert (finding.rule, finding.severity) == ("missing_sheet", Severity.HINT)
    assert "移动或复制" in finding.remedy


def test_a_ledger_without_any_sheet_that_came_later_has_no_error_for_it() -> None:
    def older(book: Workbook) -> None:
        for sheet in LATER_SHEETS:
            book.remove(book[sheet.name])

    assert [finding for finding in ledger_of(older).findings if finding.is_error] == []


@pytest.mark.parametrize(
    ("sheet", "field"), [(sheet, field) for sheet in KEY_FIELDS for field in sorted(KEY_FIELDS[sheet])]
)
def test_a_missing_key_heading_stops_the_reading_and_is_named(sheet: str, field: str) -> None:
    name, heading = BY_KEY[sheet].name, BY_KEY[sheet].heading(field)
    with pytest.raises(UnreadableWorkbook, match=f"「{name}」.*{heading if len(BY_KEY[sheet].columns) > 3 else ''}"):
        read_ledger(book_of(with_cell(field, "别的", sheet, 1), tables=False))


def test_another_missing_heading_is_a_finding_and_reads_as_blank() -> None:
    ledger = ledger_of(with_cell("content", "别的", row=1))
    (finding,) = ledger.findings
    assert at(ledger, "matters", "content", 1) == [finding]
    assert finding.rule == "missing_heading"
    assert ledger.matters[0].content == ""


def test_a_heading_that_came_later_is_no_fault_of_an_older_ledger() -> None:
    def older(book: Workbook) -> None:
        for field in LATER_COLUMNS["matters"]:
            book["督办台账"][f"{letter('matters', field)}1"] = f"旧{field}"

    ledger = ledger_of(older)
    assert ledger.findings == ()
    assert not {("matters", field) for field in LATER_COLUMNS["matters"]} & ledger.letters.keys()


def test_a_doubled_key_heading_stops_the_reading_and_names_the_columns() -> None:
    def change(book: Workbook) -> None:
        book["督办台账"][f"{letter('matters', 'note')}1"] = "牵头 单位"

    where = f"{letter('matters', 'lead_unit')}、{letter('matters', 'note')}列"
    with pytest.raises(UnreadableWorkbook, match=f"重复的列「牵头单位」（{where}）"):
        ledger_of(change)


def test_another_doubled_heading_is_a_finding() -> None:
    ledger = ledger_of(with_cell("note", "事项内容", row=1))
    assert {finding.rule for finding in ledger.findings} == {"doubled_heading", "missing_heading"}
    assert ledger.matters[0].content == "按期报送进展"


def test_a_workbook_that_is_no_ledger_is_called_one_and_offered_the_way_in() -> None:
    book = Workbook()
    book.active.append(["序号", "事项", "责任单位"])
    buffer = BytesIO()
    book.save(buffer)
    with pytest.raises(UnreadableWorkbook, match=r"不是督办台账.*duban import.*duban new"):
        read_ledger(buffer.getvalue())


@pytest.mark.parametrize(("most", "is_read"), [(2, False), (100, True)])
def test_a_sheet_of_more_rows_than_any_ledger_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, most: int, is_read: bool
) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", most)
    data = book_of(matters=[MATTER, MATTER | {"number": "2026-日-0002"}])
    if is_read:
        assert len(read_ledger(data).matters) == 2
    else:
        with pytest.raises(TooLargeError, match="「督办台账」超过0万行"):
            read_ledger(data)
