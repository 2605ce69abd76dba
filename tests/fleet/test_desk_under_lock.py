"""The desk for a block that holds a ledger's lock: by old facts nothing lapses, and nothing stays there after it."""

from datetime import timedelta

import pytest

from engine.fleet.sending import DeskUnderLock
from engine.guards.permission import Options
from engine.service.adoption import adopt
from engine.service.desk import SendingDesk
from engine.service.one_pass import run_pass
from tests.fleet.fleet_office import SLOT, Fleet, book_of
from tests.service.office import HOUR

LEDGER = "11111111-2222-4333-8444-000000000000"
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("lost", [True, False])
def test_a_worker_that_has_lost_the_lock_lets_nothing_lapse_by_facts_that_are_old(fleet: Fleet, lost: bool) -> None:
    """Another one has read a matter that was added meanwhile, and claimed its reminder."""
    book = fleet.add_ledger("甲")
    fleet.clock.at, fleet.clock.rate = SLOT, 0
    desk = SendingDesk(lambda _: None)
    held = DeskUnderLock(desk, lambda: not lost, lambda: True)
    run_pass(book, fleet.station, SLOT - MINUTE, Options(), held)
    book.write_bytes(book_of(2, LEDGER))
    adopt(book, fleet.station, SLOT - 19 * HOUR, SLOT - 19 * HOUR)
    run_pass(book, fleet.station, SLOT, Options(), SendingDesk(lambda _: None))
    fleet.station.outbox.send_for(desk, fleet.clock.now, fleet.station.gateways)
    states = sorted(one.state for one in fleet.station.outbox.messages(LEDGER))
    assert states == (["accepted", "pending"] if lost else ["accepted", "missed"])
    assert desk.names() == (() if lost else (LEDGER,))


def test_a_copy_of_a_ledger_takes_the_original_off_no_desk(fleet: Fleet) -> None:
    desk = SendingDesk(lambda _: None)
    original, copy = DeskUnderLock(desk, lambda: True, lambda: True), DeskUnderLock(desk, lambda: True, lambda: True)
    original.admit("台账", lambda *_: True, 1)
    copy.hold("台账")
    copy.close()
    assert desk.names() == ("台账",)
    original.close()
    assert desk.names() == ()
