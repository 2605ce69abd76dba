"""Moving in 300 matters as the handbook says it: seconds of each command, from its start to its end, and what is left
for a person to decide. ``python -m bench.moving_day``.

An automated clerk takes everything as proposed: how long a person takes to read and to decide is not measured.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from openpyxl import load_workbook

from engine.ledger.reading.ledger import read_ledger
from tests.moving.largest import MATTERS, largest_ledger
from tests.moving.office import UNITS, fill_in, ledger_bytes, with_common

COMMON = {
    "版块": "重点工作任务",
    "立项主体": "督查室",
    "任务来源": "政府工作报告",
    "交办时间": "2026-01-05",
    "立项审批人": "张某",
    "审批人职务": "分管副市长",
    "立项审批时间": "2026-01-05",
}


def directory() -> list[dict[str, str]]:
    """单位通讯录 as the office has filled it in before."""
    people = {"head": "王某", "head_mobile": "13800000001", "contact": "李某", "contact_mobile": "13800000002"}
    offices = [("督查室", "", "科室"), *UNITS]
    return [{"name": name, "aliases": also, "category": sort, "active": "是", **people} for name, also, sort in offices]


def timed(*words: str | Path) -> float:
    """Seconds of one command, the start of the program included. Raises CalledProcessError."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "engine.cli", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        raise SystemExit(done.stderr)
    return time.perf_counter() - start


def open_cells(review: Path) -> dict[str, int]:
    """How many cells wait for a person, by sheet."""
    found = {}
    for sheet in load_workbook(review):
        headings = [cell.value for cell in sheet[1]]
        if "处理" in headings:
            at = headings.index("处理")
            rows = sheet.iter_rows(min_row=2, values_only=True)
            found[sheet.title] = sum(1 for row in rows if any(row) and row[at] is None)
    return found


def main() -> None:
    """Run and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        book, old = folder / "台账.xlsx", largest_ledger(folder)
        book.write_bytes(ledger_bytes(units=directory()))
        review, at = folder / "导入核对.xlsx", ("--at", "2026-06-10T09:00")
        steps = {"读成核对表": timed("import", old, "--into", book, *at)}
        waiting = open_cells(review)
        fill_in(review, with_common(COMMON))
        steps["写进台账"] = timed("import", "--apply", review, "--into", book, *at)
        steps["校验"] = timed("check", book, *at)
        steps["编号盖时限"] = timed("stamp", book, *at)
        stamped = sum(one.initiated_at is not None for one in read_ledger(book.read_bytes()).matters)
        print(f"{MATTERS} matters, {stamped} of them with their deadlines")
        for name, seconds in steps.items():
            print(f"{name}: {seconds:.1f} s")
        print(f"together: {sum(steps.values()):.1f} s; to be decided: {waiting}; 统一填写: {len(COMMON)} cells")


if __name__ == "__main__":
    main()
