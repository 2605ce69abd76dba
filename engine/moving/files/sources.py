"""Old ledgers as they stand on a disk → grids of cells: .xlsx .xlsm .xls .xlsb .ods .csv, and the tables of .docx.

Nothing is ever written here. A file that cannot be read raises, with the remedy in Chinese.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from engine.facts.faults import DubanError
from engine.ledger.file.concurrent_access import reason
from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.reading.sheet_cells import Cell
from engine.moving.files.checked_workbook import MOST_COLUMNS, MOST_ROWS, CheckedWorkbook, checked_zip
from engine.moving.files.colours import row_colours
from engine.moving.files.open_document import ods_merges
from engine.moving.files.word_tables import word_sources
from engine.moving.tables.grid import At, Grid, Span, WordText

LARGEST = 100 << 20
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_MANIFEST = "META-INF/manifest.xml"
_LOCKED = "文件设有打开密码，程序读不了。请用 Excel 打开，在“文件-信息-保护工作簿”中取消密码，另存一份再导入。"
_BROKEN = "文件打不开，可能已损坏，或扩展名与内容不符。请用 Excel 打开后另存为 .xlsx 再导入。"
_LARGE = "文件太大，不像一本台账。请删去图片和多余的工作表，另存一份再导入。"
_FAR = "有单元格远在表格之外（或整列设了格式）。请删除多余的行和列，另存一份再导入。"


class UnreadableSource(DubanError):
    """An old ledger cannot be read; the message names the file and states the remedy."""


def read_source(path: Path) -> tuple[Grid | WordText, ...]:
    """The sheets, or the tables and paragraphs, of one file. Raises UnreadableSource."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = "、".join(sorted(_READERS))
        raise UnreadableSource(f"{path.name}：不能导入这种文件，只能导入 {known}。其他格式请先另存为其中一种。")
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadableSource(f"{path.name}：{_LARGE}")
        return tuple(reader(path.name, path.read_bytes()))
    except OSError as fault:
        raise UnreadableSource(f"{path.name} 打不开：{reason(fault)}") from fault
    except UnreadableWorkbook as fault:
        raise UnreadableSource(f"{path.name}：{fault}") from fault
    except PasswordError as fault:
        raise UnreadableSource(f"{path.name}：{_LOCKED}") from fault
    except CalamineError as fault:
        raise UnreadableSource(f"{path.name}：{_BROKEN}") from fault


def _xlsx(name: str, data: bytes) -> Sequence[Grid]:
    if data.startswith(_OLE):
        return _xls(name, data)  # a .xls by another name, or one with a password
    book = CheckedWorkbook.of(data)
    errors = {
        sheet: {At(row - 1, column): word for (row, column), word in found.errors.items()}
        for sheet, found in book.sheets.items()
    }
    return _sheets(name, data, errors=errors, colours={sheet: row_colours(book, sheet) for sheet in book.sheets})


def _xls(name: str, data: bytes) -> Sequence[Grid]:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise PasswordError
    return _sheets(name, data)


def _zipped(name: str, data: bytes) -> Sequence[Grid]:
    checked_zip(data)
    return _sheets(name, data)


def _ods(name: str, data: bytes) -> Sequence[Grid]:
    archive = checked_zip(data)
    if _MANIFEST in archive.members and b"encryption-data" in archive.read(_MANIFEST):
        raise PasswordError
    return _sheets(name, data, merges=ods_merges(archive))


def _sheets(
    name: str,
    data: bytes,
    *,
    errors: Mapping[str, Mapping[At, str]] | None = None,
    colours: Mapping[str, Mapping[int, str]] | None = None,
    merges: Mapping[str, tuple[Span, ...]] | None = None,
) -> list[Grid]:
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    grids = []
    for meta in book.sheets_metadata:
        if str(meta.typ) != "SheetTypeEnum.WorkSheet":
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.end and (sheet.end[0] >= MOST_ROWS or sheet.end[1] >= MOST_COLUMNS):
            raise UnreadableWorkbook(f"“{meta.name}”{_FAR}")
        rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
        found = (errors or {}).get(meta.name, {})
        for at, word in found.items():
            if at.row < len(rows) and at.column < len(rows[at.row]):
                rows[at.row][at.column] = word  # calamine reads it as empty, which would hide it
        spans = sheet.merged_cell_ranges if merges is None else None
        merged = tuple(Span(*first, *last) for first, last in spans) if spans else (merges or {}).get(meta.name, ())
        known = spans is not None or merges is not None
        hidden = meta.visible != SheetVisibleEnum.Visible
        fills = (colours or {}).get(meta.name, {})
        grids.append(Grid(name, meta.name, _tidied(rows), merged, hidden, known, found, colours=fills))
    return grids


def _tidied(rows: list[list[Any]]) -> list[list[Cell]]:
    """Logical values as words, whole numbers as such: 序号 1.0 is 1."""
    for row in rows:
        for at, value in enumerate(row):
            if isinstance(value, bool):
                row[at] = str(value).upper()
            elif isinstance(value, float) and value.is_integer():
                row[at] = int(value)
    return rows


def _csv(name: str, data: bytes) -> Sequence[Grid]:
    text = _decoded(data)
    rows = list(csv.reader(StringIO(text), _dialect(text)))
    width = max(map(len, rows), default=0)
    if width > MOST_COLUMNS or len(rows) > MOST_ROWS:
        raise UnreadableWorkbook(_FAR)
    cells: list[list[Cell]] = [[*row, *[""] * (width - len(row))] for row in rows]
    return [Grid(name, Path(name).stem, cells, merges_known=False)]


def _dialect(text: str) -> type[csv.Dialect]:
    first = text[:4096]

    class Found(csv.excel):
        delimiter = max((",", "\t", ";"), key=first.count)

    return Found


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableWorkbook("文字编码认不出来。请用 Excel 打开后另存为 .xlsx 再导入。")


_READERS: Mapping[str, Callable[[str, bytes], Sequence[Grid | WordText]]] = {
    ".xlsx": _xlsx,
    ".xlsm": _xlsx,
    ".xls": _xls,
    ".xlsb": _zipped,
    ".ods": _ods,
    ".csv": _csv,
    ".docx": word_sources,
}

SUFFIXES = tuple(_READERS)
"""The endings of the files that can be read."""
