"""A clock that leaps between two checks against the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.fleet import serving as serving_module
from engine.fleet.clock_check import ClockCheck
from engine.fleet.serving import Serving
from engine.fleet.shares import Share
from engine.fleet.tasks import Tasks
from engine.fleet.work_queue import WorkQueue
from engine.guards.permission import Options
from engine.service.clock import OfficeClock
from engine.service.desk import SendingDesk
from engine.service.one_pass import PassResult, pass_within, run_pass
from sms.gateways.local import LocalGateway
from sms.gateways.protocol import Receipt
from sms.store.model import State
from sms.store.postgresql import PostgresqlStore
from tests.fleet.fleet_office import QUICK, SLOT, Fleet, serve
from tests.service.office import T0

DAY = timedelta(days=1)
LEDGER = "11111111-2222-4333-8444-000000000000"


@dataclass
class LeapingClock(OfficeClock):
    """``ran`` seconds have elapsed since ``T0``, and it has leapt by ``leapt``."""

    ran: float = 0
    leapt: float = 0

    def now(self) -> datetime:
        return T0 + timedelta(seconds=self.ran + self.leapt)

    def elapsed(self) -> float:
        return self.ran


@pytest.mark.parametrize(
    ("offset", "leapt", "right"),
    [
        (0, 0, True),
        (0, 60, True),
        (0, 60.1, False),
        (0, -60, True),
        (0, -60.1, False),
        (50, 10, True),
        (50, 10.1, False),
        (50, -110, True),
        (61, 0, False),
        (61, -61, True),
    ],
)
def test_a_leap_counts_on_top_of_what_was_measured(offset: float, leapt: float, right: bool) -> None:
    clock = LeapingClock()
    check = ClockCheck(clock, 60)
    check.measured(offset, check.reading())
    clock.ran += 9000  # time that passes is no leap
    clock.leapt = leapt
    assert check.is_right() is right


def test_a_clock_that_nobody_has_checked_is_not_right() -> None:
    assert not ClockCheck(OfficeClock(), 60).is_right()


def test_a_new_check_starts_from_the_clock_as_it_is_now() -> None:
    clock = LeapingClock()
    check = ClockCheck(clock, 60)
    check.measured(0, check.reading())
    clock.leapt = 300
    assert not check.is_right()
    check.measured(1, check.reading())
    assert check.is_right()


def test_a_leap_while_it_is_checked_counts() -> None:
    """Whether the measurement has seen it is not known."""
    clock = LeapingClock()
    check = ClockCheck(clock, 60)
    before = check.reading()
    clock.leapt = 300
    check.measured(0, before)
    assert not check.is_right()


def test_no_pass_is_made_by_a_clock_that_has_leapt_since_it_was_checked(fleet: Fleet) -> None:
    """It would claim what is due tomorrow, and keep the others from passing until then."""
    book = fleet.add_ledger("甲")
    fleet.clock.rate = 0

    async def story(serving: Serving, share: Share) -> None:
        fleet.clock.at += DAY
        assert await serving.serve(str(book), share) is None

    serve(fleet, story)
    assert fleet.messages(book) == fleet.phone() == []


@pytest.mark.parametrize("leap", [DAY, timedelta(0)])
def test_a_clock_that_leaps_while_messages_are_sent_lets_none_lapse(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, leap: timedelta
) -> None:
    book = fleet.add_ledger("甲", 3)
    fleet.clock.at, fleet.clock.rate = SLOT, 0
    really, sent = LocalGateway.send, []

    def send(self: LocalGateway, message: object) -> str | None:
        fleet.clock.at = SLOT + leap
        sent.append(message)
        return really(self, message)

    monkeypatch.setattr(LocalGateway, "send", send)

    async def story(serving: Serving, share: Share) -> None:
        assert (await serving.serve(str(book), share) is None) is bool(leap)
        assert len(sent) == (1 if leap else 3)
        leapt = [one.state for one in fleet.station.outbox.messages(LEDGER)]
        assert leapt.count(State.PENDING) == 3 - len(sent)
        assert State.MISSED not in leapt
        fleet.clock.at = SLOT
        monkeypatch.setattr(LocalGateway, "send", really)
        assert await serving.serve(str(book), share)

    serve(fleet, story)
    assert len({one.text for one in fleet.phone()}) == 3


@pytest.mark.parametrize("fault", [None, OSError("away")])
def test_nothing_is_recorded_of_a_ledger_by_a_clock_that_has_leapt(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, fault: OSError | None
) -> None:
    """It would be due again a day too late."""
    book = fleet.add_ledger("甲")
    fleet.clock.at, fleet.clock.rate = SLOT, 0
    run_pass(book, fleet.station, SLOT, Options(), SendingDesk(lambda _: None))  # of a worker that died before it sent

    async def story(serving: Serving, share: Share) -> None:
        def passing(*given: Any) -> PassResult:
            result = pass_within(*given)
            fleet.clock.at += DAY
            serving._sender.desk.hold(LEDGER)  # as the sender does that meets the leap
            if fault:
                raise fault
            return result

        monkeypatch.setattr(serving_module, "pass_within", passing)
        assert await serving.serve(str(book), share) is None

    serve(fleet, story)
    assert fleet.ledger(book).next_at is None


def test_by_a_clock_that_has_leapt_no_receipt_is_too_late(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """无回执 is final."""
    book = fleet.add_ledger("甲")
    fleet.clock.at, fleet.clock.rate = SLOT, 0
    monkeypatch.setattr(LocalGateway, "receipt", lambda *_: Receipt(State.ACCEPTED))
    store = fleet.station.outbox.store
    assert isinstance(store, PostgresqlStore)

    async def story(serving: Serving, share: Share) -> None:
        await serving.serve(str(book), share)
        tasks = Tasks(fleet.station, fleet.registry, WorkQueue(store.conninfo, QUICK), serving, [share])
        fleet.clock.at += 3 * DAY
        tasks.collected("local")
        assert [one.state for one in fleet.messages(book)] == [State.ACCEPTED]
        serving.clock_check.measured(0, serving.clock_check.reading())  # it was three days behind all the time
        tasks.collected("local")
        assert [one.state for one in fleet.messages(book)] == [State.EXPIRED]

    serve(fleet, story)
