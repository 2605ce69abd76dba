"""A cloned machine, or a state restored from a backup: each SMS once, and the copy is held by name until adopted."""

import errno
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest

from engine.ledger.file.disk import Disk
from engine.service.doctor import examine
from engine.service.host import Station
from engine.service.lease import BUSY, COPIED
from engine.service.one_pass import PassResult
from engine.service.scheduler import Service
from tests.service.office import DAY, HOUR, T0, UNITS, ServedOffice, matter_row, unit_row, write_book

MINUTE = timedelta(minutes=1)
DUE = T0 + DAY - 5 * HOUR
BUREAUS = {f"2026-日-{number:04d}": f"市第{number}局" for number in range(1, 16)}
"""Matters, each of a unit of its own: one SMS each."""


@pytest.fixture
def served(office: ServedOffice) -> ServedOffice:
    """Fifteen matters in service on a machine that has sent before; their reminders are due at DUE."""
    matters = [matter_row(number, limit="1天", lead_unit=bureau) for number, bureau in BUREAUS.items()]
    bureaus = [unit_row(bureau, at) for at, bureau in enumerate(BUREAUS.values(), 100)]
    write_book(office.book, matters, units=[*UNITS, *bureaus])
    office.adopt()
    office.clock.forward(MINUTE)
    return office


def cloned(office: ServedOffice, name: str = "clone") -> ServedOffice:
    """Another machine of the same name with the same state and the same shared ledger; its phone is its own."""
    other = replace(office)
    other.config = office.config.model_copy(update={"state": office.folder / name})
    shutil.copytree(office.config.state, other.config.state)
    (other.config.state / "phone.sqlite").unlink(missing_ok=True)
    other.station = Station.open(other.config, office.clock)
    return other


def refused(result: PassResult) -> bool:
    return result.obstacle in (COPIED, BUSY)


def texts(*offices: ServedOffice) -> Counter[str]:
    return Counter(one.text for office in offices for one in office.phone())


RACE = """
import sys
from datetime import datetime
from pathlib import Path
from engine.service.config import Config
from engine.service.host import Station
from engine.service.one_pass import run_pass
from engine.guards.permission import Options
book, state, at = Path(sys.argv[1]), Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
station = Station.open(Config(state=state, ledgers=(book,)))
station.gateways
print("ready", flush=True)
sys.stdin.readline()
print(run_pass(book, station, at, Options(explicit_time=True)).obstacle or "", flush=True)
"""


def test_two_machines_with_one_state_in_one_minute_send_each_sms_once(served: ServedOffice) -> None:
    other = cloned(served)
    command = [sys.executable, "-c", RACE, str(served.book)]
    runs = [
        subprocess.Popen(
            [*command, str(one.config.state), DUE.isoformat()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
        )
        for one in (served, other)
    ]  # fmt: skip
    for run in runs:
        assert run.stdout.readline() == "ready\n"
    for run in runs:
        run.stdin.write("\n")
        run.stdin.flush()
    said = [run.communicate(timeout=120)[0].strip() for run in runs]
    assert sorted(map(bool, said)) == [False, True]
    assert {*said} <= {"", COPIED, BUSY}
    assert len(texts(served, other)) == 15
    assert max(texts(served, other).values()) == 1


def test_the_copy_is_held_by_name_and_touches_nothing(served: ServedOffice) -> None:
    other = cloned(served)
    assert served.pass_at(DUE).obstacle is None
    before = served.book.read_bytes()
    result = other.pass_at(DUE + MINUTE)
    assert result.obstacle == COPIED
    assert not result.written
    assert served.book.read_bytes() == before
    assert not other.phone()
    other.clock.at = DUE + 2 * MINUTE
    service = Service(other.station)
    service.poll_all()
    assert service.watches[0].problem == COPIED
    assert any(one.said == COPIED and one.stops for one in examine(other.station))
    assert not any(one.said == COPIED for one in examine(served.station))


def test_quiet_passes_of_the_copy_are_held_as_well(served: ServedOffice) -> None:
    other = cloned(served)
    served.pass_at(DUE)
    assert other.pass_at(DUE + MINUTE).obstacle == other.pass_at(DUE + 2 * MINUTE).obstacle == COPIED


def test_after_adoption_the_copy_goes_on_and_the_other_is_held(served: ServedOffice) -> None:
    other = cloned(served)
    served.pass_at(DUE)
    assert other.pass_at(DUE + MINUTE).obstacle == COPIED
    other.adopt(DUE + 2 * MINUTE)
    overdue = T0 + DAY + 3 * HOUR
    assert other.pass_at(overdue).obstacle is None
    assert other.phone()
    assert served.pass_at(overdue).obstacle == COPIED
    assert max(texts(served, other).values()) == 1


def test_to_forget_the_ledger_on_the_copy_does_not_end_the_others_service(served: ServedOffice) -> None:
    from engine.service.adoption import forget

    other = cloned(served)
    served.pass_at(DUE)
    forget(other.book, other.station, DUE + MINUTE)
    assert served.pass_at(DUE + 2 * MINUTE).obstacle is None


def test_a_state_restored_from_a_backup_is_held_and_sends_nothing_twice(served: ServedOffice) -> None:
    served.station.close()
    shutil.copytree(served.config.state, served.folder / "backup")
    served.station = Station.open(served.config, served.clock)
    served.pass_at(DUE)
    assert len(served.phone()) == 15
    served.station.close()
    for path in served.config.state.glob("duban.sqlite*"):
        path.unlink()
    for path in (served.folder / "backup").glob("duban.sqlite*"):
        shutil.copy(path, served.config.state)
    served.station = Station.open(served.config, served.clock)
    assert served.pass_at(DUE + MINUTE).obstacle == COPIED
    assert len(served.phone()) == 15
    served.adopt(DUE + 2 * MINUTE)
    assert served.pass_at(DUE + 3 * MINUTE).obstacle is None
    assert len(served.phone()) == 15


def test_a_moved_ledger_and_a_restored_folder_go_on(served: ServedOffice) -> None:
    lease = served.folder / f".{served.book.name}.duban-lease"
    served.pass_at(DUE)
    old = lease.read_bytes()
    served.pass_at(T0 + DAY + 3 * HOUR)
    lease.write_bytes(old)  # the folder from a backup: our own token of before
    assert served.pass_at(T0 + DAY + 6 * HOUR).obstacle is None
    lease.unlink()
    assert served.pass_at(T0 + DAY + 9 * HOUR).obstacle is None


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff" * 2000, b'{"token": "a", "seal": "\\ud800"}'])
def test_what_nobody_of_this_journal_wrote_holds_nothing(served: ServedOffice, content: bytes) -> None:
    lease = served.folder / f".{served.book.name}.duban-lease"
    lease.write_bytes(content)
    lease.with_suffix(".duban-claim").write_bytes(content)
    first, second = served.pass_at(DUE), served.pass_at(DUE + 6 * MINUTE)
    assert first.obstacle == BUSY  # the claim may have been created a moment ago
    assert first.next_at == DUE + 5 * MINUTE
    assert second.obstacle is None
    assert len(served.phone()) == 15


def test_a_folder_that_keeps_no_lease_goes_on_with_a_word(
    served: ServedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(self: Disk, path: Path) -> IO[bytes]:
        raise PermissionError(errno.EACCES, "closed", str(path))

    monkeypatch.setattr(Disk, "create", closed)
    result = served.pass_at(DUE)
    assert result.obstacle is None
    assert any("发送凭证写不进" in one.problem and "没有权限" in one.problem for one in result.findings)
    assert len(served.phone()) == 15


def test_a_dry_run_and_a_pass_without_messages_leave_no_lease(served: ServedOffice) -> None:
    lease = served.folder / f".{served.book.name}.duban-lease"
    before = lease.read_bytes()
    served.pass_at(DUE, dry_run=True)
    served.pass_at(T0 + MINUTE)
    assert lease.read_bytes() == before
    assert lease.stat().st_mode == served.book.stat().st_mode
