"""暂行办法第十五条：办结申请，征得服务对象同意，或依次沟通、书面报告、立项主体同意、核验、反馈。"""

import pytest

from engine.facts.kinds import CompletionResult, Status
from engine.facts.records import Completion
from engine.rules.duties import close_out, fulfilment
from engine.sample.words import Grade
from tests.clauses.builders import (
    at,
    case,
    completion,
    duties,
    findings,
    ledger,
    matter,
    messages,
    policies_with,
    policy_with,
    report,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced

pytestmark = clause("SZ1-15")

APPLIED = "2026-03-02 15:00"
PATH: dict[str, object] = {
    "service_object_agrees": False,
    "talks": 3,
    "written_report_at": "2026-03-02 15:30",
    "office_agreed_at": "2026-03-02 16:00",
    "verification": "专家论证",
    "verified_at": "2026-03-02 16:30",
    "verdict": "可办结",
    "service_object_told_at": "2026-03-02 17:00",
}
WITH_OBJECT = {"service_object": "某小区业主"}


def around(**changes: object) -> Completion:
    """An application against the will of the 服务对象, all steps taken."""
    return completion(APPLIED, **(PATH | changes))


def told(row: Completion, **changes: object) -> list[tuple[str, str | None]]:
    found = findings(matter(**(WITH_OBJECT | changes)), row, moment="2026-03-04 09:00")
    assert all(f.clause == "SZ1-15" and f.is_error and f.place.sheet == "completions" for f in found)
    return [(f.rule, f.place.field) for f in found]


# ---- 申请即算已办，直到退回（reading 20） ----


def test_没有服务对象_申请即算各节点已办_提醒取消() -> None:
    owed = duties(matter(), completion(APPLIED), moment="2026-03-10 09:00")
    assert {name: duty.fulfilled_at for name, duty in owed.items()} == {"1天": at(APPLIED), "3天": at(APPLIED)}
    assert messages(ledger(matter(), completion(APPLIED)), "2026-03-02 15:01", "2026-03-20") == []


def test_申请后状态为待审定() -> None:
    standing = case(matter(), completion(APPLIED), moment="2026-03-03 09:00").standing
    assert standing.status(at("2026-03-03 09:00")) is Status.AWAITING_APPROVAL


def test_服务对象同意_申请算数() -> None:
    agreed = completion(APPLIED, service_object_agrees=True)
    assert told(agreed) == []
    assert duties(matter(**WITH_OBJECT), agreed, moment="2026-03-10 09:00")["3天"].fulfilled_at == at(APPLIED)


# ---- 不予受理：写明缺什么，节点照旧 ----


@pytest.mark.parametrize(
    ("gap", "rule", "field"),
    [
        ({"service_object_agrees": None}, "service_object_not_asked", "service_object_agrees"),
        ({"talks": 2}, "too_few_talks", "talks"),
        ({"talks": None}, "too_few_talks", "talks"),
        ({"written_report_at": None}, "consent_step_missing", "written_report_at"),
        ({"office_agreed_at": None}, "consent_step_missing", "office_agreed_at"),
        ({"verification": ""}, "consent_step_missing", "verification"),
        ({"verified_at": None}, "consent_step_missing", "verified_at"),
        ({"verdict": None}, "consent_step_missing", "verdict"),
        ({"verdict": "不可办结"}, "verified_not_fit", "verdict"),
        ({"verdict": "未通过"}, "verified_not_fit", "verdict"),
        ({"verdict": "不予办结"}, "verified_not_fit", "verdict"),
        ({"service_object_told_at": None}, "consent_step_missing", "service_object_told_at"),
        ({"written_report_at": "2026-03-02 16:01"}, "consent_step_out_of_order", "office_agreed_at"),
        ({"office_agreed_at": "2026-03-02 16:31"}, "consent_step_out_of_order", "verified_at"),
        ({"verified_at": "2026-03-02 17:01"}, "consent_step_out_of_order", "service_object_told_at"),
    ],
    ids=[
        "没有征求意见",
        "只沟通两次",
        "没填沟通次数",
        "没有书面报告",
        "立项主体没有同意",
        "没有核验方式",
        "没有核验时间",
        "没有核验结论",
        "核验为不可办结",
        "核验未通过",
        "核验不予办结",
        "没有反馈服务对象",
        "先同意后报告",
        "先核验后同意",
        "先反馈后核验",
    ],
)
def test_缺一步或次序不对_不予受理_节点照旧(gap: dict[str, object], rule: str, field: str) -> None:
    refused = around(**gap)
    assert (rule, field) in told(refused)
    owed = duties(matter(**WITH_OBJECT), refused, moment="2026-03-10 09:00")
    assert {name: duty.fulfilled_at for name, duty in owed.items()} == {"1天": None, "3天": None}
    sent = messages(ledger(matter(**WITH_OBJECT), refused), "2026-03-02 18:00", "2026-03-03 09:30")
    assert [f"{sms.at:%m-%d %H:%M}" for sms in sent] == ["03-03 04:30"]


@pytest.mark.parametrize(("talks", "stands"), [(2, False), (3, True), (4, True)])
def test_沟通三次以上(talks: int, stands: bool) -> None:
    owed = duties(matter(**WITH_OBJECT), around(talks=talks), moment="2026-03-10 09:00")
    assert bool(owed["1天"].fulfilled_at) is stands


def test_各步同分完成_只写日期_都不算次序不对() -> None:
    times = ("written_report_at", "office_agreed_at", "verified_at", "service_object_told_at")
    assert told(around(**dict.fromkeys(times, "2026-03-02 16:00"))) == []
    assert told(around(**dict.fromkeys(times[1:], "2026-03-02"))) == []


def test_步骤齐全之前申请不算数_齐全之时起算() -> None:
    """The last step is taken after the 1天 node was due: that node stays late."""
    row, late = matter(**WITH_OBJECT), around(service_object_told_at="2026-03-03 11:00")
    before = duties(row, late, moment="2026-03-03 10:59")
    assert before["1天"].fulfilled_at is None
    assert before["1天"].is_overdue(at("2026-03-03 10:59"))
    after = duties(row, late, moment="2026-03-03 11:00")
    assert after["1天"].fulfilled_at == after["3天"].fulfilled_at == at("2026-03-03 11:00")


def test_没有服务对象_不问意见_填了不同意也不拦() -> None:
    assert told(completion(APPLIED, service_object_agrees=False), service_object="") == []


def test_沟通次数是制度数据() -> None:
    assert told(around(talks=3)) == []
    found = findings(
        matter(**WITH_OBJECT), around(talks=3), moment="2026-03-04 09:00", under=policies_with("close_out.talks", 4)
    )
    assert [f.rule for f in found] == ["too_few_talks"]
    off = policy_with("close_out.talks", 0)
    owed = duties(matter(**WITH_OBJECT), around(talks=None), moment="2026-03-10 09:00", under=off)
    assert owed["1天"].fulfilled_at == at(APPLIED)


def test_退回时已过的节点不再追_还没到的照旧() -> None:
    """Reading 32."""
    back = completion(
        APPLIED,
        result=CompletionResult.SENT_BACK,
        grade_approved_at="2026-03-04 09:00",
        rectification_due="2026-03-06",
        grade=Grade.FAIL,
    )
    owed = duties(matter(), back, moment="2026-03-10 09:00")
    assert (owed["1天"].fulfilled_at, owed["3天"].fulfilled_at) == (at(APPLIED), None)


def test_先报送后申请_各算各的() -> None:
    owed = duties(matter(), report("1天", "2026-03-02 11:00"), completion(APPLIED), moment="2026-03-10 09:00")
    assert (owed["1天"].fulfilled_at, owed["3天"].fulfilled_at) == (at("2026-03-02 11:00"), at(APPLIED))


MUTANTS = (
    policy_value("SZ1-15", "close_out.talks", 2),
    policy_value("SZ1-15", "close_out.talks", 0),
    replaced("SZ1-15", close_out, "rejections", lambda item, matter, policy: iter(())),
    replaced("SZ1-15", close_out, "_steps_without_consent", lambda item, clause: iter(())),
    replaced("SZ1-15", close_out, "precedes", lambda earlier, later: False),
    replaced("SZ1-15", close_out, "valid_since", lambda item, matter, policy: item.applied_at),
    replaced("SZ1-15", fulfilment, "_meet_by_application", lambda duties, since, until: None),
)
