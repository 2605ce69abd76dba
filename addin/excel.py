"""The calls to Excel: blocks in, blocks out, and the few queries that only Excel itself can answer.

The one module that may use ``.api`` (Excel's own object model). Every function here costs a fixed number of round
trips, whatever the number of rows.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import xlwings as xw
from xlwings.main import Sheets

from addin.faults import AddinError
from addin.session_book import Made
from addin.view import Block
from engine.ledger.headings.column import Kind, SheetColumns
from engine.ledger.package.addresses import column_number
from engine.ledger.package.text_folding import key_of
from engine.ledger.reading.formulas import Formula, kind_of_formula


def _refusals() -> tuple[type[Exception], ...]:
    """What Excel's refusals are raised as: COM errors on Windows, and a missing sheet as a missing key elsewhere."""
    try:
        com: type[Exception] = import_module("pywintypes").com_error
    except ImportError:
        return (KeyError,)
    return (KeyError, com, import_module("xlwings._xlwindows").ExcelBusyError)


REFUSALS = _refusals()
BUSY = "Excel 正忙，可能有单元格还在编辑。请按回车或 Esc 结束编辑，再点这个按钮。"
Formulas = Mapping[tuple[int, int], Formula]
"""By row and column, both counted from 1."""
_USUAL_WIDTH = 16
_MOST_MERGED = 20
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")
# What Excel would turn into a number, a date, a formula or a logical value on being assigned.
_EXCEL_WOULD_READ = re.compile(r"[\s]*[0-9０-９=＝+＋\-－@'.(（$￥¥%]|true$|false$|[a-z]{3,9}[ ./-]?\d", re.IGNORECASE)


def calling_book() -> xw.Book:
    """The book from which the button was pressed. Raises AddinError."""
    try:
        return xw.Book.caller()
    except REFUSALS as refusal:
        raise AddinError("找不到按下按钮的台账。请先点一下台账窗口，再点这个按钮。") from refusal


def find_sheet(sheets: Sheets, name: str) -> xw.Sheet | None:
    """The sheet of exactly that name; ``None`` if there is none."""
    try:
        return sheets[name]
    except REFUSALS:
        return None


def sheets_by_key(sheets: Sheets) -> dict[str, xw.Sheet]:
    """Every sheet by its name, stray spaces and width aside: one round trip a sheet."""
    return {key_of(sheet.name): sheet for sheet in sheets}


def read_block(sheet: xw.Sheet, engine: Any) -> Block:
    """All cells from A1 to the last in use, in one round trip. ``engine`` is the book's."""
    raw = sheet.impl.range((1, 1), sheet.impl.used_range).raw_value
    rows = raw if isinstance(raw, list | tuple) else [[raw]]
    if not isinstance(rows[0], list | tuple):
        rows = [rows]
    return Block(1, 1, engine.impl.clean_value_data(rows, datetime, None, None, True))


def read_formulas(sheet: xw.Sheet, block: Block) -> Formulas:
    """The cells of the block that hold formulas, in one round trip; in two where there are any."""
    cells = sheet.range((block.top, block.left), (block.bottom, block.left + len(block.rows[0]) - 1))
    if cells.api.HasFormula is False:  # None: some cells do
        return {}
    formulas = cells.formula
    rows = formulas if isinstance(formulas, list | tuple) else ((formulas,),)
    return {
        (block.top + down, block.left + across): kind_of_formula(text)
        for down, row in enumerate(rows)
        for across, text in enumerate(row)
        if isinstance(text, str) and text.startswith("=")
    }


def merged_blocks(sheet: xw.Sheet, block: Block) -> tuple[str, ...]:
    """The first merged blocks among the cells (``B3:B7``): one round trip where there are none; else one a column and
    some for each block, as many as halving the rows takes.
    """
    left, right = block.left, block.left + len(block.rows[0]) - 1
    if not _holds_merged(sheet, (block.top, left), (block.bottom, right)):
        return ()
    found: dict[str, None] = {}
    for column in range(left, right + 1):
        row = block.top
        while row <= block.bottom and len(found) < _MOST_MERGED:
            if not _holds_merged(sheet, (row, column), (block.bottom, column)):
                break
            low, high = row, block.bottom
            while low < high:
                middle = (low + high) // 2
                if _holds_merged(sheet, (row, column), (middle, column)):
                    high = middle
                else:
                    low = middle + 1
            area = sheet.range((low, column)).merge_area.get_address(False, False)
            found.setdefault(area)
            row = boundaries(area)[3] + 1
    return tuple(found)


def _holds_merged(sheet: xw.Sheet, first: tuple[int, int], last: tuple[int, int]) -> bool:
    """Excel answers False where no cell is merged, None where some are."""
    return sheet.range(first, last).merge_cells is not False


def write_block(sheet: xw.Sheet, engine: Any, top: int, left: int, rows: Sequence[Sequence[object]]) -> None:
    """Write a rectangle in two round trips. A text stays a text, also one that looks like a number or a formula."""
    prepare = engine.impl.prepare_xl_data_element
    values = [[prepare(to_cell(value), {}) for value in row] for row in rows]
    corner = (top + len(rows) - 1, left + len(rows[0]) - 1)
    sheet.range((top, left), corner).raw_value = values


def show_as(sheet: xw.Sheet, first: tuple[int, int], last: tuple[int, int], code: str) -> None:
    """Set the number format of a rectangle, in one round trip."""
    sheet.range(first, last).number_format = code


def to_cell(value: object) -> object:
    """A value in the form that Excel takes: a text that it would read otherwise has an apostrophe in front."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, str):
        text = str(value)
        return f"'{text}" if _EXCEL_WOULD_READ.match(text) else text
    return value


def add_sheet(sheets: Sheets, name: str) -> xw.Sheet:
    """A new last sheet, which Excel brings up: the one before the person's eyes comes back.

    Given the name at once, xlwings would first ask every sheet for its own.
    """
    shown = sheets.active
    sheet = sheets.add(after=sheets[-1])
    sheet.name = name
    bring_up(shown)
    return sheet


def widen(sheet: xw.Sheet, columns: SheetColumns) -> None:
    """Widths of a sheet that the add-in made; times and texts Excel formats by itself."""
    sheet.range((1, 1), (1, len(columns.columns))).api.EntireColumn.ColumnWidth = _USUAL_WIDTH
    for number, column in enumerate(columns.columns, 1):
        if column.kind is Kind.LONG_TEXT:
            sheet.range((1, number)).api.EntireColumn.ColumnWidth = column.width


def boundaries(address: str) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of ``B2:D9``, counted from 1. Raises AddinError for whole columns or rows."""
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise AddinError("选中的是整行或整列。请只选中要办理的那几行里的单元格，再点这个按钮。")
    left, top = column_number(found[1]), int(found[2])
    right, bottom = (column_number(found[3]), int(found[4])) if found[3] else (left, top)
    return left, top, right, bottom


def selected_rows(book: xw.Book, sheet_name: str) -> range:
    """The rows that are selected on the named sheet. Raises AddinError, stating how to select."""
    try:
        selection = book.app.selection
        where = selection.get_address(False, False, external=True) if selection is not None else ""
    except REFUSALS as refusal:
        raise AddinError(f"选中的不是单元格。请在「{sheet_name}」里选中要办理的行，再点这个按钮。") from refusal
    if not where:
        raise AddinError(f"没有选中单元格。请在「{sheet_name}」里选中要办理的行，再点这个按钮。")
    place, _, address = where.rpartition("!")
    on = place.strip("'").rpartition("]")[2].replace("''", "'")
    if key_of(on) != sheet_name:
        raise AddinError(f"选中的单元格在「{on}」。请到「{sheet_name}」里选中要办理的行，再点这个按钮。")
    if "," in where:
        raise AddinError("选中了不相连的几块。请只选中相连的几行，或分几次办理。")
    _, top, _, bottom = boundaries(address)
    return range(top, bottom + 1)


def must_answer(book: xw.Book) -> None:
    """Raises AddinError while Excel is busy: its answer to any other query is then unusable."""
    try:
        if not book.app.api.Ready:
            raise AddinError(BUSY)
    except REFUSALS as refusal:
        raise AddinError(BUSY) from refusal


def must_be_writable(book: xw.Book) -> None:
    """Raises AddinError where nothing can be written to the book now."""
    try:
        api = book.api
        if api.ReadOnly:
            raise AddinError("台账是以只读方式打开的，可能有同事正在编辑。请等对方关闭后重新打开，再点这个按钮。")
        if api.MultiUserEditing:
            raise AddinError("台账处于“共享工作簿”模式。请在“审阅”中取消共享，保存后再点这个按钮。")
    except REFUSALS as refusal:
        raise AddinError(BUSY) from refusal
    must_answer(book)


def check_writable(sheet: xw.Sheet, name: str) -> None:
    """Raises AddinError where the sheet is protected (which can hang Excel) or filtered (rows out of sight)."""
    if sheet.api.ProtectContents:
        raise AddinError(f"工作表「{name}」受保护，无法写入。请在“审阅”中撤消工作表保护，再点这个按钮。")
    if sheet.api.FilterMode:
        raise AddinError(f"工作表「{name}」正在筛选，有的行看不见。请在“数据”中清除筛选，再点这个按钮。")


def save(book: xw.Book) -> None:
    """Save the book where it stands. Raises AddinError where Excel cannot."""
    try:
        book.api.Save()
    except REFUSALS as refusal:
        raise AddinError("已写入台账，但没有存上盘。请检查网络和权限后，自己保存一次。") from refusal


def lent(book: xw.Book, work: Callable[[Path], Made]) -> Made:
    """Save and close the book, let ``work`` have the file, and open it again, whatever became of it."""
    path, books = Path(book.fullname), book.app.books
    save(book)
    try:
        book.api.Close(False)  # saved just now: Excel must not ask
    except REFUSALS as refusal:
        raise AddinError(BUSY) from refusal
    try:
        return work(path)
    finally:
        books.open(str(path))


def bring_up(sheet: xw.Sheet) -> None:
    """Show this sheet."""
    sheet.api.Activate()


def go_to(sheet: xw.Sheet, row: int) -> None:
    """Show this row of the sheet, selected."""
    bring_up(sheet)
    sheet.range((row, 1)).select()
