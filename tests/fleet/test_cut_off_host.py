"""A host cut off by its network in the middle of a pass, while another takes over: two hosts in network namespaces."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from engine.fleet import serving
from engine.ledger.reading.ledger import read_ledger
from engine.service import one_pass
from engine.service.config import Config
from sms.gateways.local import LocalGateway
from sms.store import postgresql
from tests.fleet.fleet_office import QUICK, Fleet, until
from tests.fleet.network import CENTRE, Network, network
from tests.postgresql import running_server

_NEW_NETWORK = 0x40000000
WITHIN = 120
"""Seconds that a busy machine may take for the takeover; a dead connection is noticed after 4 seconds instead of 25."""


@dataclass
class WiredFleet(Fleet):
    """Workers reach the server by the network, the test by its socket."""

    def config(self, worker: str) -> Config:
        made = super().config(worker)
        name = str(self.database.parsed.database)
        return made.model_copy(update={"store": self.server.near(name).url}) if worker == "test" else made


def on_host(namespace: str) -> None:
    """Let this process, and every thread that it starts, live on a host; what is silent counts as gone soon."""
    handle = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    if ctypes.CDLL(None, use_errno=True).setns(handle, _NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "setns")
    soon = {"keepalives_idle": 1, "keepalives_interval": 1, "keepalives_count": 3, "tcp_user_timeout": 4_000}
    postgresql._CUT_OFF.update(soon)
    postgresql._SESSION.update({f"tcp_{name.removeprefix('tcp_')}": str(value) for name, value in soon.items()})


def _cut(namespace: str, port: str) -> None:
    subprocess.run(["ip", "-n", namespace, "link", "set", port, "down"], check=True)


def before_the_pass(namespace: str, centre: str, port: str) -> None:
    on_host(namespace)
    really = serving.pass_within

    def passing(*given: object) -> object:
        _cut(centre, port)
        return really(*given)

    serving.pass_within = passing


def before_the_workbook_is_written(namespace: str, centre: str, port: str) -> None:
    on_host(namespace)
    really = one_pass.written

    def writing(*given: object) -> object:
        _cut(centre, port)
        return really(*given)

    one_pass.written = writing


def after_the_submission(namespace: str, centre: str, port: str) -> None:
    """The gateway still gets the request: it is reached another way."""
    on_host(namespace)
    really = LocalGateway.send

    def sending(self: LocalGateway, message: object) -> object:
        _cut(centre, port)
        return really(self, message)

    LocalGateway.send = sending


@pytest.fixture(scope="module")
def hosts() -> Iterator[Network]:
    with network(2) as wired:
        yield wired


@pytest.fixture
def wired_fleet(hosts: Network, tmp_path: Path) -> Iterator[WiredFleet]:
    with running_server(address=CENTRE, inside=hosts.command(0, [])) as server:
        fleet = WiredFleet(tmp_path, server, server.fresh())
        try:
            yield fleet
        finally:
            fleet.end()
            for host in hosts.hosts:
                hosts.join(host)


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param(before_the_pass, marks=pytest.mark.full),  # the server takes 40 seconds to end its sessions
        after_the_submission,
        before_the_workbook_is_written,
    ],
)
def test_another_host_goes_on_and_the_first_one_comes_back_in_peace(wired_fleet: WiredFleet, hosts: Network, cut):
    fleet = wired_fleet
    book = fleet.add_ledger("甲", 2)
    fleet.begin()
    patient = replace(QUICK, farewell=60)  # what waits for the server's answer is given time to end
    first = fleet.start("一号", partial(cut, hosts.name(1), hosts.name(0), hosts.port(1)), patient)
    until(lambda: not hosts.is_joined(1))
    second = fleet.start("二号", partial(on_host, hosts.name(2)), patient)
    until(lambda: len(fleet.phone()) == 2 and fleet.ledger(book).host == "二号", WITHIN)
    until(lambda: {one.state for one in fleet.messages(book)} <= {"accepted", "delivered"}, WITHIN)
    hosts.join(1)
    until(lambda: fleet.host("一号").silent_for < 1, WITHIN)
    os.utime(book)  # a save: whoever is there passes once more
    saved = fleet.ledger(book).signature
    until(lambda: fleet.ledger(book).signature != saved, WITHIN)
    assert [fleet.stop(one, 120) for one in (first, second)] == [0, 0]
    texts = [one.text for one in fleet.phone()]
    assert len(texts) == len(set(texts)) == 2
    read = read_ledger(book.read_bytes())
    assert [matter.number for matter in read.matters] == ["2026-日-0001", "2026-日-0002"]
    assert not [finding for finding in read.findings if finding.severity == "错误"]
