"""When a ledger is due again after it was served: nothing that has its turn meanwhile is left for five minutes."""

from datetime import datetime, timedelta

import pytest

from engine.fleet import serving as serving_module
from engine.fleet.serving import Serving
from engine.fleet.shares import Share
from engine.service.one_pass import pass_within
from sms.outbox import Outbox
from sms.settlement import Settlement
from sms.store.model import SmsError, State, StoredMessage
from tests.fleet.fleet_office import SLOT, Fleet, serve


def test_what_falls_due_while_a_pass_is_writing_is_due_at_once(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    book = fleet.add_ledger("甲")
    fleet.clock.at, fleet.clock.rate = SLOT - timedelta(seconds=1), 0

    def passing(*given: object) -> object:
        result = pass_within(*given)
        fleet.clock.at = SLOT + timedelta(seconds=1)
        return result

    async def story(serving: Serving, share: Share) -> None:
        monkeypatch.setattr(serving_module, "pass_within", passing)
        after = await serving.serve(str(book), share)
        assert after
        assert after.next_at == SLOT
        monkeypatch.setattr(serving_module, "pass_within", pass_within)
        await serving.serve(str(book), share)

    serve(fleet, story)
    assert len(fleet.phone()) == 1


def test_a_message_whose_turn_comes_a_moment_after_the_last_check_is_due_then(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = fleet.add_ledger("甲")
    fleet.clock.at, fleet.clock.rate = SLOT, 0
    turn = SLOT + timedelta(seconds=30)

    def postponed(self: Settlement, message: StoredMessage, *_: object) -> None:
        self.to(message, State.PENDING, next_at=turn)

    monkeypatch.setattr(Settlement, "of_send", postponed)
    really = Serving._is_on_its_way

    def on_its_way(self: Serving, ledger: str, now: datetime) -> bool:
        found = really(self, ledger, now)
        if not found:
            fleet.clock.at = turn + timedelta(seconds=1)
        return found

    monkeypatch.setattr(Serving, "_is_on_its_way", on_its_way)

    async def story(serving: Serving, share: Share) -> None:
        after = await serving.serve(str(book), share)
        assert after
        assert after.next_at == turn

    serve(fleet, story)


def test_after_a_fault_of_the_sender_the_ledger_is_due_again_in_half_a_minute(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = fleet.add_ledger("甲")
    fleet.clock.at, fleet.clock.rate = SLOT, 0

    def away(*_: object, **__: object) -> None:
        raise SmsError("数据库断了")

    monkeypatch.setattr(Outbox, "send_for", away)

    async def story(serving: Serving, share: Share) -> None:
        after = await serving.serve(str(book), share)
        assert after
        assert after.next_at == SLOT + timedelta(seconds=30)

    serve(fleet, story)
