"""docs/glossary.md: its identifiers are in the code, and no other word for the same thing is."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = ROOT / "docs" / "glossary.md"
OURS = ("engine", "sms", "addin")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def words(identifier: str) -> tuple[str, ...]:
    """``initiating_office`` and ``InitiatingOffice`` → initiating, office."""
    return tuple(word.lower() for word in _WORD.findall(identifier))


def defined(tree: ast.Module) -> set[str]:
    """What a module defines: functions, classes, arguments, variables, fields, enumeration members."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


@cache
def identifiers() -> frozenset[str]:
    files = (file for folder in OURS for file in (ROOT / folder).rglob("*.py"))
    return frozenset().union(*(defined(ast.parse(file.read_text(encoding="utf-8"))) for file in files))


def rows(text: str) -> list[tuple[str, list[str], list[str]]]:
    """Term, its identifiers, and the words that are not used for it."""
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and "`" in cells[1]:
            found.append((cells[0], re.findall(r"`(\w+)`", cells[1]), re.findall(r"`(\w+)`", cells[3])))
    return found


def faults(text: str, known: frozenset[str]) -> list[str]:
    """Identifiers that the code does not have, alone or within a longer one, and words that it should not have."""
    spelled = [words(one) for one in known]
    found = []
    for term, ours, others in rows(text):
        found += [f"{term}: no {one}" for one in ours if not any(_within(words(one), longer) for longer in spelled)]
        found += [f"{term}: {one} is used" for one in others if any(_within(words(one), longer) for longer in spelled)]
    return found


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


def test_the_glossary_and_the_identifiers_agree() -> None:
    text = GLOSSARY.read_text(encoding="utf-8")
    assert len(rows(text)) > 30
    assert faults(text, identifiers()) == []


def test_every_term_stands_once() -> None:
    terms = [term for row in rows(GLOSSARY.read_text(encoding="utf-8")) for term in row[0].split("、")]
    assert len(terms) == len(set(terms))


def test_an_identifier_that_is_gone_and_a_second_word_are_seen() -> None:
    text = "| 事项 | `matter`, `affair` | a row | `ticket` |\n"
    assert faults(text, frozenset({"matter_rows", "TicketBook"})) == ["事项: no affair", "事项: ticket is used"]
    assert faults(text, frozenset({"Matter", "affairs_of", "affair"})) == []
