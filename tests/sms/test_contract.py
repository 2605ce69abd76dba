"""What every gateway must do, run over all of them: one SMS for each message, whatever the line does."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sms.gateways.protocol import NotSent, Unknown
from sms.gateways.setup import open_gateway
from sms.outbox import Outbox
from sms.store.model import State
from tests.sms.conftest import ENVIRONMENT, LEDGER, START, Clock, Line, always, outgoing, table_of
from tests.sms.standin.phone import Trouble

AMBIGUOUS = (Trouble.DROP_BEFORE, Trouble.DROP_AFTER, Trouble.ERROR_AFTER, Trouble.HANG)


def _until_settled(outbox: Outbox, clock: Clock, line: Line) -> State:
    """Call ``send`` as the service does until nothing is open; the state of the one message."""
    for _ in range(12):
        outbox.send(LEDGER, clock, [line.gateway], always, wait=clock.wait)
        state = next(iter(outbox.messages(LEDGER))).state
        if state not in (State.PENDING, State.UNKNOWN, State.SUBMITTING):
            return state
        clock.forward(seconds=31)
    raise AssertionError("never settled")


def test_one_message_is_one_request(outbox: Outbox, clock: Clock, line: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    report = outbox.send(LEDGER, clock, [line.gateway], always)
    message = next(iter(outbox.messages(LEDGER)))
    assert report.sent == [message.id]
    assert (message.state, message.gateway, bool(message.ref)) == (State.ACCEPTED, line.gateway.name, True)
    assert len(line.arrived) == 1


@pytest.mark.parametrize("fault", AMBIGUOUS)
def test_an_unknown_outcome_is_looked_up_and_not_sent_again(
    outbox: Outbox, clock: Clock, asked: Line, fault: Trouble
) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    asked.phone.faults.append(fault)
    report = outbox.send(LEDGER, clock, [asked.gateway], always)
    assert len(report.unknown) == 1
    assert _until_settled(outbox, clock, asked) is State.ACCEPTED
    assert len(asked.arrived) == 1


@pytest.mark.parametrize("fault", Trouble)
def test_every_attempt_makes_exactly_one_request(outbox: Outbox, clock: Clock, line: Line, fault: Trouble) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    line.phone.faults.append(fault)
    outbox.send(LEDGER, clock, [line.gateway], always)
    assert line.phone.requests["send"] == 1


def test_what_certainly_was_not_sent_is_sent_again_later(outbox: Outbox, clock: Clock, line: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    line.phone.faults.append(Trouble.TOO_MANY)
    report = outbox.send(LEDGER, clock, [line.gateway], always)
    assert next(iter(outbox.messages(LEDGER))).state is State.PENDING
    assert report.next_at is not None
    assert START < report.next_at <= START + timedelta(seconds=30)
    clock.now = report.next_at
    outbox.send(LEDGER, clock, [line.gateway], always)
    assert next(iter(outbox.messages(LEDGER))).state is State.ACCEPTED
    assert len(line.arrived) == 1


def test_what_reached_the_gateway_is_found(outbox: Outbox, clock: Clock, asked: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
    outbox.send(LEDGER, clock, [asked.gateway], always)
    first, second = (replace(one, ref="") for one in outbox.messages(LEDGER))  # as they stand before they are found
    assert asked.gateway.look_up(first) != asked.gateway.look_up(second)
    assert asked.gateway.look_up(first) is not None


def test_what_did_not_reach_the_gateway_is_not_found(outbox: Outbox, clock: Clock, asked: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    assert asked.gateway.look_up(next(iter(outbox.messages(LEDGER)))) is None


def test_a_list_that_lags_sends_nothing_again_within_the_grace(outbox: Outbox, clock: Clock, asked: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    asked.phone.faults.append(Trouble.DROP_AFTER)
    asked.phone.hidden_look_ups = 2
    outbox.send(LEDGER, clock, [asked.gateway], always)
    assert _until_settled(outbox, clock, asked) is State.ACCEPTED
    assert len(asked.arrived) == 1


def test_a_lag_beyond_the_grace_sends_once_more_which_is_the_known_limit(
    outbox: Outbox, clock: Clock, asked: Line
) -> None:
    """Beyond the grace nobody can tell a list that lags from a message that was never taken."""
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    asked.phone.faults.append(Trouble.DROP_AFTER)
    asked.phone.hidden_look_ups = 3
    outbox.send(LEDGER, clock, [asked.gateway], always)
    assert _until_settled(outbox, clock, asked) is State.ACCEPTED
    assert len(asked.arrived) == 2


def test_a_gateway_can_be_probed(line: Line) -> None:
    assert line.gateway.probe() is None or line.gateway.name == "twilio"


def test_a_broken_line_is_no_proof_of_absence(outbox: Outbox, clock: Clock, line: Line) -> None:
    if not line.gateway.network:
        assert line.gateway.probe() is None
        return
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    message = next(iter(outbox.messages(LEDGER)))
    unreachable = _moved_away(line)
    with pytest.raises(NotSent):
        unreachable.gateway.send(message)
    with pytest.raises((NotSent, Unknown)):
        unreachable.gateway.look_up(message)


def _moved_away(line: Line) -> Line:
    kind = line.gateway.name
    return Line(open_gateway(kind, table_of(kind, 9), ENVIRONMENT, Path(), Path()), line.phone)


def test_what_can_never_be_looked_up_goes_to_a_person_who_decides(outbox: Outbox, clock: Clock, line: Line) -> None:
    if not line.gateway.network:
        return
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    line.phone.faults.append(Trouble.DROP_AFTER)
    outbox.send(LEDGER, clock, [line.gateway], always)
    unreachable = _moved_away(line).gateway
    for _ in range(13):
        outbox.send(LEDGER, clock, [unreachable], always, wait=clock.wait)
        clock.forward(minutes=30)
    (message,) = outbox.messages(LEDGER, State.NEEDS_HUMAN)
    assert any(name in message.explanation for name in ("Twilio", "阿里云", "腾讯云", "移动云MAS"))
    outbox.resolve(message.id, clock(), sent=True, by="甲")
    outbox.send(LEDGER, clock, [line.gateway], always)
    assert len(line.arrived) == 1
