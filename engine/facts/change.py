"""Changes to the workbook: cells by key, rows to append. One port, two adapters (file, open book)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.facts.finding import Place

Value = str | int | float | bool | datetime | date | None


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: applied only where the cell still holds ``old``.

    The row is found by ``matter`` (事项编号); a row without a number by ``place.row`` and ``row_hash`` (see
    ``Ledger.row_hashes``), within one reading of the file. ``field`` is the identifier of the column.
    """

    place: Place
    matter: str
    field: str
    old: Value
    new: Value
    clauses: tuple[str, ...] = ()
    row_hash: str = ""


def inverse(change: Change) -> Change:
    """The change that undoes this one; a row without a number is found by the same fingerprint."""
    return Change(change.place, change.matter, change.field, change.new, change.old, row_hash=change.row_hash)


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to append to a sheet's table; ``key_field`` makes appending twice harmless (短信编号)."""

    sheet: str
    values: Mapping[str, Value]
    key_field: str = ""
