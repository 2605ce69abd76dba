"""Reading against its floor, a bare python-calamine read of the same bytes. Only ratios carry over between machines.

python -m bench.reading_bench [MATTERS ...]
"""

import os
import sys
from collections.abc import Callable
from functools import partial
from io import BytesIO
from time import perf_counter, process_time

from python_calamine import CalamineWorkbook

from bench.books import large_ledger
from engine.ledger.reading.cells import Parse, read_cells, read_known
from engine.ledger.reading.ledger import FACT_SHEETS, read_ledger
from engine.ledger.reading.sheet_cache import SheetCache
from engine.service.parsing.process import ParsingProcess

ROUNDS = 5


def bare(data: bytes) -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


def measure(data: bytes) -> dict[str, float]:
    """The best of some rounds, taken in turns so that a busy machine strikes all alike."""
    store: dict[str, bytes] = {}
    storing = partial(read_known, cache=SheetCache.within({}))
    knowing = partial(read_known, cache=SheetCache.within(store))
    read_ledger(data, cells_of=knowing)
    runs: dict[str, Callable[[], object]] = {
        "bare calamine": lambda: bare(data),
        "read_cells": lambda: read_cells(data, FACT_SHEETS),
        "read_ledger": lambda: read_ledger(data),
        "read_ledger, storing all sheets": lambda: read_ledger(data, cells_of=storing),
        "read_ledger, no sheet changed": lambda: read_ledger(data, cells_of=knowing),
    }
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(ROUNDS):
        for name, run in runs.items():
            begin = perf_counter()
            run()
            best[name] = min(best[name], perf_counter() - begin)
    return best


def in_another_process(data: bytes) -> float:
    """The processor time of two processes over that of one: every sheet parsed anew and stored."""

    def read(parse: Parse | None) -> None:
        read_ledger(data, cells_of=partial(read_known, cache=SheetCache.within({}), elsewhere=parse))

    def spent(readings: int) -> float:
        before = sum(os.times()[:4])
        with ParsingProcess() as parser:
            for _ in range(readings):
                read(parser)
        return sum(os.times()[:4]) - before

    here = process_time()
    read(None)
    here = process_time() - here
    return (spent(1 + ROUNDS) - spent(1)) / ROUNDS / here  # without the start of the process


def main() -> None:
    for matters in [int(word) for word in sys.argv[1:]] or [10_000]:
        best = measure(large_ledger(matters))
        floor = best["bare calamine"]
        print(f"{matters} matters")
        for name, seconds in best.items():
            print(f"  {name:34}{seconds:8.3f} s {seconds / floor:6.2f}x {seconds / matters * 1e6:8.1f} us a matter")
        print(f"  parsed in another process, processor time: {in_another_process(large_ledger(matters)):.2f}x")


if __name__ == "__main__":
    main()
