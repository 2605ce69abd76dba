"""docs/条款对照.md: every do and record clause stands there, with code and tests that name it."""

import re
from pathlib import Path

import pytest

from engine.law.clause_table import FOLDERS
from engine.law.demands import DEMANDS
from engine.law.named_clauses import clauses_in, namings_of_code, namings_of_policies, namings_of_tests

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "条款对照.md"
REMEDY = "run python -m engine.law.clause_table docs/条款对照.md"

# Typed from the regulations, not read from the table: every clause that must work or be recorded.
CLAUSES = {
    "SZ1": "3 6 7 8 9 10.1 10.2 10.3 11 12 13 13.1 13.2 13.3 14 15 16 17 18 19 20 21 22 23 24 25",
    "SZ2": "1 3.1 3.2 3.3 3.4 4 4.1 4.2 4.3 5.1 5.2 5.3",
    "SZ3": "1 3.1 3.2 3.3 3.4 4 4.1 4.2 4.3 5.1 5.2 5.3",
    "SZ4": "2 5 6 7 8 9.1 9.2 10.1 10.2 10.3 11 12 13 14 15",
    "SZ5": "5 6 7 8 9 10",
    "SZ6": "2 5 7 8 9 10 11 12 13 14 15 16 17 18",
    "BS": "4 5.2 6.2 6.4 7.2 7.3 8.1 8.2 8.3 8.4 9 10 11 12",
}
DEMANDED = {f"{document}-{number}" for document, numbers in CLAUSES.items() for number in numbers.split()}
NOT_BUILT: set[str] = set()
ROW = re.compile(r"\| \[(?P<clause>[^]]+)]\([^)]+\) \| [^|]+ \| (?P<code>[^|]*) \| (?P<tests>[^|]*) \|")
CODE = re.compile(r"\[[^]]+]\(\.\./(?P<path>[^)]+)\) (?P<names>`[^<]+`)")
TEST = re.compile(r"\[[^]]+]\(\.\./(?P<path>[^)]+)\)")


def faults(text: str, root: Path) -> list[str]:
    """What the table says that is not so."""
    namings = [*namings_of_code(root, FOLDERS), *namings_of_policies(root)]
    code = {(one.path, one.name, clause) for one in namings for clause in one.clauses}
    tests = {(one.path, clause) for one in namings_of_tests(root) for clause in one.clauses}
    rows = [row for row in map(ROW.fullmatch, text.splitlines()) if row]
    found = [f"{clause} has no row" for clause in sorted(DEMANDED - {row["clause"] for row in rows})]
    for row in rows:
        clause = row["clause"]
        pointed = [(part["path"], name) for part in CODE.finditer(row["code"]) for name in part["names"].split("、")]
        proving = [part["path"] for part in TEST.finditer(row["tests"])]
        found += [f"{clause}: nothing carries it out"] if not pointed else []
        found += [f"{clause}: nothing proves it"] if not proving else []
        found += [
            f"{clause}: {path} {name} does not name it"
            for path, name in pointed
            if (path, name.strip("`"), clause) not in code
        ]
        found += [f"{clause}: {path} does not name it" for path in proving if (path, clause) not in tests]
    return found


def test_every_clause_has_code_and_tests_that_name_it() -> None:
    assert faults(TABLE.read_text(encoding="utf-8"), ROOT) == [], REMEDY


def test_a_clause_that_is_a_row_of_the_timetable_says_in_which_file() -> None:
    row = next(line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| [SZ1-14]("))
    assert "[policy/shuozhou.toml](../engine/policy/shuozhou.toml) `[[schedule]] 催办`" in row


def test_the_page_is_made_of_every_demanded_clause() -> None:
    assert sorted(clause for clause, _ in DEMANDS) == sorted(DEMANDED)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("| [SZ1-14](", "| [SZ1-99](", "SZ1-14 has no row"),
        ("(../tests/clauses/test_urging.py)", "(../tests/gone.py)", "SZ1-14: tests/gone.py does not name it"),
        ("`nothing_classified`", "`marking`", "SZ1-3: engine/rules/checks/secrecy.py `marking` does not name it"),
        (
            "[test_secrecy.py](../tests/clauses/test_secrecy.py)",
            "[test_urging.py](../tests/clauses/test_urging.py)",
            "SZ1-3: tests/clauses/test_urging.py does not name it",
        ),
        (
            "`[[schedule]] 催办`",
            "`[[schedule]] 交办`",
            "SZ1-14: engine/policy/shuozhou.toml `[[schedule]] 交办` does not name it",
        ),
        ("[test_boards.py](../tests/clauses/test_boards.py)", "", "SZ1-8: nothing proves it"),
    ],
    ids=["a clause left out", "a test gone", "other code", "a test of another clause", "another row", "no test"],
)
def test_the_guard_notices(old: str, new: str, fault: str) -> None:
    text = TABLE.read_text(encoding="utf-8")
    assert old in text
    assert fault in faults(text.replace(old, new, 1), ROOT)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("SZ1-15, 17, 18; reading 26", {"SZ1-15", "SZ1-17", "SZ1-18"}),
        ("SZ1-16 to 19, BS-7.2, 8.2", {"SZ1-16", "SZ1-17", "SZ1-18", "SZ1-19", "BS-7.2", "BS-8.2"}),
        ("SZ4-9.1 and 10.1 (readings 8, 9)", {"SZ4-9.1", "SZ4-10.1"}),
        ("within 3 workdays (reading 29)", set()),
    ],
)
def test_a_docstring_names_clauses_in_a_row(text: str, clauses: set[str]) -> None:
    assert clauses_in(text) == clauses
