"""How far a request got: what ended before a byte of it left is certainly not sent."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sms.gateways.protocol import NotSent
from sms.gateways.setup import open_gateway
from sms.outbox import Outbox
from tests.sms.conftest import ENVIRONMENT, LEDGER, START, outgoing
from tests.sms.scripted import only
from tests.sms.standin import twilio_api


def _certificate(folder: Path) -> Path:
    """A certificate that nobody has reason to trust."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = made.sign(key, hashes.SHA256())
    path = folder / "证书.pem"
    plain = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[int]:
    """The port of somebody who poses as the gateway."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path))
    with create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            connection, _ = server.accept()
            with connection, pytest.raises(ssl.SSLError):
                context.wrap_socket(connection, server_side=True).recv(1)

        thread = threading.Thread(target=greet)
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)


def test_an_untrusted_certificate_certainly_sent_nothing(stranger: int, outbox: Outbox, tmp_path: Path) -> None:
    """As with a wrong clock or a proxy that looks into everything: doubt would put every message before a person."""
    table = {"from_number": twilio_api.FROM, "base_url": f"https://127.0.0.1:{stranger}"}
    gateway = open_gateway("twilio", table, ENVIRONMENT, tmp_path, tmp_path)
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    with pytest.raises(NotSent, match="证书"):
        gateway.send(only(outbox))
