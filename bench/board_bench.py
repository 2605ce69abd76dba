"""What the board adds to a pass over an unchanged ledger, against a bare calamine read of the same file.

python -m bench.board_bench [MATTERS ...]
"""

import sys
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import insert

from bench.books import large_ledger
from bench.pass_bench import NOW, SETTING_ROWS, facts
from bench.reading_bench import bare
from engine.board.figures import board
from engine.board.sheets import board_cells, today_cells
from engine.board.waiting import waiting
from engine.ledger.reading.ledger import read_ledger, without_collections
from engine.papers.board_page import page
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import shipped_policies
from engine.review.cache import ReviewCache
from engine.review.ledger_review import review
from engine.service.burden import burden_of_journal
from engine.service.remembered import KnownCount
from sms.outbox import Outbox
from sms.store.model import State
from sms.store.tables import MESSAGES, OBLIGATIONS
from tests.clauses.builders import NothingSent

ROUNDS = 5
SMS = 20_000
"""Obligations sent in the month, two a matter at 10,000 matters."""


def fill(outbox: Outbox, ledger: str, matters: int) -> None:
    """A month of SMS to two persons of each of 300 units, as far as the burden reads it."""
    messages, obligations = [], []
    for at in range(SMS):
        moment, person = NOW - timedelta(minutes=at % 4000), at % 600
        common = {"ledger": ledger, "at": moment, "unit": f"市第{person % 300}局", "kind": "催办"}
        told = {"id": f"{at}", "name": f"王{person}", "mobile": f"+86138{person:08}", "text": f"第{at}条"}
        messages.append({**common, **told, "state": State.DELIVERED, "accepted_at": moment, "changed_at": moment})
        about = {"matter": f"2026-日-{at % matters + 1:05}", "duty": "1天", "slot": f"{at}", "due": moment}
        kept = {"number": f"S{at}", "message_id": f"{at}", "recorded_at": moment, "counts_as_urging": True}
        obligations.append({**common, **about, **kept})
    with outbox.store.write() as connection:
        connection.execute(insert(MESSAGES), messages)
        connection.execute(insert(OBLIGATIONS), obligations)


def main(sizes: list[int]) -> None:
    """A line for each size: ratios to the bare read."""
    for matters in sizes:
        with TemporaryDirectory() as folder:
            outbox = Outbox(Path(folder) / "duban.sqlite")
            with without_collections():  # as in a pass
                measure(matters, outbox)
            outbox.close()


def measure(matters: int, outbox: Outbox) -> None:
    """Print the line of one size."""
    data = large_ledger(matters, reports=0, settings=len(SETTING_ROWS), facts=facts)
    ledger, policies, cache = read_ledger(data), shipped_policies(), ReviewCache()
    reviewed = review(ledger, NothingSent(), policies, NOW, NOW - timedelta(days=3), cache)
    policy = policy_of_ledger(ledger, policies, NOW)
    fill(outbox, ledger.settings.ledger_id, matters)
    floor, figures, counted, again, sheet = [], [], [], [], []
    for _ in range(ROUNDS):
        began = perf_counter()
        bare(data)
        read = perf_counter()
        shown = board(ledger, reviewed, policy)
        board_cells(shown)
        today_cells(waiting(ledger, reviewed, policy, []))
        cells = perf_counter()
        asked = burden_of_journal(outbox, ledger, policies, NOW, known := KnownCount())
        first = perf_counter()
        burden_of_journal(outbox, ledger, policies, NOW, known)
        load = perf_counter()
        page(ledger, shown, asked)
        floor.append(read - began)
        figures.append(cells - read)
        counted.append(first - cells)
        again.append(load - first)
        sheet.append(perf_counter() - load)
    once = median(floor)
    burden = {f"burden of {asked.messages} SMS": counted, "burden where none was sent since": again}
    parts = {"figures and sheets": figures, **burden, "page": sheet}
    print(f"{matters}: " + ", ".join(f"{what} {median(seconds) / once:.2f}" for what, seconds in parts.items()))


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000])
