"""A host that was frozen for minutes (a paused machine, a stopped process) and goes on as if nothing had happened."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sms import sender
from sms.outbox import Outbox
from sms.sender import FROZEN
from sms.store.model import Route, State, StoredMessage
from sms.store.transitions import Moved, move, submit
from tests.sms.conftest import LEDGER, START, Clock, outgoing
from tests.sms.scripted import Scripted, only, send


def submitted(outbox: Outbox, message: StoredMessage) -> StoredMessage:
    with outbox.store.write() as connection:
        return submit(connection, message, Route("甲"), START)


def moved(outbox: Outbox, message: StoredMessage, state: State) -> StoredMessage:
    with outbox.store.write() as connection:
        return move(connection, message, state, START)


@pytest.mark.parametrize("answer", [State.PENDING, State.FAILED, State.ACCEPTED, State.UNKNOWN])
def test_the_late_answer_to_an_earlier_request_says_nothing_of_the_present_one(outbox: Outbox, answer: State) -> None:
    """Moved to 待发 while another host's request is under way, the message would be sent once more."""
    outbox.claim(LEDGER, [outgoing()], [], {}, START)
    first = submitted(outbox, only(outbox))
    doubted = moved(outbox, first, State.UNKNOWN)
    second = submitted(outbox, moved(outbox, doubted, State.PENDING))
    with pytest.raises(Moved):
        moved(outbox, first, answer)
    assert only(outbox).state is State.SUBMITTING
    assert moved(outbox, second, answer).state is answer


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Elapsed seconds: when the request is noted, when it is to be made."""
    times = [0.0, 0.0]
    answers = iter(lambda: times.pop(0) if times else 0.0, None)
    monkeypatch.setattr(sender, "elapsed", lambda: next(answers))
    return times


@pytest.mark.parametrize(("seconds", "sent"), [(29.9, 1), (30.0, 1), (30.1, 0)])
def test_a_request_that_was_noted_too_long_ago_is_not_made(
    outbox: Outbox, clock: Clock, frozen: list[float], seconds: float, sent: int
) -> None:
    if outbox.store.one_writer:
        sent = 1  # nobody else sends from a file: whoever is frozen still holds the sender's lock
    outbox.claim(LEDGER, [outgoing()], [], {}, START)
    frozen[1] = seconds
    gateway = Scripted("甲")
    send(outbox, clock, gateway)
    assert len(gateway.sent) == sent
    if not sent:
        assert (only(outbox).state, only(outbox).explanation) == (State.PENDING, FROZEN)
        clock.forward(seconds=2)
        send(outbox, clock, gateway)
    assert len(gateway.sent) == 1
    assert only(outbox).state is State.ACCEPTED


def test_a_freeze_while_the_store_notes_the_request_counts(
    outbox: Outbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer may be read minutes after the note was made."""
    at = [0.0]

    def noted(*given: Any) -> StoredMessage:
        at[0] += 31
        return submit(*given)

    monkeypatch.setattr(sender, "elapsed", lambda: at[0])
    monkeypatch.setattr(sender, "submit", noted)
    outbox.claim(LEDGER, [outgoing()], [], {}, START)
    gateway = Scripted("甲")
    send(outbox, clock, gateway)
    assert len(gateway.sent) == outbox.store.one_writer


@pytest.mark.parametrize(("seconds", "until"), [(20, 60), (30, 60), (31, 61), (180, 210)])
def test_nobody_takes_a_request_for_interrupted_that_may_still_be_under_way(
    outbox: Outbox, seconds: float, until: float
) -> None:
    """It may be made half a minute after it was noted, and take as long as its gateway's timeouts allow."""
    outbox.claim(LEDGER, [outgoing()], [], {}, START)
    with outbox.store.write() as connection:
        submit(connection, only(outbox), Route("甲", seconds=seconds), START)
    alone = outbox.store.one_writer  # who sends holds the lock: whatever it finds under way has ended
    assert only(outbox).next_at == (None if alone else START + timedelta(seconds=until))
