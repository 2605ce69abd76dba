"""From a TOML file to a ``PolicyFile``: every version of one regime, with the clause and the reading of every value.

A value in the file is a table: ``{ value = …, clause = "SZ1-14", reading = 5 }``. An amendment adds
``amended = [{ from = 2027-01-01, value = …, clause = "…" }]``; a schedule row takes ``from`` and ``until``. Old
law stays computable: a matter runs under the policy in force on the day of its 立项.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from engine.facts.faults import DubanError
from engine.policy.coherence import PolicyFault, incoherences
from engine.policy.derivation import HEAD
from engine.policy.policy import Policy
from engine.policy.rule_words import LABELS
from engine.policy.toml_faults import MISSING, UnreadableToml, faults_in_words, read_toml
from engine.policy.toml_lines import line_of, lines_of
from engine.policy.tree import (
    Tree,
    ValueSource,
    amendment_days,
    clauses_on,
    day_of_force,
    on_day,
    sources,
    stated_faults,
)

_FOLDER = Path(__file__).parent


class PolicyError(DubanError):
    """A policy file that cannot be used: every fault, with the line where the file states it."""

    def __init__(self, problem: str, faults: tuple[PolicyFault, ...] = ()) -> None:
        super().__init__(problem)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class OwnText:
    """A policy file as it was read: its name for people, its text, and the text of its regulation, if any."""

    name: str
    text: str
    law: str = ""


@dataclass(frozen=True)
class PolicyFile:
    """All versions of one regime, ordered by the day from which each is in force.

    ``fingerprint``: of the file and of all it is based on; empty for what comes with the program. ``text`` is the
    regulation, ``document`` the letters before the dash of its clauses, ``name`` the file's. ``own_texts``: the
    file, then those that it is based on and that do not come with the program.
    """

    versions: tuple[tuple[date, Policy], ...]
    sources: tuple[ValueSource, ...]
    fingerprint: str = ""
    document: str = ""
    text: str = ""
    name: str = ""
    own_texts: tuple[OwnText, ...] = ()

    @property
    def regime(self) -> str:
        """The name under which ledgers choose it."""
        return self.versions[0][1].regime

    def on(self, day: date) -> Policy:
        """The policy in force on ``day``; before the first version, the first."""
        in_force = self.versions[0][1]
        for since, policy in self.versions:
            if since > day:
                break
            in_force = policy
        return in_force


Policies = Mapping[str, PolicyFile]


def load_policy(text: str) -> PolicyFile:
    """SZ1-25: read one policy file that stands by itself. Raises PolicyError with all its faults."""
    tree = parse_policy(text)
    try:
        return build_policy(tree)
    except PolicyError as fault:
        raise located(fault.faults, text) from None


def parse_policy(text: str) -> Tree:
    """The tree of a policy file. Raises PolicyError where it is no TOML."""
    try:
        return read_toml(text)
    except UnreadableToml as fault:
        problem = f"格式有误：{fault}"
        raise PolicyError(f"制度文件{problem}。请改正后重试。", (PolicyFault("", problem),)) from None


def build_policy(tree: Tree) -> PolicyFile:
    """Every version of a whole tree. Raises PolicyError with all its faults."""
    faults = tuple(dict.fromkeys((*stated_faults(tree), *_unsteady(tree))))
    if faults:
        raise _refused(faults)
    first = day_of_force(tree) or date.min
    days = sorted({first, *(day for day in amendment_days(tree) if day > first)})
    versions = tuple((day, _version(tree, day)) for day in days)
    faults = tuple(dict.fromkeys(fault for _, policy in versions for fault in incoherences(policy)))
    if faults:
        raise _refused(faults)
    return PolicyFile(versions, sources(tree))


def _unsteady(tree: Tree) -> Iterator[PolicyFault]:
    first = day_of_force(tree)
    for day in sorted(set(amendment_days(tree))):
        if first and day < first and "based_on" not in tree:
            yield PolicyFault("in_force_from", f"修订日期 {day} 早于施行日期 {first}")


def _version(tree: Tree, day: date) -> Policy:
    stated = {key: child for key, child in on_day(tree, day).items() if key not in HEAD or key in ("regime", "title")}
    stated.pop("readings", None)
    try:
        return Policy.model_validate(stated | {"clauses": clauses_on(tree, day)})
    except ValidationError as fault:
        raise _refused(
            tuple(PolicyFault(path, _explained(path, words)) for path, words in faults_in_words(fault))
        ) from None


def _explained(path: str, words: str) -> str:
    """Of an entry that is missing, what it is about."""
    parts = path.split(".")
    meaning = LABELS.get(path) or LABELS.get(f"{parts[0]}.{parts[-1]}")
    return f"{words}：{meaning}" if meaning and words.endswith(MISSING) else words


def _refused(faults: tuple[PolicyFault, ...]) -> PolicyError:
    return PolicyError(f"制度文件内容有误：{'；'.join(fault.problem for fault in faults)}。请改正后重试。", faults)


def located(faults: tuple[PolicyFault, ...], text: str) -> PolicyError:
    """The same faults, each with the line of the file in which it is to be mended."""
    return _refused(tuple(PolicyFault(fault.path, words) for fault, words in with_lines(faults, text)))


def with_lines(faults: tuple[PolicyFault, ...], text: str) -> list[tuple[PolicyFault, str]]:
    """Each fault with its words, led by the line where the file states what is at fault."""
    lines = lines_of(text)
    found = [(line_of(fault.path, lines) or line_of(fault.cause, lines), fault) for fault in faults]
    return [(fault, f"第{line}行 {fault.problem}" if line else fault.problem) for line, fault in found]


@cache
def shipped_trees() -> Mapping[str, tuple[Tree, str]]:
    """The trees of the policies that come with the program, each with its text, by regime; the oldest law first."""
    texts = [path.read_text("utf-8") for path in _FOLDER.glob("*.toml")]
    parsed = sorted(((parse_policy(text), text) for text in texts), key=lambda one: one[0]["in_force_from"])
    return {tree["regime"]: (tree, text) for tree, text in parsed}


@cache
def shipped_policies() -> Policies:
    """The policies that come with the program."""
    return {regime: load_policy(text) for regime, (_, text) in shipped_trees().items()}
