"""Running one send in a child process under strace, killed at a chosen system call or not at all."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_CALL = re.compile(r"^(?:\d+ +)?([a-z_0-9]+)\(", re.MULTILINE)
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Point:
    """The ``count``-th call of one kind."""

    call: str
    count: int


class Runner:
    def __init__(self, strace: str, zygote: "subprocess.Popen[str]") -> None:
        self._strace, self._zygote = strace, zygote

    def run(self, job: dict[str, object], folder: Path, options: list[str]) -> int:
        """How the child ended: 0, or -9 when it was killed."""
        go = folder / "go"
        if not go.exists():
            os.mkfifo(go)
        self._ask(json.dumps({**job, "folder": str(folder)}))
        child = int(self._answer())
        tracer = subprocess.Popen([self._strace, "-f", "-qq", *options, "-p", str(child)], stderr=subprocess.DEVNULL)
        while not _traced(child):
            if tracer.poll() is not None and not _traced(child):
                raise RuntimeError("strace could not take hold of the child")
        gate = os.open(go, os.O_RDWR)  # for reading too: a child that is already dead must not block us
        os.write(gate, b"go")
        ended = int(self._answer())
        os.close(gate)
        tracer.wait()
        return ended

    def calls(self, job: dict[str, object], folder: Path) -> Counter[str]:
        """How often each kind of call is made in a send that nobody kills."""
        log = folder / "strace.log"
        if self.run(job, folder, ["-o", str(log)]) != 0:
            raise RuntimeError("the send failed without being killed")
        return Counter(_CALL.findall(log.read_text(errors="replace")))

    def kill_at(self, job: dict[str, object], folder: Path, point: Point) -> int:
        inject = f"inject={point.call}:signal=SIGKILL:when={point.count}"
        return self.run(job, folder, ["-o", "/dev/null", "-e", f"trace={point.call}", "-e", inject])

    def _ask(self, line: str) -> None:
        assert self._zygote.stdin
        self._zygote.stdin.write(line + "\n")
        self._zygote.stdin.flush()

    def _answer(self) -> str:
        assert self._zygote.stdout
        return self._zygote.stdout.readline()


def points(calls: Counter[str]) -> list[Point]:
    """Every call of every kind, but those that end the process anyway."""
    return [Point(call, k) for call in sorted(calls) if call != "exit_group" for k in range(1, calls[call] + 1)]


def _traced(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True  # killed at its first call already
    return "TracerPid:\t0\n" not in status or "State:\tZ" in status


@contextmanager
def zygote() -> Iterator["subprocess.Popen[str]"]:
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sms.crash.zygote"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait()
