"""The receiver over a real socket: secret, caps, and posts that change nothing; and receipts from an export file."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest

from engine.cli.receipt_file import ReceiptFileError, read_receipts
from engine.service import receiver
from engine.service.receiver import LARGEST_BODY, MOST_CONNECTIONS, ReceiverRefused, make_server
from sms.gateways.pushed import Pushed

SECRET = "0123456789abcdef"
REPORT = {
    "reportStatus": "CM:0000",
    "mobile": "13800138000",
    "msgGroup": "g1",
    "errorCode": "DELIVRD",
    "receiveDate": "",
}


class Taken(list[tuple[str, Pushed]]):
    port = 0


@pytest.fixture
def taken() -> Iterator[Taken]:
    found = Taken()
    server = make_server("127.0.0.1", 0, SECRET, {"mas": "mas"}, lambda name, pushed: found.append((name, pushed)))
    found.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def post(port: int, path: str, body: bytes, **headers: str) -> int:
    line = HTTPConnection("127.0.0.1", port, timeout=5)
    line.request("POST", path, body, headers)
    status = line.getresponse().status
    line.close()
    return status


def test_a_report_is_taken_in(taken: Taken) -> None:
    assert post(taken.port, f"/{SECRET}/mas", json.dumps(REPORT).encode()) == 200
    ((name, (reports, replies)),) = taken
    assert (name, reports[0].ref, reports[0].delivered, replies) == ("mas", "g1", True, [])


@pytest.mark.parametrize(
    "path", ["/", "/mas", "/wrongwrongwrong1/mas", f"/{SECRET}", f"/{SECRET}/no", f"/{SECRET}/mas/x"]
)
def test_without_the_secret_nothing(taken: Taken, path: str) -> None:
    assert post(taken.port, path, json.dumps(REPORT).encode()) == 404
    assert taken == []


@pytest.mark.parametrize("body", [b"", b"x", b"[" * 100_000, b"{}", b'{"mobile": 1}', "好".encode("gbk")])
def test_what_is_not_understood_is_refused_whole(taken: Taken, body: bytes) -> None:
    assert post(taken.port, f"/{SECRET}/mas", body) == 400
    assert taken == []


@pytest.mark.parametrize(("length", "status"), [(LARGEST_BODY, 400), (LARGEST_BODY + 1, 413)])
def test_bodies_are_capped(taken: Taken, length: int, status: int) -> None:
    if status == 400:
        assert post(taken.port, f"/{SECRET}/mas", b" " * length) == status
        return
    line = HTTPConnection("127.0.0.1", taken.port, timeout=5)
    line.putrequest("POST", f"/{SECRET}/mas")
    line.putheader("Content-Length", str(length))
    line.endheaders()
    assert line.getresponse().status == status
    line.close()


def test_a_length_that_is_none_is_refused(taken: Taken) -> None:
    line = HTTPConnection("127.0.0.1", taken.port, timeout=5)
    line.putrequest("POST", f"/{SECRET}/mas")
    line.putheader("Content-Length", "-1")
    line.endheaders()
    assert line.getresponse().status == 411
    line.close()


def hung_up(line: socket.socket, *, dribbling: bytes = b"") -> bool:
    """Whether the other end hangs up while this one says nothing, or a byte now and then."""
    line.settimeout(0.02)
    until = monotonic() + 5
    while monotonic() < until:
        try:
            return line.recv(1) == b""
        except TimeoutError:
            with suppress(OSError):
                line.send(dribbling)
        except OSError:
            return True
    return False


@pytest.mark.parametrize("dribbling", [b"", b"x"], ids=["silent", "dribbling"])
@pytest.mark.parametrize(
    "begin",
    [b"", b"POST / HTTP/1.1\r\nX: ", f"POST /{SECRET}/mas HTTP/1.1\r\nContent-Length: 9999\r\n\r\n[".encode()],
    ids=["nothing", "headers", "body"],
)
def test_whoever_takes_too_long_is_hung_up_on(
    begin: bytes, dribbling: bytes, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """A time-out for each byte would let one byte a second go on for hours."""
    monkeypatch.setattr(receiver, "SECONDS", 0.2)
    taken: Taken = request.getfixturevalue("taken")
    with socket.create_connection(("127.0.0.1", taken.port)) as line:
        line.sendall(begin)
        assert hung_up(line, dribbling=dribbling)
    assert post(taken.port, f"/{SECRET}/mas", json.dumps(REPORT).encode()) == 200
    assert len(taken) == 1


def test_so_many_connections_and_no_more(taken: Taken) -> None:
    with ExitStack() as stack:
        for _ in range(MOST_CONNECTIONS):
            stack.enter_context(socket.create_connection(("127.0.0.1", taken.port)))
        with socket.create_connection(("127.0.0.1", taken.port)) as one_more:
            assert hung_up(one_more)
    assert taken == []
    statuses = set()
    while 200 not in statuses:  # until the server has seen that they are gone
        with suppress(OSError, HTTPException):
            statuses.add(post(taken.port, f"/{SECRET}/mas", json.dumps(REPORT).encode()))
    assert len(taken) == 1


@pytest.mark.parametrize("address", ["0.0.0.0", "8.8.8.8", "::", "example.com", ""])
def test_only_loopback_or_an_intranet(address: str) -> None:
    with pytest.raises(ReceiverRefused):
        make_server(address, 0, SECRET, {}, lambda *_: None)


@pytest.mark.parametrize("secret", ["", "short", "with/slash/with/slash"])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(ReceiverRefused, match="DUBAN_RECEIVER_SECRET"):
        make_server("127.0.0.1", 0, secret, {}, lambda *_: None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_receipts_from_an_export(tmp_path: Path, encoding: str) -> None:
    text = (
        "手机号,批次号,状态,回执时间\n13800138000,g1,发送成功,2026/03/03 04:31:00\n13900139000,g2,失败,\n1,g3,发送中,\n"
    )
    (tmp_path / "export.csv").write_bytes(text.encode(encoding))
    found = read_receipts(tmp_path / "export.csv")
    assert [(one.ref, one.delivered, one.at is None) for one in found] == [("g1", True, False), ("g2", False, True)]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"a,b\n1,2\n", "手机号"), (b"\xff\xfe\x00\xd8", "编码"), (b"", "手机号"), (None, "读不到")],
)
def test_a_file_that_is_no_export_is_told(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "x.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ReceiptFileError, match=said):
        read_receipts(path)
