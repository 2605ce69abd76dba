"""The scheduler: when it looks, when it passes, and that nothing of one workbook disturbs another."""

import logging
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.config import Config
from engine.doctor import examine
from engine.facts.kinds import Regime
from engine.heartbeat import SILENCE, last_beat
from engine.journal import Hold
from engine.ledger import cells
from engine.ledger.differences import differences_path, find
from engine.ledger.disk import Disk
from engine.ledger.owner_files import owner_files
from engine.ledger.sharing import LEAST_INTERVAL
from engine.logging_setup import log_file, start_logging
from engine.passing import RETRY
from engine.service import LEAP, Service
from engine.station import Station
from sms.gateway import Receipt
from sms.local import LocalGateway
from sms.model import StoredMessage
from tests.service.office import DAY, HOUR, T0, HandClock, Office, matter_row, write_book

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
def served(office: Office) -> Office:
    """One matter in service, the clock at T0."""
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    office.adopt()
    return office


def settled(office: Office) -> Service:
    """A scheduler that has made its first passes, written what it had to, and seen what it has written."""
    service = Service(office.station)
    service.look_at_all()
    office.clock.forward(LEAST_INTERVAL)  # adopt wrote a moment ago
    for _ in range(2):
        service.look_at_all()
    return service


def with_ledgers(office: Office, *paths: Path) -> Config:
    return office.config.model_copy(update={"ledgers": paths})


def wait_until(office: Office, at: datetime) -> None:
    office.clock.forward(at - office.clock.at)


def test_文件没变_没有到点的_一本工作簿也不打开(served: Office, opened: list[str]) -> None:
    service = settled(served)
    assert any(name.endswith(".xlsx") for name in opened)
    opened.clear()
    for _ in range(10):
        served.clock.forward(MINUTE)
        service.look_at_all()
    assert opened == []


def test_到点就跑一轮(served: Office) -> None:
    service = settled(served)
    wait_until(served, DUE - 5 * HOUR - MINUTE)
    service.look_at_all()
    assert served.phone() == []
    served.clock.forward(MINUTE)
    service.look_at_all()
    assert [one.at for one in served.phone()] == [DUE - 5 * HOUR]


def test_文件一存就跑一轮(served: Office) -> None:
    service = settled(served)
    settings = {"启用时间": "2026-03-02 09:30", "值班主机": served.station.host}
    settings["日志标识"] = served.station.journal.identity
    issued = matter_row("2026-日-0002", T0 - DAY - 4 * HOUR, "1天", notice_issued_at=T0 + 5 * MINUTE)
    write_book(served.book, [matter_row("2026-日-0001", limit="1天"), issued], settings)
    service.look_at_all()
    assert ["交办" in one.text or "0002" in one.text for one in served.phone()] == [True]


def test_台账一打开_旁边就有心跳_一关上就收走(served: Office) -> None:
    service = settled(served)
    owner, beside = owner_files(served.book)["Excel"], differences_path(served.book)
    owner.write_bytes(b"\x02zs".ljust(165, b"\0"))
    assert not beside.exists()
    for _ in range(3):
        service.look_at_all()
        ledger_id = str(service.watches[0].ledger)
        left = find(Disk(), served.book, ledger_id)
        assert left
        assert served.clock.at - left.heartbeat <= RETRY
        served.clock.forward(RETRY)
    owner.unlink()
    service.look_at_all()
    assert not beside.exists()


def test_重启后_没变的工作表不再解析(served: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(served)
    served.station.close()

    class NoParser:
        @staticmethod
        def from_filelike(_: object) -> object:
            raise AssertionError("a sheet was parsed that had not changed")

    monkeypatch.setattr(cells, "CalamineWorkbook", NoParser)
    served.station = Station.open(served.config, served.clock)
    service = Service(served.station)
    service.look_at_all()
    assert service.watches[0].problem == ""
    assert service.watches[0].ledger


def test_坏的工作簿不拖累别的_好了自动接上(served: Office) -> None:
    good, bad = served.book, served.folder / "坏.xlsx"
    whole = good.read_bytes()
    bad.write_bytes(whole[: len(whole) // 2])
    served.station = replace(served.station, config=with_ledgers(served, bad, good))
    wait_until(served, DUE - 5 * HOUR)
    service = Service(served.station)
    service.look_at_all()
    first, second = service.watches
    assert "损坏" in first.problem
    assert second.problem == ""
    assert len(served.phone()) == 1
    bad.write_bytes(whole)
    served.clock.forward(MINUTE)
    service.look_at_all()
    assert "副本" in first.problem  # it can be read again, and is seen to be a copy


def test_不见了的工作簿不拖累别的(served: Office) -> None:
    missing = served.folder / "没有.xlsx"
    served.station = replace(
        served.station, config=served.config.model_copy(update={"ledgers": (missing, served.book)})
    )
    wait_until(served, DUE - 5 * HOUR)
    service = Service(served.station)
    service.look_at_all()
    assert service.watches[0].problem
    assert len(served.phone()) == 1


def test_规则在一本台账上出错_只停那一本_日志有详情(served: Office, tmp_path: Path) -> None:
    start_logging(served.config)
    poisoned = write_book(served.folder / "毒.xlsx", [matter_row("2026-日-0001")], {"制度方案": "保山"})
    policies = {Regime.SHUOZHOU: served.station.policies[Regime.SHUOZHOU]}  # the other one raises KeyError
    config = with_ledgers(served, poisoned, served.book)
    served.station = replace(served.station, config=config, policies=policies)
    wait_until(served, DUE - 5 * HOUR)
    service = Service(served.station)
    service.look_at_all()
    assert "程序内部出错" in service.watches[0].problem
    assert len(served.phone()) == 1
    assert "KeyError" in log_file(served.config).read_text(encoding="utf-8")


class NoReceipts(LocalGateway):
    """Takes messages, and falls over when asked what became of them."""

    asked = 0

    def receipt(self, message: StoredMessage) -> Receipt:
        self.asked += 1
        raise sqlite3.OperationalError("disk I/O error")


def test_心跳写不了_回执查不了_短信照发_好了自动接上(served: Office) -> None:
    """A full disk, or a heartbeat that another program holds open, must not end the scheduler."""
    start_logging(served.config)
    service = settled(served)
    gateway = NoReceipts(served.config.state / "phone.sqlite")
    served.station.__dict__["gateways"] = [gateway]
    heartbeat = served.config.state / "heartbeat.json"
    heartbeat.mkdir()  # nothing can be put in its place
    service._plan()
    wait_until(served, DUE - 5 * HOUR)
    for _ in range(3):
        service._scheduler.run_all()
        served.clock.forward(MINUTE)
    assert len(served.phone()) == 1
    assert gateway.asked == 2
    heartbeat.rmdir()
    service._scheduler.run_all()
    assert last_beat(served.config.state).at == served.clock.at
    lines = log_file(served.config).read_text(encoding="utf-8").splitlines()
    assert [sum(mark in line for line in lines) for mark in ("心跳：", "查询回执：")] == [1, 1]  # not at every turn


def test_系统的错误也用中文说_不带路径(served: Office) -> None:
    missing = served.config.model_copy(update={"ledgers": (served.folder,)})  # a folder is no workbook
    served.station = replace(served.station, config=missing)
    service = Service(served.station)
    service.look_at_all()
    assert "工作簿读不了" in service.watches[0].problem
    assert "Errno" not in service.watches[0].problem


def test_墙上时钟跳变_暂停_恢复后自动继续(served: Office) -> None:
    service = settled(served)
    ledger = service.watches[0].ledger
    served.clock.at += timedelta(days=400)  # elapsed time did not move
    service._watch_clock()
    service.look_at_all()
    assert served.phone() == []
    assert served.station.journal.served(ledger).hold is Hold.CLOCK
    served.clock.at -= timedelta(days=400)
    wait_until(served, DUE - 5 * HOUR)
    service._watch_clock()
    service.look_at_all()
    assert served.station.journal.served(ledger).hold is None
    assert len(served.phone()) == 1


@pytest.mark.parametrize(("seconds", "held"), [(LEAP, False), (LEAP + 1, True)])
def test_时钟差多少算跳变(served: Office, seconds: float, held: bool) -> None:
    service = settled(served)
    served.clock.at += timedelta(seconds=seconds)
    service._watch_clock()
    service.look_at_all()
    assert (served.station.journal.served(service.watches[0].ledger).hold is Hold.CLOCK) == held


def test_回执到了_补记一轮(served: Office) -> None:
    service = settled(served)
    wait_until(served, DUE - 5 * HOUR)
    service.look_at_all()
    served.clock.forward(11 * MINUTE)
    service.collect_receipts()
    service.look_at_all()
    rows = served.station.book(served.book)
    rows.read()
    assert [row["state"] for row in rows.message_log()] == ["已送达"]


def test_心跳_doctor看得到_停了也看得出(served: Office) -> None:
    service = settled(served)

    def said() -> tuple[bool, str]:
        return next((one.ok, one.said) for one in examine(served.station) if one.subject == "调度程序")

    assert said() == (False, "从未运行过。请运行 duban run，并设为开机自动启动。")
    service.beat()
    assert said()[0]
    served.clock.forward(SILENCE)
    assert said()[0]
    served.clock.forward(MINUTE)
    assert not said()[0]
    assert "已停止" in said()[1]


def test_日志里没有完整号码(served: Office) -> None:
    start_logging(served.config)
    service = settled(served)
    wait_until(served, DUE + 3 * HOUR)
    service.look_at_all()
    assert served.phone()
    logging.getLogger("duban").error("发给 %s 失败", served.phone()[0].mobile)
    written = log_file(served.config).read_text(encoding="utf-8")
    assert "短信" in written
    assert "199****0001" in written
    assert served.phone()[0].mobile[3:] not in written


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_收到停止信号_干净退出(served: Office, how: signal.Signals) -> None:
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
    assert (process.returncode, out, err) == (0, "", "")
    assert "调度程序停止" in log_file(served.config).read_text(encoding="utf-8")


def test_没有台账可照看_说明怎么写配置(tmp_path: Path) -> None:
    config = Config(state=tmp_path / "state")
    station = Station.open(config, HandClock(T0))
    assert Service(station).watches == []
    station.close()
