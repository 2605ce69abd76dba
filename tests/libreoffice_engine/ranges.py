"""Range and table over UNO. What the engine does not know raises, as in the other engine."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter

from tests.libreoffice_engine.office import bridge

if TYPE_CHECKING:
    from tests.libreoffice_engine.books import SheetImpl

_TEXT_AND_NUMBERS, _DATES, _FORMULAS = 1 | 2 | 4, 2, 16
_DATE_FORMAT = 2
_EPOCH = datetime(1899, 12, 30)
_MINUTE_FORMAT = "YYYY-MM-DD HH:MM"
_WIDTH = 200


class RangeImpl:
    """A rectangle of cells; rows and columns count from 1."""

    max_cells_per_read = max_cells_per_write = None

    def __init__(self, sheet: "SheetImpl", top: int, left: int, bottom: int, right: int) -> None:
        self.sheet, self.box = sheet, (top, left, bottom, right)
        self.cells = sheet.sheet.getCellRangeByPosition(left - 1, top - 1, right - 1, bottom - 1)
        self.options: dict[str, object] = {}

    @property
    def api(self) -> "RangeApi":
        return RangeApi(self)

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        top, left, bottom, right = self.box
        return self.sheet.name, top, left, bottom - top + 1, right - left + 1

    @property
    def row(self) -> int:
        return self.box[0]

    @property
    def column(self) -> int:
        return self.box[1]

    @property
    def shape(self) -> tuple[int, int]:
        top, left, bottom, right = self.box
        return bottom - top + 1, right - left + 1

    def __call__(self, row: int, column: int) -> "RangeImpl":
        top, left = self.box[0] + row - 1, self.box[1] + column - 1
        return RangeImpl(self.sheet, top, left, top, left)

    def get_address(self, row_absolute: bool, column_absolute: bool, external: bool) -> str:
        top, left, bottom, right = self.box
        mark_row, mark_column = "$" * row_absolute, "$" * column_absolute
        first = f"{mark_column}{get_column_letter(left)}{mark_row}{top}"
        last = f"{mark_column}{get_column_letter(right)}{mark_row}{bottom}"
        address = first if first == last else f"{first}:{last}"
        return f"'[{self.sheet.book.name}]{self.sheet.name}'!{address}" if external else address

    @property
    def address(self) -> str:
        return self.get_address(True, True, False)

    @property
    def merge_cells(self) -> bool | None:
        """False where no cell is merged; LibreOffice does not tell all from some."""
        return None if self.cells.getIsMerged() else False

    @property
    def merge_area(self) -> "RangeImpl":
        cursor = self.sheet.sheet.createCursorByRange(self.cells)
        cursor.collapseToMergedArea()
        area = cursor.getRangeAddress()
        return RangeImpl(self.sheet, area.StartRow + 1, area.StartColumn + 1, area.EndRow + 1, area.EndColumn + 1)

    @property
    def raw_value(self) -> list[list[object]]:
        rows = [[None if value in ("", None) else value for value in row] for row in self.cells.getDataArray()]
        top, left = self.box[:2]
        for row, column in self._date_cells():
            value = rows[row - top][column - left]
            if isinstance(value, float):
                rows[row - top][column - left] = _EPOCH + timedelta(seconds=round(value * 86400))
        return rows

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        if self.sheet.sheet.isProtected():
            raise RuntimeError("the sheet is protected")
        height, width = self.shape
        rows = value if isinstance(value, list | tuple) else [[value] * width] * height
        if len(rows) != height or any(len(row) != width for row in rows):
            raise ValueError("the block does not have the shape of the range")
        self.cells.setFormulaArray(tuple(tuple(_typed(item) for item in row) for row in rows))
        for down, row in enumerate(rows):
            for across, item in enumerate(row):
                if isinstance(item, datetime):
                    self._show_as_time(self.cells.getCellByPosition(across, down))

    def _show_as_time(self, cell: Any) -> None:
        """Excel gives a cell without a date format one when a date is assigned."""
        if not self.sheet.book.document.NumberFormats.getByKey(cell.NumberFormat).Type & _DATE_FORMAT:
            cell.NumberFormat = self._format(_MINUTE_FORMAT)

    def _date_cells(self) -> list[tuple[int, int]]:
        formats = self.sheet.book.document.NumberFormats
        found = _places(self.cells.queryContentCells(_DATES))
        for row, column in _places(self.cells.queryContentCells(_FORMULAS)):
            cell = self.sheet.sheet.getCellByPosition(column - 1, row - 1)
            if formats.getByKey(cell.NumberFormat).Type & _DATE_FORMAT:
                found.append((row, column))
        return found

    @property
    def number_format(self) -> int:
        return int(self.cells.NumberFormat)

    @number_format.setter
    def number_format(self, code: str) -> None:
        self.cells.NumberFormat = self._format(code)

    def _format(self, code: str) -> int:
        formats, locale = self.sheet.book.document.NumberFormats, bridge().createUnoStruct("com.sun.star.lang.Locale")
        key = formats.queryKey(code, locale, False)
        return key if key >= 0 else formats.addNew(code, locale)

    @property
    def formula(self) -> tuple[tuple[object, ...], ...]:
        """As Excel gives it: only a formula begins with ``=``; LibreOffice hands out texts that do so as they are."""
        top, left = self.box[:2]
        formulas = set(_places(self.cells.queryContentCells(_FORMULAS)))
        return tuple(
            tuple(
                f"'{text}" if text.startswith("=") and (top + down, left + across) not in formulas else text
                for across, text in enumerate(row)
            )
            for down, row in enumerate(self.cells.getFormulaArray())
        )

    def clear_contents(self) -> None:
        self.cells.clearContents(_TEXT_AND_NUMBERS | _FORMULAS)

    def delete(self, shift: str | None = None) -> None:
        if shift != "up":
            raise NotImplementedError("deleting other than upwards is not in the test engine")
        up = bridge().Enum("com.sun.star.sheet.CellDeleteMode", "UP")
        self.sheet.sheet.removeRange(self.cells.getRangeAddress(), up)

    def select(self) -> None:
        self.sheet.book.controller.setActiveSheet(self.sheet.sheet)
        self.sheet.book.controller.select(self.cells)


def _typed(value: object) -> str:
    """A value as it is typed into a cell: LibreOffice takes an apostrophe before a text as Excel does."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return repr((value - _EPOCH) / timedelta(days=1))
    return value if isinstance(value, str) else repr(value)


def _places(ranges: Any) -> list[tuple[int, int]]:
    return [
        (row + 1, column + 1)
        for place in ranges.getRangeAddresses()
        for row in range(place.StartRow, place.EndRow + 1)
        for column in range(place.StartColumn, place.EndColumn + 1)
    ]


class RangeApi:
    """A range in Excel's own object model, as far as ``addin/excel.py`` uses it."""

    def __init__(self, owner: RangeImpl) -> None:
        self._owner = owner

    def _has_formula(self) -> bool | None:
        height, width = self._owner.shape
        count = len(_places(self._owner.cells.queryContentCells(_FORMULAS)))
        return None if 0 < count < height * width else count > 0

    def _entire_column(self) -> "ColumnApi":
        return ColumnApi(self._owner)

    HasFormula, EntireColumn = property(_has_formula), property(_entire_column)


class ColumnApi:
    """The columns of a range."""

    def __init__(self, owner: RangeImpl) -> None:
        self._columns = owner.cells.Columns

    def _width(self) -> float:
        return float(self._columns.Width / _WIDTH)

    def _set_width(self, width: float) -> None:
        self._columns.Width = int(width * _WIDTH)

    ColumnWidth = property(_width, _set_width)


class TablesImpl:
    """The database ranges that stand on one sheet: what LibreOffice makes of Excel's tables."""

    def __init__(self, sheet: "SheetImpl") -> None:
        self._sheet = sheet
        self._all = sheet.book.document.DatabaseRanges

    def __call__(self, name: str) -> "TableImpl":
        if not self._all.hasByName(name):
            raise KeyError(name)
        return TableImpl(self._sheet, self._all.getByName(name))

    def __len__(self) -> int:
        own = self._sheet.sheet.RangeAddress.Sheet
        return sum(self._all.getByIndex(n).DataArea.Sheet == own for n in range(self._all.Count))

    def add(self, source: Any = None, name: str | None = None, **options: Any) -> "TableImpl":
        target = source if isinstance(source, RangeImpl) else source.impl
        self._all.addNewByName(name, target.cells.getRangeAddress())
        return self(str(name))


class TableImpl:
    """One database range."""

    def __init__(self, sheet: "SheetImpl", table: Any) -> None:
        self._sheet, self._table = sheet, table

    @property
    def name(self) -> str:
        return str(self._table.Name)

    @property
    def range(self) -> RangeImpl:
        area = self._table.DataArea
        return RangeImpl(self._sheet, area.StartRow + 1, area.StartColumn + 1, area.EndRow + 1, area.EndColumn + 1)

    def resize(self, target: Any) -> None:
        self._table.setDataArea(target.impl.cells.getRangeAddress())
