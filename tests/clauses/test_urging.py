"""暂行办法第十四条: urging every 3 hours on the first overdue day, every 2 on the second; coordination; 重点督办."""

from datetime import datetime, timedelta

import pytest

from engine.facts.kinds import MessageKind, OverdueState, Role, SupervisionMethod
from engine.facts.matter import Flags
from engine.facts.message import ObligationKey
from engine.review.ledger_review import review
from engine.rules.duties.paragraphs import duties_of
from engine.rules.messages import flags as flags_module
from engine.rules.messages.flags import flags
from engine.rules.messages.sending import ACKNOWLEDGED
from engine.sample.words import Escalation, Light, TimeLimit
from tests.clauses.builders import (
    NothingSent,
    Record,
    at,
    case,
    closed_out,
    ledger,
    matter,
    messages,
    policies,
    policies_with,
    report,
    supervision,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced, schedule_row

pytestmark = clause("SZ1-14")

LEAD = "市教育局"
ONE_DAY = {"time_limit": TimeLimit.ONE_DAY}  # due 2026-03-03 09:30


def urgings(role: str) -> list[str]:
    sent = messages(ledger(matter(**ONE_DAY)), "2026-03-01", "2026-03-20")
    return [
        cover.key.slot
        for sms in sent
        for cover in sms.covers
        if cover.kind is MessageKind.URGING and cover.key.role == role
    ]


def test_逾期一天内每三小时一次_共八次() -> None:
    assert urgings("具体责任人")[:8] == ["+3h", "+6h", "+9h", "+12h", "+15h", "+18h", "+21h", "+24h"]


def test_逾期两天内每两小时一次_共十二次_此后不再催承办单位() -> None:
    second = ["+26h", "+28h", "+30h", "+32h", "+34h", "+36h", "+38h", "+40h", "+42h", "+44h", "+46h", "+48h"]
    assert urgings("具体责任人")[8:] == second
    assert urgings("第一责任人") == second


def test_催办按次编号_短信写明第几次和逾期几小时() -> None:
    sent = messages(ledger(matter(**ONE_DAY)), "2026-03-03 12:30", "2026-03-03 12:31")
    assert "第1次催办" in sent[0].text
    assert "逾期3小时" in sent[0].text
    last = messages(ledger(matter(**ONE_DAY)), "2026-03-05 09:30", "2026-03-05 09:31")
    assert any("第20次催办" in sms.text for sms in last)


def shown(moment: str, *records: Record, **changes: object) -> Flags:
    """The flags of a matter of one day, due 2026-03-03 09:30."""
    known = case(matter(**{**ONE_DAY, **changes}), *records, moment=moment)
    return flags(known, duties_of(known), NothingSent(), at(moment))


@pytest.mark.parametrize(
    ("moment", "light", "state", "hours"),
    [
        ("2026-03-02 09:31", Light.YELLOW, OverdueState.NEAR, None),
        ("2026-03-03 09:29", Light.YELLOW, OverdueState.NEAR, None),
        ("2026-03-03 09:30", Light.YELLOW, OverdueState.NEAR, None),
        ("2026-03-03 09:31", Light.RED, OverdueState.WITHIN_ONE_DAY, 0),
        ("2026-03-03 10:29", Light.RED, OverdueState.WITHIN_ONE_DAY, 0),
        ("2026-03-03 10:30", Light.RED, OverdueState.WITHIN_ONE_DAY, 1),
        ("2026-03-04 09:30", Light.RED, OverdueState.WITHIN_ONE_DAY, 24),
        ("2026-03-04 09:31", Light.RED, OverdueState.WITHIN_TWO_DAYS, 24),
        ("2026-03-05 09:29", Light.RED, OverdueState.WITHIN_TWO_DAYS, 47),
        ("2026-03-05 09:30", Light.PURPLE, OverdueState.OVER_TWO_DAYS, 48),
        ("2026-03-05 09:31", Light.PURPLE, OverdueState.OVER_TWO_DAYS, 48),
    ],
    ids=[
        "到期前24小时内_黄",
        "到期前一分_黄",
        "到期整_仍未逾期",
        "过一分_红",
        "不足1小时记0",
        "满1小时记1",
        "逾期24小时整_仍在1天内",
        "逾期24小时零一分_2天内",
        "逾期48小时差一分_2天内",
        "逾期48小时整_紫_2天以上",
        "逾期48小时零一分_紫",
    ],
)
def test_预警灯与逾期状态的分界(moment: str, light: Light, state: OverdueState, hours: int | None) -> None:
    found = shown(moment)
    assert (found.light, found.overdue_state, found.overdue_hours) == (light, state, hours)


@pytest.mark.parametrize(
    ("moment", "light", "state"),
    [
        ("2026-03-04 09:29", Light.GREEN, OverdueState.NOT_DUE),
        ("2026-03-04 09:30", Light.YELLOW, OverdueState.NEAR),
        ("2026-03-04 09:31", Light.YELLOW, OverdueState.NEAR),
    ],
    ids=["到期前24小时零一分_绿", "到期前24小时整_黄", "到期前不足24小时_黄"],
)
def test_临期从到期前二十四小时整算起(moment: str, light: Light, state: OverdueState) -> None:
    done = report("1天", "2026-03-02 18:00")
    found = shown(moment, done, time_limit=TimeLimit.THREE_DAYS)
    assert (found.current_duty, found.light, found.overdue_state) == ("3天", light, state)


def test_各节点都报送了_已报送_无当前节点() -> None:
    found = shown("2026-03-03 09:29", report("1天", "2026-03-02 18:00"))
    assert (found.light, found.overdue_state, found.current_duty) == (Light.GREEN, OverdueState.REPORTED, None)
    assert found.overdue_count == 0


def test_逾期后才报送_计一次逾期() -> None:
    found = shown("2026-03-03 12:00", report("1天", "2026-03-03 09:31"))
    assert (found.overdue_state, found.overdue_count) == (OverdueState.REPORTED_UNFINISHED, 1)


def test_到期同分报送_不算逾期() -> None:
    assert shown("2026-03-03 12:00", report("1天", "2026-03-03 09:30")).overdue_count == 0


@pytest.mark.parametrize(
    ("moment", "mark", "since"),
    [
        ("2026-03-05 09:29", None, None),
        ("2026-03-05 09:30", Escalation.COORDINATION, "2026-03-05 09:30"),
        ("2026-03-06 09:29", Escalation.COORDINATION, "2026-03-05 09:30"),
        ("2026-03-06 09:30", Escalation.AWAITING_ESCALATED, "2026-03-06 09:30"),
        ("2026-03-09 09:30", Escalation.AWAITING_ESCALATED, "2026-03-06 09:30"),
    ],
    ids=["48小时差一分_无", "48小时整_报请协调", "72小时差一分_仍报请协调", "72小时整_待批重点督办", "此后不变"],
)
def test_升级标记的分界(moment: str, mark: Escalation | None, since: str | None) -> None:
    found = shown(moment)
    assert (found.escalation, found.escalated_at) == (mark, at(since) if since else None)


def test_报送之后_报请协调和待批重点督办撤下() -> None:
    assert shown("2026-03-06 12:00", report("1天", "2026-03-06 10:00")).escalation is None


APPROVED = supervision(
    "2026-03-06 11:00",
    method=SupervisionMethod.ESCALATED,
    approver="钱某",
    approver_rank="分管副秘书长",
    approved_at="2026-03-06 11:30",
)


@pytest.mark.parametrize(
    ("moment", "mark"),
    [
        ("2026-03-06 11:29", Escalation.AWAITING_ESCALATED),
        ("2026-03-06 11:30", Escalation.ESCALATED),
        ("2026-03-06 11:31", Escalation.ESCALATED),
    ],
    ids=["批准前一分_待批", "批准时刻_重点督办", "批准后_重点督办"],
)
def test_重点督办自批准时起(moment: str, mark: Escalation) -> None:
    found = shown(moment, APPROVED)
    # facts stamped up to 10 minutes ahead are known; the mark itself begins at its own minute
    assert found.escalation == mark


def test_重点督办报送后仍在_办结才撤下() -> None:
    late = report("1天", "2026-03-07 09:00")
    assert shown("2026-03-08 09:00", APPROVED, late).escalation == Escalation.ESCALATED
    closed = shown("2026-03-10 09:00", APPROVED, late, closed_out("2026-03-09 09:00"))
    assert (closed.escalation, closed.light, closed.overdue_state) == (None, Light.GREY, OverdueState.COMPLETED)


def test_没有批准人的重点督办不算() -> None:
    unapproved = supervision("2026-03-06 11:00", method=SupervisionMethod.ESCALATED)
    assert shown("2026-03-06 12:00", unapproved).escalation == Escalation.AWAITING_ESCALATED


def test_电话催办计入催办次数() -> None:
    call = supervision("2026-03-03 16:00", method=SupervisionMethod.PHONE_URGING)
    assert shown("2026-03-04 09:00", call).urging_count == 1
    assert shown("2026-03-04 09:00").urging_count == 0


def test_四十八小时报立项主体_七十二小时报督查室和立项主体() -> None:
    sent = messages(ledger(matter(**ONE_DAY)), "2026-03-01", "2026-03-20")
    raised = [(f"{sms.at:%m-%d %H:%M}", sms.to.unit) for sms in sent if sms.kind is MessageKind.ESCALATION]
    assert sorted(raised) == [
        ("03-05 09:30", "秘书一科"),
        ("03-06 09:30", "督查室"),
        ("03-06 09:30", "秘书一科"),
    ]


class Recorded(NothingSent):
    """The urgings before ``until`` are recorded; that of one slot was acknowledged by one role."""

    def __init__(self, until: str, slot: str, role: str) -> None:
        self.until, self.slot, self.role = at(until), slot, role

    def settled_through(self, duty: object) -> datetime:
        return self.until - timedelta(minutes=1)

    def is_acknowledged(self, key: ObligationKey) -> bool:
        return (key.slot, key.role) == (self.slot, self.role)


@pytest.mark.parametrize(
    ("spares", "now", "slot", "role", "urged"),
    [
        (False, "2026-03-03 15:30", "+3h", "具体责任人", True),
        (True, "2026-03-03 15:30", "+3h", "具体责任人", False),
        (True, "2026-03-03 18:30", "+3h", "具体责任人", True),
        (True, "2026-03-03 15:30", "+3h", "第一责任人", True),
        (True, "2026-03-03 12:30", "+3h", "具体责任人", True),
    ],
    ids=["默认_签收后照催", "另一种_下一次不催", "再下一次照催", "别人签收的不算", "这一次不受影响"],
)
def test_读法40_签收以后还催不催(spares: bool, now: str, slot: str, role: str, urged: bool) -> None:
    under = policies_with("sending.acknowledged_spares_next", True) if spares else policies()
    found = review(ledger(matter(**ONE_DAY)), Recorded(now, slot, role), under, at(now))
    sent = [sms.to.role for sms in found.messages if sms.kind is MessageKind.URGING]
    assert sent == ([Role.CONTACT] if urged else [])
    assert [one.reason for one in found.missed] == ([] if urged else [ACKNOWLEDGED])


MUTANTS = (
    policy_value("SZ1-14", "sending.acknowledged_spares_next", True),
    schedule_row("SZ1-14", duty="节点", every_hours=3),
    schedule_row("SZ1-14", duty="节点", every_hours=2),
    schedule_row("SZ1-14", duty="节点", flag="报请协调"),
    schedule_row("SZ1-14", duty="节点", flag="待批重点督办"),
    policy_value("SZ1-14", "bands.first_hours", 25),
    policy_value("SZ1-14", "bands.second_hours", 49),
    policy_value("SZ1-14", "bands.near_hours", 23),
    replaced("SZ1-14", flags_module, "_approved", lambda case, now: []),
)
