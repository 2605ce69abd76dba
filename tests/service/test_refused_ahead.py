"""A pass whose SMS no gateway would take claims none of them, asks a person, and sends them once it is mended."""

from pathlib import Path

import pytest

from engine.service.host import Station
from engine.service.pass_sending import REFUSED
from engine.service.scheduler import Service
from sms.store.model import State, StoredMessage
from tests.service.office import DAY, HOUR, LEDGER_ID, T0, ServedOffice, matter_row, write_book
from tests.sms.scripted import Scripted

BEFORE = T0 + DAY - 5 * HOUR
WORDS = ["number", "node", "due", "token"]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServedOffice:
    for name in ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"):
        monkeypatch.setenv(name, "x" * 36)
    made = ServedOffice(tmp_path / "office")
    write_book(made.book, [matter_row("2026-日-0001", limit="1天")])
    made.adopt()
    return made


def use(office: ServedOffice, *names: str, longest: int = 6, templates: bool = True) -> None:
    """The service starts anew with these gateways."""
    listed = {"到期提醒": {"code": "1", "parameters": WORDS}} if templates else {}
    table = {"app_id": "1", "signature": "市政府督查室", "templates": listed, "longest_variable": longest}
    office.station.close()
    tables = {"tencent": {**table, "endpoint": "127.0.0.1:9"}, "local": {}}
    office.station = Station.open(office.config.model_copy(update={"gateways": names, "gateway": tables}), office.clock)


def reminders(office: ServedOffice) -> list[StoredMessage]:
    found = office.station.outbox.messages(LEDGER_ID)
    return [one for one in found if one.parameters["template"] == "到期提醒"]


@pytest.mark.parametrize(
    ("how", "told"),
    [({}, "变量“事项的编号”有11个字，超过6个字"), ({"templates": False}, "没有为“到期提醒”配置模板")],
)
def test_nothing_is_claimed_and_a_person_is_asked(office: ServedOffice, how: dict[str, bool], told: str) -> None:
    use(office, "tencent", **how)
    done = office.pass_at(BEFORE)
    (asked,) = [one for one in done.findings if one.rule == "refused_by_gateways"]
    assert told in asked.problem
    assert asked.remedy
    assert [one.state for one in done.messages if one.message.template == "到期提醒"] == [REFUSED]
    assert [*office.station.outbox.messages(LEDGER_ID)] == []
    assert done.next_at <= BEFORE + HOUR, "what the provider approves meanwhile goes out within the hour"


def test_it_goes_out_once_the_set_up_is_mended(office: ServedOffice) -> None:
    use(office, "tencent")
    office.pass_at(BEFORE)
    office.pass_at(BEFORE + HOUR / 2)
    use(office, "tencent", "local")
    done = office.pass_at(BEFORE + HOUR)
    (sent,) = reminders(office)
    assert (sent.state, sent.gateway) == (State.ACCEPTED, "local")
    assert not [one for one in done.findings if one.rule == "refused_by_gateways"]
    office.pass_at(BEFORE + 2 * HOUR)
    assert len(reminders(office)) == 1


def test_the_service_asks_once_what_is_unapproved(office: ServedOffice, caplog: pytest.LogCaptureFixture) -> None:
    gateway = Scripted("甲")
    gateway.unapproved = lambda: ["模板“催办”还在审核"]
    office.station.__dict__["gateways"] = [gateway]
    service = Service(office.station)
    for _ in range(2):
        service.collect_receipts()
    assert caplog.text.count("模板“催办”还在审核") == 1
