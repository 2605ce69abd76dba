"""SZ1-6 每个单位有第一责任人和具体责任人，各有手机号；牵头单位缺一，立项前就是错误，而不是悄悄不发。"""

import pytest

from engine.facts.kinds import Role
from engine.facts.unit import Person
from engine.rules.checks import initiation
from engine.sample.words import Regime, UnitCategory
from tests.clauses.builders import LEAD, UNITS, baoshan, findings, matter, proposal, rules, unit
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, taken_out

pytestmark = clause("SZ1-6")

OTHERS = tuple(one for one in UNITS if one.name != LEAD)
NO_MOBILE = Person("孙科长", None)


def lead(**changes: object) -> tuple:
    """The directory with the lead unit changed."""
    return (*OTHERS, unit(LEAD, row=20, **changes))


def of_matter(*facts: object, **given: object) -> list[tuple[str, str | None, str]]:
    """What is found in 督办台账: rule, field and problem."""
    return [(f.rule, f.place.field, f.problem) for f in findings(*facts, **given) if f.place.sheet == "matters"]


def test_两人都有手机号_可以立项() -> None:
    assert rules(proposal()) == []


@pytest.mark.parametrize(
    ("role", "problem"),
    [
        ("contact", f"通讯录中没有“{LEAD}”的具体责任人手机号。"),
        ("head", f"通讯录中没有“{LEAD}”的第一责任人手机号。"),
    ],
)
def test_牵头单位缺一个手机号_不得立项(role: str, problem: str) -> None:
    units = lead(**{role: NO_MOBILE})
    assert of_matter(proposal(), units=units) == [("responsible_person_missing", "lead_unit", problem)]
    [error] = [found for found in findings(proposal(), units=units) if found.is_error]
    assert error.clause == "SZ1-6"


def test_姓名和手机号都缺_一条说清() -> None:
    units = lead(head=Person("", None), contact=Person("", "+8613800000001"))
    problem = f"通讯录中没有“{LEAD}”的第一责任人姓名、第一责任人手机号、具体责任人姓名。"
    assert of_matter(proposal(), units=units) == [("responsible_person_missing", "lead_unit", problem)]


def test_代班人的手机号不能代替具体责任人的() -> None:
    units = lead(contact=NO_MOBILE, substitute=Person("周某", "+8613800000002"))
    assert len(of_matter(proposal(), units=units)) == 1


def test_没有填牵头单位() -> None:
    assert [rule for rule, _, _ in of_matter(proposal(lead_unit=""))] == ["lead_unit_missing"]


def test_市领导牵头的由承办科室承担_承办科室须可联系() -> None:
    assert of_matter(proposal(lead_unit="", handling_office="秘书二科")) == []
    assert of_matter(proposal(lead_unit="", handling_office="法规科"))[0][:2] == ("unit_not_listed", "handling_office")


def test_通讯录里没有的单位_已停用的单位() -> None:
    assert of_matter(proposal(), units=OTHERS)[0][:2] == ("unit_not_listed", "lead_unit")
    assert of_matter(proposal(), units=lead(active=False))[0][:2] == ("unit_inactive", "lead_unit")


def test_立项主体须有具体责任人_科室不另设第一责任人() -> None:
    offices = tuple(one for one in UNITS if one.name != "秘书一科")
    without_head = unit("秘书一科", UnitCategory.OFFICE, 3, head=NO_MOBILE)
    without_contact = unit("秘书一科", UnitCategory.OFFICE, 3, contact=NO_MOBILE)
    assert of_matter(proposal(), units=(*offices, without_head)) == []
    assert [field for _, field, _ in of_matter(proposal(), units=(*offices, without_contact))] == ["initiating_office"]


def test_配合单位只在保山要求() -> None:
    units = (*(one for one in UNITS if one.name != "市住建局"), unit("市住建局", row=21, contact=NO_MOBILE))
    row = {"cooperating_units": ("朔城区人民政府", "市住建局")}
    assert of_matter(proposal(**row), units=units) == []
    [(rule, field, problem)] = of_matter(baoshan(**row), units=units, regime=Regime.BAOSHAN)
    assert (rule, field) == ("responsible_person_missing", "cooperating_units")
    assert "市住建局" in problem


def test_通讯录本身也提示缺号_停用的不提示() -> None:
    found = [f for f in findings(units=lead(contact=NO_MOBILE)) if f.place.sheet == "units"]
    assert [(f.rule, f.place.row, f.place.field, f.is_error) for f in found] == [
        ("mobile_missing", 20, "contact_mobile", False)
    ]
    assert findings(units=lead(contact=NO_MOBILE, active=False)) == ()


def test_督查室不在通讯录或没有号码_是错误() -> None:
    others = tuple(one for one in UNITS if one.name != "督查室")
    assert [f.rule for f in findings(units=others)] == ["supervision_office_missing"]
    mute = unit("督查室", UnitCategory.OFFICE, contact=NO_MOBILE)
    assert [f.rule for f in findings(units=(*others, mute))] == ["supervision_office_missing"]  # once is enough


def test_已办结的事项不再要求() -> None:
    closed = matter(status=None, completed_at="2026-03-02 10:00")
    assert [rule for rule, *_ in of_matter(closed, units=lead(contact=NO_MOBILE))] == ["state_without_record"]
    assert len(of_matter(matter(), units=lead(contact=NO_MOBILE))) == 1


MUTANTS = (
    taken_out("SZ1-6", initiation, "CHECKS", initiation.responsible_persons),
    policy_value("SZ1-6", "initiation.unit_roles", [Role.HEAD.value]),
    policy_value("SZ1-6", "initiation.unit_roles", [Role.CONTACT.value]),
    policy_value("SZ1-6", "initiation.office_roles", []),
)
