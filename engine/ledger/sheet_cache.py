"""Sheets that have not changed are not parsed again, not even after a restart.

A sheet is kept column by column, each as its different values (JSON) and an index per row: quick to unpack, and unlike
pickle it can do no harm whoever wrote it.
"""

import json
import zlib
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import Any

from engine.ledger.cell_scan import Formula
from engine.ledger.container import Container
from engine.ledger.package import Package, SheetPart, TableSpan
from engine.ledger.sheet_cells import Cell, SheetCells

_VERSION = b"duban-sheet-1\n"


def fingerprint(container: Container, package: Package, sheet: SheetPart) -> str:
    """Stands for everything that a sheet's cells depend on, from the CRCs in the zip's directory alone."""
    names = (sheet.part, *package.shared, *(table.part for table in sheet.tables))
    crcs = [(container.parts[name].crc, container.parts[name].size) for name in names]
    digest = blake2b(repr((sheet.name, package.date1904, crcs)).encode(), digest_size=16)
    return digest.hexdigest()


@dataclass(frozen=True)
class SheetCache:
    """Where unchanged sheets come from. ``get`` and ``put`` store bytes under a fingerprint; the caller decides
    where, and forgets old ones.
    """

    get: Callable[[str], bytes | None]
    put: Callable[[str, bytes], None]

    def load(self, mark: str, name: str, table: TableSpan | None) -> SheetCells | None:
        """The cells stored under this fingerprint; ``None`` where there are none or they cannot be unpacked."""
        stored = self.get(mark)
        if stored is None or not stored.startswith(_VERSION):
            return None
        try:
            return _unpack(zlib.decompress(stored[len(_VERSION) :]), name, table)
        except (zlib.error, ValueError, KeyError, IndexError, TypeError):
            return None

    def store(self, mark: str, cells: SheetCells) -> None:
        """Keep these cells under this fingerprint."""
        self.put(mark, _VERSION + zlib.compress(_pack(cells), 1))


def _pack(cells: SheetCells) -> bytes:
    blocks = []
    columns = []
    for column in cells.columns:
        values, index = _indexed(column)
        blocks.append(index.tobytes())
        columns.append([[_plain(value) for value in values], index.typecode])
    head: dict[str, Any] = {
        "rows": list(cells.rows),
        "columns": columns,
        "first_column": cells.first_column,
        "formulas": [[row, column, kind.value] for (row, column), kind in cells.formulas.items()],
        "date1904": cells.date1904,
    }
    packed = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    return b"%d\n" % len(packed) + packed + b"".join(blocks)


def _indexed(column: Sequence[Cell]) -> tuple[list[Cell], "array[int]"]:
    """The different values, and which of them each row holds. No two of Excel's types have equal values, for logical
    values are words by now; int and float may be equal and mean the same.
    """
    places: dict[Cell, int] = {}
    index = [places.setdefault(value, len(places)) for value in column]
    return list(places), array("H" if len(places) < 1 << 16 else "L", index)


def _unpack(packed: bytes, name: str, table: TableSpan | None) -> SheetCells:
    length, _, rest = packed.partition(b"\n")
    head = json.loads(rest[: int(length)])
    at = int(length)
    rows: list[int] = head["rows"]
    columns: list[list[Cell]] = []
    for plain, typecode in head["columns"]:
        values = [_cell(value) for value in plain]
        index = array(typecode)
        end = at + len(rows) * index.itemsize
        index.frombytes(rest[at:end])
        at = end
        columns.append(list(map(values.__getitem__, index)))
    formulas = {(row, column): Formula(kind) for row, column, kind in head["formulas"]}
    return SheetCells(name, rows, columns, head["first_column"], formulas, table, head["date1904"])


def _plain(value: Cell) -> object:
    match value:
        case datetime():
            return ["m", value.isoformat()]
        case date():
            return ["d", value.isoformat()]
        case time():
            return ["t", value.isoformat()]
        case timedelta():
            return ["s", value.total_seconds()]
    return value


def _cell(plain: Any) -> Cell:
    if not isinstance(plain, list):
        return plain  # type: ignore[no-any-return]
    kind, value = plain
    match kind:
        case "m":
            return datetime.fromisoformat(value)
        case "d":
            return date.fromisoformat(value)
        case "t":
            return time.fromisoformat(value)
    return timedelta(seconds=value)
