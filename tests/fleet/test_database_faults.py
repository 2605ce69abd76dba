"""What befalls the database while a worker runs: one sentence in Chinese in its log, and work goes on by itself."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from engine.facts.change import NewRow
from engine.fleet import work_queue
from engine.fleet.worker import FleetWorker
from engine.ledger.patching.patch import patch
from engine.service.logging_setup import LOGGER
from sms.store.location import Server
from tests.fleet.fleet_office import SLOT, Fleet, until
from tests.postgresql import QUICK, RunningServer, running_server
from tests.service.office import HOUR, matter_row

LOG = "worker.log"
Act = Callable[[RunningServer, str], object]


def log_into(path: Path) -> None:
    """In a worker, which notes each round of its checks besides, and waits less long for the queue."""
    work_queue._WAIT = 1
    LOGGER.addHandler(logging.FileHandler(path))
    really = FleetWorker._pause

    async def noted(worker: FleetWorker) -> None:
        with path.with_suffix(".rounds").open("a") as noting:
            noting.write("\n")
        await really(worker)

    FleetWorker._pause = noted


def rounds(log: Path) -> int:
    """How many the worker has made."""
    return log.with_suffix(".rounds").stat().st_size


@dataclass(frozen=True)
class DatabaseFault:
    """How it comes and goes, given the server and the database's name, and what is said of it; ``stops_all``: the
    worker cannot leave its signs of life either.
    """

    comes: Act
    goes: Act
    words: str
    stops_all: bool = True


def hang_up(server: RunningServer, name: str) -> None:
    server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def forbid_writing(server: RunningServer, name: str) -> None:
    server.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    hang_up(server, name)


def allow_writing(server: RunningServer, name: str) -> None:
    server.run(f"ALTER DATABASE {name} RESET default_transaction_read_only")


def take_all_connections(server: RunningServer, name: str) -> None:
    """Those that this user may have: to it that is a server without a free one."""
    server.run("ALTER ROLE office CONNECTION LIMIT 0")
    hang_up(server, name)


def give_connections_back(server: RunningServer, _: str) -> None:
    server.run("ALTER ROLE office CONNECTION LIMIT -1")


def fill_the_disk(server: RunningServer, name: str) -> None:
    """No disk can be filled here: a trigger raises what a full one does, by its number."""
    server.run(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$",
        name,
    )
    server.run("CREATE TRIGGER full_disk BEFORE INSERT ON messages EXECUTE FUNCTION full_disk()", name)


def clear_the_disk(server: RunningServer, name: str) -> None:
    server.run("DROP TRIGGER full_disk ON messages", name)


def become_a_standby(server: RunningServer, _: str) -> None:
    server.stop("INT")
    (server.folder / "data" / "standby.signal").touch()
    server.start()


def be_promoted(server: RunningServer, _: str) -> None:
    server.run("SELECT pg_promote()")


FAULTS = {
    "down": DatabaseFault(lambda server, _: server.stop("QUIT"), lambda server, _: server.start(), "数据库是否在运行"),
    "out of connections": DatabaseFault(take_all_connections, give_connections_back, "连接数已用完"),
    "read-only": DatabaseFault(forbid_writing, allow_writing, "只能读、不能写"),
    "disk full": DatabaseFault(fill_the_disk, clear_the_disk, "磁盘已满", stops_all=False),
    "in recovery": DatabaseFault(become_a_standby, be_promoted, "可能是备用库"),
}


@pytest.fixture(scope="module")
def own() -> Iterator[RunningServer]:
    """A server that a test may do anything to."""
    with running_server(QUICK) as server:
        server.run("CREATE ROLE office LOGIN")
        server.run("GRANT ALL ON SCHEMA public TO PUBLIC", "template1")
        yield server


@pytest.fixture
def fleet(own: RunningServer, tmp_path: Path) -> Iterator[Fleet]:
    """Office time runs thirty times as fast: what waits for a minute comes in two seconds."""
    own.made += 1
    name = f"faults_{own.made}"
    own.run(f"CREATE DATABASE {name} OWNER office")
    made = Fleet(tmp_path, own, Server(f"postgresql://office@127.0.0.1:{own.port}/{name}"), timedelta(seconds=1), 30)
    yield made
    made.end()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_database_is_said_and_work_goes_on_by_itself(fleet: Fleet, fault: DatabaseFault) -> None:
    book, log = fleet.add_ledger("甲", 0), fleet.folder / LOG
    database = str(fleet.database.parsed.database)
    fleet.begin()
    worker = fleet.start("一号", partial(log_into, log))
    until(lambda: fleet.ledger(book).passed_at)
    fault.comes(fleet.server, database)
    patch(book, [], [NewRow("matters", matter_row("2026-日-0001", SLOT - 19 * HOUR, "1天"))])
    until(lambda: fault.words in log.read_text("utf-8"))
    met = rounds(log)
    until(lambda: rounds(log) >= met + 2)
    assert fleet.phone() == []
    fault.goes(fleet.server, database)
    until(lambda: len(fleet.phone()) == 1 and not fleet.ledger(book).problem)
    until(lambda: ("登记：已恢复" in log.read_text("utf-8")) == fault.stops_all)
    assert fleet.stop(worker) == 0
    lines = log.read_text("utf-8").splitlines()
    assert max(Counter(line for line in lines if fault.words in line).values()) == 1, "each part of it says so once"
    assert "Traceback" not in "".join(lines)
