"""Limits that several hosts keep together: of a gateway by turns, of a number to the last SMS."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing.pool import ThreadPool
from time import monotonic

import pytest
from sqlalchemy import extract, func, update

from sms.fleet_limits import FleetRates
from sms.gateways.protocol import Limits
from sms.health import stop
from sms.limits import NumberFull
from sms.outbox import Outbox
from sms.store.location import Server
from sms.store.model import Route, State, StoredMessage
from sms.store.tables import RATES
from sms.store.transitions import submit
from tests.postgresql import RunningServer
from tests.sms.conftest import MOBILE, START, Clock, always, outgoing
from tests.sms.scripted import Scripted


@pytest.fixture
def server(postgresql: RunningServer) -> Iterator[Server]:
    fresh = postgresql.fresh()
    yield fresh
    postgresql.give_back(fresh)


@dataclass
class Timed(Scripted):
    """Notes when each request was made."""

    times: list[float] = field(default_factory=list)

    def send(self, message: StoredMessage) -> str:
        self.times.append(monotonic())
        return super().send(message)


def _send_as_host(server: Server, number: int, gateway: Scripted, messages: int, mobile: str | None = None) -> None:
    ledger = f"台账{number}"
    with closing(Outbox(server)) as box:
        made = [outgoing(n, ledger=ledger, mobile=mobile or f"+86138{number:03}{n:05}") for n in range(messages)]
        box.claim(ledger, made, [], {}, START)
        box.send(ledger, Clock(), [gateway], always)


def test_two_hosts_together_keep_a_gateways_rate(server: Server) -> None:
    gateway = Timed("甲", network=False, limits=Limits(per_second=40))
    with ThreadPool(2) as pool:
        pool.map(lambda number: _send_as_host(server, number, gateway, 20), range(2))
    first, *_, last = times = sorted(gateway.times)
    assert len(times) == 40
    assert last - first >= 37 / 40, "two moments may have been kept for a tenth of a second"
    assert max(sum(one <= at < one + 0.5 for at in times) for one in times) <= 24


def test_a_stale_moment_is_given_up(server: Server) -> None:
    at = [100.0]
    gateway = Scripted("甲", limits=Limits(per_second=2))
    with closing(Outbox(server)) as box:
        rates = FleetRates(box.store, lambda: at[0])
        assert rates.wait_for(gateway, START) == 0
        rates.submitted(gateway, MOBILE, START)
        kept = rates.wait_for(gateway, START)
        assert 0 < kept <= 0.5
        at[0] += kept
        assert rates.wait_for(gateway, START) == 0
        at[0] += 0.51
        assert rates.wait_for(gateway, START) > 0, "another one, and not at once: hosts that slept must not burst"


def test_a_quick_gateway_is_asked_about_rarely(server: Server) -> None:
    gateway = Timed("甲", network=False, limits=Limits(per_second=1000))
    _send_as_host(server, 0, gateway, 40)
    assert len(gateway.times) == 40
    assert all(later - earlier < 0.5 for earlier, later in pairwise(gateway.times))


def test_several_hosts_send_a_number_what_it_may_have_and_not_one_more(server: Server) -> None:
    gateway = Scripted("甲", network=False, limits=Limits(per_second=1e6, per_number_per_day=25))
    with ThreadPool(3) as pool:
        pool.map(lambda number: _send_as_host(server, number, gateway, 20, MOBILE), range(3))
    assert len(gateway.sent) == 25
    with closing(Outbox(server)) as box:
        waiting = [box.count(f"台账{number}", State.PENDING) for number in range(3)]
        assert sum(waiting) == 35


def test_whoever_comes_second_for_the_last_sms_is_refused_in_its_transaction(server: Server) -> None:
    gateway = Scripted("甲", limits=Limits(per_number_per_day=1))
    with closing(Outbox(server)) as box:
        box.claim("甲", [outgoing(n, ledger="甲") for n in range(2)], [], {}, START)
        one, _ = box.messages("甲")
        rates = FleetRates(box.store)
        assert rates.full_until(gateway, MOBILE, START) is None
        with box.store.write() as connection:
            rates.claim(connection, gateway, MOBILE, START)
            submit(connection, one, Route("甲"), START)
        with box.store.write() as connection, pytest.raises(NumberFull):
            rates.claim(connection, gateway, MOBILE, START)


@pytest.mark.parametrize(("skew", "sent"), [(-121, 20), (-120, 10), (-119, 10), (0, 10), (119, 10), (121, 10)])
def test_what_a_host_has_sent_counts_although_its_clock_differs(server: Server, skew: int, sent: int) -> None:
    """In a fleet each may be wrong by a minute; what lies farther ahead was recorded before a clock went back."""
    gateway = Scripted("甲", network=False, limits=Limits(per_second=1e6, per_number_per_day=10))
    with closing(Outbox(server)) as box:
        for number, ahead in enumerate((0, skew)):
            ledger, clock = f"台账{number}", Clock()
            clock.forward(seconds=180 + ahead)
            box.claim(ledger, [outgoing(n, ledger=ledger, mobile=MOBILE) for n in range(10)], [], {}, START)
            box.send(ledger, clock, [gateway], always)
    assert len(gateway.sent) == sent


@pytest.mark.parametrize(("ahead", "wait"), [(49.5, 49.5), (51, 0), (3600, 0)])
def test_a_clock_of_the_server_that_went_back_holds_nobody(server: Server, ahead: float, wait: float) -> None:
    """Of a gateway that takes two a second, a hundred hosts at most stand before ours."""
    gateway = Scripted("甲", limits=Limits(per_second=2))
    with closing(Outbox(server)) as box:
        FleetRates(box.store).wait_for(gateway, START)
        with box.store.write() as connection:
            now = extract("epoch", func.clock_timestamp())
            connection.execute(update(RATES).values(free_at=now + ahead))
        assert FleetRates(box.store).wait_for(gateway, START) == pytest.approx(wait, abs=0.4)


def test_a_gateway_that_one_host_stops_is_stopped_for_all(server: Server) -> None:
    with closing(Outbox(server)) as box, closing(Outbox(server)) as other:
        box.claim("甲", [outgoing(n, ledger="甲", mobile=f"+86138{n:08}") for n in range(60)], [], {}, START)

        class Stopping(Scripted):
            def send(self, message: StoredMessage) -> str:
                if len(self.sent) == 3:
                    stop(other.store, self.name, START, "欠费")
                return super().send(message)

        gateway = Stopping("甲", limits=Limits(per_second=2, at_once=1))
        clock = Clock()
        box.send("甲", clock, [gateway], always, wait=clock.wait)
        assert len(gateway.sent) == 10, "the page that was under way"
        assert [one.reason for one in box.gateway_conditions()] == ["欠费"]
