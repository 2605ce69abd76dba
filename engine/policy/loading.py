"""From ``shuozhou.toml`` to a ``Policy`` of a day, with the clause and the reading of every value.

A value in the file is a table: ``{ value = …, clause = "SZ1-14", reading = 5 }``. An amendment adds
``amended = [{ from = 2027-01-01, value = …, clause = "…" }]``; a schedule row takes ``from`` and ``until``. Old
law stays computable: a matter runs under the policy in force on the day of its 立项.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine.policy.policy import Policy
from engine.policy.toml_faults import UnreadableToml, in_words, read_toml

_FOLDER = Path(__file__).parent
_FILES = ("shuozhou.toml", "baoshan.toml")
_VALUE_KEYS = {"value", "clause", "clause_on", "reading", "amended"}
_HEAD_KEYS = {"regime", "title", "in_force_from", "checked"}
_CITATIONS = {"citations", "citations_on"}


class PolicyError(Exception):
    """A policy file that cannot be used; the message names the value and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class ValueSource:
    """Where a value comes from: its paragraph, and the row of readings.md where the text leaves a choice."""

    path: str
    clause: str
    reading: int | None
    clause_on: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PolicyFile:
    """All versions of one regime, ordered by the day from which each is in force."""

    versions: tuple[tuple[date, Policy], ...]
    sources: tuple[ValueSource, ...]

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
    """SZ1-25: read one policy file, so that each place states its own numbers. Raises PolicyError for an unknown key, a
    value without a clause, or overlapping dates.
    """
    try:
        tree = read_toml(text)
    except UnreadableToml as fault:
        raise PolicyError(f"制度文件格式有误：{fault}。请改正后重试。") from None
    return build_policy(tree)


def build_policy(tree: dict[str, Any]) -> PolicyFile:
    """The same from a parsed file. Raises PolicyError."""
    if "in_force_from" not in tree:
        raise PolicyError("制度文件缺少 in_force_from（自何日起施行）")
    first: date = _day("in_force_from", tree)
    sources = tuple(_sources(tree, ""))
    days = sorted({first, *_amendment_days(tree)})
    if days[0] < first:
        raise PolicyError(f"修订日期 {days[0]} 早于施行日期 {first}")
    try:
        versions = tuple(
            (day, Policy.model_validate(_resolve(tree, day) | {"clauses": _clauses(tree, day)})) for day in days
        )
    except ValidationError as fault:
        raise PolicyError(f"制度文件内容有误：{in_words(fault)}。请改正后重试。") from None
    return PolicyFile(versions, sources)


@cache
def shipped_policies() -> Policies:
    """The policies that come with the program."""
    files = [load_policy((_FOLDER / name).read_text("utf-8")) for name in _FILES]
    return {file.regime: file for file in files}


def _is_value(node: object) -> bool:
    return isinstance(node, dict) and "value" in node


def _sources(node: dict[str, Any], path: str) -> Iterator[ValueSource]:
    for key, child in node.items():
        here = f"{path}.{key}" if path else key
        if here in _CITATIONS:  # clauses themselves
            continue
        if _is_value(child):
            yield _source(here, child)
        elif here == "procedure":
            continue
        elif isinstance(child, dict):
            yield from _sources(child, here)
        elif not path and key in _HEAD_KEYS:
            continue
        elif isinstance(child, list) and child and all(isinstance(row, dict) for row in child):
            _check_periods(here, child)
        else:
            raise PolicyError(f"“{here}”须写成 {{ value = …, clause = … }}，并注明条款")


def _source(path: str, node: dict[str, Any]) -> ValueSource:
    unknown = node.keys() - _VALUE_KEYS
    if unknown:
        raise PolicyError(f"“{path}”有不认识的键：{'、'.join(sorted(unknown))}")
    if not node.get("clause"):
        raise PolicyError(f"“{path}”没有注明条款（clause）")
    amended = node.get("amended", [])
    if not isinstance(amended, list) or not all(_is_value(amendment) for amendment in amended):
        raise PolicyError(f"“{path}”的修订须写成 [{{ from = 日期, value = …, clause = … }}]")
    if any(not amendment.get("clause") for amendment in amended):
        raise PolicyError(f"“{path}”的修订没有注明条款（clause）")
    days = [_day("from", amendment) for amendment in amended]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise PolicyError(f"“{path}”的修订日期有重叠或次序颠倒")
    return ValueSource(path, node["clause"], node.get("reading"), node.get("clause_on", {}))


def _day(key: str, node: dict[str, Any]) -> date:
    day = node.get(key)
    if type(day) is not date:
        raise PolicyError(f"“{key}”应为日期，如 2026-03-05，不加引号")
    return day


def _check_periods(path: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        days = [_day(key, row) for key in ("from", "until") if key in row]
        if len(days) == 2 and days[1] <= days[0]:
            raise PolicyError(f"“{path}”有一条的止期不晚于起期：{row}")


def _amendment_days(node: Any) -> Iterator[date]:
    if isinstance(node, list):
        for row in node:
            yield from _amendment_days(row)
    elif isinstance(node, dict):
        for key, child in node.items():
            if key in ("from", "until") and isinstance(child, date):
                yield child
            else:
                yield from _amendment_days(child)


def _resolve(node: dict[str, Any], day: date) -> dict[str, Any]:
    """The plain tree of ``day``: values for value tables, only the rows in force of a list of rows."""
    plain: dict[str, Any] = {}
    for key, child in node.items():
        if _is_value(child):
            plain[key] = _value_on(child, day)
        elif isinstance(child, dict):
            plain[key] = _resolve(child, day)
        elif isinstance(child, list) and child and isinstance(child[0], dict):
            plain[key] = [
                {name: item for name, item in row.items() if name not in ("from", "until")}
                for row in child
                if row.get("from", day) <= day < row.get("until", date.max)
            ]
        elif key not in ("in_force_from", "checked"):
            plain[key] = child
    return plain


def _value_on(node: dict[str, Any], day: date) -> Any:
    return _stated_on(node, day)["value"]


def _stated_on(node: dict[str, Any], day: date) -> dict[str, Any]:
    """The statement of a value that is in force: the last amendment that has begun, else the first text."""
    stated = node
    for amendment in node.get("amended", []):
        if amendment["from"] <= day:
            stated = amendment
    return stated


def _clauses(node: dict[str, Any], day: date, path: str = "") -> dict[str, str]:
    """The paragraph behind each value on ``day``: an amended value is cited by its amendment."""
    found: dict[str, str] = {}
    for key, child in node.items():
        here = f"{path}.{key}" if path else key
        if _is_value(child):
            found[here] = _stated_on(child, day)["clause"]
            found |= {f"{here}.{board}": clause for board, clause in child.get("clause_on", {}).items()}
        elif isinstance(child, dict):
            found |= _clauses(child, day, here)
    return found
