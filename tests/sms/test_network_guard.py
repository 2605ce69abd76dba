"""The guard that keeps tests on this machine, seen to refuse."""

import socket
import urllib.request

import pytest
import requests

from tests.network_guard import OutsideConnection


@pytest.mark.parametrize("host", ["198.51.100.7", "api.twilio.com", "dysmsapi.aliyuncs.com"])
def test_another_machine_is_refused(host: str) -> None:
    with pytest.raises(OutsideConnection):
        socket.create_connection((host, 443), timeout=1)
    with pytest.raises(OutsideConnection):
        requests.get(f"https://{host}/", timeout=1)
    with pytest.raises(OutsideConnection):
        urllib.request.urlopen(f"http://{host}/", timeout=1)


def test_this_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()
