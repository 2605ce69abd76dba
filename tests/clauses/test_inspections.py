"""“一网三库”第十条至第十八条：请示、方案、告知、报告和保障。"""

import pytest

from engine.rules.inspections import checks, members
from tests.clauses.builders import at, policy_with
from tests.clauses.clause import clause
from tests.clauses.inspections import faults, member, person, task
from tests.clauses.mutants import policy_value, replaced

BEFORE = "2026-10-15 09:00"  # the inspection has not begun


@clause("SZ6-10", "SZ6-11", "SZ6-12")
def test_依次办理的没有问题() -> None:
    assert faults(person(), task(), member()) == []
    assert faults(task(kind="大督查")) == []


# ---- 第十至十二条：请示、批准、方案、批准、告知 ----


@clause("SZ6-10", "SZ6-12")
@pytest.mark.parametrize(
    ("field", "clause"),
    [
        ("requested_at", "SZ6-10"),
        ("request_approved_at", "SZ6-10"),
        ("planned_at", "SZ6-11"),
        ("plan_approved_at", "SZ6-11"),
        ("told_at", "SZ6-12"),
    ],
)
def test_跳过一步的(field: str, clause: str) -> None:
    assert faults(task(**{field: None})) == [("inspection_step_skipped", clause)]


@clause("SZ6-10", "SZ6-12")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"request_approved_at": at("2026-10-09 08:59")}, [("inspection_step_reversed", "SZ6-10")]),
        ({"request_approved_at": at("2026-10-09 09:00")}, []),
        ({"planned_at": at("2026-10-10 09:59")}, [("inspection_step_reversed", "SZ6-11")]),
        ({"plan_approved_at": at("2026-10-12 09:59")}, [("inspection_step_reversed", "SZ6-11")]),
        ({"told_at": at("2026-10-13 09:59")}, [("inspection_step_reversed", "SZ6-12")]),
        ({"told_at": at("2026-10-19 09:01")}, [("inspection_step_reversed", "SZ6-10")]),
        ({"told_at": at("2026-10-19")}, []),
    ],
    ids=["批准早于请示", "同分批准", "方案早于批准", "方案先批后成", "先告知后批准", "开始后才告知", "当天只写日期"],
)
def test_次序颠倒的(changes: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert faults(task(**changes)) == expected


@clause("SZ6-10", "SZ6-12")
@pytest.mark.parametrize(("moment", "expected"), [("2026-10-19 08:59", []), ("2026-10-19 09:00", ["SZ6-12"])])
def test_还没开始的不催_开始了才算跳过(moment: str, expected: list[str]) -> None:
    ahead = {"reported_at": None, "problem_list": "", "failure_list": "", "forwarded_at": None, "log": ""}
    assert [clause for _, clause in faults(task(told_at=None, **ahead), moment=moment)] == expected


@clause("SZ6-10")
@pytest.mark.parametrize(("field", "clause"), [("request_approver", "SZ6-10"), ("plan_approver", "SZ6-11")])
def test_批准要有人(field: str, clause: str) -> None:
    assert faults(task(**{field: ""})) == [("approver_missing", clause)]


@clause("SZ6-11")
def test_专职发函或电话通知_兼职特邀提前征得同意() -> None:
    assert faults(person(), task(), member(notified_by="")) == [("not_arranged", "SZ6-11")]
    part = person(pool="兼职", origin="办公厅副主任")
    assert faults(part, task(), member(role="兼职")) == []
    assert faults(part, task(), member(role="兼职", consented_at=None)) == [("not_arranged", "SZ6-11")]
    assert faults(part, task(), member(role="兼职", consented_by="")) == [("not_arranged", "SZ6-11")]


@clause("SZ6-11")
@pytest.mark.parametrize(
    ("consented", "expected"),
    [("2026-10-19 09:00", []), ("2026-10-19 09:01", [("consent_too_late", "SZ6-11")])],
)
def test_同意要在督查开始之前(consented: str, expected: list[tuple[str, str]]) -> None:
    part = person(pool="特邀", origin="专家学者")
    untold = member(role="特邀", consented_at=at(consented), notified_at=None)
    found = faults(part, task(told_at=None), untold)
    assert [one for one in found if one[0].startswith("consent")] == expected


@clause("SZ6-11")
@pytest.mark.parametrize(
    ("consented", "rules"),
    [("2026-10-14 08:59", []), ("2026-10-14 09:00", []), ("2026-10-14 09:01", ["consent_after_told"])],
    ids=["告知前一分同意", "同分", "后一分"],
)
def test_要先征得同意再告知(consented: str, rules: list[str]) -> None:
    part = person(pool="特邀", origin="专家学者")
    asked = member(role="特邀", consented_at=at(consented), notified_at=None)
    found = [rule for rule, _ in faults(part, task(told_at=at("2026-10-14 09:00")), asked)]
    assert [rule for rule in found if rule.startswith("consent")] == rules
    by_phone = member(role="特邀", consented_at=at(consented), notified_at=at("2026-10-14 09:00"))
    found = [rule for rule, _ in faults(part, task(told_at=None), by_phone)]
    assert [rule for rule in found if rule.startswith("consent")] == rules


# ---- 第十四条：结束后3日内形成报告，附两份清单 ----

UNREPORTED = {"reported_at": None, "problem_list": "", "failure_list": "", "forwarded_at": None, "support": ""}


@clause("SZ6-14")
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-10-25 17:29", []),
        ("2026-10-25 17:30", [("report_near", "SZ6-14", False)]),
        ("2026-10-26 17:30", [("report_near", "SZ6-14", False)]),
        ("2026-10-26 17:31", [("report_overdue", "SZ6-14", True)]),
    ],
    ids=["一天以前", "还有一天", "到期那一分", "过一分"],
)
def test_三日内形成督查报告(moment: str, expected: list[object]) -> None:
    assert faults(task(**UNREPORTED), moment=moment, severity=True) == expected


@clause("SZ6-14")
@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ("2026-10-26 17:30", []),
        ("2026-10-26", []),
        ("2026-10-26 17:31", [("report_late", "SZ6-14")]),
        ("2026-10-27", [("report_late", "SZ6-14")]),
    ],
)
def test_报告逾期的(reported: str, expected: list[object]) -> None:
    assert faults(task(reported_at=at(reported), forwarded_at=at("2026-10-28 09:00"))) == expected


@clause("SZ6-14")
def test_几日之内是制度数据() -> None:
    assert faults(task(**UNREPORTED), moment="2026-10-27 09:00", under=policy_with("inspection.report_days", 5)) == []


@clause("SZ6-14")
@pytest.mark.parametrize("field", ["problem_list", "failure_list"])
def test_报告附问题事项清单_不落实典型事项清单(field: str) -> None:
    assert faults(task(**{field: ""})) == [("report_without_list", "SZ6-14")]


@clause("SZ6-14")
def test_方案明确报告的负责人() -> None:
    assert faults(task(drafter="")) == [("drafter_missing", "SZ6-14")]


# ---- 第十三、十五至十八条：留痕 ----


@clause("SZ6-13", "SZ6-15", "SZ6-18")
@pytest.mark.parametrize(("field", "clause"), [("log", "SZ6-13"), ("forwarded_at", "SZ6-15"), ("support", "SZ6-18")])
def test_该记的没有记_提示(field: str, clause: str) -> None:
    empty = {field: None if field == "forwarded_at" else ""}
    assert faults(task(**empty), severity=True) == [("inspection_not_recorded", clause, False)]
    assert faults(task(**(UNREPORTED | {"log": ""})), moment=BEFORE) == []


@clause("SZ6-16", "SZ6-17")
@pytest.mark.parametrize(
    ("role", "bearer", "expected"),
    [
        ("专职", "所在单位", []),
        ("专职", "市政府办公厅", [("cost_bearer", "SZ6-16")]),
        ("专职", "", [("cost_bearer", "SZ6-16")]),
        ("特邀", "市政府办公厅", []),
        ("特邀", "所在单位", [("cost_bearer", "SZ6-17")]),
        ("随行", "", []),
    ],
)
def test_经费由谁保障(role: str, bearer: str, expected: list[object]) -> None:
    one = person() if role == "专职" else person(pool="特邀", origin="人大代表")
    assert faults(one, task(), member(role=role, cost_bearer=bearer)) == expected


@clause("SZ6-10")
@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"number": ""}, "task_incomplete"),
        ({"kind": ""}, "task_incomplete"),
        ({"ends_at": at("2026-10-18")}, "task_ends_before_start"),
    ],
)
def test_任务没有填全_起止颠倒(changes: dict[str, object], rule: str) -> None:
    assert rule in [one for one, _ in faults(task(**changes))]


MUTANTS = (
    replaced("SZ6-10", checks, "_in_turn", lambda *_: iter(())),
    replaced("SZ6-11", members, "_arranged", lambda *_: iter(())),
    replaced("SZ6-12", checks, "_steps", lambda _: (("requested_at", "书面请示", "SZ6-10"),)),
    policy_value("SZ6-14", "inspection.report_days", 4),
    replaced("SZ6-14", checks, "_report", lambda *_: iter(())),
    *(replaced(clause, checks, "_recorded", lambda *_: iter(())) for clause in ("SZ6-13", "SZ6-15", "SZ6-18")),
    *(replaced(clause, members, "_arranged", lambda *_: iter(())) for clause in ("SZ6-16", "SZ6-17")),
)
