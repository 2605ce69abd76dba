"""A real process writes a real workbook and is killed at a system call: any, from the first look at the book on."""

import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from tests.ledger.neighbours import our_leftovers
from tests.ledger.one_apply import NUMBER, write
from tests.tools import need

ROOT = Path(__file__).parents[2]
MEMORY_ONLY = frozenset({"mmap", "munmap", "brk", "mremap", "madvise", "mprotect", "futex", "rt_sigaction"})
"""Calls that change nothing outside the process: a kill there leaves what a kill at the next call leaves."""

CHANGING = frozenset(
    {"renameat2", "rename", "link", "unlink", "mkdir", "fsync", "write", "ftruncate", "fchmod", "chmod"}
)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("original") / "ledger.xlsx"
    with xlsxwriter.Workbook(path) as book:
        matters = book.add_worksheet("督办台账")
        headings = [{"header": "事项编号"}, {"header": "事项内容"}, {"header": "预警灯"}]
        matters.add_table(0, 0, 1, 2, {"name": "督办台账", "columns": headings, "data": [[NUMBER, "修路", "绿"]]})
        log = book.add_worksheet("短信记录")
        headings = [{"header": "短信编号"}, {"header": "时间"}, {"header": "事项编号"}]
        log.add_table(0, 0, 1, 2, {"name": "短信记录", "columns": headings})
    return path


def start(strace: list[str], book: Path, mode: str) -> int:
    command = [*strace, sys.executable, "-m", "tests.ledger.one_apply", str(book), mode]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False).returncode


def places_to_die(strace: str, book: Path, mode: str) -> list[tuple[str, int]]:
    """(call, how many of its name had been made before it, and itself), from the first look at the workbook on."""
    log = book.with_name("strace.log")
    assert start([strace, "-f", "-qq", "-o", str(log)], book, mode) == 0
    counts: Counter[str] = Counter()
    places = []
    seen = False
    for line in log.read_text(errors="replace").splitlines():
        call = re.match(r"\d+\s+(\w+)\(", line)
        if not call:
            continue
        counts[call[1]] += 1
        seen = seen or ("ledger.xlsx" in line and call[1] != "execve")
        if seen and call[1] not in MEMORY_ONLY:
            places.append((call[1], counts[call[1]]))
    log.unlink()
    return places


def choose(places: list[tuple[str, int]], changing: int, others: int) -> list[tuple[str, int]]:
    """So many of the calls that change something on the disk, and so many of the rest."""
    chance = random.Random(3)
    parts = (
        [place for place in places if place[0] in CHANGING],
        [place for place in places if place[0] not in CHANGING],
    )
    return [
        place
        for part, most in zip(parts, (changing, others), strict=True)
        for place in chance.sample(part, min(len(part), most))
    ]


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("mode", ["exchange", "links"])
def test_killed_at_any_system_call(
    tmp_path: Path, original: Path, mode: str, sample: Callable[[int, int], int]
) -> None:
    strace = need("strace")
    whole = shutil.copy(original, tmp_path / "ledger.xlsx")
    places = places_to_die(strace, whole, mode)
    assert len(places) > 60, "the process was seen to work"
    before, after = original.read_bytes(), whole.read_bytes()
    assert before != after
    chosen = choose(places, sample(8, len(places)), sample(3, len(places)))
    killed = 0
    for call, count in chosen:
        folder = tmp_path / f"{call}-{count}"
        folder.mkdir()
        book = Path(shutil.copy(original, folder / "ledger.xlsx"))
        inject = ["-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={count}"]
        killed += start([strace, "-f", "-qq", "-o", "/dev/null", *inject], book, mode) != 0
        if mode == "exchange":
            assert book.read_bytes() in (before, after), f"{call} {count}: the workbook is there, and whole"
        again = write(book, mode)
        assert again.pending is None, f"{call} {count}: {again.pending}"
        assert book.read_bytes() == after
        assert our_leftovers(folder) == []
        assert before in [path.read_bytes() for path in folder.glob("备份/*")]
        shutil.rmtree(folder)
    assert killed >= len(chosen) * 0.9, "most were really killed"
