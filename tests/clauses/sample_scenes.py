"""The samples, narrowed to what shows one clause."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from engine.facts.inspection import Inspections
from engine.facts.ledger import Ledger
from engine.ledger.reading.inspection_rows import read_inspections
from engine.ledger.reading.ledger import read_ledger
from engine.sample.words import Regime
from tests.clauses.sample_signs import SampleScene, Sign

ROOT = Path(__file__).resolve().parents[2]
FILES = {Regime.SHUOZHOU: "示例台账.xlsx", Regime.BAOSHAN: "示例台账-保山.xlsx"}


class Shown(NamedTuple):
    """A clause, the matter that shows it (by the first words of its content), how people see it, and the sign.

    For a row of 积分事项 or 问责线索 instead of a matter, ``begins`` are the first words of its document or number.
    """

    clause: str
    begins: str
    seen: str
    sign: Sign
    sheet: str = "matters"
    regime: Regime = Regime.SHUOZHOU


@cache
def sample(regime: Regime) -> Ledger:
    return read_ledger((ROOT / "workbook" / FILES[regime]).read_bytes())


def scene_of(shown_: Shown) -> SampleScene:
    """The sample narrowed to the matter, or to the entered rows, that ``shown_`` names."""
    ledger = sample(shown_.regime)
    entered: dict[str, tuple[()]] = {"point_items": (), "clues": (), "point_exclusions": ()}
    if shown_.sheet == "matters":
        matter = next(one for one in ledger.matters if one.content.startswith(shown_.begins))
        family = {matter.number, matter.parent} - {""}  # drafts have neither
        kept = tuple(one for one in ledger.matters if one is matter or one.number in family or one.parent in family)
        return SampleScene(replace(ledger, matters=kept, **entered), matter.place.row or 0)
    if shown_.sheet in ("inspectors", "inspection_tasks"):
        return SampleScene(replace(ledger, matters=(), **entered), 0, _inspections(shown_))
    field = {"point_items": "document", "clues": "number"}[shown_.sheet]
    rows = tuple(one for one in getattr(ledger, shown_.sheet) if getattr(one, field).startswith(shown_.begins))
    if shown_.clause == "SZ4-14":
        rows = ledger.point_items
    assert rows, shown_
    return SampleScene(replace(ledger, **(entered | {shown_.sheet: rows})), 0)


def _inspections(shown_: Shown) -> Inspections:
    """The task with its members and everybody in the pools; or one inspector."""
    known = read_inspections((ROOT / "workbook" / FILES[shown_.regime]).read_bytes())
    if shown_.sheet == "inspectors":
        return Inspections(tuple(one for one in known.inspectors if one.name == shown_.begins))
    tasks = tuple(one for one in known.tasks if one.number == shown_.begins)
    return Inspections(known.inspectors, tasks, tuple(one for one in known.members if one.task == shown_.begins))


def without(scene: SampleScene) -> SampleScene:
    """The scene when what shows the clause is gone."""
    kept = tuple(one for one in scene.ledger.matters if one.place.row != scene.row)
    return SampleScene(replace(scene.ledger, matters=kept, point_items=(), clues=()), scene.row)
