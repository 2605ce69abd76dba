"""Deflating by either library, in two threads where the part is large. Output does not depend on the thread count."""

import os
import zlib
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, starmap
from queue import SimpleQueue
from threading import Thread
from typing import Literal, Protocol

from engine.ledger.package.inflating import fastest

PIECE = 1 << 18
"""Bytes deflated at a time: large enough to lose nothing by the cut, small enough for flat memory."""
_WINDOW = 1 << 15
_Piece = tuple[list[bytes], bytes, bool]
"""Bytes, the bytes in front of them, and whether they are the last."""


class _Deflater(Protocol):
    def compress(self, data: bytes) -> bytes: ...

    def flush(self, mode: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Codec:
    """Which library deflates, and how hard: zlib 1 to 9, isal 0 to 3. ``threads`` of 1 deflates in the caller's."""

    library: Literal["zlib", "isal"] = "zlib"
    level: int = 6
    threads: int = 2

    def __post_init__(self) -> None:
        top = 3 if self.library == "isal" else 9
        if not 0 <= self.level <= top or self.threads < 1:
            raise ValueError(f"{self.library}: level 0 to {top}, at least one thread")

    @property
    def usable_threads(self) -> int:
        """No more than the machine has processors."""
        return min(self.threads, os.cpu_count() or 1)

    def deflate(self, data: Sequence[bytes], before: bytes, last: bool) -> bytes:
        """One piece of a raw deflate stream; ``before`` are the bytes in front of it, from which it may copy."""
        deflater = self._deflater(before)
        return deflater.compress(b"".join(data)) + deflater.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)

    def _deflater(self, before: bytes) -> _Deflater:
        window = before[-_WINDOW:]
        if self.library == "isal" and fastest is not zlib:
            deflater: _Deflater = fastest.compressobj(self.level, zlib.DEFLATED, -15, 5, 0, window)
            return deflater
        level = self.level if self.library == "zlib" else 6
        return zlib.compressobj(level, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY, window)


def deflate(chunks: Iterable[bytes], codec: Codec) -> Generator[bytes, None, None]:
    """Deflate a stream piece by piece. Each piece may copy from the one before, so cutting costs almost nothing."""
    threads = codec.usable_threads
    pieces = _with_history(_regroup(chunks))
    first = next(pieces)
    if threads == 1 or first[-1]:
        yield from starmap(codec.deflate, chain((first,), pieces))
        return
    # Bare queues: what a pool of executors adds to each piece is a tenth of the time that isal takes.
    jobs: SimpleQueue[_Job | None] = SimpleQueue()
    workers = [Thread(target=_work, args=(jobs, codec)) for _ in range(threads)]
    waiting: deque[_Job] = deque()
    for worker in workers:
        worker.start()
    try:
        for piece in chain((first,), pieces):
            waiting.append(_Job(piece))
            jobs.put(waiting[-1])
            if len(waiting) > threads + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for _ in workers:
            jobs.put(None)
        for worker in workers:
            worker.join()


class _Job:
    """One piece on its way through another thread."""

    def __init__(self, piece: _Piece) -> None:
        self.piece = piece
        self.done: SimpleQueue[bytes | BaseException] = SimpleQueue()

    def result(self) -> bytes:
        """The deflated piece, as soon as it is there; raises what the other thread raised."""
        found = self.done.get()
        if isinstance(found, BaseException):
            raise found
        return found


def _work(jobs: "SimpleQueue[_Job | None]", codec: Codec) -> None:
    for job in iter(jobs.get, None):
        try:
            job.done.put(codec.deflate(*job.piece))
        except BaseException as error:  # whatever it is, it is raised in the thread that waits
            job.done.put(error)


def _regroup(chunks: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The same bytes in pieces of about PIECE."""
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= PIECE:
            yield held
            held, size = [], 0
    yield held


def _with_history(pieces: Iterable[list[bytes]]) -> Iterator[_Piece]:
    """Each piece with the window before it, and whether it is the last."""
    window = b""
    current: list[bytes] | None = None
    for piece in pieces:
        if current is not None:
            yield current, window, False
            window = _window([window, *current])
        current = piece
    yield current or [], window, True


def _window(chunks: Sequence[bytes]) -> bytes:
    """The last bytes, as far back as deflate copies."""
    window = b""
    for chunk in reversed(chunks):
        if len(window) >= _WINDOW:
            break
        window = chunk[-_WINDOW:] + window
    return window[-_WINDOW:]
