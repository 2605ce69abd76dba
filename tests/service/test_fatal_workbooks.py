"""A workbook that kills its reader is named; the scheduler's others go on, and a restart does not die on it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.cli.commands import doctor
from engine.cli.main import main
from engine.service.doctor import examine
from engine.service.heartbeat import last_beat
from engine.service.host import Station
from engine.service.parsing.process import ParsingProcess
from engine.service.parsing.worker import Bounds
from engine.service.scheduler import Service
from engine.service.service_status import LedgerStatus, Report
from tests.service.office import DAY, HOUR, ServedOffice, matter_row, write_book
from tests.service.planted_parser import ENTRY, planted
from tests.service.test_parsing_process import children, is_alive, until

BOUNDS = Bounds(memory=200 << 20, seconds=3.0)
NUMBER = "2026-日-0001"


@pytest.fixture
def parser() -> Iterator[ParsingProcess]:
    with ParsingProcess(BOUNDS, ENTRY) as opened:
        yield opened


def started(office: ServedOffice, bad: Path, parser: ParsingProcess, report: Report | None = None) -> Service:
    """A scheduler that has just begun to look after the bad workbook and, after it, the good one."""
    config = office.config.model_copy(update={"ledgers": (bad, office.book)})
    return Service(Station.open(config, office.clock, parser), report)


@pytest.mark.parametrize(("fault", "said"), [("abort", "崩溃"), ("eat", "内存太多"), ("hang", "还没有读完")])
def test_a_fatal_workbook_is_named_and_the_others_go_on(
    office: ServedOffice, parser: ParsingProcess, fault: str, said: str
) -> None:
    write_book(office.book, [matter_row(NUMBER, limit="1天")])
    office.adopt()
    bad = office.folder / "坏.xlsx"
    bad.write_bytes(planted(office.book.read_bytes(), fault))
    office.clock.forward(DAY - 5 * HOUR)

    told: list[LedgerStatus] = []
    service = started(office, bad, parser, told.extend)
    service.turn()
    assert [said in watch.problem for watch in service.watches] == [True, False]
    assert service.watches[1].problem == ""
    assert len(office.phone()) == 1

    service.report_statuses()
    assert [said in one.reason for one in told] == [True, False]
    service.beat()
    assert said in last_beat(office.config.state).problems[str(bad)]
    checks = {(one.subject, one.ok): one.said for one in examine(service.station)}
    assert said in checks[f"台账 {bad.name}", False]
    service.station.close()

    parser.close()  # a restart: nothing is remembered, and the same happens again
    with ParsingProcess(BOUNDS, ENTRY) as anew:
        service = started(office, bad, anew)
        service.turn()
        assert said in service.watches[0].problem
        office.clock.forward(2 * HOUR + timedelta(minutes=30))  # the urging of the good one's overdue node
        bad.write_bytes(office.book.read_bytes())
        service.turn()
        assert "副本" in service.watches[0].problem  # as soon as it is whole it is read
        service.station.close()
    assert not children()


def test_a_fatal_workbook_costs_the_others_its_time_only_once(office: ServedOffice, parser: ParsingProcess) -> None:
    write_book(office.book, [matter_row(NUMBER)])
    office.adopt()
    bad = office.folder / "坏.xlsx"
    bad.write_bytes(planted(office.book.read_bytes(), "hang"))
    service = started(office, bad, parser)
    service.turn()
    begin = time.monotonic()
    for _ in range(3):
        office.clock.forward(timedelta(minutes=6))
        service.turn()
    assert time.monotonic() - begin < BOUNDS.seconds
    assert "还没有读完" in service.watches[0].problem
    service.station.close()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_run_ends_with_its_parsing_process_at_ctrl_c_and_at_a_stop(office: ServedOffice, sign: int) -> None:
    write_book(office.book, [matter_row(NUMBER)])
    office.station.close()
    config = office.folder / "duban.toml"
    config.write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    command = [sys.executable, "-m", "engine.cli", "run", "--config", str(config)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, cwd=Path(__file__).parents[2], start_new_session=True
    ) as run:
        children_of = Path(f"/proc/{run.pid}/task/{run.pid}/children")
        assert until(lambda: bool(children_of.read_text().split()))
        (parsing,) = map(int, children_of.read_text().split())
        assert until(lambda: last_beat(office.config.state) is not None)
        os.killpg(run.pid, sign)  # as a terminal sends it: to the whole group
        assert run.wait(timeout=60) == 0
    assert not is_alive(parsing)


def test_doctor_reads_in_another_process(office: ServedOffice, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    write_book(office.book, [matter_row(NUMBER)])
    office.station.close()
    office.book.write_bytes(planted(office.book.read_bytes(), "abort"))
    config = office.folder / "duban.toml"
    config.write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    monkeypatch.setattr(doctor, "ParsingProcess", lambda: ParsingProcess(BOUNDS, ENTRY))
    assert main(["doctor", "--json", "--config", str(config)]) == 1
    said = [one["said"] for one in json.loads(capsys.readouterr().out) if office.book.name in one["subject"]]
    assert any("崩溃" in sentence for sentence in said)
