"""Spans of a stream replaced while it flows past."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple


class Edit(NamedTuple):
    """The bytes from ``start`` to ``end`` become ``new``; an insertion where both are one."""

    start: int
    end: int
    new: bytes


def splice(chunks: Iterable[bytes], edits: Sequence[Edit]) -> Iterator[bytes]:
    """The stream with all edits made. Edits are in the order of the stream and do not overlap; several insertions at
    one place keep their order.

    Raises ValueError for edits out of order or past the end: better no file than a wrong one.
    """
    if any(later.start < earlier.end for earlier, later in pairwise(edits)):
        raise ValueError("edits overlap")
    waiting = iter(edits)
    edit = next(waiting, None)
    begin = 0
    for chunk in chunks:
        end = begin + len(chunk)
        at = begin
        while edit and edit.start < end:
            if edit.start >= begin:
                yield chunk[at - begin : edit.start - begin]
                yield edit.new
            at = min(edit.end, end)
            if edit.end > end:
                break
            edit = next(waiting, None)
        if at < end:
            yield chunk[at - begin :] if at > begin else chunk
        begin = end
    while edit and edit.start == begin:
        yield edit.new
        edit = next(waiting, None)
    if edit:
        raise ValueError("edit past the end")
