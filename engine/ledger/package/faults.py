"""Why a workbook is left as it is: when one of these is raised, not one byte of it was replaced."""

MEND = "请用 Excel 打开并修复后另存为 .xlsx，或换用最近的备份。"
"""The remedy for a file that is not whole."""


class RefusedError(Exception):
    """The reading or writing is refused as a whole.

    ``part`` is the zip member concerned, ``cell`` its address (``督办台账!M12``), each empty where there is none.
    ``sentence`` is Chinese and states the remedy.
    """

    def __init__(self, sentence: str, part: str = "", cell: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.part = part
        self.cell = cell

    def __str__(self) -> str:
        where = "，".join(place for place in (self.cell, self.part) if place)
        if not where:
            return self.sentence
        stop = "。" if self.sentence.endswith("。") else ""
        return f"{self.sentence.removesuffix('。')}（{where}）{stop}"


class UnreadableWorkbook(RefusedError):
    """The file cannot be used at all, neither read nor written: what is wrong and what to do."""


class ForeignWorkbookError(UnreadableWorkbook):
    """A sound workbook or document that is no ledger of ours."""


class DamagedError(UnreadableWorkbook):
    """Not a zip file, or one whose directory and content disagree."""


class EncryptedError(UnreadableWorkbook):
    """The workbook has a password to open."""


class LegacyFormatError(UnreadableWorkbook):
    """An .xls of Excel 97-2003."""


class BinaryFormatError(UnreadableWorkbook):
    """An .xlsb."""


class SharedModeError(UnreadableWorkbook):
    """Excel's old “shared workbook” mode, which keeps its own history of every cell."""


class UnsupportedZipError(UnreadableWorkbook):
    """A zip structure that no program of ours takes: several disks, foreign compression, members that overlap."""


class TooLargeError(UnreadableWorkbook):
    """Unpacks to more than a workbook can be: a zip bomb."""


class EntityError(UnreadableWorkbook):
    """A document type or entity in the XML; Office never writes one."""


class UnsupportedXmlError(UnreadableWorkbook):
    """XML that is malformed, not UTF-8, or arranged as no program does."""


class MissingPartError(UnreadableWorkbook):
    """A part, sheet, table or heading that must be there is not, or is there twice."""
