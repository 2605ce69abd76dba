"""The readings stand once, and whatever cites one by number finds it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.law.articles import UnknownClauseError
from engine.law.library import shipped_law
from engine.law.readings import read_readings
from engine.policy.loading import shipped_policies

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "law" / "readings.md"


def cited() -> Iterator[int]:
    """Every reading that a policy value, a row of the timetable or the code goes by."""
    for file in shipped_policies().values():
        yield from (source.reading for source in file.sources if source.reading)
        yield from (number for _, policy in file.versions for row in policy.schedule for number in row.readings)
    for path in (ROOT / "engine").rglob("*.py"):
        text = path.read_text("utf-8")
        for listed in re.findall(r"\breadings?[= ]\(?(\d+(?:(?:, | and )\d+)*)", text):
            yield from map(int, re.findall(r"\d+", listed))


def test_every_reading_has_one_row() -> None:
    assert [reading.number for reading in shipped_law().readings] == list(range(1, 41))


def test_every_reading_that_is_cited_has_a_row() -> None:
    numbers = set(cited())
    assert len(numbers) > 20
    assert numbers <= {reading.number for reading in shipped_law().readings}


def test_every_reading_names_clauses_of_the_text() -> None:
    clauses = {clause for reading in shipped_law().readings for clause in reading.clauses}
    assert sorted(clause for clause in clauses if not shipped_law().words(clause)) == []


def test_every_switch_that_a_reading_names_is_a_policy_value() -> None:
    paths = (source.path for file in shipped_policies().values() for source in file.sources)
    known = {".".join(path.split(".")[:2]) for path in paths}
    named = set(re.findall(r"`([a-z_]+\.\w+)`", PAGE.read_text("utf-8")))
    assert named
    assert sorted(named - known) == []


def test_every_policy_value_that_follows_a_reading_is_named_in_its_row() -> None:
    choices = {reading.number: reading.choices for reading in shipped_law().readings}
    followed = {
        (source.reading, source.path)
        for file in shipped_policies().values()
        for source in file.sources
        if source.reading and not source.path.startswith("texts.")
    }
    assert sorted(f"{number} {path}" for number, path in followed if not names(choices[number], path)) == []


def names(choice: str, path: str) -> bool:
    """Whether a row names the value, or the table that holds it."""
    return f"`{path}`" in choice or f"`{path.rpartition('.')[0]}`" in choice


def test_a_row_that_lacks_a_column_is_refused() -> None:
    with pytest.raises(ValueError, match="unpack"):
        read_readings('| <a id="理解1"></a>1 | SZ1-1 | 问题 |\n')


def test_an_unknown_number_is_answered_with_the_last() -> None:
    with pytest.raises(UnknownClauseError, match="可以查：1 至 40"):
        shipped_law().reading(41)
