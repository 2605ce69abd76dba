"""The points of small ledgers in a few words: what one unit gets, when and for what.

points(matter(), moment="2026-03-10") == [("纳入系统", 0.5, "2026-03-02"), …]
"""

from typing import Any

from engine.facts.finding import Finding, Place
from engine.facts.points import PointEntry
from engine.facts.records import PointExclusion, PointItem
from engine.policy.loading import Policies
from engine.rules.points.account import Account
from engine.rules.points.checks import check_points
from tests.clauses.builders import LEAD, NUMBER, Matter, Record, at, ledger, policies

COOPERATOR = "市住建局"


def item(word: str, date: str | None = "2026-03-05", **changes: Any) -> PointItem:
    """A row of 积分事项 that has nothing wrong with it: found by the city, scored by 督查室."""
    given = {
        "unit": LEAD,
        "role": "牵头",
        "level": "市",
        "quantity": 1,
        "document": "市督查专报〔2026〕1号",
        "scorer": "督查室",
        **changes,
    }
    return PointItem(Place("point_items", 3), at(date) if date else None, item=word, **given)


def exclusion(node: str, **changes: Any) -> PointExclusion:
    """A row of 积分剔除 in force."""
    given = {"matter": NUMBER, "reason": "短信平台故障", "approver": "孙某", "at": at("2026-03-06"), **changes}
    return PointExclusion(Place("point_exclusions", 3), node=node, **given)


def account(
    *facts: Matter | Record | PointItem | PointExclusion,
    moment: str = "2026-03-31 12:00",
    under: Policies | None = None,
    **changes: Any,
) -> Account:
    """The account of a ledger of these facts at ``moment``; ``changes`` as for ``ledger``."""
    items = tuple(fact for fact in facts if isinstance(fact, PointItem))
    exclusions = tuple(fact for fact in facts if isinstance(fact, PointExclusion))
    others = [fact for fact in facts if not isinstance(fact, (PointItem, PointExclusion))]
    book = ledger(*others, **{"point_items": items, "point_exclusions": exclusions, **changes})
    return Account(book, under or policies(), at(moment))


def entries(*facts: Any, **given: Any) -> tuple[PointEntry, ...]:
    """All entries of such a ledger."""
    return account(*facts, **given).entries


def points(*facts: Any, unit: str = LEAD, without: tuple[str, ...] = (), **given: Any) -> list[tuple[str, float, str]]:
    """What one unit gets: (word, points, day), in the order of the days. ``without`` leaves words out."""
    found = [entry for entry in entries(*facts, **given) if entry.unit == unit and entry.kind not in without]
    return [(entry.kind.value, entry.points, str(entry.date)) for entry in found]


def found(*facts: Any, **given: Any) -> list[Finding]:
    """What is wrong with what was entered."""
    return list(check_points(account(*facts, **given)))


def faults(*facts: Any, **given: Any) -> list[str]:
    """The same, only the names."""
    return [finding.rule for finding in found(*facts, **given)]
