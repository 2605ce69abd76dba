"""A docstring names what there is: a function that was renamed must not live on in the words about it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("engine", "sms", "addin")
NAME = re.compile(r"``([a-z]+(?:_[a-z]+)+)(?:\(\))?``")


def trees(root: Path) -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            yield path.relative_to(root).with_suffix("").as_posix(), ast.parse(path.read_text("utf-8"))


def defined(module: str, tree: ast.Module) -> Iterator[str]:
    """Every name of a module, its own among them."""
    yield from module.split("/")
    for node in ast.walk(tree):
        for field in ("name", "id", "attr", "arg"):
            if isinstance(name := getattr(node, field, None), str):
                yield name


def stale_names(found: list[tuple[str, ast.Module]]) -> list[str]:
    known = {name for module, tree in found for name in defined(module, tree)}
    return [
        f"{module}: {name}"
        for module, tree in found
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module)
        for name in NAME.findall(ast.get_docstring(node) or "")
        if name not in known
    ]


def test_docstrings_name_what_there_is() -> None:
    assert stale_names(list(trees(ROOT))) == []


def test_a_name_that_is_gone_is_seen() -> None:
    planted = 'def written():\n    """See ``zip_source`` and ``written_whole``."""\n\ndef written_whole(): ...'
    assert stale_names([("engine/planted", ast.parse(planted))]) == ["engine/planted: zip_source"]
