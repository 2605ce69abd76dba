"""Which clauses the code, the policy files and the tests name: read off docstrings, rows and ``@clause`` marks, without
importing anything.

A docstring names clauses as ``SZ1-13.1``; in a row the letters stand once (``SZ1-15, 17, 18``), a span has a “to”
(``SZ1-16 to 19``).
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_NUMBER = r"\d+(?:\.\d+)?"
_ROW = re.compile(rf"\b(?P<key>SZ\d|BS)-(?P<numbers>{_NUMBER}(?:(?:,| and| to|、)\s*{_NUMBER})*)")
_STEP = re.compile(rf"(?P<join>to)?\s*(?P<number>{_NUMBER})")


@dataclass(frozen=True, slots=True)
class Naming:
    """A function, method or class, a row of a policy, or a test: where it stands, what it is called, and the clauses
    that it names.
    """

    path: str
    name: str
    clauses: frozenset[str]


def clauses_in(text: str) -> frozenset[str]:
    """Every clause that a text names."""
    return frozenset(clause for row in _ROW.finditer(text) for clause in _spelled(row["key"], row["numbers"]))


def _spelled(key: str, numbers: str) -> Iterator[str]:
    last = 0
    for step in _STEP.finditer(numbers):
        number = step["number"]
        if step["join"] and number.isdecimal():
            yield from (f"{key}-{between}" for between in range(last + 1, int(number)))
        yield f"{key}-{number}"
        last = int(number.partition(".")[0])


def namings_of_code(root: Path, folders: tuple[str, ...]) -> Iterator[Naming]:
    """Every function, method and class below ``folders`` of the repository ``root`` whose docstring names a clause."""
    for path, tree in _modules(root, folders):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                clauses = clauses_in(ast.get_docstring(node) or "")
                if clauses:
                    yield Naming(path, node.name, clauses)


def namings_of_policies(root: Path) -> Iterator[Naming]:
    """Every row of the timetable of a shipped policy: ``[[schedule]]`` with the words that it sends."""
    for file in sorted((root / "engine" / "policy").glob("*.toml")):
        for row in tomllib.loads(file.read_text("utf-8"))["schedule"]:
            clauses = frozenset((row["clause"], *row.get("clause_on", {}).values()))
            yield Naming(file.relative_to(root).as_posix(), f"[[schedule]] {row['text']}", clauses)


def namings_of_tests(root: Path) -> Iterator[Naming]:
    """Every test that carries ``@clause``, itself or by the ``pytestmark`` of its module."""
    for path, tree in _modules(root, ("tests",)):
        of_all = frozenset[str]()
        for node in tree.body:
            if isinstance(node, ast.Assign) and any(getattr(name, "id", "") == "pytestmark" for name in node.targets):
                of_all |= _marked(node.value)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                clauses = of_all.union(*map(_marked, node.decorator_list))
                if clauses:
                    yield Naming(path, node.name, clauses)


def _modules(root: Path, folders: tuple[str, ...]) -> Iterator[tuple[str, ast.Module]]:
    files = dict.fromkeys(file for folder in folders for file in sorted((root / folder).rglob("*.py")))
    for file in files:
        if "node_modules" not in file.parts:
            yield file.relative_to(root).as_posix(), ast.parse(file.read_text("utf-8"))


def _marked(node: ast.expr) -> frozenset[str]:
    """The arguments of ``clause("…")``; nothing for any other decorator."""
    if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "clause"):
        return frozenset()
    return frozenset(
        argument.value
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    )
