"""Every clause has its matter in the sample ledgers, and is seen to be at work there."""

import pytest

from tests.clauses.sample_matters import HEADING, TABLE, lines
from tests.clauses.sample_scenes import ROOT, Shown, scene_of, without
from tests.test_clause_table import DEMANDED, NOT_BUILT

EACH = pytest.mark.parametrize("one", TABLE, ids=lambda one: one.clause)


def test_要做要记的条款_一条不少_一条不重() -> None:
    clauses = [one.clause for one in TABLE]
    assert sorted(clauses) == sorted(DEMANDED - NOT_BUILT)


@EACH
def test_在这件事项上看得到(one: Shown) -> None:
    assert one.sign(scene_of(one))


@EACH
def test_没有这件事项就看不到(one: Shown) -> None:
    assert not one.sign(without(scene_of(one)))


def test_条款对照的示例一节与此表一致() -> None:
    page = (ROOT / "docs" / "条款对照.md").read_text(encoding="utf-8")
    written = page.split(f"\n{HEADING}")[1].splitlines()[1:]
    assert written == list(lines())[1:], "请运行 python -m tests.clauses.sample_matters docs/条款对照.md"
