"""An office on a disk that fails at one system call of one command, any of them."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook

from engine.cli.main import main
from tests.service.office import matter_row, write_book
from tests.sms.crash.runner import Runner

ROOT = Path(__file__).parents[2]
AT = "2026-03-03T04:30"
LATER = tuple(f"2026-03-03T04:{minute}" for minute in range(30, 42, 2))
"""An SMS that the phone may have taken is sent again when it has been asked for three times."""
SMS = 2
_READING, _WRITING, _NAMING = ("EACCES", "EIO"), ("EIO", "ENOSPC"), ("EACCES", "EIO", "ENOSPC")
ERRORS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("openat", "mkdir", "renameat2", "rename"), _NAMING),
    **dict.fromkeys(("newfstatat", "access", "fcntl", "getdents64", "unlink", "unlinkat", "readlink"), _READING),
    **dict.fromkeys(("write", "pwrite64", "fdatasync", "fsync", "ftruncate"), _WRITING),
    **dict.fromkeys(("read", "pread64", "lseek", "flock", "listxattr", "statfs"), ("EIO",)),
    **dict.fromkeys(("fchmod", "fchown", "chmod"), ("EPERM", "EIO")),
    "mmap": ("EACCES",),
}


class Fault(NamedTuple):
    """The ``count``-th of a command's calls of one kind, which fails with ``error``."""

    command: str
    call: str
    error: str
    count: int


class Office:
    """A ledger in service, another one that is not, an old one; put back to the same state before each fault."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._kept, self._forks = folder / "office", folder / "kept", folder / "forks"
        self.folder.mkdir()
        self._forks.mkdir()
        matters = [matter_row(f"2026-日-000{n + 1}") for n in range(SMS)]
        self.book = write_book(self.folder / "台账.xlsx", matters)
        fresh = [matter_row("2026-日-0001", notice_issued_at=None), matter_row("", initiated_at=None, status=None)]
        other = write_book(self.folder / "另一本.xlsx", fresh, {"台账标识": "22222222-2222-4333-8444-555555555555"})
        old = Workbook()
        for row in (["序号", "事项", "责任单位", "完成时限"], [1, "整治占道经营", "市教育局", "2026-12-31"]):
            old.worksheets[0].append(row)
        old.save(self.folder / "旧台账.xlsx")
        self._config = self.folder / "duban.toml"
        self._config.write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
        served = ["--config", str(self._config)]
        start = ["--from", "2026-03-02T09:00"]
        book, number = str(self.book), "2026-日-0001"
        assert main(["adopt", book, *start, *served]) == 0
        self.commands: Mapping[str, list[str]] = {
            "pass": ["pass", book, "--at", AT, *served],
            "run": ["run", *served],
            "stamp": ["stamp", str(other), *served],
            "check": ["check", book, *served],
            "adopt": ["adopt", str(other), *start, *served],
            "new": ["new", str(self.folder / "新台账.xlsx")],
            "notice": ["notice", str(other), number, *served],
            "statistics": ["statistics", book, "--export", str(self.folder / "统计.xlsx"), *served],
            "doctor": ["doctor", *served],
            "explain": ["explain", book, number, *served],
            "import": ["import", str(self.folder / "旧台账.xlsx"), "--into", str(other), *served],
        }
        shutil.copytree(self.folder, self._kept)

    def put_back(self) -> None:
        """As before any fault."""
        shutil.rmtree(self.folder)
        shutil.copytree(self._kept, self.folder)

    def received(self) -> int:
        """The SMS that the phone took."""
        phone_file = self.folder / "state" / "phone.sqlite"
        if not phone_file.exists() or not phone_file.stat().st_size:
            return 0
        with closing(sqlite3.connect(phone_file)) as phone:
            return int(phone.execute("SELECT count(*) FROM sms").fetchone()[0])

    def run_traced(self, runner: Runner, command: str, options: list[str]) -> tuple[int, str, str]:
        """How the command ended in a fork of its own, what it said, and its errors."""
        ended = runner.run({"words": self.commands[command]}, self._forks, options)
        return ended, *((self._forks / name).read_text("utf-8", "replace") for name in ("out", "err"))

    def _passes(self) -> bool:
        """Pass until every SMS is there, and once more, which must send none again; whether all passes succeeded."""
        for at in LATER:
            was_complete = self.received() == SMS
            if main([*self.commands["pass"], "--at", at]):
                return False
            if was_complete:
                return True
        return True

    def faults(self, runner: Runner, command: str) -> list[Fault]:
        """Every call of a whole command that can be made to fail, with each of its errors."""
        self.put_back()
        log = self._forks / "strace.log"
        ended, _, said = self.run_traced(runner, command, ["-o", str(log)])
        assert ended in (0, 1), said
        called = re.findall(r"^(?:\d+ +)?(\w+)\(", log.read_text(errors="replace"), re.MULTILINE)
        log.unlink()
        counts = Counter(called)
        return [
            Fault(command, call, error, count)
            for call, errors in ERRORS.items()
            for error in errors
            for count in range(1, counts[call] + 1)
        ]

    def wrong_after(self, runner: Runner, fault: Fault) -> Iterator[str]:
        """What is wrong in what the command says of the fault, and in what it leaves."""
        self.put_back()
        inject = f"inject={fault.call}:error={fault.error}:when={fault.count}"
        trace = ["-o", os.devnull, "-e", f"trace={fault.call}", "-e", inject]
        ended, said, errors = self.run_traced(runner, fault.command, trace)
        if ended not in (0, 1, 2, 120):
            yield f"ended with {ended}"
        if "Traceback" in said + errors or "内部出错" in said + errors:
            yield "not told in words"
        if "移走" in said + errors:
            yield "advice that destroys"
        if ended == 2 and "请" not in said + errors:
            yield "no remedy"
        again = main(self.commands[fault.command]) if ended == 2 and fault.command != "run" else 0
        if again not in (0, 1):
            yield f"again it ends with {again}"
        if not self._passes() or self.received() != SMS:
            yield f"{self.received()} SMS after the next passes"
        if left := [path.name for path in self.folder.rglob("*") if path.name.endswith((".new", ".patch"))]:
            yield f"left behind: {left}"


@contextmanager
def forks(office: Office, strace: str) -> Iterator[Runner]:
    """The process that has loaded every command of the office."""
    loading = json.dumps([words for name, words in office.commands.items() if name != "run"])
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.service.command_forks", loading],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
    )
    assert process.stdin
    assert process.stdout
    try:
        assert process.stdout.readline() == "ready\n"  # until then it uses the office itself
        yield Runner(strace, process)
    finally:
        process.stdin.close()
        process.wait()
