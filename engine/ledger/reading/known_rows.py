"""Rows of 督办台账 that have not changed since the last reading are not parsed again."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from engine.facts.finding import Finding
from engine.facts.matter import Matter
from engine.ledger.reading.names import UnitMatcher
from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.sheet_table import SheetTable

Cells = tuple[Cell, ...]


class KnownRows:
    """The rows as they were last read, by their place: a row whose cells have not changed gives the same Matter.

    Only numbered rows without a formula and without a finding. All are forgotten when the columns, the epoch or the
    names of the units change.
    """

    def __init__(self) -> None:
        self._mark: tuple[object, ...] = ()
        self._rows: dict[int, tuple[Cells, Matter]] = {}

    def read(self, table: SheetTable, matcher: UnitMatcher) -> "RowReading":
        """The rows of ``table``, each with its Matter where that is known."""
        mark = (tuple(table.columns), table.date1904, matcher.known, table.own_words)
        if mark != self._mark:
            self._mark, self._rows = mark, {}
        cells: list[Cells] = list(zip(*table.columns.values(), strict=True))
        formulas = {row for row, _ in table.formulas}
        matters: list[Matter | None] = []
        for row, values in zip(table.rows, cells, strict=True):
            known = self._rows.get(row)
            matters.append(known[1] if known and known[0] == values and row not in formulas else None)
        return RowReading(self, table, cells, matters, formulas)

    def remember(self, rows: dict[int, tuple[Cells, Matter]]) -> None:
        """Know these rows from now on, and no others."""
        self._rows = rows


class RowReading:
    """One reading of the sheet. ``fresh`` is the table with only those rows that must be understood anew."""

    def __init__(
        self,
        known: KnownRows,
        table: SheetTable,
        cells: Sequence[Cells],
        matters: list[Matter | None],
        formulas: set[int],
    ) -> None:
        self._known, self._table, self._cells, self._matters, self._formulas = known, table, cells, matters, formulas
        self._places = [at for at, matter in enumerate(matters) if matter is None]
        self.fresh = table
        if len(self._places) < len(matters):
            columns: dict[str, Sequence[Cell]] = {
                name: [column[at] for at in self._places] for name, column in table.columns.items()
            }
            self.fresh = replace(table, rows=[table.rows[at] for at in self._places], columns=columns)

    def all_matters(self, understood: Sequence[Matter], findings: Iterable[Finding]) -> list[Matter]:
        """Every row's Matter in the order of the sheet; what can be known again is kept for the next reading."""
        for at, matter in zip(self._places, understood, strict=True):
            self._matters[at] = matter
        everything = [matter for matter in self._matters if matter]
        excluded = self._formulas | {finding.place.row for finding in findings if finding.place.row}
        rows = zip(self._table.rows, self._cells, everything, strict=True)
        self._known.remember(
            {row: (values, matter) for row, values, matter in rows if matter.number and row not in excluded}
        )
        return everything
