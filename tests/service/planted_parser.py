"""A process that parses, and does what a workbook's marks tell it to: the entry of a ``ParsingProcess`` in tests."""

import ctypes
import os
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

from engine.ledger.headings.column import SheetColumns
from engine.ledger.reading.cells import _LazyBook, packed_cells
from engine.service.parsing import child
from engine.service.parsing.memory import watch_memory

ENTRY = __name__


def planted(data: bytes, fault: str) -> bytes:
    """The workbook with a mark of a fault: ``abort``, ``eat``, ``hang``, ``trust`` or ``trip``."""
    stream = BytesIO(data)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(f"planted/{fault}", b"")
    return stream.getvalue()


def main(memory: int, seconds: float) -> None:
    child.main(memory, seconds, parse)


def parse(data: bytes, wanted: Sequence[SheetColumns]) -> Mapping[str, bytes]:
    """As told; else as usual."""
    if b"planted/abort" in data:
        os.abort()
    if b"planted/eat" in data:
        held = []
        while True:
            held.append(bytes(1 << 20))
    if b"planted/hang" in data:
        ctypes.PyDLL(None).sleep(1000)  # as a library that lets no other thread run
    if b"planted/trip" in data:
        raise ZeroDivisionError("a mistake of ours, 13812345678")
    if b"planted/watch" in data:
        watch_memory(1 << 20)
        held = bytearray(16 << 20)  # within what the system allows: the watch alone sees it
        ctypes.CDLL(None).sleep(1000)
    if b"planted/trust" in data:  # without the guard: the library is given whatever there is
        _LazyBook._is_safe = lambda *_: True
    return packed_cells(data, wanted)
