"""One pass: what is sent, what is written, what waits, and what comes in between."""

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from engine.facts.change import Change, NewRow
from engine.facts.finding import Place
from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.patching.patch import patch
from engine.ledger.reading.ledger import read_rows
from sms.gateways.local import LocalGateway
from sms.gateways.protocol import Limits, NotSent
from tests.service.office import DAY, HOUR, T0, ServedOffice, matter_row, report_row, write_book

DUE = T0 + DAY
BEFORE = DUE - 5 * HOUR


def add(book: Path, sheet: str, row: dict) -> None:
    patch(book, [], [NewRow(sheet, row)])


def log_of(book: Path) -> list:
    return [row for row in read_rows(book.read_bytes(), "message_log") if row["node"] != "晨报"]


def test_a_due_slot_sends_one_and_writes_flags_and_log(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    office.adopt()
    result = office.pass_at(BEFORE)
    (sent,) = result.messages
    assert (sent.state, sent.message.kind, result.written, result.pending) == ("已提交", "提醒", True, None)
    (row,) = log_of(office.book)
    assert (row["number"], row["state"], row["slot"], row["mobile"]) == (sent.id, "已提交", "-5h", "199****0001")
    shown = {change.field: change.new for change in result.changes}
    assert (shown["light"], shown["last_sent_at"]) == ("黄", BEFORE)
    again = office.pass_at(BEFORE)
    assert (again.messages, again.changes) == ((), ())


def test_a_receipt_changes_the_state_in_the_log(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    office.adopt()
    office.pass_at(BEFORE)
    settled = office.station.outbox.collect_receipts(
        office.station.journal.all_served()[0].ledger, lambda: BEFORE + HOUR, office.station.gateways
    )
    assert settled == 1
    office.pass_at(BEFORE + HOUR)
    (row,) = log_of(office.book)
    assert (row["state"], row["receipt_at"]) == ("已送达", BEFORE)


def test_a_report_in_between_silences_later_slots(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    office.adopt()
    office.pass_at(DUE + 3 * HOUR)
    add(office.book, "reports", report_row("2026-日-0001", "1天", DUE + 4 * HOUR))
    result = office.pass_at(DUE + 5 * HOUR)
    assert [one.message.kind for one in result.messages] == ["反馈通知"]
    assert [one.at for one in office.phone()] == [DUE + 3 * HOUR, DUE + 5 * HOUR]


class Down(LocalGateway):
    """A gateway that cannot be reached until it is told otherwise."""

    down = True

    def send(self, message):
        if self.down:
            raise NotSent("连不上")
        return super().send(message)


@pytest.fixture
def down(office: ServedOffice) -> Down:
    limits = Limits(per_second=1_000_000, per_number_per_day=1_000_000, grace=0)
    gateway = Down(office.config.state / "phone.sqlite", "local", limits)
    office.station.__dict__["gateways"] = [gateway]
    return gateway


def test_claimed_while_the_gateway_was_down_and_reported_before_sending_is_not_sent(
    office: ServedOffice, down: Down
) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    office.adopt()
    (waiting,) = [one for one in office.pass_at(DUE + 3 * HOUR).messages if one.message.kind == "催办"]
    assert waiting.state == "待发送"
    add(office.book, "reports", report_row("2026-日-0001", "1天", DUE + 4 * HOUR))
    down.down = False
    office.pass_at(DUE + 5 * HOUR)
    assert [one.text for one in office.phone() if "催办" in one.text] == []
    assert [row["state"] for row in log_of(office.book) if row["number"] == waiting.id] == ["错过未发"]


def test_claimed_while_the_gateway_was_down_gives_way_to_a_newer_slot(office: ServedOffice, down: Down) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    office.adopt()
    office.pass_at(DUE + 3 * HOUR)
    down.down = False
    office.pass_at(DUE + 6 * HOUR)
    assert ["第2次" in one.text for one in office.phone()] == [True]


def test_what_is_still_owed_when_the_gateway_comes_back_is_sent_once(office: ServedOffice, down: Down) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    office.adopt()
    office.pass_at(DUE + 3 * HOUR)
    down.down = False
    office.passes(DUE + 4 * HOUR, DUE + 4 * HOUR + timedelta(minutes=30), timedelta(minutes=10))
    assert len(office.phone()) == 1


def test_an_open_book_names_who_and_is_written_when_closed(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    office.adopt()
    lock = office.book.with_name(f"~${office.book.name}")
    name = "王科长"
    owner = bytes([len(name)]) + name.encode("gbk")
    lock.write_bytes(
        owner.ljust(55, b" ") + len(name).to_bytes(2, "little") + name.encode("utf-16-le").ljust(108, b" ")
    )
    before = office.book.read_bytes()
    result = office.pass_at(BEFORE)
    assert (result.written, len(office.phone()), office.book.read_bytes()) == (False, 1, before)
    assert name in (result.pending or "")
    beside = office.book.with_name("台账.待同步.json")
    assert beside.exists()
    lock.unlink()
    later = office.pass_at(BEFORE + HOUR)
    assert (later.written, len(office.phone()), beside.exists()) == (True, 1, False)
    assert len(log_of(office.book)) == 1


def test_the_scheduler_rewrites_after_ten_minutes_and_a_person_at_once(office: ServedOffice) -> None:
    later = T0 + timedelta(minutes=5)
    write_book(office.book, [matter_row("2026-日-0001", limit="1天"), matter_row("2026-日-0002", later, "1天")])
    office.adopt(T0 - HOUR)
    office.pass_at(BEFORE, throttled=True)
    spared = office.pass_at(BEFORE + timedelta(minutes=5), throttled=True)
    assert (spared.written, len(office.phone())) == (False, 2)
    assert "稍后" in (spared.pending or "")
    assert spared.next_at == BEFORE + timedelta(minutes=10)
    assert office.pass_at(BEFORE + timedelta(minutes=10), throttled=True).written
    assert len(log_of(office.book)) == 2


def test_one_morning_report_a_day_and_none_for_before_service(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="长期", board="重点工作任务")])
    office.adopt(T0)
    days = [office.pass_at(T0 + hours * HOUR) for hours in range(72)]
    reports = [one.message for result in days for one in result.messages if one.message.kind == "晨报"]
    assert [message.at.day for message in reports] == [3, 4, 5]


def test_a_changed_number_or_merge_never_sends_a_slot_again(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    office.adopt()
    office.pass_at(BEFORE)
    change = Change(Place("units"), "市教育局", "contact_mobile", "19900010001", "19900017777")
    assert patch(office.book, [change], []).applied
    office.pass_at(BEFORE + timedelta(minutes=1))
    assert len(office.phone()) == 1


def test_no_workbook_says_what_to_do_and_stays(office: ServedOffice) -> None:
    office.book.write_bytes(b"not a workbook")
    with pytest.raises(UnreadableWorkbook, match="不是 Excel 工作簿"):
        office.pass_at(T0)
    assert office.book.read_bytes() == b"not a workbook"


def test_one_bad_row_does_not_hold_up_the_others(office: ServedOffice) -> None:
    rows = [matter_row("2026-日-0001", limit="1天"), matter_row("2026-日-0002", limit="1天") | {"assigned_at": "某日"}]
    write_book(office.book, rows)
    office.adopt()
    result = office.pass_at(BEFORE)
    assert {slot.key.matter for one in result.messages for slot in one.message.covers} == {"2026-日-0001"}
    assert any(finding.matter == "2026-日-0002" or finding.place.row == 6 for finding in result.findings)


def test_other_programs_still_read_what_was_written(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    office.adopt()
    office.pass_at(BEFORE)
    book = openpyxl.load_workbook(office.book)
    assert book["短信记录"].max_row >= 2
