"""Every test of a clause module names what it proves, by clauses that are in the text."""

from types import ModuleType

import pytest

from engine.law.library import shipped_law
from tests.clauses.clause import clause, proven, proven_by_module
from tests.clauses.test_mutants import MODULES
from tests.test_clause_table import DEMANDED, NOT_BUILT


def unmarked(module: ModuleType) -> list[str]:
    """Tests that name no clause, neither themselves nor by their module."""
    tests = [value for name, value in vars(module).items() if name.startswith("test_")]
    return [test.__name__ for test in tests if not proven(test) | proven(module)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_test_names_its_clauses(module: ModuleType) -> None:
    assert unmarked(module) == []
    assert sorted(name for name in proven_by_module(module) if not shipped_law().words(name)) == []


def test_every_clause_that_is_built_is_named_by_a_test() -> None:
    named = set().union(*map(proven_by_module, MODULES))
    assert sorted(DEMANDED - NOT_BUILT - named) == []


def test_a_test_without_a_mark_is_seen() -> None:
    planted = ModuleType("planted")

    @clause("SZ1-14")
    def test_marked() -> None: ...

    def test_bare() -> None: ...

    planted.test_marked, planted.test_bare = test_marked, test_bare
    assert unmarked(planted) == ["test_bare"]
    planted.pytestmark = clause("SZ1-13")
    assert unmarked(planted) == []
    assert proven_by_module(planted) == {"SZ1-13", "SZ1-14"}
