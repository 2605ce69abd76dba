"""Our requests and the stand-in's answers against Twilio's own contract, and deliberate errors that it catches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from sms.gateways.protocol import Gateway, Unknown
from sms.gateways.setup import open_gateway
from sms.outbox import Outbox
from sms.store.model import State, StoredMessage
from tests.sms.conftest import ENVIRONMENT, LEDGER, START, always, outgoing, table_of
from tests.sms.prism import prism
from tests.sms.standin import twilio_api
from tests.sms.standin.phone import Phone
from tests.sms.standin.server import serve


@dataclass
class Checked:
    """The real client → Prism → the stand-in, whose answers ``api`` may spoil."""

    gateway: Gateway
    straight: Gateway
    api: twilio_api.TwilioApi
    phone: Phone


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checked]:
    folder = tmp_path_factory.mktemp("prism")
    phone, api = Phone(lambda: START), twilio_api.TwilioApi()
    with serve(phone, api, twilio_api.is_send) as port, prism(folder, port) as proxy:
        gateways = [
            open_gateway("twilio", {**table_of("twilio", one), "read_timeout": 20}, ENVIRONMENT, folder, folder)
            for one in (proxy, port)
        ]
        yield Checked(*gateways, api, phone)


@pytest.fixture
def checked(line: Checked) -> Iterator[Checked]:
    line.api.spoil = line.api.status = None
    line.phone.taken.clear()
    yield line
    line.api.spoil = line.api.status = None


@pytest.fixture
def message(outbox: Outbox) -> StoredMessage:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    return replace(next(iter(outbox.messages(LEDGER))), first_submitted_at=START, submitted_at=START)


def test_send_look_up_and_receipt_follow_the_specification(checked: Checked, outbox: Outbox) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    report = outbox.send(LEDGER, lambda: START, [checked.gateway], always)
    (message,) = outbox.messages(LEDGER)
    assert (message.state, report.sent) == (State.ACCEPTED, [message.id])
    assert checked.gateway.look_up(replace(message, ref="")) == message.ref
    assert checked.gateway.receipt(message).state is State.ACCEPTED
    for status, code in (("delivered", ""), ("undelivered", "30003"), ("failed", "30008")):
        checked.phone.taken[0].statuses.append((status, code))
        checked.phone.taken[0].statuses.popleft()
        assert checked.gateway.receipt(message).state in (State.DELIVERED, State.UNDELIVERED)


def test_lists_of_several_pages_follow_it_too(checked: Checked, message: StoredMessage) -> None:
    for n in range(150):
        checked.phone.take("SM", message.mobile, f"别的{n}", "", "delivered")
    assert checked.gateway.look_up(message) is None


def _set(**fields: Any) -> Callable[[Any], Any]:
    return lambda tree: {**tree, **fields}


def _in_list(**fields: Any) -> Callable[[Any], Any]:
    return lambda tree: {**tree, "messages": [{**one, **fields} for one in tree["messages"]]}


# Each is a mistake that one could make in the stand-in, and that the client alone would not notice.
SPOILT_ANSWERS = {
    "不存在的状态": _set(status="dispatched"),
    "短信编号格式不对": _set(sid="SM123"),
    "账号编号长度不对": _set(account_sid="AC0"),
    "段数写成数字": _set(num_segments=1),
    "附件数写成数字": _set(num_media=0),
    "方向不存在": _set(direction="outbound"),
    "服务编号前缀不对": _set(messaging_service_sid="XX" + "0" * 32),
    "错误码写成文字": _set(error_code="30003"),
    "价格写成数字": _set(price=0.05),
    "正文写成列表": _set(body=["请报送"]),
}
SPOILT_LISTS = {
    "列表里有不存在的状态": _in_list(status="gone"),
    "列表里编号格式不对": _in_list(sid="1"),
    "页码写成文字": _set(page="0"),
    "页长写成文字": _set(page_size="100"),
    "首页地址写成数字": _set(first_page_uri=7),
}


@pytest.mark.parametrize("name", SPOILT_ANSWERS)
def test_a_wrong_answer_of_the_double_is_found(checked: Checked, message: StoredMessage, name: str) -> None:
    checked.api.spoil = SPOILT_ANSWERS[name]
    assert checked.straight.send(message), "the client alone takes it"
    with pytest.raises(Unknown, match="500"):
        checked.gateway.send(message)


@pytest.mark.parametrize("name", SPOILT_LISTS)
def test_a_wrong_list_of_the_double_is_found(checked: Checked, message: StoredMessage, name: str) -> None:
    checked.straight.send(message)
    checked.api.spoil = SPOILT_LISTS[name]
    assert checked.straight.look_up(message), "the client alone takes it"
    with pytest.raises(Unknown):
        checked.gateway.look_up(message)


def test_creating_must_answer_201(checked: Checked, message: StoredMessage) -> None:
    checked.api.status = 200
    assert checked.straight.send(message)
    with pytest.raises(Unknown, match="500"):
        checked.gateway.send(message)
