"""短信记录: rows for the book."""

from datetime import timedelta
from typing import Any

import pytest

from engine.ledger.headings.columns import MESSAGE_LOG
from sms.gateways.protocol import BadNumber, Reply, Unknown
from sms.outbox import Outbox
from sms.store.model import MissedCover, State
from tests.sms.conftest import LEDGER, MOBILE, START, Clock, Line, always, cover, outgoing
from tests.sms.scripted import Scripted


def _rows(outbox: Outbox) -> list[dict[str, Any]]:
    return list(outbox.log_rows(LEDGER))


def _states(outbox: Outbox) -> list[str]:
    return [row["state"] for row in _rows(outbox)]


def test_fields_are_the_columns_of_the_log(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    (row,) = _rows(outbox)
    assert set(row) == {column.field for column in MESSAGE_LOG.columns}


def test_one_row_an_obligation_with_masked_numbers(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(9, matters=(1, 2, 3))], [], {}, START)
    clock.forward(seconds=7)
    outbox.send(LEDGER, clock, [local.gateway], always)
    rows = _rows(outbox)
    assert sorted(row["matter"] for row in rows) == ["2026-日-0001", "2026-日-0002", "2026-日-0003"]
    assert len({row["number"] for row in rows}) == 3
    assert {row["mobile"] for row in rows} == {"138****8000"}
    first = rows[0]
    assert (first["at"], first["due"], first["state"]) == (START + timedelta(seconds=7), START, "已提交")
    assert (first["node"], first["slot"], first["kind"], first["clause"]) == ("1天", "+3h", "催办", "SZ1-14")
    assert (first["unit"], first["role"], first["owed_by"]) == ("市教育局", "具体责任人", "市教育局")


def test_the_book_learns_that_what_was_in_doubt_went_out(outbox: Outbox, clock: Clock) -> None:
    """Its word stays 已提交; the time, and the doubt as its explanation, do not."""
    gateway = Scripted("甲", [Unknown("断")], found="1")
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    clock.forward(seconds=7)
    outbox.send(LEDGER, clock, [gateway], always)
    outbox.confirm_log(_rows(outbox))
    outbox.send(LEDGER, clock, [gateway], always)
    (row,) = _rows(outbox)
    assert (row["state"], row["at"], row["explanation"]) == ("已提交", START + timedelta(seconds=7), "")


def test_what_waits_is_not_in_the_log(outbox: Outbox) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    assert _rows(outbox) == []


def test_after_writing_only_what_changed_appears(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    rows = _rows(outbox)
    outbox.confirm_log(rows[:1])
    assert _rows(outbox) == rows[1:]
    outbox.confirm_log(rows[1:])
    assert _rows(outbox) == []
    clock.forward(minutes=1)
    outbox.collect_receipts(LEDGER, clock, [local.gateway])
    changed = _rows(outbox)
    assert [row["number"] for row in changed] == [row["number"] for row in rows]
    assert {row["state"] for row in changed} == {"已送达"}
    assert all(row["receipt_at"] == START for row in changed)


def test_what_changes_while_writing_is_not_missed(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    being_written = _rows(outbox)
    clock.forward(minutes=1)
    outbox.collect_receipts(LEDGER, clock, [local.gateway])
    outbox.confirm_log(being_written)
    assert _states(outbox) == ["已送达"]


def test_an_acknowledgement_that_comes_while_writing_is_not_missed(outbox: Outbox, clock: Clock, local: Line) -> None:
    """It changes no state."""
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    being_written = _rows(outbox)
    outbox.record_replies(local.gateway.name, [Reply("1", MOBILE, "收到", START)], clock())
    outbox.confirm_log(being_written)
    assert [row["acknowledged_at"] for row in _rows(outbox)] == [START]
    outbox.confirm_log(_rows(outbox))
    assert _rows(outbox) == []


def test_an_older_copy_of_the_book_gets_what_it_lacks(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(n) for n in (1, 2, 3)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    rows = _rows(outbox)
    outbox.confirm_log(rows)
    standing = {rows[0]["number"]: "已提交", rows[1]["number"]: "待人工"}
    assert outbox.restore_rows(LEDGER, standing, START) == 2
    assert [row["number"] for row in _rows(outbox)] == [rows[1]["number"], rows[2]["number"]]
    outbox.confirm_log(_rows(outbox))
    assert outbox.restore_rows(LEDGER, {row["number"]: row["state"] for row in rows}, START) == 0


@pytest.mark.parametrize(("seconds", "rows"), [(-1, 1), (0, 1), (1, 0)], ids=["前一秒", "当秒", "后一秒"])
def test_only_what_is_since_that_time_is_put_back(
    outbox: Outbox, clock: Clock, local: Line, seconds: int, rows: int
) -> None:
    """Older ones were moved to a yearly file."""
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    outbox.confirm_log(_rows(outbox))
    assert outbox.restore_rows(LEDGER, {}, START + timedelta(seconds=seconds)) == rows


def test_what_was_not_sent_yet_is_not_lacking(outbox: Outbox) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    assert outbox.restore_rows(LEDGER, {}, START) == 0


def test_all_of_a_matter_are_listed_whether_written_or_not(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(9, matters=(1, 2))], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    outbox.confirm_log(_rows(outbox))
    assert [row["matter"] for row in outbox.log_rows(LEDGER, "2026-日-0002")] == ["2026-日-0002"]


def test_every_outcome_has_its_word(outbox: Outbox, clock: Clock) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [MissedCover(cover(2), "停机期间错过")], {}, START)
    outbox.send(LEDGER, clock, [Scripted("甲", [BadNumber("空号（21211）")])], always)
    outbox.claim(LEDGER, [outgoing(3)], [], {}, START)
    outbox.send(LEDGER, clock, [Scripted("甲", [Unknown("超时")])], always)
    told = {row["matter"][-1]: (row["state"], row["explanation"]) for row in _rows(outbox)}
    assert told == {"1": ("失败", "空号（21211）"), "2": ("错过未发", "停机期间错过"), "3": ("已提交", "超时")}
    outbox.confirm_log(_rows(outbox))
    outbox.send(LEDGER, clock, [Scripted("乙")], always)
    assert _states(outbox) == ["待人工"]


def test_the_morning_report_counts_by_state(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1), outgoing(2)], [MissedCover(cover(3), "停机")], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], lambda message, _: message.covers[0].key.matter.endswith("1"))
    assert dict(outbox.tally(LEDGER, START)) == {State.ACCEPTED: 1, State.MISSED: 2}
    assert outbox.tally(LEDGER, START + timedelta(seconds=1)).total() == 0
