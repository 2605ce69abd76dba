"""``@clause("SZ4-11")`` on a test, or as ``pytestmark`` on its module: the paragraphs of law that the test proves."""

from types import ModuleType

import pytest


def clause(*clauses: str) -> pytest.MarkDecorator:
    """The mark that names what a test proves."""
    return pytest.mark.clause(*clauses)


def proven(test: object) -> set[str]:
    """The clauses that a test, or a module by its ``pytestmark``, names."""
    marks = getattr(test, "pytestmark", ())
    return {
        name
        for mark in (marks if isinstance(marks, (list, tuple)) else (marks,))
        if mark.name == "clause"
        for name in mark.args
    }


def proven_by_module(module: ModuleType) -> set[str]:
    """The clauses that a module or any of its tests names."""
    tests = [value for name, value in vars(module).items() if name.startswith("test_")]
    return proven(module).union(*map(proven, tests))
