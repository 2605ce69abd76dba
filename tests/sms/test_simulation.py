"""A million messages on each store (20,000 and 400 in CI), seeds fixed: none lost, none doubled while the list lags
less than the grace.
"""

from collections.abc import Callable
from functools import partial

import pytest

from sms.outbox import Outbox
from tests.postgresql import RunningServer
from tests.sms.simulation import Weather, simulate


def test_a_lag_within_the_grace_loses_and_doubles_nothing(sample: Callable[[int, int], int]) -> None:
    messages = sample(20_000, 1_000_000)
    tally = simulate(messages, 20260303, Weather())
    assert (tally.lost, tally.doubled, tally.needs_human) == (0, 0, 0)
    assert tally.messages == messages
    assert tally.deaths > messages // 20, "the weather was bad"


def test_early_late_doubled_and_forged_receipts_and_replies_change_nothing_but_what_is_true(
    sample: Callable[[int, int], int],
) -> None:
    messages = sample(300, 1_000_000)
    tally = simulate(messages, 20260304, Weather(), inbound=True)
    assert (tally.lost, tally.doubled, tally.needs_human) == (0, 0, 0)
    assert (tally.wrong_receipts, tally.wrong_acknowledgements, tally.by_strangers) == (0, 0, 0)
    assert tally.posts > 10 * messages, "the weather was bad"


def test_a_report_that_settles_by_number_alone_would_lose_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: forged reports about messages in doubt, believed as only a gateway without look-up
    allows.
    """
    believed = partial(Outbox.record_reports, by_number=True)
    monkeypatch.setattr(Outbox, "record_reports", lambda box, *post: believed(box, *post))
    assert simulate(400, 20260304, Weather(), inbound=True).lost > 0


def test_the_same_on_a_server(sample: Callable[[int, int], int], postgresql: RunningServer) -> None:
    messages = sample(400, 1_000_000)
    tally = simulate(messages, 20260305, Weather(), server=postgresql)
    assert (tally.lost, tally.doubled, tally.needs_human) == (0, 0, 0)
    assert tally.deaths > messages // 20, "the weather was bad"
    posted = simulate(sample(40, 20_000), 20260306, Weather(), inbound=True, server=postgresql)
    assert (posted.lost, posted.doubled, posted.wrong_receipts, posted.wrong_acknowledgements) == (0, 0, 0, 0)


@pytest.mark.parametrize(("grace", "doubled"), [(0, True), (15, True), (60, False)])
def test_only_a_lag_beyond_the_grace_doubles_and_nothing_is_lost(
    grace: float, doubled: bool, sample: Callable[[int, int], int]
) -> None:
    """What the limit of the method looks like: a list that lags up to 55 s against each grace."""
    tally = simulate(sample(1_000, 100_000), 7, Weather(grace=grace))
    assert tally.lost == 0
    assert (tally.doubled > 0) is doubled
