"""How what the text leaves open is read: the rows of ``docs/law/readings.md``, their one home."""

import re
from dataclasses import dataclass

_ROW = re.compile(r'^\|\s*(?:<a id="[^"]*"></a>)?(?P<number>\d+)\s*\|(?P<rest>.*)\|\s*$')


@dataclass(frozen=True, slots=True)
class Reading:
    """One row: number, clauses, what they leave open, what is taken, and what a policy may say instead."""

    number: int
    clauses: tuple[str, ...]
    question: str
    words: str
    choices: str


def read_readings(text: str) -> tuple[Reading, ...]:
    """Every row of the table, in its order. Raises ValueError for a row that has not five columns."""
    return tuple(_reading(found["number"], found["rest"]) for found in map(_ROW.match, text.splitlines()) if found)


def _reading(number: str, rest: str) -> Reading:
    clauses, question, words, choices = (cell.strip() for cell in rest.split("|"))
    return Reading(int(number), tuple(clauses.split("、")), question, words, choices)
