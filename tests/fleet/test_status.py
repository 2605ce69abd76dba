"""``duban fleet``: how hosts and ledgers stand, as a table, as JSON, as 总览.html."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.fleet.checks import fleet_checks
from engine.fleet.pace import Pace
from engine.fleet.registry import FleetLedger, WorkerProgram
from engine.fleet.status import BACKLOG, LATE, NO_WORK, NO_WORKER, UNLISTED, UNSENT, FleetStatus, fleet_status
from engine.service.clock import OfficeClock
from sms.store.model import State, StoredMessage
from sms.store.transitions import move
from tests.fleet.fleet_office import NAME, QUICK, SLOT, Fleet, until
from tests.service.office import HOUR


def status_of(fleet: Fleet, pace: Pace = QUICK) -> FleetStatus:
    return fleet_status(fleet.station, fleet.registry, fleet.clock.now(), pace)


@pytest.fixture
def config(fleet: Fleet) -> Path:
    path = fleet.folder / "duban.toml"
    store = f"store = '{fleet.database.url}'\nfleet = '{NAME}'\nstate = 'state-cli'\n"
    path.write_text(store, encoding="utf-8")
    return path


def test_the_table_names_hosts_ledgers_and_what_went_out(fleet: Fleet, config: Path, capsys) -> None:
    book = fleet.add_ledger("甲县")
    fleet.begin()
    worker = fleet.start("甲机")
    until(lambda: fleet.phone() and fleet.ledger(book).digest)
    status = status_of(fleet)
    assert [(host.host, status.fault_of(host)) for host in status.hosts] == [("甲机", "")]
    requested = sum(one.submitted_at is not None for one in fleet.messages(book))
    assert [(one.name, one.problem, one.flow.requests) for one in status.ledgers] == [("甲县.xlsx", "", requested)]
    assert status.ledgers[0].digest.open == 1
    assert status.is_well
    fleet.stop(worker)
    stopped = status_of(fleet)
    assert not stopped.is_well  # nobody works any more
    assert main(["fleet", "--config", str(config)]) == 1
    shown = capsys.readouterr().out
    assert "甲机" in shown
    assert "已停" in shown
    assert NO_WORK in shown
    assert main(["fleet", "--json", "--config", str(config)]) == 1
    assert json.loads(capsys.readouterr().out)["problem"] == NO_WORK


def test_a_worker_without_a_sign_of_life_is_named(fleet: Fleet) -> None:
    fleet.add_ledger("甲县")
    worker = fleet.start("甲机")
    until(lambda: fleet.host("甲机"))
    assert status_of(fleet).fault_of(fleet.host("甲机")) == ""
    worker.kill()
    until(lambda: fleet.host("甲机").silent_for > QUICK.dead)
    status = status_of(fleet)
    assert "没有消息" in status.fault_of(status.hosts[0])
    assert not status.is_well
    fleet.registry.register("乙机", "/状态", WorkerProgram("1.0", "p", "g"), 0)
    assert (status.problem, status_of(fleet).problem) == (NO_WORK, "")


@pytest.mark.parametrize(
    ("waited", "problem"), [(LATE, ""), (LATE + timedelta(minutes=1), NO_WORKER)], ids=["in time", "too late"]
)
def test_a_ledger_that_nobody_serves_is_named(fleet: Fleet, waited: timedelta, problem: str) -> None:
    book = fleet.add_ledger("甲县")
    fleet.begin()
    now = fleet.clock.now()
    fleet.registry.keep(FleetLedger(str(book), "县", "标识", "s", now - waited, now - HOUR, "", "甲机"))
    found = fleet_status(fleet.station, fleet.registry, now, QUICK)
    assert [one.problem for one in found.ledgers] == [problem]


def test_the_oldest_open_message_counts_as_the_lag_and_beyond_the_limit_as_a_problem(fleet: Fleet) -> None:
    book = fleet.add_ledger("甲县")
    fleet.begin()
    worker = fleet.start("甲机", plant=no_sending)
    until(lambda: fleet.messages(book) and fleet.ledger(book).passed_at)
    worker.kill()
    fleet.registry.keep(replace(fleet.ledger(book), next_at=SLOT + 5 * HOUR))  # workers serve it all the time
    alive = Pace(dead=3600)
    found = [
        fleet_status(fleet.station, fleet.registry, SLOT + waited, alive)
        for waited in (BACKLOG, BACKLOG + timedelta(seconds=1), 4 * HOUR)
    ]
    assert [status.lag for status in found] == [BACKLOG, BACKLOG + timedelta(seconds=1), 4 * HOUR]
    assert [status.ledgers[0].problem for status in found] == ["", UNSENT, UNSENT]
    assert [status.is_well for status in found] == [True, False, False]


def no_sending() -> None:
    from engine.fleet.sending import FleetSender

    FleetSender._send = lambda sender: None


def test_json_and_page_say_the_same(fleet: Fleet, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = fleet.add_ledger("甲县")
    fleet.registry.join(NAME)
    worker = fleet.start("甲机")
    until(lambda: fleet.ledger(book).digest)
    fleet.stop(worker)
    page = fleet.folder / "总览.html"
    assert main(["fleet", "--json", "--page", str(page), "--config", str(config)]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["fleet"] == NAME
    assert answer["page"] == str(page)
    assert [one["path"] for one in answer["ledgers"]] == [str(book)]
    assert "某市人民政府督查室" in page.read_text(encoding="utf-8")


def test_doctor_names_hosts_ledgers_and_what_waits(fleet: Fleet) -> None:
    def said(now: datetime) -> dict[str, tuple[bool, str]]:
        return {one.subject: (one.ok, one.said) for one in fleet_checks(fleet.station, now, QUICK)}

    assert not said(SLOT)["机群"][0]
    book = fleet.add_ledger("甲县")
    fleet.begin()
    worker = fleet.start("甲机", plant=no_sending)
    until(lambda: fleet.messages(book))
    at_the_limit, beyond = said(SLOT + BACKLOG), said(SLOT + BACKLOG + timedelta(minutes=1))
    assert at_the_limit["主机 甲机"][0]
    assert "机群台账 甲县.xlsx" not in at_the_limit
    assert beyond["机群台账 甲县.xlsx"] == (False, UNSENT)
    worker.kill()
    until(lambda: fleet.host("甲机").silent_for > QUICK.dead)
    assert "没有消息" in said(SLOT)["主机 甲机"][1]
    assert said(SLOT)["机群"] == (False, NO_WORK)  # nobody goes on with what it had begun
    assert {one.problem for one in status_of(fleet).overview()} == {NO_WORKER}


def test_a_host_that_has_left_is_struck_off_and_a_living_one_is_not(fleet: Fleet, config: Path, capsys) -> None:
    fleet.add_ledger("甲县")
    dead, living = fleet.start("甲机"), fleet.start("乙机")
    until(lambda: fleet.host("甲机") and fleet.host("乙机"))
    fleet.stop(dead)
    assert main(["fleet", "--strike-off", "丙机", "--config", str(config)]) == 2
    assert main(["fleet", "--strike-off", "乙机", "--config", str(config)]) == 2
    assert "还在工作" in capsys.readouterr().err
    main(["fleet", "--strike-off", "甲机", "--config", str(config)])
    assert [one.host for one in fleet.registry.hosts()] == ["乙机"]
    fleet.registry.strike_off("乙机", [fleet.host("乙机").worker])  # as one that was cut off, and comes back
    until(lambda: fleet.host("乙机"))
    fleet.stop(living)


def test_of_two_workers_of_one_host_the_one_that_has_left_is_struck_off(fleet: Fleet, config: Path, capsys) -> None:
    fleet.begin()
    program = WorkerProgram("1.0", "p", "g")
    gone = fleet.registry.register("甲机", "/旧状态", program, 0)
    fleet.registry.beat("甲机", gone, 0, "", stopped=True)
    fleet.registry.register("甲机", "/新状态", program, 0)
    main(["fleet", "--config", str(config)])
    shown = capsys.readouterr().out
    assert all(state in shown for state in ("甲机（/旧状态）", "甲机（/新状态）"))
    main(["fleet", "--strike-off", "甲机", "--config", str(config)])
    assert [one.worker for one in fleet.registry.hosts()] == ["/新状态"]
    assert main(["fleet", "--strike-off", "甲机", "--config", str(config)]) == 2


def test_a_ledger_that_was_taken_into_service_and_stands_on_no_list_is_named(fleet: Fleet) -> None:
    fleet.begin()
    listed, forgotten = fleet.add_ledger("甲县"), fleet.add_ledger("乙县")
    now = fleet.clock.now()
    fleet.registry.keep(FleetLedger(str(listed), "县", "标识", "s", now, now, "", "甲机"))
    assert [(one.name, one.problem) for one in status_of(fleet).ledgers] == [
        ("甲县.xlsx", ""),
        (forgotten.name, UNLISTED),
    ]


def test_what_a_copy_of_a_ledger_has_sent_counts_once(fleet: Fleet) -> None:
    book = fleet.add_ledger("甲县")
    fleet.begin()
    worker = fleet.start("甲机")
    until(lambda: fleet.phone() and fleet.ledger(book).digest)
    fleet.stop(worker)
    alone = status_of(fleet).requests
    fleet.registry.keep(replace(fleet.ledger(book), place=str(fleet.folder / "副本.xlsx")))
    assert (alone > 0, status_of(fleet).requests) == (True, alone)


def test_what_a_person_settles_makes_the_ledger_due(fleet: Fleet, config: Path) -> None:
    """Its file does not show it, and its next slot may be a day away."""
    book = fleet.add_ledger("甲县")
    fleet.begin()
    worker = fleet.start("甲机", plant=no_sending)
    until(lambda: fleet.messages(book))
    worker.kill()
    one = fleet.messages(book)[0]
    later = OfficeClock().now() + HOUR
    for command in (["outbox", "retry", one.id], ["adopt", str(book)], ["release", str(book)]):
        fleet.registry.keep(replace(fleet.ledger(book), ledger=one.ledger, next_at=later))
        if command[0] == "outbox":
            move_to_failed(fleet, one)
        assert main([*command, "--config", str(config)]) == 0
        assert fleet.ledger(book).next_at < later


def move_to_failed(fleet: Fleet, message: StoredMessage) -> None:
    with fleet.station.outbox.store.write() as connection:
        move(connection, message, State.FAILED, fleet.clock.now())


def test_a_ledger_that_leaves_the_fleet_is_listed_no_more_and_the_others_stay(fleet: Fleet, config: Path) -> None:
    gone, moved, stays = (fleet.add_ledger(name) for name in ("甲县", "乙县", "丙县"))
    for served in fleet.station.journal.all_served():
        fleet.registry.keep(FleetLedger(served.path, "县", served.ledger))
    target = moved.rename(fleet.folder / "搬走.xlsx")
    fleet.registry.keep(replace(fleet.ledger(moved), place=str(target)))  # its first pass there has been refused
    assert main(["forget", str(gone), "--config", str(config)]) == 0
    assert main(["adopt", str(target), "--moved", "--config", str(config)]) == 0
    assert {one.place for one in fleet.registry.ledgers()} == {str(target), str(stays)}


def test_a_ledger_that_no_host_lists_any_more_is_struck_off_by_its_path(fleet: Fleet, config: Path, capsys) -> None:
    """Its file may be gone, so that nobody could forget it."""
    gone, stays = fleet.folder / "甲县.xlsx", fleet.folder / "乙县.xlsx"
    for book in (gone, stays):
        fleet.registry.note_absence(FleetLedger(str(book), "县"), "找不到工作簿。")
    assert main(["fleet", "--strike-off", str(fleet.folder / "丙县.xlsx"), "--config", str(config)]) == 2
    assert "没有主机或台账" in capsys.readouterr().err
    main(["fleet", "--strike-off", str(gone), "--config", str(config)])
    assert [one.place for one in fleet.registry.ledgers()] == [str(stays)]


def test_before_the_first_worker_the_command_says_what_to_do(fleet: Fleet, config: Path, capsys) -> None:
    assert main(["fleet", "--config", str(config)]) == 1
    shown = capsys.readouterr().out
    assert NAME in shown
    assert "duban worker" in shown


def test_ledgers_of_one_office_are_told_apart_by_their_files(fleet: Fleet, config: Path, capsys) -> None:
    books = [fleet.add_ledger(name) for name in ("甲县", "乙县")]
    worker = fleet.start("甲机")
    until(lambda: all(fleet.ledger(book).digest for book in books))
    fleet.stop(worker)
    main(["fleet", "--config", str(config)])
    shown = capsys.readouterr().out
    assert all(f"{name}.xlsx" in shown for name in ("甲县", "乙县"))


def test_the_page_replaces_no_ledger(fleet: Fleet, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = fleet.add_ledger("甲县")
    config.write_text(config.read_text("utf-8") + f"ledgers = ['{book}']\n", encoding="utf-8")
    before = book.read_bytes()
    assert main(["fleet", "--page", str(book), "--force", "--config", str(config)]) == 2
    assert book.read_bytes() == before
    assert "是台账或配置文件" in capsys.readouterr().err


def test_a_digest_of_another_version_is_left_out(fleet: Fleet) -> None:
    book = fleet.add_ledger("甲县")
    now = fleet.clock.now()
    fleet.registry.keep(FleetLedger(str(book), "县", "标识", "s", now, now, "", "甲机", '{"lights": 3}'))
    assert [one.digest for one in status_of(fleet).ledgers] == [None]


@pytest.mark.parametrize("on_a_server", [False, True], ids=["in a file", "on a server"])
def test_a_single_host_is_referred_to_doctor(
    fleet: Fleet, capsys: pytest.CaptureFixture[str], on_a_server: bool
) -> None:
    config = fleet.folder / "单机.toml"
    store = f"store = '{fleet.database.url}'\n" if on_a_server else ""
    config.write_text(f"state = 'state'\n{store}", encoding="utf-8")
    assert main(["fleet", "--config", str(config)]) == 2
    said = capsys.readouterr().err
    assert "没有写 fleet" in said
    assert "duban doctor" in said
