"""A worker from its start to its end: a clean stop, a database that restarts, and what keeps it from work."""

import asyncio
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from engine.fleet import membership, program, serving
from engine.fleet.membership import AnotherFleet
from engine.fleet.work_queue import AskingJobs
from engine.fleet.worker import BROKEN, FleetWorker, NoFleet
from engine.service.config import Config
from engine.service.host import Station
from engine.service.logging_setup import log_file
from engine.service.one_pass import run_pass
from sms.gateways.local import LocalGateway
from tests.fleet.fleet_office import NAME, QUICK, Fleet, Plant, running_fleet, until
from tests.postgresql import running_server

LETTING_GO = "let-go"


def requests_wait_for_a_file() -> None:
    """A request is under way until the test lets it go."""
    really = LocalGateway.send

    def send(self: LocalGateway, message: object) -> str:
        self._path.with_name("asked").touch()
        until(lambda: self._path.with_name(LETTING_GO).exists())
        return really(self, message)

    LocalGateway.send = send


def passes_wait_for_a_file() -> None:
    """A pass is under way until the test lets it go."""
    really = serving.pass_within

    def pass_within(path: Path, *given: object, **options: object) -> object:
        path.with_name("asked").touch()
        until(lambda: path.with_name(LETTING_GO).exists())
        return really(path, *given, **options)

    serving.pass_within = pass_within


def the_clock_leaps_while_a_request_is_under_way() -> None:
    requests_wait_for_a_file()
    waiting, true, leaps = LocalGateway.send, time.time, []

    def send(self: LocalGateway, message: object) -> str:
        leaps.append(300.0)
        return waiting(self, message)

    LocalGateway.send = send
    time.time = lambda: true() + sum(leaps[:1])


def with_a_newer_program() -> None:
    membership.program_version = lambda: "99.0"


def with_other_regimes() -> None:
    program.policies_print = lambda _: "another"


def work_is_asked_for_three_times() -> None:
    """procrastinate #1513: a question over a connection that is half open never returns."""
    really, asked = AskingJobs.fetch_job, []

    async def fetch_job(self: AskingJobs, **given: object) -> object:
        asked.append(1)
        if len(asked) > 3:
            await asyncio.Event().wait()
        return await really(self, **given)

    AskingJobs.fetch_job = fetch_job


def test_a_clean_stop_lets_requests_end_and_hands_the_rest_to_another(fleet: Fleet) -> None:
    book = fleet.add_ledger("甲", 3)
    fleet.begin()
    process = fleet.start("一号", requests_wait_for_a_file)
    until((fleet.folder / "asked").exists)
    os.kill(process.pid or 0, signal.SIGTERM)
    (fleet.folder / LETTING_GO).touch()
    process.join(60)
    assert process.exitcode == 0
    assert 1 <= len(fleet.phone()) < 3
    host = fleet.host("一号")
    assert host
    assert host.stopped_at
    fleet.start("二号")
    until(lambda: len(fleet.phone()) == 3 and fleet.ledger(book).host == "二号")
    assert len({one.text for one in fleet.phone()}) == 3


def test_a_worker_that_ends_is_not_taken_for_dead(fleet: Fleet) -> None:
    """Another would take over the passes that it brings to their end."""
    fleet.add_ledger("甲")
    fleet.begin()
    process = fleet.start("一号", passes_wait_for_a_file)
    until((fleet.folder / "asked").exists)
    fleet.start("二号")
    until(lambda: fleet.host("二号"))
    os.kill(process.pid or 0, signal.SIGTERM)
    end = time.monotonic() + 2 * QUICK.dead
    while time.monotonic() < end:
        host = fleet.host("一号")
        assert host
        assert host.is_alive(QUICK.dead)
        time.sleep(0.1)
    (fleet.folder / LETTING_GO).touch()
    process.join(60)
    assert process.exitcode == 0
    assert "已重新分派" not in log_file(fleet.config("二号")).read_text(encoding="utf-8")
    until(lambda: len(fleet.phone()) == 1)


def test_a_worker_ends_although_its_database_hangs(tmp_path: Path) -> None:
    with running_server() as server, running_fleet(tmp_path, server) as fleet:
        fleet.add_ledger("甲")
        fleet.begin()
        process = fleet.start("一号", passes_wait_for_a_file)
        until((fleet.folder / "asked").exists)
        with server.frozen():
            os.kill(process.pid or 0, signal.SIGTERM)
            process.join(4 * QUICK.farewell)
            assert process.exitcode == BROKEN


def test_the_database_restarts_while_a_request_is_under_way_and_work_goes_on_by_itself(tmp_path: Path) -> None:
    with running_server() as server, running_fleet(tmp_path, server, rate=10) as fleet:
        book, other = fleet.add_ledger("甲"), fleet.add_ledger("乙", matters=0)
        fleet.begin()
        process = fleet.start("一号", requests_wait_for_a_file)
        until((fleet.folder / "asked").exists)
        until(lambda: fleet.ledger(other).host)
        server.restart()
        seen = fleet.ledger(other).signature
        os.utime(other)
        until(lambda: fleet.ledger(other).signature != seen)  # although the request still waits for its answer
        (fleet.folder / LETTING_GO).touch()
        until(lambda: {one.state for one in fleet.messages(book)} <= {"accepted", "delivered"})
        until(lambda: fleet.ledger(book).host)
        before = fleet.ledger(book)
        os.utime(book)
        until(lambda: fleet.ledger(book).signature != before.signature)
        assert len(fleet.phone()) == 1
        assert fleet.stop(process) == 0


def test_a_worker_that_asks_for_no_more_work_makes_room_for_another_process(fleet: Fleet) -> None:
    fleet.add_ledger("甲")
    process = fleet.start("一号", work_is_asked_for_three_times, replace(QUICK, silence=1.5, farewell=1))
    process.join(60)
    assert process.exitcode == BROKEN
    host = fleet.host("一号")
    assert host
    assert "没有领取工作" in host.problem


@pytest.mark.parametrize("ahead", [300.0, -300.0])
def test_a_host_whose_clock_is_wrong_takes_no_work_and_says_so(fleet: Fleet, ahead: float) -> None:
    book = fleet.add_ledger("甲")
    fleet.begin()
    process = fleet.start("一号", ahead=ahead)
    until(lambda: (host := fleet.host("一号")) and "时钟" in host.problem)
    fleet.start("二号")
    until(lambda: fleet.ledger(book).host == "二号" and len(fleet.phone()) == 1)
    assert fleet.stop(process) == 0


@pytest.mark.parametrize(
    ("plant", "words"), [(with_a_newer_program, "已是 99.0"), (with_other_regimes, "制度文件与后启动的“二号”不同")]
)
def test_of_two_programs_or_sets_of_regimes_one_works_while_it_lives(fleet: Fleet, plant: Plant, words: str) -> None:
    book = fleet.add_ledger("甲")
    fleet.begin()
    fleet.start("一号")
    until(lambda: fleet.host("一号"))
    newer = fleet.start("二号", plant)
    until(lambda: (host := fleet.host("一号")) and words in host.problem)
    until(lambda: len(fleet.phone()) == 1)
    seen = fleet.ledger(book).signature
    os.utime(book)
    until(lambda: fleet.ledger(book).signature != seen and fleet.ledger(book).host == "二号")
    assert fleet.stop(newer) == 0
    until(lambda: (host := fleet.host("一号")) and not host.problem)


def test_a_clock_that_leaps_stops_what_is_being_sent_and_another_goes_on(fleet: Fleet) -> None:
    book = fleet.add_ledger("甲", 3)
    fleet.begin()
    fleet.start("一号", the_clock_leaps_while_a_request_is_under_way)
    until(lambda: (host := fleet.host("一号")) and "时钟" in host.problem)
    (fleet.folder / LETTING_GO).touch()
    until(lambda: len(fleet.phone()) == 1)
    fleet.start("二号")
    until(lambda: len(fleet.phone()) == 3 and fleet.ledger(book).host == "二号")
    assert len({one.text for one in fleet.phone()}) == 3


def test_another_fleet_s_database_is_refused_by_name(fleet: Fleet) -> None:
    fleet.registry.join(NAME)
    config = fleet.config("一号").model_copy(update={"fleet": "晋南机群"})
    station = Station.open(config, fleet.clock)
    with pytest.raises(AnotherFleet, match="属于机群“晋北机群”，本机配置的是“晋南机群”"):
        FleetWorker(station, QUICK).run()
    station.close()


def test_a_store_of_one_host_serves_no_fleet(tmp_path: Path) -> None:
    station = Station.open(Config(state=tmp_path))
    with pytest.raises(NoFleet, match="请用 duban run"):
        FleetWorker(station, QUICK)
    station.close()


def test_a_single_host_sends_nothing_for_a_ledger_of_the_fleet(fleet: Fleet) -> None:
    book = fleet.add_ledger("甲")
    fleet.begin()
    single = Station.open(Config(state=fleet.folder / "single", ledgers=(book,)), fleet.clock)
    result = run_pass(book, single, fleet.clock.now())
    single.close()
    assert result.obstacle
    assert f"由“{NAME}”值守" in result.obstacle
