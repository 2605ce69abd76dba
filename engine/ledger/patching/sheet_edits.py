"""The cells and rows to be written into one sheet, gathered and turned into edits of its part."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from engine.facts.change import Value
from engine.ledger.patching.addresses import column_letters, parse_range
from engine.ledger.patching.cell_guard import CellGuard
from engine.ledger.patching.cell_writing import cell_bytes, new_row, row_edits
from engine.ledger.patching.refusals import ValueRefusedError
from engine.ledger.patching.row_grammar import Row
from engine.ledger.patching.sheet_view import SheetView
from engine.ledger.patching.small_xml import tag_end, with_attribute
from engine.ledger.patching.splice import Edit

_ROW, _CELL = b"\0", b"\1"
"""Stand for the row's number and for a cell with a value in cells made once for many rows."""

Styles = Mapping[int, bytes | None]
"""Column → index of the style as the part writes it."""


class SheetEdits:
    """Gathers what is to be written, cell by cell."""

    def __init__(self, view: SheetView) -> None:
        self._view = view
        self.guard = CellGuard(view)
        self._prefix = view.frame.grammar.prefix
        self._existing: dict[int, Row] = {}
        self._cells: dict[int, dict[int, bytes]] = {}
        self._inserted: dict[int, list[bytes]] = {}
        self._rows: list[tuple[int, int, int]] = []
        self._shape: tuple[Styles, tuple[int, ...]] = ({}, ())
        self._template = b""

    def written(self, row: int, column: int) -> bool:
        """Whether the cell has been given a value already."""
        return column in self._cells.get(row, {})

    def cell(self, row: Row, column: int, value: Value) -> bytes:
        """A cell of an existing row with this value, in its own style. Raises ValueRefusedError."""
        return self._cell(row.number, column, self.style(row, column), value)

    def put(self, row: Row, column: int, written: bytes) -> None:
        """Write one cell of an existing row, which the guard has let pass."""
        self._existing[row.number] = row
        self._cells.setdefault(row.number, {})[column] = written

    def fill(self, row: Row, values: Mapping[int, Value], styles: Styles) -> Styles:
        """Write a blank row: every cell keeps its own style, a missing one takes that of ``styles``. Returns the
        styles of the row as it is then. Raises CellRefusedError.
        """
        shown = {column: self.style(row, column) if row.cell(column) else styles[column] for column in values}
        for column, value in values.items():
            if value is not None or (row.cell(column) is None and shown[column] is not None):
                self.guard.check(row.number, row, column)
                self.put(row, column, self._cell(row.number, column, shown[column], value))
        return shown

    def insert(self, number: int, values: Mapping[int, Value], styles: Styles, like: Row | None, at: int) -> None:
        """Write a row that does not exist, at offset ``at``: cells in ``styles``, height as ``like``. Raises
        CellRefusedError.
        """
        self.guard.check_row(number, values)
        valued = tuple(column for column, value in values.items() if value is not None)
        if (styles, valued) != self._shape:
            self._shape, self._template = (styles, valued), self._blank_runs(styles, valued)
        runs = self._template.replace(_ROW, b"%d" % number).split(_CELL)
        cells = (self._cell(number, column, styles[column], values[column]) for column in valued)
        content = runs[0] + b"".join(cell + run for cell, run in zip(cells, runs[1:], strict=True))
        self._rows.append((number, min(values), max(values)))
        self._inserted.setdefault(at, []).append(new_row(self._prefix, number, like, content))

    def _blank_runs(self, styles: Styles, valued: Collection[int]) -> bytes:
        """The cells of a new row, made once for many: blank ones in their style, and marks where a value comes."""
        cells = []
        for column, style in styles.items():
            if column in valued:
                cells.append(_CELL)
            elif style is not None:
                address = column_letters(column).encode() + _ROW
                cells.append(b'<%bc r="%b" s="%b"/>' % (self._prefix, address, style))
        return b"".join(cells)

    def style(self, row: Row | None, column: int) -> bytes | None:
        """The style of a cell: its own, else its row's, else its column's, as Excel has it."""
        if row:
            cell = row.cell(column)
            if cell:
                return cell.attributes.get(b"s")
            if row.attributes.get(b"customFormat") in (b"1", b"true") and b"s" in row.attributes:
                return row.attributes[b"s"]
        for element in self._view.frame.head:
            attributes = element.attributes
            if element.name == "col" and int(attributes["min"]) <= column <= int(attributes["max"]):
                style = attributes.get("style")
                return style.encode() if style else None
        return None

    def edits(self) -> list[Edit]:
        """All edits, in the order of the part."""
        found = [Edit(at, at, b"".join(rows)) for at, rows in self._inserted.items()]
        for number, row in self._existing.items():
            found += row_edits(row, self._cells[number])
        return self._dimension() + sorted(found, key=lambda edit: edit.start) if found else []

    def _cell(self, number: int, column: int, style: bytes | None, value: Value) -> bytes:
        try:
            return cell_bytes(self._prefix, number, column, style, value, self._view.book.date1904)
        except ValueRefusedError as refusal:
            refusal.part, refusal.cell = self._view.part, self.guard.address(number, column)
            raise

    def _dimension(self) -> list[Edit]:
        """``dimension`` reaching to every cell written, where the part has one."""
        frame, part = self._view.frame, self._view.part
        element = next((e for e in frame.head if e.name == "dimension" and "ref" in e.attributes), None)
        if element is None:
            return []
        area = parse_range(element.attributes["ref"], part)
        wider = area
        changed = [(number, min(cells), max(cells)) for number, cells in self._cells.items()]
        for number, first, last in (*changed, *self._rows):
            wider = wider.with_cell(number, first).with_cell(number, last)
        if wider == area:
            return []
        end = tag_end(frame.start, element.start, part)
        tag = frame.start[element.start : end]
        return [Edit(element.start, end, with_attribute(tag, replace(element, start=0), "ref", str(wider), part))]
