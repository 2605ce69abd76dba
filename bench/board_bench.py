"""What the board adds to a pass over an unchanged ledger, against a bare calamine read of the same file.

python -m bench.board_bench [MATTERS ...]
"""

import sys
from datetime import timedelta
from statistics import median
from time import perf_counter

from bench.books import large_ledger
from bench.pass_bench import NOW, SETTING_ROWS, facts
from bench.reading_bench import bare
from engine.board.figures import board
from engine.board.sheets import board_cells, today_cells
from engine.board.waiting import waiting
from engine.ledger.reading.ledger import read_ledger
from engine.papers.board_page import page
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import shipped_policies
from engine.review.burden import burden
from engine.review.cache import ReviewCache
from engine.review.ledger_review import review
from tests.clauses.builders import NothingSent

ROUNDS = 5


def main(sizes: list[int]) -> None:
    """A line for each size: ratios to the bare read."""
    for matters in sizes:
        data = large_ledger(matters, reports=0, settings=len(SETTING_ROWS), facts=facts)
        ledger, policies, cache = read_ledger(data), shipped_policies(), ReviewCache()
        reviewed = review(ledger, NothingSent(), policies, NOW, NOW - timedelta(days=3), cache)
        policy = policy_of_ledger(ledger, policies, NOW)
        floor, figures, sheet = [], [], []
        for _ in range(ROUNDS):
            began = perf_counter()
            bare(data)
            read = perf_counter()
            shown = board(ledger, reviewed, policy)
            board_cells(shown)
            today_cells(waiting(ledger, reviewed, policy, []))
            cells = perf_counter()
            page(ledger, shown, burden(ledger, (), policy, NOW))
            floor.append(read - began)
            figures.append(cells - read)
            sheet.append(perf_counter() - cells)
        once = median(floor)
        print(f"{matters}: figures and sheets {median(figures) / once:.2f}, page {median(sheet) / once:.2f}")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000])
