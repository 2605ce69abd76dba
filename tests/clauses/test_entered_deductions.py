"""激励积分办法第十条（一）、（三）：由人登记的减分事项。"""

import pytest

from engine.rules.points import entered
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced, taken_out
from tests.clauses.points import entries, faults, found, item, points

# ---- 第十条（一）认定存在问题的 ----


@clause("SZ4-10.1")
@pytest.mark.parametrize(("role", "wanted"), [("牵头", -5), ("配合", -3)])
@pytest.mark.parametrize("level", ["国务院", "省", "市"])
def test_督查发现问题_牵头减5_配合减3(role: str, level: str, wanted: float) -> None:
    (entry,) = entries(item("督查发现问题", role=role, level=level))
    assert (entry.points, entry.clause, entry.scorer) == (wanted, "SZ4-10.1", "督查室")


@clause("SZ4-10.1")
def test_每项都减() -> None:
    assert points(item("督查发现问题", quantity=3)) == [("督查发现问题", -15, "2026-03-05")]


@clause("SZ4-10.1")
def test_配合不力导致问题的_配合单位减5() -> None:
    assert points(item("配合不力致问题", role="配合")) == [("配合不力致问题", -5, "2026-03-05")]


@clause("SZ4-10.1")
@pytest.mark.parametrize(
    ("decided", "wanted"),
    [
        (0, [0]),
        (-0.9, None),
        (-1, [-1]),
        (-1.5, [-1.5]),
        (-3, [-3]),
        (-3.1, None),
        (-4, None),
        (1, None),
        (-1.25, None),
    ],
)
def test_牵头单位可不减_或酌减1至3分_超出的不计并提示(decided: float, wanted: list[float] | None) -> None:
    row = item("配合不力致问题", discretionary_points=decided)
    assert [entry.points for entry in entries(row)] == (wanted or [])
    assert faults(row) == ([] if wanted else ["discretion_out_of_range"])


@clause("SZ4-10.1")
def test_牵头单位的酌定分值须由人填() -> None:
    assert points(item("配合不力致问题")) == []
    (finding,) = found(item("配合不力致问题"))
    assert (finding.rule, finding.clause) == ("discretion_missing", "SZ4-10.1")
    assert (finding.place.sheet, finding.place.row, finding.place.field) == ("point_items", 3, "discretionary_points")
    assert "督查室酌定" in finding.remedy


@clause("SZ4-10.1")
def test_别的事项不能酌定_按标准计() -> None:
    row = item("督查发现问题", discretionary_points=-1)
    assert points(row) == [("督查发现问题", -5, "2026-03-05")]
    assert faults(row) == ["discretion_unused"]


# ---- 第十条（三）其他事项 ----


@clause("SZ4-10.3")
@pytest.mark.parametrize(
    ("word", "quantity", "wanted"),
    [("不配合阻碍", 1, -5), ("不配合阻碍", 2, -10), ("迟报材料", 1, -1), ("迟报材料", 4, -4), ("迟报材料", None, -1)],
)
def test_阻碍每次减5_迟报每天减1(word: str, quantity: int | None, wanted: float) -> None:
    (entry,) = entries(item(word, quantity=quantity, level=""))
    assert (entry.points, entry.clause) == (wanted, "SZ4-10.3")


@clause("SZ4-10.3")
@pytest.mark.parametrize("quantity", [0, -1])
def test_数量不对的不计并提示(quantity: int) -> None:
    assert points(item("迟报材料", quantity=quantity)) == []
    assert faults(item("迟报材料", quantity=quantity)) == ["item_quantity"]


# ---- 登记有误：指出位置和改法，其余照常计分 ----


@clause("SZ4-5", "SZ4-6", "SZ4-7", "SZ4-10.3")
@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (item("督查发现问题", date=None), "item_without_date"),
        (item("督查发现问题", "2026-04-02"), "item_ahead"),
        (item("督查发现问题", unit=""), "item_without_unit"),
        (item("督查发现问题", unit="秘书一科"), "item_out_of_scope"),
        (item(""), "item_without_kind"),
        (item("督查发现问题", role=""), "item_without_role"),
        (item("保山通报扣分", case="一"), "circular_unknown"),
    ],
)
def test_登记有误的一行不计_其余照计(row: object, rule: str) -> None:
    good = item("不配合阻碍", document="另一文号")
    assert points(row, good) == [("不配合阻碍", -5, "2026-03-05")]
    (finding,) = found(row, good)
    assert (finding.rule, finding.is_error, finding.place.row) == (rule, True, 3)
    assert finding.remedy


@clause("SZ4-5", "SZ4-6", "SZ4-7", "SZ4-10.1")
@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (item("督查发现问题", document=""), "item_without_evidence"),
        (item("督查发现问题", matter="2026-日-9999"), "item_unknown_matter"),
    ],
)
def test_缺依据的_照计并提示(row: object, rule: str) -> None:
    assert points(row) == [("督查发现问题", -5, "2026-03-05")]
    assert faults(row) == [rule]


@clause("SZ4-5", "SZ4-6", "SZ4-7", "SZ4-10.1")
@pytest.mark.parametrize("level", ["", "县"])
@pytest.mark.parametrize("word", ["督查发现问题", "配合不力致问题"])
def test_不是三级督查的_报错不计分(word: str, level: str) -> None:
    row = item(word, role="配合", level=level)
    assert (points(row), faults(row)) == ([], ["item_without_level"])


@clause("SZ4-5", "SZ4-6", "SZ4-7", "SZ4-10.1")
@pytest.mark.parametrize("level", ["国务院", "省", "市"])
def test_三级督查都计分_依据写明是哪一级(level: str) -> None:
    (entry,) = entries(item("督查发现问题", level=level))
    assert (entry.points, entry.evidence.startswith(f"{level}督查发现问题")) == (-5, True)


MUTANTS = (
    *(replaced(clause, entered, "_LEVELLED", ()) for clause in ("SZ4-5", "SZ4-6", "SZ4-7")),
    policy_value("SZ4-10.1", "points.problem_lead", -3),
    policy_value("SZ4-10.1", "points.problem_cooperating", -5),
    policy_value("SZ4-10.1", "points.caused_cooperating", -3),
    policy_value("SZ4-10.1", "points.caused_lead", [-5, 0]),
    taken_out("SZ4-10.1", entered, "FAULTS", entered._within_its_clause),
    policy_value("SZ4-10.3", "points.obstruction", -1),
    policy_value("SZ4-10.3", "points.late_material_per_day", 0),
    taken_out("SZ4-10.3", entered, "FAULTS", entered._counted),
)
