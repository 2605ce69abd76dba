"""docs/条款对照.md: every do and record clause stands there, with its code and its test, or as not built."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "条款对照.md"

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
ROW = re.compile(
    r"\| (?P<clause>\S+) \| [^|]+ \| \[[^]]+]\(\.\./(?P<code>[^)]+)\) \| \[[^]]+]\(\.\./(?P<test>[^)]+)\) \|"
)
UNBUILT = re.compile(r"\| (?P<clause>(?:SZ\d|BS)-\S+) \| [^|]+ \|")


def rows(text: str) -> list[tuple[str, str, str]]:
    return [(row["clause"], row["code"], row["test"]) for row in map(ROW.fullmatch, text.splitlines()) if row]


def faults(text: str, root: Path) -> list[str]:
    """What the table says that is not so."""
    built = rows(text)
    unbuilt = {row["clause"] for row in map(UNBUILT.fullmatch, text.splitlines()) if row}
    named = {clause for clause, _, _ in built}
    found = [f"{clause} has no row" for clause in sorted(DEMANDED - named - unbuilt)]
    found += [f"{clause} is not built" for clause in sorted(unbuilt - NOT_BUILT)]
    found += [f"{clause} stands twice" for clause in sorted(named & unbuilt)]
    for clause, code, test in built:
        if not (root / code).is_file():
            found.append(f"{clause}: no {code}")
        path = root / test
        if not path.is_file() or "def test_" not in path.read_text(encoding="utf-8"):
            found.append(f"{clause}: no test in {test}")
    return found


def test_every_clause_has_its_code_and_its_test() -> None:
    assert faults(TABLE.read_text(encoding="utf-8"), ROOT) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("| SZ1-14 |", "| SZ1-99 |", "SZ1-14 has no row"),
        ("test_urging.py)", "test_gone.py)", "SZ1-14: no test in tests/clauses/test_gone.py"),
        ("(../engine/rules/checks/secrecy.py)", "(../engine/rules/gone.py)", "SZ1-3: no engine/rules/gone.py"),
        ("\n## ", "\n| SZ1-14 | 催办 |\n## ", "SZ1-14 is not built"),
    ],
    ids=["a clause left out", "a test gone", "code gone", "called not built"],
)
def test_the_guard_notices(old: str, new: str, fault: str) -> None:
    text = TABLE.read_text(encoding="utf-8")
    assert old in text
    assert fault in faults(text.replace(old, new, 1), ROOT)
