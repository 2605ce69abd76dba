"""Sheets that have not changed are not parsed again, not even after a restart.

A sheet is kept column by column, each as its different values (JSON) and an index per row: quick to unpack, and unlike
pickle it runs no code, whoever wrote it.
"""

import json
import zlib
from array import array
from collections.abc import Callable, Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import Any

from engine.ledger.package.tables import WorkbookTable
from engine.ledger.package.workbook_parts import WorkbookParts
from engine.ledger.reading.formulas import Formula
from engine.ledger.reading.sheet_cells import Cell, SheetCells

_VERSION = b"duban-sheet-3\n"


def fingerprint(parts: WorkbookParts, name: str, part: str, table: WorkbookTable | None) -> str:
    """Stands for everything that a sheet's cells depend on, from the CRCs in the zip's directory alone."""
    names = (part, parts.shared_strings, parts.styles, table.part if table else None)
    members = [parts.archive.members[named] for named in names if named]
    crcs = [(member.crc, member.size) for member in members]
    digest = blake2b(repr((name, parts.date1904, crcs)).encode(), digest_size=16)
    return digest.hexdigest()


@dataclass(frozen=True)
class SheetCache:
    """The store of unchanged sheets. ``get`` returns the packed cells that are stored under these fingerprints, by
    fingerprint, ``put`` stores some under one; the caller decides where, and forgets old ones.
    """

    get: Callable[[Collection[str]], Mapping[str, bytes]]
    put: Callable[[str, bytes], None]

    @classmethod
    def within(cls, memory: MutableMapping[str, bytes]) -> "SheetCache":
        """In the memory of this process."""
        return cls(lambda marks: {mark: memory[mark] for mark in marks if mark in memory}, memory.__setitem__)


def packed(cells: SheetCells) -> bytes:
    """The cells of a sheet as bytes, to be stored or sent to another process."""
    return _VERSION + zlib.compress(_pack(cells), 1)


def unpacked(stored: bytes, name: str, table: WorkbookTable | None) -> SheetCells | None:
    """The cells of the sheet of this name; ``None`` where the bytes are not whole, or of another version."""
    if not stored.startswith(_VERSION):
        return None
    try:
        return _unpack(zlib.decompress(stored[len(_VERSION) :]), name, table)
    except (zlib.error, ValueError, KeyError, IndexError, TypeError):
        return None


def _pack(cells: SheetCells) -> bytes:
    blocks = []
    columns = []
    for column in cells.columns:
        groups, index = _grouped(column)
        blocks.append(index.tobytes())
        columns.append([groups, index.typecode])
    head = {
        "rows": list(cells.rows),
        "columns": columns,
        "first_column": cells.first_column,
        "formulas": [[row, column, kind.value] for (row, column), kind in cells.formulas.items()],
        "date1904": cells.date1904,
        "merged": list(cells.merged),
    }
    packed = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return b"%d\n" % len(packed) + packed + b"".join(blocks)


def _unpack(packed: bytes, name: str, table: WorkbookTable | None) -> SheetCells:
    length, _, rest = packed.partition(b"\n")
    at = int(length)
    head = json.loads(rest[:at].decode("utf-8", "surrogatepass"))
    rows: list[int] = head["rows"]
    columns: list[list[Cell]] = []
    for groups, typecode in head["columns"]:
        values = [value for word, group in groups for value in _READERS[word](group)]
        index = array(typecode)
        end = at + len(rows) * index.itemsize
        index.frombytes(rest[at:end])
        at = end
        columns.append(list(map(values.__getitem__, index)))
    formulas = {(row, column): Formula(kind) for row, column, kind in head["formulas"]}
    return SheetCells(
        name, rows, columns, head["first_column"], formulas, table, head["date1904"], tuple(head["merged"])
    )


def _grouped(column: Sequence[Cell]) -> tuple[list[list[Any]], "array[int]"]:
    """The different values by type, and which of them each row holds.

    No two of Excel's types have equal values, for logical values are words by now; int and float may be equal and
    mean the same.
    """
    groups: dict[type, list[Cell]] = {}
    for value in dict.fromkeys(column):
        groups.setdefault(type(value), []).append(value)
    places = {value: place for place, value in enumerate(value for group in groups.values() for value in group)}
    index = array("H" if len(places) < 1 << 16 else "I", map(places.__getitem__, column))
    return [[_WORDS[kind], _WRITERS[_WORDS[kind]](group)] for kind, group in groups.items()], index


def _same(group: list[Any]) -> list[Any]:
    return group


_WORDS: dict[type, str] = {str: "x", int: "x", float: "x", type(None): "x"} | {
    datetime: "moment",
    date: "day",
    time: "clock",
    timedelta: "span",
}
_WRITERS: dict[str, Callable[[list[Any]], list[Any]]] = {
    "x": _same,
    "moment": lambda group: list(map(datetime.isoformat, group)),
    "day": lambda group: list(map(date.isoformat, group)),
    "clock": lambda group: list(map(time.isoformat, group)),
    "span": lambda group: [value.total_seconds() for value in group],
}
_READERS: dict[str, Callable[[list[Any]], list[Any]]] = {
    "x": _same,
    "moment": lambda group: list(map(datetime.fromisoformat, group)),
    "day": lambda group: list(map(date.fromisoformat, group)),
    "clock": lambda group: list(map(time.fromisoformat, group)),
    "span": lambda group: [timedelta(seconds=value) for value in group],
}
