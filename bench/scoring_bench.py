"""Scoring a year against reading it. Only ratios carry over between machines: at most 2x of the read is the aim.

python -m bench.scoring_bench [MATTERS]
"""

import sys
from collections.abc import Callable
from datetime import datetime
from time import perf_counter

from bench.books import large_ledger
from engine.facts.points import Quarter
from engine.ledger.reading.ledger import read_ledger
from engine.policy.loading import shipped_policies
from engine.scores.scorebook import of_unit, scorebook
from engine.scores.scoring import quarter_scores

NOW = datetime(2027, 1, 5, 9, 0)
ROUNDS = 3


def score(data: bytes) -> tuple[float, float, float]:
    """Seconds to read, to score all, to explain one unit: the best of some rounds, taken in turns."""
    ledger, policies = read_ledger(data), shipped_policies()
    unit = ledger.matters[0].lead_unit

    def whole() -> None:
        book = scorebook(ledger, policies, NOW, {})
        account = book.account
        quarter_scores(book.entries, account, Quarter(2026, 1))

    runs: tuple[Callable[[], object], ...] = (
        lambda: read_ledger(data),
        whole,
        lambda: of_unit(ledger, unit, policies, NOW, {}).of(Quarter(2026, 1)),
    )
    best = [float("inf")] * len(runs)
    for _ in range(ROUNDS):
        for index, run in enumerate(runs):
            begin = perf_counter()
            run()
            best[index] = min(best[index], perf_counter() - begin)
    return best[0], best[1], best[2]


def main() -> None:
    matters = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    reading, scoring, explaining = score(large_ledger(matters, reports=matters))
    print(f"{matters} matters, {matters} reports")
    for name, seconds in (("read", reading), ("score", scoring), ("explain a unit", explaining)):
        print(f"  {name:16}{seconds:8.3f} s {seconds / reading:6.2f}x")


if __name__ == "__main__":
    main()
