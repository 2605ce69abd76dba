"""Why a workbook is not patched. Whoever catches one of these knows that not one byte was replaced."""

from engine.facts.change import Change


class RefusedError(Exception):
    """The patch as a whole is refused.

    ``part`` is the zip member concerned, ``cell`` its address (``督办台账!M12``), each empty where there is none.
    ``sentence`` is Chinese and says what to do.
    """

    def __init__(self, sentence: str, part: str = "", cell: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.part = part
        self.cell = cell

    def __str__(self) -> str:
        where = "，".join(place for place in (self.cell, self.part) if place)
        return f"{self.sentence}（{where}）" if where else self.sentence


class DamagedError(RefusedError):
    """Not a zip file, or one whose directory and content disagree."""


class EncryptedError(RefusedError):
    """The workbook has a password to open."""


class LegacyFormatError(RefusedError):
    """An .xls of Excel 97-2003."""


class BinaryFormatError(RefusedError):
    """An .xlsb."""


class SignedError(RefusedError):
    """A digital signature, which any change would break."""


class SharedModeError(RefusedError):
    """Excel's old “shared workbook” mode, which keeps its own history of every cell."""


class UnsupportedZipError(RefusedError):
    """zip64, several disks, foreign compression, members that overlap or share a name."""


class TooLargeError(RefusedError):
    """Unpacks to more than a workbook can be: a zip bomb."""


class EntityError(RefusedError):
    """A document type or entity in the XML; Office never writes one."""


class UnsupportedXmlError(RefusedError):
    """XML that is malformed, not UTF-8, or arranged as no program does."""


class MissingPartError(RefusedError):
    """A part, sheet, table or heading that must be there is not, or is there twice."""


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
