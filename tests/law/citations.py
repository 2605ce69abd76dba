"""What a function cites and what its docstring names, read off the sources; see ``test_citations.py``."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from engine.facts.duty_kinds import DutyKind
from engine.law.named_clauses import clauses_in
from engine.policy.citations import Citations
from engine.policy.policy import Policy

CLAUSE = re.compile(r"(?:SZ\d|BS)-\d+(?:\.\d+)?")
Function = ast.FunctionDef


@dataclass(frozen=True)
class CitingModule:
    """One source file, by its functions."""

    path: str
    tree: ast.Module

    @cached_property
    def functions(self) -> dict[str, Function]:
        return {node.name: node for node in ast.walk(self.tree) if isinstance(node, Function)}

    @cached_property
    def _used(self) -> dict[str, set[str]]:
        return {name: set(_names(function)) for name, function in self.functions.items()}

    def users(self, name: str) -> Iterator[Function]:
        """A function and all of this file that use it, also by way of others."""
        seen, waiting = set[str](), [name]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                yield self.functions[one]
                waiting += [user for user, used in self._used.items() if one in used]

    def named(self, name: str) -> set[str]:
        """The clauses that a function names: in its own docstring, or in one of those that use it in this file."""
        return set().union(*(clauses_in(ast.get_docstring(user) or "") for user in self.users(name)))

    def reads(self, name: str, path: str) -> bool:
        """Whether a function, or one that uses it, reads the value at ``path``, and does not only borrow its clause."""
        field = next(part for part in path.split(".")[1:] if part != "*")
        return any(
            isinstance(node, ast.Attribute) and node.attr == field
            for user in self.users(name)
            for node in ast.walk(user)
        )


def modules(root: Path, *folders: str) -> list[CitingModule]:
    files = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    return [CitingModule(path.relative_to(root).as_posix(), ast.parse(path.read_text("utf-8"))) for path in files]


def cited(function: Function, policies: list[Policy]) -> set[str]:
    """Every clause that a function can print: its own literals, its rules' paragraphs, the clauses of its values."""
    found = {text for text in texts(function) if CLAUSE.fullmatch(text)}
    for rule in _rules(function):
        for policy in policies:
            found |= {getattr(one, rule) for one in (policy.citations, *policy.citations_on.values())}
    for path in value_paths(function):
        for policy in policies:
            stated = policy.clauses.items()
            found |= {clause for name, clause in stated if fnmatchcase(name, path) or fnmatchcase(name, f"{path}.*")}
    return found - {""}


def value_paths(function: Function) -> Iterator[str]:
    """The policy values whose clause a function prints, ``*`` for a part that is computed: ``policy.clauses["a.b"]``,
    ``row.clause("a.b")``.
    """
    for node in ast.walk(function):
        key = None
        if isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") == "clauses":
            key = node.slice
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "clause" and node.args:
            key = node.args[0]
        if isinstance(key, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in key.values)
        elif isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value


def duty_kinds(function: Function) -> set[str]:
    """The names of the duty kinds that a function makes: those that it names, and the written summaries as a group."""
    summaries = {kind.name for kind in DutyKind if kind.summary_form}
    return (summaries if "summary_form" in _names(function) else set()) | {
        node.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "DutyKind"
    }


def _rules(function: Function) -> Iterator[str]:
    """``row.cites.nodes``, ``policy.citations.nodes``, ``policy.cites(board).nodes``, ``cites.nodes``."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and node.attr in Citations.model_fields:
            owner = node.value.func if isinstance(node.value, ast.Call) else node.value
            if getattr(owner, "attr", getattr(owner, "id", "")) in ("cites", "citations"):
                yield node.attr


def _names(function: Function) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def texts(function: Function) -> Iterator[str]:
    """Every string of a function."""
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
