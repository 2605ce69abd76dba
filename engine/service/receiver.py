"""``duban receiver``: status reports and replies that a provider pushes, on loopback or the intranet only.

One small server of the standard library. The address holds a secret; bodies are capped; each connection has few
seconds from its first byte to its last, and there are only so many of them: whoever dribbles or floods holds up nobody
for long. Forged and replayed posts change nothing: their content must fit a message of ours (``sms.inbound``).
"""

import hmac
import json
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from socket import SHUT_RDWR, socket
from threading import BoundedSemaphore
from time import monotonic
from typing import Any

from engine.facts.faults import DubanError
from engine.service.known_faults import KNOWN_FAULTS
from engine.service.logging_setup import LOGGER
from sms.gateways.pushed import NotUnderstood, Pushed, parse

LARGEST_BODY = 256 * 1024
SECONDS = 10
"""How long a connection may last in all."""
MOST_CONNECTIONS = 32
MOST_AT_ONCE = 8
"""How many posts are taken in at a time."""
SHORTEST_SECRET = 16
Take = Callable[[str, Pushed], None]


class ReceiverRefused(DubanError):
    """The receiver cannot be started like this; the message states the remedy."""


def check_address(address: str, secret: str) -> None:
    """Refuse what could be reached from outside or guessed.

    Raises:
        ReceiverRefused: an address that is neither loopback nor of an intranet, or a secret that is too short.
    """
    try:
        known = ip_address(address)
    except ValueError:
        raise ReceiverRefused(f"--address 应为本机或内网的 IP 地址，“{address}”不是。") from None
    if known.is_unspecified or not (known.is_loopback or known.is_private):
        raise ReceiverRefused("接收服务只能开在本机或内网地址上，不能对外网开放。")
    if len(secret) < SHORTEST_SECRET or not secret.isalnum():
        raise ReceiverRefused(
            f"环境变量 DUBAN_RECEIVER_SECRET 应为至少{SHORTEST_SECRET}位的字母和数字，作为推送地址的一段。"
        )


class _BoundedServer(ThreadingHTTPServer):
    """So many connections at a time, each for so long: the time-out of a socket counts anew with every byte."""

    daemon_threads = True
    request_queue_size = MOST_CONNECTIONS

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._until: dict[object, float] = {}
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own, or hang up where there are too many."""
        if len(self._until) >= MOST_CONNECTIONS:
            self.shutdown_request(request)
            return
        self._until[request] = monotonic() + SECONDS
        super().process_request(request, client_address)

    def service_actions(self) -> None:
        """Hang up on whoever takes too long; called twice a second."""
        now = monotonic()
        for request, until in [*self._until.items()]:
            if now >= until and isinstance(request, socket):
                with suppress(OSError):
                    request.shutdown(SHUT_RDWR)

    def shutdown_request(self, request: Any) -> None:
        """The connection is over."""
        self._until.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, *_: object) -> None:
        """A client that goes away in the middle is nobody's fault."""


def make_server(address: str, port: int, secret: str, kinds: dict[str, str], take: Take) -> ThreadingHTTPServer:
    """A server that passes what it understands to ``take``. ``kinds``: name of a gateway in the config → its kind.

    Raises:
        ReceiverRefused: see :func:`check_address`; or the port is taken.
    """
    check_address(address, secret)
    slots = BoundedSemaphore(MOST_AT_ONCE)

    class Handler(BaseHTTPRequestHandler):
        timeout = SECONDS
        server_version, sys_version = "duban", ""

        def do_POST(self) -> None:
            if not slots.acquire(blocking=False):
                self._answer(503)
                return
            try:
                self._answer(self._status())
            finally:
                slots.release()

        def log_message(self, *_: object) -> None:
            """Nothing of a request is logged: its path holds the secret."""

        def _status(self) -> int:
            parts = self.path.encode().split(b"/")
            name = parts[2].decode(errors="replace") if len(parts) == 3 else ""
            right = len(parts) == 3 and hmac.compare_digest(parts[1], secret.encode())
            if not right or name not in kinds:
                return 404
            length = self.headers.get("Content-Length") or ""
            if not (length.isascii() and length.isdigit()):
                return 411
            if int(length) > LARGEST_BODY:
                return 413
            try:
                pushed = parse(kinds[name], json.loads(self.rfile.read(int(length))))
            except (NotUnderstood, ValueError, RecursionError):
                LOGGER.warning("接收服务：网关“%s”推来的内容看不懂，未采用", name)
                return 400
            try:
                take(name, pushed)
            except KNOWN_FAULTS as fault:
                LOGGER.error("接收服务：%s", fault)
                return 503
            return 200

        def _answer(self, status: int) -> None:
            body = b'{"code":0,"msg":"ok","result":0,"errmsg":"OK"}' if status == 200 else b"{}"
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

    try:
        return _BoundedServer((address, port), Handler)
    except OSError as fault:
        raise ReceiverRefused(f"{address}:{port} 用不了，可能已被占用。请换一个端口。") from fault
