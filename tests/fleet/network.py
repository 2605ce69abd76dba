"""Hosts of a fleet on one machine: network namespaces on one switch, each of which can be cut off.

The first host is the centre: the switch, the database and the stand-ins of gateways are there, at ``CENTRE``.
"""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.tools import missing, need

CENTRE = "10.213.0.1"
"""Addresses of the namespaces alone: nothing of it leaves this machine."""


class Network:
    """The namespaces of one test. Hosts are numbered from 1; 0 is the centre."""

    def __init__(self, hosts: int) -> None:
        need("ip")
        if os.geteuid() != 0:
            missing("the rights of root for network namespaces")
        self._prefix = f"duban{os.getpid()}-"
        self.hosts = range(1, hosts + 1)

    def start(self) -> None:
        """Make the namespaces and their wires."""
        for number in (0, *self.hosts):
            _ip("netns", "add", self.name(number))
            self._in(number, "link", "set", "lo", "up")
        self._in(0, "link", "add", "switch", "type", "bridge")
        self._in(0, "addr", "add", f"{CENTRE}/24", "dev", "switch")
        self._in(0, "link", "set", "switch", "up")
        for number in self.hosts:
            wire = ("link", "add", self.port(number), "type", "veth", "peer", "name", "wire")
            self._in(0, *wire, "netns", self.name(number))
            self._in(0, "link", "set", self.port(number), "master", "switch", "up")
            self._in(number, "addr", "add", f"{CENTRE[:-1]}{number + 1}/24", "dev", "wire")
            self._in(number, "link", "set", "wire", "up")

    def stop(self) -> None:
        """Remove them; the wires go with their namespaces."""
        for number in (*self.hosts, 0):
            subprocess.run(["ip", "netns", "del", self.name(number)], check=False, stderr=subprocess.DEVNULL)

    def command(self, host: int, arguments: Sequence[str]) -> list[str]:
        """The command that runs ``arguments`` on a host."""
        return ["ip", "netns", "exec", self.name(host), *arguments]

    def cut(self, host: int) -> None:
        """Pull the plug: packets vanish, and nobody is told."""
        self._in(0, "link", "set", self.port(host), "down")

    def join(self, host: int) -> None:
        """Put the plug back."""
        self._in(0, "link", "set", self.port(host), "up")

    def is_joined(self, host: int) -> bool:
        """Whether its plug is in."""
        shown = subprocess.run(
            ["ip", "-n", self.name(0), "link", "show", self.port(host)], check=True, capture_output=True, text=True
        )
        return ",UP" in shown.stdout.split(">")[0]

    def name(self, host: int) -> str:
        """The name of a host's namespace."""
        return f"{self._prefix}{host}"

    @staticmethod
    def port(host: int) -> str:
        """The name of a host's port at the centre."""
        return f"port{host}"

    def _in(self, host: int, *arguments: str) -> None:
        _ip("-n", self.name(host), *arguments)


@contextmanager
def network(hosts: int) -> Iterator[Network]:
    """A network of so many hosts beside the centre, for one test."""
    wired = Network(hosts)
    try:
        wired.start()
        yield wired
    finally:
        wired.stop()


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
