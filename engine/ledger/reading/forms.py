"""What stands in the cells of a form (统计看板, 今日待办), by column letter and row."""

from datetime import date, datetime, time

from engine.facts.change import Value
from engine.ledger.package.addresses import column_letters
from engine.ledger.reading.sheet_cells import Cell, SheetCells

FormCells = dict[tuple[str, int], Value]


def form_cells(cells: SheetCells) -> FormCells:
    """Every cell that holds anything."""
    return {
        (column_letters(cells.first_column + across + 1), row): value
        for across, column in enumerate(cells.columns)
        for row, cell in zip(cells.rows, column, strict=True)
        if (value := _value(cell)) is not None
    }


def _value(cell: Cell) -> Value:
    if cell is None or cell == "":
        return None
    if isinstance(cell, (str, int, float, datetime)):
        return cell
    return datetime.combine(cell, time()) if isinstance(cell, date) else str(cell)
