"""A foreign workbook, checked before a library that trusts it reserves memory for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from python_calamine import CalamineWorkbook

from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.package.limits import MOST_CELLS
from engine.ledger.package.masking import masked
from engine.ledger.package.workbook_parts import WorkbookParts
from engine.ledger.package.zip_archive import ZipArchive
from engine.ledger.reading.sheet_survey import SheetSurvey, survey

MOST_ROWS, MOST_COLUMNS = 200_000, 702
_STEP = 1 << 20
_FAR = "有单元格远在表格之外。请删除多余的行和列，另存一份再试。"
_UNUSUAL = "不是 Excel 或 WPS 保存的，写法特殊。请用 Excel 打开后另存为 .xlsx 再试。"


@dataclass(frozen=True)
class CheckedWorkbook:
    """An .xlsx of which every sheet has been gone through. Raises UnreadableWorkbook."""

    data: bytes
    parts: WorkbookParts
    sheets: dict[str, SheetSurvey]

    @classmethod
    def of(cls, data: bytes) -> "CheckedWorkbook":
        """Check all of it."""
        parts = WorkbookParts(ZipArchive(data))
        for part in filter(None, (parts.shared_strings, parts.styles)):
            for _ in masked(parts.archive.unpack(part, step=_STEP), part):
                pass
        sheets = {name: _surveyed(parts, name, part) for name, part in parts.worksheets.items()}
        return cls(data, parts, sheets)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The XML of a sheet."""
        return self.parts.archive.unpack(self.parts.worksheets[name], step=_STEP)

    def opened(self) -> CalamineWorkbook:
        """The workbook in calamine."""
        return CalamineWorkbook.from_filelike(BytesIO(self.data))


def _surveyed(parts: WorkbookParts, name: str, part: str) -> SheetSurvey:
    found = survey(parts.archive.unpack(part, step=_STEP), part)
    if not found.is_regular:
        raise UnreadableWorkbook(f"“{name}”{_UNUSUAL}")
    if found.area > MOST_CELLS or found.last_row > MOST_ROWS or found.last_column > MOST_COLUMNS:
        raise UnreadableWorkbook(f"“{name}”{_FAR}")
    return found


def checked_zip(data: bytes) -> ZipArchive:
    """Any other zip file (.ods, .xlsb, .docx), each member gone through. Raises UnreadableWorkbook."""
    archive = ZipArchive(data)
    for name in archive.members:
        for piece in archive.unpack(name, step=_STEP):
            if b"<!DOCTYPE" in piece:
                raise UnreadableWorkbook("文件里含有外部定义（DTD），正常的文件不会有，已停止读取。请核对文件来源。")
    return archive
