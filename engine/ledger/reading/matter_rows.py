"""督办台账 as Matters, with what the write-back must know about rows that have no number or a doubled one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeVar

from engine.facts.change import Value
from engine.facts.finding import Finding, Place, error
from engine.facts.matter import Flags, Matter, Stamps
from engine.ledger.headings.column import Column, Kind, Owner
from engine.ledger.package.row_hash import row_hash
from engine.ledger.reading.conversion import Conversion
from engine.ledger.reading.known_rows import KnownRows
from engine.ledger.reading.names import UnitMatcher
from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.sheet_table import SheetTable

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Fact = TypeVar("Fact", bound="DataclassInstance")
DAYS_FROM_1900_TO_1904 = 1462
_NESTED = {"shown": Flags, "stamps": Stamps}


@dataclass
class MatterRows:
    """``matters`` holds one row a number (the first); ``doubles`` every row of each number that stands twice."""

    matters: tuple[Matter, ...]
    findings: list[Finding]
    doubles: dict[str, tuple[Matter, ...]] = field(default_factory=dict)
    row_hashes: dict[int, str] = field(default_factory=dict)
    unread: dict[tuple[int, str], Value] = field(default_factory=dict)

    def assigned_at(self) -> dict[str, datetime]:
        """交办时间 by number, to place a date without a year."""
        return {matter.number: matter.assigned_at for matter in self.matters if matter.assigned_at}


def read_matters(table: SheetTable, matcher: UnitMatcher, known: KnownRows | None = None) -> MatterRows:
    """All rows of 督办台账. Rows without a number are kept, each with the hash of what people typed into it.

    ``known`` from the last reading spares the rows that have not changed.
    """
    reading = (KnownRows() if known is None else known).read(table, matcher)
    fresh = reading.fresh
    conversion = Conversion(fresh, matcher)
    nested: dict[str, list[Any]] = {
        name: facts_of(kind, conversion.values, len(conversion)) for name, kind in _NESTED.items()
    }
    understood = facts_of(Matter, conversion.values | nested, len(conversion), table.sheet.key, fresh.rows)
    everything = reading.all_matters(understood, conversion.findings)
    matters, doubles, findings = _single(everything)
    return MatterRows(
        tuple(matters),
        [*conversion.findings, *findings],
        doubles,
        _row_hashes(table, everything),
        conversion.unread,
    )


def facts_of(
    kind: type[Fact], columns: Mapping[str, Sequence[Any]], count: int, sheet: str = "", rows: Sequence[int] = ()
) -> list[Fact]:
    """One fact a row, from columns named like the fact's fields; a column that is not there leaves the default."""
    arguments: list[Any] = []
    for member in fields(kind):
        if member.name == "place":
            arguments.append([Place(sheet, row) for row in rows])
        else:
            arguments.append(columns[member.name] if member.name in columns else repeat(member.default, count))
    return list(map(kind, *arguments))


def _single(everything: list[Matter]) -> tuple[list[Matter], dict[str, tuple[Matter, ...]], list[Finding]]:
    first: dict[str, Matter] = {}
    doubles: dict[str, tuple[Matter, ...]] = {}
    kept: list[Matter] = []
    findings: list[Finding] = []
    for matter in everything:
        earlier = first.setdefault(matter.number, matter) if matter.number else matter
        if earlier is matter:
            kept.append(matter)
            continue
        doubles[matter.number] = (*doubles.get(matter.number, (earlier,)), matter)
        findings.append(
            error(
                matter.place.at("number"),
                "number_doubled",
                "",
                f"事项编号 {matter.number} 与第{earlier.place.row}行重复。",
                "请核对哪一行是原来的事项，把另一行的编号清空后重新立项。",
                matter.number,
            )
        )
    return kept, doubles, findings


def _row_hashes(table: SheetTable, matters: list[Matter]) -> dict[int, str]:
    staff = [column for column in table.sheet.columns if column.owner is Owner.STAFF and column.field in table.columns]
    hashes = {}
    for index, matter in enumerate(matters):
        if not matter.number:
            cells = {column.heading: _cell_of_1900(table, column, index) for column in staff}
            hashes[table.rows[index]] = row_hash(cells)
    return hashes


def _cell_of_1900(table: SheetTable, column: Column, index: int) -> Cell:
    """``row_hash`` wants days of the 1900 system; a plain number in a date column counts in the workbook's own."""
    value = table.columns[column.field][index]
    if table.date1904 and column.kind in (Kind.DAY, Kind.MOMENT) and isinstance(value, (int, float)):
        return value + DAYS_FROM_1900_TO_1904
    return value
