"""0 SMS that nobody wanted: each way in which a scheduler goes wrong, tried with 400 long-overdue matters."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.facts.change import Change
from engine.facts.finding import Place
from engine.facts.service import Hold
from engine.ledger.patching.patch import patch
from engine.service.adoption import NotAdopted
from engine.service.host import BookBusy, Station
from engine.service.one_pass import PassResult
from tests.service.office import DAY, HOUR, T0, ServedOffice, matter_row, write_book

LONG_AGO = datetime(2025, 11, 3, 9, 30)
MANY = 400


def overdue(count: int = MANY) -> list:
    return [matter_row(f"2025-日-{number:04}", LONG_AGO) for number in range(1, count + 1)]


def states(result: PassResult) -> set[str]:
    return {one.state for one in result.messages if one.message.kind != "晨报"}


def rules(result: PassResult) -> set[str]:
    return {finding.rule for finding in result.findings}


def test_four_hundred_overdue_matters_send_nothing_when_adopted(office: ServedOffice) -> None:
    write_book(office.book, overdue())
    office.adopt()
    result = office.pass_at(T0)
    assert office.phone() == []
    assert {change.new for change in result.changes if change.field == "light"} == {"紫"}
    assert result.written


def test_an_unadopted_ledger_only_tries_and_says_what_to_do(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001")])
    before = office.book.read_bytes()
    result = office.pass_at(T0 + 19 * HOUR)
    assert states(result) == {"试算"}
    assert "duban adopt" in (result.obstacle or "")
    assert (office.phone(), office.book.read_bytes()) == ([], before)


@pytest.mark.parametrize(("late", "hours"), [(timedelta(), (3, 5, 6)), (timedelta(minutes=1), ())])
def test_slots_before_service_and_of_deadlines_before_it_are_not_sent(
    late: timedelta, hours: tuple[int, ...], office: ServedOffice
) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    due = T0 + DAY
    office.adopt(T0, start=due + late)
    office.passes(due - 6 * HOUR, due + 6 * HOUR)
    assert [one.at for one in office.phone()] == [due + hour * HOUR for hour in hours]


def test_a_copied_ledger_only_tries_and_the_first_goes_on(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()
    copy = office.copy_book()
    result = office.pass_at(T0 + 19 * HOUR, copy)
    assert states(result) == {"试算"}
    assert "--copy" in (result.obstacle or "")
    assert office.phone() == []
    office.pass_at(T0 + 19 * HOUR)
    assert len(office.phone()) == 1


def test_a_copy_made_its_own_sends_from_then_on(office: ServedOffice) -> None:
    write_book(office.book, overdue())
    office.adopt()
    copy = office.copy_book()
    with pytest.raises(NotAdopted, match="--moved"):
        office.adopt(path=copy)
    adopted = office.adopt(path=copy, copy=True)
    assert adopted.ledger != office.station.book(office.book).read().ledger.settings.ledger_id
    office.pass_at(T0 + HOUR, copy)
    office.pass_at(T0 + HOUR)
    assert office.phone() == []


def test_a_moved_ledger_goes_on_after_adoption_and_sends_nothing_twice(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()
    office.pass_at(T0 + 19 * HOUR)
    moved = office.folder / "新位置.xlsx"
    office.book.rename(moved)
    assert states(office.pass_at(T0 + 27 * HOUR, moved)) == {"试算"}
    office.adopt(T0 + 27 * HOUR, path=moved, moved=True)
    office.pass_at(T0 + 27 * HOUR, moved)
    assert [one.at for one in office.phone()] == [T0 + 19 * HOUR, T0 + 27 * HOUR]


def test_a_lost_journal_only_tries_and_sends_nothing_twice_after_adoption(office: ServedOffice) -> None:
    write_book(office.book, [matter_row(f"2026-日-{number:04}") for number in range(1, 4)])
    office.adopt()
    office.passes(T0 + 18 * HOUR, T0 + 30 * HOUR)
    sent = len(office.phone())
    office.lose_journal()
    lost = office.pass_at(T0 + 30 * HOUR)
    assert states(lost) <= {"试算"}
    assert "发送日志" in (lost.obstacle or "")
    adopted = office.adopt(T0 + 30 * HOUR)
    assert adopted.rebuilt > 0
    again = office.pass_at(T0 + 30 * HOUR)
    assert len(office.phone()) == sent
    assert {change.field for change in again.changes} <= {"last_sent_at", "synced_at"}  # the counts were rebuilt too


def test_a_lost_journal_without_a_log_makes_up_for_nothing(office: ServedOffice) -> None:
    write_book(office.book, overdue())
    office.adopt(start=LONG_AGO + 90 * DAY)
    office.lose_journal()
    office.adopt(T0)
    office.pass_at(T0 + HOUR)
    assert office.phone() == []


def test_another_host_only_tries_and_names_the_one_in_service(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()
    office.station = replace(office.station, host="另一台")
    result = office.pass_at(T0 + 19 * HOUR)
    assert states(result) == {"试算"}
    assert office.station.journal.served(result.ledger) is not None
    assert "值守" in (result.obstacle or "")
    assert office.phone() == []


def test_a_clock_behind_the_last_pass_neither_sends_nor_writes(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()
    office.pass_at(T0 + 20 * HOUR)
    sent, before = office.phone(), office.book.read_bytes()
    result = office.pass_at(T0 + 20 * HOUR - timedelta(minutes=1))
    assert "校准时钟" in (result.obstacle or "")
    assert (office.phone(), office.book.read_bytes()) == (sent, before)


@pytest.mark.parametrize(("gap", "held"), [(7 * DAY, False), (7 * DAY + timedelta(minutes=1), True)])
def test_more_than_seven_days_between_passes_is_held_as_a_leap(
    office: ServedOffice, gap: timedelta, held: bool
) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="长期", board="重点工作任务")])
    office.adopt()
    office.pass_at(T0)
    result = office.pass_at(T0 + gap, explicit_time=False)
    assert (office.station.journal.served(result.ledger).hold is Hold.CLOCK) == held


def test_a_year_ahead_four_hundred_matters_send_nothing_and_after_release_only_what_is_owed(
    office: ServedOffice,
) -> None:
    write_book(office.book, [matter_row(f"2026-日-{number:04}", T0) for number in range(1, MANY + 1)])
    office.adopt()
    office.pass_at(T0)
    before = office.book.read_bytes()
    result = office.pass_at(T0 + 365 * DAY, explicit_time=False)
    assert states(result) == {"待放行"}
    assert (office.phone(), office.book.read_bytes()) == ([], before)
    back = office.pass_at(T0 + 19 * HOUR, explicit_time=False)  # the clock was mended: a person still has to say so
    assert (states(back), office.phone()) == ({"待放行"}, [])
    released = office.pass_at(T0 + 19 * HOUR, released=True)
    assert (states(released), len(office.phone())) == ({"已提交"}, len(released.messages))


def test_another_regime_sends_nothing_of_before(office: ServedOffice) -> None:
    write_book(office.book, overdue())
    office.adopt(start=LONG_AGO)
    office.station.journal.save(
        replace(office.station.journal.served(office.pass_at(T0, dry_run=True).ledger), regime="保山")
    )
    result = office.pass_at(T0)
    assert (states(result), office.phone()) == (set(), [])
    assert office.station.journal.served(result.ledger).regime_since == T0


def test_more_than_200_in_a_pass_are_held_until_released(office: ServedOffice) -> None:
    matters = [matter_row(f"2026-日-{number:04}", lead_unit=f"单位{number}") for number in range(1, 202)]
    units = [
        {"name": f"单位{number}", "category": "市直部门", "contact": "某", "contact_mobile": f"1991{number:07}"}
        for number in range(1, 202)
    ]
    write_book(office.book, matters, units=units)
    office.adopt()
    result = office.pass_at(T0 + 19 * HOUR)
    assert states(result) == {"待放行"}
    assert "201 条" in (result.obstacle or "")
    assert result.written  # lights and flags are shown all the same
    assert "not_sending" in rules(result)
    assert office.phone() == []
    office.pass_at(T0 + 20 * HOUR)
    assert office.phone() == []
    office.pass_at(T0 + 20 * HOUR, released=True)
    assert len(office.phone()) == 201
    assert office.station.journal.served(result.ledger).hold is None


def test_exactly_200_in_a_pass_are_sent(office: ServedOffice) -> None:
    matters = [matter_row(f"2026-日-{number:04}", lead_unit=f"单位{number}") for number in range(1, 201)]
    units = [
        {"name": f"单位{number}", "category": "市直部门", "contact": "某", "contact_mobile": f"1991{number:07}"}
        for number in range(1, 201)
    ]
    write_book(office.book, matters, units=units)
    office.adopt()
    office.pass_at(T0 + 19 * HOUR)
    assert len(office.phone()) == 200


def test_switched_off_flags_are_written_and_nothing_is_made_up_for(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")], {"短信发送": "停"})
    office.adopt()
    result = office.pass_at(T0 + 19 * HOUR)
    assert (states(result), office.phone(), result.written) == ({"停发"}, [], True)
    set_setting(office, "短信发送", "停", "开")
    office.pass_at(T0 + 19 * HOUR + timedelta(minutes=1))
    assert office.phone() == []
    office.pass_at(T0 + 27 * HOUR)
    assert len(office.phone()) == 1


def test_a_trial_sends_all_to_its_number_and_nothing_again_later(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001")], {"短信发送": "试运行", "试运行号码": "19900009999"})
    office.adopt()
    office.passes(T0 + 19 * HOUR, T0 + 48 * HOUR)
    assert {one.mobile for one in office.phone()} == {"+8619900009999"}
    sent = len(office.phone())
    set_setting(office, "短信发送", "试运行", "开")
    office.pass_at(T0 + 48 * HOUR + timedelta(minutes=1))
    assert len(office.phone()) == sent


def test_without_a_signature_nothing_is_sent_until_there_is_one(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001")], {"短信签名": ""})
    office.adopt()
    held = office.pass_at(T0 + 19 * HOUR)
    assert states(held) == {"待放行"}
    assert "短信签名" in (held.obstacle or "")
    assert office.phone() == []
    set_setting(office, "短信签名", None, "市政府督查室")
    office.pass_at(T0 + 19 * HOUR + timedelta(minutes=1))
    assert [one.text.startswith("【市政府督查室】") for one in office.phone()] == [True]


def test_a_demonstration_refuses_every_network_gateway(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001")], {"演示": "是"})
    office.adopt()

    class Network:
        network = True
        name = "真实"

    office.station.__dict__["gateways"] = [Network()]
    result = office.pass_at(T0 + 19 * HOUR)
    assert states(result) == {"待放行"}
    assert "演示" in (result.obstacle or "")
    assert office.phone() == []


def test_a_dry_run_leaves_no_trace(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()
    before = office.book.read_bytes()
    result = office.pass_at(T0 + 19 * HOUR, dry_run=True)
    assert (states(result), result.written) == ({"试算"}, False)
    assert (office.phone(), office.book.read_bytes()) == ([], before)
    assert len([*office.station.outbox.messages(result.ledger)]) == 0
    office.pass_at(T0 + 19 * HOUR)
    assert len(office.phone()) == 1


def set_setting(office: ServedOffice, key: str, old: str, new: str) -> None:
    report = patch(office.book, [Change(Place("settings"), key, "value", old, new)], [])
    assert report.applied


def test_two_processes_never_pass_over_one_ledger(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001")])
    other = Station.open(office.config, office.clock)
    with other.only_one(office.book), pytest.raises(BookBusy, match="另一个督办程序"):
        office.pass_at(T0)
    other.close()
