"""The rate of a gateway holds for the whole fleet, however many workers send."""

from contextlib import ExitStack
from dataclasses import replace
from time import monotonic

from tests.fleet.fleet_office import QUICK, Fleet, until
from tests.sms.conftest import table_of
from tests.sms.standin import mas_api
from tests.sms.standin.phone import Phone
from tests.sms.standin.server import serve

PER_SECOND = 8
LEDGERS, MATTERS = 6, 3


def test_two_workers_together_keep_the_rate_of_their_gateway(fleet: Fleet) -> None:
    arrived: list[float] = []
    phone = Phone(lambda: arrived.append(monotonic()) or fleet.clock.now())
    books = [fleet.add_ledger(f"台账{n}", MATTERS) for n in range(LEDGERS)]
    fleet.begin()
    with ExitStack() as stack:
        port = stack.enter_context(serve(phone, mas_api.mas_api, mas_api.is_send))
        limits = {"per_second": PER_SECOND, "per_number_per_day": 1000, "at_once": 4}
        fleet.gateway = {"mas": {**table_of("mas", port), "read_timeout": 10, "limits": limits}}
        for host in ("一号", "二号"):  # neither can have all ledgers on its desk
            fleet.start(host, pace=replace(QUICK, ledgers=LEDGERS // 2))
        until(lambda: len(arrived) >= LEDGERS * MATTERS)
        until(lambda: {fleet.ledger(book).host for book in books} == {"一号", "二号"})
    assert len({one.text for one in phone.taken}) == len(phone.taken) == LEDGERS * MATTERS
    assert arrived[-1] - arrived[0] >= 0.95 * (len(arrived) - 1) / PER_SECOND
