"""What the board adds to a pass over an unchanged ledger, against a bare calamine read of the same file.

python -m bench.board_bench [MATTERS ...]
"""

import sys
from collections.abc import Mapping
from datetime import timedelta
from statistics import median
from time import perf_counter

from bench.books import large_ledger
from bench.pass_bench import NOW, SETTING_ROWS, facts
from bench.reading_bench import bare
from engine.board.figures import board
from engine.board.sheets import board_cells, today_cells
from engine.board.waiting import waiting
from engine.facts.change import Value
from engine.ledger.reading.ledger import read_ledger
from engine.papers.board_page import page
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import shipped_policies
from engine.review.burden import burden, obligations_of
from engine.review.cache import ReviewCache
from engine.review.ledger_review import review
from tests.clauses.builders import NothingSent

ROUNDS = 5
SMS = 20_000
"""Obligations sent in the month, two a matter at 10,000 matters."""


def log_rows(matters: int) -> list[Mapping[str, Value]]:
    """A month of 短信记录, as far as the burden reads it."""
    return [
        {
            "at": NOW - timedelta(minutes=at % 4000),
            "state": "已送达",
            "mobile": f"138****{at % 9999:04}",
            "unit": f"市第{at % 300}局",
            "recipient": "王某",
            "kind": "催办",
            "matter": f"2026-日-{at % matters + 1:05}",
            "node": "1天",
            "text": f"{at}",
        }
        for at in range(SMS)
    ]


def main(sizes: list[int]) -> None:
    """A line for each size: ratios to the bare read."""
    for matters in sizes:
        data = large_ledger(matters, reports=0, settings=len(SETTING_ROWS), facts=facts)
        ledger, policies, cache = read_ledger(data), shipped_policies(), ReviewCache()
        reviewed = review(ledger, NothingSent(), policies, NOW, NOW - timedelta(days=3), cache)
        policy = policy_of_ledger(ledger, policies, NOW)
        rows = log_rows(matters)
        floor, figures, counted, sheet = [], [], [], []
        for _ in range(ROUNDS):
            began = perf_counter()
            bare(data)
            read = perf_counter()
            shown = board(ledger, reviewed, policy)
            board_cells(shown)
            today_cells(waiting(ledger, reviewed, policy, []))
            cells = perf_counter()
            asked = burden(ledger, obligations_of(rows), policy, NOW)
            load = perf_counter()
            page(ledger, shown, asked)
            floor.append(read - began)
            figures.append(cells - read)
            counted.append(load - cells)
            sheet.append(perf_counter() - load)
        once = median(floor)
        parts = {"figures and sheets": figures, f"burden of {SMS} SMS": counted, "page": sheet}
        print(f"{matters}: " + ", ".join(f"{what} {median(seconds) / once:.2f}" for what, seconds in parts.items()))


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000])
