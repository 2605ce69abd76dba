"""One measurement in a process of its own, with nothing loaded that it does not need: see ``bench.patch_bench``."""

import json
import os
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

from engine.facts.change import Change, NewRow
from engine.facts.finding import Place
from engine.ledger.headings.columns import MATTERS

Plan = dict[str, list[list[str | float]]]
PARTS = ("xl/worksheets/sheet1.xml", "xl/tables/table1.xml")


def clock() -> float:
    """Wall time, or processor time if BENCH_CLOCK=cpu."""
    return time.process_time() if os.environ.get("BENCH_CLOCK") == "cpu" else time.perf_counter()


def run_patch(book: Path, plan: Plan, library: str, level: int) -> float:
    """Seconds of one patch into a file, file opening and closing included."""
    from engine.ledger.patching.patch import Codec, PatchOptions, patch_into

    changes = [
        Change(Place("matters", int(row)), str(number), str(name), old, new)
        for row, number, name, old, new in plan["changes"]
    ]
    fields = ("number", "content", "overdue_hours")
    rows = [NewRow("matters", dict(zip(fields, values, strict=True)), "number") for values in plan["rows"]]
    codec = Codec("isal", level) if library == "isal" else Codec("zlib", level)
    written = book.with_name(f"out_{library}.xlsx")
    written.unlink(missing_ok=True)  # to empty the last one would take its time
    start = clock()
    with book.open("rb") as source, written.open("x+b") as target:
        report = patch_into(source, target, changes, rows, PatchOptions(codec))
    seconds = clock() - start
    assert (len(report.applied), report.appended) == (len(changes), len(rows)), report.dropped[:1]
    return seconds


def run_floor(book: Path, library: str, level: int) -> float:
    """Seconds of inflate, CRC and deflate of the parts that a patch writes, in one thread."""
    from isal import isal_zlib

    packed = _packed(book)
    module = isal_zlib if library == "isal" else zlib
    start = clock()
    for data in packed:
        inflater, deflater = module.decompressobj(-15), module.compressobj(level, zlib.DEFLATED, -15)
        crc = 0
        for at in range(0, len(data), 1 << 16):
            plain = inflater.decompress(data[at : at + (1 << 16)])
            crc = module.crc32(plain, crc)
            deflater.compress(plain)
        deflater.flush()
    return clock() - start


def run_openpyxl(book: Path, plan: Plan) -> float:
    """Seconds of load, write and save."""
    import openpyxl

    start = clock()
    workbook = openpyxl.load_workbook(book)
    sheet = workbook[MATTERS.name]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for row, _, name, _, new in plan["changes"]:
        sheet.cell(int(row), columns[MATTERS.heading(str(name))]).value = new
    for values in plan["rows"]:
        sheet.append(values)
    workbook.save(book.with_name("out_openpyxl.xlsx"))
    return clock() - start


def _packed(book: Path) -> list[bytes]:
    import zipfile
    from io import BytesIO

    raw = book.read_bytes()
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        starts = [(archive.getinfo(name).header_offset, archive.getinfo(name).compress_size) for name in PARTS]
    lengths = [
        int.from_bytes(raw[at + 26 : at + 28], "little") + int.from_bytes(raw[at + 28 : at + 30], "little")
        for at, _ in starts
    ]
    return [raw[at + 30 + more : at + 30 + more + size] for (at, size), more in zip(starts, lengths, strict=True)]


def be_child(what: str, book: Path, runs: int) -> None:
    """Measure one thing and print it."""
    plan = json.loads(book.with_name("edits.json").read_text("utf-8"))
    measures: dict[str, Callable[[], float]] = {
        "zlib": lambda: run_patch(book, plan, "zlib", 6),
        "isal": lambda: run_patch(book, plan, "isal", 2),
        "floor_zlib": lambda: run_floor(book, "zlib", 6),
        "floor_isal": lambda: run_floor(book, "isal", 2),
        "openpyxl": lambda: run_openpyxl(book, plan),
    }
    print(json.dumps([min(measures[what]() for _ in range(runs)), peak()]))


def peak() -> float:
    """The most memory that this process has used, in MB. (``ru_maxrss`` would begin with the parent's.)"""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    be_child(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
