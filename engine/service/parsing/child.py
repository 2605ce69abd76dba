"""The process that parses: it answers one request after the other until its input ends."""

import faulthandler
import os
import sys
import traceback
from contextlib import closing, suppress
from typing import Any

from engine.ledger.headings.columns import BY_KEY
from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.reading.cells import Parse, packed_cells
from engine.service.parsing.frames import receive, send
from engine.service.parsing.memory import limit_memory


def main(memory: int, seconds: float, parse: Parse = packed_cells) -> None:
    """Answer what comes on stdin, with ``memory`` bytes at the most and ``seconds`` for one request."""
    answers, silence = os.fdopen(os.dup(1), "wb"), os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)  # what a library prints is no answer
    limit_memory(memory)
    with closing(answers), suppress(BrokenPipeError):
        send(answers, {})
        while request := receive(sys.stdin.buffer):
            faulthandler.dump_traceback_later(seconds, exit=True, file=silence)  # however busy a library is
            head, blocks = _answer(parse, *request)
            send(answers, head, blocks)
            faulthandler.cancel_dump_traceback_later()


def _answer(parse: Parse, head: dict[str, Any], blocks: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    try:
        found = parse(blocks[0], [BY_KEY[key] for key in head["sheets"]])
    except UnreadableWorkbook as fault:
        return {"refused": [type(fault).__name__, fault.sentence, fault.part, fault.cell]}, []
    except MemoryError:
        return {"hungry": True}, []
    except Exception:  # a mistake of ours, for the log of the calling process
        return {"internal": traceback.format_exc()}, []
    return {"sheets": [*found]}, [*found.values()]
