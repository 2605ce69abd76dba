"""Debian's PostgreSQL, started once a test process on loopback; a fresh database for whoever asks for one."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

import psycopg

from sms.store.location import Location, Server
from sms.store.opening import open_store
from tests.tools import missing

Stores = Callable[[str], Location]
USER = "duban"
LOOPBACK = "127.0.0.1"
QUICK = ("fsync=off", "full_page_writes=off", "autovacuum=off")
"""What a test needs no disk for."""


def programs() -> Path:
    """The folder of the server's programs, which Debian keeps off PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    on_path = shutil.which("postgres")
    if not found and not on_path:
        missing("postgresql")
    return found[-1].parent if found else Path(str(on_path)).parent


@dataclass
class RunningServer:
    """A server of our own. ``settings`` are those of postgresql.conf. ``inside`` is the command that starts it in a
    network namespace, where it listens at ``address``; this process reaches it by its socket in ``folder`` then.
    """

    folder: Path
    settings: Sequence[str] = QUICK
    address: str = LOOPBACK
    inside: Sequence[str] = ()
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None
    spare: list[str] = field(default_factory=list)
    made: int = 0

    def start(self) -> None:
        """Start, and wait until it answers."""
        self.port = self.port or _free_port()
        options = (*self.settings, f"listen_addresses={self.address}", f"unix_socket_directories={self.folder}")
        words = [word for option in options for word in ("-c", option)]
        command = [programs() / "postgres", "-D", self.folder / "data", "-p", str(self.port), *words]
        self.process = subprocess.Popen(
            [*self.inside, *as_nobody_special(), *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = monotonic() + 30
        while True:
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                if monotonic() > until:
                    raise
                sleep(0.02)
            else:
                return

    def stop(self, how: str = "INT") -> None:
        """Stop: ``INT`` ends all sessions, ``QUIT`` at once and without a last word, as a crash."""
        if self.process and self.process.poll() is None:
            subprocess.run(["kill", f"-{how}", str(self._postmaster())], check=True)
            self.process.wait(120)  # on a machine whose disk is busy a clean stop takes its time

    def restart(self) -> None:
        """Stop as a crash does, and start on the same port."""
        self.stop("QUIT")
        self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It holds its connections and answers nothing, as one whose disk hangs."""
        postmaster = self._postmaster()
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        processes = [postmaster, *map(int, children)]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def run(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement as the administrator."""
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def dsn(self, database: str = "postgres") -> str:
        return f"host={self.folder if self.inside else LOOPBACK} port={self.port} user={USER} dbname={database}"

    def server(self, database: str) -> Server:
        """As its clients know it."""
        return Server(f"postgresql://{USER}@{self.address}:{self.port}/{database}")

    def near(self, database: str) -> Server:
        """As this process knows it."""
        return Server(f"postgresql://{USER}@/{database}?host={self.folder}&port={self.port}")

    def fresh(self) -> Server:
        """A database of which nothing is known yet but its tables."""
        if not self.made:
            self.run("CREATE DATABASE pattern")
            open_store(self.near("pattern")).close()
        if self.spare:
            return self.server(self.spare.pop())
        self.made += 1
        name = f"store_{self.made}"
        self.run(f"CREATE DATABASE {name} TEMPLATE pattern")
        return self.server(name)

    def give_back(self, server: Server) -> None:
        """Empty the database for the next test."""
        name = str(server.parsed.database)
        with suppress(psycopg.Error), psycopg.connect(self.dsn(name), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            tables = connection.execute(
                "SELECT string_agg(quote_ident(tablename), ',') FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> 'schema_version'"
            ).fetchone()
            connection.execute(f"TRUNCATE {tables[0]} RESTART IDENTITY CASCADE")
            self.spare.append(name)

    def _postmaster(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])


@contextmanager
def running_server(
    settings: Sequence[str] = QUICK, address: str = LOOPBACK, inside: Sequence[str] = ()
) -> Iterator[RunningServer]:
    """A new server, gone at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="duban-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        new = ["-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C", "-N"]
        made = [programs() / "initdb", "-D", folder / "data", *new]
        subprocess.run([*as_nobody_special(), *made], check=True, stdout=subprocess.DEVNULL)
        if inside:
            with (folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {address}/24 trust\n")
        server = RunningServer(folder, settings, address, inside)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def as_nobody_special() -> list[str]:
    """PostgreSQL refuses to run as root; and it ends with whoever started it."""
    end = ["setpriv", "--pdeathsig", "QUIT"]
    return [*end, "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else end


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
