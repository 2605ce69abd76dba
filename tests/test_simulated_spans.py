"""``simulate`` by the span: a long one is its parts put together, and takes no more memory than a short one."""

import gc
import tracemalloc
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.facts.ledger import Ledger
from engine.facts.message import Message
from engine.ledger.reading.ledger import read_ledger
from engine.policy.loading import shipped_policies
from engine.review.simulate import simulate
from engine.sample.words import TimeLimit
from tests.clauses.builders import ledger, matter, policies

WORKBOOKS = Path(__file__).resolve().parents[1] / "workbook"
START, END = datetime(2026, 11, 10), datetime(2026, 11, 20)
SPANS = (timedelta(hours=7), timedelta(days=3, hours=5))


def sample(name: str, *, quiet: bool) -> Ledger:
    found = read_ledger((WORKBOOKS / f"{name}.xlsx").read_bytes())
    return replace(found, settings=replace(found.settings, quiet_hours=quiet))


def in_parts(book: Ledger, span: timedelta) -> list[Message]:
    found: list[Message] = []
    at = START
    while at < END:
        found += simulate(book, shipped_policies(), at, min(at + span, END))
        at += span
    return found


@pytest.mark.parametrize("quiet", [False, True], ids=["昼夜照发", "免打扰"])
@pytest.mark.parametrize("name", ["示例台账", "示例台账-保山"])
def test_spans_simulated_apart_equal_one(name: str, quiet: bool) -> None:
    book = sample(name, quiet=quiet)
    whole = list(simulate(book, shipped_policies(), START, END))
    assert whole
    for span in SPANS:
        assert in_parts(book, span) == whole


def held_at_most(days: int, kept: list[Message] | None = None) -> int:
    """Bytes held beside the ledger after any of the messages of so many days; ``kept`` keeps them all."""
    rows = [matter(number=f"2026-日-{n:04}", time_limit=TimeLimit.LONG) for n in range(1, 21)]
    book, start, most, count = ledger(*rows), datetime(2026, 3, 2), 0, 0
    gc.freeze()  # what stands before is not gone through again at every message
    tracemalloc.start()
    for message in simulate(book, policies(), start, start + timedelta(days=days)):
        if kept is not None:
            kept.append(message)
        gc.collect()  # Python's own lists of used tuples are no memory of ours
        most, count = max(most, tracemalloc.get_traced_memory()[0]), count + 1
    tracemalloc.stop()
    gc.unfreeze()
    assert count >= days // 7
    return most


def test_a_year_takes_no_more_memory_than_a_month() -> None:
    held_at_most(31)  # what is made once
    assert held_at_most(366) < 1.1 * held_at_most(31)


def test_keeping_the_sms_is_seen_to_grow() -> None:
    held_at_most(31)
    assert held_at_most(366, []) > 1.5 * held_at_most(31)
