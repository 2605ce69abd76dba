"""Every mutant of the clause modules is killed by a case of its own module; see ``tests.clauses.mutants``."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

from engine.rules.checks import initiation
from tests.clauses.clause import proven_by_module
from tests.clauses.mutants import PolicyMutant, cases, failures, replaced
from tests.test_clause_table import DEMANDED, NOT_BUILT

MODULES = [
    importlib.import_module(f"tests.clauses.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("test_*.py"))
    if "MUTANTS" in path.read_text("utf-8") and path.stem != "test_mutants"
]
PAIRS = [(module, mutant) for module in MODULES for mutant in module.MUTANTS]
IDS = [f"{mutant.clause}: {mutant.what}" for _, mutant in PAIRS]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_without_a_mutant_all_cases_pass(module: ModuleType) -> None:
    assert list(cases(module))
    assert failures(module) == 0


@pytest.mark.parametrize(("module", "mutant"), PAIRS, ids=IDS)
def test_a_test_that_names_the_clause_kills_the_mutant(
    module: ModuleType, mutant: PolicyMutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mutant.clause in proven_by_module(module), f"no test of {module.__name__} names {mutant.clause}"
    mutant.install(monkeypatch)
    assert failures(module, mutant.clause) > 0


def test_every_clause_that_is_built_has_its_mutant() -> None:
    assert sorted(DEMANDED - NOT_BUILT - {mutant.clause for _, mutant in PAIRS}) == []


def test_a_mutant_that_changes_nothing_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    harmless = replaced("SZ1-12", initiation, "PERMANENT", ())
    harmless.install(monkeypatch)
    module = importlib.import_module("tests.clauses.test_initiation")
    assert failures(module) == 0


def test_parametrized_cases_are_all_called() -> None:
    calls = []
    module = ModuleType("planted")

    @pytest.mark.parametrize("first", [1, pytest.param(2, id="two")])
    @pytest.mark.parametrize(("second", "third"), [(3, 4), (5, 6)])
    def test_planted(first: int, second: int, third: int) -> None:
        calls.append((first, second, third))

    module.test_planted = test_planted
    for case in cases(module):
        case()
    assert sorted(calls) == [(1, 3, 4), (1, 5, 6), (2, 3, 4), (2, 5, 6)]
