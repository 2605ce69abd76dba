"""readings.md 4, 6, 20, 23, 24: nights, overlaps, early reports, gaps and digests, each switched both ways."""

from dataclasses import replace

import pytest

from engine.facts.finding import Place
from engine.facts.kinds import MessageKind, Role
from engine.facts.matter import Matter
from engine.review.ledger_review import review
from engine.sample.words import TimeLimit
from tests.clauses.builders import (
    UNITS,
    NothingSent,
    at,
    duties,
    ledger,
    matter,
    messages,
    policies,
    policies_with,
    policy_with,
    report,
)

LEAD = "市教育局"
QUIET = {"quiet_hours": True}


def one_day(number: str = "2026-日-0001", row: int = 5) -> Matter:
    """Due 2026-03-03 09:30."""
    return replace(matter(number=number, time_limit=TimeLimit.ONE_DAY), place=Place("matters", row))


def to_contact(sent: list) -> list[tuple[str, str]]:
    return [
        (f"{sms.at:%m-%d %H:%M}", " ".join(cover.key.slot for cover in sms.covers))
        for sms in sent
        if (sms.to.unit, sms.to.role) == (LEAD, Role.CONTACT)
    ]


# ---- 4: nights ----


def test_读法4_默认_夜里照发() -> None:
    sent = to_contact(messages(ledger(one_day()), "2026-03-03 20:00", "2026-03-04 08:01"))
    assert [when for when, _ in sent] == ["03-03 21:30", "03-04 00:30", "03-04 03:30", "03-04 06:30"]


def test_读法4_免打扰_夜里的并成一条八时发_各时点都记上() -> None:
    sent = to_contact(messages(ledger(one_day(), settings=QUIET), "2026-03-03 20:00", "2026-03-04 08:01"))
    assert [when for when, _ in sent] == ["03-04 08:00"]
    assert set(sent[0][1].split()) == {"+12h", "+15h", "+18h", "+21h"}


@pytest.mark.parametrize(
    ("begins", "sent_at"),
    [
        ("2026-03-02 16:59", "03-03 19:59"),
        ("2026-03-02 17:00", "03-04 08:00"),
        ("2026-03-02 17:01", "03-04 08:00"),
    ],
    ids=["19时59分_当时发", "20时整_次日8时发", "20时01分_次日8时发"],
)
def test_读法4_免打扰从二十时整起(begins: str, sent_at: str) -> None:
    row = replace(one_day(), assigned_at=at(begins))
    sent = to_contact(messages(ledger(row, settings=QUIET), "2026-03-03 17:30", "2026-03-04 08:01"))
    assert sent[0][0] == sent_at


@pytest.mark.parametrize(
    ("begins", "sent_at"),
    [("2026-03-02 04:59", "03-03 08:00"), ("2026-03-02 05:00", "03-03 08:00"), ("2026-03-02 05:01", "03-03 08:01")],
    ids=["7时59分_8时发", "8时整_当时发", "8时01分_当时发"],
)
def test_读法4_免打扰到八时整止(begins: str, sent_at: str) -> None:
    row = replace(one_day(), assigned_at=at(begins), approved_at=at("2026-03-01 09:00"))
    sent = to_contact(messages(ledger(row, settings=QUIET), "2026-03-03 06:00", "2026-03-03 09:00"))
    assert sent[0][0] == sent_at


def test_读法4_提前提醒推到八时已过期_不发() -> None:
    row = replace(one_day(), assigned_at=at("2026-03-02 07:00"), approved_at=at("2026-03-01 09:00"))
    sent = to_contact(messages(ledger(row, settings=QUIET), "2026-03-03 00:00", "2026-03-03 09:59"))
    assert sent == []


# ---- 6: art. 13 and art. 14 at one minute ----


def test_读法6_同一分钟的提醒与催办并为一条_两项都记() -> None:
    sms = messages(ledger(one_day()), "2026-03-04 09:30", "2026-03-04 09:31")[0]
    assert sms.kind is MessageKind.URGING
    assert {(cover.key.slot, cover.clause) for cover in sms.covers} == {("+24h", "SZ1-14"), ("+1d", "SZ1-13.1")}


def test_同一号码兼任两职_同一节点只收一条() -> None:
    units = tuple(replace(one, head=one.contact) if one.name == LEAD else one for one in UNITS)
    sent = [
        sms
        for sms in messages(ledger(one_day(), units=units), "2026-03-04 11:30", "2026-03-04 11:31")
        if sms.to.unit == LEAD
    ]
    assert len(sent) == 1
    assert {cover.key.role for cover in sent[0].covers} == {"具体责任人", "第一责任人"}


# ---- 20: what a report meets ----


def test_读法20_报后面的节点_前面未报的一并了结() -> None:
    row = matter(time_limit=TimeLimit.SEVEN_DAYS)
    owed = duties(row, report("3天", "2026-03-04 12:00"), moment="2026-03-05 09:00")
    assert owed["1天"].fulfilled_at == owed["3天"].fulfilled_at == at("2026-03-04 12:00")
    assert owed["1天"].went_overdue(at("2026-03-05 09:00"))
    assert owed["7天"].fulfilled_at is None


def test_读法20_另一种_只了结所报的节点() -> None:
    row = matter(time_limit=TimeLimit.SEVEN_DAYS)
    strict = policy_with("nodes.report_ends", "named_only")
    owed = duties(row, report("3天", "2026-03-04 12:00"), moment="2026-03-05 09:00", under=strict)
    assert owed["1天"].fulfilled_at is None
    assert owed["3天"].fulfilled_at == at("2026-03-04 12:00")


def test_读法20_未写节点_算最早未报的节点() -> None:
    row = matter(time_limit=TimeLimit.SEVEN_DAYS)
    owed = duties(row, report("", "2026-03-03 08:00"), report("", "2026-03-03 09:00"), moment="2026-03-05 09:00")
    assert owed["1天"].fulfilled_at == at("2026-03-03 08:00")
    assert owed["3天"].fulfilled_at == at("2026-03-03 09:00")
    assert owed["7天"].fulfilled_at is None


# ---- 23: gaps ----


def test_读法23_一条也不在期限后补发提前提醒() -> None:
    found = review(ledger(one_day()), NothingSent(), policies(), at("2026-03-03 09:30"))
    assert [sms for sms in found.messages if sms.to.unit == LEAD] == []
    assert [missed.obligation.key.slot for missed in found.missed] == ["-5h"]


@pytest.mark.parametrize(("hours", "sent"), [(24, 1), (0, 0)], ids=["默认_晚24小时内补发", "另一种_过点即不补"])
def test_读法23_补发期限可调(hours: int, sent: int) -> None:
    under = policies_with("sending.late_hours", hours)
    found = review(ledger(one_day()), NothingSent(), under, at("2026-03-03 13:00"))
    assert len([sms for sms in found.messages if sms.to.unit == LEAD]) == sent


def test_读法23_升级晚了仍要发() -> None:
    found = review(ledger(one_day()), NothingSent(), policies(), at("2026-03-20 09:00"))
    assert {(sms.to.unit, sms.kind) for sms in found.messages} == {
        ("秘书一科", MessageKind.ESCALATION),
        ("督查室", MessageKind.ESCALATION),
    }
    coordination = [m for m in found.missed if m.obligation.key.slot == "+48h" and m.obligation.key.unit == "秘书一科"]
    assert len(coordination) == 1


# ---- 24: digests ----


def several(count: int) -> list:
    rows = [one_day(f"2026-日-{number:04}", number + 4) for number in range(1, count + 1)]
    sent = messages(ledger(*rows), "2026-03-03 12:30", "2026-03-03 12:31")
    return [sms for sms in sent if sms.to.unit == LEAD]


@pytest.mark.parametrize(("matters", "expected"), [(3, 3), (4, 1), (5, 1)], ids=["3条_分别发", "4条_汇总", "5条_汇总"])
def test_读法24_同一号码同一分钟四条以上汇总(matters: int, expected: int) -> None:
    sent = several(matters)
    assert len(sent) == expected
    assert sum(len(sms.covers) for sms in sent) == matters


def test_读法24_汇总写明首个编号和项数_每项催办都记上() -> None:
    (digest,) = several(5)
    assert digest.kind is MessageKind.DIGEST
    assert "2026-日-0001等5项" in digest.text
    assert {cover.kind for cover in digest.covers} == {MessageKind.URGING}


def test_读法24_另一种_十条才汇总() -> None:
    rows = [one_day(f"2026-日-{number:04}", number + 4) for number in range(1, 6)]
    under = policies_with("sending.digest_from", 10)
    sent = messages(ledger(*rows), "2026-03-03 12:30", "2026-03-03 12:31", under)
    assert len([sms for sms in sent if sms.to.unit == LEAD]) == 5


# ---- SZ1-6: nobody to tell ----


def test_没有手机号_成为问题清单_其余照发_补号后再发() -> None:
    nobody = tuple(
        replace(one, contact=replace(one.contact, mobile=None)) if one.name == LEAD else one for one in UNITS
    )
    found = review(ledger(one_day(), units=nobody), NothingSent(), policies(), at("2026-03-04 11:30"))
    assert [(sms.to.unit, sms.to.role) for sms in found.messages] == [(LEAD, Role.HEAD)]
    assert "recipient_unreachable" in [finding.rule for finding in found.findings]

    class Recorded(NothingSent):
        def __contains__(self, key: object) -> bool:
            sent = {cover.key for sms in found.messages for cover in sms.covers}
            return key in sent | {missed.obligation.key for missed in found.missed}

        def settled_through(self, duty: object) -> object:
            return found.settled.get(duty)

    mended = review(ledger(one_day()), Recorded(), policies(), at("2026-03-04 11:40"))
    assert [(sms.to.unit, sms.to.role) for sms in mended.messages] == [(LEAD, Role.CONTACT)]
    assert [cover.key.slot for cover in mended.messages[0].covers] == ["+26h"]
