"""What sort of formula a cell holds: whether its stored value may count."""

import re
from enum import StrEnum

from engine.ledger.headings.column import Column, Kind
from engine.ledger.reading.cell_problem import CellProblem, hint

_VOLATILE = re.compile(rb"\b(?:TODAY|NOW|RAND|RANDBETWEEN|RANDARRAY|OFFSET|INDIRECT|CELL|INFO)\s*\(", re.IGNORECASE)


class Formula(StrEnum):
    """``VOLATILE`` changes by itself; ``UNCACHED`` has no stored value."""

    ORDINARY = "f"
    VOLATILE = "v"
    UNCACHED = "u"


def kind_of_formula(formula: str) -> Formula:
    """What sort of formula this is, ``=TODAY()`` and the like set apart from the others, where its value is at hand."""
    return Formula.VOLATILE if _VOLATILE.search(formula.encode("utf-8", "replace")) else Formula.ORDINARY


class FormulaKinds:
    """Sorts the formulas of one sheet, which must be given in the order in which they stand: of those that share one,
    only the first holds its text.
    """

    def __init__(self) -> None:
        self._volatile_shared: set[bytes] = set()

    def kind(self, text: bytes, shared: bytes | None, *, has_value: bool) -> Formula:
        """``text`` of the formula, empty where it is that of the ``shared`` index."""
        volatile = bool(text and _VOLATILE.search(text))
        if shared is not None and volatile:
            self._volatile_shared.add(shared)
        if volatile or shared in self._volatile_shared:
            return Formula.VOLATILE
        return Formula.ORDINARY if has_value else Formula.UNCACHED


def problem_of_formula(column: Column, formula: Formula) -> CellProblem:
    """The finding about a cell of that column with such a formula."""
    remedy = "请改为直接填写内容。"
    if formula is Formula.UNCACHED:
        return CellProblem("formula_uncached", "公式没有保存计算结果，读不出内容。", remedy)
    if formula is Formula.VOLATILE and column.kind not in (Kind.TEXT, Kind.LONG_TEXT):
        return CellProblem("formula_volatile", "公式含 TODAY、NOW 等会自己变化的函数，不能作为依据。", remedy)
    return hint("formula", "这一格是公式，按上次保存的计算结果计。", remedy, None)
