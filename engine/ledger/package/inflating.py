"""Unpacking deflated bytes, by whichever library is fastest, never more at a time than ``step``."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Protocol

from engine.ledger.package.faults import MEND, DamagedError


def _fastest() -> ModuleType:
    try:
        return import_module("isal.isal_zlib")
    except ImportError:  # no wheel for this machine: zlib does the same, slower
        return zlib


fastest = _fastest()
crc32: Callable[[bytes, int], int] = fastest.crc32


class _Inflater(Protocol):
    eof: bool
    unconsumed_tail: bytes
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def inflate(packed: Iterable[bytes], step: int, part: str) -> Iterator[bytes]:
    """Unpack a raw deflate stream, at most ``step`` bytes at a time, so that a bomb cannot fill the memory."""
    inflater: _Inflater = fastest.decompressobj(-15)
    try:
        for piece in packed:
            rest = piece
            while rest and not inflater.eof:
                found = inflater.decompress(rest, step)
                rest = inflater.unconsumed_tail
                if found:
                    yield found
            while not inflater.eof and (found := inflater.decompress(b"", step)):
                yield found
    except (zlib.error, fastest.error) as error:
        raise DamagedError(f"文件内容已损坏。{MEND}", part) from error
    if not inflater.eof:
        raise DamagedError(f"文件内容已损坏。{MEND}", part)
