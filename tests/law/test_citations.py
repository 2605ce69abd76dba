"""A citation belongs to the rule that makes it: what a finding or an SMS prints, its function names."""

import ast
from pathlib import Path

import pytest

from engine.facts.duty_kinds import DutyKind
from engine.policy.citations import Citations
from engine.policy.loading import shipped_policies
from engine.policy.policy import Policy
from tests.clauses.builders import policies_with
from tests.law.citations import CLAUSE, CitingModule, cited, duty_kinds, modules, texts, value_paths

ROOT = Path(__file__).resolve().parents[2]
RULES = modules(ROOT, "engine/rules", "engine/review", "engine/scores")


def shipped() -> list[Policy]:
    return [policy for file in shipped_policies().values() for _, policy in file.versions]


def unnamed(found: list[CitingModule], policies: list[Policy]) -> list[str]:
    """Functions that print a clause which neither they nor those that use them name."""
    return [
        f"{module.path} {name}: {'、'.join(sorted(missing))}"
        for module in found
        for name, function in module.functions.items()
        if (missing := cited(function, policies) - module.named(name))
    ]


def borrowed(found: list[CitingModule]) -> list[str]:
    """Functions that print the clause of a policy value which they do not read."""
    return [
        f"{module.path} {name}: {path}"
        for module in found
        for name, function in module.functions.items()
        for path in value_paths(function)
        if not module.reads(name, path)
    ]


def strange_rows(found: list[CitingModule], policies: list[Policy]) -> list[str]:
    """Rows of a timetable whose SMS cite what no function that makes such a duty names."""
    named: dict[str, set[str]] = {}
    for module in found:
        for name, function in module.functions.items():
            for kind in duty_kinds(function):
                named.setdefault(kind, set()).update(module.named(name))
    return [
        f"{policy.regime} {kind}: {clause}"
        for policy in policies
        for row in policy.schedule
        for kind in row_kinds(row)
        for clause in {row.clause, *row.clause_on.values()} - named.get(kind.name, set())
    ]


def row_kinds(row: object) -> tuple[DutyKind, ...]:
    kinds = row.duty
    return kinds if isinstance(kinds, tuple) else (kinds,)


def module_of(source: str) -> list[CitingModule]:
    return [CitingModule("planted.py", ast.parse(source))]


def test_every_function_names_the_clauses_that_it_prints() -> None:
    assert unnamed(RULES, shipped()) == []


def test_no_function_borrows_the_clause_of_a_value_that_it_does_not_apply() -> None:
    assert borrowed(RULES) == []


def test_every_sms_cites_what_the_function_of_its_duty_names() -> None:
    assert strange_rows(modules(ROOT, "engine/rules/duties"), shipped()) == []


def test_every_rule_of_a_regime_cites_one_clause() -> None:
    for policy in shipped():
        for one in (policy.citations, *policy.citations_on.values()):
            clauses = [getattr(one, rule) for rule in Citations.model_fields]
            assert [clause for clause in clauses if clause and not CLAUSE.fullmatch(clause)] == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('def f(row):\n    """SZ1-9: who reports."""\n    return row.cites.reports', "planted.py f: BS-8.2、SZ1-13.1"),
        ('def f(row):\n    """SZ1-6: people."""\n    return "SZ1-7"', "planted.py f: SZ1-7"),
        (
            'def f(policy):\n    """SZ1-17."""\n    return policy.clauses["close_out.talks"]',
            "planted.py f: BS-7.2、SZ1-15",
        ),
    ],
    ids=["another rule's paragraph", "a literal", "a value's clause"],
)
def test_a_planted_citation_is_seen(source: str, fault: str) -> None:
    assert unnamed(module_of(source), shipped()) == [fault]


def test_a_caller_may_name_the_clause() -> None:
    caller = 'def f(row):\n    """SZ1-13.1, BS-8.2: reports."""\n    return g(row)\n\n'
    source = caller + "def g(row):\n    return row.cites.reports"
    assert unnamed(module_of(source), shipped()) == []


def test_a_planted_loan_is_seen() -> None:
    source = 'def f(row):\n    """SZ1-6."""\n    return row.clause("initiation.unit_roles")'
    assert borrowed(module_of(source)) == ["planted.py f: initiation.unit_roles"]
    assert borrowed(module_of(source.replace("return ", "return row.policy.initiation.unit_roles, "))) == []


def test_a_planted_row_is_seen() -> None:
    [planted] = [file.versions[0][1] for regime, file in policies_with("nodes.month", "thirty_days").items()][:1]
    row = planted.schedule[0].model_copy(update={"clause": "SZ1-13.1"})
    found = strange_rows(modules(ROOT, "engine/rules/duties"), [planted.model_copy(update={"schedule": (row,)})])
    assert found == ["朔州 交办: SZ1-13.1"]


def spelled(found: list[CitingModule]) -> list[str]:
    """Functions that spell a clause themselves instead of asking the policy, which may be another regime's."""
    return [
        f"{module.path} {name}: {text}"
        for module in found
        for name, function in module.functions.items()
        for text in texts(function)
        if CLAUSE.fullmatch(text)
    ]


def test_no_function_spells_a_clause_itself() -> None:
    assert spelled(modules(ROOT, "engine", "sms", "addin")) == []


def test_a_planted_clause_is_seen() -> None:
    assert spelled(module_of('def f(row):\n    """SZ1-7."""\n    return "SZ1-7"')) == ["planted.py f: SZ1-7"]
