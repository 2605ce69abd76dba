"""Moving in: 5,000 rows read, reviewed and written, against a bare read of the file plus the lossless write.

``python -m bench.moving_bench [ROWS]``: processor time of each step, the best of three, and the ratio.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from engine.facts.change import NewRow
from engine.ledger.patching.patch import patch_into
from engine.ledger.reading.ledger import read_ledger
from engine.moving.dictionaries.loading import shipped_dictionaries
from engine.moving.files.review_book import review_bytes
from engine.moving.files.review_reading import read_review
from engine.moving.files.sources import read_source
from engine.moving.proposals.propose import Scheme, propose
from engine.policy.loading import shipped_policies
from engine.service.import_plan import ImportWrites, plan_import
from engine.service.moving_in import log_rows, target_of
from tests.moving.office import ledger_bytes
from tests.moving.old_books import OldSheet, old_book

NOW = datetime(2026, 6, 10, 9)
UNITS = ("市教育局", "市住建局", "市发改委", "市工信局", "市水利局", "市民政局")
DUE = ("12月底前", "6月30日前", "长期", "第三季度")
ROUNDS = 3


def best(work: Callable[[], object]) -> float:
    """Seconds of processor time of the fastest of some rounds: other programs on the machine do not count."""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def main() -> None:
    """Measure and print."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    head = ("序号", "重点任务", "牵头单位", "配合单位", "完成时限", "进展情况", "备注")
    lines = [
        (at, f"第{at}项任务：按期完成并报送进展", UNITS[at % 6], "市财政局", DUE[at % 4], "按计划推进", None)
        for at in range(1, rows + 1)
    ]
    with tempfile.TemporaryDirectory() as scratch:
        old = old_book(Path(scratch) / "旧台账.xlsx", OldSheet("2026年", [head, *lines]))
        data = ledger_bytes()
        ledger = read_ledger(data)
        bare = best(lambda: CalamineWorkbook.from_path(str(old)).get_sheet_by_index(0).to_python())
        found = propose(read_source(old), ledger, shipped_dictionaries(), Scheme(2026))
        review = review_bytes(found, ledger)
        book = load_workbook(BytesIO(review))
        book.save(Path(scratch) / "核对.xlsx")  # as a person leaves it: saved by a program
        decided = (Path(scratch) / "核对.xlsx").read_bytes()

        def plan() -> tuple[ImportWrites, list[NewRow]]:
            """As the command does between the review and the write."""
            planned = plan_import(target_of(data), ledger, read_review(decided), shipped_policies(), NOW)
            return planned, [*planned.rows, *log_rows(data, planned, NOW)]

        planned, added = plan()
        write = best(lambda: patch_into(data, BytesIO(), planned.changes, added))
        steps = {
            "read and propose": best(lambda: propose(read_source(old), ledger, shipped_dictionaries(), Scheme(2026))),
            "make the review": best(lambda: review_bytes(found, ledger)),
            "read it back, decide, plan": best(plan),
            "write": write,
        }
    floor = bare + write
    print(f"{rows} rows: bare read {bare:.2f} s, lossless write {write:.2f} s, floor {floor:.2f} s")
    for name, seconds in steps.items():
        print(f"  {name}: {seconds:.2f} s")
    print(f"ratio of all steps to the floor: {sum(steps.values()) / floor:.1f}")


if __name__ == "__main__":
    main()
