"""A disk that fails at one system call of a pass, any of them: a sentence with what to do, nothing lost, nothing twice.

The fault is injected by ``strace``, one call type at a time, where the call concerns the ledger's folder or the state.
"""

import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.cli.main import main
from tests.service.office import matter_row, write_book
from tests.tools import need

ROOT = Path(__file__).parents[2]
AT = "2026-03-03T04:30"
SMS = 2
ERRORS = {
    "openat": ("EACCES", "EIO", "ENOSPC"),
    "newfstatat": ("EACCES", "EIO"),
    "access": ("EACCES", "EIO"),
    "read": ("EIO",),
    "pread64": ("EIO",),
    "pwrite64": ("EIO", "ENOSPC"),
    "fdatasync": ("EIO", "ENOSPC"),
    "fsync": ("EIO", "ENOSPC"),
    "ftruncate": ("EIO", "ENOSPC"),
    "mkdir": ("EACCES", "EIO", "ENOSPC"),
    "getdents64": ("EACCES", "EIO"),
    "unlink": ("EACCES", "EIO"),
    "renameat2": ("EACCES", "EIO", "ENOSPC"),
    "rename": ("EACCES", "EIO", "ENOSPC"),
    "fchmod": ("EPERM", "EIO"),
    "fchown": ("EPERM", "EIO"),
    "lseek": ("EIO",),
    "fcntl": ("EACCES", "EIO"),
    "flock": ("EIO",),
    "listxattr": ("EIO",),
    "mmap": ("EACCES",),
}
Place = tuple[str, str, int]
"""A system call, the error that it returns, and which of its calls that is."""
CI: tuple[Place, ...] = (
    ("openat", "EACCES", 3),
    ("newfstatat", "EIO", 66),
    ("pread64", "EIO", 49),
    ("pwrite64", "ENOSPC", 75),
    ("ftruncate", "EIO", 1),
    ("getdents64", "EIO", 1),
)


class Host:
    """A ledger in service in a folder of its own, put back to the same state before each fault."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.kept = folder / "office", folder / "kept"
        self.folder.mkdir()
        self.book = write_book(self.folder / "台账.xlsx", [matter_row(f"2026-日-000{n + 1}") for n in range(SMS)])
        self.config = self.folder / "duban.toml"
        self.config.write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
        assert main(["adopt", str(self.book), "--from", "2026-03-02T09:00", "--config", str(self.config)]) == 0
        shutil.copytree(self.folder, self.kept)

    def put_back(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)

    def plain_pass(self) -> int:
        return main(["pass", str(self.book), "--at", AT, "--config", str(self.config)])

    def pass_under(self, strace: list[str]) -> subprocess.CompletedProcess[str]:
        state = self.folder / "state"
        files = [state / name for name in ("duban.sqlite", "duban.sqlite-wal", "duban.sqlite-shm", "log", "locks")]
        paths = (self.folder, self.book, self.config, self.folder / "备份", state, state / "log" / "duban.log", *files)
        only = [word for path in paths for word in ("-P", str(path))]
        command = [sys.executable, "-m", "engine.cli", "pass", str(self.book), "--at", AT, "--config", str(self.config)]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
        return subprocess.run(
            [*strace, *only, *command], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False
        )

    def received(self) -> int:
        with closing(sqlite3.connect(self.folder / "state" / "phone.sqlite")) as phone:
            return int(phone.execute("SELECT count(*) FROM sms").fetchone()[0])


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def places(host: Host, strace: str) -> list[Place]:
    """Every call of a whole pass that can be made to fail, with each of its errors."""
    log = host.kept / "strace.log"
    assert host.pass_under([strace, "-f", "-qq", "-o", str(log)]).returncode == 0
    called = re.findall(r"^\d+\s+(\w+)\(", log.read_text(errors="replace"), re.MULTILINE)
    log.unlink()
    counts = Counter(called)
    return [(call, error, n) for call in ERRORS for error in ERRORS[call] for n in range(1, counts[call] + 1)]


def faults(host: Host, strace: str, chosen: list[Place]) -> Iterator[str]:
    """What was wrong after each fault."""
    for call, error, count in chosen:
        host.put_back()
        inject = ["-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={count}"]
        done = host.pass_under([strace, "-f", "-qq", "-o", os.devnull, *inject])
        said = done.stdout + done.stderr
        name = f"{call} {error} {count}: {done.stderr.strip()}"
        if "Traceback" in said or "内部出错" in said:
            yield f"{name}: not told in words"
        if "移走" in said:
            yield f"{name}: advice that destroys"
        if done.returncode and not re.search("请", done.stderr):
            yield f"{name}: no remedy"
        if host.plain_pass() or host.received() != SMS:
            yield f"{name}: {host.received()} SMS after the next pass"


@pytest.mark.timeout(0)
def test_a_failing_disk_is_told_in_words_and_costs_no_sms(
    host: Host, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], sample: Callable[[int, int], int]
) -> None:
    strace, chosen = need("strace"), list(CI)
    if request.config.getoption("--full"):
        every = places(host, strace)
        assert len(every) > 500, "the pass was seen to work"
        most = int(os.environ.get("DUBAN_FAULTS", len(every)))
        chosen = random.Random(7).sample(every, min(most, len(every)))
    found = []
    for fault in faults(host, strace, chosen):
        found.append(fault)
        if request.config.getoption("--full"):
            with capsys.disabled():
                print(fault)
    assert found == []
