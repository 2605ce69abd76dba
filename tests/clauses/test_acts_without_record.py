"""要职务、要记录、要层级的每一件事：缺了就报错，而且和没有办过一样（reading 33）。

Each act is tried whole, so that its effect is seen, and with each thing missing that the text demands: then SMS,
lights, points and clues are those of the ledger without the act, and an error says what is missing.
"""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from engine.facts.kinds import ExtensionKind, ExtensionResult, SupervisionMethod
from engine.facts.ledger import Ledger
from engine.facts.records import PointExclusion, PointItem
from engine.review.check import check
from engine.review.ledger_review import review
from engine.rules.points.account import Account
from engine.rules.points.accountability import clues
from engine.sample.words import Grade, Regime, TimeLimit
from tests.clauses.builders import (
    NUMBER,
    NothingSent,
    at,
    baoshan,
    closed_out,
    completion,
    extension,
    ledger,
    matter,
    messages,
    policies,
    report,
    supervision,
)
from tests.clauses.clause import clause
from tests.clauses.points import exclusion, item
from tests.clauses.test_province import PARENT, SUBMITTED, province

pytestmark = clause(
    *("SZ1-10.3", "SZ1-12", "SZ1-13.1", "SZ1-14", "SZ1-15", "SZ1-16", "SZ1-17", "SZ1-18", "SZ4-9.1", "SZ4-10.1"),
    *("SZ4-10.2", "SZ5-5", "BS-7.2", "BS-8.3"),
)

START, END = "2026-03-01", "2026-04-20"
MOMENTS = ("2026-03-04 12:00", "2026-03-09 12:00", "2026-03-25 12:00", END)
Fact = Any


@dataclass(frozen=True)
class Act:
    """One act: the facts around it, the act whole, what may be missing, and what stands if it was never done."""

    around: tuple[Fact, ...]
    whole: Fact
    gaps: tuple[dict[str, Any], ...]
    without: tuple[Fact, ...] = ()
    regime: Regime = Regime.SHUOZHOU


SEVEN = matter(time_limit=TimeLimit.SEVEN_DAYS)
OWNED = matter(service_object="某小区业主")
MET = (report("1天", "2026-03-02 15:00"), report("3天", "2026-03-04 15:00"))
EXCELLENT = closed_out("2026-03-04 10:00", grade=Grade.EXCELLENT)
FAILED = completion(
    "2026-03-03 08:00",
    grade=Grade.FAIL,
    grader="李科长",
    grade_approver="钱某",
    grade_approver_rank="分管副秘书长",
    grade_approved_at="2026-03-04 10:00",
)
AROUND_CONSENT = completion(
    "2026-03-02 15:00",
    service_object_agrees=False,
    talks=3,
    written_report_at="2026-03-02 15:30",
    office_agreed_at="2026-03-02 16:00",
    verification="专家论证",
    verified_at="2026-03-02 16:30",
    verdict="可办结",
    service_object_told_at="2026-03-02 17:00",
)
MOVED = extension(
    "2026-03-06 10:00",
    kind=ExtensionKind.TO_LONG_RUNNING,
    plan="逐月推进",
    approver="钱某",
    approved_at="2026-03-06 16:00",
    result=ExtensionResult.AGREED,
)
LATE = replace(MOVED, applied_at=at("2026-03-08 10:00"), approved_at=at("2026-03-08 16:00"))
LET_PASS = replace(LATE, late_explanation="停工", late_approver="钱某", late_approved_at=at("2026-03-08 15:00"))
DATED = replace(MOVED, kind=ExtensionKind.NEW_DEADLINE, new_due=at("2026-03-30"), approver_rank="分管副市长")
ESCALATED = supervision(
    "2026-03-06 15:00",
    method=SupervisionMethod.ESCALATED,
    approver="钱某",
    approver_rank="分管副秘书长",
    approved_at="2026-03-06 15:00",
)
DECISION = baoshan(number=NUMBER, notice_issued_at="2026-03-03 10:00", fixed_due="2026-03-20")
PROVINCE_DONE = closed_out("2026-03-18 09:00", matter=PARENT)


def each(*names: str) -> tuple[dict[str, Any], ...]:
    """Every one of these fields left empty."""
    return tuple({name: None if name.endswith("_at") else ""} for name in names)


ACTS: dict[str, Act] = {
    "立项": Act(
        (),
        matter(notice_issued_at="2026-03-02 10:00"),
        (*each("approver", "approver_rank", "approved_at"), {"approver_rank": "科长"}),
    ),
    "撤销": Act(
        (),
        matter(withdrawn_at="2026-03-03 10:00", withdrawal_approver="钱某"),
        each("withdrawal_approver"),
        (matter(),),
    ),
    "办结": Act(
        (matter(),),
        EXCELLENT,
        (
            *each("requester", "requested_at", "reviewer", "reviewer_rank", "reviewed_at"),
            *each("finalizer", "finalizer_rank", "finalized_at"),
            {"reviewer_rank": "科长"},
            {"finalizer_rank": "秘书长"},
            {"requested_at": at("2026-03-04 10:01")},
        ),
        (matter(), completion("2026-03-04 10:00")),
    ),
    "评定优秀": Act(
        (matter(),),
        EXCELLENT,
        (*each("grader", "grade_approver", "grade_approver_rank"), {"grade_approver_rank": "科长"}),
        (matter(), replace(EXCELLENT, grade=Grade.ACCEPTABLE)),
    ),
    "评定不合格": Act(
        (matter(),),
        FAILED,
        (*each("grader", "grade_approver", "grade_approver_rank"), {"grade_approver_rank": "科长"}),
        (matter(), completion("2026-03-03 08:00")),
    ),
    "服务对象不同意的办结申请": Act(
        (OWNED,),
        AROUND_CONSENT,
        (
            *each("written_report_at", "office_agreed_at", "verification", "verified_at", "service_object_told_at"),
            {"talks": 2},
            {"verdict": None},
            {"verdict": "不可办结"},
            {"service_object_agrees": None},
        ),
        (OWNED,),
    ),
    "转持续推进": Act((SEVEN, *MET), MOVED, each("plan", "approver", "approved_at"), (SEVEN, *MET)),
    "逾时受理": Act((SEVEN, *MET), LET_PASS, each("late_approver", "late_approved_at"), (SEVEN, *MET)),
    "调整期限": Act(
        (SEVEN, *MET),
        DATED,
        (*each("approver", "approver_rank", "approved_at"), {"new_due": None}, {"approver_rank": "科长"}),
        (SEVEN, *MET),
    ),
    "重点督办": Act(
        (matter(),),
        ESCALATED,
        (
            *each("approver", "approver_rank", "approved_at"),
            {"approver_rank": "科长"},
            {"approved_at": at("2026-03-03 09:30")},
        ),
        (matter(),),
    ),
    "报送": Act((matter(),), report("1天", "2026-03-02 15:00"), ({"unit": "市住建局"},), (matter(),)),
    "上报省政府": Act(
        (),
        province(**SUBMITTED),
        each("office_approver", "office_approved_at", "city_leader_approver", "city_leader_approved_at"),
        (province(),),
    ),
    "省级事项办结": Act(
        (PROVINCE_DONE,),
        province(**SUBMITTED),
        each(
            "office_approver", "office_approved_at", "city_leader_approver", "city_leader_approved_at", "submitted_at"
        ),
        (province(), completion("2026-03-18 09:00", matter=PARENT)),
    ),
    "表彰": Act((matter(),), item("表彰", "2026-03-20"), ({"level": "县"}, {"level": ""}), (matter(),)),
    "督查发现问题": Act((matter(),), item("督查发现问题"), ({"level": "县"}, {"level": ""}), (matter(),)),
    "配合不力致问题": Act(
        (matter(),), item("配合不力致问题", role="配合"), ({"level": "县"}, {"scorer": "秘书二科"}), (matter(),)
    ),
    "剔除逾期": Act((matter(),), exclusion("1天"), each("reason", "approver"), (matter(),)),
    "保山办结": Act(
        (DECISION,),
        closed_out("2026-03-10 10:00"),
        (*each("finalizer", "finalizer_rank", "finalized_at"), {"finalizer_rank": "分管副秘书长"}),
        (DECISION, completion("2026-03-10 10:00")),
        Regime.BAOSHAN,
    ),
    "保山调整期限": Act(
        (DECISION,),
        DATED,
        (*each("approver", "approver_rank", "approved_at"), {"approver_rank": "秘书长"}),
        (DECISION,),
        Regime.BAOSHAN,
    ),
}
CASES = [(name, index) for name, act in ACTS.items() for index in range(len(act.gaps))]


def book(facts: tuple[Fact, ...], regime: Regime) -> Ledger:
    items = tuple(one for one in facts if isinstance(one, PointItem))
    excluded = tuple(one for one in facts if isinstance(one, PointExclusion))
    others = [one for one in facts if one not in items and one not in excluded]
    return ledger(*others, regime=regime, point_items=items, point_exclusions=excluded)


def effects(facts: tuple[Fact, ...], regime: Regime) -> dict[str, object]:
    """Everything that the facts bring about: SMS, rows, points and clues."""
    made = book(facts, regime)
    account = Account(made, policies(), at(END))
    sent = [
        (sms.at, sms.kind, sms.to.unit, sms.to.role, sorted((one.key, one.kind) for one in sms.covers))
        for sms in messages(made, START, END)
    ]
    shown = {}
    for moment in MOMENTS:
        for number, flags in review(made, NothingSent(), policies(), at(moment)).shown.items():
            shown[number, moment] = replace(flags, check_note=None, synced_at=None, latest_progress=None)
    points = [(one.unit, one.kind, one.tenths, one.date, one.matter) for one in account.entries]
    return {"sent": sent, "shown": shown, "points": points, "clues": [one.number for one in clues(account)]}


@pytest.mark.parametrize("name", list(ACTS))
def test_齐全的_有作用(name: str) -> None:
    act = ACTS[name]
    assert effects((*act.around, act.whole), act.regime) != effects(act.without, act.regime)


@pytest.mark.parametrize(("name", "index"), CASES, ids=[f"{name}-{index}" for name, index in CASES])
def test_缺一样的_报错_和没有办过一样(name: str, index: int) -> None:
    act = ACTS[name]
    void = replace(act.whole, **act.gaps[index])
    facts = (*act.around, void)
    assert effects(facts, act.regime) == effects(act.without, act.regime)
    found = check(book(facts, act.regime), policies(), at(END))
    assert any(finding.is_error for finding in found), act.gaps[index]


ROW_ALONE: dict[str, dict[str, Any]] = {
    "办结时间": {"completed_at": at("2026-03-03 10:00")},
    "评估等级": {"grade": Grade.EXCELLENT, "finalizer": "孙某"},
    "持续推进起": {"long_running_since": at("2026-03-03 10:00"), "target_due": at("2026-06-30")},
    "办结期限": {"stamps": replace(matter().stamps, completion_due=at("2026-06-30"))},
    "全部": {"completed_at": at("2026-03-03 10:00"), "grade": Grade.EXCELLENT, "finalizer": "孙某"},
}


@pytest.mark.parametrize("name", list(ROW_ALONE))
def test_只在台账行里手填的_不是记录_没有作用(name: str) -> None:
    typed = replace(matter(), **ROW_ALONE[name])
    assert effects((typed,), Regime.SHUOZHOU) == effects((matter(),), Regime.SHUOZHOU)
    assert check(ledger(typed), policies(), at(END)) != check(ledger(matter()), policies(), at(END))
