"""The parsed file as it stands: every value with its clause, its reading, its amendments; the plain tree of a day.

Faults are collected, not raised, so that whoever drafts a regulation sees all of them at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from engine.policy.coherence import PolicyFault
from engine.policy.derivation import HEAD

Tree = dict[str, Any]

_VALUE_KEYS = {"value", "clause", "clause_on", "reading", "why", "amended"}
_PLAIN_TABLES = {"citations", "citations_on", "procedure", "readings"}
"""Tables of plain clauses, or of plain readings: nothing in them is a value with a clause."""


@dataclass(frozen=True, slots=True)
class ValueSource:
    """Where a value comes from: its paragraph, and the row of readings.md where the text leaves a choice."""

    path: str
    clause: str
    reading: int | None
    clause_on: Mapping[str, str] = field(default_factory=dict)


def is_value(node: object) -> bool:
    """Whether a node states a value: ``{ value = …, clause = … }``."""
    return isinstance(node, dict) and "value" in node


def day_of_force(tree: Tree) -> date | None:
    """From when the file is in force; ``None`` where it does not say."""
    day = tree.get("in_force_from")
    return day if type(day) is date else None


def values(node: Tree, path: str = "") -> Iterator[tuple[str, Tree]]:
    """Every value of a tree by its dotted path."""
    for key, child in node.items():
        here = f"{path}.{key}" if path else key
        if here in _PLAIN_TABLES:
            continue
        if is_value(child):
            yield here, child
        elif isinstance(child, dict):
            yield from values(child, here)


def sources(tree: Tree) -> tuple[ValueSource, ...]:
    """Where every value comes from; a reading may stand once for a whole section."""
    usual = tree.get("readings", {})
    return tuple(
        ValueSource(
            path, node["clause"], node.get("reading", usual.get(path.partition(".")[0])), node.get("clause_on", {})
        )
        for path, node in values(tree)
    )


def stated_faults(tree: Tree) -> Iterator[PolicyFault]:
    """What is wrong with the form in which a file states its values."""
    if day_of_force(tree) is None:
        missing = "in_force_from" not in tree
        problem = (
            "缺少 in_force_from（自何日起施行）" if missing else "“in_force_from”应为日期，如 2026-03-05，不加引号"
        )
        yield PolicyFault("in_force_from", problem)
    for key in ("regime", "title"):
        if not isinstance(tree.get(key), str) or not tree[key].strip():
            yield PolicyFault(key, f"缺少 {key}（{'制度方案的名称' if key == 'regime' else '制度的文号或标题'}）")
    yield from _node_faults(tree, "")


def _node_faults(node: Tree, path: str) -> Iterator[PolicyFault]:
    for key, child in node.items():
        here = f"{path}.{key}" if path else key
        if here in _PLAIN_TABLES or (not path and key in HEAD):
            continue
        if is_value(child):
            yield from _value_faults(here, child)
        elif isinstance(child, dict):
            yield from _node_faults(child, here)
        elif isinstance(child, list) and child and all(isinstance(row, dict) for row in child):
            yield from _period_faults(here, child)
        else:
            yield PolicyFault(here, f"“{here}”须写成 {{ value = …, clause = … }}，并注明条款")


def _value_faults(path: str, node: Tree) -> Iterator[PolicyFault]:
    unknown = node.keys() - _VALUE_KEYS
    if unknown:
        yield PolicyFault(path, f"“{path}”有不认识的键：{'、'.join(sorted(unknown))}")
    if not node.get("clause"):
        yield PolicyFault(path, f"“{path}”没有注明条款（clause）")
    amended = node.get("amended", [])
    if not isinstance(amended, list) or not all(is_value(amendment) for amendment in amended):
        yield PolicyFault(path, f"“{path}”的修订须写成 [{{ from = 日期, value = …, clause = … }}]")
        return
    if any(not amendment.get("clause") for amendment in amended):
        yield PolicyFault(path, f"“{path}”的修订没有注明条款（clause）")
    days = [amendment.get("from") for amendment in amended]
    if any(type(day) is not date for day in days):
        yield PolicyFault(path, f"“{path}”的修订：“from”应为日期，如 2026-03-05，不加引号")
    elif any(later <= earlier for earlier, later in pairwise(day for day in days if day)):
        yield PolicyFault(path, f"“{path}”的修订日期有重叠或次序颠倒")


def _period_faults(path: str, rows: list[Tree]) -> Iterator[PolicyFault]:
    for index, row in enumerate(rows):
        days = [row[key] for key in ("from", "until") if key in row]
        if any(type(day) is not date for day in days):
            yield PolicyFault(f"{path}.{index}", f"“{path}”一行的“from”应为日期，“until”也是，如 2026-03-05，不加引号")
        elif len(days) == 2 and days[1] <= days[0]:
            yield PolicyFault(f"{path}.{index}", f"“{path}”有一条的止期不晚于起期")


def amendment_days(node: Any) -> Iterator[date]:
    """Every day on which something changes."""
    if isinstance(node, list):
        for row in node:
            yield from amendment_days(row)
    elif isinstance(node, dict):
        for key, child in node.items():
            if key in ("from", "until") and isinstance(child, date):
                yield child
            else:
                yield from amendment_days(child)


def on_day(node: Tree, day: date) -> Tree:
    """The plain tree of ``day``: values for value tables, only the rows in force of a list of rows."""
    plain: Tree = {}
    for key, child in node.items():
        if is_value(child):
            plain[key] = _stated_on(child, day)["value"]
        elif isinstance(child, dict):
            plain[key] = on_day(child, day)
        elif isinstance(child, list) and child and isinstance(child[0], dict):
            plain[key] = [
                {name: item for name, item in row.items() if name not in ("from", "until", "why")}
                for row in child
                if row.get("from", day) <= day < row.get("until", date.max)
            ]
        else:
            plain[key] = child
    return plain


def clauses_on(node: Tree, day: date) -> dict[str, str]:
    """The paragraph of each value on ``day``: an amended value is cited by its amendment."""
    found: dict[str, str] = {}
    for path, value in values(node):
        stated = _stated_on(value, day)
        found[path] = stated["clause"]
        found |= {f"{path}.{board}": clause for board, clause in stated.get("clause_on", {}).items()}
    return found


def _stated_on(node: Tree, day: date) -> Tree:
    """The statement of a value that is in force: the last amendment that has begun, else the first text."""
    stated = node
    for amendment in node.get("amended", []):
        if amendment["from"] <= day:
            stated = amendment
    return stated
