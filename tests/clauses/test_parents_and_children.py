"""暂行办法第十条（一）：上级事项待下级全部办结才销号。"""

import pytest

from engine.facts.kinds import MessageKind, Status
from engine.rules.checks import procedure
from engine.rules.checks import province as province_checks
from engine.rules.duties import close_out
from tests.clauses.builders import closed_out, findings, ledger, messages
from tests.clauses.clause import clause
from tests.clauses.mutants import replaced, taken_out
from tests.clauses.test_province import (
    CHILD,
    PARENT,
    SUBMITTED,
    child,
    province,
    told,
)

pytestmark = clause("SZ1-10.1")

# ---- 上级待下级全部办结 ----


@pytest.mark.parametrize(
    ("ended", "fits"),
    [
        ((child(), closed_out("2026-03-15 09:00", matter=CHILD)), True),
        ((child(), closed_out("2026-03-16 09:00", matter=CHILD)), True),
        ((child(), closed_out("2026-03-16 09:01", matter=CHILD)), False),
        ((child(withdrawn_at="2026-03-15 09:00", withdrawal_approver="钱某"),), True),
        ((child(withdrawn_at="2026-03-15 09:00"),), False),
        ((child(completed_at="2026-03-15 09:00"),), False),
        ((child(),), False),
    ],
    ids=["下级先办结", "同分办结", "下级晚一分", "下级已撤销", "撤销没有批准人", "下级只填了办结时间", "下级还在办"],
)
def test_上级待下级全部办结(ended: tuple[object, ...], fits: bool) -> None:
    parent = province(status=Status.COMPLETED, completed_at="2026-03-16 09:00", **SUBMITTED)
    facts = (parent, closed_out("2026-03-16 09:00", matter=PARENT), *ended)
    found = [
        f
        for f in findings(*facts, moment="2026-03-25 09:00")
        if f.rule == "closed_before_children" and f.place.field == "status"
    ]
    assert [(f.clause, f.place.row, f.place.field) for f in found] == ([] if fits else [("SZ1-10.1", 5, "status")])
    assert all(CHILD in f.problem for f in found)


def test_下级的下级没办结_上级也不销号() -> None:
    """The circle of parents that people type ends where it began."""
    grandchild = province("2026-省-0003", 7, parent=CHILD, province_due=None)
    closed = (closed_out("2026-03-16 09:00", matter=PARENT), closed_out("2026-03-15 09:00", matter=CHILD))
    parent = province(**SUBMITTED)
    assert finished(parent, child(), grandchild, *closed) == set()
    last = closed_out("2026-03-17 10:00", matter="2026-省-0003")
    assert finished(parent, child(), grandchild, *closed, last) == {"03-17 10:00"}
    circular = province(**SUBMITTED, parent=CHILD)
    assert finished(circular, child(), *closed) == {"03-16 09:00"}


def test_下级没办结_不得上报() -> None:
    found = told(province(**SUBMITTED), child())
    assert ("closed_before_children", 5, "submitted_at", True) in found


def test_别的事项的下级不相干() -> None:
    parent = province(**SUBMITTED)
    facts = (parent, closed_out("2026-03-18 09:00", matter=PARENT), child(parent=""))
    assert not [f for f in findings(*facts, moment="2026-03-25 09:00") if f.is_error]


def finished(*facts: object) -> set[str]:
    """When the parent's 办结通知 goes out."""
    sent = messages(ledger(*facts), "2026-03-09", "2026-03-25")
    return {f"{sms.at:%m-%d %H:%M}" for sms in sent if sms.kind is MessageKind.COMPLETION and PARENT in sms.text}


@pytest.mark.parametrize(
    ("ended", "told_at"),
    [
        ((child(), closed_out("2026-03-17 09:00", matter=CHILD)), "03-18 09:00"),
        ((child(), closed_out("2026-03-19 09:00", matter=CHILD)), "03-19 09:00"),
        ((child(withdrawn_at="2026-03-19 09:00", withdrawal_approver="钱某"),), "03-19 09:00"),
        ((child(withdrawn_at="2026-03-19 09:00"),), None),
        ((child(),), None),
    ],
    ids=["下级先办结", "下级后办结", "下级后撤销", "撤销没有批准人", "下级没办结"],
)
def test_上级审定了_也要到下级全部办结才销号通知_只通知一次(ended: tuple[object, ...], told_at: str | None) -> None:
    stamped = {"status": Status.COMPLETED, "completed_at": "2026-03-18 09:00"}
    item = closed_out("2026-03-18 09:00", matter=PARENT)
    for typed in ({}, stamped):
        assert finished(province(**SUBMITTED, **typed), item, *ended) == ({told_at} if told_at else set())


MUTANTS = (
    replaced("SZ1-10.1", close_out, "closed_at", close_out.approved_at),
    taken_out("SZ1-10.1", procedure, "CHECKS", province_checks.closed_after_children),
    replaced("SZ1-10.1", procedure, "PERMANENT", ()),
)
