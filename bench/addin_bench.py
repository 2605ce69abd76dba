"""What a click costs before it reaches Excel, and 校验 in the open book against ``check`` on the file.

    python -m bench.addin_bench [--rows 10000]

Prints both ratios with their limits. Excel itself is not here: the open book is the test engine over openpyxl, so the
second ratio holds the add-in's own work (taking the blocks in, the same check, writing the findings).
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook

from addin.actions.checking import check_ledger
from addin.live_book import LiveBook
from addin.session import Session
from engine.ledger.reading.ledger import read_ledger
from engine.policy.loading import shipped_policies
from engine.review.check import check
from tests.addin.pressing import SAMPLE, Clerk
from tests.xlwings_engine import opened

IMPORT_LIMIT, CHECK_LIMIT = 1.3, 2.0
FIRST_CALL = "addin.macros, addin.excel"
NOW = datetime(2026, 11, 22, 20, 0)


def importing(module: str) -> float:
    """Seconds of a processor that a fresh interpreter takes to import ``module``: others at work do not count."""
    code = f"import time; t = time.process_time(); import {module}; print(time.process_time() - t)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(answer.stdout)


def import_ratio(runs: int = 9) -> float:
    """What is imported before Excel is first asked, over xlwings alone: medians, taken in turns."""
    pairs = [(importing("xlwings"), importing(FIRST_CALL)) for _ in range(runs)]
    plain, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"import xlwings {plain:.3f} s, {FIRST_CALL} {ours:.3f} s")
    return ours / plain


def ledger_of(rows: int, path: Path) -> None:
    """The sample's first numbered matter, ``rows`` times under numbers of its own."""
    workbook = load_workbook(SAMPLE)
    sheet = workbook["督办台账"]
    first = [cell.value for cell in sheet[2]]
    sheet.delete_rows(2, sheet.max_row)
    for number in range(1, rows + 1):
        sheet.append([f"2026-重-{number:05d}", *first[1:]])
    sheet.tables["督办台账"].ref = f"A1:{sheet.cell(1, sheet.max_column).column_letter}{rows + 1}"
    workbook.save(path)


def timed(action: Callable[[], object], runs: int = 3) -> float:
    """The best of several runs, in seconds."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - start)
    return best


def check_ratio(rows: int) -> float:
    """校验 in the open book over reading the file and ``check``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "台账.xlsx"
        ledger_of(rows, path)
        book = opened(path)
        policies = shipped_policies()
        in_book = timed(lambda: check_ledger(Session(LiveBook(book), NOW, Clerk())))
        in_file = timed(lambda: check(read_ledger(path.read_bytes()), policies, NOW))
    print(f"{rows} rows: 校验 {in_book:.2f} s, check {in_file:.2f} s")
    return in_book / in_file


def main() -> int:
    """Measure, print, and fail past a limit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000)
    imported, checked = import_ratio(), check_ratio(parser.parse_args().rows)
    print(f"import ratio {imported:.2f} (limit {IMPORT_LIMIT}), check ratio {checked:.2f} (limit {CHECK_LIMIT})")
    return int(imported > IMPORT_LIMIT or checked > CHECK_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
