"""Which request a status report is about: the last one of its message, or of another message to the same number."""

from datetime import timedelta

import pytest

from sms.gateways.protocol import Unknown
from sms.inbound import StatusReport
from sms.outbox import Outbox
from sms.store.model import Route, State, StoredMessage
from sms.store.transitions import submit
from tests.sms.conftest import LEDGER, MOBILE, START, Clock, outgoing
from tests.sms.scripted import Scripted, only, send


def undelivered(ref: str, clock: Clock) -> StatusReport:
    return StatusReport(ref, MOBILE, delivered=False, at=clock(), said="关机")


def sent_again(outbox: Outbox, clock: Clock, gateway: Scripted) -> tuple[StoredMessage, StoredMessage]:
    """A message that came back as undelivered, and was sent again by hand three minutes later: before and now."""
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, gateway)
    first = only(outbox)
    assert outbox.record_reports("甲", [undelivered(first.ref, clock)], clock()).total() == 1
    clock.forward(minutes=3)
    outbox.retry(first.id, clock(), by="王某")
    send(outbox, clock, gateway)
    return first, only(outbox)


@pytest.mark.parametrize("answer", [None, Unknown("断")], ids=["accepted", "in doubt"])
@pytest.mark.parametrize("by", ["ref", "out_id"])
def test_the_report_of_an_earlier_round_says_nothing_about_this_one(
    outbox: Outbox, clock: Clock, answer: Exception | None, by: str
) -> None:
    """The provider pushes it once more."""
    first, message = sent_again(outbox, clock, Scripted("甲", [None, answer], deaf=True))
    assert outbox.record_reports("甲", [undelivered(getattr(first, by), clock)], clock()).total() == 0
    assert only(outbox).state is message.state


@pytest.mark.parametrize("answer", [None, Unknown("断")], ids=["accepted", "in doubt"])
def test_the_report_of_a_later_round_is_known_by_its_mark(
    outbox: Outbox, clock: Clock, answer: Exception | None
) -> None:
    _, message = sent_again(outbox, clock, Scripted("甲", [None, answer], deaf=True))
    report = StatusReport(message.out_id, MOBILE, delivered=True, at=clock())
    assert outbox.record_reports("甲", [report], clock()).total() == 1
    assert only(outbox).state is State.DELIVERED


def under_way(outbox: Outbox, clock: Clock, number: int) -> StoredMessage:
    """A message whose sender was killed before it had the answer."""
    outbox.claim(LEDGER, [outgoing(number)], [], {}, START)
    (message,) = outbox.messages(LEDGER, State.PENDING)
    with outbox.store.write() as connection:
        return submit(connection, message, Route("甲"), clock())


def test_a_report_of_what_is_under_way_settles_no_other_message_in_doubt(outbox: Outbox, clock: Clock) -> None:
    """One of them would stand as delivered that nobody has sent."""
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, Scripted("甲", [Unknown("断")], deaf=True))
    in_doubt = only(outbox)
    clock.forward(minutes=3)
    under_way(outbox, clock, 2)
    report = StatusReport("group", MOBILE, delivered=True, at=clock() + timedelta(seconds=5), submitted=clock())
    assert outbox.record_reports("甲", [report], clock(), by_number=True).total() == 0
    assert outbox.messages_of([in_doubt.id])[0].state is State.UNKNOWN


def test_a_report_that_comes_before_its_answer_is_stored_is_not_lost(outbox: Outbox, clock: Clock) -> None:
    message = under_way(outbox, clock, 1)
    report = StatusReport("group", MOBILE, delivered=True, at=clock() + timedelta(seconds=5), submitted=clock())
    assert outbox.record_reports("甲", [report], clock(), by_number=True).total() == 1
    assert (only(outbox).id, only(outbox).state, only(outbox).ref) == (message.id, State.DELIVERED, "group")


def test_a_report_after_three_days_takes_the_place_of_none(outbox: Outbox, clock: Clock) -> None:
    """An office whose platform cannot push to it reads in the platform's export when it comes back from a holiday."""
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    gateway = Scripted("甲")
    send(outbox, clock, gateway)
    clock.forward(hours=72)
    outbox.collect_receipts(LEDGER, clock, [gateway])
    assert only(outbox).state is State.EXPIRED
    report = StatusReport(only(outbox).ref, MOBILE, delivered=True, at=START + timedelta(minutes=1))
    assert outbox.record_reports("甲", [report], clock(), by_number=True).total() == 1
    assert (only(outbox).state, only(outbox).receipt_at) == (State.DELIVERED, report.at)
    assert outbox.record_reports("甲", [report], clock(), by_number=True).total() == 0
