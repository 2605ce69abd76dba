"""SIGKILL at every system call of a send, every gateway, every fault: exactly one SMS afterwards, and nobody asked.

In CI a fixed-seed sample of the calls; ``--full`` runs all of them.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from sms.outbox import Outbox
from sms.store.model import State
from tests.postgresql import RunningServer
from tests.sms.conftest import GATEWAYS, LEDGER, LOOKED_UP, START, Clock, Line, always, connect, outgoing
from tests.sms.crash import naive
from tests.sms.crash.runner import Point, Runner, points, zygote
from tests.sms.standin.phone import Trouble
from tests.tools import need

FAULTS = (Trouble.OK, Trouble.DROP_BEFORE, Trouble.DROP_AFTER, Trouble.ERROR_AFTER, Trouble.HANG)


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    strace = need("strace")
    with zygote() as process:
        yield Runner(strace, process)


class CrashCase:
    """One store with one claimed message, and one gateway with one fault to come."""

    def __init__(
        self,
        folder: Path,
        gateway: str,
        fault: Trouble,
        stack: ExitStack,
        *,
        simple: bool = False,
        server: RunningServer | None = None,
    ) -> None:
        folder.mkdir()
        fresh = server.fresh() if server else None
        if server and fresh:
            stack.callback(server.give_back, fresh)
        self.folder = folder
        self.line: Line = connect(gateway, folder, lambda: START, stack)
        self.line.phone.faults.append(fault)
        self.job = {"gateway": gateway, "fault": fault, "port": self.line.port, "naive": simple}
        self.job["store"] = fresh.url if fresh else ""
        self.outbox = Outbox(fresh or folder / "duban.sqlite")
        stack.callback(self.outbox.close)
        self.outbox.claim(LEDGER, [outgoing(1)], [], {}, START)

    def recover(self) -> State:
        """The service starts again and goes on; the state in which the message comes to rest."""
        self.line.phone.faults.clear()
        clock = Clock(START + timedelta(seconds=5))
        for _ in range(10):
            self.outbox.send(LEDGER, clock, [self.line.gateway], always, wait=clock.wait)
            state = next(iter(self.outbox.messages(LEDGER))).state
            if state not in (State.PENDING, State.UNKNOWN, State.SUBMITTING):
                break
            clock.forward(seconds=31 if self.job["gateway"] in LOOKED_UP else 3600)
        return state


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("gateway", GATEWAYS)
def test_killed_at_any_system_call_exactly_one_goes_out(
    gateway: str, fault: Trouble, runner: Runner, tmp_path: Path, sample: Callable[[int, int], int]
) -> None:
    _kill(gateway, fault, runner, tmp_path, sample(3, 0), None)


@pytest.mark.parametrize("fault", [Trouble.OK, Trouble.DROP_AFTER])
@pytest.mark.parametrize("gateway", ["local", "aliyun"])
def test_the_same_on_a_server(
    gateway: str,
    fault: Trouble,
    runner: Runner,
    tmp_path: Path,
    sample: Callable[[int, int], int],
    postgresql: RunningServer,
) -> None:
    """The transaction of the process that was killed falls with its connection."""
    _kill(gateway, fault, runner, tmp_path, sample(3, 0), postgresql)


def _kill(gateway: str, fault: Trouble, runner: Runner, folder: Path, most: int, server: RunningServer | None) -> None:
    """At ``most`` of the calls (0: at every one)."""
    with ExitStack() as stack:
        case = CrashCase(folder / "count", gateway, fault, stack, server=server)
        every = points(runner.calls(case.job, case.folder))
    chosen = Random(f"{gateway} {fault}").sample(every, min(most or len(every), len(every)))
    for number, point in enumerate(chosen):
        with ExitStack() as stack:
            case = CrashCase(folder / str(number), gateway, fault, stack, server=server)
            runner.kill_at(case.job, case.folder, point)
            state = case.recover()
            arrived = len(case.line.arrived)
            if gateway in LOOKED_UP:
                assert (state, arrived) == (State.ACCEPTED, 1), point
            else:  # nobody can be asked: at most one, and a person is told by name
                assert (state, arrived) == (State.ACCEPTED, 1) or (state is State.NEEDS_HUMAN and arrived <= 1), point


def test_the_naive_way_sends_twice_under_the_same_test(runner: Runner, tmp_path: Path) -> None:
    """Killed when it writes down that the message was taken, it sends again: the test can fail."""
    with ExitStack() as stack:
        case = CrashCase(tmp_path / "count", "local", Trouble.OK, stack, simple=True)
        calls = runner.calls(case.job, case.folder)
    with ExitStack() as stack:
        case = CrashCase(tmp_path / "naive", "local", Trouble.OK, stack, simple=True)
        ended = runner.kill_at(case.job, case.folder, Point("fdatasync", calls["fdatasync"]))
        naive.send(case.outbox, lambda: START, case.line.gateway)
        assert (ended, len(case.line.arrived)) == (-9, 2)
