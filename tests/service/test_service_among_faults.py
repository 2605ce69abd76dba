"""The scheduler among faults: what goes wrong with one workbook, or with one job of its own, stops nothing else."""

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.sample.words import Regime
from engine.service.config import Config
from engine.service.heartbeat import last_beat
from engine.service.logging_setup import log_file, start_logging
from engine.service.scheduler import Service
from sms.gateways.local import LocalGateway
from sms.gateways.protocol import Receipt
from sms.store.model import StoredMessage
from tests.service.office import DAY, HOUR, T0, ServedOffice, matter_row, write_book

MINUTE = timedelta(minutes=1)
DUE = T0 + DAY


@pytest.fixture
def served(office: ServedOffice) -> ServedOffice:
    """One matter in service, the clock at T0."""
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")])
    office.adopt()
    return office


def with_ledgers(office: ServedOffice, *paths: Path) -> Config:
    return office.config.model_copy(update={"ledgers": paths})


def wait_until_reminder(office: ServedOffice) -> None:
    office.clock.forward(DUE - 5 * HOUR - office.clock.at)


def test_a_broken_workbook_holds_up_no_other_and_is_taken_up_again(served: ServedOffice) -> None:
    good, bad = served.book, served.folder / "坏.xlsx"
    whole = good.read_bytes()
    bad.write_bytes(whole[: len(whole) // 2])
    served.station = replace(served.station, config=with_ledgers(served, bad, good))
    wait_until_reminder(served)
    service = Service(served.station)
    service.turn()
    first, second = service.watches
    assert "损坏" in first.problem
    assert second.problem == ""
    assert len(served.phone()) == 1
    bad.write_bytes(whole)
    served.clock.forward(MINUTE)
    service.turn()
    assert "副本" in first.problem  # it can be read again, and is seen to be a copy


def test_a_vanished_workbook_holds_up_no_other(served: ServedOffice) -> None:
    missing = served.folder / "没有.xlsx"
    served.station = replace(
        served.station, config=served.config.model_copy(update={"ledgers": (missing, served.book)})
    )
    wait_until_reminder(served)
    service = Service(served.station)
    service.turn()
    assert service.watches[0].problem
    assert len(served.phone()) == 1


def test_a_fault_of_the_rules_stops_one_ledger_with_details_in_the_log(served: ServedOffice, tmp_path: Path) -> None:
    start_logging(served.config)
    poisoned = write_book(served.folder / "毒.xlsx", [matter_row("2026-日-0001")], {"制度方案": "保山"})
    policies = {**served.station.policies, Regime.BAOSHAN: None}  # whatever asks it for something falls over
    config = with_ledgers(served, poisoned, served.book)
    served.station = replace(served.station, config=config, policies=policies)
    wait_until_reminder(served)
    service = Service(served.station)
    service.turn()
    assert "程序内部出错" in service.watches[0].problem
    assert len(served.phone()) == 1
    assert "Traceback" in log_file(served.config).read_text(encoding="utf-8")


def every_job(service: Service) -> None:
    """One run of all that has a thread of its own in a running service."""
    service.turn()
    service._survive("查询回执", service.collect_receipts)
    service._survive("心跳", service.beat)


class NoReceipts(LocalGateway):
    """Takes messages, and falls over when asked what became of them."""

    asked = 0

    def receipt(self, message: StoredMessage) -> Receipt:
        self.asked += 1
        raise sqlite3.OperationalError("disk I/O error")


def test_sms_go_out_while_heartbeat_and_receipts_fail(served: ServedOffice) -> None:
    """A full disk, or a heartbeat that another program holds open, must not end the scheduler."""
    start_logging(served.config)
    service = Service(served.station)
    gateway = NoReceipts(served.config.state / "phone.sqlite")
    served.station.__dict__["gateways"] = [gateway]
    heartbeat = served.config.state / "heartbeat.json"
    heartbeat.mkdir()  # nothing can be put in its place
    wait_until_reminder(served)
    for _ in range(3):
        every_job(service)
        served.clock.forward(MINUTE)
    assert len(served.phone()) == 1
    assert gateway.asked == 2
    heartbeat.rmdir()
    every_job(service)
    assert last_beat(served.config.state).at == served.clock.at
    lines = log_file(served.config).read_text(encoding="utf-8").splitlines()
    assert sum("心跳：" in line for line in lines) == 1, "not at every turn"


def test_errors_of_the_system_are_chinese_and_without_path(served: ServedOffice) -> None:
    missing = served.config.model_copy(update={"ledgers": (served.folder,)})  # a folder is no workbook
    served.station = replace(served.station, config=missing)
    service = Service(served.station)
    service.turn()
    assert "工作簿读不了" in service.watches[0].problem
    assert "Errno" not in service.watches[0].problem
