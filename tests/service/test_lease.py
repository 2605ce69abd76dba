"""The lease beside a ledger: of all copies of a journal one goes on, whatever is interleaved or killed where."""

import errno
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine.ledger.file.disk import Disk
from engine.service.lease import Lease, Renewal


class NotedDisk(Disk):
    """Notes its calls; ``at`` one of them something else happens first."""

    def __init__(self, at: int = -1, then: Callable[[], None] = lambda: None) -> None:
        self.calls: list[str] = []
        self._at, self._then = at, then

    def __getattribute__(self, name: str) -> object:
        value = super().__getattribute__(name)
        if name.startswith("_") or name == "calls" or not callable(value):
            return value

        def noted(*arguments: object) -> object:
            if len(self.calls) == self._at:
                self._at = -1
                self._then()
            self.calls.append(name)
            return value(*arguments)

        return noted


STEPS = 9
"""More than the calls of a renewal."""


@dataclass
class Machine:
    """A journal's tokens on one machine, and the ledger that all machines share."""

    book: Path
    known: set[str] = field(default_factory=set)
    secret: bytes = b"secret"

    def remember_lease(self, ledger: str, token: str) -> None:
        self.known.add(token)

    def knows_lease(self, ledger: str, token: str) -> bool:
        return token in self.known

    def lease(self, disk: Disk | None = None) -> Lease:
        return Lease(self.book, "ledger", self, disk, sleep=lambda _: None)

    def cloned(self) -> "Machine":
        return Machine(self.book, set(self.known))


@pytest.fixture
def served(tmp_path: Path) -> Machine:
    """A machine that has sent before."""
    book = tmp_path / "台账.xlsx"
    book.write_bytes(b"PK")
    machine = Machine(book)
    assert machine.lease().renew() is Renewal.DONE
    return machine


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("step", range(STEPS))
def test_of_two_renewals_at_once_one_is_done_whatever_the_order(served: Machine, step: int, known: bool) -> None:
    if not known:
        served.lease().give_up()
    other = served.cloned()
    results: list[Renewal] = []
    disk = NotedDisk(step, lambda: results.append(other.lease().renew()))
    results.append(served.lease(disk).renew())
    if len(results) == 1:
        assert step >= len(disk.calls)
        results.append(other.lease().renew())
    assert results.count(Renewal.DONE) == 1
    again = [one.lease().renew() for one in (served, other)]
    assert sorted(one.name for one in again) == ["COPIED", "DONE"]


class Killed(BaseException):
    """The process ends here."""


def killed() -> None:
    raise Killed


@pytest.mark.parametrize("step", range(STEPS))
def test_a_renewal_killed_at_any_step_is_no_copy_to_its_own_journal(served: Machine, step: int) -> None:
    disk = NotedDisk(step, killed)
    try:
        served.lease(disk).renew()
    except Killed:
        assert len(disk.calls) == step
    again = [served.lease().renew() for _ in range(2)]
    assert again[-1] is Renewal.DONE
    assert Renewal.COPIED not in again


@pytest.mark.parametrize("step", range(STEPS))
def test_a_copy_killed_at_any_step_lets_nothing_be_sent_twice(served: Machine, step: int) -> None:
    other = served.cloned()
    disk = NotedDisk(step, killed)
    done = 0
    with suppress(Killed):
        done += other.lease(disk).renew() is Renewal.DONE
    done += served.lease().renew() is Renewal.DONE
    assert done <= 1
    served.lease().take_over()
    assert served.lease().renew() is Renewal.DONE
    assert other.lease().renew() is Renewal.COPIED


def test_a_look_costs_two_calls_and_a_renewal_eight(served: Machine) -> None:
    served.lease().renew()
    disk = NotedDisk()
    served.lease(disk).is_copied()
    assert disk.calls == ["open", "open"]
    disk.calls.clear()
    served.lease(disk).renew()
    assert disk.calls == ["open", "open", "create", "stat", "keep_access", "open", "overwrite"]


def test_a_rename_that_windows_refuses_while_somebody_reads_leaves_the_claim(
    served: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = served.cloned()

    def busy(self: Disk, source: Path, target: Path) -> None:
        raise PermissionError(errno.EACCES, "in use", str(source), None, str(target))

    with monkeypatch.context() as while_read:
        while_read.setattr(Disk, "overwrite", busy)
        assert served.lease().renew() is Renewal.DONE
    assert other.lease().renew() is Renewal.COPIED
    assert served.lease().renew() is Renewal.DONE
