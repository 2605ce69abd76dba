"""The patch against its peers and its floor, in one run: ``[BENCH_CLOCK=cpu] python -m bench.patch_bench [ROWS]``.

Wall time says what people wait, the processor time of all threads what is left of that on a busy machine.

Peers: openpyxl load and save of the same workbook with the same cells written. Floor: inflate, CRC and deflate of the
same parts, nothing edited. Times are the best of some runs, each in a process of its own; memory is the peak of such a
process over one that only starts the interpreter.
"""

import json
import random
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from engine.ledger.headings.column import Kind
from engine.ledger.headings.columns import MATTERS

Plan = dict[str, list[list[str | float]]]

COLUMNS = 40
CHANGED, APPENDED = 200, 500
RUNS = 15
PARTS = ("xl/worksheets/sheet1.xml", "xl/tables/table1.xml")
WRITTEN = ("light", "overdue_hours")


def make_book(path: Path, rows: int) -> None:
    """A ledger of so many matters: numbers, texts, dates, words from lists."""
    import xlsxwriter

    draw = random.Random(1)
    machine = [column for column in MATTERS.columns if column.field in WRITTEN]
    others = [column for column in MATTERS.columns if column.field not in WRITTEN]
    columns = [*others[: COLUMNS - len(machine)], *machine]
    workbook = xlsxwriter.Workbook(str(path))
    sheet = workbook.add_worksheet(MATTERS.name)
    date = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    wrap = workbook.add_format({"text_wrap": True})
    headings = [{"header": column.heading} for column in columns]
    sheet.add_table(0, 0, rows, COLUMNS - 1, {"name": MATTERS.name, "columns": headings})
    start = datetime(2026, 1, 1)
    for row in range(1, rows + 1):
        for at, column in enumerate(columns):
            if column.field == "number":
                sheet.write(row, at, f"2026-日-{row:05}")
            elif column.kind in (Kind.MOMENT, Kind.DAY):
                sheet.write_datetime(row, at, start + timedelta(minutes=draw.randrange(500_000)), date)
            elif column.kind is Kind.LONG_TEXT:
                sheet.write(row, at, f"督促落实第{draw.randrange(100_000)}项工作，按要求报送进展情况", wrap)
            elif column.kind is Kind.INTEGER:
                sheet.write(row, at, draw.randrange(50))
            elif column.choices:
                sheet.write(row, at, draw.choice(column.choices))
            else:
                sheet.write(row, at, f"单位{draw.randrange(200)}")
    for at in range(20):
        workbook.add_worksheet(f"附表{at}").write(0, 0, at)
    workbook.close()


def edits(path: Path) -> Plan:
    """200 cells all over the sheet, each with the value that it holds, and 500 rows; as JSON."""
    import python_calamine

    cells = python_calamine.load_workbook(str(path)).get_sheet_by_name(MATTERS.name).to_python()
    where = {name: cells[0].index(MATTERS.heading(name)) for name in WRITTEN}
    changes = [
        [row + 1, cells[row][0], name, cells[row][where[name]], new]
        for row in range(1, len(cells), (len(cells) - 1) * len(WRITTEN) // CHANGED)
        for name, new in zip(WRITTEN, ("紫", 4711), strict=True)
    ]
    return {"changes": changes, "rows": [[f"2027-日-{at:05}", f"新增第{at}项", at] for at in range(APPENDED)]}


def child(what: str, book: Path, runs: int) -> tuple[float, float]:
    """Best seconds of some runs, and the peak in MB of the process that made them."""
    command = [sys.executable, "-m", "bench.patch_runs", what, str(book), str(runs)]
    seconds, peak = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return seconds, peak


def bare_interpreter() -> float:
    """The same of an interpreter that has only started."""
    code = "print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])"
    return int(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout) / 1024


def main(rows: int) -> None:
    """Print the table of ratios."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "ledger.xlsx"
        make_book(book, rows)
        book.with_name("edits.json").write_text(json.dumps(edits(book)), "utf-8")
        size = book.stat().st_size
        bare = bare_interpreter()
        # openpyxl takes minutes and gigabytes for more.
        peer, peer_peak = child("openpyxl", book, 1) if rows <= 20_000 else (float("nan"), float("nan"))
        print(f"{rows} rows × {COLUMNS}, {size / 1e6:.1f} MB; {CHANGED} cells, {APPENDED} rows")
        print(f"openpyxl    {peer * 1000:8.0f} ms  peak {peer_peak - bare:5.1f} MB over the interpreter")
        for library in ("zlib", "isal"):
            floor, _ = child(f"floor_{library}", book, RUNS)
            seconds, most = child(library, book, RUNS)
            growth = book.with_name(f"out_{library}.xlsx").stat().st_size / size - 1
            print(
                f"{library:<12}{seconds * 1000:8.0f} ms  peak {most - bare:5.1f} MB  {peer / seconds:5.0f}× openpyxl  "
                f"{seconds / floor:4.2f}× floor ({floor * 1000:.0f} ms)  size {growth:+.1%}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
