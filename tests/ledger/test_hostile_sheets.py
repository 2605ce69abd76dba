"""No sheet exhausts its reader: read, or refused by a sentence, in bounded memory and time."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.ledger.hostile_sheets import cases

ROOT = Path(__file__).resolve().parents[2]
MOST_SECONDS = 60.0
"""Of the processor for one sheet at full size: the longest is a hundred thousand rows of one long text."""


def test_every_hostile_sheet_is_read_or_refused_in_a_gigabyte(sample: Callable[[int, int], int]) -> None:
    percent = sample(5, 100)
    run = [sys.executable, "-m", "tests.ledger.hostile_sheets", str(percent / 100)]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = {name: (seconds, result) for name, seconds, _, result in map(json.loads, done.stdout.splitlines())}
    assert found.keys() == cases(0).keys()
    for name, (seconds, result) in found.items():
        assert seconds < MOST_SECONDS, name
        assert result.endswith(("matters", "。")), name
    for name in ("a space in ZZ150000", "a space in ZZ200000", "the last cell", "single quotes", "small letters"):
        assert found[name][1] == "1 matters"
    assert found["one long string"][1] == f"{1000 * percent + 1} matters"
    for name in ("empty rows", "styled blanks", "nested in a row", "nested in the head", "nested in the styles"):
        assert found[name][1] == "1 matters"
