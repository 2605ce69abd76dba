"""References follow their columns; what cannot follow is refused, never left wrong."""

import pytest

from engine.ledger.package.addresses import Range
from engine.ledger.package.tables import WorkbookTable
from engine.ledger.tidying.formula_moves import FormulaMoves
from engine.ledger.tidying.new_order import ColumnMap
from engine.ledger.tidying.refusals import CannotMoveError

# A B C D of the table come to stand as C A D _ B: one column is new.
TABLE = WorkbookTable("", "督办台账", Range(3, 1, 9, 4), 0, has_headings=True, headings=("甲", "乙", "丙", "丁"))
MOVES = FormulaMoves(ColumnMap({3: 1, 1: 2, 4: 3, 2: 5}, 1, 4, 1, 3), "督办台账", TABLE)


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("A4+$B$5", "B4+$E$5"),
        ("SUM(A:A)", "SUM(B:B)"),
        ("SUM($A4:$A9)*2", "SUM($B4:$B9)*2"),
        ("SUM(A4:D4)", "SUM(A4:E4)"),  # the table whole, with its new column
        ("F4&G4", "G4&H4"),  # right of the table, which grew
        ("B1+B2", "B1+B2"),  # titles above the table stay
        ("SUM(4:5)+LOG10(A4)", "SUM(4:5)+LOG10(B4)"),
        ('IF(A4="A4 B4","B$4",B$4)', 'IF(B4="A4 B4","B$4",E$4)'),
        ("督办台账!A4+'督办台账'!B4", "督办台账!B4+'督办台账'!E4"),
        ("别的表!A4+'别 的'!B4", "别的表!A4+'别 的'!B4"),
        ("[1]督办台账!A4+'[别.xlsx]督办台账'!A4", "[1]督办台账!A4+'[别.xlsx]督办台账'!A4"),
        ("督办台账[乙]+督办台账[[#This Row],[A1]]", "督办台账[乙]+督办台账[[#This Row],[A1]]"),
        ("INDEX(督办台账[甲],MATCH(A4,督办台账[乙],0))", "INDEX(督办台账[甲],MATCH(B4,督办台账[乙],0))"),
        ("ABC+A4B+TAXES2026", "ABC+A4B+TAXES2026"),
        ("SUM(督办台账)", "SUM(督办台账)"),
    ],
)
def test_references_follow(formula: str, moved: str) -> None:
    assert MOVES.moved(formula, "督办台账!A4", (1,), 4) == moved


@pytest.mark.parametrize(
    "formula",
    [
        "SUM(A4:B4)",
        "VLOOKUP(1,A4:D9,2,0)",
        "VLOOKUP(1,督办台账,2,0)",
        "INDEX(督办台账[#All],2,3)",
        "SUM(督办台账[[甲]:[乙]])",
        "SUM(督办台账[@[甲]:[乙]])",
    ],
)
def test_what_goes_by_the_order_is_refused(formula: str) -> None:
    with pytest.raises(CannotMoveError, match="请先改为"):
        MOVES.moved(formula, "督办台账!A4", (1,), 4)


def test_another_sheet_is_followed_only_where_it_says_so() -> None:
    assert MOVES.moved("A4+督办台账!A4+VLOOKUP(1,A1:D9,2,0)", "别的表") == "A4+督办台账!B4+VLOOKUP(1,A1:D9,2,0)"


def test_a_relative_reference_of_a_rule_counts_from_its_first_column() -> None:
    assert MOVES.moved("$B4>A4", "规则", (1, 2, 3, 4), 9) == "$E4>A4"  # each cell against itself
    assert MOVES.moved("B4>0", "规则", (1,), 9) == "E4>0"
    with pytest.raises(CannotMoveError):
        MOVES.moved("B4>0", "规则", (1, 2), 9)  # each cell against its right neighbour


def test_a_formula_above_the_table_stays_and_what_it_names_moves() -> None:
    assert MOVES.moved("SUM(B4:B9)+C1", "标题", (2,), 1) == "SUM(E4:E9)+C1"
