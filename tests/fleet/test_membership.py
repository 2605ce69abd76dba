"""What a worker registers of itself, and what of it keeps it, and nobody else, from work."""

import asyncio
import shutil
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import Connection, Inspector, inspect

from engine.fleet.checks import fleet_checks
from engine.fleet.membership import Membership
from engine.fleet.registry import FleetHost, FleetRegistry, WorkerProgram
from engine.fleet.status import fleet_status
from engine.service import host as host_module
from engine.service.host import Station
from sms.gateways.setup import open_gateway
from sms.store import migrations
from sms.store.location import Server
from sms.store.model import SmsError
from sms.store.opening import open_store
from tests.fleet.fleet_office import QUICK, SLOT, Fleet, until

SECRET = "credentials"
OWN = "[regime]\nname = '本县'\n"
Member = Callable[..., Membership]


def gateways_open_when_the_credentials_are_there() -> None:
    def opened(name: str, table: Any, environment: Any, folder: Path, state: Path) -> object:
        if not (folder / SECRET).exists():
            raise SmsError(f"短信网关“{name}”没有密钥。请设好。")
        return open_gateway(name, table, environment, folder, state)

    host_module.open_gateway = opened


@pytest.fixture
def member(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> Iterator[Member]:
    """A worker's membership without the worker: it has joined."""
    with ExitStack() as ended:

        def made(host: str, wall: Callable[[], float] = lambda: fleet.registry.clock(), **config: Any) -> Membership:
            monkeypatch.setattr(socket, "gethostname", lambda: host)
            station = Station.open(fleet.config(host).model_copy(update=config), fleet.clock)
            ended.callback(station.close)
            one = Membership(station, fleet.registry, fleet.station.outbox.store.conninfo, QUICK, wall)
            one.join()
            return one

        yield made


def held(one: Membership) -> str:
    """What its check finds, left in the registry as its worker leaves it."""
    why = asyncio.run(one.why_held())
    one.beat(why)
    return why


def test_a_host_whose_gateways_do_not_open_takes_no_work_until_they_do(fleet: Fleet) -> None:
    book = fleet.add_ledger("甲")
    fleet.begin()
    process = fleet.start("一号", gateways_open_when_the_credentials_are_there)
    until(lambda: (one := fleet.host("一号")) and "没有密钥" in one.problem)
    said = {one.subject: one.said for one in fleet_checks(fleet.station, fleet.clock.now(), QUICK)}
    assert "没有密钥" in said["主机 一号"]
    assert not fleet.ledger(book).problem
    assert not fleet.ledger(book).next_at
    (fleet.folder / SECRET).touch()
    until(lambda: fleet.ledger(book).host == "一号" and len(fleet.phone()) == 1)
    assert fleet.host("一号").problem == ""
    assert fleet.stop(process) == 0


def test_of_two_hosts_with_different_gateways_one_works_and_says_which(fleet: Fleet, member: Member) -> None:
    local, other = {"kind": "local"}, {"kind": "local", "file": "other.sqlite"}
    first = member("一号", gateways=("甲网",), gateway={"甲网": local})
    assert held(first) == ""
    second = member("二号", gateways=("乙网", "甲网"), gateway={"甲网": local, "乙网": other})
    assert held(first) == ""  # the second one has not proved yet that it can work
    assert held(second) == ""
    assert "本机的短信网关（甲网）与后启动的“二号”（乙网、甲网）不同" in held(first)
    third = member("三号", gateways=("甲网", "乙网"), gateway={"甲网": local, "乙网": other})
    assert held(third) == held(second) == ""  # another order of the same ones


def test_a_listed_policy_file_that_is_edited_makes_its_host_the_newest(fleet: Fleet, member: Member) -> None:
    own = [fleet.folder / host / "本县.toml" for host in ("一号", "二号")]
    for path in own:
        path.parent.mkdir()
        path.write_text(OWN, encoding="utf-8")
    first, second = (member(path.parent.name, policies=(path,)) for path in own)
    assert held(first) == held(second) == held(first) == ""
    before = fleet.host("一号")
    assert held(first) == ""
    assert fleet.host("一号").started_at == before.started_at  # nothing has changed, nothing is registered anew
    own[0].write_text(f"{OWN}# 改过\n", encoding="utf-8")
    assert held(first) == ""
    assert fleet.host("一号").policies != before.policies
    assert "制度文件与后启动的“一号”不同" in held(second)
    own[1].write_text(f"{OWN}# 改过\n", encoding="utf-8")
    assert held(second) == held(first) == ""


def test_a_listed_policy_file_that_is_gone_holds_its_host_alone(fleet: Fleet, member: Member) -> None:
    own = fleet.folder / "本县.toml"
    own.write_text(OWN, encoding="utf-8")
    first = member("一号", policies=(own,))
    assert held(first) == ""
    own.unlink()
    assert "读不到制度文件 本县.toml" in held(first)
    assert held(member("二号")) == ""
    own.write_text(OWN, encoding="utf-8")
    assert held(first) == ""


@pytest.mark.parametrize("is_written", [False, True], ids=["no disk", "no answer"])
@pytest.mark.parametrize("is_first", [False, True], ids=["edited", "joined"])
def test_a_registration_that_failed_is_made_again_and_holds_nobody(
    fleet: Fleet, member: Member, monkeypatch: pytest.MonkeyPatch, is_first: bool, is_written: bool
) -> None:
    own, really = fleet.folder / "本县.toml", FleetRegistry.register
    own.write_text(OWN, encoding="utf-8")
    one = member("一号", policies=(own,))
    if not is_first:
        assert held(one) == ""
        own.write_text(f"{OWN}# 改过\n", encoding="utf-8")
    before = fleet.host("一号")

    def failing(*given: Any) -> None:
        if is_written:
            really(*given)
        raise SmsError("磁盘已满")

    with monkeypatch.context() as fault:
        fault.setattr(FleetRegistry, "register", failing)
        with pytest.raises(SmsError, match="磁盘已满"):
            held(one)
    assert [held(one), held(one)] == ["", ""]
    (after,) = fleet.registry.hosts()
    assert after.policies not in ("", before.policies)
    assert after.gateways == "local"
    assert after.problem == ""


def test_of_two_clones_the_one_that_started_first_is_held_by_name(fleet: Fleet, member: Member) -> None:
    first, second = member("甲机"), member("甲机")
    assert "另有一台电脑也叫“甲机”" in held(first)
    assert [held(second), held(second)] == ["", ""]
    assert "另有一台电脑也叫“甲机”" in held(first)
    problems = {one.worker: one.problem for one in fleet.registry.hosts()}
    state = str(fleet.config("甲机").state)
    assert problems[state] == ""
    assert "克隆" in problems[f"{state}（重名）"]


def test_a_clone_that_stops_at_once_leaves_the_row_of_the_other(fleet: Fleet, member: Member) -> None:
    first, second = member("甲机"), member("甲机")
    first.beat("", stopped=True)
    assert fleet.host("甲机").stopped_at is None
    second.beat("", stopped=True)
    assert fleet.host("甲机").stopped_at is not None


def test_a_clock_that_leaps_holds_its_host_at_the_next_check(fleet: Fleet, member: Member) -> None:
    """By what has just been measured, not by what stands of it in the registry."""
    ahead = [0.0]
    one = member("甲机", wall=lambda: fleet.registry.clock() + ahead[0])
    assert held(one) == ""
    ahead[0] = 300
    assert "快 5 分钟" in held(one)
    ahead[0] = 0
    assert held(one) == ""


def test_a_worker_that_was_struck_off_joins_again(fleet: Fleet, member: Member) -> None:
    first = member("甲机")
    fleet.registry.strike_off("甲机", [fleet.host("甲机").worker])
    assert held(first) == ""
    assert fleet.host("甲机")


def test_a_ledger_under_two_paths_is_served_at_one_and_named_at_the_other(fleet: Fleet) -> None:
    """Two mount points of one share: what one host calls ``一`` is ``二`` on the other."""
    book = fleet.add_ledger("甲", share="一")
    fleet.begin()
    fleet.start("一号")
    until(lambda: fleet.ledger(book).host == "一号" and len(fleet.phone()) == 1)
    other = fleet.folder / "二" / book.name
    other.parent.mkdir()
    shutil.copy(book, other)  # links are followed to the one place; what two hosts have mounted is not
    fleet.books[:] = [other]
    fleet.start("二号")
    until(lambda: fleet.ledger(other).problem)
    named = {one.record.place: one.problem for one in fleet_status(fleet.station, fleet.registry, SLOT, QUICK).ledgers}
    assert "duban adopt --moved" in named[str(other)]
    assert named[str(book)] == ""
    assert len(fleet.phone()) == 1


def make_earlier(fleet: Fleet) -> None:
    """As a version left it that made the fleet's tables by itself, and the workers' without their gateways."""
    with fleet.station.outbox.store.write() as connection:
        connection.exec_driver_sql("ALTER TABLE fleet_hosts DROP COLUMN gateways")
        connection.exec_driver_sql("UPDATE schema_version SET version = 6")


def test_a_table_of_an_earlier_version_gets_its_new_column_and_hosts_of_both_register(fleet: Fleet) -> None:
    fleet.registry.register("一号", "状态", WorkerProgram("0.1.0", "制度", "aliyun"), 0)
    make_earlier(fleet)
    with closing(open_store(fleet.database)) as store:
        assert [one.gateways for one in FleetRegistry(store).hosts()] == [""]
        with store.write() as connection:  # as a worker of the earlier version goes on to do
            connection.exec_driver_sql(
                "INSERT INTO fleet_hosts (host, worker, version, policies, clock_offset, started_at, seen_at, problem)"
                " VALUES ('二号', '状态', '0.1.0', '制度', 0, now(), now(), '')"
            )
    assert [one.host for one in fleet.registry.hosts()] == ["一号", "二号"]


def test_two_workers_that_upgrade_at_once_add_the_new_column_once(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing keeps them apart, both find it absent before either adds it."""
    make_earlier(fleet)
    both = Barrier(2, timeout=1)

    def inspected(connection: Connection) -> Inspector:
        found = inspect(connection)
        found.get_columns("fleet_hosts")  # it is asked once
        with suppress(BrokenBarrierError):
            both.wait()
        return found

    def hosts(server: Server) -> list[FleetHost]:
        with closing(open_store(server)) as store:
            return FleetRegistry(store).hosts()

    monkeypatch.setattr(migrations, "inspect", inspected)
    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(hosts, [fleet.database, fleet.database])] == [[], []]
