"""“一网三库”第二、五、七、八、九条：三库人员、选派、分组和回避。"""

from dataclasses import replace

import pytest

from engine.facts.finding import Place
from engine.facts.inspection import ORIGINS, Inspections, Inspector, Pool
from engine.facts.unit import Directory
from engine.rules.inspections import checks, members, teams
from engine.rules.inspections.teams import TeamProposal, propose
from tests.clauses.builders import UNITS, at, policy, policy_with
from tests.clauses.clause import clause
from tests.clauses.inspections import faults, member, person, task
from tests.clauses.mutants import policy_value, replaced

NOW = "2026-11-01 09:00"


# ---- 三库人员 ----


@clause("SZ6-2", "SZ6-5")
@pytest.mark.parametrize("pool", list(Pool))
@pytest.mark.parametrize("origin", [word for words in ORIGINS.values() for word in words])
def test_每库只收规定身份的人(pool: Pool, origin: str) -> None:
    expected = [] if origin in ORIGINS[pool] else [("origin_not_of_pool", "SZ6-5")]
    assert faults(person(pool=pool, origin=origin)) == expected


@clause("SZ6-2", "SZ6-5")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"pool": ""}, [("pool_missing", "SZ6-2")]),
        ({"origin": ""}, [("origin_not_of_pool", "SZ6-5")]),
        ({"entered_at": None}, [("entry_missing", "SZ6-5")]),
        ({"left_at": at("2026-01-11"), "change_note": "调离"}, [("left_before_entry", "SZ6-5")]),
        ({"left_at": at("2026-06-30"), "change_note": "调离"}, []),
        ({"left_at": at("2026-06-30")}, [("change_unexplained", "SZ6-5")]),
    ],
    ids=["没有库别", "没有身份", "没有入库时间", "出库早于入库", "已出库", "出库没有说明"],
)
def test_库中人员填错的(changes: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert faults(person(**changes)) == expected


@clause("SZ6-5")
@pytest.mark.parametrize(
    ("left", "again", "expected"),
    [
        (None, "2026-07-01", ["in_pool_twice"]),
        ("2026-07-01", "2026-06-30", ["in_pool_twice"]),
        ("2026-07-01", "2026-07-01", []),
    ],
    ids=["没有出库又入库", "出库之前又入库", "出库当天另行入库"],
)
def test_变动另起一行_历史保留(left: str | None, again: str, expected: list[str]) -> None:
    before = person(left_at=left and at(left), change_note="转任")
    after = person(pool=Pool.PART_TIME, origin="办公厅科室负责人", entered_at=at(again), place=Place("inspectors", 3))
    assert [rule for rule, _ in faults(before, after)] == expected


# ---- 分组 ----

ONE = task()


@clause("SZ6-9")
@pytest.mark.parametrize(
    ("role", "count", "expected"),
    [
        ("专职", 3, 0),
        ("专职", 4, 1),
        ("兼职", 2, 0),
        ("兼职", 3, 1),
        ("特邀", 2, 0),
        ("特邀", 3, 1),
        ("随行", 1, 0),
        ("随行", 2, 1),
    ],
)
def test_专项督查每组人数(role: str, count: int, expected: int) -> None:
    assert crowd(role, count) == ["too_many"] * expected
    assert crowd(role, count, reason="跨三个县区，任务重") == []
    assert crowd(role, count, kind="大督查") == []


def crowd(role: str, count: int, reason: str = "", kind: str = "专项督查") -> list[str]:
    people = (
        [person(name=f"{n}某", pool=role, origin=ORIGINS[Pool(role)][0]) for n in range(count)]
        if role != "随行"
        else []
    )
    members = [member(name=f"{n}某", role=role, reason=reason if n == 0 else "") for n in range(count)]
    return [rule for rule, clause in faults(*people, task(kind=kind), *members) if clause == "SZ6-9"]


@clause("SZ6-9")
def test_每组各算各的() -> None:
    people = [person(name=f"{n}某") for n in range(6)]
    members = [member(name=f"{n}某", group=1 + n % 2) for n in range(6)]
    assert faults(*people, ONE, *members) == []


@clause("SZ6-7")
@pytest.mark.parametrize(
    ("inspector", "expected"),
    [
        ({"unit": "市住建局"}, 0),
        ({"unit": "朔城区人民政府"}, 1),
        ({"unit": "应县水利局", "county": "朔城区"}, 1),
        ({"unit": "应县水利局", "county": "应县"}, 0),
    ],
    ids=["别的单位", "本单位", "本县区", "别的县区"],
)
def test_交叉督查_不督查本单位本县区(inspector: dict[str, str], expected: int) -> None:
    found = faults(person(**inspector), ONE, member(unit=inspector["unit"]))
    assert found == [("own_ground", "SZ6-7")] * expected


@clause("SZ6-7")
@pytest.mark.parametrize("field", ["proposed_at", "agreed_at"])
@pytest.mark.parametrize(("moment", "is_error"), [("2026-10-19 08:59", False), ("2026-10-19 09:00", True)])
def test_专职人员由单位确定_督查室同意(field: str, moment: str, *, is_error: bool) -> None:
    facts = (person(), task(), member(**{field: None}))
    assert ("not_arranged", "SZ6-7", is_error) in faults(*facts, moment=moment, severity=True)


@clause("SZ6-8")
@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([], [("not_in_pool", "SZ6-8")]),
        ([{"left_at": at("2026-10-01"), "change_note": "调离"}], [("not_in_pool", "SZ6-8")]),
        ([{"entered_at": at("2026-10-20")}], [("not_in_pool", "SZ6-8")]),
        ([{}], []),
        ([{"pool": "兼职", "origin": "办公厅副主任"}], [("role_not_of_pool", "SZ6-5")]),
    ],
    ids=["库里没有", "已出库", "还没入库", "在库", "库别不同"],
)
def test_督查人员从库中选出(people: list[dict[str, object]], expected: list[tuple[str, str]]) -> None:
    assert faults(*(person(**changes) for changes in people), ONE, member()) == expected


@clause("SZ6-8")
def test_没有填全的_没有这项任务的() -> None:
    assert ("member_incomplete", "SZ6-9") in faults(person(), ONE, member(group=None))
    assert faults(person(), member(task="督2026-9")) == [("task_unknown", "SZ6-11")]


# ---- 建议人选 ----


def proposal(*people: Inspector, under: object = None, **changes: object) -> TeamProposal:
    known = Inspections(people, (), ())
    return propose(known, task(**changes), Directory.of(UNITS), under or policy(), at("2026-10-19 09:00"))


def names(made: TeamProposal) -> list[tuple[int, str]]:
    return [(one.group, one.person.name) for one in made.proposed]


@clause("SZ6-8")
def test_专长相符的在前_参加少的在前_库中次序在后() -> None:
    plain, skilled, busy = person(name="甲某"), person(name="乙某", expertise="环保、审计"), person(name="丙某")
    went = tuple(member(name="丙某", task=f"督2025-{n}") for n in (1, 2))
    known = Inspections((busy, plain, skilled), (), went)
    made = propose(known, task(expertise="环保"), Directory.of(UNITS), policy(), at("2026-10-19 09:00"))
    assert names(made) == [(1, "乙某"), (1, "甲某"), (1, "丙某")]
    assert [one.reason for one in made.proposed] == ["专长相符（环保），此前参加0次", "此前参加0次", "此前参加2次"]


@clause("SZ6-9")
def test_每组不超过人数_多的不列入_少的写明空缺() -> None:
    made = proposal(*(person(name=f"{n}某") for n in range(8)), groups=2)
    assert [group for group, _ in names(made)] == [1, 1, 1, 2, 2, 2]
    assert [(one.person.name, one.reason) for one in made.passed_over] == [
        ("6某", "名额已满，排在其后"),
        ("7某", "名额已满，排在其后"),
    ]
    assert "第2组特邀第2名" in made.lacking


@clause("SZ6-7", "SZ6-8")
def test_回避的写明缘由_已出库的不提() -> None:
    own, gone = person(name="甲某", unit="朔城区人民政府"), person(name="乙某", left_at=at("2026-10-19 09:00"))
    made = proposal(own, gone, person(name="丙某"))
    assert names(made) == [(1, "丙某")]
    assert [one.reason for one in made.passed_over] == ["回避：不督查本单位本县区（朔城区人民政府）"]


@clause("SZ6-8", "SZ6-9")
def test_同样的库_同样的建议_人数是制度数据() -> None:
    people = [person(name=f"{n}某") for n in range(5)]
    assert proposal(*people) == proposal(*people)
    assert len(names(proposal(*people, under=policy_with("inspection.full_time_most", 5)))) == 5


@clause("SZ6-2")
def test_没有设三库的制度不核对() -> None:
    off = policy_with("inspection.report_days", 0)
    assert faults(replace(person(), pool=""), under=off) == []


MUTANTS = (
    replaced("SZ6-2", checks, "_pools", lambda *_: iter(())),
    replaced("SZ6-5", checks, "ORIGINS", dict.fromkeys(Pool, ("人大代表",))),
    replaced("SZ6-5", checks, "_twice", lambda *_: iter(())),
    replaced("SZ6-7", members, "own_ground", lambda *_: ""),
    replaced("SZ6-7", teams, "own_ground", lambda *_: ""),
    replaced("SZ6-8", Inspector, "in_pool", lambda one, moment: True),
    replaced("SZ6-8", teams, "skills", lambda text: frozenset()),
    replaced("SZ6-9", members, "_headcount", lambda *_: iter(())),
    policy_value("SZ6-9", "inspection.full_time_most", 4),
    policy_value("SZ6-9", "inspection.attendants_most", 2),
)
