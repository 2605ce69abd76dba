"""Tests reach nothing but this machine: a connection to anywhere else is refused before it is made."""

import ipaddress
import socket
from typing import Any

import pytest


class OutsideConnection(AssertionError):
    """A test tried to leave the machine."""


def _refuse_outside(address: Any) -> None:
    if not isinstance(address, tuple):
        return  # a Unix socket
    host = address[0]
    try:
        inside = ipaddress.ip_address(host).is_loopback
    except ValueError:
        inside = host in {"localhost", ""}
    if not inside:
        raise OutsideConnection("a test tried to reach another machine")


def guard(patch: pytest.MonkeyPatch) -> None:
    """Put the guard before connecting and before asking for an address."""
    for name in ("connect", "connect_ex"):
        original = getattr(socket.socket, name)

        def connect(self: socket.socket, address: Any, original: Any = original) -> Any:
            _refuse_outside(address)
            return original(self, address)

        patch.setattr(socket.socket, name, connect)
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:
        _refuse_outside((host.decode() if isinstance(host, bytes) else host or "",))
        return look_up(host, *rest, **more)

    patch.setattr(socket, "getaddrinfo", getaddrinfo)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        patch.delenv(name, raising=False)  # a proxy on loopback would carry a request outside
