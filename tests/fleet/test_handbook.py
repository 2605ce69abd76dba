"""docs/fleet.md as somebody follows it: two hosts in network namespaces, PostgreSQL by password and certificate, the
commands as typed, at the real pace. One host is cut off; an older dump of the database is restored.
"""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.facts.moment import to_minute
from engine.service.clock import OfficeClock
from sms.gateways.local import LocalGateway
from tests.fleet.fleet_office import until
from tests.fleet.network import CENTRE, Network, network
from tests.postgresql import RunningServer, as_nobody_special, programs, running_server
from tests.service.office import HOUR, matter_row, write_book
from tests.tools import need

ROOT = Path(__file__).parents[2]
HANDBOOK = ROOT / "docs" / "fleet.md"
PASSWORD = "Mima-2026"
MINUTE = timedelta(minutes=1)


def blocks(language: str) -> list[str]:
    """The examples of the handbook that stand in one language."""
    return re.findall(rf"```{language}\n(.*?)```", HANDBOOK.read_text(encoding="utf-8"), re.DOTALL)


def example(start: str) -> str:
    """The one that starts so."""
    return next(block for block in blocks("") if block.startswith(start))


@dataclass
class Centre:
    """The database, the share and the hosts, as the handbook has them set up."""

    folder: Path
    hosts: Network
    server: RunningServer
    workers: dict[int, "subprocess.Popen[str]"] = field(default_factory=dict)

    def set_up_database(self) -> None:
        """Section 2: a role, a database, a certificate, and the line of pg_hba.conf."""
        data = self.server.folder / "data"
        making = example("apt install").splitlines()
        command = next(line for line in making if line.startswith("openssl"))
        command = command.replace("10.214.0.1", CENTRE).replace("/etc/postgresql/15/main", str(data))
        subprocess.run(command, shell=True, check=True, capture_output=True, cwd=self.folder)
        (self.folder / "duban.crt").write_bytes((data / "duban.crt").read_bytes())
        subprocess.run(["chown", "postgres:", data / "duban.key", data / "duban.crt"], check=True)
        (data / "duban.key").chmod(0o600)
        entry = example("hostssl").replace("duban duban", "office keeper").replace("10.214.0.0", f"{CENTRE[:-1]}0")
        (data / "pg_hba.conf").write_text(f"local all all trust\n{entry}", encoding="utf-8")
        for name, value in (("ssl", "on"), ("ssl_cert_file", "duban.crt"), ("ssl_key_file", "duban.key")):
            self.server.run(f"ALTER SYSTEM SET {name} = '{value}'")
        self.server.run("SELECT pg_reload_conf()")
        self.server.run(f"CREATE ROLE keeper LOGIN PASSWORD '{PASSWORD}'")
        self.server.run("CREATE DATABASE office OWNER keeper TEMPLATE template0 ENCODING 'UTF8'")

    def set_up_host(self, number: int) -> None:
        """Section 3: the three files, the example of the handbook with the addresses of this network."""
        home = self.folder / f"host{number}"
        home.mkdir()
        store = f"postgresql://keeper@{CENTRE}:{self.server.port}/office"
        text = blocks("toml")[0].replace("postgresql://duban@10.214.0.1:5432/duban", store)
        text = text.replace("/home/duban/duban", str(self.folder)).replace("/srv/county", str(self.folder / "县区"))
        local = f"[gateway.local]\nfile = '{self.folder / 'phone.sqlite'}'\n"
        (home / "duban.toml").write_text(text.replace("['aliyun']", "['local']") + local, encoding="utf-8")
        secret = home / "store-password"
        secret.write_text(f'DUBAN_STORE_PASSWORD = "{PASSWORD}"\n', encoding="utf-8")
        secret.chmod(0o600)

    def typed(self, host: int, *words: str) -> list[str]:
        """A command of ours on a host, which has a name of its own."""
        name = ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', f"host-{host}"]
        given = ["--config", str(self.folder / f"host{host}" / "duban.toml")]
        return self.hosts.command(host, [*name, sys.executable, "-m", "engine.cli", *words, *given])

    def run(self, host: int, *words: str) -> Any:
        """Its answer as JSON."""
        done = subprocess.run(self.typed(host, *words, "--json"), capture_output=True, text=True, check=False)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def start(self, host: int) -> None:
        self.workers[host] = subprocess.Popen(self.typed(host, "worker", "--json"), stdout=subprocess.PIPE, text=True)

    def stop(self, host: int) -> None:
        process = self.workers.pop(host)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0

    def dump(self) -> Path:
        """Section 7."""
        return self._tool("pg_dump", "-Fc", "-f", str(self.server.folder / "office.pgc"), "office")

    def restore(self) -> None:
        """Section 7, with all workers stopped."""
        self.server.run("DROP DATABASE office")
        self.server.run("CREATE DATABASE office OWNER keeper TEMPLATE template0 ENCODING 'UTF8'")
        self._tool("pg_restore", "-d", "office", "--exit-on-error", str(self.server.folder / "office.pgc"))

    def _tool(self, name: str, *words: str) -> Path:
        near = ["-h", str(self.server.folder), "-p", str(self.server.port), "-U", "duban"]
        subprocess.run([*as_nobody_special(), programs() / name, *near, *words], check=True)
        return self.server.folder / "office.pgc"

    def texts(self) -> list[str]:
        gateway = LocalGateway(self.folder / "phone.sqlite")
        try:
            return [one.text for one in gateway.received() if "晨报" not in one.text]
        finally:
            gateway.close()


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    need("openssl")
    with network(2) as hosts, running_server(address=CENTRE, inside=hosts.command(0, [])) as server:
        made = Centre(tmp_path, hosts, server)
        try:
            yield made
        finally:
            for process in made.workers.values():
                process.kill()
                process.wait()


@pytest.mark.full
def test_two_hosts_from_nothing(centre: Centre) -> None:
    centre.set_up_database()
    share = centre.folder / "县区"
    share.mkdir()
    begin = to_minute(OfficeClock().now()) + MINUTE
    for number, name in enumerate(("甲县", "乙县")):
        rows = [matter_row(f"2026-日-{n:04}", begin + n * 2 * MINUTE - 19 * HOUR, "1天") for n in (1, 2)]
        write_book(share / f"{name}.xlsx", rows, {"台账标识": f"11111111-2222-4333-8444-{number:012}"})
    for host in centre.hosts.hosts:
        centre.set_up_host(host)
    for book in share.glob("*.xlsx"):
        assert centre.run(1, "adopt", str(book))["host"] == "某市督办机群"
    for host in centre.hosts.hosts:
        centre.start(host)
    until(lambda: len(centre.run(1, "fleet")["ledgers"]) == 2 and centre.run(1, "fleet")["well"], 90)
    until(lambda: len(centre.texts()) == 2, 240)
    centre.dump()
    centre.hosts.cut(1)
    until(lambda: "没有消息" in str(centre.run(2, "fleet")["hosts"]), 90)
    until(lambda: len(centre.texts()) == 4, 240)
    centre.hosts.join(1)
    until(lambda: centre.run(1, "fleet")["well"], 90)
    for host in centre.hosts.hosts:
        centre.stop(host)
    centre.restore()
    centre.start(2)
    until(lambda: all("只试算、不发送" in one["problem"] for one in centre.run(2, "fleet")["ledgers"]), 120)
    for book in share.glob("*.xlsx"):
        assert centre.run(2, "adopt", str(book))["rebuilt"] == 1
    until(lambda: not any(one["problem"] for one in centre.run(2, "fleet")["ledgers"]), 120)
    centre.stop(2)
    assert len(centre.texts()) == len(set(centre.texts())) == 4
