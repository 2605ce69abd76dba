"""Numbers of matters that people typed, erased or altered: named with their remedy, and given back, never made anew."""

from pathlib import Path

import pytest

from engine.facts.change import Change
from engine.facts.finding import Place
from engine.ledger.file.concurrent_access import reason
from engine.ledger.patching.patch import patch
from engine.ledger.reading.ledger import read_ledger, read_rows
from engine.service.stamping import changed_since, run_stamp
from tests.service.office import HOUR, T0, ServedOffice, matter_row, write_book
from tests.service.test_watch import NUMBERS, found, retyped, rows, served

__all__ = ["served"]


def renumber(office: ServedOffice, number: str, to: str | None) -> None:
    """A person types over a number, or erases it."""
    assert patch(office.book, [Change(Place("matters"), number, "number", number, to)], []).applied


@pytest.mark.parametrize("typed", ["1", "2026-0001"])
def test_a_number_that_people_typed_is_an_error_and_nothing_is_sent_for_it(office: ServedOffice, typed: str) -> None:
    write_book(office.book, [matter_row(typed), matter_row("2026-日-0007")])
    office.adopt(start=T0 - HOUR)
    result = office.pass_at(T0 + 30 * HOUR)
    (finding,) = found(result, "number_foreign")
    assert (finding.is_error, finding.place.field) == (True, "number")
    assert "编号盖时限" in finding.remedy
    assert not any(typed in one.text for one in office.phone() if "2026-日-0007" not in one.text)
    stamped = run_stamp(office.book, office.station, T0 + 30 * HOUR)
    assert {change.place.row for change in stamped.changes} == {3}


@pytest.mark.parametrize("number", ["2026-重-12345", "２０２６－日－０００１"])
def test_a_number_of_ours_is_read_however_it_is_typed(office: ServedOffice, number: str) -> None:
    write_book(office.book, [matter_row(number)])
    ledger = read_ledger(office.book.read_bytes())
    assert [matter.number[:5] for matter in ledger.matters] == ["2026-"]
    assert not any(finding.rule == "number_foreign" for finding in ledger.findings)


def test_an_erased_number_is_named_and_given_back(served: ServedOffice) -> None:
    renumber(served, NUMBERS[3], None)
    (finding,) = found(served.pass_at(T0 + HOUR), "number_erased")
    assert (finding.place.row, NUMBERS[3] in finding.problem) == (5, True)
    stamped = run_stamp(served.book, served.station, T0 + HOUR)
    assert [(change.field, change.new) for change in stamped.changes if change.field == "number"] == [
        ("number", NUMBERS[3])
    ]
    assert found(served.pass_at(T0 + 2 * HOUR), "number_erased") == []


def test_a_new_row_gets_a_new_number_beside_an_erased_one(served: ServedOffice) -> None:
    retyped(served, NUMBERS[3:4], new=matter_row("", content="另一件事"))
    served.pass_at(T0 + HOUR)
    stamped = run_stamp(served.book, served.station, T0 + HOUR)
    (number,) = [change.new for change in stamped.changes if change.field == "number"]
    assert number not in NUMBERS


def test_two_rows_alike_that_lost_their_numbers_get_new_ones(office: ServedOffice) -> None:
    twins = [{**row, "content": "同一件事"} for row in rows(*NUMBERS[:2])]
    write_book(office.book, [*twins, *rows(*NUMBERS[2:])])
    office.adopt()
    office.pass_at(T0)
    for number in NUMBERS[:2]:
        renumber(office, number, None)
    stamped = run_stamp(office.book, office.station, T0 + HOUR)
    numbers = {change.new for change in stamped.changes if change.field == "number"}
    assert len(numbers) == 2
    assert numbers.isdisjoint(NUMBERS)


def test_check_notices_a_deleted_row_and_an_altered_number_as_the_pass_does(served: ServedOffice) -> None:
    retyped(served, NUMBERS[:1])
    renumber(served, NUMBERS[1], "2026-日-0099")
    ledger = read_ledger(served.book.read_bytes())
    rules = [finding.rule for finding in changed_since(ledger, served.book, served.station, T0 + HOUR)]
    assert sorted(rules) == ["matter_vanished", "number_changed"]


def test_the_start_of_service_stands_as_a_time_that_people_read(office: ServedOffice) -> None:
    write_book(office.book, rows(*NUMBERS[:1]))
    office.adopt()
    values = {row["key"]: row["value"] for row in read_rows(office.book.read_bytes(), "settings")}
    assert values["启用时间"] == f"{T0:%Y-%m-%d %H:%M}"
    assert read_ledger(office.book.read_bytes()).settings.enabled_from == T0
    before = office.book.read_bytes()
    office.adopt()
    assert office.book.read_bytes() == before


def test_a_folder_is_called_a_folder(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as caught:
        tmp_path.read_bytes()
    assert "文件夹" in reason(caught.value)
