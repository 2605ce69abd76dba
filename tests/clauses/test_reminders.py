"""暂行办法第十三条（一）提醒: 5 hours before each node's deadline, and 5 hours, 1 day and 2 days after it."""

from datetime import timedelta

import pytest

from engine.facts.kinds import MessageKind
from engine.review.ledger_review import Review, review
from engine.rules.duties import nodes, paragraphs
from engine.sample.words import TimeLimit
from tests.clauses.builders import NUMBER, NothingSent, at, ledger, matter, messages, policies, report
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, schedule_row, taken_out

pytestmark = clause("SZ1-13.1")

LEAD, OFFICE, SUPERVISION = "市教育局", "秘书一科", "督查室"
CONTACT, HEAD = "具体责任人", "第一责任人"

# readings.md, the worked example: 3天 from 2026-03-02 09:30, nothing ever reported; node 1天, to the minute.
TO_CONTACT = [
    ("03-03 04:30", "-5h"),
    ("03-03 12:30", "+3h"),
    ("03-03 14:30", "+5h"),
    ("03-03 15:30", "+6h"),
    ("03-03 18:30", "+9h"),
    ("03-03 21:30", "+12h"),
    ("03-04 00:30", "+15h"),
    ("03-04 03:30", "+18h"),
    ("03-04 06:30", "+21h"),
    ("03-04 09:30", "+1d +24h"),
    ("03-04 11:30", "+26h"),
    ("03-04 13:30", "+28h"),
    ("03-04 15:30", "+30h"),
    ("03-04 17:30", "+32h"),
    ("03-04 19:30", "+34h"),
    ("03-04 21:30", "+36h"),
    ("03-04 23:30", "+38h"),
    ("03-05 01:30", "+40h"),
    ("03-05 03:30", "+42h"),
    ("03-05 05:30", "+44h"),
    ("03-05 07:30", "+46h"),
    ("03-05 09:30", "+2d +48h"),
]
TO_HEAD = [("03-04 09:30", "+1d"), *TO_CONTACT[10:]]
TO_OFFICES = [
    ("03-05 09:30", OFFICE, "+48h"),
    ("03-06 09:30", OFFICE, "+72h"),
    ("03-06 09:30", SUPERVISION, "+72h"),
]


def one_day_node(start: str = "2026-03-01", end: str = "2026-03-20") -> list[tuple[str, str, str, str]]:
    """(time, unit, role, slots) of every SMS that watches over node 1天 of the worked example."""
    sent = messages(ledger(matter(time_limit=TimeLimit.THREE_DAYS)), start, end)
    return sorted(
        (f"{sms.at:%m-%d %H:%M}", sms.to.unit, sms.to.role.value, " ".join(sorted(c.key.slot for c in sms.covers)))
        for sms in sent
        if sms.covers[0].key.duty == "1天"
    )


def test_例题_一天节点的三十八条短信逐分相符() -> None:
    expected = [(when, LEAD, CONTACT, slots) for when, slots in TO_CONTACT]
    expected += [(when, LEAD, HEAD, slots) for when, slots in TO_HEAD]
    expected += [(when, unit, CONTACT, slots) for when, unit, slots in TO_OFFICES]
    assert one_day_node() == sorted(expected)
    assert len(expected) == 38


def test_例题_三天节点自成一套_首次提醒在三月五日四时三十分() -> None:
    sent = messages(ledger(matter(time_limit=TimeLimit.THREE_DAYS)), "2026-03-01", "2026-03-20")
    of_third = [sms for sms in sent if any(cover.key.duty == "3天" for cover in sms.covers)]
    assert of_third[0].at == at("2026-03-05 04:30")
    assert of_third[0].kind is MessageKind.REMINDER
    assert len(of_third) == 38


def test_例题_起止时刻_起点计入终点不计() -> None:
    assert [slot for *_, slot in one_day_node("2026-03-03 04:30", "2026-03-03 12:30")] == ["-5h"]
    assert [slot for *_, slot in one_day_node("2026-03-03 04:31", "2026-03-03 12:31")] == ["+3h"]


def pass_at(moment: str, *facts: object) -> Review:
    """A pass over one matter of one day, due 2026-03-03 09:30, with nothing sent before."""
    book = ledger(matter(time_limit=TimeLimit.ONE_DAY), *facts)
    return review(book, NothingSent(), policies(), at(moment))


def slots(found: Review) -> list[str]:
    return sorted({cover.key.slot for sms in found.messages for cover in sms.covers if cover.key.unit == LEAD})


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("2026-03-03 04:29", []),
        ("2026-03-03 04:30", ["-5h"]),
        ("2026-03-03 04:31", ["-5h"]),
        ("2026-03-03 09:29", ["-5h"]),
        ("2026-03-03 09:30", []),
        ("2026-03-03 12:29", []),
        ("2026-03-03 12:30", ["+3h"]),
        ("2026-03-03 14:29", ["+3h"]),
        ("2026-03-03 14:30", ["+5h"]),
        ("2026-03-04 09:29", ["+21h"]),
        ("2026-03-04 09:30", ["+1d", "+24h"]),
        ("2026-03-05 09:29", ["+46h"]),
        ("2026-03-05 09:30", ["+2d", "+48h"]),
        ("2026-03-06 09:30", ["+2d", "+48h"]),
        ("2026-03-06 09:31", []),
    ],
    ids=[
        "提前5小时差一分_不发",
        "提前5小时整_发",
        "提前5小时过一分_补发",
        "到期前一分_仍可补发",
        "到期时刻_提前提醒不再发",
        "逾期3小时差一分_不发",
        "逾期3小时整_催办",
        "逾期5小时差一分_只发最近的催办",
        "逾期5小时整_提醒",
        "逾期1天差一分",
        "逾期1天整_提醒与催办并为一条",
        "逾期2天差一分",
        "逾期2天整_提醒与催办并为一条",
        "最后时点晚24小时整_仍补发",
        "最后时点晚24小时零一分_不补发",
    ],
)
def test_时点前后一分钟(moment: str, sent: list[str]) -> None:
    assert slots(pass_at(moment)) == sent


@pytest.mark.parametrize(
    ("reported", "first"),
    [("2026-03-03 04:29", None), ("2026-03-03 04:30", None), ("2026-03-03 04:31", "-5h")],
    ids=["时点前一分报送_提醒取消", "时点同分报送_提醒取消", "时点后一分报送_提醒已发"],
)
def test_提前报送_对应提醒自动取消(reported: str, first: str | None) -> None:
    book = ledger(matter(time_limit=TimeLimit.ONE_DAY), report("1天", reported))
    to_unit = [sms for sms in messages(book, "2026-03-01", "2026-03-20") if sms.to.unit == LEAD]
    assert [cover.key.slot for sms in to_unit for cover in sms.covers] == ([first] if first else [])


def test_报送只取消本节点_后面的节点照常提醒() -> None:
    book = ledger(matter(time_limit=TimeLimit.THREE_DAYS), report("1天", "2026-03-02 18:00"))
    first = next(sms for sms in messages(book, "2026-03-01", "2026-03-20") if sms.to.unit == LEAD)
    assert (first.at, first.covers[0].key.duty) == (at("2026-03-05 04:30"), "3天")


def test_未报送的孪生案例_提醒照发() -> None:
    book = ledger(matter(time_limit=TimeLimit.THREE_DAYS))
    first = next(sms for sms in messages(book, "2026-03-01", "2026-03-20") if sms.to.unit == LEAD)
    assert (first.at, first.covers[0].key.duty) == (at("2026-03-03 04:30"), "1天")


def test_早于交办时间的时点不发() -> None:
    """A fixed date four hours after the assignment: its −5h lies before the matter began."""
    near = matter(time_limit=TimeLimit.FIXED_DATE, fixed_due="2026-03-02 13:30")
    sent = messages(ledger(near), "2026-03-01", "2026-03-03")
    assert sent[0].at == at("2026-03-02 16:30")
    assert [cover.key.slot for cover in sent[0].covers] == ["+3h"]


@pytest.mark.parametrize(
    ("assigned", "approved", "first"),
    [
        ("2026-03-02", "2026-03-02 12:29", "-5h"),
        ("2026-03-02", "2026-03-02 12:30", "-5h"),
        ("2026-03-02", "2026-03-02 12:31", "+3h"),
        ("2026-03-02 12:31", "2026-03-02", "+3h"),
        ("2026-03-02", "2026-03-02", "-5h"),
    ],
    ids=["审批在时点前", "审批正在时点", "审批在时点后", "交办在时点后", "两者都只写日期"],
)
def test_早于审批或交办的时点不发_只写日期的一方不改变这一点(assigned: str, approved: str, first: str) -> None:
    """A bare date is compared by day (reading 2), but a slot is compared to the minute."""
    due = {"time_limit": TimeLimit.FIXED_DATE, "fixed_due": "2026-03-02 17:30"}
    sent = messages(ledger(matter(assigned_at=assigned, approved_at=approved, **due)), "2026-03-01", "2026-03-03")
    assert sent[0].covers[0].key.slot == first


@pytest.mark.parametrize(
    ("effective", "sent"),
    [("2026-03-03 12:30", ["+3h"]), ("2026-03-03 12:31", [])],
    ids=["启用时刻的时点要发", "启用前一分的时点不发"],
)
def test_启用时间之前的不发也不记(effective: str, sent: list[str]) -> None:
    book = ledger(matter(time_limit=TimeLimit.ONE_DAY))
    found = review(book, NothingSent(), policies(), at("2026-03-03 13:00"), at(effective))
    assert slots(found) == sent
    assert found.missed == ()


def test_每条短信都注明条款_不带事项内容() -> None:
    row = matter(time_limit=TimeLimit.ONE_MONTH)
    for sms in messages(ledger(row), "2026-03-01", "2026-05-01"):
        assert all(cover.clause for cover in sms.covers)
        assert row.content not in sms.text
        assert sms.token in sms.text


def test_停机之后_一个节点一人至多一条_其余记为错过未发() -> None:
    found = pass_at("2026-03-04 08:00")
    assert len(found.messages) == 1
    assert slots(found) == ["+21h"]
    assert {missed.obligation.key.slot for missed in found.missed} == {
        "-5h", "+3h", "+5h", "+6h", "+9h", "+12h", "+15h", "+18h",
    }  # fmt: skip


def test_停机期间已报送_不再发_只记错过未发() -> None:
    found = pass_at("2026-03-04 08:00", report("1天", "2026-03-03 13:00"))
    assert [sms for sms in found.messages if sms.to.unit == LEAD] == []
    assert {missed.obligation.key.slot for missed in found.missed} == {"-5h", "+3h"}


def test_记过的时点不再发() -> None:
    book = ledger(matter(time_limit=TimeLimit.ONE_DAY))
    first = review(book, NothingSent(), policies(), at("2026-03-03 12:30"))

    class RecordedSlots(NothingSent):
        def settled_through(self, duty: object) -> object:
            return first.settled.get(duty)

    again = review(book, RecordedSlots(), policies(), at("2026-03-03 12:30") + timedelta(minutes=1))
    assert first.messages
    assert (again.messages, again.missed) == ((), ())


def test_编号随事项_更正手机号不改短信的标识() -> None:
    one = messages(ledger(matter(time_limit=TimeLimit.ONE_DAY)), "2026-03-03", "2026-03-04")[0]
    assert one.covers[0].key[:5] == (NUMBER, "1天", "", 1, at("2026-03-03 09:30"))
    assert one.to.mobile not in str(one.covers[0].key)


MUTANTS = (
    taken_out("SZ1-13.1", paragraphs, "PARAGRAPHS", nodes.node_reports),
    schedule_row("SZ1-13.1", duty="节点", text="到期提醒"),
    schedule_row("SZ1-13.1", duty="节点", slots=["+5h"]),
    schedule_row("SZ1-13.1", duty="节点", slots=["+1d", "+2d"]),
    policy_value("SZ1-13.1", "sending.late_hours", 12),
)
