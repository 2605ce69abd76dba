"""What tests of the outbox share: a clock, messages, and each gateway with its far side."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sms.gateways.local import LocalGateway
from sms.gateways.protocol import Gateway, NotSent, Unknown
from sms.gateways.setup import open_gateway
from sms.outbox import Outbox
from sms.store.model import Cover, DutyRef, Key, Outgoing, StoredMessage
from tests.postgresql import Stores
from tests.sms.standin import aliyun_api, mas_api, tencent_api, twilio_api
from tests.sms.standin.phone import Phone, Trouble
from tests.sms.standin.server import serve

LEDGER = "台账甲"
START = datetime(2026, 3, 3, 4, 30)
MOBILE = "+8613800138000"
ENVIRONMENT = {
    "TWILIO_ACCOUNT_SID": twilio_api.ACCOUNT,
    "TWILIO_AUTH_TOKEN": twilio_api.TOKEN,
    "ALIBABA_CLOUD_ACCESS_KEY_ID": aliyun_api.KEY_ID,
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": aliyun_api.KEY_SECRET,
    "TENCENTCLOUD_SECRET_ID": tencent_api.KEY_ID,
    "TENCENTCLOUD_SECRET_KEY": tencent_api.KEY,
    "MAS_AP_ID": mas_api.AP_ID,
    "MAS_SECRET_KEY": mas_api.KEY,
}
LOOKED_UP = ("local", "twilio", "aliyun", "tencent")
"""Gateways that can be asked whether they have a message."""
GATEWAYS = (*LOOKED_UP, "mas")


@dataclass
class Clock:
    """Office time that moves when told; ``wait`` is a sleep that takes no time."""

    now: datetime = START
    waited: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


class FaultyLocal(LocalGateway):
    """The embedded gateway behind a line with the same faults as the others."""

    def __init__(self, path: Path, phone: Phone) -> None:
        super().__init__(path)
        self.limits = self.limits.model_copy(update={"grace": 60.0})
        self.phone = phone

    def send(self, message: StoredMessage) -> str:
        self.phone.requests["send"] += 1
        fault = self.phone.next_fault()
        if fault is Trouble.TOO_MANY:
            raise NotSent("稍后再试")
        if fault is Trouble.DROP_BEFORE:
            raise Unknown("中断")
        ref = super().send(message)
        if fault is not Trouble.OK:
            raise Unknown("中断")
        return ref

    def look_up(self, message: StoredMessage) -> str | None:
        if self.phone.hidden_look_ups > 0:
            self.phone.hidden_look_ups -= 1
            return None
        return super().look_up(message)


@dataclass
class Line:
    """One gateway and its far side. ``arrived`` lists what the network got: one entry an SMS."""

    gateway: Gateway
    phone: Phone
    port: int = 0

    @property
    def arrived(self) -> list[str]:
        if isinstance(self.gateway, LocalGateway):
            return [one.mobile for one in self.gateway.received()]
        return [one.mobile for one in self.phone.taken]


def table_of(kind: str, port: int) -> dict[str, object]:
    """The gateway's table in duban.toml, pointed at the stand-in."""
    shared: dict[str, object] = {"read_timeout": 0.5, "connect_timeout": 2}
    if kind == "twilio":
        return {**shared, "from_number": twilio_api.FROM, "base_url": f"http://127.0.0.1:{port}"}
    if kind == "mas":
        return {**shared, "url": f"http://127.0.0.1:{port}/sms/submit", "ec_name": mas_api.NAME, "sign": mas_api.SIGN}
    if kind == "tencent":
        numbered = {"催办": {"code": tencent_api.TEMPLATE, "parameters": ["number", "token"]}}
        own = {"app_id": tencent_api.APP, "signature": tencent_api.SIGNATURE, "templates": numbered}
        own["longest_variable"] = 20
        return {**own, "read_timeout": 0.5, "limits": {"grace": 60}, "endpoint": f"127.0.0.1:{port}"}
    templates = {"催办": {"code": aliyun_api.TEMPLATE, "parameters": {"number": "number", "token": "token"}}}
    return {**shared, "signature": aliyun_api.SIGNATURE, "templates": templates, "endpoint": f"127.0.0.1:{port}"}


def connect(kind: str, folder: Path, clock: Callable[[], datetime], stack: ExitStack) -> Line:
    """A gateway of this kind, connected to a fresh far side that lives as long as ``stack``."""
    phone = Phone(clock)
    if kind == "local":
        local = FaultyLocal(folder / "phone.sqlite", phone)
        stack.callback(local.close)
        return Line(local, phone)
    api, is_send = {
        "twilio": (twilio_api.TwilioApi(), twilio_api.is_send),
        "aliyun": (aliyun_api.aliyun_api, aliyun_api.is_send),
        "tencent": (tencent_api.tencent_api, tencent_api.is_send),
        "mas": (mas_api.mas_api, mas_api.is_send),
    }[kind]
    port = stack.enter_context(serve(phone, api, is_send))
    return Line(open_gateway(kind, table_of(kind, port), ENVIRONMENT, folder, folder), phone, port)


def outgoing(
    number: int = 1,
    *,
    slot: str = "+3h",
    mobile: str = MOBILE,
    expires_at: datetime | None = None,
    matters: tuple[int, ...] = (),
    urging: bool = True,
    ledger: str = LEDGER,
) -> Outgoing:
    """One 催办 about matter ``number``, or covering several ``matters``."""
    covers = tuple(cover(one, slot=slot, urging=urging, ledger=ledger) for one in matters or (number,))
    token = f"{number:06d}"
    words = {"number": f"2026-日-{number:04d}", "token": token, "template": "催办"}
    text = f"【朔州市政府督查室】催办:2026-日-{number:04d}号“1天”节点逾期3小时,请即报送。编号{token}"
    return Outgoing(START, "催办", "市教育局", "具体责任人", "王某", mobile, text, token, covers, words, expires_at)


def cover(number: int, *, slot: str = "+3h", urging: bool = True, ledger: str = LEDGER) -> Cover:
    due = datetime(2026, 3, 3, 1, 30)
    key = Key(ledger, f"2026-日-{number:04d}", "1天", "", 1, due, slot, "市教育局", "具体责任人")
    return Cover(key, DutyRef(*key[:6], "市教育局"), "催办", "SZ1-14", START, urging)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(stores: Stores) -> Iterator[Outbox]:
    opened = Outbox(stores("duban"))
    yield opened
    opened.close()


@pytest.fixture
def file_outbox(tmp_path: Path) -> Iterator[Outbox]:
    """An outbox in a SQLite file, for what only a file does."""
    opened = Outbox(tmp_path / "file.sqlite")
    yield opened
    opened.close()


@pytest.fixture(params=GATEWAYS)
def line(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Line]:
    """Each gateway in turn: the contract suite runs over all of them."""
    with ExitStack() as stack:
        yield connect(request.param, tmp_path, clock, stack)


@pytest.fixture(params=LOOKED_UP)
def asked(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Line]:
    """Each gateway in turn that can be asked whether it has a message."""
    with ExitStack() as stack:
        yield connect(request.param, tmp_path, clock, stack)


@pytest.fixture
def local(tmp_path: Path, clock: Clock) -> Iterator[Line]:
    with ExitStack() as stack:
        yield connect("local", tmp_path, clock, stack)


def always(_message: StoredMessage, _now: datetime) -> bool:
    return True
