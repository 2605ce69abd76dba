"""暂行办法第十条（三）：审批后上报，由立项主体负责（reading 35）；没有上报不能销号。"""

import pytest

from engine.facts.duty import Duty
from engine.facts.kinds import MessageKind
from engine.facts.records import Report
from engine.rules.checks import procedure
from engine.rules.checks import province as province_checks
from engine.rules.duties import nodes, paragraphs
from engine.rules.duties.case import Case
from engine.rules.duties.paragraphs import duties_of
from engine.rules.messages.flags import flags
from engine.sample.words import Light, TimeLimit
from tests.clauses.builders import (
    NothingSent,
    at,
    case,
    closed_out,
    ledger,
    messages,
    policies_with,
    policy_with,
    report,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, schedule_row, taken_out
from tests.clauses.test_province import CHILD, PARENT, SUBMITTED, child, province, told

pytestmark = clause("SZ1-10.3")


def province_duties(moment: str, under: object = None, **changes: object) -> dict[str, object]:
    owed = duties_of(case(province(**changes), moment=moment, under=under))
    return {duty.name: duty for duty in owed if duty.clause == "SZ1-10.3"}


LATE = {"submitted_at": "2026-03-20 17:30", "city_leader_approved_at": "2026-03-20 16:00"}


def test_上报由立项主体负责_内部期限提前两天只作提醒() -> None:
    """Reading 35: the unit owes its nodes."""
    found = province_duties("2026-03-10 09:00")
    assert {name: (duty.due, duty.owed_by) for name, duty in found.items()} == {
        "省级期限": (at("2026-03-18 17:30"), "督查室"),
        "上报省政府": (at("2026-03-20 17:30"), "督查室"),
    }
    assert [duty.name for duty in found.values() if not duty.is_announcement] == ["上报省政府"]


def test_内部期限提前几天是制度数据() -> None:
    found = province_duties("2026-03-10 09:00", policy_with("province.internal_days_ahead", 5))
    assert found["省级期限"].due == at("2026-03-15 17:30")


@pytest.mark.parametrize(
    ("submitted", "overdue"),
    [("2026-03-20 17:29", False), ("2026-03-20 17:30", False), ("2026-03-20 17:31", True), (None, True)],
    ids=["前一分上报", "当分上报", "后一分上报", "没有上报"],
)
def test_上报以省级期限为准(submitted: str | None, overdue: bool) -> None:
    changes = SUBMITTED | {"submitted_at": submitted}
    duty = province_duties("2026-03-25 09:00", **changes)["上报省政府"]
    assert duty.went_overdue(at("2026-03-25 09:00")) is overdue


@pytest.mark.parametrize("name", ["office_approver", "office_approved_at", "city_leader_approver"])
def test_没有审批就上报_不算上报(name: str) -> None:
    changes = SUBMITTED | {name: "" if name.endswith("er") else None}
    duty = province_duties("2026-03-25 09:00", **changes)["上报省政府"]
    assert duty.fulfilled_at is None


def sent_after_the_nodes(under: object = None) -> list[tuple[str, str]]:
    """Times and recipients of what goes out once the unit has reported its last node in time."""
    book = ledger(province(time_limit=TimeLimit.ONE_DAY), report("1天", "2026-03-02 15:00", matter=PARENT))
    return [(f"{sms.at:%m-%d %H:%M}", sms.to.unit) for sms in messages(book, "2026-03-10", "2026-03-25", under)]


def test_承办单位节点已报_只提醒立项主体上报() -> None:
    times = ("03-17 09:00", "03-18 12:30", "03-19 09:00", "03-20 12:30")
    assert sent_after_the_nodes() == [(time, "督查室") for time in times]


def test_读法35_另一种_内部期限由承办单位负责() -> None:
    sent = sent_after_the_nodes(policies_with("province.submitted_by", "lead_unit_too"))
    assert [unit for _, unit in sent] == ["市教育局"] * 2 + ["督查室"] * 2


@pytest.mark.parametrize(
    ("moment", "light"),
    [
        ("2026-03-18 17:31", Light.GREEN),
        ("2026-03-19 17:30", Light.YELLOW),
        ("2026-03-20 17:30", Light.YELLOW),
        ("2026-03-20 17:31", Light.RED),
    ],
    ids=["内部期限过了", "省级期限前一天", "省级期限", "省级期限过了"],
)
def test_内部期限过了不亮红灯_省级期限过了才亮(moment: str, light: Light) -> None:
    final = closing_node()
    shown = flags(*final_case(final, moment), NothingSent(), at(moment))
    assert shown.light == light


def closing_node() -> Report:
    return report("1个月", "2026-03-02 15:00", matter=PARENT)


def final_case(handed_in: Report, moment: str) -> tuple[Case, list[Duty]]:
    known = case(province(time_limit=TimeLimit.ONE_MONTH), handed_in, moment=moment)
    return known, duties_of(known)


def closed_times(under: object = None, **changes: object) -> list[str]:
    done = closed_out("2026-03-18 09:00", matter=PARENT)
    sent = messages(ledger(province(**changes), done), "2026-03-10", "2026-03-25", under)
    return sorted({f"{sms.at:%m-%d %H:%M}" for sms in sent if sms.kind is MessageKind.COMPLETION})


@pytest.mark.parametrize(
    ("changes", "told_at"),
    [
        ({}, []),
        (SUBMITTED, ["03-18 09:00"]),
        (SUBMITTED | {"submitted_at": "2026-03-19 10:00"}, ["03-19 10:00"]),
        (SUBMITTED | {"city_leader_approver": ""}, []),
    ],
    ids=["没有上报", "先上报", "审定后才上报", "没有市领导审批"],
)
def test_没有上报不能销号(changes: dict[str, object], told_at: list[str]) -> None:
    assert closed_times(**changes) == told_at
    row = province(**changes)
    rules = [rule for rule, *_ in told(row, closed_out("2026-03-18 09:00", matter=PARENT))]
    assert ("closed_before_submission" in rules) is (not told_at)


def test_读法35_另一种_不上报也可以销号() -> None:
    assert closed_times(policies_with("province.closes_after_submission", False)) == ["03-18 09:00"]


def test_下级随上级上报_自己不用上报() -> None:
    done = closed_out("2026-03-18 09:00", matter=CHILD)
    sent = messages(ledger(province(), child(), done), "2026-03-10", "2026-03-25")
    assert {sms.covers[0].key.matter for sms in sent if sms.kind is MessageKind.COMPLETION} == {CHILD}


MUTANTS = (
    policy_value("SZ1-10.3", "province.internal_days_ahead", 0),
    policy_value("SZ1-10.3", "province.closes_after_submission", False),
    policy_value("SZ1-10.3", "province.submitted_by", "lead_unit_too"),
    taken_out("SZ1-10.3", paragraphs, "PARAGRAPHS", nodes.province_deadline),
    taken_out("SZ1-10.3", procedure, "CHECKS", province_checks.submitted_before_close_out),
    schedule_row("SZ1-10.3", duty="省级期限"),
    schedule_row("SZ1-10.3", duty="内部期限"),
)
