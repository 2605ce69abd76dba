"""暂行办法第十三条（电话催办、跟踪督查有记录）、第十四条（重点督办须经批准）。"""

import pytest

from engine.facts.finding import Place
from engine.facts.kinds import SupervisionMethod
from engine.facts.records import Supervision
from engine.rules.checks import history, procedure, records
from engine.rules.duties.paragraphs import duties_of
from engine.rules.messages import flags as flags_module
from engine.rules.messages.flags import flags
from engine.sample.words import Escalation
from tests.clauses.builders import NothingSent, at, case, findings, matter, report, supervision
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced, taken_out

CALLED = "2026-03-04 10:00"
APPROVED = {"approver": "钱某", "approver_rank": "分管副秘书长", "approved_at": "2026-03-06 11:00"}


LED = (SupervisionMethod.ESCALATED, SupervisionMethod.CIRCULAR, SupervisionMethod.COORDINATION)
"""What a leader must have agreed to, or done."""


def escalated(**changes: object) -> Supervision:
    return supervision("2026-03-06 11:30", method=SupervisionMethod.ESCALATED, **(APPROVED | changes))


def told(*acts: Supervision) -> list[tuple[str, str | None, bool, str]]:
    found = findings(matter(), *acts, moment="2026-03-20 09:00")
    return [(f.rule, f.place.field, f.is_error, f.clause) for f in found]


def mark(*acts: Supervision, moment: str = "2026-03-07 09:00") -> Escalation | None:
    known = case(matter(), *acts, moment=moment)
    return flags(known, duties_of(known), NothingSent(), at(moment)).escalation


@clause("SZ1-13")
@pytest.mark.parametrize("method", [one for one in SupervisionMethod if one not in LED])
def test_各种方式的督办都可记录(method: SupervisionMethod) -> None:
    assert told(supervision(CALLED, method=method)) == []


@clause("SZ1-13")
def test_电话催办不算短信_不免除节点() -> None:
    call = supervision(CALLED, method=SupervisionMethod.PHONE_URGING)
    known = case(matter(), call, moment="2026-03-10 09:00")
    assert flags(known, duties_of(known), NothingSent(), at("2026-03-10 09:00")).urging_count == 1
    assert all(duty.fulfilled_at is None for duty in duties_of(known))


@clause("SZ1-14")
def test_重点督办经批准才生效() -> None:
    assert told(escalated()) == []
    assert mark(escalated()) == Escalation.ESCALATED


@clause("SZ1-14")
@pytest.mark.parametrize("field", ["approver", "approver_rank", "approved_at"])
def test_重点督办缺批准的_指出缺什么_不算重点督办(field: str) -> None:
    act = escalated(**{field: None if field == "approved_at" else ""})
    assert told(act) == [("escalation_not_approved", field, True, "SZ1-14")]
    assert mark(act) == Escalation.AWAITING_ESCALATED


@clause("SZ1-14")
@pytest.mark.parametrize(
    ("rank", "allowed"), [("办公厅分管领导", True), ("分管副秘书长", True), ("市长", True), ("科长", False)]
)
def test_批准重点督办的职务(rank: str, allowed: bool) -> None:
    expected = [] if allowed else [("escalation_rank_too_low", "approver_rank", True, "SZ1-14")]
    assert told(escalated(approver_rank=rank)) == expected


@clause("SZ1-13")
@pytest.mark.parametrize(
    ("moment", "expected"), [("2026-03-02 09:29", ["impossible_history"]), ("2026-03-02 09:30", [])]
)
def test_立项以前没有督办(moment: str, expected: list[str]) -> None:
    act = supervision(moment, method=SupervisionMethod.FOLLOW_UP_INSPECTION)
    assert [rule for rule, *_ in told(act)] == expected


@clause("SZ1-13")
def test_同一次催办登了两行_提示() -> None:
    call = supervision(CALLED, method=SupervisionMethod.PHONE_URGING)
    again = supervision(CALLED, method=SupervisionMethod.PHONE_URGING, place=Place("supervisions", 4))
    assert [(rule, field, is_error) for rule, field, is_error, _ in told(call, again)] == [
        ("repeated_row", "at", False)
    ]
    later = supervision("2026-03-04 10:01", method=SupervisionMethod.PHONE_URGING, place=Place("supervisions", 4))
    assert told(call, later) == []


@clause("SZ1-13")
def test_没有时间的督办不算() -> None:
    assert [rule for rule, *_ in told(supervision(CALLED, method=SupervisionMethod.WRITTEN))] == []
    blank = Supervision(Place("supervisions", 3), matter().number, method=SupervisionMethod.WRITTEN)
    assert [rule for rule, *_ in told(blank)] == ["time_missing"]
    assert told(blank, report("1天", "2026-03-02 15:00")) == told(blank)


MUTANTS = (
    taken_out("SZ1-13", procedure, "CHECKS", records.recorded_once),
    taken_out("SZ1-13", procedure, "CHECKS", records.dated),
    taken_out("SZ1-13", procedure, "CHECKS", history.possible),
    taken_out("SZ1-14", procedure, "CHECKS", records.escalation_approved),
    policy_value("SZ1-14", "initiation.ranks", ["分管副秘书长", "市长"]),
    replaced("SZ1-14", flags_module, "_approved", lambda case, now: []),
)
