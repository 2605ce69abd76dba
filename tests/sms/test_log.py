"""短信记录: rows for the book, and the journal rebuilt from them."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.ledger.columns import MESSAGE_LOG
from sms.gateway import BadNumber, Unknown
from sms.model import MissedCover, SmsError, State
from sms.outbox import Outbox
from tests.sms.conftest import LEDGER, MOBILE, START, Clock, Line, always, cover, outgoing
from tests.sms.scripted import Scripted


def _rows(outbox: Outbox) -> list[dict[str, Any]]:
    return list(outbox.log_rows(LEDGER))


def _states(outbox: Outbox) -> list[str]:
    return [row["state"] for row in _rows(outbox)]


def test_字段与短信记录的列一致(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    (row,) = _rows(outbox)
    assert set(row) == {column.field for column in MESSAGE_LOG.columns}


def test_每项义务一行_号码打码(outbox: Outbox, clock: Clock, local: Line) -> None:
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


def test_等待发送的不进记录(outbox: Outbox) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    assert _rows(outbox) == []


def test_写入后只有变化的再出现(outbox: Outbox, clock: Clock, local: Line) -> None:
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


def test_写入期间又变了的不会漏掉(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    being_written = _rows(outbox)
    clock.forward(minutes=1)
    outbox.collect_receipts(LEDGER, clock, [local.gateway])
    outbox.confirm_log(being_written)
    assert _states(outbox) == ["已送达"]


def test_账本换成旧副本时按差别补全(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(n) for n in (1, 2, 3)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    rows = _rows(outbox)
    outbox.confirm_log(rows)
    known = {rows[0]["number"]: "已提交", rows[1]["number"]: "待人工"}
    assert [row["number"] for row in outbox.log_rows(LEDGER, known)] == [rows[1]["number"], rows[2]["number"]]


def test_各种结果各有其词(outbox: Outbox, clock: Clock) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [MissedCover(cover(2), "停机期间错过")], {}, START)
    outbox.send(LEDGER, clock, [Scripted("甲", [BadNumber("空号（21211）")])], always)
    outbox.claim(LEDGER, [outgoing(3)], [], {}, START)
    outbox.send(LEDGER, clock, [Scripted("甲", [Unknown("超时")])], always)
    told = {row["matter"][-1]: (row["state"], row["explanation"]) for row in _rows(outbox)}
    assert told == {"1": ("失败", "空号（21211）"), "2": ("错过未发", "停机期间错过"), "3": ("已提交", "超时")}
    outbox.confirm_log(_rows(outbox))
    outbox.send(LEDGER, clock, [Scripted("乙")], always)
    assert _states(outbox) == ["待人工"]


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


def test_日志丢失后从记录重建_已发的不再发(tmp_path: Path, clock: Clock, local: Line) -> None:
    old = Outbox(tmp_path / "old.sqlite")
    messages = [outgoing(n) for n in range(1, 20)] + [outgoing(90, matters=(30, 31))]
    missed = [MissedCover(cover(40), "停机")]
    settled = {message.covers[0].duty: START for message in messages}
    old.claim(LEDGER, messages, missed, settled, START)
    old.send(LEDGER, clock, [local.gateway], always)
    book = [_as_in_the_book(row) for row in old.log_rows(LEDGER)]
    before = old.history(LEDGER)

    new = Outbox(tmp_path / "new.sqlite")
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


def test_重建的记录号码相同_不会重复写进账本(tmp_path: Path, clock: Clock, local: Line) -> None:
    old, new = Outbox(tmp_path / "old.sqlite"), Outbox(tmp_path / "new.sqlite")
    old.claim(LEDGER, [outgoing(1)], [], {}, START)
    old.send(LEDGER, clock, [local.gateway], always)
    book = list(old.log_rows(LEDGER))
    new.rebuild(LEDGER, book, clock())
    assert list(new.log_rows(LEDGER)) == []
    assert new.message(book[0]["number"]) is not None
    old.close()
    new.close()


def test_重建的短信没有完整号码_不能重发(tmp_path: Path, clock: Clock) -> None:
    old, new = Outbox(tmp_path / "old.sqlite"), Outbox(tmp_path / "new.sqlite")
    old.claim(LEDGER, [outgoing(1)], [], {}, START)
    old.send(LEDGER, clock, [Scripted("甲", [BadNumber("空号")])], always)
    new.rebuild(LEDGER, old.log_rows(LEDGER), clock())
    number = next(iter(new.messages(LEDGER, State.FAILED))).id
    with pytest.raises(SmsError, match="没有完整号码"):
        new.retry(number, clock())
    assert new.retry(number, clock(), MOBILE).state is State.PENDING
    old.close()
    new.close()


@pytest.mark.parametrize(
    "spoilt",
    [{"duty_due": None}, {"due": "昨天"}, {"slot": ""}, {"matter": None}],
    ids=["无期限", "非时间", "无时点", "无编号"],
)
def test_认不出的行略过(outbox: Outbox, clock: Clock, local: Line, tmp_path: Path, spoilt: dict[str, Any]) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    new = Outbox(tmp_path / "new.sqlite")
    assert new.rebuild(LEDGER, [{**row, **spoilt} for row in outbox.log_rows(LEDGER)], clock()) == 0
    new.close()


def test_只有日期的格子也认得(tmp_path: Path, clock: Clock, local: Line, outbox: Outbox) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    new = Outbox(tmp_path / "new.sqlite")
    assert new.rebuild(LEDGER, [{**row, "duty_due": date(2026, 3, 4)} for row in outbox.log_rows(LEDGER)], clock()) == 1
    assert (*cover(1).key[1:5], datetime(2026, 3, 4), *cover(1).key[6:]) in new.history(LEDGER)
    new.close()


def test_晨报按状态计数(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1), outgoing(2)], [MissedCover(cover(3), "停机")], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], lambda message, _: message.covers[0].key.matter.endswith("1"))
    assert dict(outbox.tally(LEDGER, START)) == {State.ACCEPTED: 1, State.MISSED: 2}
    assert outbox.tally(LEDGER, START + timedelta(seconds=1)).total() == 0
