"""A clock that leaps between two checks against the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from engine.fleet.clock_check import ClockCheck
from engine.fleet.serving import Serving
from engine.fleet.shares import Share
from engine.service.clock import OfficeClock
from tests.fleet.fleet_office import Fleet, serve
from tests.service.office import T0


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
    check.measured(offset)
    clock.ran += 9000  # time that passes is no leap
    clock.leapt = leapt
    assert check.is_right() is right


def test_a_clock_that_nobody_has_checked_is_not_right() -> None:
    assert not ClockCheck(OfficeClock(), 60).is_right()


def test_a_new_check_starts_from_the_clock_as_it_is_now() -> None:
    clock = LeapingClock()
    check = ClockCheck(clock, 60)
    check.measured(0)
    clock.leapt = 300
    assert not check.is_right()
    check.measured(1)
    assert check.is_right()


def test_no_pass_is_made_by_a_clock_that_has_leapt_since_it_was_checked(fleet: Fleet) -> None:
    """It would claim what is due tomorrow, and keep the others from passing until then."""
    book = fleet.add_ledger("甲")
    fleet.clock.rate = 0

    async def story(serving: Serving, share: Share) -> None:
        fleet.clock.at += timedelta(days=1)
        assert await serving.serve(str(book), share) is None

    serve(fleet, story)
    assert fleet.messages(book) == fleet.phone() == []
