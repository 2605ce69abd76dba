"""``check`` tells what is wrong with the points, and does not say one fault of a cell twice."""

from dataclasses import replace

from engine.review.check import check
from tests.clauses.builders import at, ledger, matter, policies
from tests.clauses.points import item

NOW = at("2026-03-10 09:00")


def told(points: float | None) -> list[str]:
    row = item("配合不力致问题", discretionary_points=points)
    book = replace(ledger(matter()), point_items=(row,))
    return [
        finding.place.field or "" for finding in check(book, policies(), NOW) if finding.place.sheet == "point_items"
    ]


def test_a_discretion_outside_its_clause_is_found() -> None:
    assert "discretionary_points" in told(-4)


def test_one_within_it_is_not() -> None:
    assert "discretionary_points" not in told(-3)
