"""Why a workbook that can be read is not patched. See ``engine/ledger/package/faults.py`` for the rest."""

from engine.facts.change import Change
from engine.ledger.package.faults import RefusedError


class SignedError(RefusedError):
    """A digital signature, which any change would break."""


class UnpatchableZipError(RefusedError):
    """A zip structure that can be read and must not be written anew: zip64, backslashes in names, trailing bytes."""


class TotalsRowError(RefusedError):
    """Rows cannot be appended to a table with a totals row."""


class NoRoomError(RefusedError):
    """Something stands below the table, where the appended rows must go, or the sheet is full."""


class CellRefusedError(RefusedError):
    """One cell that must not be written. ``change`` is what was to be written, ``None`` for an appended row."""

    change: Change | None = None


class FormulaError(CellRefusedError):
    """The cell holds a formula (plain, shared or of a data table)."""


class ArrayError(CellRefusedError):
    """The cell lies in the range of an array formula or a data table."""


class RichValueError(CellRefusedError):
    """The cell holds a rich value or a dynamic array (``cm``, ``vm``)."""


class MergedError(CellRefusedError):
    """The cell is hidden under a merged one."""


class ValueRefusedError(CellRefusedError):
    """Excel has no cell for this value: NaN, infinity, over 32,767 characters, a date before 1900-03-01."""
