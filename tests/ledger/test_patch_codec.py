"""Deflating in several threads: the same bytes as in one, and no fault that nobody hears of."""

import random
import threading
import zlib
from collections.abc import Sequence
from typing import Literal

import pytest

from engine.ledger.patching.codec import PIECE, Codec, deflate

DRAW = random.Random(7)
TEXT = " ".join(f"第{DRAW.randrange(9000)}项" for _ in range(300_000)).encode()


@pytest.mark.parametrize("library", ["zlib", "isal"])
@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1, len(TEXT)])
def test_the_bytes_do_not_depend_on_the_number_of_threads(library: Literal["zlib", "isal"], size: int) -> None:
    chunks = [TEXT[at : at + 50_000] for at in range(0, size, 50_000)]
    one, two, three = (b"".join(deflate(iter(chunks), Codec(library, 2, threads))) for threads in (1, 2, 3))
    assert one == two == three
    assert zlib.decompress(one, -15) == b"".join(chunks)


class Failing(Codec):
    """Deflates everything but the end."""

    def deflate(self, data: Sequence[bytes], before: bytes, last: bool) -> bytes:
        if last:
            raise MemoryError("the last piece")
        return super().deflate(data, before, last)


@pytest.mark.parametrize("threads", [1, 2])
def test_what_a_thread_raises_is_raised_to_whoever_waits(threads: int) -> None:
    stream = deflate([TEXT[: 2 * PIECE], TEXT[: 2 * PIECE], TEXT[:10]], Failing("zlib", 1, threads))
    with pytest.raises(MemoryError, match="the last piece"):
        b"".join(stream)


def test_no_thread_outlives_a_stream_that_is_given_up() -> None:
    before = threading.active_count()
    stream = deflate([TEXT[:PIECE]] * 9, Codec("zlib", 1, 2))
    next(stream)
    assert threading.active_count() > before
    stream.close()
    assert threading.active_count() == before


def test_a_piece_copies_from_all_that_is_in_reach() -> None:
    block = DRAW.randbytes(30_000)
    chunks = [block[at : at + 1000] for _ in range(30) for at in range(0, len(block), 1000)]
    packed = b"".join(deflate(chunks, Codec("zlib", 6, 2)))
    assert len(packed) < 1.3 * len(block)
