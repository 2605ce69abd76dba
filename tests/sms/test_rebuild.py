"""The journal rebuilt from 短信记录: what the book knows is not sent again, nor is what waited here meanwhile."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sms.gateways.protocol import BadNumber, NotSent, Unknown
from sms.outbox import Outbox
from sms.store.model import MissedCover, SmsError, State
from tests.postgresql import Stores
from tests.sms.conftest import LEDGER, MOBILE, START, Clock, Line, always, cover, outgoing
from tests.sms.scripted import Scripted


def _as_in_the_book(row: dict[str, Any]) -> dict[str, Any]:
    """As a spreadsheet gives it back: empty cells, times a few microseconds off, whole numbers as floats."""
    off = timedelta(microseconds=400)
    return {
        field: None
        if value == ""
        else value - off
        if isinstance(value, datetime)
        else float(value)
        if isinstance(value, int)
        else value
        for field, value in row.items()
    }


def test_a_journal_rebuilt_from_the_log_sends_nothing_again(stores: Stores, clock: Clock, local: Line) -> None:
    old = Outbox(stores("old"))
    messages = [outgoing(n) for n in range(1, 20)] + [outgoing(90, matters=(30, 31))]
    missed = [MissedCover(cover(40), "停机")]
    settled = {message.covers[0].duty: START for message in messages}
    old.claim(LEDGER, messages, missed, settled, START)
    old.send(LEDGER, clock, [local.gateway], always)
    book = [_as_in_the_book(row) for row in old.log_rows(LEDGER)]
    before = old.history(LEDGER)

    new = Outbox(stores("new"))
    assert new.rebuild(LEDGER, book, clock()) == len(book) == 22
    assert new.rebuild(LEDGER, book, clock()) == 0
    assert new.claim(LEDGER, messages, missed, {}, START) == []
    new.send(LEDGER, clock, [local.gateway], always)
    assert len(local.arrived) == len(messages)
    after = new.history(LEDGER)
    for message in messages:
        for one in message.covers:
            assert tuple(one.key[1:]) in after
            assert after.settled_through(tuple(one.duty[1:])) == START
            assert after.urgings(one.key.matter) == before.urgings(one.key.matter) == 1
            assert after.last_sent_at(one.key.matter) == START
    assert after.urgings("2026-日-0040") == 0
    old.close()
    new.close()


def test_rebuilt_numbers_are_the_same_and_not_written_twice(stores: Stores, clock: Clock, local: Line) -> None:
    old, new = Outbox(stores("old")), Outbox(stores("new"))
    old.claim(LEDGER, [outgoing(1)], [], {}, START)
    old.send(LEDGER, clock, [local.gateway], always)
    book = list(old.log_rows(LEDGER))
    new.rebuild(LEDGER, book, clock())
    assert list(new.log_rows(LEDGER)) == []
    assert new.message(book[0]["number"]) is not None
    old.close()
    new.close()


def test_rebuilt_sms_have_no_whole_number_and_cannot_be_sent(stores: Stores, clock: Clock) -> None:
    old, new = Outbox(stores("old")), Outbox(stores("new"))
    old.claim(LEDGER, [outgoing(1)], [], {}, START)
    old.send(LEDGER, clock, [Scripted("甲", [BadNumber("空号")])], always)
    new.rebuild(LEDGER, old.log_rows(LEDGER), clock())
    number = next(iter(new.messages(LEDGER, State.FAILED))).id
    with pytest.raises(SmsError, match="没有完整号码"):
        new.retry(number, clock(), by="甲")
    assert new.retry(number, clock(), MOBILE, by="甲").state is State.PENDING
    old.close()
    new.close()


@pytest.mark.parametrize(
    "spoilt",
    [
        {"duty_due": None},
        {"due": "昨天"},
        {"slot": ""},
        {"matter": None},
        {"ordinal": 3_000_000_000},
        {"ordinal": 10**30},
        {"ordinal": -1},
        {"due": datetime(9999, 12, 31, 23, 59, 45)},
    ],
    ids=["无期限", "非时间", "无时点", "无编号", "序次过大", "序次放不下", "序次为负", "时间过大"],
)
def test_unreadable_rows_are_passed_over(
    outbox: Outbox, clock: Clock, local: Line, stores: Stores, spoilt: dict[str, Any]
) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    new = Outbox(stores("new"))
    assert new.rebuild(LEDGER, [{**row, **spoilt} for row in outbox.log_rows(LEDGER)], clock()) == 0
    new.close()


def test_cells_with_only_a_date_are_read(stores: Stores, clock: Clock, local: Line, outbox: Outbox) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    new = Outbox(stores("new"))
    assert new.rebuild(LEDGER, [{**row, "duty_due": date(2026, 3, 4)} for row in outbox.log_rows(LEDGER)], clock()) == 1
    assert (*cover(1).key[1:5], datetime(2026, 3, 4), *cover(1).key[6:]) in new.history(LEDGER)
    new.close()


@pytest.fixture
def older(stores: Stores) -> Iterator[Outbox]:
    """A journal as it was before the other one sent: it knows of the same messages, or of none."""
    opened = Outbox(stores("older"))
    yield opened
    opened.close()


def _rows(outbox: Outbox) -> list[dict[str, Any]]:
    return [_as_in_the_book(row) for row in outbox.log_rows(LEDGER)]


def test_sms_of_the_book_that_the_journal_lacks_are_counted(
    outbox: Outbox, older: Outbox, clock: Clock, local: Line
) -> None:
    outbox.claim(LEDGER, [outgoing(n) for n in (1, 2, 3)], [MissedCover(cover(4), "停机")], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    older.claim(LEDGER, [outgoing(1)], [], {}, START)
    older.send(LEDGER, clock, [Scripted("甲")], always)
    assert (outbox.count_unrecorded(LEDGER, _rows(outbox)), older.count_unrecorded(LEDGER, _rows(outbox))) == (0, 3)
    assert older.count_unrecorded("台账乙", _rows(outbox)) == 0, "rows copied from another ledger"


@pytest.mark.parametrize(
    "spoilt", [{"number": "S000000000000"}, {"number": None}, {"slot": "+9h"}, {"matter": "2026-日-9999"}]
)
def test_rows_added_by_hand_do_not_count(
    outbox: Outbox, older: Outbox, clock: Clock, local: Line, spoilt: dict[str, Any]
) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    assert older.count_unrecorded(LEDGER, [{**row, **spoilt} for row in _rows(outbox)]) == 0


def test_what_the_book_has_and_was_not_sent_here_counts(
    outbox: Outbox, older: Outbox, clock: Clock, local: Line
) -> None:
    for one in (outbox, older):
        one.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    assert older.count_unrecorded(LEDGER, _rows(outbox)) == 1


@pytest.mark.parametrize(("state", "count"), [("已提交", 0), ("已送达", 1), ("未送达", 1)])
def test_what_was_tried_and_failed_counts_only_with_a_receipt(
    outbox: Outbox, clock: Clock, state: str, count: int
) -> None:
    """While nobody knew how the try had ended, the book said 已提交."""
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [Scripted("甲", [Unknown("超时")])], always)
    (row,) = _rows(outbox)
    for _ in range(4):
        outbox.send(LEDGER, clock, [Scripted("甲", [NotSent("连不上")])], always)
        clock.forward(seconds=31)
    assert next(iter(outbox.messages(LEDGER))).state is State.PENDING
    assert outbox.count_unrecorded(LEDGER, [{**row, "state": state}]) == count


@pytest.mark.parametrize("state", ["已提交", "已送达", "未送达", "失败", "待人工", "错过未发"])
def test_a_waiting_sms_goes_by_the_book(outbox: Outbox, older: Outbox, clock: Clock, local: Line, state: str) -> None:
    for one in (outbox, older):
        one.claim(LEDGER, [outgoing(9, matters=(1, 2))], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    older.rebuild(LEDGER, [{**row, "state": state} for row in _rows(outbox)], clock())
    assert {row["state"] for row in older.log_rows(LEDGER)} == {state}
    assert len([*older.messages(LEDGER)]) == 1, "one SMS, as it was claimed"
    older.send(LEDGER, clock, [local.gateway], always)
    assert len(local.arrived) == 1
    went_out = state in ("已提交", "已送达", "未送达")
    assert older.history(LEDGER).urgings("2026-日-0002") == int(went_out)


def test_a_waiting_sms_that_the_book_lacks_is_not_sent_and_says_so(older: Outbox, clock: Clock, local: Line) -> None:
    older.claim(LEDGER, [outgoing(1)], [], {}, START)
    assert older.rebuild(LEDGER, [], clock()) == 0
    older.send(LEDGER, clock, [local.gateway], always)
    assert local.arrived == []
    ((state, why),) = [(row["state"], row["explanation"]) for row in older.log_rows(LEDGER)]
    assert (state, "不再发送" in why) == ("错过未发", True)


def test_what_is_being_looked_up_is_still_asked_for(older: Outbox, clock: Clock) -> None:
    older.claim(LEDGER, [outgoing(1)], [], {}, START)
    gateway = Scripted("甲", [Unknown("超时")])
    older.send(LEDGER, clock, [gateway], always)
    older.rebuild(LEDGER, [], clock())
    gateway.found = "甲-1"
    older.send(LEDGER, clock, [gateway], always)
    assert (next(iter(older.messages(LEDGER))).state, len(gateway.sent)) == (State.ACCEPTED, 1)


def test_another_ledger_is_not_touched(older: Outbox, clock: Clock, local: Line) -> None:
    older.claim("台账乙", [outgoing(1, ledger="台账乙")], [], {}, START)
    older.rebuild(LEDGER, [], clock())
    older.send("台账乙", clock, [local.gateway], always)
    assert len(local.arrived) == 1


def test_a_rebuild_is_not_todays_sending(outbox: Outbox, older: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [MissedCover(cover(2), "停机")], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    clock.forward(days=3)
    older.rebuild(LEDGER, _rows(outbox), clock())
    assert older.tally(LEDGER, clock() - timedelta(days=1)).total() == 0
    assert older.tally(LEDGER, START).total() == 2
