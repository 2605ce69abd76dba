"""The HTTP side of a stand-in: faults of the network around whatever an API answers."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.sms.standin.phone import Phone, Trouble


@dataclass
class Request:
    method: str
    path: str
    headers: Any
    body: str


@dataclass
class Answer:
    status: int
    body: str
    date: str = ""


TOO_MANY = (
    '{"code": 20429, "message": "Too many requests", "Response": {"RequestId": "1", '
    '"Error": {"Code": "RequestLimitExceeded", "Message": "Too many requests"}}}'
)
Api = Callable[[Phone, Request], Answer]
IsSend = Callable[[Request], bool]


@contextmanager
def serve(phone: Phone, api: Api, is_send: IsSend, port: int = 0) -> Iterator[int]:
    """The port of a server that runs while the block does: this ``port``, or any that is free."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            request = Request(self.command, self.path, self.headers, body)
            send = is_send(request)
            phone.requests["send" if send else "other"] += 1
            fault = phone.next_fault() if send else Trouble.OK
            if fault is Trouble.DROP_BEFORE:
                return self._reset()
            answer = Answer(429, TOO_MANY) if fault is Trouble.TOO_MANY else None
            answer = answer or api(phone, request)
            if fault is Trouble.DROP_AFTER:
                return self._reset()
            if fault is Trouble.HANG:
                phone.released.wait(20)
                return self._reset()
            if fault is Trouble.ERROR_AFTER:
                answer = Answer(503, '{"code": 20500, "Code": "ServiceUnavailable", "message": "later"}')
            payload = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            if self.close_connection:  # the client asked for it, and is owed the word (RFC 9112, 9.6)
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(payload)
            return None

        def _reset(self) -> None:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that was killed in mid-request is part of the game."""

    with Server(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            phone.released.set()
            server.shutdown()
            thread.join()
