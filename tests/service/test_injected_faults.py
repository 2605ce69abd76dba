"""A disk that fails at one system call of a command, any of them: a sentence with what to do, no SMS lost, none twice.

The fault is injected by ``strace``, one call at a time, where the command does its work; what the interpreter loads is
loaded before.
"""

import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.service.failing_disk import Fault, Office, forks
from tests.tools import need

CI = (
    Fault("pass", "pwrite64", "ENOSPC", 15),
    Fault("pass", "newfstatat", "EIO", 66),
    Fault("pass", "ftruncate", "EIO", 2),
    Fault("run", "fdatasync", "EIO", 4),
    Fault("stamp", "renameat2", "EACCES", 1),
    Fault("adopt", "pread64", "EIO", 3),
    Fault("check", "openat", "EACCES", 3),
    Fault("new", "fsync", "ENOSPC", 1),
    Fault("notice", "write", "ENOSPC", 2),
    Fault("statistics", "rename", "EIO", 1),
    Fault("doctor", "getdents64", "EIO", 1),
    Fault("explain", "read", "EIO", 3),
    Fault("import", "mkdir", "EACCES", 1),
)
"""In 15 seconds: a call of every kind that differs in what it says, and every command."""
MOST = 2_000
"""With --full, drawn from all by seed 7; DUBAN_FAULTS for more or fewer."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def chosen(office: Office, every: Iterator[Fault]) -> Sequence[Fault]:
    faults = [*every]
    assert {fault.command for fault in faults} == office.commands.keys()
    return random.Random(7).sample(faults, min(int(os.environ.get("DUBAN_FAULTS", MOST)), len(faults)))


@pytest.mark.timeout(0)
def test_a_failing_disk_is_told_in_words_and_costs_no_sms(
    office: Office, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    found = []
    with forks(office, need("strace")) as runner:
        tried: Sequence[Fault] = CI
        if request.config.getoption("--full"):
            tried = chosen(office, (fault for name in office.commands for fault in office.faults(runner, name)))
        for fault in tried:
            for wrong in office.wrong_after(runner, fault):
                found.append((fault, wrong))
                with capsys.disabled():
                    print(fault, wrong)
    assert found == []
