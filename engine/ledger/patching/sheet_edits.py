"""The cells and rows to be written into one sheet, gathered and turned into edits of its part."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from engine.facts.change import Value
from engine.ledger.package.addresses import parse_range
from engine.ledger.package.row_grammar import SheetRow
from engine.ledger.package.small_xml import tag_end, with_attribute
from engine.ledger.patching.cell_guard import CellGuard
from engine.ledger.patching.cell_writing import cell_bytes, cell_rest, cell_start, fitted, new_row, row_edits
from engine.ledger.patching.refusals import ValueRefusedError
from engine.ledger.patching.sheet_view import SheetView
from engine.ledger.patching.splice import Edit

_ROW, _VALUE = b"\0", b"\1"
"""Stand for the row's number and for a cell's value in a row made once for many."""

Styles = Mapping[int, bytes | None]
"""Column → index of the style as the part writes it."""


class SheetEdits:
    """Gathers what is to be written, cell by cell."""

    def __init__(self, view: SheetView) -> None:
        self._view = view
        self.guard = CellGuard(view)
        self._prefix = view.frame.grammar.prefix
        self._existing: dict[int, SheetRow] = {}
        self._cells: dict[int, dict[int, bytes]] = {}
        self._inserted: dict[int, list[bytes]] = {}
        self._rows: set[int] = set()
        self._least: dict[int, float] = {}
        self._shape: tuple[Styles, tuple[int, ...], SheetRow | None] | None = None
        self._template = b""

    def check_value(self, number: int, column: int, value: Value) -> None:
        """Raises ValueRefusedError where no cell can hold the value."""
        self._cell(number, column, None, value)

    def put(self, row: SheetRow, column: int, value: Value) -> None:
        """Write one cell of an existing row, which the guard has let pass. Raises ValueRefusedError."""
        self._put(row, column, self._formatted(column, self.style(row, column)), value)

    def _put(self, row: SheetRow, column: int, style: bytes | None, value: Value) -> None:
        self._existing[row.number] = row
        self._cells.setdefault(row.number, {})[column] = self._cell(row.number, column, style, value)

    def make_room(self, number: int, points: float) -> None:
        """Let a row be at least so high, unless a person has set its height; before it is written, if it is new."""
        self._least[number] = max(points, self._least.get(number, 0.0))

    def fill(self, row: SheetRow, values: Mapping[int, Value], styles: Styles) -> Styles:
        """Write a blank row: every cell keeps its own style, a missing one takes that of ``styles``. Returns the
        styles of the row as it is then. Raises CellRefusedError.
        """
        shown = {column: self.style(row, column) if row.cell(column) else style for column, style in styles.items()}
        for column, style in shown.items():
            value = values.get(column)
            if value is not None or (row.cell(column) is None and style is not None):
                self.guard.check(row.number, row, column)
                self._put(row, column, style if value is None else self._formatted(column, style), value)
        return shown

    def insert(self, number: int, values: Mapping[int, Value], styles: Styles, like: SheetRow | None, at: int) -> None:
        """Write a row that does not exist, at offset ``at``: cells in ``styles``, height as ``like``. Raises
        CellRefusedError.
        """
        self.guard.check_row(number, styles)
        valued = tuple(column for column in sorted(values) if values[column] is not None)
        if (styles, valued, like) != self._shape:
            self._shape, self._template = (styles, valued, like), self._blank_row(styles, valued, like)
        written, *rest = self._template.replace(_ROW, b"%d" % number).split(_VALUE)
        for column, run in zip(valued, rest, strict=True):
            try:
                written += cell_rest(self._prefix, values[column], self._view.book.date1904) + run
            except ValueRefusedError as refusal:
                raise self._placed(refusal, number, column) from refusal
        self._rows.add(number)
        self._inserted.setdefault(at, []).append(fitted(written, self._least.get(number, 0.0)))

    def _blank_row(self, styles: Styles, valued: Collection[int], like: SheetRow | None) -> bytes:
        """A new row, made once for many: blank cells in their style, and marks where a number or value comes."""
        cells = []
        for column, style in styles.items():
            if column in valued:
                cells.append(cell_start(self._prefix, _ROW, column, self._formatted(column, style)) + _VALUE)
            elif style is not None:
                cells.append(cell_start(self._prefix, _ROW, column, style) + b"/>")
        return new_row(self._prefix, _ROW, like, b"".join(cells))

    def style(self, row: SheetRow | None, column: int) -> bytes | None:
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

    def _formatted(self, column: int, style: bytes | None) -> bytes | None:
        """The style in which a cell of the column is written: a 机 cell has its own number format."""
        code = self._view.machine_formats.get(column)
        return self._view.book.formats.showing(style, code) if code else style

    def edits(self) -> list[Edit]:
        """All edits, in the order of the part."""
        found = [Edit(at, at, b"".join(rows)) for at, rows in self._inserted.items()]
        for number, row in self._existing.items():
            found += row_edits(row, self._cells[number], least=self._least.get(number, 0.0))
        return self._dimension() + sorted(found, key=lambda edit: edit.start) if found else []

    def _cell(self, number: int, column: int, style: bytes | None, value: Value) -> bytes:
        try:
            return cell_bytes(self._prefix, number, column, style, value, self._view.book.date1904)
        except ValueRefusedError as refusal:
            raise self._placed(refusal, number, column) from refusal

    def _placed(self, refusal: ValueRefusedError, number: int, column: int) -> ValueRefusedError:
        return ValueRefusedError(refusal.sentence, self._view.part, self.guard.address(number, column))

    def _dimension(self) -> list[Edit]:
        """``dimension`` reaching to every cell written, where the part has one."""
        frame, part = self._view.frame, self._view.part
        element = next((e for e in frame.head if e.name == "dimension" and "ref" in e.attributes), None)
        if element is None:
            return []
        area = parse_range(element.attributes["ref"], part)
        rows = self._cells.keys() | self._rows
        columns = {column for cells in self._cells.values() for column in cells}
        columns |= {*self._view.table.span} if self._rows else set()
        wider = area.with_cell(min(rows), min(columns)).with_cell(max(rows), max(columns))
        if wider == area:
            return []
        end = tag_end(frame.start, element.start, part)
        tag = frame.start[element.start : end]
        return [Edit(element.start, end, with_attribute(tag, replace(element, start=0), "ref", str(wider), part))]
