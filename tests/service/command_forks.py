"""Run as a process: runs commands in forks of its own, so that a case costs the command and not its imports, and the
only system calls counted are the command's.

The commands that the arguments name (a JSON list of their words) are run once, in order, for what they load; then each
line of stdin is a job: a command's words and a folder. The answers are the child's pid and how it ended. The child
waits on the pipe ``go`` until strace has hold of it, and leaves what it says in the files ``out`` and ``err``.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Event

from engine.cli.main import main
from engine.service import host
from engine.service.clock import OfficeClock

AT = datetime(2026, 3, 3, 4, 30)


class OneRound(OfficeClock):
    """Stands still; when ``run`` has made its round and waits, it gets the signal of a shutdown."""

    def now(self) -> datetime:
        return AT

    def wait(self, stop: Event, seconds: float) -> None:
        del seconds
        os.kill(os.getpid(), signal.SIGTERM)
        stop.wait(10)


def answer(folder: Path, words: list[str]) -> None:
    """Wait until the tracer is there, run the command to the last byte that it says, and end."""
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    gate = os.open(folder / "go", os.O_RDWR)
    with suppress(OSError):  # the first call that the tracer sees
        os.read(gate, 2)
    code = main(words)
    try:
        sys.stdout.flush()
    except OSError:
        code = 120  # as the interpreter ends
    os._exit(code)


def serve() -> None:
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                answer(Path(job["folder"]), job["words"])
            finally:
                os._exit(99)  # a child that failed must not go on reading jobs
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    host.OfficeClock = OneRound
    said = os.dup(1)
    os.dup2(2, 1)
    for loading in json.loads(sys.argv[1]):
        main(loading)
    os.dup2(said, 1)
    print("ready", flush=True)
    serve()
