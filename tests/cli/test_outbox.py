"""outbox: what a person says brings stopped gateways back, and sends once more what certainly did not arrive."""

import getpass
import socket
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from sms.gateways.protocol import BadNumber, GatewayStopped
from sms.health import Health
from sms.outbox import Outbox
from sms.store import transitions
from sms.store.model import State
from tests.service.office import T0
from tests.sms.conftest import Clock, always, outgoing
from tests.sms.scripted import Scripted

STORE = Path("state/duban.sqlite")
LEDGER = "台账甲"


@pytest.fixture
def stopped(book: Path) -> Scripted:
    """A gateway that refused the account, with the message that it refused."""
    gateway = Scripted("twilio", [GatewayStopped("Twilio 20003：账号或密钥不被接受")])
    _send(gateway, 1)
    return gateway


def _send(gateway: Scripted, number: int) -> None:
    with closing(Outbox(STORE)) as outbox:
        outbox.claim(LEDGER, [outgoing(number)], [], {}, T0)
        outbox.send(LEDGER, Clock(), [gateway], always)


def _conditions() -> dict[str, bool]:
    with closing(Outbox(STORE)) as outbox:
        return {one.name: True for one in outbox.gateway_conditions() if one.stopped_at}


def test_without_a_number_stopped_gateways_come_back_and_waiting_sms_go(stopped: Scripted, duban) -> None:
    code, out, _ = duban("outbox", "retry")
    assert (code, out.strip()) == (0, "短信网关“twilio”已恢复，等着的短信下一轮发出。")
    assert _conditions() == {}
    _send(stopped, 1)
    with closing(Outbox(STORE)) as outbox:
        assert [one.state for one in outbox.messages(LEDGER)] == [State.ACCEPTED]


def test_without_a_stopped_gateway_it_says_how_to_send_one_again(book: Path, duban) -> None:
    code, out, _ = duban("outbox", "retry")
    assert (code, "没有停用的网关" in out, "outbox list" in out) == (0, True, True)


def test_a_number_is_sent_again_and_gateways_come_back_too(stopped: Scripted, answer) -> None:
    failing = Scripted("aliyun", [BadNumber("空号")])
    _send(failing, 2)
    with closing(Outbox(STORE)) as outbox:
        failed = next(outbox.messages(LEDGER, State.FAILED)).id
    told = answer("outbox", "retry", failed)
    assert (told["id"], told["state"], told["resumed"]) == (failed, "待发送", ["twilio"])
    assert answer("outbox", "retry") == {"resumed": []}


def test_a_wrong_number_brings_no_gateway_back(stopped: Scripted, duban) -> None:
    assert duban("outbox", "retry", "S没有")[0] == 2
    assert _conditions() == {"twilio": True}


def test_a_test_message_brings_back_only_the_gateway_it_tried(stopped: Scripted, answer) -> None:
    with closing(Outbox(STORE)) as outbox:
        Health(outbox.store, [], Random(1)).stop("local", T0, "试")
    answer("send-test", "--to", "19900010001", "--gateway", "local")
    assert _conditions() == {"twilio": True}


@pytest.mark.parametrize(("said", "state", "act"), [("--sent", "已提交", "已发出"), ("--not-sent", "待发送", "未发出")])
@pytest.mark.parametrize("name", ["", "张某\x1b[31m", "  "], ids=["login", "name", "blank"])
def test_a_person_says_that_it_went_out_or_not_and_is_on_record(
    book: Path, answer, said: str, state: str, act: str, name: str
) -> None:
    with closing(Outbox(STORE)) as outbox:
        outbox.claim(LEDGER, [outgoing(3)], [], {}, T0)
        message = next(outbox.messages(LEDGER))
        with outbox.store.write() as connection:
            transitions.move(connection, message, State.NEEDS_HUMAN, T0)
    told = answer("outbox", "resolve", message.id, said, *(["--by", name] if name else []))
    assert (told["id"], told["state"]) == (message.id, state)
    with closing(Outbox(STORE)) as outbox:
        (handled,) = outbox.lives(LEDGER, "2026-日-0003")[0]["handled"]
    login = f"{getpass.getuser()}@{socket.gethostname()}"
    assert handled.endswith(f"{login}）确认{act}" if name.strip() else f" {login}确认{act}")
    assert handled.isprintable()
    assert ("张某" in handled) == bool(name.strip())
