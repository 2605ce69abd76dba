"""Formulas in the columns of people, and texts that only look like one."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook

from engine.facts.finding import Severity
from engine.ledger.headings.columns import MATTERS, SHEETS
from engine.ledger.reading.ledger import read_ledger
from tests.ledger.messy_books import MATTER, UNITS, at, ledger_of, letter

ASSIGNED = datetime(2026, 3, 2, 9, 30)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
@pytest.mark.parametrize("field", ["content", "source_number"])
def test_a_text_that_looks_like_a_formula_is_kept_with_a_hint(field: str, sign: str) -> None:
    def change(book: Workbook) -> None:
        cell = book["督办台账"][f"{letter('matters', field)}2"]
        cell.value = f"{sign}1+1"
        cell.data_type = "s"

    ledger = ledger_of(change)
    (finding,) = at(ledger, "matters", field)
    assert (finding.rule, finding.severity) == ("formula_like_text", Severity.HINT)
    assert getattr(ledger.matters[0], field) == f"{sign}1+1"


def with_formulas(cells: dict[str, tuple[str, Any]]) -> bytes:
    """A sound book with formulas and their cached values, as Excel saves them."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer)
    rows = {"matters": [MATTER], "units": UNITS}
    for sheet in SHEETS:
        page = book.add_worksheet(sheet.name)
        page.write_row(0, 0, [column.heading for column in sheet.columns])
        stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for down, row in enumerate(rows.get(sheet.key, ()), 1):
            for across, column in enumerate(sheet.columns):
                if sheet is MATTERS and column.field in cells:
                    page.write_formula(down, across, cells[column.field][0], stamp, cells[column.field][1])
                elif isinstance(value := row.get(column.field), datetime):
                    page.write_datetime(down, across, value, stamp)
                elif value is not None:
                    page.write(down, across, value)
    book.close()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("field", "formula", "cached", "rule", "meant"),
    [
        ("content", '="按期"&"报送"', "按期报送", "formula", "按期报送"),
        ("assigned_at", "=B9+1", 46083.3958333333, "formula", ASSIGNED),
        ("lead_unit", "=P9", "市教育局", "formula", "市教育局"),
        ("assigned_at", "=TODAY()", 46083, "formula_volatile", None),
        ("assigned_at", "=NOW()-1", 46083.3958333333, "formula_volatile", None),
        ("lead_unit", "=INDIRECT(A9)", "市教育局", "formula_volatile", ""),
        ("content", '=TEXT(TODAY(),"d")', "5", "formula", "5"),
        ("assigned_at", "=B9+1", "", "formula_uncached", None),
    ],
)
def test_formulas_in_staff_columns(field: str, formula: str, cached: Any, rule: str, meant: Any) -> None:
    data = with_formulas({field: (formula, cached)})
    if rule == "formula_uncached":
        data = _without_cached(data)
    ledger = read_ledger(data)
    (finding,) = at(ledger, "matters", field)
    assert finding.rule == rule
    assert finding.is_error == (rule != "formula")
    assert getattr(ledger.matters[0], field) == meant


def _without_cached(data: bytes) -> bytes:
    """As openpyxl saves: formulas without values."""
    buffer = BytesIO()
    load_workbook(BytesIO(data)).save(buffer)
    return buffer.getvalue()


def test_a_formula_that_fails_is_an_error() -> None:
    ledger = read_ledger(with_formulas({"assigned_at": ("=1/0", "#DIV/0!")}))
    assert {finding.rule for finding in at(ledger, "matters", "assigned_at")} == {"error_value", "formula"}
    assert ledger.matters[0].assigned_at is None
