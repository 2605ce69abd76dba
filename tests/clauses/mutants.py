"""Mutants: for every do and record clause, something that carries it out is disabled, and a test that names it fails.

A clause module lists its own at its end, next to the cases that must notice:

    MUTANTS = (
        taken_out("SZ1-12", initiation, "CHECKS", initiation_ranks.approval_recorded),
        replaced("SZ1-13.2", announcements, "_reports_received", lambda case, duties: iter(())),
        policy_value("SZ3-3.1", "initiation.approvers.重大改革事项", EVERY_RANK),
        schedule_row("SZ1-14", duty="节点", kind="催办"),
    )

``test_mutants.py`` finds every ``MUTANTS`` of ``tests/clauses/test_*.py`` and, for each mutant, calls all cases of that
module in this process with the mutant installed: at least one must fail, and without a mutant all must pass. A test
of the module names the clause (``@clause``, see ``tests.clauses.clause``).

So that a mutant reaches the cases: take policies from ``tests.clauses.builders``, and parametrize with plain values (no
policy, duty or finding that was computed at import). Cases may take parametrized arguments but no fixtures; a case
that needs a fixture is left out here and runs only as an ordinary test.
"""

import inspect
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from engine.sample.words import Regime
from tests.clauses import builders
from tests.clauses.clause import proven

Install = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class PolicyMutant:
    """One way to disable a clause. ``what`` names it in the test's id."""

    clause: str
    what: str
    install: Install


def taken_out(clause: str, owner: ModuleType, name: str, member: Callable[..., object]) -> PolicyMutant:
    """A function left out of a visible tuple of a module."""

    def install(patch: pytest.MonkeyPatch) -> None:
        kept = tuple(one for one in getattr(owner, name) if one is not member)
        assert len(kept) == len(getattr(owner, name)) - 1, f"{owner.__name__}.{name} has no {member.__name__}"
        patch.setattr(owner, name, kept)

    return PolicyMutant(clause, f"{member.__name__} taken out", install)


def replaced(clause: str, owner: object, name: str, by: object) -> PolicyMutant:
    """A function or constant of a module or class replaced, where the code under test looks it up."""
    where = f"{getattr(owner, '__name__', owner)}.{name}"
    return PolicyMutant(clause, f"{where} replaced", lambda patch: patch.setattr(owner, name, by))


def policy_value(clause: str, path: str, value: object, regime: Regime = Regime.SHUOZHOU) -> PolicyMutant:
    """A policy value changed, by its dotted path in the file."""
    return _policy_edit(clause, f"{regime} {path} = {value!r}", builders.set_value(path, value, regime))


def schedule_row(clause: str, regime: Regime = Regime.SHUOZHOU, **match: object) -> PolicyMutant:
    """The rows of the timetable left out that hold all these values."""

    def edit(edited: Regime, tree: builders.Tree) -> None:
        if edited is regime:
            rows = tree["schedule"]
            tree["schedule"] = [row for row in rows if not all(holds(row, key, match[key]) for key in match)]
            assert len(tree["schedule"]) < len(rows), f"no row of {regime} has {match}"

    return _policy_edit(clause, f"{regime} schedule without {match}", edit)


def holds(row: builders.Tree, key: str, value: object) -> bool:
    """Whether a row of the timetable holds a value; a row may be for several kinds of duty."""
    stated = row.get(key)
    return value in stated if isinstance(stated, list) else stated == value


def _policy_edit(clause: str, what: str, edit: builders.Edit) -> PolicyMutant:
    return PolicyMutant(clause, what, lambda patch: patch.setattr(builders, "MUTATIONS", [*builders.MUTATIONS, edit]))


def cases(module: ModuleType, proving: str = "") -> Iterator[Callable[[], object]]:
    """Every test of a module with every combination of its parametrized arguments, as calls without arguments; of
    those that name a clause where ``proving`` says which.
    """
    for name, test in vars(module).items():
        if not name.startswith("test_") or not callable(test):
            continue
        if proving and proving not in proven(test) | proven(module):
            continue
        marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
        named: set[str] = set()
        choices = [list(_choices(mark, named)) for mark in marks]
        if named == set(inspect.signature(test).parameters):
            for chosen in itertools.product(*choices):
                arguments = {key: value for choice in chosen for key, value in choice.items()}
                yield lambda test=test, arguments=arguments: test(**arguments)


def _choices(mark: pytest.Mark, named: set[str]) -> Iterator[dict[str, Any]]:
    names = mark.args[0] if isinstance(mark.args[0], (list, tuple)) else mark.args[0].replace(",", " ").split()
    named.update(names)
    for entry in mark.args[1]:
        values = entry.values if hasattr(entry, "marks") else entry if len(names) > 1 else (entry,)
        yield dict(zip(names, values, strict=True))


def failures(module: ModuleType, proving: str = "", enough: int = 1) -> int:
    """How many cases fail, counted until there are ``enough``; ``proving`` as for :func:`cases`."""
    failed = 0
    for case in cases(module, proving):
        try:
            case()
        except (Exception, pytest.fail.Exception):  # whatever makes a test fail
            failed += 1
            if failed >= enough:
                break
    return failed
