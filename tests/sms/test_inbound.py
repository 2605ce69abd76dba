"""Status reports and replies that come by themselves: late, doubled, forged, from strangers."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from sms.gateways.protocol import Reply, Unknown
from sms.gateways.pushed import NotUnderstood, parse
from sms.inbound import MOST_UNSEEN, ReplyMeaning, StatusReport, e164
from sms.outbox import Outbox
from sms.store.model import State
from tests.sms.conftest import LEDGER, MOBILE, START, Clock, outgoing
from tests.sms.scripted import Scripted, only, send
from tests.sms.spellings import holds_number

STRANGER = "13900139000"


@pytest.fixture
def sent(outbox: Outbox, clock: Clock) -> Outbox:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, Scripted("甲"))
    return outbox


def reply(text: str, mobile: str = MOBILE, minutes: float = 5, identity: str = "r1") -> Reply:
    return Reply(identity, mobile, text, START + timedelta(minutes=minutes))


def report(ref: str, mobile: str = MOBILE, *, delivered: bool = True) -> StatusReport:
    return StatusReport(ref, mobile, delivered, START + timedelta(minutes=1), "空号 +8613800138000")


def test_a_report_moves_its_message_forward_once(sent: Outbox, clock: Clock) -> None:
    ref = only(sent).ref
    assert sent.record_reports("甲", [report(ref)], clock()).total() == 1
    assert (only(sent).state, only(sent).receipt_at) == (State.DELIVERED, START + timedelta(minutes=1))
    assert sent.record_reports("甲", [report(ref), report(ref, delivered=False)], clock()).total() == 0
    assert only(sent).state is State.DELIVERED


@pytest.mark.parametrize(
    ("gateway", "ref", "mobile"),
    [("乙", "", MOBILE), ("甲", "forged", MOBILE), ("甲", "", STRANGER), ("甲", "", "")],
    ids=["gateway", "reference", "number", "no number"],
)
def test_a_forged_report_changes_nothing(sent: Outbox, clock: Clock, gateway: str, ref: str, mobile: str) -> None:
    assert sent.record_reports(gateway, [report(ref or only(sent).ref, mobile)], clock()).total() == 0
    assert only(sent).state is State.ACCEPTED


def test_an_undelivered_report_never_sends_again(sent: Outbox, clock: Clock) -> None:
    sent.record_reports("甲", [report(only(sent).ref, delivered=False)], clock())
    message = only(sent)
    assert (message.state, message.round) == (State.UNDELIVERED, 0)
    assert not holds_number(message.explanation)


def test_a_report_settles_a_message_in_doubt_only_if_it_is_the_only_one(outbox: Outbox, clock: Clock) -> None:
    """云MAS knows no look-up: its answer was lost, its report is proof."""
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, Scripted("甲", [Unknown("断")], deaf=True))
    assert outbox.record_reports("甲", [report("msg-1")], clock()).total() == 0, "a gateway that can be asked is asked"
    assert outbox.record_reports("甲", [report("msg-1")], clock(), by_number=True).total() == 1
    assert (only(outbox).state, only(outbox).ref) == (State.DELIVERED, "msg-1")
    outbox.claim(LEDGER, [outgoing(2), outgoing(3)], [], {}, START)
    send(outbox, clock, Scripted("甲", [Unknown("断")] * 2, deaf=True))
    assert outbox.record_reports("甲", [report("msg-2")], clock(), by_number=True).total() == 0


@pytest.mark.parametrize(("minutes", "moved"), [(-11, 0), (-10, 1), (0, 1), (10, 1), (11, 0)])
def test_a_report_about_an_sms_of_another_time_settles_nothing(
    outbox: Outbox, clock: Clock, minutes: int, moved: int
) -> None:
    """Another system of the office uses the same account, and wrote to the same number."""
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, Scripted("甲", [Unknown("断")], deaf=True))
    of_another = replace(report("msg-1"), submitted=START + timedelta(minutes=minutes))
    assert outbox.record_reports("甲", [of_another], clock(), by_number=True).total() == moved


@pytest.mark.parametrize("text", ["收到", "收到。", " 收到! ", "１", "1", "000001", "收到 编号000001", "已收到"])
def test_these_replies_are_acknowledgements(sent: Outbox, clock: Clock, text: str) -> None:
    clock.forward(hours=1)
    assert sent.record_replies("甲", [reply(text)], clock()).total() == 1
    assert only(sent).acknowledged_at == START + timedelta(minutes=5)
    assert only(sent).state is State.ACCEPTED, "evidence, never a report"


@pytest.mark.parametrize("text", ["收到了，明天报", "不是我们单位", "11", "T", "没收到", "", "退订"])
def test_any_other_reply_is_for_a_person(sent: Outbox, clock: Clock, text: str) -> None:
    clock.forward(hours=1)
    assert sent.record_replies("甲", [reply(text)], clock()).total() == 0
    assert only(sent).acknowledged_at is None
    (kept,) = sent.replies(ReplyMeaning.TO_READ)
    assert (kept.message_id, kept.ledger) == (only(sent).id, LEDGER)
    assert sent.mark_reply_read(kept.id, clock())
    assert not sent.mark_reply_read(kept.id, clock())
    assert sent.replies(ReplyMeaning.TO_READ) == []


def test_what_comes_after_an_acknowledgement_is_shown_with_its_message(sent: Outbox, clock: Clock) -> None:
    clock.forward(hours=1)
    again = [reply("收到"), reply("1", minutes=6, identity="r2"), reply("不归我们管", minutes=7, identity="r3")]
    assert sent.record_replies("甲", again, clock()).total() == 1
    assert only(sent).acknowledged_at == START + timedelta(minutes=5), "the first stands"
    (kept,) = sent.replies(ReplyMeaning.TO_READ)
    assert (kept.text, kept.ledger, kept.message_id) == ("不归我们管", LEDGER, only(sent).id)


@pytest.mark.parametrize(("hours", "acknowledged"), [(71.9, True), (72, True), (72.1, False)])
def test_an_acknowledgement_counts_for_72_hours(sent: Outbox, clock: Clock, hours: float, acknowledged: bool) -> None:
    clock.forward(hours=100)
    sent.record_replies("甲", [reply("收到", minutes=hours * 60)], clock())
    assert (only(sent).acknowledged_at is not None) is acknowledged


@pytest.mark.parametrize(("minutes", "at"), [(10, START + timedelta(minutes=10)), (11, START), (10**9, START)])
def test_a_reply_that_is_still_to_come_has_come_now(sent: Outbox, clock: Clock, minutes: int, at: datetime) -> None:
    """This host's clock is slow; the gateway may give it only once."""
    assert sent.record_replies("甲", [reply("收到", minutes=minutes)], clock()).total() == 1
    assert [one.at for one in sent.replies(*ReplyMeaning)] == [at]
    assert only(sent).acknowledged_at == at


def test_a_reply_of_no_number_is_dropped(sent: Outbox, clock: Clock) -> None:
    assert sent.record_replies("甲", [reply("收到", mobile="x")], clock()).total() == 0
    assert sent.replies(*ReplyMeaning) == []


def test_a_stranger_acknowledges_nothing(sent: Outbox, clock: Clock) -> None:
    clock.forward(hours=1)
    assert sent.record_replies("甲", [reply("收到 编号000001", mobile=STRANGER)], clock()).total() == 0
    assert only(sent).acknowledged_at is None


def test_one_of_several_messages_is_named_by_its_token(outbox: Outbox, clock: Clock) -> None:
    outbox.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
    send(outbox, clock, Scripted("甲"))
    clock.forward(hours=1)
    assert outbox.record_replies("甲", [reply("收到")], clock()).total() == 0, "which of the two?"
    assert outbox.record_replies("甲", [reply("收到000002", identity="r2")], clock()).total() == 1
    assert [one.token for one in outbox.messages(LEDGER) if one.acknowledged_at] == ["000002"]


def test_a_replayed_reply_is_kept_once(sent: Outbox, clock: Clock) -> None:
    clock.forward(hours=1)
    for _ in range(3):
        sent.record_replies("甲", [reply("不对")], clock())
    assert len(sent.replies(ReplyMeaning.TO_READ)) == 1


def test_a_flood_of_strangers_is_capped(outbox: Outbox, clock: Clock) -> None:
    clock.forward(hours=1)
    flood = [reply("x", mobile=f"139{n:08}", identity=f"f{n}") for n in range(MOST_UNSEEN + 20)]
    outbox.record_replies("甲", flood, clock())
    assert len(outbox.replies(ReplyMeaning.TO_READ)) == MOST_UNSEEN


def test_replies_of_recipients_that_nobody_reads_drop_no_strangers(sent: Outbox, clock: Clock) -> None:
    """A recipient who answers from another phone is a stranger too."""
    clock.forward(hours=1)
    sent.record_replies("甲", [reply("再说", identity=f"r{n}") for n in range(MOST_UNSEEN)], clock())
    sent.record_replies("甲", [reply("我是王某，换号了", mobile=STRANGER, identity="s")], clock())
    assert len(sent.replies(ReplyMeaning.TO_READ)) == MOST_UNSEEN + 1


def test_the_book_learns_of_an_acknowledgement(sent: Outbox, clock: Clock) -> None:
    sent.confirm_log(list(sent.log_rows(LEDGER)))
    clock.forward(hours=1)
    sent.record_replies("甲", [reply("1")], clock())
    (row,) = sent.log_rows(LEDGER)
    assert (row["state"], row["acknowledged_at"]) == ("已提交", START + timedelta(minutes=5))


def test_the_latest_acknowledgement_of_a_matter_is_known_to_a_pass(outbox: Outbox, clock: Clock) -> None:
    """Of one SMS about two matters, of a later one, and of an earlier one that comes late."""
    outbox.claim(LEDGER, [outgoing(8, matters=(1, 2))], [], {}, START)
    send(outbox, clock, Scripted("甲"))
    clock.forward(hours=1)
    assert outbox.history(LEDGER).acknowledged_at("2026-日-0001") is None
    outbox.record_replies("甲", [reply("收到", minutes=50)], clock())
    outbox.claim(LEDGER, [outgoing(1, slot="+6h")], [], {}, START)
    send(outbox, clock, Scripted("甲"))
    early = replace(reply("收到000001", identity="r2"), at=clock() - timedelta(minutes=9.5))
    outbox.record_replies("甲", [early], clock())
    history = outbox.history(LEDGER)
    late, known = START + timedelta(minutes=50.5), START + timedelta(minutes=50)
    assert [history.acknowledged_at(f"2026-日-000{n}") for n in (1, 2, 3)] == [late, known, None]


def test_many_messages_with_late_doubled_and_forged_replies(outbox: Outbox, clock: Clock) -> None:
    """Nothing is acknowledged but by its own number within its time, and what was is acknowledged once."""
    random = Random(7)
    numbers = [f"+86138{n:08}" for n in range(150)]
    outbox.claim(LEDGER, [outgoing(n, mobile=mobile) for n, mobile in enumerate(numbers)], [], {}, START)
    send(outbox, clock, Scripted("甲"))
    clock.forward(hours=200)
    wanted = set()
    answers = []
    for n, mobile in enumerate(numbers):
        kind = random.choice(["good", "late", "stranger", "doubled", "words", "silent"])
        minutes = 60 * 73 if kind == "late" else random.uniform(1, 4000)
        teller = STRANGER if kind == "stranger" else mobile
        text = "再说" if kind == "words" else f"收到{n:06d}"
        if kind != "silent":
            answers += [reply(text, teller, minutes, f"id{n}")] * (2 if kind == "doubled" else 1)
        if kind in ("good", "doubled"):
            wanted.add(mobile)
    random.shuffle(answers)
    assert outbox.record_replies("甲", answers, clock()).total() == len(wanted)
    assert {one.mobile for one in outbox.messages(LEDGER) if one.acknowledged_at} == wanted


@pytest.mark.parametrize(
    ("kind", "tree", "reports", "answers"),
    [
        ("mas", {"reportStatus": "CM:0000", "mobile": "13800138000", "submitDate": "20260303043000",
                 "receiveDate": "20260303043100", "errorCode": "DELIVRD", "msgGroup": "g1"}, 1, 0),
        ("mas", {"mobile": "13800138000", "smsContent": "收到", "sendTime": "2026-03-03 04:40:00"}, 0, 1),
        ("aliyun", [{"phone_number": "13800138000", "success": True, "biz_id": "1^2", "out_id": "S1",
                     "report_time": "2026-03-03 04:31:00", "err_code": "DELIVERED"}], 1, 0),
        ("aliyun", [{"phone_number": "13800138000", "send_time": "2026-03-03 04:40:00", "content": "1"}], 0, 1),
        ("tencent", [{"user_receive_time": "2026-03-03 04:31:00", "mobile": "13800138000", "report_status": "SUCCESS",
                      "errmsg": "DELIVRD", "sid": "s1"}], 1, 0),
    ],
)  # fmt: skip
def test_what_providers_push_is_understood(kind: str, tree: object, reports: int, answers: int) -> None:
    found = parse(kind, tree)
    assert (len(found[0]), len(found[1])) == (reports, answers)


@pytest.mark.parametrize(
    "tree",
    [None, 1, "x", [], {}, [1], {"mobile": 1}, {"mobile": [], "smsContent": {}, "sendTime": 1}, [{}] * 501,
     {"mobile": "1", "smsContent": "x", "sendTime": "9999-99-99"},
     {"msgGroup": True, "reportStatus": "x", "mobile": "1"},
     {"mobile": "1", "text": "x", "time": "2026-03-03 04:40:00+08:00"}],
)  # fmt: skip
def test_anything_else_is_refused_whole(tree: object) -> None:
    if tree == []:
        assert parse("mas", tree) == ([], [])
        return
    for kind in ("mas", "aliyun", "tencent", "twilio"):
        with pytest.raises(NotUnderstood):
            parse(kind, tree)


@pytest.mark.parametrize("written", ["13800138000", "+86 138-0013-8000", "８６13800138000", "008613800138000"])
def test_numbers_as_gateways_write_them(written: str) -> None:
    assert e164(written) == MOBILE


def test_a_report_before_its_submission_is_no_receipt(sent: Outbox, clock: Clock) -> None:
    early = replace(report(only(sent).ref), at=START - timedelta(hours=1))
    assert sent.record_reports("甲", [early], clock()).total() == 0
