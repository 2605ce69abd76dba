"""谁的报送算数（第十三条，reading 34）；事项结束以后的下发、报送、退回不再通知（第九条）。"""

import pytest

from engine.facts.kinds import MessageKind, ReviewResult
from engine.rules.duties import announcements
from tests.clauses.builders import (
    LEAD,
    case,
    closed_out,
    duties,
    findings,
    ledger,
    matter,
    messages,
    policy_with,
    report,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced

pytestmark = clause("SZ1-9", "SZ1-13.1")

# ---- 别的单位报送的（reading 34） ----


@pytest.mark.parametrize(
    ("unit", "counts"),
    [(LEAD, True), ("", True), ("市住建局", False), ("秘书一科", False), ("朔城区人民政府", True)],
    ids=["牵头单位", "没填单位", "不相干的单位", "立项主体", "配合单位"],
)
def test_只有牵头和配合单位的报送算数(unit: str, counts: bool) -> None:
    row = matter(cooperating_units=("朔城区人民政府",))
    handed_in = report("1天", "2026-03-02 15:00", unit=unit)
    assert bool(duties(row, handed_in, moment="2026-03-04 09:00")["1天"].fulfilled_at) is counts
    sent = messages(ledger(row, handed_in), "2026-03-02 12:00", "2026-03-03 09:30")
    assert [sms.kind for sms in sent] == ([MessageKind.REPORT_RECEIVED] if counts else [MessageKind.REMINDER])
    found = [f for f in findings(row, handed_in, moment="2026-03-02 16:00") if f.is_error]
    assert [(f.rule, f.clause) for f in found] == ([] if counts else [("report_of_a_stranger", "SZ1-13.1")])


def test_不相干单位的报送被退回_不减分() -> None:
    back = {"result": ReviewResult.SENT_BACK, "reviewed_at": "2026-03-02 16:00", "rectification_due": "2026-03-05"}
    handed_in = report("1天", "2026-03-02 15:00", unit="市住建局", **back)
    assert case(matter(), handed_in, moment="2026-03-10 09:00").standing.returns == ()


def test_读法34_另一种_谁报送都算() -> None:
    under = policy_with("nodes.reports_from", "anybody")
    handed_in = report("1天", "2026-03-02 15:00", unit="市住建局")
    assert duties(matter(), handed_in, moment="2026-03-04 09:00", under=under)["1天"].fulfilled_at


@pytest.mark.parametrize(
    ("issued", "told"),
    [
        ("2026-03-03 09:59", True),
        ("2026-03-03 10:00", True),
        ("2026-03-03 10:01", False),
        ("2026-03-05 09:00", False),
    ],
    ids=["撤销前一分下发", "同分下发", "后一分下发", "两天后下发"],
)
def test_撤销以后才下发的通知_不发交办短信(issued: str, told: bool) -> None:
    ended = {"withdrawn_at": "2026-03-03 10:00", "withdrawal_approver": "钱某"}
    sent = messages(ledger(matter(notice_issued_at=issued, **ended)), "2026-03-02", "2026-03-20")
    assert (MessageKind.ASSIGNMENT in {sms.kind for sms in sent}) is told


def test_办结以后的报送和退回_不再通知() -> None:
    back = {"result": ReviewResult.SENT_BACK, "reviewed_at": "2026-03-04 09:00", "rectification_due": "2026-03-08"}
    late = report("3天", "2026-03-03 12:00", **back)
    sent = messages(ledger(matter(), closed_out("2026-03-03 10:00"), late), "2026-03-03 10:01", "2026-03-20")
    assert sent == []


MUTANTS = (
    policy_value("SZ1-13.1", "nodes.reports_from", "anybody"),
    replaced("SZ1-9", announcements, "precedes", lambda *_: False),
)
