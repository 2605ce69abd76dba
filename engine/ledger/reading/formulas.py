"""What sort of formula a cell holds: whether its stored value may count."""

import re
from enum import StrEnum

_VOLATILE = re.compile(rb"\b(?:TODAY|NOW|RAND|RANDBETWEEN|RANDARRAY|OFFSET|INDIRECT|CELL|INFO)\s*\(", re.IGNORECASE)


class Formula(StrEnum):
    """``VOLATILE`` changes by itself; ``UNCACHED`` has no stored value."""

    ORDINARY = "f"
    VOLATILE = "v"
    UNCACHED = "u"


def kind_of_formula(formula: str) -> Formula:
    """What sort of formula this is, ``=TODAY()`` and the like told from the others, where its value is at hand."""
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
