"""The scheduler: when it looks, when it passes, and that nothing of one workbook disturbs another."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.cli.commands.receiver import take_in
from engine.facts.service import Hold
from engine.ledger.file.concurrent_access import LEAST_INTERVAL
from engine.ledger.file.differences import differences_path, find
from engine.ledger.file.disk import Disk
from engine.ledger.file.owner_files import owner_files
from engine.ledger.reading import cells
from engine.service.config import Config
from engine.service.doctor import examine
from engine.service.heartbeat import SILENCE, last_beat
from engine.service.host import Station
from engine.service.logging_setup import log_file, start_logging
from engine.service.pass_sending import RETRY
from engine.service.scheduler import LEAP, Service
from sms.inbound import StatusReport
from sms.store.model import State
from tests.service.office import DAY, HOUR, T0, HandClock, ServedOffice, matter_row, write_book

MINUTE = timedelta(minutes=1)
DUE = T0 + DAY
OPENED: list[str] = []
WATCHING = [False]


def _hear(event: str, arguments: tuple) -> None:
    if WATCHING[0] and event == "open":
        OPENED.append(str(arguments[0]))


sys.addaudithook(_hear)


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """The names of all files opened while the test runs."""
    OPENED.clear()
    WATCHING[0] = True
    yield OPENED
    WATCHING[0] = False


@pytest.fixture
def served(office: ServedOffice) -> ServedOffice:
    """One matter in service, the clock at T0."""
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    office.adopt()
    return office


def settled(office: ServedOffice) -> Service:
    """A scheduler that has made its first passes, written what it had to, and seen what it has written."""
    service = Service(office.station)
    service.turn()
    office.clock.forward(LEAST_INTERVAL)  # adopt wrote a moment ago
    for _ in range(2):
        service.turn()
    return service


def wait_until(office: ServedOffice, at: datetime) -> None:
    office.clock.forward(at - office.clock.at)


def test_nothing_changed_and_nothing_due_opens_no_workbook(served: ServedOffice, opened: list[str]) -> None:
    service = settled(served)
    assert any(name.endswith(".xlsx") for name in opened)
    opened.clear()
    for _ in range(10):
        served.clock.forward(MINUTE)
        service.turn()
    assert opened == []


def test_a_due_slot_makes_a_pass(served: ServedOffice) -> None:
    service = settled(served)
    wait_until(served, DUE - 5 * HOUR - MINUTE)
    service.turn()
    assert served.phone() == []
    served.clock.forward(MINUTE)
    service.turn()
    assert [one.at for one in served.phone()] == [DUE - 5 * HOUR]


def test_a_save_makes_a_pass(served: ServedOffice) -> None:
    service = settled(served)
    settings = {"启用时间": "2026-03-02 09:30", "值班主机": served.station.host}
    settings["日志标识"] = served.station.journal.identity
    issued = matter_row("2026-日-0002", T0 - DAY - 4 * HOUR, "1天", notice_issued_at=T0 + 5 * MINUTE)
    write_book(served.book, [matter_row("2026-日-0001", limit="1天"), issued], settings)
    service.turn()
    assert ["交办" in one.text or "0002" in one.text for one in served.phone()] == [True]


def test_an_opened_book_gets_a_heartbeat_beside_it_until_closed(served: ServedOffice) -> None:
    service = settled(served)
    owner, beside = owner_files(served.book)["Excel"], differences_path(served.book)
    owner.write_bytes(b"\x02zs".ljust(165, b"\0"))
    assert not beside.exists()
    for _ in range(3):
        service.turn()
        ledger_id = str(service.watches[0].ledger)
        left = find(Disk(), served.book, ledger_id)
        assert left
        assert served.clock.at - left.heartbeat <= RETRY
        served.clock.forward(RETRY)
    owner.unlink()
    service.turn()
    assert not beside.exists()


def test_after_a_restart_unchanged_sheets_are_not_parsed(served: ServedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(served)
    served.station.close()

    class NoParser:
        @staticmethod
        def from_filelike(_: object) -> object:
            raise AssertionError("a sheet was parsed that had not changed")

    monkeypatch.setattr(cells, "CalamineWorkbook", NoParser)
    served.station = Station.open(served.config, served.clock)
    service = Service(served.station)
    service.turn()
    assert service.watches[0].problem == ""
    assert service.watches[0].ledger


def test_a_leap_of_the_wall_clock_pauses_until_it_is_back(served: ServedOffice) -> None:
    service = settled(served)
    ledger = service.watches[0].ledger
    served.clock.at += timedelta(days=400)  # elapsed time did not move
    service._watch_clock()
    service.turn()
    assert served.phone() == []
    assert served.station.journal.served(ledger).hold is Hold.CLOCK
    served.clock.at -= timedelta(days=400)
    wait_until(served, DUE - 5 * HOUR)
    service._watch_clock()
    service.turn()
    assert served.station.journal.served(ledger).hold is None
    assert len(served.phone()) == 1


@pytest.mark.parametrize(("seconds", "held"), [(LEAP, False), (LEAP + 1, True)])
def test_how_far_the_clock_must_leap(served: ServedOffice, seconds: float, held: bool) -> None:
    service = settled(served)
    served.clock.at += timedelta(seconds=seconds)
    service._watch_clock()
    service.turn()
    assert (served.station.journal.served(service.watches[0].ledger).hold is Hold.CLOCK) == held


def waiting_for_a_receipt(served: ServedOffice) -> Service:
    """An SMS went out, and nothing is due any more until tomorrow."""
    service = settled(served)
    wait_until(served, DUE - 5 * HOUR)
    service.turn()
    served.clock.forward(11 * MINUTE)
    for _ in range(4):  # our own writing costs one more pass, and the book is not written again at once
        service.turn()
        served.clock.forward(MINUTE)
    assert logged_states(served) == ["已提交"]
    return service


def logged_states(served: ServedOffice) -> list[object]:
    """What 短信记录 says of each SMS."""
    rows = served.station.book(served.book)
    rows.read()
    return [row["state"] for row in rows.message_log()]


def test_a_receipt_makes_a_pass(served: ServedOffice) -> None:
    service = waiting_for_a_receipt(served)
    service.collect_receipts()
    service.turn()
    assert logged_states(served) == ["已送达"]


def test_a_receipt_that_was_pushed_makes_a_pass(served: ServedOffice) -> None:
    service = waiting_for_a_receipt(served)
    (sent,) = served.station.outbox.messages(service.watches[0].ledger)
    report = StatusReport(sent.ref, sent.mobile, delivered=True, at=served.clock.now())
    with closing(Station.open(served.config, served.clock)) as receiver:  # another process
        take_in(receiver, "local", ([report], []))
    service.turn()
    assert logged_states(served) == ["已送达"]


def test_receipts_are_not_asked_for_while_the_clock_leapt(served: ServedOffice) -> None:
    service = settled(served)
    wait_until(served, DUE - 5 * HOUR)
    service.turn()
    ledger = service.watches[0].ledger
    served.station.__dict__["gateways"] = []  # nobody can be asked: 72 hours later the answer would be 无回执
    served.clock.at += timedelta(days=400)
    service._watch_clock()
    service.collect_receipts()
    assert [one.state for one in served.station.outbox.messages(ledger)] == [State.ACCEPTED]
    served.clock.at -= timedelta(days=400)
    service._watch_clock()
    del served.station.__dict__["gateways"]
    served.clock.forward(11 * MINUTE)
    service.collect_receipts()
    assert [one.state for one in served.station.outbox.messages(ledger)] == [State.DELIVERED]


def test_receipts_are_not_asked_for_once_it_stops(served: ServedOffice) -> None:
    service = waiting_for_a_receipt(served)
    service.stop()
    service.collect_receipts()
    outbox, ledger = served.station.outbox, service.watches[0].ledger
    assert [one.state for one in outbox.messages(ledger)] == [State.ACCEPTED]


def test_doctor_sees_the_heartbeat_and_its_end(served: ServedOffice) -> None:
    service = settled(served)

    def said() -> tuple[bool, str]:
        return next((one.ok, one.said) for one in examine(served.station) if one.subject == "调度程序")

    assert said() == (False, "从未运行过。请运行 duban run，并用 duban install-service 设为自动启动。")
    service.beat()
    assert said()[0]
    served.clock.forward(SILENCE)
    assert said()[0]
    served.clock.forward(MINUTE)
    assert not said()[0]
    assert "已停止" in said()[1]


def test_doctor_tells_the_installation_that_runs_from_its_own(
    served: ServedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(served).beat()
    found = [one for one in examine(served.station) if one.subject == "调度程序"]
    assert [one.ok for one in found] == [True]
    monkeypatch.setattr(sys, "prefix", "/opt/duban/versions/0.2")
    (upgraded,) = [one for one in examine(served.station) if one.subject == "调度程序"]
    assert not upgraded.ok
    assert "升级之后请重新启动它" in upgraded.said


def test_no_whole_number_in_the_log(served: ServedOffice) -> None:
    start_logging(served.config)
    service = settled(served)
    wait_until(served, DUE + 3 * HOUR)
    service.turn()
    assert served.phone()
    logging.getLogger("duban").error("发给 %s 失败", served.phone()[0].mobile)
    written = log_file(served.config).read_text(encoding="utf-8")
    assert "短信" in written
    assert "199****0001" in written
    assert served.phone()[0].mobile[3:] not in written


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_ends_cleanly(served: ServedOffice, how: signal.Signals) -> None:
    served.station.close()
    config = served.folder / "duban.toml"
    config.write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    command = [sys.executable, "-m", "engine.cli", "run", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert "1 本台账" in process.stdout.readline()
        while last_beat(served.config.state) is None:
            assert process.poll() is None
            os.sched_yield()
        process.send_signal(how)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "各台账的情况" in out
    assert "调度程序停止" in log_file(served.config).read_text(encoding="utf-8")


def test_without_ledgers_it_says_how_to_write_the_config(tmp_path: Path) -> None:
    config = Config(state=tmp_path / "state")
    station = Station.open(config, HandClock(T0))
    assert Service(station).watches == []
    station.close()
