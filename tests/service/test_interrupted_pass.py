"""A pass that sends what a killed one had claimed lists those messages, and shows their flags at once."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.ledger.reading.ledger import read_ledger, read_rows
from engine.service.host import Station
from engine.service.scheduler import Service
from sms.outbox import Outbox
from tests.service.office import DAY, HOUR, T0, ServedOffice, matter_row, write_book

NUMBER = "2026-日-0001"
URGED = T0 + DAY + 3 * HOUR
"""The first urging of the overdue node."""


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def killed(office: ServedOffice, monkeypatch: pytest.MonkeyPatch) -> ServedOffice:
    """A host whose pass was killed between claiming an urging and sending it, and which has started again."""
    write_book(office.book, [matter_row(NUMBER, limit="1天")])
    office.adopt()
    office.pass_at(URGED - timedelta(minutes=1))  # what was due before

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(Outbox, "send", die)
        with pytest.raises(Killed):
            office.pass_at(URGED)
    assert not any("催办" in one.text for one in office.phone())
    office.station.close()
    office.station = Station.open(office.config, office.clock)
    office.clock.at = URGED + timedelta(minutes=1)
    return office


def flags(book: Path) -> tuple[object, ...]:
    (matter,) = read_ledger(book.read_bytes()).matters
    return matter.shown.urging_count, matter.shown.last_sent_at


def logged(book: Path) -> list[object]:
    return [row["state"] for row in read_rows(book.read_bytes(), "message_log") if row["kind"] == "催办"]


def test_the_next_pass_lists_the_message_and_writes_its_flags(killed: ServedOffice, capsys) -> None:
    config = killed.folder / "duban.toml"
    config.write_text("state = 'state'\nledgers = ['台账.xlsx']\n", encoding="utf-8")
    killed.station.close()
    at = URGED + timedelta(minutes=1)
    before = flags(killed.book)
    assert main(["pass", str(killed.book), "--at", f"{at:%Y-%m-%d %H:%M}", "--json", "--config", str(config)]) == 0
    told = json.loads(capsys.readouterr().out)
    (listed,) = [one for one in told["messages"] if one["kind"] == "催办"]
    assert (listed["state"], bool(listed["id"])) == ("已提交", True)
    assert any("催办" in one.text for one in killed.phone())
    assert told["written"]
    assert flags(killed.book) == (before[0] + 1, at)
    assert logged(killed.book) == ["已提交"]
    killed.station = Station.open(killed.config, killed.clock)
    again = killed.pass_at(at)
    assert (again.messages, again.changes) == ((), ())


def test_the_service_shows_its_flags_as_soon_as_it_has_gone_out(killed: ServedOffice) -> None:
    before = flags(killed.book)
    killed.clock.forward(timedelta(minutes=10))  # past the least interval between two writes
    service = Service(killed.station)
    service.turn()
    assert sum("催办" in one.text for one in killed.phone()) == 1
    assert flags(killed.book) == (before[0] + 1, killed.clock.at)
    assert logged(killed.book) == ["已提交"]
