"""A host whose duban.toml names the database of a fleet, and not the fleet: it takes nothing away from it."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from engine.cli.commands.receiver import take_in
from engine.cli.main import main
from engine.fleet.registry import FleetLedger, WorkerProgram, fleet_of
from sms.outbox import Outbox
from tests.fleet.fleet_office import NAME, SLOT, Fleet

OWN = "regime = '本县'\ntitle = '本县办法'\nbased_on = '朔州'\nin_force_from = 2017-12-01\n"
RECEIPTS = "批次号,手机号,状态\n"


@pytest.fixture
def book(fleet: Fleet) -> Path:
    """A ledger of the fleet, which has its name since its first worker."""
    made = fleet.add_ledger("甲")
    fleet.registry.join(NAME)
    return made


def config_of(fleet: Fleet, name: str) -> str:
    path = fleet.folder / "单机.toml"
    line = f"fleet = '{name}'\n" if name else ""
    ledgers = f"ledgers = ['{fleet.books[0]}']\n"
    path.write_text(f"{ledgers}state = 'state-单机'\nstore = '{fleet.database.url}'\n{line}", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(("own", "words"), [("", "没有写 fleet"), ("晋南机群", "写的是“晋南机群”")])
@pytest.mark.parametrize("command", ["pass", "adopt", "forget", "release"])
def test_what_would_send_or_take_over_is_refused_by_the_fleet_s_name(
    fleet: Fleet, book: Path, command: str, own: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = book.read_bytes()
    assert main([command, str(book), "--config", config_of(fleet, own)]) == 2
    said = capsys.readouterr().err
    assert f"这个数据库属于机群“{NAME}”" in said
    assert words in said
    assert book.read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [
        "stamp BOOK",
        "tidy BOOK",
        "new-year BOOK --year 2027",
        "notice BOOK 2026-日-0001",
        "score BOOK --quarter 2026Q1 --publish",
        "outbox retry",
        "outbox resolve 1 --sent",
        "outbox codes",
        "outbox replies",
        "send-test --to 13800000000",
        "receiver",
        "outbox import-receipts RECEIPTS --gateway local",
        "import --apply BOOK --into BOOK",
        "policy use BOOK OWN --by 张三",
    ],
)
def test_what_would_write_a_ledger_or_its_record_is_refused_too(
    fleet: Fleet, book: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = book.read_bytes()
    files = {"BOOK": book, "OWN": fleet.folder / "本县.toml", "RECEIPTS": fleet.folder / "回执.csv"}
    files["OWN"].write_text(OWN, encoding="utf-8")
    files["RECEIPTS"].write_text(RECEIPTS, encoding="utf-8")
    arguments = [str(files.get(word, word)) for word in command.split()]
    assert main([*arguments, "--config", config_of(fleet, "")]) == 2
    assert f"这个数据库属于机群“{NAME}”" in capsys.readouterr().err
    assert book.read_bytes() == before


def test_a_host_is_struck_off_by_its_own_fleet_only(
    fleet: Fleet, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.registry.register("甲机", "state", WorkerProgram("0.1.0", "", ""), 0)
    fleet.registry.beat("甲机", fleet.host("甲机").started_at, 0, "", stopped=True)
    for own in ("", "晋南机群"):
        assert main(["fleet", "--strike-off", "甲机", "--config", config_of(fleet, own)]) == 2
        assert f"这个数据库属于机群“{NAME}”" in capsys.readouterr().err
    assert fleet.host("甲机")
    main(["fleet", "--strike-off", "甲机", "--config", config_of(fleet, NAME)])
    assert fleet.host("甲机") is None


def test_the_scheduler_of_a_single_host_is_refused_by_the_fleet_s_name(fleet: Fleet, book: Path) -> None:
    command = [sys.executable, "-m", "engine.cli", "run", "--config", config_of(fleet, "")]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 2
    assert f"这个数据库属于机群“{NAME}”" in refused.stderr


def test_a_dry_run_and_the_commands_of_the_fleet_s_own_host_stay(fleet: Fleet, book: Path) -> None:
    assert main(["pass", str(book), "--dry-run", "--config", config_of(fleet, "")]) == 0
    assert main(["explain", str(book), "2026-日-0001", "--config", config_of(fleet, "")]) == 0
    assert main(["outbox", "list", "--config", config_of(fleet, "")]) == 0
    assert main(["adopt", str(book), "--config", config_of(fleet, NAME)]) == 0


def test_a_receipt_that_is_imported_is_worth_a_pass(fleet: Fleet, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (served,) = fleet.station.journal.all_served()
    later = SLOT.replace(year=9999)
    fleet.registry.keep(FleetLedger(str(book), "共享", served.ledger, "s", later))
    receipts = fleet.folder / "回执.csv"
    receipts.write_text(RECEIPTS, encoding="utf-8")
    monkeypatch.setattr(Outbox, "record_reports", lambda *_, **__: Counter({served.ledger: 1}))
    command = ["outbox", "import-receipts", str(receipts), "--gateway", "local"]
    assert main([*command, "--config", config_of(fleet, NAME)]) == 0
    assert fleet.ledger(book).next_at < later


@pytest.mark.parametrize("settled", ["record_reports", "record_replies"])
def test_what_is_pushed_is_worth_a_pass(
    fleet: Fleet, book: Path, monkeypatch: pytest.MonkeyPatch, settled: str
) -> None:
    (served,) = fleet.station.journal.all_served()
    later = SLOT.replace(year=9999)
    fleet.registry.keep(FleetLedger(str(book), "共享", served.ledger, "s", later))
    take_in(fleet.station, "local", ([], []))
    assert fleet.ledger(book).next_at == later
    monkeypatch.setattr(Outbox, settled, lambda *_, **__: Counter({served.ledger: 1}))
    take_in(fleet.station, "local", ([], []))
    assert fleet.ledger(book).next_at < later


def test_a_database_without_a_fleet_serves_a_single_host(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    """And becomes none by being asked."""
    made = fleet.add_ledger("甲")
    assert main(["adopt", str(made), "--config", config_of(fleet, "")]) == 0
    main(["doctor", "--config", config_of(fleet, "")])
    assert "机群" not in capsys.readouterr().out
    assert fleet_of(fleet.station.outbox.store) == ""
