"""The memory of ``simulate`` by the span that is simulated: beyond the ledger it must not grow with the span.

    python -m bench.simulate_bench [MATTERS]

The ledger is that of ``pass_bench``. The peak is that of Python's own objects while the messages are made and let go.
"""

import sys
import tracemalloc
from collections import deque
from datetime import timedelta
from time import perf_counter

from bench.books import large_ledger
from bench.pass_bench import NOW, SETTING_ROWS, facts
from engine.ledger.reading.ledger import read_ledger
from engine.policy.loading import shipped_policies
from engine.review.simulate import simulate

SPANS = {"a week": 7, "a month": 31, "a year": 366}


def main(matters: int) -> None:
    ledger = read_ledger(large_ledger(matters, reports=0, settings=len(SETTING_ROWS), facts=facts))
    policies = shipped_policies()
    begin = NOW - timedelta(days=1)
    print(f"{matters} matters")
    for name, days in SPANS.items():
        deque(simulate(ledger, policies, begin, begin), maxlen=0)  # what is made once is not counted
        tracemalloc.start()
        since = perf_counter()
        count = sum(1 for _ in simulate(ledger, policies, begin, begin + timedelta(days=days)))
        seconds, (_, peak) = perf_counter() - since, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        print(f"  {name:8}{count:9} SMS {peak / 2**20:8.1f} MB at most, {seconds:6.1f} s (traced)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
