"""激励积分办法第十二条、第十三条：谁来评分（读法30）。"""

from dataclasses import replace

import pytest

from engine.facts.kinds import SupervisionMethod
from engine.rules.points import entered, scored
from engine.sample.words import TimeLimit
from tests.clauses.builders import matter, report, supervision
from tests.clauses.clause import clause
from tests.clauses.mutants import replaced, taken_out
from tests.clauses.points import entries, faults, item, points

ONE_DAY = {"time_limit": TimeLimit.ONE_DAY}
ESCALATED = supervision(
    "2026-03-05 10:00",
    method=SupervisionMethod.ESCALATED,
    approver="孙某",
    approver_rank="分管副秘书长",
    approved_at="2026-03-06 10:00",
)


def scorers(*facts: object, **given: object) -> dict[str, str]:
    return {entry.kind.value: entry.scorer for entry in entries(*facts, **given)}


@clause("SZ4-13")
def test_事项的积分由立项主体评() -> None:
    assert scorers(matter(**ONE_DAY)) == {"纳入系统": "秘书一科", "报送逾期": "秘书一科"}


@clause("SZ4-13")
def test_进入重点督办的事项_所有积分由督查室评_此前的也是() -> None:
    found = scorers(matter(**ONE_DAY), ESCALATED)
    assert found == dict.fromkeys(("纳入系统", "报送逾期", "进入重点督办"), "督查室")


@clause("SZ4-13")
def test_重点督办没有生效的_仍由立项主体评() -> None:
    found = scorers(matter(**ONE_DAY), replace(ESCALATED, approver_rank=""))
    assert found == dict.fromkeys(("纳入系统", "报送逾期"), "秘书一科")


@clause("SZ4-13")
def test_单位的季度积分由督查室评() -> None:
    met = report("1天", "2026-03-03 08:00")
    assert scorers(matter(**ONE_DAY), met, moment="2026-04-01 08:00")["季度未被催办"] == "督查室"


@clause("SZ4-12")
@pytest.mark.parametrize("word", ["表彰", "督查发现问题", "配合不力致问题", "不配合阻碍", "迟报材料"])
@pytest.mark.parametrize(("scorer", "counts"), [("督查室", True), ("", True), ("秘书二科", False)])
def test_督查发现的由督查室评_别的科室评的不计并提示(word: str, scorer: str, counts: bool) -> None:
    row = item(word, role="配合", scorer=scorer)
    assert [entry.scorer for entry in entries(row)] == (["督查室"] if counts else [])
    assert faults(row) == ([] if counts else ["scorer_may_not"])


@clause("SZ4-12")
@pytest.mark.parametrize(
    ("word", "scorer", "wanted"),
    [
        ("推动不力", "秘书一科", []),
        ("推动不力", "督查室", []),
        ("推动不力", "秘书二科", ["scorer_may_not"]),
        ("迟报材料", "秘书一科", []),
        ("迟报材料", "秘书二科", ["scorer_may_not"]),
        ("督查发现问题", "秘书一科", ["scorer_may_not"]),
    ],
)
def test_涉及事项的_立项主体也可评(word: str, scorer: str, wanted: list[str]) -> None:
    assert faults(matter(**ONE_DAY), item(word, matter="2026-日-0001", scorer=scorer)) == wanted


@clause("SZ4-13")
def test_每一笔都写明依据和条款() -> None:
    for entry in entries(matter(**ONE_DAY), ESCALATED, item("表彰")):
        assert entry.clause.startswith("SZ4-")
        assert entry.evidence
        assert entry.scorer
    assert points(item("表彰"))


MUTANTS = (
    taken_out("SZ4-12", entered, "FAULTS", entered._by_who_may),
    replaced("SZ4-13", scored.Scored, "_scorer", lambda self, day: "督查室"),
)
