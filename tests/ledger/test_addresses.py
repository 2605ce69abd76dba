"""A finding in words: one line that leads to the cell and says what to do."""

import pytest

from engine.facts.finding import Place, error, hint
from engine.ledger.headings.finding_text import address, finding_json, render
from tests.ledger.messy_books import ledger_of, letter, with_cell

LETTERS = {("matters", "lead_unit"): "M"}


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place("matters", 12, "lead_unit"), "督办台账!M12「牵头单位」"),
        (Place("matters", 12, "note"), "督办台账!第12行「备注」"),
        (Place("matters", 12), "督办台账!第12行"),
        (Place("matters", None, "lead_unit"), "督办台账!M列「牵头单位」"),
        (Place("matters"), "督办台账"),
    ],
)
def test_addresses(place: Place, words: str) -> None:
    assert address(place, LETTERS) == words


def test_a_finding_is_one_line() -> None:
    place = Place("matters", 12, "lead_unit")
    finding = error(
        place, "no_contact", "SZ1-6", "通讯录中没有具体责任人手机。", "请在「单位通讯录」补录。", "2026-日-0001"
    )
    assert render(finding, LETTERS) == (
        "督办台账!M12「牵头单位」〔SZ1-6〕通讯录中没有具体责任人手机。请在「单位通讯录」补录。"
    )
    assert finding_json(finding) == {
        "severity": "错误",
        "sheet": "督办台账",
        "row": 12,
        "column": "牵头单位",
        "rule": "no_contact",
        "clause": "SZ1-6",
        "problem": "通讯录中没有具体责任人手机。",
        "remedy": "请在「单位通讯录」补录。",
    }
    assert finding_json(hint(Place("units"), "x", "", "甲。", "乙。"))["column"] is None


def test_the_address_is_that_of_the_cell_in_the_book() -> None:
    ledger = ledger_of(with_cell("lead_unit", "市农牧局"))
    (finding,) = ledger.findings
    cell = f"督办台账!{letter('matters', 'lead_unit')}2「牵头单位」"
    assert render(finding, ledger.letters) == (
        f"{cell}通讯录里没有“市农牧局”。请改成「单位通讯录」里的单位名或别名，或在通讯录里补录。"
    )
