"""What people and other programs really put into a ledger: read as they meant it, or asked about, never a traceback."""

import re
import zipfile
from datetime import datetime
from io import BytesIO
from time import process_time
from typing import Any

import pytest
from openpyxl import Workbook

from engine.facts.finding import Severity
from engine.ledger.package.faults import RefusedError
from engine.ledger.package.text_folding import fold, key_of
from engine.ledger.patching.patch import patch_into
from engine.ledger.reading.date_words import Yearless
from engine.ledger.reading.ledger import read_ledger
from engine.ledger.reading.moments import read_moment
from engine.ledger.reading.names import UnitMatcher
from engine.ledger.reading.periods import read_period
from tests.ledger.messy_books import MATTER, book_of, ledger_of, letter, with_cell


@pytest.mark.parametrize("field", ["note", "content", "lead_unit", "assigned_at", "time_limit", "parent", "light"])
@pytest.mark.parametrize("number", [13800138000, 1e305, -1, 1e18])
def test_a_number_formatted_as_a_span_of_time_stops_nothing(field: str, number: float) -> None:
    def change(book: Workbook) -> None:
        cell = book["督办台账"][f"{letter('matters', field)}2"]
        cell.value, cell.number_format = number, "[h]:mm:ss"

    ledger = ledger_of(change)
    assert [matter.number for matter in ledger.matters] == ["2026-日-0001"]
    assert all(finding.place.row == 2 and finding.place.field == field for finding in ledger.findings)


@pytest.mark.parametrize("field", ["note", "content", "lead_unit", "assigned_at", "time_limit", "overdue_hours"])
def test_a_number_past_all_bounds_in_a_row_without_number_stops_nothing(field: str) -> None:
    ledger = ledger_of(matters=[{**MATTER, "number": None, "content": "x", field: 1e305}])
    assert len(ledger.row_hashes) == 1


@pytest.mark.parametrize(
    ("copied", "typed"),
    [
        ("⻓期", "长期"),
        ("⻄城区", "西城区"),
        ("⻔市", "门市"),
        ("⼾籍", "户籍"),
        ("戶籍", "户籍"),
        ("戸籍", "户籍"),
        ("⻘年", "青年"),
        ("⾦⽉⽇", "金月日"),
    ],
)
def test_what_looks_the_same_is_the_same(copied: str, typed: str) -> None:
    assert key_of(copied) == key_of(typed) == typed
    assert fold(copied) == typed
    assert UnitMatcher({typed: "单位"}).match(copied).names == ("单位",)


def test_words_names_and_headings_copied_from_a_pdf_are_read() -> None:
    def change(book: Workbook) -> None:
        sheet = book["督办台账"]
        sheet[f"{letter('matters', 'time_limit')}2"] = "⻓期"
        sheet[f"{letter('matters', 'lead_unit')}2"] = "市⺠⽣局"
        sheet[f"{letter('matters', 'target')}1" if False else f"{letter('matters', 'withdrawn_at')}1"] = "撤销时间"

    ledger = ledger_of(
        change, units=[{"name": "市民生局", "category": "市直部门"}, {"name": "督查室", "category": "科室"}]
    )
    assert (ledger.matters[0].time_limit, ledger.matters[0].lead_unit) == ("长期", "市民生局")
    assert ledger.findings == ()


@pytest.mark.parametrize("text", ["ﷺ" * 32_760, "教" * 32_760, "、" * 32_760, "市教育局、" * 6_500])
def test_a_cell_full_of_letters_that_expand_costs_no_more_than_another(text: str) -> None:
    start = process_time()
    ledger = ledger_of(with_cell("cooperating_units", text))
    assert process_time() - start < 2
    assert len(ledger.matters) == 1


PERIODS: list[tuple[Any, str, str, Severity | None]] = [
    (2026.1, "月报", "", Severity.ERROR),
    (2026.2, "月报", "2026-02", Severity.HINT),
    ("2026.10", "月报", "2026-10", Severity.HINT),
    ("2026.1", "月报", "2026-01", Severity.HINT),
    (46082, "季报", "", Severity.ERROR),
    (46082, "月报", "", Severity.ERROR),
    ("2026年上半年", "季报", "2026Q2", Severity.HINT),
    ("2026年全年", "季报", "2026Q4", Severity.HINT),
    ("第一季度", "季报", "2026Q1", Severity.HINT),
    ("上半年", "季报", "2026Q2", Severity.HINT),
    ("全年", "季报", "2025Q4", Severity.HINT),
    ("2026上", "季报", "", Severity.ERROR),
]


@pytest.mark.parametrize(("cell", "node", "period", "severity"), PERIODS)
def test_a_period_is_read_in_the_laws_own_words_and_never_guessed(
    cell: Any, node: str, period: str, severity: Severity | None
) -> None:
    found = read_period(cell, node, datetime(2026, 4, 2))
    assert not isinstance(found, str)
    assert (found.value, found.severity) == (period, severity)


def test_a_period_that_lost_its_zero_offers_both_months() -> None:
    found = read_period(2026.1, "月报")
    assert not isinstance(found, str)
    assert "2026-01" in found.remedy
    assert "2026-10" in found.remedy


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("二〇二六年三月五日", datetime(2026, 3, 5)),
        ("二○二六年十二月二十五日 下午三点", datetime(2026, 12, 25, 15)),
        ("二零二六年十月三十日", datetime(2026, 10, 30)),
        ("2026–03–05", datetime(2026, 3, 5)),
        ("2026—3—5", datetime(2026, 3, 5)),
        ("2026−3−5 17:30", datetime(2026, 3, 5, 17, 30)),
    ],
)
def test_a_date_in_words_and_with_any_dash_is_read(text: str, meant: datetime) -> None:
    assert read_moment(text) == meant


@pytest.mark.parametrize(("text", "day"), [("12月底前", (12, 31)), ("6月30日前", (6, 30)), ("年底前", (12, 31))])
def test_an_end_without_a_year_is_a_day_without_a_year(text: str, day: tuple[int, int]) -> None:
    found = read_moment(text)
    assert isinstance(found, Yearless)
    assert (found.month, found.day) == day


@pytest.mark.parametrize(
    ("text", "value", "offered"),
    [
        ("2026年12月底前", datetime(2026, 12, 31), ""),
        ("2028年2月末", datetime(2028, 2, 29), ""),
        ("3月上旬", None, "3月10日"),
        ("2026年3月中旬", None, "2026-03-20"),
        ("2026年2月下旬", None, "2026-02-28"),
        ("2月底", None, "2月28日"),
    ],
)
def test_a_part_of_a_month_is_read_or_asked_with_the_day_offered(
    text: str, value: datetime | None, offered: str
) -> None:
    found = read_moment(text)
    assert found is not None
    assert not isinstance(found, datetime | Yearless)
    assert found.value == value
    assert offered in found.remedy


def test_a_choice_dragged_down_makes_no_matters() -> None:
    def change(book: Workbook) -> None:
        for row in range(3, 500):
            book["督办台账"][f"{letter('matters', 'passively_included')}{row}"] = "否"

    ledger = ledger_of(change)
    assert len(ledger.matters) == 1
    (finding,) = ledger.findings
    assert (finding.rule, finding.place.row, finding.severity) == ("row_of_choices", 3, Severity.HINT)
    assert "497行" in finding.problem


def test_a_row_of_choices_with_a_word_of_content_is_a_matter() -> None:
    rows = [MATTER, {"passively_included": "否", "content": "x"}]
    assert len(ledger_of(matters=rows).matters) == 2


@pytest.mark.parametrize("blank", [" ", "\n", "\u3000", "\u00a0\t", "\u200b"])
@pytest.mark.parametrize("field", ["note", "lead_unit", "fixed_due", "time_limit", "cooperating_units", "parent"])
def test_a_cell_of_blanks_is_empty_in_every_column(field: str, blank: str) -> None:
    assert ledger_of(with_cell(field, blank)).matters == ledger_of(with_cell(field, None)).matters
    assert ledger_of(with_cell(field, blank)).findings == ledger_of(with_cell(field, None)).findings


def with_backslashes(data: bytes) -> bytes:
    """As some programs under Windows pack: Excel opens it."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name.replace("/", "\\"), source.read(name))
    return buffer.getvalue()


def test_a_workbook_with_backslashes_in_its_zip_is_read_and_only_not_patched() -> None:
    data = with_backslashes(book_of())
    assert read_ledger(data).matters == read_ledger(book_of()).matters
    with pytest.raises(RefusedError, match="反斜杠"):
        patch_into(data, BytesIO(), [], [])


def edited(data: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with something in its first sheet written otherwise."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                changed = re.sub(old, new, content)
                assert changed != content
                content = changed
            target.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb'<c r="([A-Z]+)2"', lambda found: b'<c r="%b2"' % found[1].lower()),
        (rb'<c r="([A-Z]+2)"', rb"<c r='\1'"),
        (rb"<row ", b"<!-- <row> --><row "),
        (rb'<c r="([A-Z]+2)"([^>]*)>', rb'<c\2 r="\1">'),
    ],
    ids=["small letters", "single quotes", "a comment", "address last"],
)
def test_the_same_cells_written_otherwise_read_the_same(old: bytes, new: Any) -> None:
    sound = book_of()
    ledger, other = read_ledger(sound), read_ledger(edited(sound, old, new))
    assert (other.matters, other.findings) == (ledger.matters, ledger.findings)


def test_an_escape_is_read_as_excel_reads_it_wherever_it_stands() -> None:
    data = edited(book_of(matters=[{**MATTER, "content": "CONTENT"}]), b"CONTENT", b"_x6309__x671F__x005F_x62A5_")
    assert read_ledger(data).matters[0].content == "按期_x62A5_"
