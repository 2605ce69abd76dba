"""暂行办法第十条（一）：上级事项待下级全部办结才销号。"""

import pytest

from engine.facts.kinds import CompletionResult, MessageKind, Status
from engine.rules.checks import procedure
from engine.rules.checks import province as province_checks
from engine.rules.duties import close_out
from tests.clauses.builders import completion, findings, ledger, messages
from tests.clauses.clause import clause
from tests.clauses.mutants import replaced, taken_out
from tests.clauses.test_province import (
    APPROVED,
    CHILD,
    PARENT,
    child,
    province,
    told,
)

pytestmark = clause("SZ1-10.1")

# ---- 上级待下级全部办结 ----


@pytest.mark.parametrize(
    ("ended", "fits"),
    [
        ({"status": Status.COMPLETED, "completed_at": "2026-03-15 09:00"}, True),
        ({"status": Status.COMPLETED, "completed_at": "2026-03-16 09:00"}, True),
        ({"status": Status.COMPLETED, "completed_at": "2026-03-16 09:01"}, False),
        ({"status": Status.WITHDRAWN, "withdrawn_at": "2026-03-15 09:00"}, True),
        ({}, False),
    ],
    ids=["下级先办结", "同分办结", "下级晚一分", "下级已撤销", "下级还在办"],
)
def test_上级待下级全部办结(ended: dict[str, object], fits: bool) -> None:
    parent = province(status=Status.COMPLETED, completed_at="2026-03-16 09:00")
    found = [f for f in findings(parent, child(**ended), moment="2026-03-25 09:00") if f.is_error]
    assert [(f.rule, f.clause, f.place.row) for f in found] == (
        [] if fits else [("closed_before_children", "SZ1-10.1", 5)]
    )
    assert all(CHILD in f.problem for f in found)


def test_下级按办结审核的审定时间算() -> None:
    steps = {
        "matter": CHILD,
        "requester": "李",
        "requested_at": "2026-03-10 09:00",
        "reviewer": "钱",
        "reviewer_rank": "分管副秘书长",
        "reviewed_at": "2026-03-10 10:00",
        "finalizer": "孙",
        "finalizer_rank": "分管副市长",
        "result": CompletionResult.COMPLETED,
    }
    parent = province(status=Status.COMPLETED, completed_at="2026-03-16 09:00")
    for finalized, late in (("2026-03-16 09:00", False), ("2026-03-16 09:01", True)):
        item = completion("2026-03-09 09:00", **steps, finalized_at=finalized)
        rules = [f.rule for f in findings(parent, child(), item, moment="2026-03-25 09:00")]
        assert ("closed_before_children" in rules) is late


def test_下级没办结_不得上报() -> None:
    found = told(province(**APPROVED), child())
    assert ("closed_before_children", 5, "submitted_at", True) in found


def test_别的事项的下级不相干() -> None:
    parent = province(status=Status.COMPLETED, completed_at="2026-03-16 09:00")
    assert not [f for f in findings(parent, child(parent=""), moment="2026-03-25 09:00") if f.is_error]


STEPS = {
    "requester": "李",
    "requested_at": "2026-03-10 09:00",
    "reviewer": "钱",
    "reviewer_rank": "分管副秘书长",
    "reviewed_at": "2026-03-10 10:00",
    "finalizer": "孙",
    "finalizer_rank": "分管副市长",
    "finalized_at": "2026-03-10 11:00",
    "result": CompletionResult.COMPLETED,
}


@pytest.mark.parametrize(
    ("ended", "told_at"),
    [
        ({"completed_at": "2026-03-09 09:00"}, "03-10 11:00"),
        ({"completed_at": "2026-03-12 09:00"}, "03-12 09:00"),
        ({"withdrawn_at": "2026-03-12 09:00"}, "03-12 09:00"),
        ({}, None),
    ],
    ids=["下级先办结", "下级后办结", "下级后撤销", "下级没办结"],
)
def test_上级审定了_也要到下级全部办结才销号通知(ended: dict[str, str], told_at: str | None) -> None:
    item = completion("2026-03-09 09:00", matter=PARENT, **STEPS)
    book = ledger(province(), child(**ended), item)
    sent = messages(book, "2026-03-09", "2026-03-25")
    closed = {f"{sms.at:%m-%d %H:%M}" for sms in sent if sms.kind is MessageKind.COMPLETION and PARENT in sms.text}
    assert closed == ({told_at} if told_at else set())


MUTANTS = (
    replaced("SZ1-10.1", close_out, "closed_at", close_out.approved_at),
    taken_out("SZ1-10.1", procedure, "CHECKS", province_checks.closed_after_children),
    replaced("SZ1-10.1", procedure, "ASKED_FOR_EVER", ()),
)
