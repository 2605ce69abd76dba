"""The next year's book: what goes on, what stays, and a scheduler that runs through midnight of 31 December."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from engine.facts.change import NewRow
from engine.facts.ledger import Ledger
from engine.ledger.reading.ledger import read_ledger, read_rows
from engine.service.new_year import NotCarriedOver, new_year
from engine.service.stamping import run_stamp
from tests.service.office import HOUR, ServedOffice, matter_row, report_row, write_book

EVE = datetime(2026, 12, 31, 20, 0)
MIDNIGHT = datetime(2027, 1, 1)
ASSIGNED = datetime(2026, 12, 30, 9, 30)
CLOSED = {
    "matter": "2026-日-0002",
    "applied_at": datetime(2026, 12, 30, 12),
    "service_object_agrees": "同意",
    "grade": "合格",
    "grader": "李科长",
    "grade_approver": "钱某",
    "grade_approver_rank": "分管副秘书长",
    "grade_approved_at": datetime(2026, 12, 30, 12),
    "requester": "李科长",
    "requested_at": datetime(2026, 12, 30, 12),
    "reviewer": "钱某",
    "reviewer_rank": "分管副秘书长",
    "reviewed_at": datetime(2026, 12, 30, 12),
    "finalizer": "孙某",
    "finalizer_rank": "分管副市长",
    "finalized_at": datetime(2026, 12, 30, 12),
    "result": "办结",
}


def year_end(office: ServedOffice) -> ServedOffice:
    """Two matters under way, one of them reported on once, and one closed; in service since the day before."""
    matters = [
        matter_row("2026-日-0001", ASSIGNED),
        matter_row("2026-日-0002", ASSIGNED, status="已办结", completed_at=datetime(2026, 12, 30, 12)),
        matter_row("2026-日-0003", ASSIGNED, limit="1个月"),
    ]
    reports = [{**report_row("2026-日-0003", "1天", datetime(2026, 12, 31, 8)), "number": "反2026-0001"}]
    write_book(office.book, matters, reports=reports, completions=[CLOSED])
    office.adopt(ASSIGNED)
    return office


def ledger_of(path: Path) -> Ledger:
    return read_ledger(path.read_bytes())


def carried(office: ServedOffice, at: datetime = MIDNIGHT) -> Path:
    return new_year(office.book, 2027, office.station, at).old


def test_open_matters_go_on_with_their_records_and_closed_ones_stay(office: ServedOffice) -> None:
    year_end(office).passes(ASSIGNED, EVE)
    before = ledger_of(office.book)
    sent = read_rows(office.book.read_bytes(), "message_log")
    old = carried(office)
    after = ledger_of(office.book)
    assert old.name == "台账-2026.xlsx"
    assert [one.number for one in after.matters] == ["2026-日-0001", "2026-日-0003"]
    assert [one.number for one in ledger_of(old).matters] == [one.number for one in before.matters]
    for matter in after.matters:
        twin = next(one for one in before.matters if one.number == matter.number)
        assert (matter.content, matter.assigned_at, matter.stamps) == (twin.content, twin.assigned_at, twin.stamps)
        assert len(after.records_of(matter.number).reports) == len(before.records_of(matter.number).reports)
    assert after.settings == replace(before.settings, carried_from=2026)
    assert set(after.directory.units) == set(before.directory.units)
    kept = {row["number"] for row in read_rows(office.book.read_bytes(), "message_log")}
    assert kept == {row["number"] for row in sent if row["matter"] in ("2026-日-0001", "2026-日-0003")}
    assert kept


def test_a_scheduler_through_midnight_sends_nothing_twice_and_forgets_nothing(
    office: ServedOffice, tmp_path: Path
) -> None:
    twin = year_end(ServedOffice(tmp_path / "不结转"))
    twin.passes(ASSIGNED, MIDNIGHT + 40 * HOUR)
    year_end(office).passes(ASSIGNED, MIDNIGHT)
    before = len(office.phone())
    carried(office)
    office.passes(MIDNIGHT + HOUR / 2, MIDNIGHT + 40 * HOUR)
    told = [(one.at, one.mobile, one.text) for one in office.phone()]
    assert told == [(one.at, one.mobile, one.text) for one in twin.phone()]
    assert 0 < before < len(told)


def test_numbers_run_on_per_year(office: ServedOffice) -> None:
    year_end(office)
    carried(office)
    now = MIDNIGHT + 9 * HOUR
    rows = [matter_row("", now - HOUR, status=None, initiated_at=None, notice_issued_at=None)]
    fresh = ledger_of(office.book)
    assert fresh.settings.high_water == ledger_of(office.book).settings.high_water
    book = office.station.book(office.book, lambda: now)
    book.read()
    values = {name: value for name, value in rows[0].items() if value not in (None, "")}
    assert book.apply((), [NewRow("matters", values)]).appended == 1
    done = run_stamp(office.book, office.station, now)
    assert "2027-日-0001" in {change.new for change in done.changes if change.field == "number"}


def test_the_old_book_takes_no_pass_and_no_stamp(office: ServedOffice) -> None:
    year_end(office)
    old = carried(office)
    before = old.read_bytes()
    result = office.pass_at(MIDNIGHT + HOUR, old)
    assert "只供查阅" in (result.obstacle or "")
    assert {one.state for one in result.messages} <= {"试算"}
    assert "只供查阅" in (run_stamp(old, office.station, MIDNIGHT + HOUR).pending or "只供查阅")
    assert old.read_bytes() == before
    with pytest.raises(NotCarriedOver, match="旧台账"):
        new_year(old, 2027, office.station, MIDNIGHT)


def test_a_wrong_year_and_an_open_book_change_nothing(office: ServedOffice) -> None:
    year_end(office)
    before = office.book.read_bytes()
    with pytest.raises(NotCarriedOver, match="2027"):
        new_year(office.book, 2029, office.station, EVE)
    office.book.with_name("~$台账.xlsx").write_bytes(bytes([2]) + "张三".encode("gbk").ljust(164, b"\0"))
    with pytest.raises(NotCarriedOver, match="打开着"):
        new_year(office.book, 2027, office.station, EVE)
    assert office.book.read_bytes() == before
    assert not office.book.with_name("台账-2026.xlsx").exists()
