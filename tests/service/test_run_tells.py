"""``duban run`` tells the truth: who sends, why not, and that it is alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.ledger.reading.ledger import read_ledger
from engine.service.adoption import NotAdopted, forget, obstacle
from engine.service.heartbeat import last_beat
from engine.service.scheduler import Service
from engine.service.service_status import ChangedStatus, LedgerStatus
from engine.service.sole_scheduler import AlreadyRunning, sole_scheduler
from tests.service.office import LEDGER_ID, T0, ServedOffice, matter_row, write_book

NUMBER = "2026-日-0001"


def status(office: ServedOffice) -> LedgerStatus:
    """What the scheduler says of the one ledger after its first look."""
    told: list[LedgerStatus] = []
    service = Service(office.station, told.extend)
    service.poll_all()
    service.report_statuses()
    return told[0]


def test_a_ledger_in_service_names_its_host_and_gateway(office: ServedOffice) -> None:
    write_book(office.book, [matter_row(NUMBER)])
    office.adopt()
    found = status(office)
    assert (found.ledger, found.sender, found.gateways, found.reason) == (
        office.book.name, office.station.host, "local", "",
    )  # fmt: skip
    assert found.next_at is not None
    assert found.written_at is not None


def test_a_ledger_of_nobody_says_so(office: ServedOffice) -> None:
    write_book(office.book, [matter_row(NUMBER)])
    found = status(office)
    assert found.sender == "未接管"
    assert "尚未接管" in found.reason


def test_a_ledger_of_another_journal_says_so(office: ServedOffice) -> None:
    write_book(office.book, [matter_row(NUMBER)])
    office.adopt()
    office.station.journal.forget(LEDGER_ID)
    assert "没有这本台账的发送日志" in status(office).reason


@pytest.mark.parametrize(
    ("switch", "gateways", "reason"),
    [("开", "local", ""), ("试运行", "local（试运行）", ""), ("停", "", "短信发送为“停”")],
)
def test_the_switch_of_the_ledger_shows(office: ServedOffice, switch: str, gateways: str, reason: str) -> None:
    write_book(office.book, [matter_row(NUMBER)], {"短信发送": switch, "试运行号码": "19900009999"})
    office.adopt()
    found = status(office)
    assert found.gateways == gateways
    assert reason in found.reason
    assert bool(found.reason) is bool(reason)


def test_only_a_change_of_substance_is_reported_again() -> None:
    told: list[int] = []
    asked: list[Path] = []
    changed = ChangedStatus(lambda statuses: told.append(len(statuses)), lambda path: asked.append(path))
    for reason in ("", "", "网关停用", "网关停用", ""):
        changed([LedgerStatus(Path("台账.xlsx"), "台账.xlsx", "甲", "local", reason, T0)])
    assert told == [1, 1, 1]
    assert len(asked) == 3  # a folder is listed for what is shown, and not at every look


def test_a_second_copy_is_refused_by_name_and_the_first_goes_on(office: ServedOffice) -> None:
    state = office.config.state
    state.mkdir(parents=True, exist_ok=True)
    code = (
        "import sys\nfrom datetime import datetime\nfrom pathlib import Path\n"
        "from engine.service.sole_scheduler import sole_scheduler\n"
        f"with sole_scheduler(Path({str(state)!r}), datetime(2026, 3, 2, 9, 30)):\n"
        "    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as first:
        assert first.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning, match=rf"进程 {first.pid}，自 2026-03-02 09:30"), sole_scheduler(state, T0):
            pass
        first.communicate("")
    with sole_scheduler(state, T0):
        assert json.loads((state / "scheduler.json").read_text(encoding="utf-8"))["pid"] == os.getpid()


@pytest.fixture
def config(office: ServedOffice) -> Path:
    path = office.folder / "duban.toml"
    path.write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    return path


def test_strict_ends_at_the_start_where_nothing_can_be_sent(office: ServedOffice, config: Path, capsys) -> None:
    write_book(office.book, [matter_row(NUMBER)])
    office.station.close()
    assert main(["run", "--strict", "--config", str(config)]) == 2
    shown = capsys.readouterr()
    assert "尚未接管" in shown.out.replace("\n", "").replace(" ", "")
    assert "没有一本台账发得出短信" in shown.err
    assert last_beat(office.config.state).stopped


def test_a_misspelt_gateway_is_told_at_the_start(office: ServedOffice, config: Path, capsys) -> None:
    write_book(office.book, [matter_row(NUMBER)])
    office.adopt()
    office.station.close()
    config.write_text(config.read_text(encoding="utf-8") + "gateways = ['alyun']\n", encoding="utf-8")
    assert main(["run", "--strict", "--config", str(config)]) == 2
    assert "alyun" in capsys.readouterr().out


def test_a_service_that_is_ended_may_begin_elsewhere(office: ServedOffice) -> None:
    write_book(office.book, [matter_row(NUMBER)])
    office.adopt()
    forget(office.book, office.station, T0)
    settings = read_ledger(office.book.read_bytes()).settings
    assert (settings.host, settings.journal_id) == ("", "")
    assert "尚未接管" in obstacle(settings, None, office.station, office.book)
    with pytest.raises(NotAdopted, match="不需要解除"):
        forget(office.book, office.station, T0)


def test_adopt_uses_the_config_beside_the_ledger(
    office: ServedOffice, config: Path, tmp_path, monkeypatch, capsys
) -> None:
    write_book(office.book, [matter_row(NUMBER)])
    office.station.close()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert main(["adopt", str(office.book), "--json"]) == 0
    assert Path(json.loads(capsys.readouterr().out)["state"]) == office.folder / "state"
