"""The protocol between two processes: a line of JSON, then the blocks of bytes that it announces.

Nothing that is received can do harm, whatever a workbook did to the parser: it is unpacked, never executed.
"""

import json
from collections.abc import Mapping, Sequence
from typing import IO, Any

Frame = tuple[dict[str, Any], list[bytes]]


def send(stream: IO[bytes], head: Mapping[str, Any], blocks: Sequence[bytes] = ()) -> None:
    """Write one frame. Raises OSError where the other side is gone."""
    stream.write(json.dumps({**head, "blocks": [len(block) for block in blocks]}).encode() + b"\n")
    for block in blocks:
        stream.write(block)
    stream.flush()


def receive(stream: IO[bytes]) -> Frame | None:
    """Wait for one frame; ``None`` where the other side has ended, be it in the middle of one."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    head = json.loads(line)
    sizes: list[int] = head["blocks"]
    blocks = [stream.read(size) for size in sizes]
    return (head, blocks) if [len(block) for block in blocks] == sizes else None
